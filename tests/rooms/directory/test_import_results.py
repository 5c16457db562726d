"""What the page of an import tells: tabs by outcome, problems with names, progress, and work that stopped."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from convener.errors import Refused
from convener.foundation.actor import OPERATOR
from convener.foundation.jobs.models import Lease
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions import applying, leases, planning, uploads
from convener.rooms.directory.jobs import recover_imports, stage_import
from convener.rooms.directory.models import Import
from tests.cast import client_for, make_cast
from tests.rooms.directory.records import initiative, organisation, page_text, run_jobs, words_of
from tests.rooms.directory.test_import_pages import bring, run_of

pytestmark = [
    pytest.mark.django_db, pytest.mark.req("DIR-7"), pytest.mark.filterwarnings("ignore:No directory at"),
]  # fmt: skip
State = Import.State
LIST = """name,country,city,issues
New One,FR,Lyon,
New Two,FR,,unheard-of
Here Already,GB,Leeds,
Same Again,GB,,
Bad Row,Atlantis,,
,FR,,
"""


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def client() -> Client:
    return client_for(make_cast().secretariat)


@pytest.fixture
def path(client: Client) -> str:
    """The address of a list that was read, with a row of each outcome."""
    organisation("Here Already", country="GB")
    organisation("Same Again", country="GB")
    path = bring(client, LIST)
    run_jobs()
    return path


def table(client: Client, address: str) -> str:
    """The words of the table of rows or problems."""
    markup = page_text(client, address)
    return words_of(markup[markup.index("<tbody>") : markup.rindex("</tbody>")])


@pytest.mark.parametrize("finished", [False, True])
def test_each_outcome_has_a_tab_with_its_own_address(client: Client, path: str, finished: bool) -> None:
    if finished:
        client.post(f"{path}confirm/")
        run_jobs()
    shown = words_of(page_text(client, path))
    titles = ("Added", "Updated") if finished else ("To be added", "To be updated")
    for words in (
        "Rows without errors 4",
        f"{titles[0]} 2",
        f"{titles[1]} 1",
        "Unchanged 1",
        "Left out 2",
        "With remarks 1",
    ):
        assert words in shown, words
    held = {
        "added": ["New One", "New Two"], "updated": ["Here Already"], "unchanged": ["Same Again"],
        "errors": ["Bad Row", "Atlantis", "The name is missing."], "warnings": ["New Two", "unheard-of"],
    }  # fmt: skip
    everything = {name for names in held.values() for name in names}
    for show, names in held.items():
        rows = table(client, f"{path}?show={show}")
        assert {name for name in everything if name in rows} == set(names), show
        assert f'?show={show}" aria-current="page"' in page_text(client, f"{path}?show={show}")
    assert "New One" in table(client, f"{path}?show=nonsense")


def test_tabs_are_paged_under_their_own_address(client: Client) -> None:
    organisation("Org 0", country="GB")
    path = bring(client, "name,country\n" + "".join(f"Org {n},GB\n" for n in range(62)))
    run_jobs()
    assert table(client, f"{path}?show=added").count("Will be added") == 50
    assert table(client, f"{path}?show=added&page=2").count("Will be added") == 11
    assert "show=added&amp;page=2" in page_text(client, f"{path}?show=added")


def test_problems_are_a_file_that_names_the_organisation(client: Client, path: str) -> None:
    for _turn in ("preview", "result"):
        text = page_text(client, f"{path}problems.csv").lstrip("\ufeff")
        rows = [(row["row"], row["outcome"], row["name"], row["field"]) for row in csv.DictReader(io.StringIO(text))]
        assert rows == [
            ("3", "Warning", "New Two", "issues"), ("6", "Error", "Bad Row", "country"), ("7", "Error", "", "name"),
        ]  # fmt: skip
        client.post(f"{path}confirm/")
        run_jobs()
    assert Party.objects.get(name="New Two").public_id in text, "what went in can be found by its ID"


def test_reading_counts_rows_and_draws_no_bar_before_the_end_is_known(client: Client) -> None:
    path = bring(client, "name\nOne\n")
    job = run_of(path).options["job"]
    Lease.objects.filter(pk=job).update(done=3000, total=3007)
    reading = page_text(client, path)
    assert "3,000 rows were read so far." in reading
    assert "<progress" not in reading
    Import.objects.filter(pk=run_of(path).pk).update(state=State.STAGED, rows=4000)
    Lease.objects.filter(pk=job).update(done=300, total=4000)
    comparing = page_text(client, path)
    assert '<progress value="300" max="4000">' in comparing


def half_compared(client: Client, monkeypatch: pytest.MonkeyPatch, *, death: type[BaseException]) -> Import:
    """A list of which the comparison broke off after its first rows, and whose job has ended."""
    path = bring(client, "name,country\n" + "".join(f"Org {n},GB\n" for n in range(700)))
    run = run_of(path)
    with monkeypatch.context() as broken:
        real = planning._journal

        def break_off(run: Import, batch: Any) -> None:
            real(run, batch)
            raise death

        broken.setattr(planning, "_journal", break_off)
        broken.setattr(applying, "ROWS", 500)
        with pytest.raises(death):
            stage_import(str(run.pk))
    DBTaskResult.objects.filter(pk=run.options["job"]).update(status="FAILED")
    run.refresh_from_db()
    assert run.is_comparing
    assert 0 < run.entries.count() < 700
    return run


def test_a_comparison_whose_process_was_killed_is_made_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = half_compared(client, monkeypatch, death=SystemExit)
    Import.objects.filter(pk=run.pk).update(lease_holder="elsewhere:1:1")
    recover_imports()
    assert run_jobs() == [], "somebody may still be at it"
    monkeypatch.setattr(leases, "is_surely_dead", lambda holder: True)
    recover_imports()
    recover_imports()
    assert run_jobs() == ["directory.stage_import"]
    run.refresh_from_db()
    assert (run.state, run.is_comparing, run.added, run.entries.count()) == (State.STAGED, False, 700, 700)


def test_a_comparison_that_fails_is_shown_and_can_be_tried_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = half_compared(client, monkeypatch, death=RuntimeError)
    path = f"/en/hub/directory/imports/{run.pk}/"
    shown = page_text(client, path)
    assert "stopped before its end" in shown
    assert f'action="{path}again/"' in shown
    assert f'action="{path}confirm/"' not in shown, "nobody can decide on half a comparison"
    assert f'action="{path}cancel/"' in shown
    assert "would be added" not in words_of(shown)
    Import.objects.filter(pk=run.pk).update(options={**run.options, "resumed": True})
    recover_imports()
    assert run_jobs() == [], "what failed twice is a person's to decide"
    assert client.post(f"{path}again/")["Location"] == path
    assert client.post(f"{path}again/").status_code == 409
    assert run_jobs() == ["directory.stage_import"]
    assert "700 would be added" in words_of(page_text(client, path))
    with pytest.raises(Refused):
        uploads.compare_again(run_of(path), actor=OPERATOR)


def test_a_start_that_failed_is_asked_for_again(client: Client, path: str) -> None:
    client.post(f"{path}confirm/")
    DBTaskResult.objects.filter(pk=run_of(path).options["job"]).update(status="FAILED")
    assert "stopped before its end" in page_text(client, path)
    client.post(f"{path}again/")
    run_jobs()
    assert "2 would be added" in words_of(page_text(client, path))
    client.post(f"{path}confirm/")
    run_jobs()
    assert run_of(path).state == State.DONE


def test_what_an_id_column_means_is_said(client: Client) -> None:
    path = bring(client, "id,Firma\n7,One\n")
    run_jobs()
    asked = page_text(client, f"{path}columns/")
    assert "the one of this hub (CV-…), or else the number in that list" in asked
    assert "Public ID" not in asked


def test_what_was_undone_is_said_of_each_row(client: Client) -> None:
    """Names of removed organisations are erased; their public IDs remain, and nothing reads as if it were there."""
    organisation("Here Already", country="GB")
    path = bring(
        client, "name,country,city\nNew One,FR,Lyon\nBuilt On,FR,Nice\nBuilt On,FR,Paris\nHere Already,GB,Leeds\n"
    )
    run_jobs()
    client.post(f"{path}confirm/")
    run_jobs()
    gone, built_on = Party.objects.get(name="New One").public_id, Party.objects.get(name="Built On")
    initiative(members=((built_on, "founder"),))
    client.post(f"{path}undo/")
    run_jobs()
    shown, rows = words_of(page_text(client, path)), table(client, path)
    for words in ("1 removed", "1 restored", "1 kept", "Had been added 2"):
        assert words in shown, words
    assert f"2 {gone} Removed" in rows
    assert "Here Already Taken back" in rows
    assert rows.count("Built On Kept") == 2
    assert "Added" not in rows
    text = page_text(client, f"{path}rows.csv").lstrip("\ufeff")
    first = next(csv.DictReader(io.StringIO(text)))
    assert (first["row"], first["outcome"], first["name"], first["id"]) == ("2", "Removed", "", gone)


def test_columns_that_are_not_used_are_named_above_the_tabs(client: Client) -> None:
    path = bring(client, "name,country,Favourite colour\nNew One,FR,blue\n")
    run_jobs()
    markup = page_text(client, path)
    assert "Favourite colour" in words_of(markup[: markup.index('class="tabs')])
    other = bring(client, "name,country,issues\nNew Two,FR,unheard-of\n", name="other.csv")
    run_jobs()
    assert "About the list as a whole" not in page_text(client, other), (
        "remarks about rows are no remarks about the list"
    )
