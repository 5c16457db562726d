"""Workers killed with ``kill -9`` while they build or follow the search's index: each record is found once in the end.

``CONVENER_KILLS`` says how often (default 5; CI sets 50).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from convener.errors import NotReady
from convener.foundation.actor import HUB
from convener.foundation.filters import Filters
from convener.foundation.outbox.models import Cursor
from convener.foundation.outbox.queries import head
from convener.foundation.search import writing
from convener.foundation.search.asking import ask
from convener.rooms.directory.actions import writing as directory
from tests.databases import HubDatabase
from tests.faults.forking import Forked, forking
from tests.faults.hub_process import log_of, wait_for
from tests.rooms.directory.records import entry_for, organisation

KILLS = int(os.environ.get("CONVENER_KILLS", "5"))
#: Organisations that are there before the first worker is, so that building takes a while.
FIRST = 150

pytestmark = [pytest.mark.timeout(120 + 10 * KILLS), pytest.mark.req("DIR-3")]


class Writer:
    """Adds, renames and takes away organisations; ``names`` is what must be found in the end, by key."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._number = chance, 0
        self.parties: dict[str, Any] = {}
        self.names: dict[str, str] = {}

    def write(self) -> None:
        """One change, committed."""
        deed = self._chance.random()
        if deed < 0.6 or len(self.parties) < 5:
            self._number += 1
            party = organisation(f"Zqnew{self._number} Haven", country="FI")
            self.parties[str(party.pk)], self.names[str(party.pk)] = party, party.name
            return
        key = self._chance.choice(list(self.parties))
        if deed < 0.9:
            self._number += 1
            self.names[key] = f"Zqchanged{self._number} Haven"
            entry_for(self.parties[key], name=self.names[key])
        else:
            with transaction.atomic():
                directory.take_entries_away([self.parties.pop(key).pk])
            del self.names[key]


def found(words: str = "", **values: tuple[str, ...]) -> list[str]:
    """Keys of what the index of the hub has for words."""
    return [key for _kind, key in ask(HUB, Filters(words, values), limit=1000).found]


def followed(database: HubDatabase) -> bool:
    """Whether the node has an index and has read everything."""
    named = database.folder / "node"
    if not named.exists():  # killed before it had a name
        return False
    node = named.read_text().strip()
    position = Cursor.objects.filter(consumer="search", node=node).values_list("position", flat=True).first()
    return position == head() and writing.is_whole()


@pytest.fixture(autouse=True)
def _folder(hub_database: HubDatabase, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = hub_database.folder
    yield
    writing._stores.clear()


def killed(process: Forked, database: HubDatabase) -> None:
    assert process.poll() is None, log_of(database)
    process.kill()
    assert process.wait() == -signal.SIGKILL


def test_killed_workers_leave_every_record_found_once(hub_database: HubDatabase) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    writer = Writer(chance)
    for _ in range(FIRST):
        writer.write()
    with forking(hub_database.environment, hub_database.folder / "log") as fork:
        for turn in range(KILLS):
            process = fork("work")
            # The first two meet the building, the others following, which must have begun.
            if turn >= 2:
                wait_for(lambda: followed(hub_database))
            until = time.monotonic() + chance.uniform(0, 1.5)
            while time.monotonic() < until:
                writer.write()
                time.sleep(chance.uniform(0, 0.05))
            killed(process, hub_database)
            writer.write()
        process = fork("work")
        wait_for(lambda: followed(hub_database))
        killed(process, hub_database)
    got = Counter(found(kind=("organisation",)))
    assert got == Counter(dict.fromkeys(writer.names, 1)), f"seed {seed}"
    for key, name in writer.names.items():
        assert found(name.partition(" ")[0])[:1] == [key], f"seed {seed}"
    assert sum(path.is_dir() for path in (hub_database.folder / "search").iterdir()) == 1


def test_a_killed_rebuild_leaves_the_index_in_use_and_the_lock_free(hub_database: HubDatabase) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    writer = Writer(chance)
    for _ in range(FIRST):
        writer.write()
    with forking(hub_database.environment, hub_database.folder / "log") as fork:
        with pytest.raises(NotReady):
            found("haven")
        assert fork("search", "rebuild").wait() == 0, log_of(hub_database)
        before = Counter(found("haven"))
        assert before == Counter(dict.fromkeys(writer.names, 1))
        for _ in range(KILLS):
            process = fork("search", "rebuild")
            time.sleep(chance.uniform(0, 0.6))
            process.kill()
            assert process.wait() in (-signal.SIGKILL, 0), log_of(hub_database)
            assert Counter(found("haven")) == before, f"seed {seed}"
        writer.write()
        assert fork("search", "rebuild").wait() == 0, log_of(hub_database)
    assert Counter(found("haven")) == Counter(dict.fromkeys(writer.names, 1)), f"seed {seed}"
    folders = [path.name for path in (hub_database.folder / "search").iterdir() if path.is_dir()]
    assert len(folders) == 1, folders
