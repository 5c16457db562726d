"""What resembles a row of a list, or a form: entries on record and earlier rows, found by keys, judged by the names engine.

The first half of matching (:mod:`convener.foundation.parties.matching`: identifiers, the same name in the same country) is
asked before, and what it decides stands. Here the rule is: a row is taken for what is written the same in the same country,
but for script, blanks, a leading article and the writing of its legal form, where the engine is sure and no number of any
list says otherwise. Whatever else may be the same is for people to say, however likely: sisters at one address look more
alike than one body under two names.
"""

from __future__ import annotations

import heapq
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from convener.rooms.directory.actions import describing
from convener.rooms.directory.actions.likeness import MOST_OF_A_KEY, holders, keys_of

if TYPE_CHECKING:
    from convener.engines.names.linkage import PairScore, Record

T = TypeVar("T", uuid.UUID, int)
#: A row is compared with so many entries, and so many earlier rows: those first that share most keys with it.
MOST_COMPARED = 20
#: A hub is compared as if it had so many entries, so that what a row is taken for does not depend on how many rows came before.
AMONG = 5_000
#: People are asked about so many for a row: more would not be read.
MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class Resemblance:
    """One that a row may be: an entry by its key, or an earlier row by its number. ``is_sure``: it is taken for it."""

    other: uuid.UUID | int
    name: str
    found: PairScore
    is_sure: bool


@dataclass
class Pool:
    """Entries as they would be after a dry run's earlier rows: what stands here counts, and not what is on record."""

    records: dict[uuid.UUID, Record] = field(default_factory=dict)
    _by_key: dict[int, dict[uuid.UUID, None]] = field(default_factory=dict)

    def put(self, record: Record) -> None:
        """Remember an entry, named by the id of its record, in place of what was remembered of it."""
        party_id = uuid.UUID(record.id)
        former = self.records.get(party_id)
        for key in keys_of(former) if former else ():
            del self._by_key[key][party_id]
        self.records[party_id] = record
        for key in keys_of(record):
            self._by_key.setdefault(key, {})[party_id] = None

    def holders(self, key: int) -> Iterable[uuid.UUID]:
        """The entries under a key."""
        return self._by_key.get(key, ())

    def all_holders(self, keys: Iterable[int]) -> dict[int, list[uuid.UUID]]:
        """The entries under each of these keys, on record and here, without the keys that too many of them share."""
        wanted = {*keys}
        stored = holders(wanted)
        found = {}
        for key in wanted:
            held = [one for one in stored.get(key, ()) if one not in self.records]
            held += self.holders(key)
            if 0 < len(held) <= MOST_OF_A_KEY:
                found[key] = held
        return found


def resembling(asked: Mapping[int, Record], pool: Pool | None = None) -> dict[int, list[Resemblance]]:
    """What each of these rows (by number, in their order) may be, the likeliest first; rows that nothing resembles are left
    out.
    """
    keys = {number: keys_of(record) for number, record in asked.items()}
    pool = pool or Pool()
    compared = dict(_compared(keys, pool))
    if not compared:
        return {}
    from convener.engines.names.linkage.resembling import Resembling
    from convener.engines.names.linkage.weighing import SURE

    rows = {*compared, *(other for others in compared.values() for other in others if isinstance(other, int))}
    records: dict[uuid.UUID | int, Record] = {number: asked[number] for number in sorted(rows)}
    records.update(_records(compared, pool).items())
    place = {other: at for at, other in enumerate(records)}
    pairs = [(place[number], place[other]) for number, others in compared.items() for other in others if other in place]
    judged = Resembling(list(records.values()), pairs, among=AMONG)
    others = list(records)
    found: dict[int, list[Resemblance]] = {}

    def rank(item: tuple[tuple[int, int], float]) -> tuple[int, float, bool, uuid.UUID | int]:
        (row, other), bits = item
        return row, -bits, isinstance(others[other], int), others[other]  # of as many bits, who came first

    for (row, other), bits in sorted(judged.bits.items(), key=rank):
        number, key = others[row], others[other]
        assert isinstance(number, int)  # rows ask, entries are asked about
        is_same = bits >= SURE and _is_written_alike(asked[number], records[key])
        mine = found.setdefault(number, [])
        if is_same or sum(not one.is_sure for one in mine) < MOST_ASKED:
            mine.append(Resemblance(key, records[key].name, judged.explained((row, other)), is_same))
    return found


def _compared(keys: Mapping[int, frozenset[int]], pool: Pool) -> Iterator[tuple[int, list[uuid.UUID | int]]]:
    """With what each row is compared: what shares most keys with it, of entries and of the rows before it."""
    held = pool.all_holders(key for some in keys.values() for key in some)
    rows: dict[int, list[int]] = {}
    for number, own in keys.items():
        entries = Counter(one for key in own for one in held.get(key, ()))
        earlier = Counter(row for key in own for row in rows.get(key, ())[-MOST_OF_A_KEY:])
        chosen: list[uuid.UUID | int] = [*_foremost(entries), *_foremost(earlier)]
        if chosen:
            yield number, chosen
        for key in own:
            rows.setdefault(key, []).append(number)


def _foremost(shared: Counter[T]) -> list[T]:
    """Those that share most keys. Of as many, those first that came first: a dry run makes its entries in the same order
    as the import, and chooses the same.
    """
    return heapq.nsmallest(MOST_COMPARED, shared, key=lambda one: (-shared[one], one))


def _records(compared: Mapping[int, Iterable[uuid.UUID | int]], pool: Pool) -> dict[uuid.UUID, Record]:
    wanted = {other for others in compared.values() for other in others if isinstance(other, uuid.UUID)}
    planned = {party_id: pool.records[party_id] for party_id in wanted & pool.records.keys()}
    return describing.records_of(wanted - planned.keys()) | planned


def _is_written_alike(row: Record, other: Record) -> bool:
    """Whether the row's own name is one of the other's. Its other names are not enough: many share an acronym."""
    from convener.engines.names.linkage.keys import writings_of

    if not row.country or row.country != other.country:
        return False
    return bool(writings_of([row.name]) & writings_of([other.name, *other.aliases]))


@dataclass(frozen=True, slots=True)
class Like:
    """An entry that a row may be."""

    party_id: uuid.UUID
    name: str
    found: PairScore
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two entries, of which one was added though it may be the other."""

    party_id: uuid.UUID
    other_id: uuid.UUID
    found: PairScore


@dataclass
class Likes:
    """What the rows of a batch resemble, while they are worked on one after the other. ``is_exact``: no row is taken for what
    only resembles it.
    """

    by_row: Mapping[int, list[Resemblance]]
    is_exact: bool = False
    doubts: list[Doubt] = field(default_factory=list)
    _became: dict[int, uuid.UUID] = field(default_factory=dict)
    _left: dict[int, list[Like]] = field(default_factory=dict)

    def party_ids(self, *, sure: bool = False) -> set[uuid.UUID]:
        """The entries that rows may be, or those that rows may be taken for."""
        every = (one for some in self.by_row.values() for one in some if one.is_sure or not sure)
        return {one.other for one in every if isinstance(one.other, uuid.UUID)}

    def of(
        self, number: int, fits: Callable[[uuid.UUID], bool], agrees: Callable[[uuid.UUID], bool]
    ) -> tuple[Like | None, list[Like]]:
        """The one entry that a row is taken for, or those that it may be, the likeliest first.

        ``fits``: whether an entry may be the same at all; ``agrees``: whether no number of any list says otherwise.
        """
        best: dict[uuid.UUID, Like] = {}
        for one in self.by_row.get(number, ()):
            party_id = one.other if isinstance(one.other, uuid.UUID) else self._became.get(one.other)
            if party_id is None or not fits(party_id):
                continue
            like, known = Like(party_id, one.name, one.found, one.is_sure), best.get(party_id)
            if known is None or (like.is_sure, like.found.bits) > (known.is_sure, known.found.bits):
                best[party_id] = like
        found = sorted(best.values(), key=lambda like: -like.found.bits)
        sure = [like for like in found if like.is_sure]
        if len(sure) == 1 and not self.is_exact and agrees(sure[0].party_id):
            return sure[0], []
        self._left[number] = found
        return None, found

    def became(self, number: int, party_id: uuid.UUID) -> None:
        """A row was worked into an entry: what it may be besides is kept as doubts."""
        self._became[number] = party_id
        for like in self._left.pop(number, ()):
            self.doubts.append(Doubt(party_id, like.party_id, like.found))
