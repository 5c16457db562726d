"""Filters of a list: facets with counts, and the chips of those in force. All are links; none needs script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from convener.foundation.filters import Filters
from convener.foundation.ui.components import Chip, Facet, Option, Text

Label = Callable[[str], str]
#: Facets that stand open; the others open at a touch, or because one of their values is chosen.
OPEN_FACETS = 4
#: Values shown of a facet at most; the rarest beyond that are found by searching or in the table under the map.
MOST_OPTIONS = 60


@dataclass(frozen=True)
class Faceting:
    """How the facets of a room's lists are called: a title by facet, and the function that names its values.

    ``steps`` are facets whose values follow each other, as stages do, with all their values in that order.
    """

    titles: Mapping[str, Text]
    label: Callable[[str], Label]
    steps: Mapping[str, Callable[[], Iterable[str]]] = field(default_factory=dict)

    def facets(self, names: Sequence[str], filters: Filters, counts: Mapping[str, Mapping[str, int]]) -> list[Facet]:
        """The facets of a list with their counts, the most frequent values first, steps in their order; chosen values
        always stand there.
        """
        return [
            self.facet(name, filters, counts.get(name, {}), is_open=place < OPEN_FACETS)
            for place, name in enumerate(names)
        ]

    def facet(self, name: str, filters: Filters, counts: Mapping[str, int], *, is_open: bool) -> Facet:
        """One facet."""
        label, chosen = self.label(name), set(filters.values.get(name, ()))
        values = {**dict.fromkeys(chosen, 0), **counts}
        steps = {value: place for place, value in enumerate(self.steps[name]())} if name in self.steps else {}
        named = sorted((steps.get(value, len(steps)), -count, label(value), value) for value, count in values.items())
        kept = [row for place, row in enumerate(named) if place < MOST_OPTIONS or row[3] in chosen]
        options = [
            Option(value, words, -count, value in chosen, f"?{filters.toggled(name, value).query_string()}")
            for _step, count, words, value in kept
        ]
        return Facet(name, self.titles[name], options, open=is_open or bool(chosen))

    def chips(self, filters: Filters) -> list[Chip]:
        """The filters in force, each with the address of the list without it."""
        found = []
        if filters.q:
            found.append(Chip(f"“{filters.q}”", f"?{Filters('', filters.values).query_string()}", _("Search")))
        for name, values in filters.values.items():
            label = self.label(name)
            for value in values:
                found.append(Chip(label(value), f"?{filters.toggled(name, value).query_string()}", self.titles[name]))
        return found


def hidden_fields(filters: Filters) -> Iterable[tuple[str, str]]:
    """Names and values that the search form carries along, so that a search keeps the filters."""
    return [(name, value) for name, values in filters.values.items() for value in values]
