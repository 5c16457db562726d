"""What screening's actions and records are called in the audit; imported once, when the app is ready."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from convener.foundation.actor import Actor
from convener.foundation.audit.naming import RecordName, register_actions, register_kind
from convener.rooms.screening.queries.visible import lists_visible_to

KIND = "watchlist"


def _names(actor: Actor, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, RecordName]:
    return {
        one.id: RecordName(one.name, href=reverse("hub_screening:list", args=[one.id]))
        for one in lists_visible_to(actor).filter(id__in=ids)
    }


def _find(actor: Actor, text: str) -> list[uuid.UUID]:
    return list(lists_visible_to(actor).filter(name__icontains=text).values_list("id", flat=True))


register_actions(
    "screening",
    _("Screening"),
    {
        "ask": _("Compared names with a list"),
        "load": _("Loaded a list of names"),
        "remove": _("Removed a list of names"),
    },
)
register_kind(KIND, _("Lists of names"), names=_names, find=_find)
