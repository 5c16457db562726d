"""Who may see what of the library. Every query of the room starts here."""

from __future__ import annotations

from django.db.models import QuerySet

from convener.foundation.actor import Actor
from convener.rooms.directory.queries.visible import initiatives_visible_to
from convener.rooms.library.models import Guidance, Practice


def practices_visible_to(actor: Actor) -> QuerySet[Practice]:
    """The practices whose initiative ``actor`` may see, by their number, those without one last."""
    seen = initiatives_visible_to(actor)
    practices = Practice.objects.filter(initiative__in=seen).select_related("initiative")
    return practices.order_by("initiative__practice", "initiative__sort_name", "pk")


def guidance_visible_to(actor: Actor) -> QuerySet[Guidance]:
    """The pieces that this hub shows; those who run it also see what they hid."""
    return Guidance.objects.all() if actor.runs_the_hub else Guidance.objects.filter(hidden=False)
