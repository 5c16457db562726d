"""What the search's pages show, for both doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from convener.engines.words import Matcher, excerpt, marked, normalised
from convener.errors import NotReady, sentence
from convener.foundation.actor import Actor
from convener.foundation.filters import Filters
from convener.foundation.search.asking import DEEPEST, Answer, Asked, ask, begin_with, facets, read_filters
from convener.foundation.search.models import SavedSearch
from convener.foundation.search.registry import REGISTRY, Hit
from convener.foundation.search.saving import filters_of, saved_by, total_of
from convener.foundation.search.store import KIND
from convener.foundation.ui.charts import format_count
from convener.foundation.ui.components import Badge, Text
from convener.foundation.ui.faceting import Faceting, Label, hidden_fields
from convener.foundation.ui.sides import MEMBERS_LAYOUT, PUBLIC_LAYOUT, Side

PER_PAGE = 20
NOTHING_ASKED = sentence("There is nothing to look for.")
ASK_SOMETHING = sentence("Give words in q, or a value of a facet.")
SUGGESTED = 8
PUBLIC_SIDE = Side("search", PUBLIC_LAYOUT)
HUB_SIDE = Side("hub_search", MEMBERS_LAYOUT)


@dataclass(frozen=True)
class Result:
    """A found record as the page shows it, found words marked."""

    kind: Text
    name: SafeString
    href: str
    meta: Sequence[Text]
    excerpt: SafeString
    language: str
    badges: Sequence[Badge]


def everywhere(words: str, side: Side) -> str:
    """The address that looks for the words of a list in everything, from the same door; empty without words."""
    return (PUBLIC_SIDE if side.is_public else HUB_SIDE).to("results", query=urlencode({"q": words})) if words else ""


def _label(facet: str) -> Label:
    if facet == KIND:
        return lambda value: str(REGISTRY.sources[value].title) if value in REGISTRY.sources else value
    return REGISTRY.facets[facet].label


def faceting() -> Faceting:
    """How the facets of the results are called."""
    titles = {KIND: gettext_lazy("Kind"), **{name: facet.title for name, facet in REGISTRY.facets.items()}}
    return Faceting(titles, _label, {name: facet.values for name, facet in REGISTRY.facets.items() if facet.in_order})


def reader_language() -> str:
    """The language of the page, without its region."""
    return (get_language() or "en").split("-")[0]


def context(query: QueryDict, actor: Actor, side: Side, page: int) -> dict[str, Any]:
    """Everything the page of results shows; where there is no index yet, it says so (``not_ready``)."""
    filters = read_filters(query)
    base = {
        "layout": side.layout,
        "side": side,
        "address": side.to("results"),
        "suggest_address": side.to("suggest"),
        "filters": filters,
        "hidden_fields": hidden_fields(filters),
        "asked_nothing": not filters.q and not filters.values,
    }
    if base["asked_nothing"]:
        return {**base, "facets": []}
    try:
        answer, shown = answered(actor, filters, page)
    except NotReady as error:
        return {**base, "not_ready": error}
    return {
        **base,
        "chips": faceting().chips(filters),
        "facets": faceting().facets(facets(), filters, answer.counts),
        "results": results(answer, actor, side),
        "page_obj": shown,
        "start": shown.start_index(),
        "counted": counted(answer.total),
        "most_shown": format_count(DEEPEST) if answer.total > DEEPEST else "",
        "slips": len(answer.asked.slips) if answer.total else 0,
        "slips_shown": format_html_join(" · ", "<bdi>{}</bdi>", ((word,) for word in answer.asked.slips)),
    }


def answered(actor: Actor, filters: Filters, number: int) -> tuple[Answer, Any]:
    """The answer for a page of results, and the paginator's view of it; beyond the end, the last page."""
    deepest = DEEPEST // PER_PAGE
    number = min(max(number, 1), deepest)
    answer = _page(actor, filters, number)
    shown = Paginator(range(min(answer.total, DEEPEST)), PER_PAGE).get_page(number)
    if shown.number != number:
        answer = _page(actor, filters, shown.number)
    return answer, shown


def _page(actor: Actor, filters: Filters, number: int) -> Answer:
    return ask(actor, filters, language=reader_language(), offset=(number - 1) * PER_PAGE, limit=PER_PAGE)


def keyed_hits(found: Sequence[tuple[str, str]], actor: Actor, *, public: bool) -> list[tuple[str, str, Hit]]:
    """The records behind keys of the index, read afresh: what the actor may no longer see is not among them.

    Each as its kind, its key and how it is shown, in the order of ``found``.
    """
    by_kind: dict[str, list[str]] = {}
    for kind, key in found:
        if kind in REGISTRY.sources:
            by_kind.setdefault(kind, []).append(key)
    hits = {kind: REGISTRY.sources[kind].hits(actor, keys, public) for kind, keys in by_kind.items()}
    return [(kind, key, hits[kind][key]) for kind, key in found if key in hits.get(kind, {})]


def results(answer: Answer, actor: Actor, side: Side) -> list[Result]:
    """The records of a page, found words marked in their names and in the part of their text that shows most of them."""
    matcher = matcher_for(answer.asked)
    hits = keyed_hits(answer.found, actor, public=side.is_public)
    return [_result(REGISTRY.sources[kind].title, hit, matcher) for kind, _key, hit in hits]


def _result(kind: Text, hit: Hit, matcher: Matcher) -> Result:
    pieces, language = _excerpt(hit, matcher)
    return Result(
        kind=kind,
        name=_marked(marked(hit.name, matcher)),
        href=hit.href,
        meta=hit.meta,
        excerpt=_marked(pieces),
        language=language,
        badges=hit.badges,
    )


def _excerpt(hit: Hit, matcher: Matcher) -> tuple[Sequence[tuple[str, bool]], str]:
    """The pieces of the part of a record's texts that answers best, and its language."""
    first: tuple[Sequence[tuple[str, bool]], str] = ((), "")
    for place, (text, language) in enumerate(hit.texts):
        pieces = excerpt(text, matcher)
        if any(found for _text, found in pieces):
            return pieces, language
        if place == 0:
            first = pieces, language
    return first


def matcher_for(asked: Asked) -> Matcher:
    """What to mark: the telling words, or all of them where there are none."""
    return Matcher.of(asked.telling or asked.words, slips=asked.slips, translated=asked.translated)


def _marked(pieces: Sequence[tuple[str, bool]]) -> SafeString:
    return format_html_join("", "{}", ((_piece(text, found),) for text, found in pieces))


def _piece(text: str, found: bool) -> SafeString | str:
    return format_html("<mark>{}</mark>", text) if found else text


def counted(total: int) -> str:
    """How many records were found."""
    return ngettext("%(count)s result", "%(count)s results", total) % {"count": format_count(total)}


def suggestions(text: str, actor: Actor, side: Side) -> list[dict[str, str]]:
    """Names that begin with what is being typed: ``{"name", "kind", "href"}``; nothing where there is no index yet."""
    try:
        found = begin_with(actor, text, limit=SUGGESTED * 4)
    except NotReady:
        return []
    hits = keyed_hits(found, actor, public=side.is_public)
    typed = normalised(text)
    hits.sort(
        key=lambda row: not normalised(str(row[2].name)).startswith(typed)
    )  # the best of each stay in their order
    return [
        {"name": str(hit.name), "kind": str(REGISTRY.sources[kind].title), "href": hit.href}
        for kind, _key, hit in hits[:SUGGESTED]
    ]


def plain_excerpt(hit: Hit, asked: Asked) -> str:
    """The part of a text that shows most found words, for programs."""
    pieces, _language = _excerpt(hit, matcher_for(asked))
    return "".join(text for text, _found in pieces)


def name_for(filters: Filters) -> str:
    """A name to propose for a search that is kept: its words, else its filters."""
    if filters.q:
        return filters.q[:120]
    labels = [_label(facet)(value) for facet, values in filters.values.items() for value in values]
    return _("All: %(values)s") % {"values": ", ".join(labels)[:100]}


def saved_context(actor: Actor) -> dict[str, Any]:
    """The searches that the actor keeps, each with how many records it finds now."""
    return {"layout": HUB_SIDE.layout, "searches": [_saved(search, actor) for search in saved_by(actor)]}


def _saved(search: SavedSearch, actor: Actor) -> dict[str, Any]:
    filters = filters_of(search)
    try:
        total = total_of(search, actor)
    except NotReady:
        total = search.seen_total
    more = total - search.seen_total
    return {
        "search": search,
        "chips": [str(chip.label) for chip in faceting().chips(filters)],
        "counted": counted(total),
        "more": ngettext("%(count)s more than when you last looked", "%(count)s more than when you last looked", more)
        % {"count": format_count(more)}
        if more > 0
        else "",
    }
