"""World maps drawn on the server: countries shaded by a count and linked, clusters of places as circles.

No script, no style attribute, nothing fetched from elsewhere. Looks are classes in ``static/ui/maps.css``. A map is
never the only way to a fact: put the list or ``charts.data_table`` beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from convener.engines import geo
from convener.engines.geo import Cluster, CountryShapes, View
from convener.errors import NotFound
from convener.foundation.ui.charts import format_count, joined
from convener.foundation.ui.map_classes import NumberClass, classes_for, shade_of

WORLD = View(0, -4, 1000, 444)  # to Cape Horn; Antarctica is not drawn
FOCUS_SHAPE = 1.6  # width over height of a view of one country: wide enough for a page, tall enough for a Chile
COARSE_FROM = 250.0  # a view this wide is drawn from the world's paths: finer ones would not show
CLOSEST_VIEW = 7.0  # map units across for the smallest island states, about 270 km at the equator
GEO = files("convener") / "content" / "geo"

FIGURE = """<figure class="map" dir="{direction}"><a class="map-skip" href="#{ident}-end">{skip}</a>
<svg class="map-drawing" xmlns="http://www.w3.org/2000/svg" viewBox="{view}" role="group" direction="{direction}"
 aria-labelledby="{ident}-title" aria-describedby="{ident}-desc"><title id="{ident}-title">{title}</title>
<desc id="{ident}-desc">{description}</desc>{countries}{circles}{names}</svg>
<figcaption class="map-foot" id="{ident}-end" tabindex="-1">{legend}<p class="map-note">{note}</p></figcaption>
</figure>"""


@dataclass(frozen=True, slots=True)
class Country:
    """How a country is drawn: path data, the box and label point in map units, and whether it needs a dot."""

    iso2: str
    iso3: str
    path: str
    box: View
    label: tuple[float, float]
    small: bool


@cache
def basemap() -> dict[str, Country]:
    """The countries of the world map by ISO 3166-1 alpha-2 code, read from the shipped file once."""
    data = json.loads((GEO / "world-basemap.json").read_text(encoding="utf-8"))
    return {
        iso2: Country(iso2, row["iso3"], row["path"], View(*row["box"]), tuple(row["label"]), row["small"])
        for iso2, row in data["countries"].items()
    }


@cache
def country_shapes() -> CountryShapes:
    """The outlines to test places against, read from the shipped file once."""
    with as_file(GEO / "country-shapes.json") as path:
        return CountryShapes.load(path)


def view_of(iso2: str | None) -> View:
    """The part of the map shown for a country with a margin round it (None: the world).

    Raises ``NotFound`` for a code that is not on the map.
    """
    if iso2 is None:
        return WORLD
    if iso2 not in basemap():
        told = gettext("There is no country “%(code)s” on the map.") % {"code": iso2}
        raise NotFound(told, hint=gettext("Use a code of ISO 3166-1, such as TH."))
    box = basemap()[iso2].box.grown(0.15)
    width = max(box.width, box.height * FOCUS_SHAPE, CLOSEST_VIEW)
    height = width / FOCUS_SHAPE
    return View(box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height)


def world_map(
    counts: Mapping[str, int],
    clusters: Sequence[Cluster] = (),
    *,
    links: Callable[[str], str],
    label: Callable[[str], str],
    title: str,
    description: str,
    focus: str | None = None,
    rtl: bool = False,
    ident: str = "map",
) -> SafeString:
    """A map as a ``<figure>``: the drawing, its legend, and the note on boundaries.

    ``counts`` gives a number for each country code; countries with one or more are links to ``links(code)``, named
    by ``label(code)`` (the country's name) and the number. ``clusters`` are drawn as numbered circles. ``focus`` shows
    one country and its surroundings in detail. ``rtl`` is for right-to-left pages; ``ident`` must be unique on one.
    Codes that are not on the map are left out. Raises ``NotFound`` for an unknown ``focus``.
    """
    view = view_of(focus)
    classes = shown_classes(counts)
    named = sorted((label(iso2), iso2) for iso2 in _paths(focus))
    return format_html(
        FIGURE,
        direction="rtl" if rtl else "ltr",
        ident=ident,
        skip=gettext("Skip the map"),
        view=" ".join(f"{value:.2f}" for value in view),
        title=title,
        description=description,
        countries=_countries(named, counts, classes, links, focus),
        circles=_circles(clusters, view),
        names=_names(named, view, focus) if focus else "",
        legend=_legend(classes),
        note=gettext("Boundaries and names shown imply no opinion about the legal status of any territory."),
    )


def shown_classes(counts: Mapping[str, int]) -> list[NumberClass]:
    """The classes of a map of ``counts``: of what is on the map, as :func:`world_map` shades it."""
    return classes_for([count for iso2, count in counts.items() if iso2 in basemap() and count > 0])


@lru_cache(maxsize=300)
def _paths(focus: str | None) -> dict[str, str]:
    """Path data of what a view shows, by code: clipping a country's surroundings takes a moment, so it is kept."""
    view = view_of(focus)
    if view.width < COARSE_FROM:
        return geo.paths_within(country_shapes(), view)
    return {iso2: country.path for iso2, country in basemap().items() if country.box.meets(view)}


def _named(name: str, count: int) -> str:
    return gettext("%(name)s: %(value)s") % {"name": name, "value": format_count(count)}


def _countries(
    named: Sequence[tuple[str, str]],
    counts: Mapping[str, int],
    classes: Sequence[NumberClass],
    links: Callable[[str], str],
    focus: str | None,
) -> SafeString:
    """All outlines: first those without a number, for the eye only, then the links in the order of their names."""
    quiet, linked = [], []
    for name, iso2 in named:
        count = max(counts.get(iso2, 0), 0)
        drawn = _country(iso2, _named(name, count), shade_of(count, classes) if count else 0, focus)
        if count:
            linked.append((links(iso2), _named(name, count), drawn))
        else:
            quiet.append(drawn)
    return format_html(
        '<g fill-rule="evenodd"><g aria-hidden="true">{}</g>{}</g>',
        joined(quiet),
        format_html_join("", '<a href="{}" aria-label="{}">{}</a>', linked),
    )


def _country(iso2: str, words: str, shade: int, focus: str | None) -> SafeString:
    """A country's outline in its shade, with a tooltip; a dot as well where a link is too small to hit."""
    country, width = basemap()[iso2], view_of(focus).width
    dot: str = ""
    if shade and country.small and max(country.box.width, country.box.height) < width / 100:
        x, y = country.label
        dot = format_html('<circle class="map-dot" cx="{}" cy="{}" r="{}"/>', f"{x}", f"{y}", f"{width / 385:.3g}")
    return format_html(
        '<g class="map-c{}{}"><title>{}</title><path d="{}"/>{}</g>',
        shade,
        " map-focus" if iso2 == focus else "",
        words,
        _paths(focus)[iso2],
        dot,
    )


def _names(drawn: Sequence[tuple[str, str]], view: View, focus: str | None) -> SafeString:
    """The names of countries with room for one, and of the one in focus anyway; listeners have the links' names."""
    size = view.width / 62
    rows = []
    for name, iso2 in drawn:
        country = basemap()[iso2]
        x, y = country.label
        roomy = len(name) * size * 0.5 < 0.9 * country.box.width
        if iso2 == focus and not roomy:
            x, y = country.box.x + country.box.width / 2, country.box.y + country.box.height + 1.4 * size
        if iso2 == focus or (roomy and view.grown(-0.06).shows(x, y)):
            rows.append((f"{x:.2f}", f"{y:.2f}", f"{size:.3g}", name))
    return format_html(
        '<g class="map-names" aria-hidden="true">{}</g>',
        format_html_join("", '<text x="{}" y="{}" font-size="{}" text-anchor="middle">{}</text>', rows),
    )


def _circles(clusters: Sequence[Cluster], view: View) -> SafeString:
    """Numbered circles; not for the pointer, which goes to the country below, nor for listeners, who have the links."""
    circles = [c for c in geo.cluster(clusters, width=view.width) if view.shows(c.x, c.y)]
    rows = []
    for circle in circles:
        words = format_count(circle.count)
        size = min(circle.r * 1.15, 2 * circle.r / (0.62 * len(words)), view.width / 85)
        place = (f"{circle.x:.2f}", f"{circle.y:.2f}")
        rows.append((*place, f"{circle.r:.3g}", *place, f"{size:.3g}", words))
    return format_html(
        '<g class="map-clusters" aria-hidden="true">{}</g>',
        format_html_join(
            "",
            '<circle cx="{}" cy="{}" r="{}"/><text x="{}" y="{}" dy=".35em" font-size="{}" text-anchor="middle">'
            "{}</text>",
            rows,
        ),
    )


def _legend(classes: Sequence[NumberClass]) -> SafeString:
    """What each shade means, as text beside a sample."""
    rows = [(0, gettext("none")), *((shade_of(one.high, classes), str(one)) for one in classes)]
    return format_html(
        '<p class="map-legend-title">{}</p><ul class="map-legend">{}</ul>',
        gettext("Number by country"),
        format_html_join(
            "",
            '<li><svg class="map-swatch" viewBox="0 0 18 12" aria-hidden="true"><g class="map-c{}">'
            '<rect width="18" height="12"/></g></svg> <bdi>{}</bdi></li>',
            rows,
        ),
    )
