"""Following: what is committed is found a round later, what is gone is gone, and building anew gives the same answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from convener.errors import Busy
from convener.foundation.actor import HUB, OPERATOR, PUBLIC
from convener.foundation.audit.models import AuditEntry
from convener.foundation.outbox import consumers
from convener.foundation.outbox.actions import emit
from convener.foundation.outbox.models import Cursor, Event
from convener.foundation.outbox.queries import head
from convener.foundation.parties.merging import merge, undo_merge
from convener.foundation.parties.models import Party
from convener.foundation.search import writing
from convener.foundation.search.registry import REGISTRY
from convener.foundation.search.writing import rebuild, store
from convener.rooms.directory.actions import merging
from convener.rooms.directory.actions import writing as directory
from convener.rooms.directory.models import Initiative, Kind, Tool
from convener.rooms.directory.queries.index import TOPICS
from convener.rooms.library.actions.guidance import annotate, hide
from convener.rooms.library.content import PRACTICE_CHANGED
from tests.cast import Person, make_cast
from tests.conftest import ROOT
from tests.databases import HubDatabase
from tests.faults.hub_process import MAIN
from tests.foundation.search.finding import NODE, answer, caught_up, found, written
from tests.rooms.directory.records import alias, entry_for, initiative, organisation, tool
from tests.rooms.library.shelf import put_piece, put_practice

pytestmark = pytest.mark.req("DIR-3")


def kinds(text: str) -> list[str]:
    return sorted(kind for kind, _key in answer(text, limit=50).found)


@pytest.fixture
def following(hub_database: HubDatabase) -> HubDatabase:
    """A hub whose index follows already."""
    caught_up()
    return hub_database


def test_what_is_committed_is_found_and_what_is_undone_is_not(following: HubDatabase) -> None:
    organisation("Haven House")
    assert found("haven") == []
    caught_up()
    assert found("haven") == ["Haven House"]
    with transaction.atomic():
        organisation("Haven Never")
        transaction.set_rollback(True)
    caught_up()
    assert found("haven") == ["Haven House"]
    assert Cursor.objects.get(consumer="search", node=NODE).position == head()


def test_changes_replace_what_was_found(following: HubDatabase) -> None:
    party = organisation("Haven House", summary="By the sea.")
    caught_up()
    entry_for(party, name="Harbour House", summary="In the hills.")
    alias(party, "Quay Side")
    directory.refresh([party.pk])
    caught_up()
    assert found("haven") == found("sea") == []
    assert found("harbour") == found("hills") == found("quay") == ["Harbour House"]
    assert answer("house").total == 1


def test_what_is_gone_is_gone(following: HubDatabase) -> None:
    party, gadget = organisation("Haven House"), tool("haven-tool", name="Haven Tool")
    caught_up()
    assert len(found("haven")) == 2
    with transaction.atomic():
        directory.take_entries_away([party.pk])
    with transaction.atomic():
        Tool.objects.filter(pk=gadget.pk).delete()
        emit(TOPICS[Kind.TOOL], [gadget.pk])
    caught_up()
    assert answer("haven").total == 0


def test_merged_records_are_found_as_one_and_again_as_two(following: HubDatabase) -> None:
    kept, merged = organisation("Haven Kept"), organisation("Haven Other")
    caught_up()
    row = merge(kept, merged, actor=OPERATOR)
    caught_up()
    assert found("haven") == found("other") == ["Haven Kept"]
    undo_merge(row, actor=OPERATOR)
    caught_up()
    assert sorted(found("haven")) == ["Haven Kept", "Haven Other"]
    assert found("other") == ["Haven Other"]


def private_records_of(owner: Party) -> None:
    """A private record of each kind that an organisation keeps."""
    organisation("Haven House", owner=owner, visibility="private", country="TH")
    tool("haven", name="Haven Tool", owner=owner, visibility="private", countries=["TH"])
    initiative("haven", name="Haven Pact", owner=owner, visibility="private", countries=["TH"])
    put_practice("help", name="Haven Help", visibility="private", countries=["TH"])
    Initiative.objects.filter(slug="help").update(owner=owner)


def finds_all(person: Person) -> bool:
    """Whether somebody finds those records and is told their number by kind and country, or nothing of them at all."""
    person.membership.refresh_from_db()
    got, names = answer("haven", person.actor), sorted(found("haven", person.actor))
    if not names:
        assert (got.total, [counts for counts in got.counts.values() if counts]) == (0, [])
        return False
    assert names == ["Haven Help", "Haven House", "Haven Pact", "Haven Tool"]
    assert got.total == got.counts["at"]["TH"] == 4
    assert got.counts["kind"] == dict.fromkeys(("organisation", "tool", "initiative", "practice"), 1)
    return True


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "without entries"])
@pytest.mark.parametrize("edited", [True, False], ids=["edited meanwhile", "left alone"])
def test_private_records_are_found_by_those_who_keep_them_after_a_merge_and_its_undo(
    following: HubDatabase, listed: bool, edited: bool
) -> None:
    cast = make_cast()
    mine, theirs, other = cast.company, cast.bank, cast.ngo
    for person in (mine, theirs) if listed else ():
        entry_for(person.party)
    private_records_of(mine.party)
    caught_up()
    assert [finds_all(person) for person in (mine, theirs, other)] == [True, False, False]

    row = merge(theirs.party, mine.party, actor=OPERATOR)
    caught_up()
    assert [finds_all(person) for person in (mine, theirs, other)] == [True, True, False], "both act for the kept one"
    if edited:
        directory.refresh(list(Party.objects.filter(name="Haven House").values_list("pk", flat=True)))
        for kind, model in ((Kind.TOOL, Tool), (Kind.INITIATIVE, Initiative)):
            for record in model.objects.all():
                written(kind, record)
        caught_up()

    undo_merge(row, actor=OPERATOR)
    caught_up()
    assert [finds_all(person) for person in (mine, theirs, other)] == [True, False, False]


def test_many_records_that_change_hands_are_told_of_in_few_events(
    following: HubDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "TOLD_AT_ONCE", 2)
    kept, merged = organisation("Haven Kept"), organisation("Haven Other")
    mine = {str(tool(f"tool-{number}", owner=merged).pk) for number in range(5)}
    tool("another", owner=kept)

    def assert_told_since(position: int) -> None:
        told = list(Event.objects.filter(id__gt=position, topic=TOPICS[Kind.TOOL]).values_list("keys", flat=True))
        assert sorted(map(len, told)) == [1, 2, 2]
        assert {key for keys in told for key in keys} == mine

    before = head()
    row = merge(kept, merged, actor=OPERATOR)
    assert_told_since(before)
    before = head()
    undo_merge(row, actor=OPERATOR)
    assert_told_since(before)


def test_visibility_is_followed(following: HubDatabase) -> None:
    party, pact = organisation("Haven House"), initiative("haven", name="Haven Pact")
    piece = put_piece(title={"en": "Haven advice"})
    caught_up()
    assert answer("haven", PUBLIC).total == 3
    entry_for(party, visibility="private")
    pact.visibility = "members"
    written(Kind.INITIATIVE, pact)
    hide(piece, True, actor=OPERATOR)
    annotate(piece, "Beware of the wolf.", actor=OPERATOR)
    caught_up()
    assert answer("haven", PUBLIC).total == 0
    assert answer("haven").total == 3
    hide(piece, False, actor=OPERATOR)
    caught_up()
    assert found("haven", PUBLIC) == ["Haven advice"]
    assert found("wolf", PUBLIC) == [], "a hub's note is for its members: nobody else finds the piece by it"


def test_a_practice_is_found_instead_of_its_initiative(following: HubDatabase) -> None:
    initiative("pact", name="Haven Pact")
    caught_up()
    assert kinds("haven") == ["initiative"]
    put_practice("pact", name="Haven Pact")
    caught_up()
    assert kinds("haven") == ["practice"]
    written(Kind.INITIATIVE, Initiative.objects.get())
    caught_up()
    assert kinds("haven") == ["practice"]
    rebuild()
    assert kinds("haven") == ["practice"]


def test_a_practice_is_found_instead_of_its_initiative_in_whatever_order_they_are_told_of(
    following: HubDatabase,
) -> None:
    practice = put_practice("pact", name="Haven Pact")
    caught_up()
    with transaction.atomic():
        emit(PRACTICE_CHANGED, [practice.pk])
    written(Kind.INITIATIVE, Initiative.objects.get())
    caught_up()
    assert kinds("haven") == ["practice"]


def test_building_anew_gives_the_answers_of_following(following: HubDatabase) -> None:
    parties = [organisation(f"Haven {number}", country=("FI", "FR")[number % 2]) for number in range(12)]
    for number in range(5):
        tool(f"tool-{number}", name=f"Haven tool {number}")
        put_practice(f"practice-{number}", name=f"Haven practice {number}", countries=["FI"])
    put_piece(title={"en": "Haven advice"})
    caught_up()
    for party in parties[:4]:
        entry_for(party, summary="A harbour for all.", visibility="members")
    merge(parties[4], parties[5], actor=OPERATOR)
    caught_up()

    def answers() -> list[Any]:
        asked = [("haven", {}), ("harbour", {}), ("", {"at": "FI"}), ("haven", {"kind": "tool practice"})]
        got = [answer(text, actor, limit=100, **chosen) for text, chosen in asked for actor in (HUB, PUBLIC)]
        return [(one.total, sorted(one.found), one.counts) for one in got]

    followed = answers()
    assert followed[0][0] == 12 - 1 + 5 + 5 + 1
    assert rebuild() == followed[0][0] + 5, "with the initiatives that practices stand for"
    assert answers() == followed


def test_a_batch_larger_than_a_round_is_followed_to_its_end(following: HubDatabase) -> None:
    for number in range(30):
        organisation(f"Haven {number}")
    caught_up()
    assert answer("haven").total == 30


# Two at once, and dying half-way


def test_of_two_workers_one_waits_and_nothing_is_lost(following: HubDatabase) -> None:
    organisation("Haven House")
    before = Cursor.objects.get(consumer="search", node=NODE).position
    with store().alone():
        with pytest.raises(Busy), store().alone():
            pass
        assert consumers.run_once(NODE) == 0
        assert consumers.failing() == []
        assert Cursor.objects.get(consumer="search", node=NODE).position == before
    assert consumers.run_once(NODE) == 1
    assert found("haven") == ["Haven House"]


def test_many_workers_of_a_node_leave_each_record_once(following: HubDatabase) -> None:
    for number in range(40):
        organisation(f"Haven {number}")

    def work() -> None:
        for _round in range(30):
            consumers.run_once(NODE)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    caught_up()
    assert consumers.failing() == []
    assert answer("haven", limit=100).total == 40
    assert Cursor.objects.get(consumer="search", node=NODE).position == head()


def test_dying_before_the_cursor_moves_tells_again_and_doubles_nothing(
    following: HubDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation("Haven House")
    before = Cursor.objects.get(consumer="search", node=NODE).position
    consumer = consumers._registered["search"]

    def dies(events: Any) -> None:
        writing.follow(events)
        raise SystemExit

    monkeypatch.setattr(consumer, "handler", dies)
    with pytest.raises(SystemExit):
        consumers.run_once(NODE)
    assert found("haven") == ["Haven House"], "the index was written"
    assert Cursor.objects.get(consumer="search", node=NODE).position == before
    monkeypatch.setattr(consumer, "handler", writing.follow)
    assert caught_up() == 1
    assert answer("haven").total == 1


def test_trouble_with_the_database_does_not_make_the_index_a_broken_one(
    following: HubDatabase, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is raised, so that the worker begins again on a fresh connection (see ``run_once``)."""
    organisation("Haven House")

    def locked(keys: Any) -> Any:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setitem(
            REGISTRY.sources, "organisation", type("Locked", (), {"kind": "organisation", "supersedes": "",
            "topics": frozenset({TOPICS[Kind.ORGANISATION]}), "entries": staticmethod(locked)})
        )  # fmt: skip
        with pytest.raises(OperationalError):
            consumers.run_once(NODE)
    assert not (root / "broken").exists()


# The command


def command(database: HubDatabase, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | database.environment
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, "search", "rebuild", *arguments],
        env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_the_command_builds_anew_after_its_turn_and_the_node_follows_from_there(
    hub_database: HubDatabase, settings: Any
) -> None:
    settings.DATA_DIR = hub_database.folder
    organisation("Haven House")
    with store().alone():
        process = command(hub_database, "--json")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4)
        organisation("Haven Hall")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out) == {"records": 2}
    assert sorted(found("haven")) == ["Haven Hall", "Haven House"]
    assert AuditEntry.objects.get(action="search.rebuild").door == "command"
    [cursor] = Cursor.objects.filter(consumer="search")
    assert cursor.node == (hub_database.folder / "node").read_text().strip()
    organisation("Haven Home")
    consumers.run_once(cursor.node)
    assert answer("haven").total == 3


@pytest.mark.parametrize("hub_database", ["sqlite"], indirect=True)
def test_the_command_is_for_those_who_run_the_hub(hub_database: HubDatabase, settings: Any) -> None:
    settings.DATA_DIR = hub_database.folder
    cast = make_cast()
    organisation("Haven House")
    refused = command(hub_database, "--as", cast.ngo.user.email)
    allowed = command(hub_database, "--as", cast.secretariat.user.email)
    _out, err = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert err.strip()
    assert "Traceback" not in err
    out, err = allowed.communicate(timeout=60)
    assert (allowed.returncode, out.strip()) == (0, "1 records can be found."), err
    assert [str(entry.user_id) for entry in AuditEntry.objects.filter(action="search.rebuild", outcome="done")] == [
        str(cast.secretariat.user.pk)
    ]
