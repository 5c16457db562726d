"""What the library's actions and records are called in the audit; imported once, when the app is ready."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from convener.foundation.actor import Actor
from convener.foundation.audit.naming import RecordName, register_actions, register_kind
from convener.foundation.vocabularies import in_language
from convener.rooms.library.queries.visible import guidance_visible_to


def _names(actor: Actor, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, RecordName]:
    return {
        piece.id: RecordName(in_language(piece.title), href=reverse("hub_library:piece", args=[piece.slug]))
        for piece in guidance_visible_to(actor).filter(id__in=ids)
    }


def _find(actor: Actor, text: str) -> list[uuid.UUID]:
    asked = text.casefold()
    return [
        piece.id
        for piece in guidance_visible_to(actor)
        if asked in piece.slug or any(asked in title.casefold() for title in piece.title.values())
    ]


register_actions(
    "library",
    _("Library"),
    {
        "annotate": _("Wrote a note on a piece of guidance"),
        "content": _("Loaded the practices and guidance that come with Convener"),
        "content_file": _("Loaded practices or guidance from a file"),
        "export": _("Exported a list of the library"),
        "judge": _("Said whether a piece of guidance was useful"),
        "hide": _("Hid a piece of guidance"),
        "show": _("Showed a hidden piece of guidance again"),
    },
)
register_kind("practice", _("Practices"))
register_kind("guidance", _("Guidance"), names=_names, find=_find)
