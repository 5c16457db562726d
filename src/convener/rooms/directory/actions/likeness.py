"""The keys by which entries that resemble each other are found: kept with every change, mended when all are looked through."""

from __future__ import annotations

import functools
import operator
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from convener.foundation import bulk, names
from convener.foundation.parties.matching import one_at_a_time
from convener.foundation.pauses import Pauses
from convener.rooms.directory.actions import describing
from convener.rooms.directory.models import LikenessKey, Profile

if TYPE_CHECKING:
    from convener.engines.names.linkage import Record

#: A key that more entries share tells nothing.
MOST_OF_A_KEY = 40
MENDED_AT_ONCE = 500


class Row(NamedTuple):
    """A row of :class:`LikenessKey` before it is written."""

    profile_id: uuid.UUID
    key: int


def keys_of(record: Record) -> frozenset[int]:
    """The keys under which a record is found. What it takes is loaded with the first."""
    return _maker()(record)


def make_ready() -> None:
    """Have what keys are made with at hand: it takes a second, in which nobody should hold the database."""
    _maker()


@functools.cache
def _maker() -> Callable[[Record], frozenset[int]]:
    from convener.engines.names.linkage.keys import keys_of as of_record

    names.read_words()
    return of_record


def keep_new(records: Iterable[Record]) -> None:
    """Keep the keys of entries that were just made, named by the ids of their records."""
    ids = ((uuid.UUID(record.id), keys_of(record)) for record in records)
    rows = [Row(profile_id, key) for profile_id, keys in ids for key in keys]
    rows.sort(key=operator.attrgetter("key"))  # beside each other in the index: its pages are written once
    bulk.insert(LikenessKey, rows)


def keep(records: Iterable[Record]) -> None:
    """Make the kept keys of entries, named by the ids of their records, what these give."""
    gone, new = _differences(records)
    if gone:
        LikenessKey.objects.filter(pk__in=gone).delete()
    # Somebody may keep the same at the same moment, for the same reason.
    LikenessKey.objects.bulk_create((LikenessKey(profile_id=one, key=key) for one, key in new), ignore_conflicts=True)


def drop(party_ids: Collection[uuid.UUID]) -> None:
    """Forget the keys of entries that nothing is compared with any more."""
    if party_ids:
        LikenessKey.objects.filter(profile_id__in=party_ids).delete()


def _differences(records: Iterable[Record]) -> tuple[list[int], list[Row]]:
    """The kept rows that are wrong, and those that are missing."""
    wanted = {uuid.UUID(record.id): keys_of(record) for record in records}
    kept: dict[uuid.UUID, dict[int, int]] = {}
    rows = LikenessKey.objects.filter(profile_id__in=wanted).values_list("profile_id", "key", "pk")
    for profile_id, key, pk in rows:
        kept.setdefault(profile_id, {})[key] = pk
    gone = [pk for profile_id, held in kept.items() for key, pk in held.items() if key not in wanted[profile_id]]
    return gone, [Row(one, key) for one, keys in wanted.items() for key in sorted(keys - kept.get(one, {}).keys())]


def mended(records: Iterable[Record]) -> Iterator[Record]:
    """The same records, whose kept keys are right afterwards, and no others are kept: entries may be from before keys were
    kept, or keys from before the engine made others. What is right already is only read.
    """
    left, let_others_in = iter(records), Pauses()
    others = Profile.objects.exclude(pk__in=describing.entries().order_by().values("pk"))
    LikenessKey.objects.filter(profile__in=others).delete()
    while some := list(islice(left, MENDED_AT_ONCE)):
        if any(_differences(some)):
            let_others_in()
            with transaction.atomic():
                one_at_a_time()  # an import may be about to write the same
                keep(describing.records_of([uuid.UUID(record.id) for record in some]).values())
        yield from some


def holders(keys: Collection[int]) -> dict[int, list[uuid.UUID]]:
    """The entries under each of these keys, however many; :data:`MOST_OF_A_KEY` is for who knows of all that have it."""
    found: dict[int, list[uuid.UUID]] = {}
    for key, profile_id in bulk.find(LikenessKey, ["key", "profile_id"], "key", keys):
        found.setdefault(key, []).append(profile_id)
    return found
