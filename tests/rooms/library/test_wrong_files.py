"""Files that are not what they should be: each is told with its record and field, and nothing of it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from convener.errors import ConvenerError, InvalidValue, Unreadable
from convener.foundation.audit.models import AuditEntry
from convener.rooms.directory.models import Initiative
from convener.rooms.library import content
from convener.rooms.library.content import load_file, read_file
from convener.rooms.library.models import Guidance, Practice
from tests.rooms.directory.commands import import_csv, run, run_json
from tests.rooms.directory.records import organisation
from tests.rooms.library.shelf import SOURCE, figure, raw_piece, raw_practice, write_json

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-2", "LIB-3")]
LONG = "x" * 100_000

#: What a file holds that is no list of records.
NO_LISTS = {
    "empty": b"", "no json": b"{ this is: no json", "an object": b'{"key": "pact"}', "a text": b'"practices"',
    "null": b"null", "a number": b"7", "csv": b"key,name\npact,Pact\n", "binary": bytes(range(256)),
    "not utf-8": b'[{"key": "\xff\xfe"}]', "deep": b"[" * 100_000, "cut": b'[{"key": "pact", "name": "P',
    "nan": b"[NaN]", "yaml": b"- key: pact\n  name: Pact\n",
}  # fmt: skip
#: Shelf, values that make a good record wrong, the field that the error must name.
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("practices", {"models": ["innovation", "wizardry"]}, "models.1"),
    ("practices", {"part": "moonshine"}, "part"),
    ("practices", {"countries": ["GB", "XX"]}, "countries.1"),
    ("practices", {"members": [{"organisation": "x", "role": "king"}]}, "members.0.role"),
    ("practices", {"members": [{"organisation": "x", "role": "member", "country": "XX"}]}, "members.0.country"),
    ("practices", {"members": [{"organisation": "x", "role": "member", "lei": "1"}]}, "members.0.lei"),
    ("practices", {"results": [figure("nine")]}, "results.0.value"),
    ("practices", {"results": [figure("-1")]}, "results.0.value"),
    ("practices", {"results": [figure("1e9")]}, "results.0.value"),
    ("practices", {"results": [figure("9" * 40)]}, "results.0.value"),
    ("practices", {"results": [figure(qualifier="nearly")]}, "results.0.qualifier"),
    ("practices", {"results": [figure(unit="")]}, "results.0.unit"),
    ("practices", {"summary": {"en": LONG}}, "summary.en"),
    ("practices", {"summary": {"fr": "Sans anglais."}}, "summary"),
    ("practices", {"summary": {"en": "A", "xx": "B"}}, "summary.xx.[key]"),
    ("practices", {"summary": "plain"}, "summary"),
    ("practices", {"how": [{"en": LONG}]}, "how.0.en"),
    ("practices", {"key": "No Slug"}, "key"),
    ("practices", {"key": LONG}, "key"),
    ("practices", {"key": "../../etc"}, "key"),
    ("practices", {"practice": 0}, "practice"),
    ("practices", {"practice": 10**9}, "practice"),
    ("practices", {"started": "soon"}, "started"),
    ("practices", {"secret": 1}, "secret"),
    ("practices", {"source": {"ref": "Practice 1"}}, "source.document"),
    ("practices", {"source": {**SOURCE, "page": "1"}}, "source.page"),
    ("practices", {"name": None}, "name"),
    ("guidance", {"kind": "sermon"}, "kind"),
    ("guidance", {"topic": "weather"}, "topic"),
    ("guidance", {"stages": ["wedding"]}, "stages.0"),
    ("guidance", {"stages": []}, "stages"),
    ("guidance", {"audiences": []}, "audiences"),
    ("guidance", {"sectors": ["understanding"]}, "sectors.0"),
    ("guidance", {"text": {"en": LONG}}, "text.en"),
    ("guidance", {"title": {"en": " "}}, "title"),
    ("guidance", {"hidden": True}, "hidden"),
    ("guidance", {"note": "mine"}, "note"),
    ("guidance", {"title": ["a"]}, "title"),
]


def record(shelf: str, key: str, **values: Any) -> dict[str, Any]:
    """A record of a shelf."""
    return raw_practice(key, **values) if shelf == "practices" else raw_piece(key, **values)


def nothing_written() -> bool:
    """True while there is no practice, no initiative and no guidance."""
    return not (Practice.objects.exists() or Guidance.objects.exists() or Initiative.objects.exists())


@pytest.mark.parametrize("shelf", ["practices", "guidance"])
@pytest.mark.parametrize("name", NO_LISTS)
def test_what_is_no_list_of_records_is_told(tmp_path: Path, shelf: str, name: str) -> None:
    path = tmp_path / "in.json"
    path.write_bytes(NO_LISTS[name])
    with pytest.raises(Unreadable) as told:
        load_file(path, shelf)
    assert told.value.message
    assert told.value.hint
    assert nothing_written()


@pytest.mark.parametrize(("shelf", "values", "field"), WRONG, ids=[f"{one[0]} {one[2]}" for one in WRONG])
def test_a_wrong_record_is_told_with_its_key_and_field(
    tmp_path: Path, shelf: str, values: dict[str, Any], field: str
) -> None:
    path = write_json(tmp_path / "in.json", [record(shelf, "good"), record(shelf, "bad") | values])
    with pytest.raises(InvalidValue) as told:
        load_file(path, shelf)
    assert told.value.field == field
    assert field in told.value.message
    assert str(values.get("key", "bad"))[:100] in told.value.message
    assert told.value.hint
    assert len(told.value.message) < 1_500
    assert nothing_written()


@pytest.mark.parametrize("shelf", ["practices", "guidance"])
def test_every_field_that_must_be_there_is_missed(tmp_path: Path, shelf: str) -> None:
    needed = {
        "practices": ("key", "name", "summary", "purpose", "source"),
        "guidance": ("key", "kind", "topic", "stages", "audiences", "title", "text", "source"),
    }[shelf]
    for name in needed:
        wrong = {field: value for field, value in record(shelf, "bad").items() if field != name}
        with pytest.raises(InvalidValue) as told:
            load_file(write_json(tmp_path / "in.json", [record(shelf, "good"), wrong]), shelf)
        assert told.value.field == name
    for other in (7, "text", None, ["list"], []):
        with pytest.raises(InvalidValue, match=r"^2"):  # without a key its number stands for it
            load_file(write_json(tmp_path / "in.json", [record(shelf, "good"), other]), shelf)
    assert nothing_written()


@pytest.mark.parametrize("shelf", ["practices", "guidance"])
@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "A <b onclick=x>text</b>"])
def test_markup_is_refused(tmp_path: Path, shelf: str, text: str) -> None:
    name = "purpose" if shelf == "practices" else "text"
    with pytest.raises(InvalidValue):
        load_file(write_json(tmp_path / "in.json", [record(shelf, "bad", **{name: {"en": text}})]), shelf)
    assert nothing_written()


def test_markup_is_told_with_its_record_and_field(tmp_path: Path) -> None:
    path = write_json(tmp_path / "in.json", [raw_piece("bad", text={"en": "<script>alert(1)</script>"})])
    with pytest.raises(InvalidValue) as told:
        load_file(path, "guidance")
    assert (told.value.field, "bad" in told.value.message) == ("text.en", True)


def test_nul_and_other_invisible_letters_do_not_reach_the_database(tmp_path: Path) -> None:
    raw = raw_practice(
        "pact", name="A\x00B", members=[], purpose={"en": "C\x00D\u202e"}, names=[{"text": "E\x00F"}],
        lessons=[{"en": "G\x07H"}],
    )  # fmt: skip
    assert load_file(write_json(tmp_path / "in.json", [raw]), "practices") == 1
    practice = Practice.objects.select_related("initiative").get()
    stored = repr([practice.initiative.name, practice.initiative.other_names, practice.purpose, practice.lessons])
    assert not [letter for letter in ("\\x00", "\\u202e", "\\x07") if letter in stored]


def test_nul_in_a_figure_does_not_reach_the_database(tmp_path: Path) -> None:
    raw = raw_practice("pact", results=[figure(unit="re\x00ports", when="20\x0019", ref="a\x00b")])
    try:
        load_file(write_json(tmp_path / "in.json", [raw]), "practices")
    except InvalidValue:
        return
    row = Practice.objects.get().results.get()
    assert "\x00" not in row.unit + row.when + row.ref


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_BYTES", 100)
    path = write_json(tmp_path / "in.json", [raw_piece()])
    with pytest.raises(Unreadable) as told:
        read_file(path, "guidance")
    assert "MB" in told.value.message


def test_an_organisation_that_is_not_here_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    known = organisation("Known")
    for name in ("nobody-knows", "CV-AAAA-AAAAA-A", "x" * 300, ""):
        members = [{"organisation": known.public_id, "role": "member"}, {"organisation": name, "role": "member"}]
        path = write_json(tmp_path / "in.json", [raw_practice("good"), raw_practice("bad", members=members)])
        with pytest.raises(ConvenerError):
            load_file(path, "practices")
        assert nothing_written()


def refused(folder: Path, *members: dict[str, Any]) -> str:
    """What the command says of a file of which the second practice has these members; it loads nothing."""
    rows = [{"role": "member", **one} for one in members]
    path = write_json(folder / "theirs.json", [raw_practice("good"), raw_practice("pact", members=rows)])
    for more in (["--dry-run"], []):
        told = run("library", "content", path, "--kind", "practices", *more)
        assert (told.exit_code, told.stdout) == (2, "")
        assert nothing_written()
    return str(told.stderr)


@pytest.fixture
def elsewhere() -> str:
    """A right public ID that is another hub's."""
    party = organisation("Gone", country="FR")
    party.profile.delete()
    party.delete()
    return party.public_id


def test_who_is_unknown_is_told_with_file_practice_row_and_organisation(tmp_path: Path, elsewhere: str) -> None:
    known = organisation("Known", country="FR")
    unknown = {"organisation": elsewhere, "name": "Nobody", "country": "FR"}
    said = refused(tmp_path, {"organisation": known.public_id}, unknown)
    for part in ("theirs.json", "“pact”", "member 2", "Nobody, FR", elsewhere, "Import organisations"):
        assert part in said
    assert elsewhere in refused(tmp_path, {"organisation": elsewhere})


@pytest.mark.parametrize("told", [{"country": "CH"}, {}, {"country": "FR", "name": "Known Ltd"}])
def test_another_country_or_another_name_is_another_organisation(
    tmp_path: Path, elsewhere: str, told: dict[str, Any]
) -> None:
    organisation("Known", country="FR")
    assert "in this country" in refused(tmp_path, {"organisation": elsewhere, "name": "Known", **told})


def test_several_of_one_name_and_country_are_told(tmp_path: Path, elsewhere: str) -> None:
    for _twice in range(2):
        organisation("Twin", country="FR")
    said = refused(tmp_path, {"organisation": elsewhere, "name": "Twin", "country": "FR"})
    assert "Several organisations" in said
    assert "Twin, FR" in said


def test_numbers_of_two_organisations_in_one_row_are_told(tmp_path: Path, elsewhere: str) -> None:
    import_csv(tmp_path, "name,country,registration_number\nOne,FR,111\nTwo,FR,222\n")
    told = {"organisation": elsewhere, "name": "One", "country": "FR", "registration_number": ["111", "FR:222"]}
    assert "different organisations" in refused(tmp_path, told)


@pytest.mark.parametrize("told", [{"name": "Another"}, {"name": "Another", "country": "FR"}])
def test_an_id_that_is_another_organisation_s_here_is_never_followed(tmp_path: Path, told: dict[str, Any]) -> None:
    organisation("Another", country="FR")
    here = organisation("Here", country="FR")
    said = refused(tmp_path, {"organisation": here.public_id, **told})
    assert "that of “Here”" in said
    assert f"{told['name']}, " in said


def test_a_key_with_the_name_of_another_is_never_followed(tmp_path: Path, elsewhere: str) -> None:
    told = {"organisation": elsewhere, "key": "icat", "name": "Nobody"}
    assert "Nobody, " in refused(tmp_path, told)
    assert run("directory", "content").exit_code == 0
    Initiative.objects.all().delete()
    organisation("Nobody")
    assert "another name" in refused(tmp_path, told)


@pytest.mark.parametrize(
    "told",
    [
        {"organisation": "CV-AAAA-AAAAA-A", "name": "Known"},
        {"organisation": "", "name": "Known", "lei": ["12345"]},
        {"organisation": "", "name": "Known", "registration_number": ["1"]},
        {"organisation": "", "name": ""},
    ],
    ids=["mistyped ID", "wrong LEI", "number without register", "nothing"],
)
def test_a_row_that_names_nobody_rightly_is_told(tmp_path: Path, told: dict[str, Any]) -> None:
    organisation("Known")
    said = refused(tmp_path, told)
    assert "“pact”, member 1" in said


def test_the_first_rows_are_told_and_the_others_counted(tmp_path: Path) -> None:
    said = refused(tmp_path, *({"organisation": "", "name": f"Nobody {number}"} for number in range(8)))
    assert [f"Nobody {number}" in said for number in range(8)] == [True] * 5 + [False] * 3
    assert "besides: 3" in said


@pytest.mark.parametrize(
    "told",
    [
        {"organisation": "", "name": "Known", "country": "FR"},
        {"organisation": "", "name": "KNOWN", "country": "FR"},
        {"organisation": "", "name": "Former Name", "country": "FR"},
        {"organisation": "", "lei": ["5493001KJTIIGC8Y1R12"]},
    ],
    ids=["name", "written otherwise", "another name", "LEI alone"],
)
def test_an_organisation_is_found_without_an_id(tmp_path: Path, told: dict[str, Any]) -> None:
    import_csv(tmp_path, "name,aliases,country,lei\nKnown,Former Name,FR,5493001KJTIIGC8Y1R12\n")
    path = write_json(tmp_path / "in.json", [raw_practice("pact", members=[{"role": "member", **told}])])
    assert run_json("library", "content", path, "--kind", "practices") == {"practices": 1}
    assert [row.party.name for row in Initiative.objects.get().members.all()] == ["Known"]


@pytest.mark.parametrize("shelf", ["practices", "guidance"])
def test_a_key_given_twice_is_told(tmp_path: Path, shelf: str) -> None:
    path = write_json(tmp_path / "in.json", [record(shelf, "twice"), record(shelf, "twice")])
    with pytest.raises(InvalidValue):
        load_file(path, shelf)


@pytest.mark.parametrize(
    ("shelf", "text"),
    [("practices", b"[{"), ("guidance", b"{}"), ("practices", b'[{"key": "x"}]'), ("guidance", b"[1]")],
)
def test_the_command_says_what_is_wrong_and_ends_with_2(tmp_path: Path, shelf: str, text: bytes) -> None:
    path = tmp_path / "in.json"
    path.write_bytes(text)
    for more in ((), ("--dry-run",), ("--json",)):
        told = run("library", "content", path, "--kind", shelf, *more)
        assert told.exit_code == 2
        assert told.stderr.strip()
        assert not told.stdout
        assert "Traceback" not in told.stderr
    assert nothing_written()
    assert not AuditEntry.objects.filter(action="library.content_file", outcome="refused").exists()


def test_a_file_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    for shelf, other in (("practices", raw_piece()), ("guidance", raw_practice())):
        path = write_json(tmp_path / "in.json", [other])
        assert run("library", "content", path, "--kind", shelf).exit_code == 2
    assert nothing_written()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert run("library", "content", tmp_path, "--kind", "guidance").exit_code == 2
