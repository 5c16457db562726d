"""Records as lists show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from convener.foundation.parties.models import Party
from convener.foundation.ui.components import Badge, ResultCard
from convener.foundation.vocabularies import countries, vocabulary
from convener.rooms.directory.models import Initiative, Kind, Profile, Tool, Visibility
from convener.rooms.directory.pages.labels import PARTS
from convener.rooms.directory.pages.sides import Side

SUMMARY_CHARACTERS = 240
LABELS_SHOWN = 3


def cards(kind: Kind, records: Iterable[Any], side: Side) -> list[ResultCard]:
    """Cards for one page of records."""
    return [_MAKERS[kind](record, side) for record in records]


def organisation_card(profile: Profile, side: Side) -> ResultCard:
    """An organisation: type, headquarters, industries, the beginning of its text."""
    party = profile.party
    return ResultCard(
        name=party.name,
        href=side.organisation(party.public_id),
        kind=vocabulary("stakeholder-types").label(party.type) if party.type else "",
        country=countries().label(party.country) if party.country else "",
        industries=_some(vocabulary("industries").labels(profile.industries)),
        summary=shortened(profile.summary),
        badges=organisation_badges(profile),
        language=other_language(profile.summary_language),
    )


def organisation_badges(profile: Profile) -> list[Badge]:
    """What a reader must know at once: invented, closed, or not shown to everybody."""
    badges = []
    if profile.party.is_demo:
        badges.append(Badge(_("Demonstration: this organisation is invented"), "demo"))
    if profile.party.status == Party.Status.CLOSED:
        badges.append(Badge(_("Closed"), "warn"))
    return badges + visibility_badges(profile.visibility)


def visibility_badges(visibility: str) -> list[Badge]:
    """A badge for what only some people see; nothing for what everybody sees."""
    if visibility == Visibility.MEMBERS:
        return [Badge(_("Shown to members only"), "info")]
    if visibility == Visibility.PRIVATE:
        return [Badge(_("Not shown to others"), "info")]
    return []


def tool_card(tool: Tool, side: Side) -> ResultCard:
    """A tool: what it does, for whom, and whether it is free and looked after."""
    return ResultCard(
        name=tool.name,
        href=side.to("tool", tool.slug),
        kind=", ".join(tool.functions[:LABELS_SHOWN]),
        industries=_some(vocabulary("stakeholder-types").labels(tool.users)),
        summary=shortened(tool.summary),
        badges=tool_badges(tool),
        language=other_language("en"),
    )


def tool_badges(tool: Tool) -> list[Badge]:
    """Cost and maintenance, where they are known."""
    badges = []
    if tool.cost != Tool.Cost.UNKNOWN:
        badges.append(Badge(tool.get_cost_display(), "good" if tool.cost == Tool.Cost.FREE else "neutral"))
    if tool.maintained != Tool.Maintained.UNKNOWN:
        kept = tool.maintained == Tool.Maintained.YES
        badges.append(Badge(tool.get_maintained_display(), "good" if kept else "warn"))
    return badges + visibility_badges(tool.visibility)


def initiative_card(initiative: Initiative, side: Side) -> ResultCard:
    """An initiative: its field, places, industries."""
    return ResultCard(
        name=initiative.name,
        href=side.to("initiative", initiative.slug),
        kind=PARTS.get(initiative.part, ""),
        country=", ".join(str(one) for one in _some(countries().labels(initiative.countries))),
        industries=_some(vocabulary("industries").labels(initiative.industries)),
        summary=shortened(initiative.summary),
        badges=[*practice_badges(initiative.practice), *visibility_badges(initiative.visibility)],
        language=other_language("en"),
    )


def practice_badges(number: int | None) -> list[Badge]:
    """The number under which the Compendium describes it."""
    return [Badge(_("Promising practice %(number)s") % {"number": number}, "info")] if number else []


def shortened(text: str) -> str:
    """The beginning of a text, cut between words."""
    cut: str = Truncator(text).chars(SUMMARY_CHARACTERS)
    return cut


def other_language(code: str) -> str:
    """``code`` where the page is in another language, so that the text is marked; empty where it is the page's own."""
    return code if code and code != (get_language() or "").split("-")[0] else ""


def _some(labels: list[str]) -> list[str]:
    if len(labels) <= LABELS_SHOWN:
        return labels
    return [*labels[:LABELS_SHOWN], _("and %(count)s more") % {"count": len(labels) - LABELS_SHOWN}]


_MAKERS: Mapping[Kind, Callable[[Any, Side], ResultCard]] = {
    Kind.ORGANISATION: organisation_card,
    Kind.TOOL: tool_card,
    Kind.INITIATIVE: initiative_card,
}
