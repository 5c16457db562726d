"""What the audit's keys are called today: actions in words, records by their names.

Entries hold keys and IDs only, and stay so. Names are looked up when somebody reads, as far as that reader may see the
record. A room says at its start what its actions are called and how its records are found; nothing here knows rooms.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from convener.foundation.actor import Actor
from convener.foundation.audit.models import Tombstone

Text = str | Promise


@dataclass(frozen=True)
class RecordName:
    """A record as a reader may know it today: its name, its public ID and where it is shown; '' for what it has not."""

    name: str = ""
    public_id: str = ""
    href: str = ""


#: ``names(actor, ids)``: the records among ``ids`` that exist, with as much of them as the actor may see.
Names = Callable[[Actor, Collection[uuid.UUID]], Mapping[uuid.UUID, RecordName]]
#: ``find(actor, text)``: IDs of records that the actor may see and ``text`` is the public ID or a part of the name of.
Find = Callable[[Actor, str], Iterable[uuid.UUID]]


@dataclass(frozen=True)
class _Kind:
    label: Text
    names: Names | None
    find: Find | None


_rooms: dict[str, Text] = {}
_actions: dict[str, Text] = {}
_kinds: dict[str, _Kind] = {}


def register_actions(room: str, label: Text, actions: Mapping[str, Text]) -> None:
    """Say what ``room`` and its actions ('verb' → words, without the room's name) are called."""
    _rooms[room] = label
    _actions.update({f"{room}.{verb}": words for verb, words in actions.items()})


def register_kind(kind: str, label: Text, *, names: Names | None = None, find: Find | None = None) -> None:
    """Say what a kind of record is called, how its records are named (None: by their IDs) and how they are found."""
    _kinds[kind] = _Kind(label, names, find)


def room_words(room: str) -> str:
    """The name of a room; its key where nobody registered one."""
    return str(_rooms.get(room, room))


def action_words(action: str) -> str:
    """An action in words; its key where nobody registered any."""
    return str(_actions.get(action, action))


def kind_words(kind: str) -> str:
    """The name of a kind of record; its key where nobody registered one."""
    return str(_kinds[kind].label) if kind in _kinds else kind


def names_of(actor: Actor, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], RecordName]:
    """Names for (kind, ID as an entry has it), in a constant number of queries; without those nobody can name.

    Of a record that was deleted the public ID remains.
    """
    by_kind: dict[str, dict[uuid.UUID, str]] = defaultdict(dict)
    for kind, record in set(records):
        key = _key(record)
        if key is not None and kind in _kinds:
            by_kind[kind][key] = record
    found: dict[tuple[str, str], RecordName] = {}
    for kind, written in by_kind.items():
        names = _kinds[kind].names
        for key, name in (names(actor, list(written)) if names else {}).items():
            found[kind, written[key]] = name
    missing = {
        key: (kind, record)
        for kind, written in by_kind.items()
        for key, record in written.items()
        if (kind, record) not in found
    }
    for stone in Tombstone.objects.filter(record_id__in=missing).exclude(public_id=""):
        found[missing[stone.record_id]] = RecordName(public_id=stone.public_id)
    return found


def records_meant(actor: Actor, text: str) -> set[str]:
    """The records that ``text`` may mean, as entries have them: its ID, the public ID of one that was deleted too, or
    a part of its name, where the actor may see it. ``text`` itself is always among them.
    """
    found = {text, text.lower()}
    for kind in _kinds.values():
        found |= {str(key) for key in (kind.find(actor, text) if kind.find else ())}
    gone = Tombstone.objects.filter(public_id=text.upper()).exclude(public_id="")
    return found | {str(key) for key in gone.values_list("record_id", flat=True)}


def _key(record: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(record)
    except ValueError:
        return None
