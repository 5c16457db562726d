"""What the hub says about a file or a row, in the language of whoever reads it: pages, files, API, forms, command."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import gettext, override

from convener.rooms.directory.models import Import, ImportProblem
from tests.cast import Cast, client_for, make_cast
from tests.contracts.hub import as_person
from tests.rooms.directory.commands import import_csv, run_json
from tests.rooms.directory.records import page_text, run_jobs, words_of

pytestmark = [
    pytest.mark.django_db, pytest.mark.req("DIR-7"), pytest.mark.filterwarnings("ignore:No directory at"),
]  # fmt: skip
LANGUAGES = ("fr", "es", "ar")
ROWS = (
    "name,country,website,email,lei,last_confirmed,latitude,longitude,issues\n"
    ",FR,,,,,,,\n"
    "Two,Frnce,,,,,,,\n"
    "Three,FR,http://,,,,,,\n"
    "Four,FR,,a@b@c,,,,,\n"
    "Five,FR,,,123,,,,\n"
    "Six,FR,,,,soon,,,\n"
    "Seven,FR,,,,2199-01-01,,,\n"
    "Eight,FR,,,,,100,100,\n"
    "Nine,FR,,,,,0,0,\n"
    "Ten,FR,,,,,,,gardening|knitting\n"
    "Eleven,FR,,,,,,,,more,cells\n"
)
#: Of each kind of problem, the template and what stands in it.
ERRORS: list[tuple[str, dict[str, str]]] = [
    ("The name is missing.", {}),
    ("%(value)s is not a value of this field.", {"value": '"Frnce"'}),
    ("Did you mean %(value)s?", {"value": '"France"'}),
    ("%(value)s has no public host name in it.", {"value": '"http://"'}),
    ("%(value)s is not one mail address.", {"value": '"a@b@c"'}),
    ("Write it as name@example.org.", {}),
    ("%(value)s is not an LEI.", {"value": '"123"'}),
    ("An LEI has %(right)s letters and digits, the last two digits; this has %(count)s characters.",
     {"right": "20", "count": "3"}),
    ("%(value)s is not a date.", {"value": '"soon"'}),
    ("%(value)s is out of range: a latitude is between -90 and 90.", {"value": '"100"'}),
    ('Cells to the right of the last heading: %(count)s (from column %(column)s: "%(value)s"); '
     "a separator inside a text may lack its quotation marks.", {"count": "2", "column": "J", "value": "more"}),
]  # fmt: skip
WARNINGS: list[tuple[str, dict[str, str]]] = [
    ("The date %(date)s is in the future.", {"date": "2199-01-01"}),
    ("The place is 0, 0 (null island, in the sea off Africa): it is rarely meant.", {}),
    ("%(words)s are not in our list for %(column)s; they were left out.",
     {"words": "'gardening', 'knitting'", "column": "issues"}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def said(language: str, template: str, values: dict[str, str]) -> str:
    """The sentence as the catalogue of a language has it, which must not be the English one."""
    with override(language):
        translated = gettext(template)
    assert translated != template, f"{language}: {template}"
    return translated % values if values else translated


def bring(client: Client, content: str | bytes, name: str = "list.csv") -> str:
    """Upload a list on the English page and have it read; the end of the address of its import."""
    raw = content.encode() if isinstance(content, str) else content
    answer = client.post("/en/hub/directory/imports/new/", {"file": SimpleUploadedFile(name, raw)})
    assert answer.status_code == 302, answer.content.decode()
    run_jobs()
    return str(answer["Location"]).removeprefix("/en")


def text_of(client: Client, address: str) -> str:
    """The visible text of a page; blanks that do not break are blanks."""
    return words_of(html.unescape(page_text(client, address)))


def shown_as(language: str, template: str, values: dict[str, str]) -> str:
    """The sentence as a page shows it."""
    return said(language, template, values).replace("\xa0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_of_rows_are_told_in_the_language_of_the_page(cast: Cast, language: str) -> None:
    """Given rows that are wrong in many ways, read once; then each page tells them in its own language, as the file."""
    client = client_for(cast.secretariat)
    address = bring(client, ROWS)
    for show, problems in (("errors", ERRORS), ("warnings", WARNINGS)):
        shown, english = (text_of(client, f"/{code}{address}?show={show}") for code in (language, "en"))
        for template, values in problems:
            assert template % values in english, template
            assert template % values not in shown, template
            assert shown_as(language, template, values) in shown
    lines = page_text(client, f"/{language}{address}rows.csv")
    for template, values in (*ERRORS[:1], *WARNINGS[:1]):
        assert said(language, template, values) in lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("nul.csv", b"name\na\x00b\n", [
            ("The file has NUL bytes in it (the first at byte %(byte)s): it is not a text, or it is UTF-16 "
             "without a byte order mark.", {"byte": "7"})]),
        ("wide.csv", ",".join(f"c{n}" for n in range(300)).encode(), [
            ("The table has %(count)s columns; %(most)s are the most that are read.", {"count": "300", "most": "200"})]),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, [("a picture (PNG)", {})]),
        ("list.xlsx", b"PK\x03\x04 not a workbook", [("its ZIP archive is damaged or cut off", {})]),
        ("open.csv", b'name,city\n"Acme,Leeds\nOther,York\n', [
            ('row %(row)s, column %(column)s ("%(heading)s")', {"row": "2", "column": "A", "heading": "name"})]),
        ("list.json", b'{"results": [1]}', [("a number", {})]),
    ],
)  # fmt: skip
def test_a_refused_file_is_explained_in_the_language_of_the_page(
    cast: Cast, language: str, name: str, content: bytes, told: list[tuple[str, dict[str, str]]]
) -> None:
    client = client_for(cast.secretariat)
    address = bring(client, content, name)
    assert Import.objects.get().state == Import.State.REFUSED
    shown, english = (text_of(client, f"/{code}{address}") for code in (language, "en"))
    for template, values in told:
        assert template % values in english
        assert shown_as(language, template, values) in shown
        assert template % values not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_api_answers_in_the_language_of_the_request(cast: Cast, language: str) -> None:
    """A list that is imported at once, one that is refused, and an entry that is changed with a wrong value."""
    api = as_person(cast.secretariat)
    headers = {"authorization": f"Bearer {api.token}", "accept-language": language}

    def post(content: bytes) -> Any:
        return Client().post("/api/v1/imports", content, content_type="text/csv", headers=headers)

    done = json.loads(post(ROWS.encode()).content)
    told = [problem["message"] for problem in done["errors"]]
    assert said(language, *ERRORS[0]) in told
    refused = post(b"name\na\x00b\n")
    assert refused.status_code == 400
    assert (
        said(language, 'In Excel: "Save as", then "CSV UTF-8 (comma delimited)" or "Excel workbook (.xlsx)".', {})
        == (json.loads(refused.content)["error"]["hint"])
    )
    problem = api.send("POST", "/organisations", {"name": "One", "lei": ["123"]}, **{"accept-language": language})
    assert problem.status_code == 422
    assert said(language, *ERRORS[6]) in json.loads(problem.content)["error"]["errors"][0]["message"]
    mistyped = api.get("/organisations/CV-12", **{"accept-language": language})
    template, values = "%(value)s is not a public ID: %(count)s characters stand after CV-, not ten.", {"count": "2"}
    assert json.loads(mistyped.content)["error"]["message"] == said(language, template, values | {"value": '"CV-12"'})


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_tell_the_same_in_the_language_of_the_page(cast: Cast, language: str) -> None:
    answer = client_for(cast.secretariat).post(
        f"/{language}/hub/directory/add/", {"name": "One", "country": "FR", "lei": "123"}
    )
    assert answer.status_code == 422
    assert said(language, *ERRORS[6]) in html.unescape(answer.content.decode())


def test_the_command_speaks_english_whatever_the_language_of_the_hub(tmp_path: Path) -> None:
    with override("fr"):
        summary = import_csv(tmp_path, "name,lei\n,\nTwo,123\n,5493001KJTIIGC8Y1R12\n", exit_code=3)
    assert summary["errors"][0]["message"].startswith('"123" is not an LEI. An LEI has 20 letters')


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_applying_and_undoing_noticed_is_told_in_the_language_of_the_page(
    cast: Cast, tmp_path: Path, language: str
) -> None:
    first = import_csv(tmp_path, "name,country,lei\nAcme,FR,5493001KJTIIGC8Y1R12\n")
    second = import_csv(tmp_path, "name,country,city,lei\nAcme,DE,Lyon,5493001KJTIIGC8Y1R12\n", name="two.csv")
    undone = run_json("directory", "undo", first["import_id"], exit_code=3)
    assert undone["kept"][0]["message"] == "Was changed since the import, so it stays."
    client = client_for(cast.secretariat)
    for summary, template in (
        (second, "Differs from the country on record, which is kept."),
        (first, "Was changed since the import, so it stays."),
    ):
        address = f"/hub/directory/imports/{summary['import_id']}/?show=warnings"
        assert template in text_of(client, f"/en{address}")
        assert shown_as(language, template, {}) in text_of(client, f"/{language}{address}")


def test_a_problem_noted_before_there_were_templates_is_still_told(cast: Cast) -> None:
    run = Import.objects.create(file_name="old.csv", state=Import.State.REFUSED, said=[["It said 100 % “no”.", {}]])
    ImportProblem.objects.create(run=run, number=2, field="name", said=[["Too %s for us.", {}]], is_error=True)
    shown = text_of(client_for(cast.secretariat), f"/fr/hub/directory/imports/{run.pk}/?show=errors")
    assert "It said 100 % “no”." in shown
    assert run.problems.get().text == "Too %s for us."
