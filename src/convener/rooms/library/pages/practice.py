"""The page of one practice: what it is for, how it works, who takes part, what came of it, what to learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from convener.foundation.actor import Actor
from convener.foundation.ui.components import SummaryRow, Text
from convener.foundation.vocabularies import FALLBACK, countries, in_language, regions, vocabulary
from convener.rooms.directory.models import Tool
from convener.rooms.directory.pages.labels import role_label
from convener.rooms.directory.pages.shared import source_in_words
from convener.rooms.directory.pages.values import record_link
from convener.rooms.directory.queries.visible import tools_visible_to
from convener.rooms.library.models import Practice
from convener.rooms.library.pages.dates import month_in_words
from convener.rooms.library.pages.figures import figure_list
from convener.rooms.library.pages.labels import FACET_TITLES, facet_label, marks_of, paragraph, text_in, text_list
from convener.rooms.library.pages.practices import badges, card
from convener.rooms.library.pages.sides import Side
from convener.rooms.library.queries import practices
from convener.rooms.library.queries.guidance import guidance_for, sector_of

GUIDANCE_SHOWN = 4


def context(slug: str, actor: Actor, side: Side) -> dict[str, Any]:
    """Everything the page shows. Raises NotFound, in the same words for none and for a hidden one."""
    practice = practices.one(actor, slug)
    initiative = practice.initiative
    similar = practices.similar_to(practice, actor)
    return {
        "layout": side.layout,
        "practice": practice,
        "initiative": initiative,
        "badges": badges(practice),
        "summary": in_language(practice.summary),
        "summary_marks": marks_of(practice.summary),
        "purpose": paragraph(practice.purpose),
        "how": text_list(practice.how, "ol"),
        "figures": figure_list(practice.results.all(), "figures big"),
        "figures_source": "; ".join(dict.fromkeys(row.ref for row in practice.results.all())),
        "outcomes": text_list(practice.outcomes),
        "legal_basis": text_list(practice.legal_basis),
        "lessons": text_list(practice.lessons),
        "facts": [row for row in facts(practice) if row.values],
        "members": members(practice, actor, side),
        "tools": tools(practice, actor, side),
        "similar": [card(other, side) for other in similar],
        "compare_href": side.to(
            "compare", query="&".join(f"p={one.initiative.slug}" for one in (practice, *similar[:1]))
        ),
        "guidance": [
            (side.to("piece", piece.slug), text_in(piece.title))
            for piece in guidance_for(sector=initiative.part, actor=actor, most=GUIDANCE_SHOWN)
        ],
        "guidance_href": side.to(
            "guidance", query=f"sector={sector}" if (sector := sector_of(initiative.part)) else ""
        ),
        "source": source_in_words(initiative.source, initiative.practice),
        "section": practice.section,
        "list_href": side.to("practices"),
        "record_href": side.directory.to("initiative", initiative.slug),
    }


def facts(practice: Practice) -> Sequence[SummaryRow]:
    """What kind of practice it is, by the vocabularies."""
    initiative = practice.initiative
    return [
        SummaryRow(FACET_TITLES["part"], facet_label("part")(initiative.part) if initiative.part else ""),
        SummaryRow(_("Partnership models"), sorted(vocabulary("models").labels(initiative.models_used))),
        SummaryRow(_("Purposes"), sorted(vocabulary("purposes").labels(initiative.purposes))),
        SummaryRow(_("Countries"), sorted(countries().labels(initiative.countries))),
        SummaryRow(_("Regions"), sorted(regions().labels(initiative.regions))),
        SummaryRow(_("Industries"), sorted(vocabulary("industries").labels(initiative.industries))),
        SummaryRow(_("Issues"), sorted(vocabulary("issues").labels(initiative.issues))),
        SummaryRow(FACET_TITLES["exploitation"], sorted(vocabulary("exploitation").labels(initiative.exploitation))),
        SummaryRow(_("Started"), month_in_words(initiative.started) if initiative.started else ""),
        SummaryRow(_("Ended"), month_in_words(initiative.ended) if initiative.ended else ""),
    ]


def members(practice: Practice, actor: Actor, side: Side) -> list[dict[str, Any]]:
    """Who takes part, in which role, and what it does there."""
    return [
        {
            "link": record_link(side.directory.organisation(member.party.public_id), member.party.name),
            "role": role_label(member.role),
            "does": paragraph({FALLBACK: member.does}),
        }
        for member in practices.members_of([practice], actor).get(practice.pk, ())
    ]


def tools(practice: Practice, actor: Actor, side: Side) -> list[Text]:
    """The tools that came out of it."""
    number = practice.initiative.practice
    if number is None:
        return []
    found = tools_visible_to(actor).filter(practice=number).order_by("sort_name")
    return [_tool_link(tool, side) for tool in found]


def _tool_link(tool: Tool, side: Side) -> Text:
    return record_link(side.directory.to("tool", tool.slug), tool.name)
