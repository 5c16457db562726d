"""What the address of a list asks for: words to find, and values by facet. One form for every list of every room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from convener.engines.values.folding import folded

#: Values that an address may choose, of all facets together: each link of the page carries all of them.
MOST_VALUES = 60
#: Letters of the words to find.
MOST_LETTERS = 200


@dataclass(frozen=True)
class Filters:
    """What an address asks for: words to find, and values by facet (any of a facet's values, all of the facets)."""

    q: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(
        cls, facets: Iterable[str], query: Any, *, most: int = MOST_VALUES, letters: int = MOST_LETTERS
    ) -> Filters:
        """Read a QueryDict (or anything with ``getlist``); what is none of ``facets`` is left alone.

        Of more than ``most`` values the first ones count, of the words to find the first ``letters``.
        """
        values, left = {}, most
        for facet in facets:
            given = dict.fromkeys(value[:60] for value in query.getlist(facet) if value)
            chosen = tuple(sorted(list(given)[:left]))
            left -= len(chosen)
            if chosen:
                values[facet] = chosen
        return cls(q=query.get("q", "").replace("\x00", "").strip()[:letters], values=values)

    def query_string(self, **more: str) -> str:
        """These filters as the query part of an address, in a stable order."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(facet, value) for facet, values in self.values.items() for value in values]
        return urlencode([*pairs, *((name, value) for name, value in more.items() if value)])

    def toggled(self, facet: str, value: str) -> Filters:
        """The same filters with one value more, or less when it was there."""
        values = {name: set(chosen) for name, chosen in self.values.items()}
        values.setdefault(facet, set()).symmetric_difference_update({value})
        return Filters(self.q, {name: tuple(sorted(chosen)) for name, chosen in values.items() if chosen})

    def only(self, facet: str, *values: str) -> Filters:
        """The same filters with exactly these values of one facet; none takes the facet away."""
        others = {name: chosen for name, chosen in self.values.items() if name != facet}
        return Filters(self.q, {**others, facet: values} if values else others)

    @property
    def words(self) -> list[str]:
        """The words to find, folded as the search text is."""
        return folded(self.q).split()[:8]
