"""Imports beside other writers, on a full disk, and with a database that goes away in the middle."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from convener.foundation.actor import OPERATOR
from convener.foundation.parties.queries import hub_party
from convener.rooms.directory.actions import editing
from convener.rooms.directory.models import Import
from convener.rooms.directory.queries import index
from tests.databases import HubDatabase
from tests.faults.hub_process import log_of, start, wait_for
from tests.faults.lists import KNOWN, State, write_list

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


def test_another_writer_is_served_within_a_second(hub_database: HubDatabase) -> None:
    path = str(write_list(hub_database.folder / "list.csv", rows=6_000))
    other = editing.add({"name": "Another", "country": "FR"}, actor=OPERATOR)
    process = start(hub_database, "directory", "import", path, settings=SETTINGS)
    wait_for(Import.objects.exists)
    waited, writes = longest_wait(process, lambda turn: editing.edit(other, {"city": f"City {turn}"}, actor=OPERATOR))
    assert process.returncode == 0, log_of(hub_database)
    run = Import.objects.get()
    print(f"import: {writes} edits, longest {waited:.2f} s")
    process = start(hub_database, "directory", "undo", str(run.pk), settings=SETTINGS)
    wait_for(lambda: Import.objects.filter(state=State.UNDOING).exists())
    undo_waited, writes = longest_wait(
        process, lambda turn: editing.edit(other, {"city": f"Place {turn}"}, actor=OPERATOR)
    )
    print(f"undo: {writes} edits, longest {undo_waited:.2f} s")
    assert process.returncode == 0, log_of(hub_database)
    assert max(waited, undo_waited) < LONGEST_WAIT_S
