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
from tests.faults.forking import Parent, forking
from tests.faults.hub_process import log_of, wait_for
from tests.faults.lists import KNOWN, State, added_by_list, check_nothing, check_taken_back, check_whole, write_list
from tests.rooms.directory.generated import assert_same, picture

KILLS = int(os.environ.get("CONVENER_KILLS", "5"))
pytestmark = [pytest.mark.timeout(180 + 60 * KILLS), pytest.mark.req("DIR-7")]


@pytest.fixture(autouse=True)
def _known(hub_database: HubDatabase) -> Iterator[None]:
    index.forget()
    hub_party()
    editing.add({"name": KNOWN, "country": "GB", "city": "Elsewhere", "summary": "Was here before."}, actor=OPERATOR)
    yield
    index.forget()


@pytest.fixture
def fork(hub_database: HubDatabase) -> Iterator[Parent]:
    """Starts commands on the hub."""
    with forking(hub_database.environment, hub_database.folder / "log") as parent:
        yield parent


def kill_during(fork: Parent, *command: str, begun: Callable[[], object], after: float) -> bool:
    """Start a command, wait until it began, kill it ``after`` some seconds; False when it was over before."""
    process = fork(*command)
    wait_for(lambda: begun() or process.poll() is not None)
    time.sleep(after)
    process.kill()
    return process.wait() == -signal.SIGKILL


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def complete(fork: Parent, *command: str) -> None:
    """Run a command to its end."""
    assert fork(*command).wait(120) == 0


def test_killed_imports_and_undos_leave_nothing_or_all(hub_database: HubDatabase, fork: Parent) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)  # shown when the test fails
    chance = random.Random(seed)
    path = str(write_list(hub_database.folder / "list.csv"))
    before = picture()
    removed, met = added_by_list(), set[str]()
    complete(fork, "directory", "import", path)
    run = Import.objects.get()
    check_whole(run)
    import_s = (run.finished_at - run.created_at).total_seconds()
    undo_s = seconds(lambda: complete(fork, "directory", "undo", str(run.pk)))
    for turn in range(KILLS):
        run = _killed_import(fork, path, chance.uniform(0, import_s * (1.2 if turn % 2 else 0.6)), met)
        if run.state == State.DONE:
            check_whole(run)
            _killed_undo(fork, run, chance.uniform(0, undo_s), met)
            run.refresh_from_db()
            removed += added_by_list()
            check_taken_back(run, removed)
        else:
            check_nothing(run)
        assert_same(before, picture())
    assert len(met) > 1 or KILLS < 10, f"the kills met only {met}"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",)


def _killed_import(fork: Parent, path: str, after: float, met: set[str]) -> Import:
    """Kill an import, then let the next start mend what it left."""
    known = Import.objects.count()
    kill_during(fork, "directory", "import", path, begun=lambda: Import.objects.count() > known, after=after)
    run = Import.objects.order_by("-created_at")[0]
    met.add(run.state)
    importing.recover()
    run.refresh_from_db()
    return run


def _killed_undo(fork: Parent, run: Import, after: float, met: set[str]) -> None:
    """Kill an undo, then let the next command finish it; one that was killed before it began is asked for again."""
    kill_during(
        fork, "directory", "undo", str(run.pk),
        begun=lambda: Import.objects.filter(pk=run.pk).exclude(state=State.DONE).exists(), after=after,
    )  # fmt: skip
    run.refresh_from_db()
    met.add(run.state)
    importing.recover()


def test_any_directory_command_mends_first(hub_database: HubDatabase, fork: Parent) -> None:
    path = str(write_list(hub_database.folder / "list.csv"))
    assert kill_during(fork, "directory", "import", path, begun=ImportEntry.objects.exists, after=0)
    run = Import.objects.get()
    assert run.state == State.APPLYING
    small = hub_database.folder / "small.csv"
    small.write_text("name,country\nSmall,GB\n", encoding="utf-8")
    complete(fork, "directory", "import", str(small))
    assert "1 interrupted import" in log_of(hub_database)
    run.refresh_from_db()
    assert (run.state, run.added) == (State.DONE, added_by_list())


def test_work_mends_too(hub_database: HubDatabase, fork: Parent) -> None:
    path = str(write_list(hub_database.folder / "list.csv"))
    assert kill_during(fork, "directory", "import", path, begun=ImportEntry.objects.exists, after=0)
    complete(fork, "work", "--once")
    check_whole(Import.objects.get())
