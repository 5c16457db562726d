"""The lists: search, map, facets and results of one kind of record, all showing the same set under one address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy, ngettext

from convener.foundation.actor import Actor
from convener.foundation.filters import Filters
from convener.foundation.search.pages import everywhere
from convener.foundation.ui.charts import format_count
from convener.foundation.ui.components import Tab, Text
from convener.foundation.ui.faceting import hidden_fields
from convener.foundation.ui.pages import page_number
from convener.rooms.directory.actions.exporting import FORMATS, SHARED_FORMATS
from convener.rooms.directory.models import Kind
from convener.rooms.directory.pages import maps
from convener.rooms.directory.pages.cards import cards
from convener.rooms.directory.pages.labels import FACETING, KIND_TITLES
from convener.rooms.directory.pages.sides import Side
from convener.rooms.directory.queries.listing import FACETS, PER_PAGE, Listing, listing, read_filters, total

LIST_NAMES = {Kind.ORGANISATION: "list", Kind.TOOL: "tools", Kind.INITIATIVE: "initiatives"}
FORMAT_NAMES = {"csv": "CSV", "xlsx": "XLSX (Excel)", "json": "JSON", "geojson": "GeoJSON"}
LEADS: dict[Kind, Text] = {
    Kind.ORGANISATION: gettext_lazy("Who works with business against human trafficking, where, and on what."),
    Kind.TOOL: gettext_lazy("Apps, platforms, guides and data that exist already: look here before making another."),
    Kind.INITIATIVE: gettext_lazy("Partnerships, campaigns and schemes, and who takes part in them."),
}


@dataclass(frozen=True)
class Found:
    """A page of a list and the paginator's view of it."""

    listing: Listing
    page: Page[Any]


def find(actor: Actor, kind: Kind, filters: Filters, number: int) -> Found:
    """The page ``number`` of a list; beyond the end, the last one."""
    found = listing(actor, kind, filters, page=number, cell_level=maps.level_of(filters))
    page = Paginator(range(found.total), PER_PAGE).get_page(number)
    if page.number != number:
        found = listing(actor, kind, filters, page=page.number, cell_level=maps.level_of(filters))
    return Found(found, page)


def context(query: QueryDict, actor: Actor, kind: Kind, side: Side) -> dict[str, Any]:
    """Everything the list's template shows."""
    filters = read_filters(kind, query)
    found = find(actor, kind, filters, page_number(query.get("page")))
    result, address = found.listing, side.to(LIST_NAMES[kind])
    return {
        "layout": side.layout,
        "kind": kind,
        "title": KIND_TITLES[kind],
        "lead": LEADS[kind],
        "tabs": tabs(actor, kind, side),
        "address": address,
        "filters": filters,
        "hidden_fields": hidden_fields(filters),
        "everywhere": everywhere(filters.q, side),
        "chips": FACETING.chips(filters),
        "facets": FACETING.facets(FACETS[kind], filters, result.counts),
        "cards": cards(kind, result.records, side),
        "page_obj": found.page,
        "start": found.page.start_index(),
        "counted": counted(kind, result),
        "is_empty_hub": not result.total and not filters.q and not filters.values,
        "downloads": downloads(kind, filters, side),
        **map_context(result, filters, kind, address),
    }


def map_context(result: Listing, filters: Filters, kind: Kind, address: str) -> dict[str, Any]:
    """The map of a list, its table, and the way back from one country to the world."""
    drawn = maps.map_of(result, filters, kind, address)
    world = f"{address}?{filters.only('at').query_string()}"
    return {"map": drawn.map, "map_table": drawn.table, "world_href": world if maps.focus_of(filters) else ""}


def tabs(actor: Actor, current: Kind | None, side: Side) -> list[Tab]:
    """Organisations, tools, initiatives: each with how many there are."""
    return [
        Tab(KIND_TITLES[kind], side.to(name), current=kind == current, count=total(actor, kind))
        for kind, name in LIST_NAMES.items()
    ]


def counted(kind: Kind, result: Listing) -> str:
    """How many records the list holds, and in how many countries."""
    numbers = {"count": format_count(result.total)}
    words = {
        Kind.ORGANISATION: ngettext("%(count)s organisation", "%(count)s organisations", result.total),
        Kind.TOOL: ngettext("%(count)s tool", "%(count)s tools", result.total),
        Kind.INITIATIVE: ngettext("%(count)s initiative", "%(count)s initiatives", result.total),
    }[kind] % numbers
    if not result.places:
        return words
    where = ngettext("%(count)s country on the map", "%(count)s countries on the map", len(result.places)) % {
        "count": format_count(len(result.places))
    }
    return f"{words} · {where}"


def downloads(kind: Kind, filters: Filters, side: Side) -> list[tuple[str, str]]:
    """The list as files: (name of the format, address)."""
    query = filters.query_string()
    if kind != Kind.ORGANISATION:
        name = f"{LIST_NAMES[kind]}_download"
        return [(FORMAT_NAMES[fmt], side.to(name, fmt, query=query)) for fmt in SHARED_FORMATS]
    return [(FORMAT_NAMES[fmt], side.to("download", fmt, query=query)) for fmt in FORMATS]


def embed_context(query: QueryDict, actor: Actor, side: Side) -> dict[str, Any]:
    """What the map for other sites shows: the set of the list with the same address, without the list."""
    kind = Kind.ORGANISATION
    filters = read_filters(kind, query)
    result = listing(actor, kind, filters, per_page=0, cell_level=maps.level_of(filters), facets=False)
    address = side.to(LIST_NAMES[kind])
    return {
        "counted": counted(kind, result),
        "list_href": f"{address}?{filters.query_string()}",
        **map_context(result, filters, kind, address),
    }
