"""Lists that fit into memory: what an address lets through, and how many carry each value of each facet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from convener.engines.values.folding import folded
from convener.foundation.filters import Filters

T = TypeVar("T")
Terms = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Narrowed(Generic[T]):
    """The records let through, in their order. ``counts`` maps a facet to counts by value: for a facet with a choice, as
    if that choice were not made, so that another can be seen.
    """

    records: Sequence[T]
    counts: Mapping[str, Mapping[str, int]]


def narrow(
    records: Iterable[T],
    filters: Filters,
    facets: Sequence[str],
    *,
    terms: Callable[[T], Terms],
    text: Callable[[T], str],
) -> Narrowed[T]:
    """Those of ``records`` that have every word of ``filters`` in their text and a chosen value of every facet."""
    found, counts = [], {facet: Counter[str]() for facet in facets}
    for record in records:
        if not _has_words(text(record), filters.words):
            continue
        carried = {facet: set(values) for facet, values in terms(record).items()}
        missed = [
            facet for facet, chosen in filters.values.items() if not carried.get(facet, set()).intersection(chosen)
        ]
        if not missed:
            found.append(record)
        for facet in facets:
            if not missed or missed == [facet]:
                counts[facet].update(carried.get(facet, ()))
    return Narrowed(found, counts)


def _has_words(text: str, words: Sequence[str]) -> bool:
    if not words:
        return True
    searched = folded(text)
    return all(word in searched for word in words)
