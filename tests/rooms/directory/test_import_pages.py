"""Imports through the pages: bring a file, see what it would do, confirm or cancel, see what it did, undo it."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from convener.foundation.audit.models import AuditEntry, Change
from convener.foundation.jobs import registry
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions import importing, leases, staging, uploads
from convener.rooms.directory.jobs import recover_imports, stage_import
from convener.rooms.directory.models import Import, ImportEntry, ImportProblem, Profile, StagedRow
from tests.cast import client_for, make_cast
from tests.foundation.markup import Page
from tests.rooms.directory.records import organisation, page_text, run_jobs, words_of

pytestmark = [
    pytest.mark.django_db, pytest.mark.req("DIR-7"), pytest.mark.filterwarnings("ignore:No directory at"),
]  # fmt: skip
NEW = "/en/hub/directory/imports/new/"
State = Import.State


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def client() -> Client:
    return client_for(make_cast().secretariat)


def bring(client: Client, text: str | bytes, name: str = "list.csv", **more: Any) -> str:
    """Upload a list; the address of its import."""
    raw = text.encode() if isinstance(text, str) else text
    response = client.post(NEW, {"file": SimpleUploadedFile(name, raw), **more})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def run_of(path: str) -> Import:
    return Import.objects.get(pk=path.rstrip("/").rpartition("/")[2])


def upload_path(run: Import) -> Path:
    return settings.DATA_DIR / "files" / run.upload


def test_a_list_is_read_shown_confirmed_written_and_undone(client: Client) -> None:
    organisation("Here Already", country="GB")
    path = bring(
        client,
        "name,country,city\nHere Already,GB,Leeds\nNew One,FR,Lyon\n,FR,\nBad,Atlantis,\n",
        source_name="My list",
    )
    run = run_of(path)
    assert stat.S_IMODE(upload_path(run).stat().st_mode) == 0o600
    waiting = page_text(client, path)
    assert 'hx-trigger="every 2s"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert run_jobs() == ["directory.stage_import"]
    preview = words_of(page_text(client, path))
    for words in ("Nothing was written yet", "1 would be added", "1 would be updated", "2 left out, with errors"):
        assert words in preview, words
    assert "hx-trigger" not in page_text(client, path)
    rows = words_of(page_text(client, path))
    assert "Here Already" in rows
    assert "Will be updated" in rows
    errors = words_of(page_text(client, f"{path}?show=errors"))
    assert "The name is missing." in errors
    assert "Atlantis" in errors
    assert not Party.objects.filter(name="New One").exists()
    assert client.post(f"{path}confirm/")["Location"] == path
    assert client.post(f"{path}confirm/").status_code == 409  # once is enough
    assert client.post(f"{path}cancel/").status_code == 409
    assert run_jobs() == ["directory.apply_import", "directory.find_duplicates"]
    done = words_of(page_text(client, path))
    assert "1 added" in done
    new = Party.objects.get(name="New One")
    assert f'href="/en/hub/directory/{new.public_id}/"' in page_text(client, path)
    assert not upload_path(run).exists()
    change = Change.objects.get(record_id=new.id)
    assert change.user_id == AuditEntry.objects.get(action="directory.import_confirmed").user_id
    assert "Undo this import?" in page_text(client, f"{path}undo/")
    assert client.post(f"{path}undo/")["Location"] == path
    assert client.post(f"{path}undo/").status_code == 409
    assert run_jobs() == ["directory.undo_import"]
    undone = words_of(page_text(client, path))
    assert "Undone: 1 organisations removed, 1 restored, 0 kept" in undone
    assert not Party.objects.filter(name="New One").exists()
    assert Profile.objects.get(party__name="Here Already").city == ""
    assert "My list" in words_of(page_text(client, path)) or "My-list" in words_of(page_text(client, path))


def test_the_preview_leaves_nothing_behind_in_the_journal(client: Client) -> None:
    path = bring(client, "name,country\nOne,GB\nTwo,FR\nTwo,FR\n")
    run_jobs()
    run = run_of(path)
    assert (run.added, run.skipped, ImportEntry.objects.filter(run=run).count()) == (2, 1, 3)
    client.post(f"{path}confirm/")
    run_jobs()
    run.refresh_from_db()
    assert (run.added, run.updated, run.skipped, run.failed) == (2, 0, 1, 0)
    assert ImportEntry.objects.filter(run=run).count() == 3
    assert not ImportEntry.objects.filter(run=run, party_id=None).exists()
    assert not StagedRow.objects.exists()


def test_problems_that_only_the_comparison_finds_are_shown_and_counted_once(client: Client) -> None:
    organisation("Double", country="GB")
    organisation("Double", country="GB")
    path = bring(client, "name,country\nDouble,GB\nFine,GB\n")
    run_jobs()
    assert run_of(path).failed == 1
    client.post(f"{path}confirm/")
    run_jobs()
    run = run_of(path)
    assert (run.added, run.failed) == (1, 1)
    assert ImportProblem.objects.filter(run=run, is_error=True).count() == 1


def test_unknown_headings_are_asked_for_and_the_list_is_read_again(client: Client) -> None:
    path = bring(client, "Firma;HRB;Ort\nNordlicht GmbH;HRB 1234;Kiel\n")
    run_jobs()
    asked = client.get(path)
    assert asked["Location"] == f"{path}columns/"
    markup = page_text(client, f"{path}columns/")
    for words in ("Firma", "Nordlicht GmbH", "Kiel", "None of the headings is known"):
        assert words in markup, words
    nothing = client.post(f"{path}columns/", {"column_1": "registration_number"})
    assert nothing.status_code == 422
    assert "Say which column holds the name" in nothing.content.decode()
    twice = client.post(f"{path}columns/", {"column_0": "name", "column_1": "name"})
    assert twice.status_code == 422
    chosen = {"column_0": "name", "column_1": "registration_number", "column_2": "city", "country": "DE"}
    assert client.post(f"{path}columns/", chosen)["Location"] == path
    assert run_jobs() == ["directory.stage_import"]
    assert "1 would be added" in words_of(page_text(client, path))
    again = Page(page_text(client, f"{path}columns/"))
    assert len(again.all("select")) == 4
    client.post(f"{path}confirm/")
    run_jobs()
    party = Party.objects.get(name="Nordlicht GmbH")
    assert (party.country, party.profile.city, party.identifiers.get().jurisdiction) == ("DE", "Kiel", "DE")
    assert client.get(f"{path}columns/").status_code == 409


def test_a_country_for_all_rows_and_all_or_nothing(client: Client) -> None:
    path = bring(client, "name,company_number\nA Ltd,1234567\nB Ltd,not a number!!\n", country="GB", strict="on")
    run_jobs()
    run = run_of(path)
    if run.failed:
        assert run.state == State.REFUSED
        assert "nothing was imported" in page_text(client, path)
    good = bring(client, "name,company_number\nA Ltd,1234567\n", country="GB", strict="on")
    run_jobs()
    client.post(f"{good}confirm/")
    run_jobs()
    assert Party.objects.get(name="A Ltd").country == "GB"


def test_strict_refuses_what_only_the_comparison_finds(client: Client) -> None:
    organisation("Double", country="GB")
    organisation("Double", country="GB")
    path = bring(client, "name,country\nDouble,GB\nFine,GB\n", strict="on")
    run_jobs()
    run = run_of(path)
    assert (run.state, run.added, run.failed) == (State.REFUSED, 0, 1)
    assert not upload_path(run).exists()
    assert not Party.objects.filter(name="Fine").exists()
    assert client.post(f"{path}confirm/").status_code == 409


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "picture"),
        ("list.csv", b"   ", "empty"),
        ("list.xlsx", b"PK\x03\x04 not a workbook", "workbook"),
        ("list.csv", b"1,2\n3,4\n", "looks like data"),
    ],
)
def test_a_file_that_is_no_list_is_refused_clearly_and_not_kept(
    client: Client, name: str, content: bytes, words: str
) -> None:
    path = bring(client, content, name)
    run_jobs()
    run = run_of(path)
    assert run.state == State.REFUSED
    assert words in page_text(client, path).lower() or words in run.text.lower()
    assert not upload_path(run).exists()
    assert not Profile.objects.exists()


def test_no_file_an_empty_one_and_one_that_is_too_large_are_said_at_the_field(client: Client, monkeypatch: Any) -> None:
    missing: HttpResponse = client.post(NEW, {})
    assert missing.status_code == 422
    assert "Choose the file with the list." in missing.content.decode()
    empty = client.post(NEW, {"file": SimpleUploadedFile("list.csv", b"")})
    assert "The file is empty" in empty.content.decode()
    monkeypatch.setattr(settings.CONVENER, "max_upload_mb", 1)
    large = client.post(NEW, {"file": SimpleUploadedFile("list.csv", b"name\n" + b"x" * (1 << 20))})
    assert large.status_code == 422
    assert "larger than 1 MB" in large.content.decode()
    assert not Import.objects.exists()
    assert not list((settings.DATA_DIR / "files" / uploads.FOLDER).glob("*"))


def test_the_form_needs_its_token_and_the_limit_holds_with_it(client: Client, monkeypatch: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    page = Page(strict.get(NEW).content.decode())
    token = next(field["value"] for field in page.all("input") if field.get("name") == "csrfmiddlewaretoken")
    file = SimpleUploadedFile("list.csv", b"name\nOne\n")
    assert strict.post(NEW, {"file": file}).status_code == 403
    assert not Import.objects.exists()
    file.seek(0)
    assert strict.post(NEW, {"csrfmiddlewaretoken": token, "file": file}).status_code == 302
    monkeypatch.setattr(settings.CONVENER, "max_upload_mb", 1)
    large = SimpleUploadedFile("list.csv", b"name\n" + b"x" * (3 << 20))
    refused = strict.post(NEW, {"csrfmiddlewaretoken": token, "file": large})
    assert refused.status_code == 422
    assert "larger than 1 MB" in refused.content.decode()
    assert Import.objects.count() == 1


def test_an_import_can_be_cancelled_before_anything_is_written(client: Client) -> None:
    path = bring(client, "name\nOne\n")
    run_jobs()
    assert client.post(f"{path}cancel/", follow=True).redirect_chain[-1][0] == "/en/hub/directory/imports/"
    run = run_of(path)
    assert run.state == State.CANCELLED
    assert not upload_path(run).exists()
    assert client.post(f"{path}confirm/").status_code == 409
    asked = bring(client, "Firma\nOne\n")
    run_jobs()
    assert client.post(f"{asked}cancel/").status_code == 302


def test_reading_begins_again_after_an_interruption(client: Client, monkeypatch: Any) -> None:
    path = bring(client, "name,country\n" + "".join(f"Org {n},GB\n" for n in range(2500)))
    run = run_of(path)
    real = staging._stage_rows

    def killed_on_the_way(*args: Any) -> None:
        real(*args)
        raise SystemExit

    monkeypatch.setattr(staging, "_stage_rows", killed_on_the_way)
    with pytest.raises(SystemExit):
        stage_import(str(run.pk))
    run.refresh_from_db()
    assert (run.state, StagedRow.objects.filter(run=run).count()) == (State.STAGING, 2500)
    monkeypatch.setattr(staging, "_stage_rows", real)
    recover_imports()  # leaves it to the job, which is still in the queue
    assert run_of(path).state == State.STAGING
    run_jobs()
    run.refresh_from_db()
    assert (run.state, run.rows, run.added, run.failed) == (State.STAGED, 2500, 2500, 0)


def test_an_import_whose_job_is_gone_for_good_is_closed(client: Client, monkeypatch: Any) -> None:
    path = bring(client, "name\nOne\n")
    run = run_of(path)
    Import.objects.filter(pk=run.pk).update(options={**run.options, "job": ""}, lease_holder="elsewhere:1:1")
    monkeypatch.setattr(leases, "is_surely_dead", lambda holder: True)
    recover_imports()
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert "Nothing was imported" in page_text(client, path)


def test_applying_goes_on_where_it_was_interrupted(client: Client, monkeypatch: Any) -> None:
    path = bring(client, "name,country\n" + "".join(f"Org {n},GB\n" for n in range(700)))
    run_jobs()
    client.post(f"{path}confirm/")
    monkeypatch.setattr(importing.applying, "ROWS", 500)
    real, batches = importing.applying.apply_batch, []

    def killed_after_one(run: Import, **more: Any) -> Any:
        if batches:
            raise SystemExit
        batches.append(1)
        return real(run, **more)

    monkeypatch.setattr(importing.applying, "apply_batch", killed_after_one)
    with pytest.raises(SystemExit):
        run_jobs()
    assert run_of(path).state == State.APPLYING
    assert 0 < Profile.objects.count() < 700
    monkeypatch.setattr(importing.applying, "apply_batch", real)
    run_jobs()
    run = run_of(path)
    assert (run.state, run.added, Profile.objects.count()) == (State.DONE, 700, 700)


def test_the_preview_is_a_file_too(client: Client) -> None:
    organisation("=Here", country="GB")
    path = bring(client, "name,country,email\n=Here,GB,\nNew,GB,\nBad,GB,nobody\n")
    run_jobs()
    response = client.get(f"{path}rows.csv")
    assert "attachment" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(page_text(client, f"{path}rows.csv").lstrip("\ufeff"))))
    assert [(row["row"], row["outcome"], row["name"], row["field"]) for row in rows] == [
        ("2", "Nothing new", "'=Here", ""), ("3", "Will be added", "New", ""), ("4", "Error", "Bad", "email"),
    ]  # fmt: skip
    assert rows[0]["id"] == Party.objects.get(name="=Here").public_id


def test_long_previews_come_in_pages(client: Client) -> None:
    path = bring(client, "name,country\n" + "".join(f"Org {n},GB\n" for n in range(60)))
    run_jobs()
    assert words_of(page_text(client, path)).count("Will be added") == 50
    assert words_of(page_text(client, f"{path}?page=2")).count("Will be added") == 10


def test_htmx_gets_the_progress_alone_and_then_the_whole_page(client: Client) -> None:
    path = bring(client, "name\nOne\n")
    part = client.get(path, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "Reading the file" in part.content.decode()
    assert "HX-Refresh" not in part.headers
    run_jobs()
    assert client.get(path, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_template_imports_as_it_is(client: Client) -> None:
    raw = client.get("/en/hub/directory/imports/template.csv").content
    path = bring(client, raw, "template.csv")
    run_jobs()
    assert (run_of(path).added, run_of(path).failed, list(run_of(path).problems.values_list("said", flat=True))) == (
        1,
        0,
        [],
    )


def test_the_list_of_imports(client: Client) -> None:
    assert "No list was imported yet" in page_text(client, "/en/hub/directory/imports/")
    path = bring(client, "name\nOne\n", "Überblick <b>.csv")
    run_jobs()
    markup = page_text(client, "/en/hub/directory/imports/")
    assert path in markup
    assert "Überblick &lt;b&gt;.csv" in markup
    assert "Waiting for confirmation" in markup
    assert "1 waiting" in page_text(client, "/en/hub/")


def test_the_jobs_are_known_to_the_worker() -> None:
    for name in (uploads.READ, uploads.APPLY, uploads.UNDO, "directory.recover_imports"):
        assert registry.find(name)


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "country", "added", "failed"),
    [
        ("companies/uk-modern-slavery-registry-companies.csv", "GB", 3600, 10),
        ("companies/modern-slavery-statements.csv", "", 1800, 10),
        ("facilities/fall-2017-compliance-list.csv", "", 29, 0),
    ],
)
def test_real_lists_go_in_through_the_page(
    client: Client, data: Path, file: str, country: str, added: int, failed: int
) -> None:
    path = bring(client, (data / file).read_bytes(), file.rpartition("/")[2], country=country)
    run_jobs()
    assert "would be added" in page_text(client, path)
    client.post(f"{path}confirm/")
    run_jobs()
    run = run_of(path)
    assert run.state == State.DONE
    assert run.added >= added
    assert run.failed <= failed
    assert words_of(page_text(client, path))
