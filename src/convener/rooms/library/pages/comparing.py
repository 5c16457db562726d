"""Two or three practices side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from convener.foundation.actor import Actor
from convener.foundation.ui.components import Text
from convener.rooms.library.models import Practice
from convener.rooms.library.pages.figures import figure_list
from convener.rooms.library.pages.labels import Texts, paragraph, text_list
from convener.rooms.library.pages.practice import facts, members
from convener.rooms.library.pages.sides import Side
from convener.rooms.library.queries import practices
from convener.rooms.library.queries.visible import practices_visible_to

#: With every cell on a phone stands the name of the practice, whose whole name is in the table's head.
NAME_LETTERS = 40


def context(query: QueryDict, actor: Actor, side: Side) -> dict[str, Any]:
    """The table of the practices that the address names (``p``, two or three), or the question which."""
    asked = dict.fromkeys(slug.replace("\x00", "")[:120] for slug in query.getlist("p"))
    chosen = practices.some(actor, list(asked))
    known = practices_visible_to(actor).filter(initiative__slug__in=list(asked)).count()
    base: dict[str, Any] = {
        "layout": side.layout,
        "list_href": side.to("practices"),
        "address": side.to("compare"),
        "options": _options(actor, chosen),
        "too_many": known > len(chosen),
        "unknown": known < len(asked),
    }
    if len(chosen) < 2:
        return base
    heads = [(side.to("practice", one.initiative.slug), one.initiative.name) for one in chosen]
    short = [Truncator(name).chars(NAME_LETTERS) for _href, name in heads]
    rows = [(title, list(zip(short, cells, strict=True))) for title, cells in _rows(chosen, actor, side)]
    return {**base, "heads": heads, "rows": rows}


def _options(actor: Actor, chosen: Sequence[Practice]) -> list[tuple[str, str, bool]]:
    """Every practice as a choice: slug, name, whether it is one of those compared."""
    slugs = {practice.initiative.slug for practice in chosen}
    return [
        (practice.initiative.slug, practice.initiative.name, practice.initiative.slug in slugs)
        for practice in practices_visible_to(actor)
    ]


def _rows(chosen: Sequence[Practice], actor: Actor, side: Side) -> list[tuple[Text, list[Text]]]:
    coded = [facts(practice) for practice in chosen]
    rows: list[tuple[Text, list[Text]]] = [
        (_("In short"), [paragraph(practice.summary) for practice in chosen]),
        (_("What it is for"), [paragraph(practice.purpose) for practice in chosen]),
    ]
    for places in zip(*coded, strict=True):
        rows.append((places[0].label, [_listed(row.values) for row in places]))
    rows += [
        (_("Who takes part"), [_listed([_member(one) for one in members(one_of, actor, side)]) for one_of in chosen]),
        (_("How it works"), [_texts(one.how, "ol") for one in chosen]),
        (_("Results as figures"), [figure_list(one.results.all()) for one in chosen]),
        (_("Other results"), [_texts(one.outcomes) for one in chosen]),
        (_("Legal basis"), [_texts(one.legal_basis) for one in chosen]),
        (_("What to learn from it"), [_texts(one.lessons) for one in chosen]),
    ]
    return [(title, cells) for title, cells in rows if any(cells)]


def _member(member: dict[str, Any]) -> SafeString:
    return format_html("{} ({})", member["link"], member["role"])


def _texts(many: Sequence[Texts], tag: str = "ul") -> SafeString | str:
    """Texts as a list; one alone stands for itself."""
    return paragraph(many[0]) if len(many) == 1 else text_list(many, tag)


def _listed(items: Sequence[Text]) -> SafeString | str:
    """Names as a list; one alone stands for itself, none is empty."""
    if len(items) <= 1:
        return format_html("<bdi>{}</bdi>", items[0]) if items else ""
    return format_html("<ul>{}</ul>", format_html_join("", "<li><bdi>{}</bdi></li>", ((item,) for item in items)))
