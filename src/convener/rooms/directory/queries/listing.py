"""Lists: one set of records behind the list, the facets, the map and the API, told by one address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from pyroaring import BitMap

from convener.foundation.actor import Actor
from convener.foundation.filters import MOST_VALUES, Filters
from convener.foundation.parties.models import Party
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries import visible
from convener.rooms.directory.queries.index import CELL_FACET, FacetIndex, index_of

PER_PAGE = 25
MAX_PER_PAGE = 200
FACETS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ORGANISATION: (
        "at",
        "type",
        "industry",
        "sector",
        "issue",
        "exploitation",
        "service",
        "model",
        "region",
        "scope",
    ),
    Kind.TOOL: ("user", "exploitation", "at", "language", "cost", "maintained"),
    Kind.INITIATIVE: ("part", "model", "purpose", "industry", "issue", "exploitation", "at"),
}
#: Filters of an address that are no facet in the margin: headquarters, size, languages.
ALSO = {Kind.ORGANISATION: ("country", "size", "language"), Kind.TOOL: ("region",), Kind.INITIATIVE: ("region",)}


def read_filters(kind: Kind, query: Any, *, most: int = MOST_VALUES) -> Filters:
    """The filters of an address of a list of ``kind``; what is not a filter of it is left alone."""
    return Filters.read((*FACETS[kind], *ALSO[kind]), query, most=most)


@dataclass(frozen=True)
class Listing:
    """What a page of a list shows. ``counts`` maps a facet to counts by value (see :func:`_counts`).

    For the map, of exactly the records that the filters let through: ``places`` maps a country to its count, ``cells``
    a cell number to its count.
    """

    total: int
    records: Sequence[Any]
    counts: Mapping[str, Mapping[str, int]]
    places: Mapping[str, int]
    cells: Mapping[int, int]


def listing(
    actor: Actor,
    kind: Kind,
    filters: Filters,
    *,
    page: int = 1,
    per_page: int = PER_PAGE,
    cell_level: int | None = None,
    facets: bool = True,
) -> Listing:
    """One page of the records of ``kind`` that ``actor`` may see and ``filters`` let through, with counts.

    ``cell_level`` (0 world, 1 region, 2 country) asks for counts by grid cell. Pages beyond the end are empty.
    """
    own = list(_own(actor, kind))
    offset = max(page - 1, 0) * per_page
    with index_of(kind) as index:
        among = index.visible(visible.visibilities_for(actor), own)
        by_facet = {facet: index.with_values(facet, values) for facet, values in filters.values.items()}
        if filters.words:
            among &= index.with_words(filters.words)
        chosen = _intersect(among, by_facet.values())
        counts = _counts(index, kind, among, by_facet) if facets else {}
        places = index.counts("at", chosen) if cell_level is not None else {}
        cells = _cells(index, chosen, cell_level)
        keys = index.page(chosen, offset, per_page)
    return Listing(len(chosen), _read(actor, kind, keys), counts, places, cells)


def _read(actor: Actor, kind: Kind, keys: Sequence[uuid.UUID]) -> list[Any]:
    """The records of a page in the order of ``keys``, those left out that the actor may no longer see."""
    records = {record.pk: record for record in _base(actor, kind).filter(pk__in=keys)}
    return [records[key] for key in keys if key in records]


def total(actor: Actor, kind: Kind) -> int:
    """How many records of ``kind`` the actor's lists hold."""
    own = list(_own(actor, kind))
    with index_of(kind) as index:
        return len(index.visible(visible.visibilities_for(actor), own))


def keys(actor: Actor, kind: Kind, filters: Filters) -> list[uuid.UUID]:
    """Keys of the whole set behind a list, in the order they were made: what an export writes."""
    own = list(_own(actor, kind))
    with index_of(kind) as index:
        chosen = index.visible(visible.visibilities_for(actor), own)
        for facet, values in filters.values.items():
            chosen &= index.with_values(facet, values)
        if filters.words:
            chosen &= index.with_words(filters.words)
        return sorted(key for number in chosen if (key := index.keys[number]) is not None)


def _base(actor: Actor, kind: Kind) -> QuerySet[Any]:
    if kind == Kind.ORGANISATION:
        return visible.listed_for(actor)
    return visible.tools_visible_to(actor) if kind == Kind.TOOL else visible.initiatives_visible_to(actor)


def _own(actor: Actor, kind: Kind) -> QuerySet[Any] | list[uuid.UUID]:
    if actor.party_id is None or actor.runs_the_hub or not actor.is_member:
        return []
    if kind == Kind.ORGANISATION:
        mine = Q(id=actor.party_id) | Q(owner_id=actor.party_id)
        return Party.objects.filter(mine, is_demo=False, status=Party.Status.ACTIVE).values_list("id", flat=True)
    return _base(actor, kind).filter(owner_id=actor.party_id).values_list("id", flat=True)


def _intersect(among: BitMap, others: Any) -> BitMap:
    result = among
    for bitmap in others:
        result = result & bitmap
    return result


def _counts(index: FacetIndex, kind: Kind, among: BitMap, by_facet: Mapping[str, BitMap]) -> dict[str, dict[str, int]]:
    """Counts by value: for a facet with a choice, as if that choice were not made, so that another can be seen."""
    counts = {}
    for facet in FACETS[kind]:
        others = [bitmap for name, bitmap in by_facet.items() if name != facet]
        counts[facet] = index.counts(facet, _intersect(among, others))
    return counts


def _cells(index: FacetIndex, chosen: BitMap, level: int | None) -> dict[int, int]:
    if level is None:
        return {}
    facet = CELL_FACET if level == 2 else f"{CELL_FACET}{level}"
    return {int(value): count for value, count in index.counts(facet, chosen).items()}
