"""``convener names link`` as people call it: files in, files out, and what is said of what could not be read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from convener.cli.names_link import link

pytestmark = [pytest.mark.req("DIR-8"), pytest.mark.req("RES-3")]

HEAD = "id,name,country,address,registration_number,website,latitude,longitude\n"
SAME = (
    'b,Sunrise Trading Ltd,GB,"12 Mill Road, Leeds LS1 4AB",01234567,sunrise-trading.co.uk,53.80112,-1.54907\n'
    'a,SUNRISE TRADING LIMITED,United Kingdom,"12 Mill Rd, Leeds",No. 1234567,,53.8012,-1.5491\n'
)
OTHER = 'c,Sunrise Foods Ltd,GB,"12 Mill Road, Leeds LS1 4AB",07654321,,53.80112,-1.54907\n'
UNSURE = 'd,Sunrise Trading Ltd,GB,"12 Mill Road, Leeds LS1 4AB",01234568,,53.80112,-1.54907\n'


def linked(folder: Path, records: str, *options: str, decisions: str = "") -> Result:
    """Run the command on a table and perhaps on decisions."""
    (folder / "records.csv").write_text(records)
    if decisions:
        (folder / "decisions.csv").write_text("id_a,id_b,decision\n" + decisions)
        options = (*options, "--decisions", str(folder / "decisions.csv"))
    out = str(folder / "clusters.csv")
    return CliRunner().invoke(link, [str(folder / "records.csv"), "--out", out, *options])


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file that was written."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_records_get_clusters_in_their_order(tmp_path: Path) -> None:
    done = linked(tmp_path, HEAD + SAME + OTHER)
    assert done.exit_code == 0, done.output
    found = rows(tmp_path / "clusters.csv")
    assert [(row["id"], row["cluster_id"]) for row in found] == [("b", "a"), ("a", "a"), ("c", "c")]
    assert all(0 <= float(row["confidence"]) <= 1 for row in found)
    assert "3 records, 2 clusters" in done.output


def test_unsure_pairs_are_written_with_reasons(tmp_path: Path) -> None:
    review = tmp_path / "pairs.csv"
    done = linked(tmp_path, HEAD + SAME + UNSURE, "--review", str(review), "--json")
    assert done.exit_code == 0, done.output
    pairs = rows(review)
    assert [(pair["id_b"], pair["pairs"], pair["records"]) for pair in pairs] == [("d", "2", "3")]
    said = json.loads(done.stdout)
    assert (said["unsure"], said["questions"], said["review_left_out"]) == (2, 1, 0)
    for pair in pairs:
        why = json.loads(pair["why"])
        assert sum(part["gives"] for part in why["parts"]) == pytest.approx(float(pair["score"]), abs=1e-3)
        assert ("number", "near") in {(part["kind"], part["how"]) for part in why["parts"]}


def test_a_limit_of_questions_is_kept_and_the_rest_is_counted(tmp_path: Path) -> None:
    review = tmp_path / "pairs.csv"
    far = SAME.replace("Sunrise", "Trodexa").replace("SUNRISE", "TRODEXA").replace("\nb,", "\n")
    far = far.replace("b,T", "e,T").replace("a,T", "f,T").replace("1234567", "7712345").replace("sunrise", "trodexa")
    near = UNSURE.replace("Sunrise", "Trodexa").replace("d,T", "g,T").replace("01234568", "07712346")
    records = HEAD + SAME + UNSURE + far + near
    for limit, written in (("1", 1), ("0", 2), ("5", 2)):
        done = linked(tmp_path, records, "--review", str(review), "--review-limit", limit, "--force", "--json")
        assert done.exit_code == 0, done.output
        assert len(rows(review)) == written
        assert json.loads(done.stdout)["review_left_out"] == 2 - written


def test_an_answer_holds_for_the_clusters_of_both(tmp_path: Path) -> None:
    """The likeliest pair is shown; whoever says that it differs is not asked about the others behind it."""
    review = tmp_path / "pairs.csv"
    for answered in ("a,d", "b,d"):
        done = linked(
            tmp_path, HEAD + SAME + UNSURE, "--review", str(review), "--force", decisions=f"{answered},different\n"
        )
        assert done.exit_code == 0, done.output
        assert rows(review) == []


def test_what_people_decided_is_kept_and_not_asked_again(tmp_path: Path) -> None:
    review = tmp_path / "pairs.csv"
    done = linked(tmp_path, HEAD + SAME + UNSURE, "--review", str(review), decisions="d,b,same\na,b,different\n")
    assert done.exit_code == 0, done.output
    assert [row["cluster_id"] for row in rows(tmp_path / "clusters.csv")] == ["b", "a", "b"]
    assert rows(review) == []
    assert "people said that they differ" in done.output


def test_why_clusters_are_together_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    joined = tmp_path / "joined.csv"
    done = linked(tmp_path, HEAD + SAME + OTHER, "--joined", str(joined))
    assert done.exit_code == 0, done.output
    (pair,) = rows(joined)
    assert list(pair) == ["id_a", "id_b", "score", "name_a", "name_b", "why"]
    assert (pair["id_a"], pair["id_b"], pair["name_a"]) == ("a", "b", "SUNRISE TRADING LIMITED")
    kinds = {part["kind"]: part for part in json.loads(pair["why"])["parts"]}
    assert kinds["number"]["gave"] > 0
    assert (kinds["number"]["ours"], kinds["number"]["theirs"]) == ("1234567", "1234567")


@pytest.mark.parametrize("name", ["records.csv", "decisions.csv", "clusters.csv"])
def test_no_file_takes_the_place_of_another(tmp_path: Path, name: str) -> None:
    twice = str(tmp_path / name)
    done = linked(tmp_path, HEAD + SAME, "--joined", twice, "--force", decisions="a,b,same\n")
    assert done.exit_code == 1
    assert "is named twice" in done.output
    assert (tmp_path / "records.csv").read_text() == HEAD + SAME
    assert (tmp_path / "decisions.csv").read_text().endswith("a,b,same\n")
    assert not (tmp_path / "clusters.csv").exists()


def test_conflicts_name_the_records(tmp_path: Path) -> None:
    done = linked(tmp_path, HEAD + SAME, decisions="a,b,different\n")
    assert "a (SUNRISE TRADING LIMITED) and b (Sunrise Trading Ltd): " in done.output


def test_types_of_a_hub_are_told_once_each(tmp_path: Path) -> None:
    head, told = "id,name,type\n", "a,Alpha,ngo\nb,Beta,person\nc,Gamma,ngo\nd,Delta,company\ne,Epsilon,union\n"
    done = linked(tmp_path, head + told, "--json")
    assert done.exit_code == 3
    problems = json.loads(done.stdout)["problems"]
    assert [(one["row"], one["field"]) for one in problems] == [(2, "type"), (6, "type")]
    assert "(rows: 2)" in problems[0]["message"]
    assert len(rows(tmp_path / "clusters.csv")) == 5


def test_contradicting_decisions_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    done = linked(tmp_path, HEAD + SAME + OTHER, decisions="a,b,same\nb,c,same\na,c,different\n")
    assert done.exit_code == 1
    assert all(f"row {row}" in done.output for row in (2, 3, 4))
    assert not (tmp_path / "clusters.csv").exists()


def test_rows_that_are_wrong_are_named_and_the_rest_is_done(tmp_path: Path) -> None:
    wrong = ",Nobody,GB,,,,,\na,Again,GB,,,,,\ne,,GB,,,,,\nf,Far,GB,,,,91,0\ng,Half,GB,,,,,7\n"
    done = linked(tmp_path, HEAD + SAME + wrong, "--json", decisions="a,nobody,same\na,b,perhaps\n")
    assert done.exit_code == 3
    told = {(one["row"], one["field"]) for one in json.loads(done.stdout)["problems"]}
    assert told >= {(4, "id"), (5, "id"), (6, "name"), (7, "latitude"), (8, "latitude"), (3, "decision"), (2, "id_a")}
    assert [row["id"] for row in rows(tmp_path / "clusters.csv")] == ["b", "a", "e", "f", "g"]


def test_rows_inside_a_quotation_are_told(tmp_path: Path) -> None:
    done = linked(tmp_path, 'id,name\na,"Sunrise Foods\nb,Blue Anchor\nc,"Green Mills\nd,Red Hill\n')
    assert done.exit_code == 3
    assert [row["id"] for row in rows(tmp_path / "clusters.csv")] == ["d"]
    assert "a quotation mark is not closed" in done.output


def test_a_file_that_is_cut_is_done_as_far_as_it_goes(tmp_path: Path) -> None:
    done = linked(tmp_path, HEAD + SAME + 'x,"cut of')
    assert done.exit_code == 3, done.output
    assert {"a", "b"} <= {row["id"] for row in rows(tmp_path / "clusters.csv")}


@pytest.mark.parametrize("records", ["", "id,title\n1,x\n", "name\nx\n"])
def test_a_table_without_the_columns_is_unreadable(tmp_path: Path, records: str) -> None:
    done = linked(tmp_path, records)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert not (tmp_path / "clusters.csv").exists()


def test_a_file_that_is_there_is_not_overwritten_unless_told(tmp_path: Path) -> None:
    (tmp_path / "clusters.csv").write_text("mine")
    assert linked(tmp_path, HEAD + SAME).exit_code == 1
    assert (tmp_path / "clusters.csv").read_text() == "mine"
    assert linked(tmp_path, HEAD + SAME, "--force").exit_code == 0


def test_persons_have_birth_dates(tmp_path: Path) -> None:
    records = (
        "id,name,type,aliases,birth_date\n"
        "1,Amina Yusuf Okafor,person,,1984-03-12\n"
        "2,Okafor Amina Youssef,person,Amina Okafor,1984-12-03\n"
        "3,Amina Yusuf Okafor,person,,1971-09-30\n"
        "4,Amina,person,,yesterday\n"
    )
    done = linked(tmp_path, records, "--json")
    assert done.exit_code == 3
    assert [(one["row"], one["field"]) for one in json.loads(done.stdout)["problems"]] == [(5, "birth_date")]
    found = {row["id"]: row["cluster_id"] for row in rows(tmp_path / "clusters.csv")}
    assert found["3"] != found["1"]


@pytest.mark.parametrize("born", ["1980-05-01", ""])
def test_rows_without_a_type_are_compared_with_persons_as_persons(tmp_path: Path, born: str) -> None:
    head = "id,name,type,birth_date,country\n"
    rest = f"b,Ines Oldmere,,{born},PT\n"
    linked(tmp_path, head + "a,Ines Oldmere,person,1980-05-01,PT\n" + rest, "--review", str(tmp_path / "as.csv"))
    linked(
        tmp_path, head + "a,Ines Oldmere,,1980-05-01,PT\n" + rest, "--force", "--review", str(tmp_path / "blank.csv")
    )

    assert rows(tmp_path / "blank.csv") == rows(tmp_path / "as.csv")
    assert len(rows(tmp_path / "blank.csv")) == (not born), "a name alone is a question for people"
    assert len({row["cluster_id"] for row in rows(tmp_path / "clusters.csv")}) == 1 + (not born)


def test_a_folder_where_nothing_can_be_written_is_told_by_the_name_that_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied", ".clusters.csv.abc")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    done = linked(tmp_path, HEAD + SAME)

    assert done.exit_code == 1
    assert f"{tmp_path / 'clusters.csv'} cannot be written: permission denied" in done.stderr
    assert ".abc" not in done.stderr
