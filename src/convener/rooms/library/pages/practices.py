"""The list of practices: search, filters, map, timeline and results, all of the same set under one address."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from convener.foundation.actor import Actor
from convener.foundation.filters import Filters
from convener.foundation.search.pages import everywhere
from convener.foundation.ui.charts import Span, data_table, format_count, timeline
from convener.foundation.ui.components import Badge, ResultCard, Tab, Text
from convener.foundation.ui.faceting import hidden_fields
from convener.foundation.ui.maps import basemap, world_map
from convener.foundation.vocabularies import countries, in_language, vocabulary
from convener.rooms.directory.pages.cards import practice_badges, visibility_badges
from convener.rooms.directory.pages.values import record_link
from convener.rooms.library.models import Practice
from convener.rooms.library.pages.dates import first_day, last_day, month_in_words, precision
from convener.rooms.library.pages.figures import figure_list
from convener.rooms.library.pages.labels import FACETING, facet_label, language_of
from convener.rooms.library.pages.sides import Side
from convener.rooms.library.queries import guidance, practices

LABELS_SHOWN = 3
FIGURES_SHOWN = 2


@dataclass(frozen=True)
class Choice:
    """A practice in the list: its card, its first figures, and the slug by which it is chosen for the comparison."""

    slug: str
    card: ResultCard
    figures: Text


def context(query: QueryDict, actor: Actor, side: Side) -> dict[str, Any]:
    """Everything the list's template shows."""
    filters = practices.read_filters(query)
    found = practices.find(actor, filters)
    return {
        "layout": side.layout,
        "tabs": tabs(actor, "practices", side),
        "address": side.to("practices"),
        "compare_address": side.to("compare"),
        "filters": filters,
        "hidden_fields": hidden_fields(filters),
        "everywhere": everywhere(filters.q, side),
        "chips": FACETING.chips(filters),
        "facets": FACETING.facets(practices.FACETS, filters, found.counts),
        "choices": [choice(practice, side) for practice in found.records],
        "counted": counted(found.records),
        "downloads": [
            ("CSV", side.to("practices_download", "csv", query=filters.query_string())),
            ("JSON", side.to("practices_download", "json", query=filters.query_string())),
        ],
        **pictures(found.records, filters, side),
    }


def tabs(actor: Actor, current: str, side: Side) -> list[Tab]:
    """The shelves of the library: each with how much stands on it."""
    return [
        Tab(_("Practices"), side.to("practices"), current == "practices", practices.total(actor)),
        Tab(_("Guidance"), side.to("guidance"), current == "guidance", guidance.total(actor)),
    ]


def counted(records: Sequence[Practice]) -> str:
    """How many practices the list holds, and how many of them tell a figure."""
    told = sum(1 for practice in records if practice.results.all())
    words = ngettext("%(count)s practice", "%(count)s practices", len(records)) % {"count": format_count(len(records))}
    if not told:
        return words
    figures = ngettext("%(count)s with figures", "%(count)s with figures", told) % {"count": format_count(told)}
    return f"{words} · {figures}"


def choice(practice: Practice, side: Side) -> Choice:
    """A practice as the list shows it, with its first figures."""
    return Choice(practice.initiative.slug, card(practice, side), figure_list(practice.results.all()[:FIGURES_SHOWN]))


def card(practice: Practice, side: Side) -> ResultCard:
    """A practice: field, countries, models, the summary in the reader's language."""
    initiative = practice.initiative
    return ResultCard(
        name=initiative.name,
        href=side.to("practice", initiative.slug),
        kind=facet_label("part")(initiative.part) if initiative.part else "",
        country=_some(countries().labels(initiative.countries)),
        industries=[_some(vocabulary("models").labels(initiative.models_used))] if initiative.models_used else [],
        summary=in_language(practice.summary),
        badges=badges(practice),
        language=language_of(practice.summary),
    )


def badges(practice: Practice) -> list[Badge]:
    """The number under which it is described, and who sees it where that is not everybody."""
    initiative = practice.initiative
    return [*practice_badges(initiative.practice), *visibility_badges(initiative.visibility)]


def _some(labels: Sequence[str]) -> str:
    shown = sorted(labels)[:LABELS_SHOWN]
    if len(labels) > LABELS_SHOWN:
        shown.append(_("and %(count)s more") % {"count": format_count(len(labels) - LABELS_SHOWN)})
    return ", ".join(shown)


def pictures(records: Sequence[Practice], filters: Filters, side: Side) -> dict[str, Any]:
    """The map and the timeline of a set of practices, each with the table that says the same."""
    return {
        "map": map_of(records, filters, side),
        "map_table": _places_table(records),
        "timeline": timeline_of(records, side),
        "timeline_table": _years_table(records, side),
        "undated": len(records) - len(_dated(records)),
    }


def map_of(records: Sequence[Practice], filters: Filters, side: Side) -> SafeString:
    """Where the practices work, by country; a country leads to the list with it."""
    counts = _places(records)
    here = side.to("practices")
    return world_map(
        counts,
        links=lambda code: f"{here}?{filters.only('at', code).query_string()}",
        label=countries().label,
        title=_("Map of practices by country"),
        description=_describe(counts),
        rtl=get_language_bidi(),
        ident="practices-map",
    )


def _places(records: Sequence[Practice]) -> dict[str, int]:
    found = Counter(code for practice in records for code in practice.initiative.countries)
    return {code: count for code, count in found.items() if code in basemap()}


def _describe(places: dict[str, int]) -> str:
    if not places:
        return _("No country is named by the practices of this list.")
    most = sorted(places.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    named = ", ".join(f"{countries().label(code)} ({format_count(count)})" for code, count in most)
    return ngettext(
        "The practices of this list name %(count)s country: %(named)s.",
        "The practices of this list name %(count)s countries; most often %(named)s.",
        len(places),
    ) % {"count": format_count(len(places)), "named": named}


def _places_table(records: Sequence[Practice]) -> SafeString:
    counted_places = sorted(_places(records).items(), key=lambda pair: (-pair[1], countries().label(pair[0])))
    rows = [(countries().label(code), count) for code, count in counted_places]
    return data_table([_("Country"), _("Number")], rows, _("Map of practices by country"))


def _dated(records: Sequence[Practice]) -> list[tuple[dt.date, dt.date | None, Practice]]:
    """The practices with a known beginning, the earliest first."""
    found = []
    for practice in records:
        start = first_day(practice.initiative.started)
        if start:
            found.append((start, last_day(practice.initiative.ended), practice))
    return sorted(found, key=lambda row: (row[0], row[2].initiative.practice or 0))


def timeline_of(records: Sequence[Practice], side: Side) -> SafeString:
    """When each practice began, and whether it goes on."""
    dated = _dated(records)
    spans = [
        Span(
            practice.initiative.name,
            start,
            end,
            side.to("practice", practice.initiative.slug),
            precision(practice.initiative.started),
            precision(practice.initiative.ended),
        )
        for start, end, practice in dated
    ]
    return timeline(
        spans,
        title=_("When the practices began"),
        description=ngettext(
            "%(count)s practice with a known beginning.", "%(count)s practices with a known beginning.", len(spans)
        )
        % {"count": format_count(len(spans))},
        rtl=get_language_bidi(),
        ident="practices-timeline",
    )


def _years_table(records: Sequence[Practice], side: Side) -> SafeString:
    rows = []
    for practice in [row[2] for row in _dated(records)]:
        initiative = practice.initiative
        name = record_link(side.to("practice", initiative.slug), initiative.name)
        rows.append((format_html("{}", name), month_in_words(initiative.started), month_in_words(initiative.ended)))
    return data_table([_("Practice"), _("Began"), _("Ended")], rows, _("When the practices began"))
