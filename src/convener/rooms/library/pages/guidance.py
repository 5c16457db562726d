"""The list of guidance and the page of one piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convener.foundation.actor import Actor
from convener.foundation.search.pages import everywhere
from convener.foundation.ui.charts import format_count
from convener.foundation.ui.components import Badge, SummaryRow, Text
from convener.foundation.ui.faceting import hidden_fields
from convener.foundation.ui.pages import page_number
from convener.foundation.vocabularies import in_language, vocabulary
from convener.rooms.directory.content import DOCUMENTS
from convener.rooms.library.models import Guidance, GuidanceKind
from convener.rooms.library.pages.labels import FACET_TITLES, FACETING, facet_label, marks_of, paragraph, text_in
from convener.rooms.library.pages.practices import tabs
from convener.rooms.library.pages.sides import Side
from convener.rooms.library.queries import guidance

PER_PAGE = 25
_TONES = {GuidanceKind.RISK: "warn", GuidanceKind.OBSTACLE: "warn", GuidanceKind.BENEFIT: "good"}


def context(query: QueryDict, actor: Actor, side: Side) -> dict[str, Any]:
    """Everything the list's template shows."""
    filters = guidance.read_filters(query)
    found = guidance.find(actor, filters)
    page = Paginator(found.records, PER_PAGE).get_page(page_number(query.get("page")))
    return {
        "layout": side.layout,
        "tabs": tabs(actor, "guidance", side),
        "address": side.to("guidance"),
        "filters": filters,
        "hidden_fields": hidden_fields(filters),
        "everywhere": everywhere(filters.q, side),
        "chips": FACETING.chips(filters),
        "facets": FACETING.facets(guidance.FACETS, filters, found.counts),
        "pieces": pieces(list(page.object_list), actor, side),
        "page_obj": page,
        "start": page.start_index(),
        "counted": ngettext("%(count)s piece of advice", "%(count)s pieces of advice", len(found.records))
        % {"count": format_count(len(found.records))},
        "downloads": [
            ("CSV", side.to("guidance_download", "csv", query=filters.query_string())),
            ("JSON", side.to("guidance_download", "json", query=filters.query_string())),
        ],
    }


def pieces(records: Sequence[Guidance], actor: Actor, side: Side) -> list[dict[str, Any]]:
    """Pieces as lists show them: whole, because they are short."""
    votes = guidance.votes_on(records)
    return [
        {
            "href": side.to("piece", piece.slug),
            "title": text_in(piece.title),
            "text": paragraph(piece.text),
            "note": guidance.note_for(actor, piece),
            "badges": badges(piece),
            "source": source(piece),
            "votes": votes_in_words(*votes.get(piece.pk, (0, 0))),
        }
        for piece in records
    ]


def badges(piece: Guidance) -> list[Badge]:
    """Kind and topic, and for the secretariat that it is hidden."""
    found = [
        Badge(facet_label("kind")(piece.kind), _TONES.get(GuidanceKind(piece.kind), "info")),  # type: ignore[arg-type]
        Badge(facet_label("topic")(piece.topic)),
        *(Badge(facet_label("sector")(sector)) for sector in piece.sectors),
    ]
    return [*found, Badge(_("Hidden on this hub"), "bad")] if piece.hidden else found


def source(piece: Guidance) -> str:
    """The document and the place in it."""
    document = piece.source.get("document", "")
    return ", ".join(part for part in (DOCUMENTS.get(document, document), piece.source.get("ref", "")) if part)


def votes_in_words(useful: int, useless: int) -> str:
    """How many people found a piece useful, out of those who said; nothing where nobody did."""
    said = useful + useless
    if not said:
        return ""
    return ngettext(
        "%(useful)s of %(said)s member found this useful",
        "%(useful)s of %(said)s members found this useful",
        said,
    ) % {"useful": format_count(useful), "said": format_count(said)}


def piece_context(slug: str, actor: Actor, side: Side) -> dict[str, Any]:
    """Everything the page of one piece shows. Raises NotFound, in the same words for none and for a hidden one."""
    piece = guidance.one(actor, slug)
    rows = [
        SummaryRow(FACET_TITLES["kind"], facet_label("kind")(piece.kind)),
        SummaryRow(FACET_TITLES["topic"], facet_label("topic")(piece.topic)),
        SummaryRow(FACET_TITLES["stage"], _in_order("stages", piece.stages)),
        SummaryRow(FACET_TITLES["sector"], [facet_label("sector")(key) for key in piece.sectors] or _("Every sector")),
        SummaryRow(FACET_TITLES["audience"], _in_order("audiences", piece.audiences)),
    ]
    others: list[tuple[str, Text]] = [
        (side.to("piece", other.slug), text_in(other.title)) for other in guidance.beside(piece, actor)
    ]
    return {
        "layout": side.layout,
        "piece": piece,
        "title": text_in(piece.title),
        "text": in_language(piece.text),
        "marks": marks_of(piece.text),
        "note": guidance.note_for(actor, piece),
        "badges": badges(piece),
        "rows": rows,
        "others": others,
        "topic_href": side.to("guidance", query=f"topic={piece.topic}"),
        "source": source(piece),
        "votes": votes_in_words(*guidance.votes_on([piece]).get(piece.pk, (0, 0))),
        "verdict": guidance.verdict_of(actor, piece),
        "may_judge": actor.user_id is not None and actor.is_member and not side.is_public,
        "may_change": actor.runs_the_hub and not side.is_public,
        "list_href": side.to("guidance"),
        "address": side.to("piece", piece.slug),
    }


def _in_order(name: str, keys: Sequence[str]) -> list[str]:
    """Labels of keys in the order of their vocabulary."""
    return [term.label for term in vocabulary(name).terms.values() if term.key in keys]
