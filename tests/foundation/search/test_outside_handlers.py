"""Consumers that work outside a transaction: told in order, told again after a death, and anew where all is gone."""

from __future__ import annotations

import pytest
from django.db import connection

from convener.errors import Busy
from convener.foundation.outbox import consumers
from convener.foundation.outbox.models import Cursor, Event
from convener.foundation.outbox.queries import head
from tests.databases import HubDatabase
from tests.foundation.test_outbox import Shelf, keys, tell


class Afar(Shelf):
    """What a consumer keeps outside the database: it may be away, or in another's hands."""

    def __init__(self, database: list[str]) -> None:
        super().__init__(database)
        self.is_there, self.is_busy, self.in_transaction = True, False, [False]

    def handle(self, events: list[Event]) -> None:
        if self.is_busy:
            raise Busy("Another process is at it.")
        self.in_transaction.append(connection.in_atomic_block)
        super().handle(events)

    def rebuild(self) -> None:
        super().rebuild()
        self.is_there = True


@pytest.fixture
def afar(monkeypatch: pytest.MonkeyPatch) -> Afar:
    """A consumer that works outside a transaction, in batches of two, and the only one."""
    shelf = Afar([])
    monkeypatch.setattr(consumers, "_registered", {})
    consumers.register(
        "afar", ["a.b"], shelf.handle, batch=2, rebuild=shelf.rebuild, outside=True, is_whole=lambda: shelf.is_there
    )
    return shelf


def position(name: str = "afar", node: str = "n") -> int:
    return Cursor.objects.get(consumer=name, node=node).position


def test_a_handler_outside_a_transaction_is_told_in_order(hub_database: HubDatabase, afar: Afar) -> None:
    consumers.run_once("n")
    for key in "12345":
        tell(key)
    tell("6", "c.d")
    passed = [consumers.run_once("n") for _ in range(4)]
    assert passed == [2, 2, 2, 0]
    assert afar.kept == list("12345")
    assert not any(afar.in_transaction)
    assert position() == head()


def test_a_handler_outside_that_dies_before_its_cursor_moves_is_told_again(
    hub_database: HubDatabase, afar: Afar, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    consumers.run_once("n")
    tell("1")
    before, handle = position(), consumers._registered["afar"].handler

    def dies(events: list[Event]) -> None:
        handle(events)
        raise ValueError

    monkeypatch.setattr(consumers._registered["afar"], "handler", dies)
    assert consumers.run_once("n") == 0
    assert consumers.failing() == ["afar"]
    assert position() == before
    monkeypatch.setattr(consumers._registered["afar"], "handler", handle)
    assert consumers.run_once("n") == 0, "too early"
    clock[0] += 3
    assert consumers.run_once("n") == 1
    assert afar.kept == ["1", "1"], "told again: what it does must bear that"
    assert consumers.failing() == []


def test_a_busy_handler_is_no_failure_and_waits_without_a_pause(hub_database: HubDatabase, afar: Afar) -> None:
    consumers.run_once("n")
    tell("1")
    before, afar.is_busy = position(), True
    assert [consumers.run_once("n") for _ in range(3)] == [0, 0, 0]
    assert consumers.failing() == []
    assert position() == before
    afar.is_busy = False
    assert consumers.run_once("n") == 1
    assert afar.kept == ["1"]


def test_of_two_that_did_the_same_batch_one_moves_the_cursor(hub_database: HubDatabase, afar: Afar) -> None:
    consumers.run_once("n")
    for key in "1234":
        tell(key)
    handle = consumers._registered["afar"].handler

    def overtaken(events: list[Event]) -> None:
        consumers._registered["afar"].handler = handle
        consumers.run_once("n")  # another process does this batch and the next one meanwhile
        consumers.run_once("n")
        handle(events)

    consumers._registered["afar"].handler = overtaken
    assert consumers.run_once("n") == 0
    assert afar.kept == list("1234") + list("12")
    assert position() == head(), "the cursor does not go back"
    assert consumers.run_once("n") == 0


def test_a_node_whose_work_is_away_begins_anew_from_the_database(hub_database: HubDatabase, afar: Afar) -> None:
    consumers.run_once("n")
    for key in "123":
        afar.database.append(key)
        tell(key)
    while consumers.run_once("n"):
        pass
    assert (afar.kept, afar.rebuilt) == (list("123"), 1)
    afar.kept, afar.is_there = [], False
    afar.database.append("4")
    tell("4")
    consumers.run_once("n")
    assert (afar.kept, afar.rebuilt) == (list("1234"), 2)
    assert position() == head(), "what it was built from is not told again"
    assert consumers.run_once("n") == 0
    assert afar.rebuilt == 2


def test_what_is_committed_during_a_rebuild_is_told_afterwards(hub_database: HubDatabase, afar: Afar) -> None:
    rebuild = consumers._registered["afar"].rebuild
    assert rebuild is not None

    def slowly() -> None:
        rebuild()
        afar.database.append("late")
        tell("late")

    consumers._registered["afar"].rebuild = slowly
    consumers.run_once("n")
    while consumers.run_once("n"):
        pass
    assert afar.kept == ["late"]


def test_a_rebuild_that_another_process_is_at_is_waited_for(hub_database: HubDatabase, afar: Afar) -> None:
    def busy() -> None:
        raise Busy("Another process is at it.")

    tell("1")
    rebuild, consumers._registered["afar"].rebuild = consumers._registered["afar"].rebuild, busy
    assert consumers.run_once("n") == 0
    assert consumers.failing() == []
    assert not Cursor.objects.filter(consumer="afar").exists()
    consumers._registered["afar"].rebuild, afar.database = rebuild, ["1"]
    consumers.run_once("n")
    assert afar.kept == ["1"]


def test_a_handler_registered_again_is_told_of_further_topics(hub_database: HubDatabase, afar: Afar) -> None:
    seen: list[str] = []

    del afar  # which puts the hub's own consumers aside

    def handler(events: list[Event]) -> None:
        seen.extend(keys(events))

    consumers.register("growing", ["a.b"], handler)
    consumers.register("growing", ["c.d"], handler)
    consumers.register("growing", ["c.d"], handler)
    for key, topic in (("1", "a.b"), ("2", "c.d"), ("3", "e.f")):
        tell(key, topic)
    consumers.run_once("n")
    assert seen == ["1", "2"]
    with pytest.raises(ValueError, match="growing"):
        consumers.register("growing", ["e.f"], print)
    tell("4", "e.f")
    consumers.run_once("n")
    assert seen == ["1", "2"], "a refused registration adds nothing"
