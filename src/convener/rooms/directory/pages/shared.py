"""The pages of tools and initiatives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from convener.errors import NotFound
from convener.foundation.actor import Actor
from convener.foundation.ui.components import Badge, SummaryRow, Text
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory.content import DOCUMENTS
from convener.rooms.directory.models import Initiative, InitiativeMember, Kind, Profile, Tool
from convener.rooms.directory.pages import values
from convener.rooms.directory.pages.cards import other_language, practice_badges, tool_badges, visibility_badges
from convener.rooms.directory.pages.labels import FACET_TITLES, KIND_TITLES, PARTS, language_name, role_label
from convener.rooms.directory.pages.sides import Side
from convener.rooms.directory.queries import visible


def tool_context(slug: str, actor: Actor, side: Side) -> dict[str, Any]:
    """Everything the page of a tool shows. Raises NotFound, in the same words for none and for a hidden one."""
    tool = visible.tools_visible_to(actor).filter(slug=slug).first()
    if tool is None:
        raise _absent()
    rows = [
        SummaryRow(_("What it does"), list(tool.functions)),
        SummaryRow(FACET_TITLES["user"], _labels("stakeholder-types", tool.users)),
        SummaryRow(FACET_TITLES["exploitation"], _labels("exploitation", tool.exploitation)),
        *_where(tool),
        SummaryRow(_("Languages"), sorted(language_name(code) for code in tool.languages)),
        SummaryRow(FACET_TITLES["cost"], tool.get_cost_display() if tool.cost != Tool.Cost.UNKNOWN else ""),
        SummaryRow(_("Licence"), tool.licence),
        SummaryRow(FACET_TITLES["maintained"], _maintenance(tool)),
        SummaryRow(_("Last release"), values.date_in_words(tool.last_release)),
        SummaryRow(_("Website"), [values.web_link(tool.website)] if tool.website else []),
        SummaryRow(_("Provided by"), _organisations(tool.providers.values_list("pk", flat=True), actor, side)),
    ]
    return _context(tool, rows, Kind.TOOL, tool_badges(tool), side)


def initiative_context(slug: str, actor: Actor, side: Side) -> dict[str, Any]:
    """Everything the page of an initiative shows. Raises NotFound as :func:`tool_context` does."""
    initiative = visible.initiatives_visible_to(actor).filter(slug=slug).first()
    if initiative is None:
        raise _absent()
    rows = [
        SummaryRow(FACET_TITLES["part"], PARTS.get(initiative.part, "")),
        SummaryRow(_("Partnership models"), _labels("models", initiative.models_used)),
        SummaryRow(_("Purposes"), _labels("purposes", initiative.purposes)),
        SummaryRow(_("Industries"), _labels("industries", initiative.industries)),
        SummaryRow(_("Issues"), _labels("issues", initiative.issues)),
        SummaryRow(FACET_TITLES["exploitation"], _labels("exploitation", initiative.exploitation)),
        *_where(initiative),
        SummaryRow(_("Started"), values.date_in_words(initiative.started)),
        SummaryRow(_("Ended"), values.date_in_words(initiative.ended)),
        SummaryRow(_("Members"), _members(initiative, actor, side)),
    ]
    badges = [*practice_badges(initiative.practice), *visibility_badges(initiative.visibility)]
    return _context(initiative, rows, Kind.INITIATIVE, badges, side)


def _absent() -> NotFound:
    return NotFound(_("There is no such record on this hub."), hint=_("Look for it by its name."))


def _context(
    record: Tool | Initiative, rows: Iterable[SummaryRow], kind: Kind, badges: Sequence[Badge], side: Side
) -> dict[str, Any]:
    return {
        "layout": side.layout,
        "record": record,
        "badges": badges,
        "rows": [row for row in rows if row.values],
        "summary_language": other_language("en"),
        "source": source_in_words(record.source, record.practice),
        "list_href": side.to({Kind.TOOL: "tools", Kind.INITIATIVE: "initiatives"}[kind]),
        "list_title": KIND_TITLES[kind],
    }


def source_in_words(source: dict[str, str], practice: int | None) -> str:
    """The document a record was taken from, the place in it, and the number of the practice where there is one."""
    parts = [DOCUMENTS.get(source.get("document", ""), source.get("document", "")), source.get("ref", "")]
    if practice and str(practice) not in source.get("ref", ""):
        parts.append(_("Promising practice %(number)s") % {"number": practice})
    return ", ".join(part for part in parts if part)


def _where(record: Tool | Initiative) -> list[SummaryRow]:
    return [
        SummaryRow(_("Countries"), sorted(countries().labels(record.countries))),
        SummaryRow(_("Regions"), sorted(regions().labels(record.regions))),
    ]


def _maintenance(tool: Tool) -> str:
    return str(tool.get_maintained_display()) if tool.maintained != Tool.Maintained.UNKNOWN else ""


def _labels(name: str, keys: Sequence[str]) -> list[str]:
    return sorted(vocabulary(name).labels(keys))


def _organisations(keys: Iterable[Any], actor: Actor, side: Side) -> list[Text]:
    """Links to the organisations of ``keys`` that the actor may see; of the others nothing is said."""
    found = visible.visible_to(actor).filter(pk__in=list(keys)).order_by("sort_name", "pk")
    return [values.record_link(side.organisation(one.party.public_id), one.party.name) for one in found]


def _members(initiative: Initiative, actor: Actor, side: Side) -> list[Text]:
    roles: dict[Any, list[str]] = {}
    for party_id, role in InitiativeMember.objects.filter(initiative=initiative).values_list("party_id", "role"):
        roles.setdefault(party_id, []).append(role_label(role))
    found: Iterable[Profile] = visible.visible_to(actor).filter(pk__in=roles).order_by("sort_name", "pk")
    return [
        values.record_link(side.organisation(one.party.public_id), one.party.name, ", ".join(sorted(roles[one.pk])))
        for one in found
    ]
