"""Files of names to be asked: what is read of them, what is said of each bad row, and what is made of broken letters."""

from __future__ import annotations

import io
import json
import pickle
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convener.engines.names import MATCH, Type
from convener.engines.names.answering import COLUMNS, Asking, Kept, write_rows
from convener.engines.names.caching import kept_file, ready
from convener.engines.names.mending import mended
from convener.engines.names.questions import Question, open_questions, told_of
from convener.engines.tables import restore
from convener.errors import Unreadable

pytestmark = [pytest.mark.req("SCR-5"), pytest.mark.req("SCR-2")]

CODES = {"france": "FR", "fr": "FR", "الأردن": "JO"}


def code(text: str) -> str:
    return CODES.get(text.casefold(), "")


def read(tmp_path: Path, content: str | bytes, name: str = "q.csv") -> list[Question]:
    """The questions of a file."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    with open_questions(path, country_code=code) as questions:
        found = list(questions.read())
        assert questions.count() == len(found)
    return found


@pytest.mark.parametrize(
    ("headings", "kind", "country"),
    [
        ("id,name,type,country,birth_date,identifier", "company", "France"),
        ("Query ID;Full Name;KIND;Nationality;Date of birth;Passport", "société", "fr"),
        ("ref\tNom\tType\tPays\tDate de naissance\tIdentifiant", "Personne morale", "FR"),
        ("id,Nombre completo,Tipo,País,Fecha de nacimiento,Identificador", "compañía", "FRANCE"),
        ("id,الاسم,النوع,البلد,تاريخ الميلاد,رقم الهوية", "شركة", "fr"),
    ],
)
def test_headings_and_types_in_all_four_languages(headings: str, kind: str, country: str, tmp_path: Path) -> None:
    separator = next(sign for sign in ";\t," if sign in headings)
    row = separator.join(["q1", "Société  Générale ", kind, country, "1990-01", "AB 12"])
    (question,) = read(tmp_path, f"{headings}\n{row}\n")
    assert question.problems == ()
    query = question.query
    assert (query.id, query.name, query.type) == ("q1", "Société Générale", Type.ORGANISATION)
    assert (query.country, query.birth_date, query.identifier) == ("FR", "1990-01", "AB 12")


def test_the_column_of_the_proper_name_is_read_and_the_other_is_told(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("full_name,name\nOther,Proper\n")
    with open_questions(path) as questions:
        assert [question.query.name for question in questions.read()] == ["Proper"]
        assert any("full_name" in warning for warning in questions.warnings)


def test_a_file_without_names_is_refused_with_its_headings(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        read(tmp_path, "first name,surname\na,b\n")
    assert "first name, surname" in refused.value.message
    assert "name" in refused.value.hint


@pytest.mark.parametrize("date", ["1970-02-30", "30/02/1970", "yesterday", "0000", "1970-13"])
def test_dates_that_are_none_are_left_out_and_told(date: str, tmp_path: Path) -> None:
    (question,) = read(tmp_path, f"id,name,dob\n1,Ana,{date}\n")
    assert not question.trouble
    assert question.query.birth_date == ""
    assert [(problem.row, problem.field) for problem in question.problems] == [(2, "birth_date")]


def test_ids_are_told_apart_however_many(tmp_path: Path) -> None:
    rows = "\n".join(f"{number},n" for number in [*range(70_000), 5, 69_999, 70_000])
    found = read(tmp_path, f"id,name\n{rows}\n")
    twice = [question.query.id for question in found if question.problems]
    assert twice == ["5", "69999"]


def test_a_long_file_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    with path.open("w") as file:
        file.write("id,name\n")
        file.writelines(f"{number},Name {number}\n" for number in range(50_000))
    with open_questions(path) as questions:
        tracemalloc.start()
        assert sum(1 for _question in questions.read()) == 50_000
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 15 * 2**20


def test_one_bad_byte_does_not_garble_the_other_names(tmp_path: Path) -> None:
    names = ["Иван Соколов", "محمد علي", "Zoë\ufffd"]
    content = "id,name\n1,Иван Соколов\n2,محمد علي\n3,Zoë".encode() + b"\xff\n"
    found = read(tmp_path, content)
    assert [question.query.name for question in found] == [*names[:2], "Zoë"]
    assert [bool(question.problems) for question in found] == [False, False, True]


def test_a_file_of_windows_stays_one(tmp_path: Path) -> None:
    content = "id;name\n1;Société Générale\n2;Müller Löwe\n".encode("cp1252")
    assert [question.query.name for question in read(tmp_path, content)] == ["Société Générale", "Müller Löwe"]


def test_rows_of_utf_8_in_a_file_of_windows_are_read_as_what_they_are(tmp_path: Path) -> None:
    windows = "id,name\n1,Société Générale\n2,José Müller\n3,Bäcker Söhne\n".encode("cp1252")
    found = read(tmp_path, windows + "4,Crédit Zoë\n".encode())
    assert [question.query.name for question in found] == [
        "Société Générale", "José Müller", "Bäcker Söhne", "Crédit Zoë",
    ]  # fmt: skip
    assert [[problem.field for problem in question.problems] for question in found] == [[], [], [], ["row"]]


@pytest.mark.parametrize(
    ("content", "names", "trouble"),
    [
        ('id,name\n1,"Ana\n2,Bo\n3,"Cy\n4,Di\n', ["Di"], [2]),
        ('name\nAna\n"Bo\nCy\n"Di\nEva\n', ["Ana", "Eva"], [3]),
        ('id,name,country\n1,"Ana\nMaria",DE\n2,Bo,FR\n', ["Ana Maria", "Bo"], []),
        ('id,name\n1,Ana\n2,Bo\n3,"Cy\n4,Di\n', ["Ana", "Bo"], [4]),
    ],
)
def test_rows_inside_a_quotation_are_not_lost_in_silence(
    content: str, names: list[str], trouble: list[int], tmp_path: Path
) -> None:
    found = read(tmp_path, content.encode())
    assert [question.query.name for question in found if not question.trouble] == names
    assert [question.row for question in found if question.trouble] == trouble
    assert all("quotation mark" in told_of(question.problems) for question in found if question.trouble)


@pytest.mark.parametrize("name", ["\\ud800", "\\udc00", "a\\ud800b", "\\ud83d\\ude00 \\udead x"])
def test_half_a_pair_in_json_is_told_of_its_row(name: str, tmp_path: Path) -> None:
    content = (
        f'[{{"id": "1", "name": "Ana {name}"}}, {{"id": "2", "name": "B\\\\\\\\ud800"}}, {{"id": "3", "name": "Иван"}}]'
    )
    found = read(tmp_path, content, "q.json")
    assert [bool(question.problems) for question in found] == [True, False, False]
    assert found[2].query.name == "Иван"


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_whole_text_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.txt"
    for content in (text.replace("\x00", ""), json.dumps([text])):
        path.write_bytes(content.encode("utf-8"))
        with mended(path) as found:
            assert found == path


@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_make_it_fail(tmp_path: Path, junk: bytes, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,name\n1," + text.encode("utf-8") + junk)
    with mended(path) as found:
        content = found.read_bytes()
    if found != path:
        assert content.decode("utf-8").startswith("id,name\n1,")
    with suppress(Unreadable):
        read(tmp_path, path.read_bytes())


def asking(tmp_path: Path) -> Asking:
    """A list that is kept, ready to be asked."""
    path, cache = tmp_path / "list.csv", tmp_path / "cache"
    path.write_text("id,name\n=1,Ivan Petrovich Sokolov\n2,Banco Nacional de Cuba\n")
    one = ready(path, cache=cache, name="ours")
    file = kept_file(one, cache=cache, format="", country_code=None)
    assert file is not None
    return Asking([one], limit=5, threshold=0.5, kept=Kept(cache, (file,), (one.source,)))


def test_another_process_answers_the_same(tmp_path: Path) -> None:
    here = asking(tmp_path)
    there = pickle.loads(pickle.dumps(here))
    questions = read(tmp_path, "id,name\n1,Sokolov Ivan\n2,\n3,***\n4,Nobody At All\n")
    assert here(questions) == there(questions)
    kept = here.kept
    assert kept is not None
    kept.files[0].unlink()
    with pytest.raises(OSError):
        pickle.loads(pickle.dumps(here))


def test_rows_are_written_whole_in_both_formats(tmp_path: Path) -> None:
    content = "id,name,dob\n-1,Banco Nacional de Cuba,\n2,Ivan Petrovich Sokolov,1970-02-30\n3,***,\n4,Nobody At All,\n"
    answered = asking(tmp_path)(read(tmp_path, content))
    assert [one.decision for one in answered] == ["match", "match", "no_match", "no_match"]
    assert [one.is_asked for one in answered] == [True, True, False, True]
    rows = [row for one in answered for row in one.rows]
    written = io.BytesIO()
    write_rows("json", rows, written)
    plain = json.loads(written.getvalue())
    assert [list(row) for row in plain] == [list(COLUMNS)] * len(rows)
    assert plain[0]["score"] >= MATCH
    assert [row["rank"] for row in plain] == [1, 1, 0, 0]
    assert "1970-02-30" in plain[1]["explanation"]["problem"]
    assert plain[1]["explanation"]["asked"]
    assert plain[2]["explanation"]["problems"][0]["row"] == 4
    assert not plain[2]["explanation"]["asked"]
    assert "note" in plain[3]["explanation"]
    written = io.BytesIO()
    write_rows("csv", rows, written)
    text = written.getvalue().decode("utf-8-sig")
    assert "\r\n'-1,1,ours," in text
    assert ",'=1," in text
    assert restore("'=1") == "=1"
    empty = io.BytesIO()
    write_rows("json", [], empty)
    assert json.loads(empty.getvalue()) == []
