"""Imports beside other writers, on a full disk, and with a database that goes away in the middle."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.db import connection

from convener.foundation.actor import OPERATOR
from convener.foundation.parties.models import Party
from convener.foundation.parties.queries import hub_party
from convener.rooms.directory.actions import editing, importing
from convener.rooms.directory.models import Import, ImportEntry, Profile, StagedRow
from convener.rooms.directory.queries import index
from tests.databases import HubDatabase, default_database
from tests.faults.hub_process import log_of, start, wait_for
from tests.faults.lists import KNOWN, State, added_by_list, check_nothing, check_whole, write_list

SETTINGS = "convener.site.settings"
LONGEST_WAIT_S = 1.0
pytestmark = [pytest.mark.timeout(300), pytest.mark.req("DIR-7")]


@pytest.fixture(autouse=True)
def _known(hub_database: HubDatabase) -> Iterator[None]:
    index.forget()
    hub_party()
    editing.add({"name": KNOWN, "country": "GB", "city": "Elsewhere"}, actor=OPERATOR)
    yield
    index.forget()


def longest_wait(process: subprocess.Popen[bytes], write: Callable[[int], object]) -> tuple[float, int]:
    """Write again and again while a process works: the longest that one write took, and how many there were."""
    waits = []
    while process.poll() is None:
        began = time.perf_counter()
        write(len(waits))
        waits.append(time.perf_counter() - began)
        time.sleep(random.uniform(0, 0.1))
    return max(waits), len(waits)


def run_beside_an_editor(database: HubDatabase, *command: str, begun: Callable[[], bool]) -> None:
    """Run a command while somebody edits another organisation again and again, each time within a second."""
    other = editing.add({"name": "Another", "country": "FR"}, actor=OPERATOR)
    process = start(database, *command, settings=SETTINGS)
    wait_for(begun)
    waited, writes = longest_wait(process, lambda turn: editing.edit(other, {"city": f"Town {turn}"}, actor=OPERATOR))
    assert process.returncode == 0, log_of(database)
    print(f"directory {command[1]}: {writes} edits meanwhile, the longest took {waited:.2f} s")
    assert writes > 3
    assert waited < LONGEST_WAIT_S


def test_another_writer_is_served_within_a_second(hub_database: HubDatabase) -> None:
    path = write_list(hub_database.folder / "list.csv", rows=5_000)
    run_beside_an_editor(hub_database, "directory", "import", str(path), begun=Import.objects.exists)
    changed = hub_database.folder / "later.csv"
    changed.write_text(path.read_text().replace("Town", "City"))
    again = Import.objects.filter(file_name="later.csv")
    run_beside_an_editor(hub_database, "directory", "import", str(changed), begun=again.exists)
    assert again.get().updated > 4_000
    undoing = Import.objects.filter(state=State.UNDOING)
    run_beside_an_editor(hub_database, "directory", "undo", str(again.get().pk), begun=undoing.exists)
    first = str(Import.objects.get(file_name="list.csv").pk)
    run_beside_an_editor(hub_database, "directory", "undo", first, begun=undoing.exists)


def test_the_same_list_at_the_same_time_is_in_once(hub_database: HubDatabase) -> None:
    """Only the names tell that they are the same, so no constraint of the database helps."""
    rows = 1_200
    path = str(write_list(hub_database.folder / "list.csv", rows=rows, numbered=False))
    processes = [start(hub_database, "directory", "import", path, settings=SETTINGS) for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0], log_of(hub_database)
    assert set(Import.objects.values_list("state", flat=True)) == {State.DONE}
    assert sum(Import.objects.values_list("added", flat=True)) == added_by_list(rows)
    names = list(Party.objects.filter(name__startswith="Company").values_list("name", flat=True))
    assert len(names) == len(set(names)) == added_by_list(rows) + 1


def test_an_edit_during_the_import_is_not_written_over(hub_database: HubDatabase) -> None:
    """The list changes the town of an organisation while a person changes its text: both stay."""
    path = str(write_list(hub_database.folder / "list.csv", rows=900))
    known = Party.objects.get(name=KNOWN)
    process = start(hub_database, "directory", "import", path, settings=SETTINGS)
    turn = 0
    while process.poll() is None:
        turn += 1
        editing.edit(known, {"summary": f"Text {turn}"}, actor=OPERATOR)
    assert process.returncode == 0, log_of(hub_database)
    assert Profile.objects.get(party=known).summary == f"Text {turn}"
    assert known.identifiers.filter(value="10000007").exists()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Makes ``folder`` a disk of its own, where this machine lets us mount one; the test is skipped elsewhere."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("hub_database", ["sqlite"], indirect=True)
def test_a_full_disk_is_said_and_leaves_no_half(hub_database: HubDatabase, tmp_path: Path) -> None:
    """The disk fills up while rows are staged or applied; with room again, the next command puts all in order."""
    path = str(write_list(tmp_path / "list.csv"))
    home = tmp_path / "small"
    home.mkdir()
    with small_disk(home, 64):
        database = HubDatabase(f"sqlite:///{home}/convener.sqlite3", home)
        _move_hub(hub_database.folder, home)
        (tmp_path / "said").touch()
        (home / "log").symlink_to(tmp_path / "said")  # what the command says must have room
        filler = home / "filler"
        for room in (600, 1_500, 2_500):
            filler.write_bytes(b"x" * (_free(home) - room * 1024))
            process = start(database, "directory", "import", path, settings=SETTINGS, out=subprocess.PIPE)
            assert process.wait(120) == 1, log_of(database)
            filler.unlink()
            said = log_of(database)
            assert "Traceback" not in said
            assert "Free some space" in said
        small = home / "small.csv"
        small.write_text("name,country\nSmall,GB\n", encoding="utf-8")
        process = start(database, "directory", "import", str(small), settings=SETTINGS)
        assert process.wait(120) == 0, log_of(database)
        with default_database(database.url):
            _check_each(list(Import.objects.filter(file_name="list.csv")))


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _move_hub(source: Path, target: Path) -> None:
    """Copy the data folder of a hub, its database by SQLite's own means."""
    for path in source.iterdir():
        if path.is_file() and "sqlite3" not in path.name and path.name != "log":
            shutil.copy(path, target)
    with closing(sqlite3.connect(source / "convener.sqlite3")) as here:
        here.execute("VACUUM INTO ?", [str(target / "convener.sqlite3")])


def _check_each(runs: list[Import]) -> None:
    """Each import is in as a whole or not at all, and one that was half in was finished."""
    assert 2 <= len(runs) <= 3  # the smallest room may not hold even the import's own row
    names = list(Party.objects.filter(name__startswith="Company").values_list("name", flat=True))
    assert len(names) == len(set(names))
    done = [run for run in runs if run.state == State.DONE]
    assert all(run.state in (State.DONE, State.CANCELLED) for run in runs)
    assert len(names) == 1 + (added_by_list() if done else 0)
    assert not StagedRow.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)


@pytest.mark.postgres
@pytest.mark.parametrize("hub_database", ["postgres"], indirect=True)
@pytest.mark.parametrize("moment", ["staging", "applying"])
def test_a_lost_connection_is_said_and_the_next_start_goes_on(hub_database: HubDatabase, moment: str) -> None:
    path = str(write_list(hub_database.folder / "list.csv"))
    process = start(hub_database, "directory", "import", path, settings=SETTINGS)
    begun = {"staging": StagedRow.objects.exists, "applying": ImportEntry.objects.exists}[moment]
    wait_for(begun)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert process.wait(60) == 1, log_of(hub_database)
    said = log_of(hub_database)
    assert "Traceback" not in said
    assert "does not answer" in said
    assert "run the command again" in said
    assert importing.recover() == 1 or moment == "staging"  # which the command may have cleared up itself
    run = Import.objects.get()
    (check_nothing if run.state == State.CANCELLED else check_whole)(run)
    assert moment == "staging" or run.state == State.DONE
