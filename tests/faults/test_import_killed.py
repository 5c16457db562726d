"""Imports and undos killed with ``kill -9`` at random moments: nothing or all of a list is in, never a half of it.

``CONVENER_KILLS`` says how often (default 5; CI sets 50).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from convener.foundation.actor import OPERATOR
from convener.foundation.parties.queries import hub_party
from convener.rooms.directory.actions import editing, importing
from convener.rooms.directory.models import Import, ImportEntry
from convener.rooms.directory.queries import index
from tests.databases import HubDatabase
from tests.faults.hub_process import log_of, start, wait_for
from tests.faults.lists import KNOWN, State, added_by_list, check_nothing, check_taken_back, check_whole, write_list
from tests.rooms.directory.generated import assert_same, picture

KILLS = int(os.environ.get("CONVENER_KILLS", "5"))
SETTINGS = "convener.site.settings"
pytestmark = [pytest.mark.timeout(180 + 60 * KILLS), pytest.mark.req("DIR-7")]


@pytest.fixture(autouse=True)
def _known(hub_database: HubDatabase) -> Iterator[None]:
    index.forget()
    hub_party()
    editing.add({"name": KNOWN, "country": "GB", "city": "Elsewhere", "summary": "Was here before."}, actor=OPERATOR)
    yield
    index.forget()


def kill_during(database: HubDatabase, *command: str, begun: Callable[[], object], after: float) -> bool:
    """Start a command, wait until it began, kill it ``after`` some seconds; False when it was over before."""
    process = start(database, *command, settings=SETTINGS)
    try:
        wait_for(lambda: begun() or process.poll() is not None)
        time.sleep(after)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.returncode == -signal.SIGKILL


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def complete(database: HubDatabase, *command: str) -> None:
    """Run a command to its end."""
    process = start(database, *command, settings=SETTINGS)
    assert process.wait(120) == 0, log_of(database)


def test_killed_imports_and_undos_leave_nothing_or_all(hub_database: HubDatabase) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)  # shown when the test fails
    chance = random.Random(seed)
    path = str(write_list(hub_database.folder / "list.csv"))
    before = picture()
    removed, met = added_by_list(), set[str]()
    complete(hub_database, "directory", "import", path)
    run = Import.objects.get()
    check_whole(run)
    import_s = (run.finished_at - run.created_at).total_seconds()
    undo_s = seconds(lambda: complete(hub_database, "directory", "undo", str(run.pk)))
    for turn in range(KILLS):
        run = _killed_import(hub_database, path, chance.uniform(0, import_s * (1.2 if turn % 2 else 0.6)), met)
        if run.state == State.DONE:
            check_whole(run)
            _killed_undo(hub_database, run, chance.uniform(0, undo_s), met)
            run.refresh_from_db()
            removed += added_by_list()
            check_taken_back(run, removed)
        else:
            check_nothing(run)
        assert_same(before, picture())
    assert len(met) > 1, f"the kills met only {met}"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",)


def _killed_import(database: HubDatabase, path: str, after: float, met: set[str]) -> Import:
    """Kill an import, then let the next start mend what it left."""
    known = Import.objects.count()
    kill_during(database, "directory", "import", path, begun=lambda: Import.objects.count() > known, after=after)
    run = Import.objects.order_by("-created_at")[0]
    met.add(run.state)
    importing.recover()
    run.refresh_from_db()
    return run


def _killed_undo(database: HubDatabase, run: Import, after: float, met: set[str]) -> None:
    """Kill an undo, then let the next command finish it; one that was killed before it began is asked for again."""
    kill_during(
        database, "directory", "undo", str(run.pk),
        begun=lambda: Import.objects.filter(pk=run.pk).exclude(state=State.DONE).exists(), after=after,
    )  # fmt: skip
    run.refresh_from_db()
    met.add(run.state)
    importing.recover()


def test_any_directory_command_mends_first(hub_database: HubDatabase) -> None:
    path = str(write_list(hub_database.folder / "list.csv"))
    assert kill_during(hub_database, "directory", "import", path, begun=ImportEntry.objects.exists, after=0)
    run = Import.objects.get()
    assert run.state == State.APPLYING
    small = hub_database.folder / "small.csv"
    small.write_text("name,country\nSmall,GB\n", encoding="utf-8")
    complete(hub_database, "directory", "import", str(small))
    assert "1 interrupted import" in log_of(hub_database)
    run.refresh_from_db()
    assert (run.state, run.added) == (State.DONE, added_by_list())


def test_work_mends_too(hub_database: HubDatabase) -> None:
    path = str(write_list(hub_database.folder / "list.csv"))
    assert kill_during(hub_database, "directory", "import", path, begun=ImportEntry.objects.exists, after=0)
    complete(hub_database, "work", "--once")
    check_whole(Import.objects.get())
