"""``convener names screen`` as people call it: answers, bad rows, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from convener.engines.tables import write_table
from tests.cli.test_hub import convener

pytestmark = [pytest.mark.req("SCR-5"), pytest.mark.req("SCR-2")]

LIST = """id,name,aliases,type,country,birth_date,identifier
p1,Ivan Petrovich Sokolov,Иван Соколов,person,Russia,1970-05-04,
o1,Banco Nacional de Cuba,BNC,organisation,CU,,
v1,Ocean Pearl Star,,vessel,PA,,IMO 9123456
x1,=HYPERLINK Corporation Zagreb,,organisation,,,
"""
COLUMNS = ["query_id", "rank", "list", "entry_id", "matched_name", "score", "decision", "explanation"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that several tests share, so that words are made ready once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A small list."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


class Asked:
    """One call of the command."""

    def __init__(self, queries: Path, out: Path, *arguments: str, **variables: str) -> None:
        done = convener(out.parent, "names", "screen", str(queries), "--out", str(out), *arguments, **variables)
        self.code, self.told, self.answer = done.returncode, done.stderr, done.stdout
        assert "Traceback" not in done.stderr, done.stderr
        self.rows: list[dict[str, Any]] = []
        if out.exists() and self.code in (0, 3):
            self.rows = rows_of(out)

    def of(self, id_: str) -> list[dict[str, Any]]:
        """The rows of one query."""
        return [row for row in self.rows if row["query_id"] == id_]


def rows_of(out: Path) -> list[dict[str, Any]]:
    """The rows of OUT, explanations as objects."""
    if out.read_bytes().lstrip()[:1] == b"[":
        found: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
        return found
    reader = csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline=""))
    rows: list[dict[str, Any]] = [dict(row) for row in reader]
    assert reader.fieldnames == COLUMNS
    for row in rows:
        row |= {"rank": int(row["rank"]), "score": float(row["score"]), "explanation": json.loads(row["explanation"])}
    return rows


def ask(
    tmp_path: Path, listed: Path, cache: Path, content: str | bytes, *more: str, name: str = "queries.csv"
) -> Asked:
    """Ask about the rows of ``content``."""
    queries = tmp_path / name
    queries.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return Asked(queries, tmp_path / "out.csv", "--list", f"ours={listed}", "--cache", str(cache), "--force", *more)


def test_each_name_is_answered_with_reasons_that_sum_to_the_score(tmp_path: Path, listed: Path, cache: Path) -> None:
    content = "id,name,type\n1,Sokolov Ivan,individual\n2,Nobody Whatsoever,\n3,Bank of Nowhere Inc,company\n"
    asked = ask(tmp_path, listed, cache, content)
    assert asked.code == 0, asked.told
    best = asked.of("1")[0]
    assert (best["rank"], best["list"], best["entry_id"]) == (1, "ours", "p1")
    assert best["decision"] in ("match", "review")
    given = sum(part["gives"] for part in best["explanation"]["parts"])
    assert given == pytest.approx(best["score"], abs=0.001)
    (nobody,) = asked.of("2")
    assert (nobody["rank"], nobody["decision"], nobody["score"], nobody["list"]) == (0, "no_match", 0.0, "")
    assert "note" in nobody["explanation"]
    assert "3 names asked of 4 entries in 1 list:" in asked.answer
    assert "a person compares" in asked.answer
    assert str(tmp_path / "out.csv") in asked.answer


def test_json_is_written_and_the_summary_is_json(tmp_path: Path, listed: Path, cache: Path) -> None:
    asked = ask(tmp_path, listed, cache, "id,name\n1,Banco Nacional de Cuba\n2,\n", "--json")
    assert asked.code == 3
    assert [row["rank"] for row in asked.rows] == [1, 0]
    assert list(asked.rows[0]) == COLUMNS
    assert asked.rows[0]["explanation"]["score"] == asked.rows[0]["score"]
    summary = json.loads(asked.answer)
    assert (summary["names"], summary["asked"], summary["not_asked"], summary["match"]) == (2, 1, 1, 1)
    (one,) = summary["lists"]
    assert (one["name"], one["entries"], len(one["sha256"]), one["whole"]) == ("ours", 4, 64, True)
    (problem,) = summary["problems"]
    assert (problem["row"], problem["field"]) == (3, "name")
    assert problem["message"]
    assert problem["hint"]


def test_the_ending_of_out_asks_for_json_too(tmp_path: Path, listed: Path, cache: Path) -> None:
    queries = tmp_path / "q.csv"
    queries.write_text("id,name\n1,Banco Nacional de Cuba\n")
    asked = Asked(queries, tmp_path / "o.json", "--list", str(listed), "--cache", str(cache))
    assert asked.code == 0
    assert asked.rows[0]["list"] == "list.csv"
    assert "1 name asked" in asked.answer


BAD = {
    "empty": (b",person,,", "name"),
    "long": (b"A" * 401 + b",person,,", "name"),
    "huge": (b"Sokolov " * 131_072 + b",person,,", "name"),
    "symbols": (b"!!! --- ***,person,,", "name"),
    "invisible": ("\u200b\u200d\u2060".encode() + b",person,,", "name"),
    "surplus": (b"Sokolov, Ivan,person,1970-05-04,RU,more", "row"),
}
ASKED_ALL_THE_SAME = {
    "control": (b"Iv\x01an\x07 Sokolov,person,,", "name"),
    "half": (b"Ivan\xed\xa0\x80 Sokolov,person,,", "name"),
    "nul": (b"Ivan\x00 Sokolov,person,,", "name"),
    "byte": (b"Ivan\xff Sokolov,person,,", "name"),
    "date": (b"Ivan Sokolov,person,1970-02-30,", "birth_date"),
    "type": (b"Ivan Sokolov,unicorn,,", "type"),
    "country": (b"Ivan Sokolov,person,,Atlantis", "country"),
}


def test_bad_rows_are_told_one_by_one_and_the_rest_is_answered(tmp_path: Path, listed: Path, cache: Path) -> None:
    rows = [key.encode() + b"," + cells for key, (cells, _field) in (BAD | ASKED_ALL_THE_SAME).items()]
    rows += ["good,Иван Соколов,person,,".encode(), b"good2,Banco Nacional de Cuba,,,"]
    asked = ask(tmp_path, listed, cache, b"id,name,type,birth_date,country\n" + b"\n".join(rows) + b"\n", "--json")
    assert asked.code == 3
    summary = json.loads(asked.answer)
    told = {(problem["row"], problem["field"]): problem for problem in summary["problems"]}
    for number, (key, (_cells, field)) in enumerate((BAD | ASKED_ALL_THE_SAME).items(), 2):
        assert told[number, field]["hint"], key
        assert f"row {number}, {field}: " in asked.told
        assert asked.of(key)[0]["explanation"]["problem"], key
        if key in BAD:
            assert [(row["rank"], row["decision"]) for row in asked.of(key)] == [(0, "no_match")], key
        else:
            assert [row["entry_id"] for row in asked.of(key)] == ["p1"], key
    assert [row["entry_id"] for row in asked.of("good")] == ["p1"]
    assert [row["entry_id"] for row in asked.of("good2")] == ["o1"]
    assert summary["not_asked"] == len(BAD)
    assert max(map(len, asked.told.splitlines())) < 1_000


def test_where_a_file_breaks_off_what_is_before_is_answered(tmp_path: Path, listed: Path, cache: Path) -> None:
    asked = ask(
        tmp_path, listed, cache, 'id,name\n1,Banco Nacional de Cuba\n2,"Ivan Sokolov\n3,Ocean Pearl Star\n', "--json"
    )
    assert asked.code == 3
    assert [row["entry_id"] for row in asked.rows] == ["o1", ""]
    summary = json.loads(asked.answer)
    assert (summary["asked"], summary["not_asked"]) == (1, 1)
    assert "never closed" in asked.rows[1]["explanation"]["problem"]
    assert "Nothing from here on was asked" in asked.told


def test_hits_beyond_the_limit_are_counted(tmp_path: Path, listed: Path, cache: Path) -> None:
    listed.write_text("id,name,type\n" + "".join(f"{at},Ivan Sokolov,person\n" for at in range(4)))
    asked = ask(tmp_path, listed, cache, "id,name\n1,Ivan Sokolov\n2,Nobody Whatsoever\n", "--limit", "3")
    assert [row["rank"] for row in asked.of("1")] == [1, 2, 3]
    assert [row["explanation"]["more"] for row in asked.of("1")] == [1, 1, 1]
    assert "1 name has more hits than --limit" in asked.answer
    enough = ask(tmp_path, listed, cache, "id,name\n1,Ivan Sokolov\n", "--limit", "4")
    assert "--limit" not in enough.answer
    assert "more" not in enough.of("1")[0]["explanation"]


def test_ids_that_are_missing_or_stand_twice_are_told_and_answered(tmp_path: Path, listed: Path, cache: Path) -> None:
    content = "id,name\n7,Banco Nacional de Cuba\n7,Ivan Sokolov\n,Ocean Pearl Star\n"
    asked = ask(tmp_path, listed, cache, content)
    assert asked.code == 3
    assert [row["entry_id"] for row in asked.of("7")] == ["o1", "p1"]
    assert [row["entry_id"] for row in asked.of("row 4")] == ["v1"]
    assert "row 3, id: " in asked.told
    assert "row 4, id: " in asked.told


def test_a_file_without_ids_gets_the_numbers_of_its_rows(tmp_path: Path, listed: Path, cache: Path) -> None:
    asked = ask(tmp_path, listed, cache, "NAME\nBanco Nacional de Cuba\n")
    assert asked.code == 0
    assert [row["entry_id"] for row in asked.of("row 2")] == ["o1"]
    assert 'no column "id"' in asked.told


def test_unpaired_surrogates_of_json(tmp_path: Path, listed: Path, cache: Path) -> None:
    content = r'[{"id": "a\ud800", "name": "Ivan \udc00Sokolov"}, {"id": "b", "name": "Banco Nacional de Cuba"}]'
    asked = ask(tmp_path, listed, cache, content, name="q.json")
    assert asked.code == 3
    assert [row["entry_id"] for row in asked.of("b")] == ["o1"]
    assert "row 2, name: " in asked.told


@pytest.mark.parametrize("kind", ["utf-16", "semicolons", "arabic", "xlsx", "json"])
def test_files_of_all_kinds_are_read(kind: str, tmp_path: Path, listed: Path, cache: Path) -> None:
    text = "DOB;Full Name;Query ID\n1970;Иван Соколов;q\n"
    rows = [{"Query ID": "q", "Full Name": "Иван Соколов", "DOB": 1970}]
    name, content = "q.csv", text.encode()
    if kind == "utf-16":
        content = text.encode("utf-16")
    elif kind == "arabic":
        content = "الاسم,ID\nИван Соколов,q\n".encode()
    elif kind != "semicolons":
        out = io.BytesIO()
        write_table(kind, list(rows[0]), rows, out)
        name, content = f"q.{kind}", out.getvalue()
    asked = ask(tmp_path, listed, cache, content, name=name)
    assert asked.code == 0, asked.told
    assert [row["entry_id"] for row in asked.of("q")] == ["p1"]


def test_what_stands_beside_the_name_counts(tmp_path: Path, listed: Path, cache: Path) -> None:
    content = (
        "id,name,type,country,birth_date,identifier\n1,Ivan Sokolov,شخص,روسيا,1970-05-04,\n2,Whoever,ship,,,9123456\n"
    )
    asked = ask(tmp_path, listed, cache, content)
    assert asked.code == 0, asked.told
    kinds = {part["kind"]: part["how"] for part in asked.of("1")[0]["explanation"]["parts"]}
    assert (kinds["country"], kinds["birth_date"]) == ("same", "same")
    assert [row["entry_id"] for row in asked.of("2")] in (["v1"], [""])


def test_no_cell_of_out_acts_as_a_formula(tmp_path: Path, listed: Path, cache: Path) -> None:
    asked = ask(tmp_path, listed, cache, "id,name\n=1+1,HYPERLINK Corporation Zagreb\n")
    assert [row["query_id"] for row in asked.rows] == ["'=1+1"]
    assert asked.rows[0]["matched_name"].startswith("'=")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"id,title,owner\n1,x,y\n", "id, title, owner"),
        (b"", "empty"),
        (b"%PDF-1.4", "PDF"),
        (b'id,name\n1,"never closed\n2,b\n', "never closed"),
        (b"\x00\x01\x02\x03" * 500, "NUL"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    content: bytes, told: str, tmp_path: Path, listed: Path, cache: Path
) -> None:
    asked = ask(tmp_path, listed, cache, content)
    assert asked.code == 2
    assert told in asked.told
    assert sorted(file.name for file in tmp_path.iterdir()) == ["list.csv", "queries.csv"]


def test_wrong_use(tmp_path: Path, listed: Path, cache: Path) -> None:
    assert ask(tmp_path, listed, cache, "name\nx\n", "--list", f"ours={listed}").code == 2
    assert ask(tmp_path, tmp_path / "none.csv", cache, "name\nx\n").code == 2
    assert ask(tmp_path, listed, cache, "name\nx\n", "--format", "un").code == 2
    xml = tmp_path / "un.xml"
    xml.write_text('<?xml version="1.0"?>\n<CONSOLIDATED_LIST></CONSOLIDATED_LIST>')
    not_theirs = ask(tmp_path, xml, cache, "name\nx\n", "--format", "ofac")
    assert (not_theirs.code, "not one of OFAC" in not_theirs.told) == (2, True)
    assert ask(tmp_path, listed, cache, "name\nx\n", "--threshold", "nan").code == 2
    assert not (tmp_path / "out.csv").exists()
    queries = tmp_path / "queries.csv"
    same = Asked(queries, queries, "--list", str(listed), "--cache", str(cache), "--force")
    assert same.code == 2
    assert queries.read_text() == "name\nx\n"
    there = tmp_path / "there.csv"
    there.write_text("mine")
    assert Asked(queries, there, "--list", str(listed), "--cache", str(cache)).code == 1
    assert there.read_text() == "mine"
    assert Asked(queries, tmp_path / "o.xlsx", "--list", str(listed), "--cache", str(cache)).code == 2
    gone = Asked(tmp_path / "gone.csv", tmp_path / "o.csv", "--list", str(listed), "--cache", str(cache))
    assert gone.code == 2
    assert Asked(tmp_path, tmp_path / "o.csv", "--list", str(listed), "--cache", str(cache)).code == 2
    assert Asked(tmp_path / ("x" * 300), tmp_path / "o.csv", "--list", str(listed)).code in (1, 2)


def test_a_path_with_an_equals_sign_is_a_path(tmp_path: Path, listed: Path, cache: Path) -> None:
    odd = tmp_path / "a=b.csv"
    odd.write_text(LIST, encoding="utf-8")
    asked = ask(tmp_path, listed, cache, "id,name\n1,Banco Nacional de Cuba\n", "--list", str(odd))
    assert asked.code == 0
    assert {row["list"] for row in asked.rows} == {"ours", "a=b.csv"}


def test_a_list_that_is_cut_makes_the_answer_partial_and_an_odd_entry_does_not(tmp_path: Path, cache: Path) -> None:
    cut, odd = tmp_path / "cut.csv", tmp_path / "odd.csv"
    cut.write_text(LIST + 'z,"never closed', encoding="utf-8")
    odd.write_text(LIST + "z,Some Body,,person,,31 February,\n", encoding="utf-8")
    content = "id,name\n1,Banco Nacional de Cuba\n"
    whole, partial = ask(tmp_path, odd, cache, content), ask(tmp_path, cut, cache, content)
    assert (whole.code, partial.code) == (0, 3)
    assert "MISSING" in partial.answer
    assert "MISSING" not in whole.answer
    assert "1 value(s) could not be read" in whole.told
    assert [row["entry_id"] for row in partial.rows] == ["o1"]
    assert ask(tmp_path, cut, cache, content).code == 3  # and from the cache as well
    shown = convener(tmp_path, "names", "lists", f"Cut={cut}", str(odd), "--cache", str(cache), "--json")
    assert shown.returncode == 3
    first, second = json.loads(shown.stdout)
    assert (first["name"], first["whole"], second["whole"], second["entries"]) == ("Cut", False, True, 5)
    assert second["problems"][0]["row"] == 6
    assert len(second["sha256"]) == 64


def test_a_path_that_is_no_list_is_named_and_the_others_are_told(tmp_path: Path, cache: Path) -> None:
    part, good = tmp_path / "alt.csv", tmp_path / "good.csv"
    part.write_text('36,12,"aka","AERO-CARIBBEAN",-0-\n', encoding="utf-8")
    good.write_text(LIST, encoding="utf-8")
    shown = convener(tmp_path, "names", "lists", str(part), str(good), "--cache", str(cache), "--json")
    assert shown.returncode == 2
    assert [one["name"] for one in json.loads(shown.stdout)] == ["good.csv"]
    assert str(part) in shown.stderr
    assert "folder with sdn.csv" in shown.stderr
    asked = ask(tmp_path, part, cache, "id,name\n1,Banco Nacional de Cuba\n")
    assert (asked.code, str(part) in asked.told) == (2, True)
