"""Maps of the directory: counts by country and clusters by place, of exactly the records of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from convener.engines.geo import Cluster, cell, cell_centre
from convener.foundation.filters import Filters
from convener.foundation.ui.charts import data_table, format_count
from convener.foundation.ui.map_classes import NumberClass
from convener.foundation.ui.maps import basemap, shown_classes, world_map
from convener.foundation.vocabularies import countries
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries.listing import Listing

WORLD_LEVEL, COUNTRY_LEVEL = 0, 2
#: Drawings kept a process: about 200 kB each.
KEPT = 48


@dataclass(frozen=True)
class Drawn:
    """A map, and the table that says the same."""

    map: SafeString
    table: SafeString


def focus_of(filters: Filters) -> str | None:
    """The country to show in detail: the only one chosen, if it is on the map."""
    chosen = filters.values.get("at", ())
    return chosen[0] if len(chosen) == 1 and chosen[0] in basemap() else None


def level_of(filters: Filters) -> int:
    """How fine the grid of clusters is: that of a country where one is in focus, else that of the world."""
    return COUNTRY_LEVEL if focus_of(filters) else WORLD_LEVEL


def clusters(cells: Mapping[int, int], level: int) -> list[Cluster]:
    """Counts by grid cell as clusters at the middle of each cell: no closer to a place than the grid is fine."""
    return [Cluster(number, count, *cell_centre(number, level)) for number, count in cells.items()]


def map_of(listing: Listing, filters: Filters, kind: Kind, address: str) -> Drawn:
    """The map and the table of a list; each country leads to the list at ``address`` with these filters and itself.

    Drawing takes most of a page's time, and most readers see the same few lists: what was drawn last is kept.
    """
    return _drawn(
        get_language() or "",
        kind,
        tuple(sorted(listing.places.items())),
        tuple(sorted(listing.cells.items())),
        focus_of(filters),
        address,
        filters.only("at").query_string(),
    )


@lru_cache(maxsize=KEPT)
def _drawn(
    _language: str,
    kind: Kind,
    places: tuple[tuple[str, int], ...],
    cells: tuple[tuple[int, int], ...],
    focus: str | None,
    address: str,
    others: str,
) -> Drawn:
    """Everything that shows is an argument: nothing of one reader's list can come before another's eyes."""
    label, counts = countries().label, dict(places)
    before = f"{address}?{others}&at=" if others else f"{address}?at="
    picture = world_map(
        counts,
        clusters(dict(cells), COUNTRY_LEVEL if focus else WORLD_LEVEL),
        links=lambda code: f"{before}{code}",
        label=label,
        title=_title(kind) if focus is None else f"{_title(kind)}: {label(focus)}",
        description=describe(counts),
        focus=focus,
        rtl=get_language_bidi(),
        ident="directory-map",
    )
    return Drawn(picture, _table(counts, kind))


def place_map(latitude: float, longitude: float, country: str, name: str) -> SafeString:
    """A country with one place in it, for somebody who may see the place."""
    return world_map(
        {},
        [Cluster(cell(latitude, longitude, COUNTRY_LEVEL), 1, latitude, longitude)],
        links=str,
        label=countries().label,
        title=_("Map: where %(name)s is") % {"name": name},
        description=_("The headquarters are in %(country)s.") % {"country": countries().label(country)},
        focus=country,
        rtl=get_language_bidi(),
        ident="place-map",
    )


def _title(kind: Kind) -> str:
    titles = {
        Kind.ORGANISATION: _("Map of organisations by country"),
        Kind.TOOL: _("Map of tools by country"),
        Kind.INITIATIVE: _("Map of initiatives by country"),
    }
    return titles[kind]


def describe(places: Mapping[str, int]) -> str:
    """What the map shows, in a sentence for those who listen to it."""
    if not places:
        return _("No country has a record in this list.")
    most = sorted(places.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    named = ", ".join(f"{countries().label(code)} ({format_count(count)})" for code, count in most)
    return ngettext(
        "%(count)s country has records in this list: %(named)s.",
        "%(count)s countries have records in this list; most are in %(named)s.",
        len(places),
    ) % {"count": format_count(len(places)), "named": named}


def _table(places: Mapping[str, int], kind: Kind) -> SafeString:
    """The same counts as a table, largest first, each with the class that its shade on the map stands for."""
    label, classes = countries().label, shown_classes(places)
    ordered = sorted(((label(code), count) for code, count in places.items()), key=lambda row: (-row[1], row[0]))
    rows = [(name, count, _class_cell(count, classes)) for name, count in ordered]
    return data_table([_("Country"), _("Number"), _("Shade on the map")], rows, _title(kind))


def _class_cell(count: int, classes: Sequence[NumberClass]) -> SafeString:
    held = next((one for one in classes if one.low <= count <= one.high), None)
    return format_html("<bdi>{}</bdi>", held or "–")
