"""The counting index: which records carry which facet value, as compressed bitmaps in each process's memory.

Exact counts for any combination of filters come from intersecting bitmaps (Roaring, 200,000 records: some megabytes and
well under a millisecond a facet), where the database would join and group on every page. The database stays the truth:
the index follows the outbox before each use, and records on a page are read through ``visible_to`` again.

Numbers follow the order of names, so that a page of any choice is read off its bitmap. A changed record gets a new number
and its old one is dropped from the living, so no bitmap has to be searched for it; the new one is filed among the late.
"""

from __future__ import annotations

import threading
import uuid
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from pyroaring import BitMap

from convener.engines.geo import cell, cell_centre
from convener.foundation.outbox import queries as outbox
from convener.foundation.parties.models import Party
from convener.rooms.directory.models import Initiative, Kind, Profile, Tool, Visibility
from convener.rooms.directory.queries.words import WordIndex

TOPICS = {
    Kind.ORGANISATION: "directory.organisation",
    Kind.TOOL: "directory.tool",
    Kind.INITIATIVE: "directory.initiative",
}
FOLLOW_AT_MOST = 200  # events; further behind than that, loading afresh is quicker
LOOSE_SHARE = 0.25  # of records that were dropped, or came since all were loaded
CELL_FACET, FINEST = "cell", 2
COARSER = (0, 1)


class Record(NamedTuple):
    """What the index keeps of a record; ``terms`` as :mod:`convener.rooms.directory.actions.terms` writes them."""

    key: uuid.UUID
    visibility: str
    name: str
    terms: str


class FacetIndex:
    """The index of one kind of record. Read through :func:`index_of` only, which keeps it current and still."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.position = -1
        self.lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self.keys: list[uuid.UUID | None] = []
        self.names: list[str] = []
        self.numbers: dict[uuid.UUID, int] = {}
        #: Numbers below this one are in the order of names. Later ones are in ``late``, sorted by where they belong:
        #: (the number before which they stand, name, number).
        self.in_order = 0
        self.late: list[tuple[int, str, int]] = []
        self.values: dict[str, dict[str, BitMap]] = defaultdict(lambda: defaultdict(BitMap))
        self.living: dict[str, BitMap] = {value: BitMap() for value in Visibility.values}
        self.garbage = 0
        self._words: WordIndex | None = None  # made when somebody searches

    def follow(self) -> None:
        """Catch up with what was committed since the last call."""
        head = outbox.head()
        if head == self.position:
            return
        if not outbox.is_kept(self.position):  # never loaded, or not read for so long that events were pruned
            self._load_all(head)
            return
        events = outbox.since(self.position, limit=FOLLOW_AT_MOST + 1, topics=[TOPICS[self.kind]])
        loose = max(self.garbage, len(self.late))
        if len(events) > FOLLOW_AT_MOST or loose > LOOSE_SHARE * len(self.keys) + 1000:
            self._load_all(head)
            return
        self._reload({uuid.UUID(key) for event in events for key in event.keys})
        self.position = events[-1].id if events else head

    def _load_all(self, head: int) -> None:
        self._clear()
        self._take(self._records(None))
        self.in_order = len(self.keys)
        self.position = head

    def _reload(self, keys: set[uuid.UUID]) -> None:
        if not keys:
            return
        for key in keys:
            number = self.numbers.pop(key, None)
            if number is not None:
                self.keys[number] = None
                self.garbage += 1
                for bitmap in self.living.values():
                    bitmap.discard(number)
        listed = list(keys)
        for start in range(0, len(listed), 500):
            chunk = listed[start : start + 500]
            first = len(self.keys)
            self._take(self._records(chunk))
            self._file_late(first)
            if self._words is not None:
                self._words.take(self._texts(chunk))

    def _records(self, keys: Sequence[uuid.UUID] | None) -> list[Record]:
        """What the index keeps of the records that lists may show, in the order of names.

        Sorted here: databases sort by their own rules, and what comes later is filed between these.
        """
        rows = map(Record._make, self._values(keys, "visibility", "sort_name", "facet_terms"))
        return sorted(rows, key=lambda record: (record.name, record.key))

    def _texts(self, keys: Sequence[uuid.UUID] | None) -> Iterator[tuple[int, str]]:
        for key, text in self._values(keys, "search_text"):
            if key in self.numbers:
                yield self.numbers[key], text

    def _values(self, keys: Sequence[uuid.UUID] | None, *fields: str) -> Iterator[tuple[Any, ...]]:
        """Key and fields of the records of ``keys``, or of all."""
        if self.kind == Kind.ORGANISATION:
            rows = Profile.objects.filter(party__status=Party.Status.ACTIVE, party__is_demo=False)
            rows = rows if keys is None else rows.filter(party_id__in=keys)
            return rows.values_list("party_id", *fields).iterator(chunk_size=5000)
        model = Tool if self.kind == Kind.TOOL else Initiative
        shared: Any = model.objects.all() if keys is None else model.objects.filter(id__in=keys)
        return shared.values_list("id", *fields).iterator(chunk_size=5000)  # type: ignore[no-any-return]

    def _take(self, records: Iterable[Record]) -> None:
        gathered: dict[str, list[int]] = defaultdict(list)
        for key, visibility, name, terms in records:
            number = self.numbers[key] = len(self.keys)
            self.keys.append(key)
            self.names.append(name)
            self.living.get(visibility, self.living[Visibility.PRIVATE]).add(number)
            for term in terms.split("\n"):
                gathered[term].append(number)
        gathered.pop("", None)
        for term, numbers in gathered.items():
            facet, _colon, value = term.partition(":")
            self.values[facet][value].update(numbers)
            if facet == CELL_FACET:
                self._take_cell(int(value), numbers)

    def _file_late(self, first: int) -> None:
        """File the records from number ``first`` on between those that were loaded in the order of names."""
        for number in range(first, len(self.keys)):
            place = bisect_right(self.names, self.names[number], hi=self.in_order)
            insort(self.late, (place, self.names[number], number))

    def _take_cell(self, finest: int, numbers: list[int]) -> None:
        latitude, longitude = cell_centre(finest, FINEST)
        for level in COARSER:
            self.values[f"{CELL_FACET}{level}"][str(cell(latitude, longitude, level))].update(numbers)

    def visible(self, visibilities: Iterable[str], own: Iterable[uuid.UUID]) -> BitMap:
        """The living records of these visibilities, and ``own`` ones whatever theirs."""
        found = BitMap()
        for visibility in visibilities:
            found |= self.living[visibility]
        found.update(self.numbers[key] for key in own if key in self.numbers)
        return found

    def with_values(self, facet: str, values: Iterable[str]) -> BitMap:
        """Records that carry one of ``values``; dropped numbers may be among them."""
        of_facet = self.values.get(facet, {})
        return BitMap.union(BitMap(), *(of_facet[value] for value in values if value in of_facet))

    def counts(self, facet: str, among: BitMap) -> dict[str, int]:
        """How many of ``among`` carry each value of ``facet``; values nobody carries are left out."""
        found = {value: bitmap.intersection_cardinality(among) for value, bitmap in self.values.get(facet, {}).items()}
        return {value: count for value, count in found.items() if count}

    def page(self, chosen: BitMap, offset: int, count: int) -> list[uuid.UUID]:
        """The keys of ``count`` of ``chosen`` from ``offset`` on, in the order of names."""
        in_order = chosen.rank(self.in_order - 1) if self.in_order else 0
        late: list[tuple[int, int]] = []  # (where in the answer, number)
        before = 0
        for place, _name, number in self.late:
            if number not in chosen:
                continue
            position = (chosen.rank(place - 1) if place else 0) + before + len(late) - offset
            if position >= count:
                break
            if position < 0:
                before += 1
            else:
                late.append((position, number))
        first = offset - before
        numbers = list(chosen[first : min(first + count - len(late), in_order)])
        for position, number in late:
            numbers.insert(position, number)
        return [key for key in (self.keys[number] for number in numbers) if key is not None]

    def with_words(self, words: Sequence[str]) -> BitMap:
        """Records that have each of ``words`` in their text; dropped numbers may be among them."""
        if self._words is None:
            self._words = WordIndex()
            self._words.take(self._texts(None))
        return BitMap.intersection(*(self._words.with_part(word) for word in words))


_INDEXES = {kind: FacetIndex(kind) for kind in Kind}


@contextmanager
def index_of(kind: Kind) -> Iterator[FacetIndex]:
    """The index of ``kind``, brought up to date, and held still while the caller reads it."""
    index = _INDEXES[kind]
    with index.lock:
        index.follow()
        yield index


def forget() -> None:
    """Start afresh on the next use: after a restore, and between tests that roll back."""
    for index in _INDEXES.values():
        index.position = -1
