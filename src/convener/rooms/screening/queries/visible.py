"""Who may ask about names and know the lists. Every query of the room starts here."""

from __future__ import annotations

from django.db.models import QuerySet

from convener.foundation.accounts.scopes import SCOPES
from convener.foundation.actor import Actor
from convener.rooms.screening.models import WatchList

SCREEN = "names:screen"


def may_screen(actor: Actor) -> bool:
    """True for NGOs, companies, banks and FIUs that act for an organisation, and for those who run the hub."""
    if not actor.has_scope(SCREEN):
        return False
    return actor.operator or (actor.party_id is not None and actor.role in SCOPES[SCREEN].roles)


def may_keep_lists(actor: Actor) -> bool:
    """True for those who run the hub, on a page or at the command line: programs with a token only ask."""
    return actor.runs_the_hub and actor.scopes is None


def lists_visible_to(actor: Actor) -> QuerySet[WatchList]:
    """Every version for those who run the hub, what is in use for who may ask, nothing for others."""
    if actor.runs_the_hub and may_screen(actor):
        return WatchList.objects.all()
    return active() if may_screen(actor) else WatchList.objects.none()


def active() -> QuerySet[WatchList]:
    """The versions that are asked, by name."""
    return WatchList.objects.filter(state=WatchList.State.ACTIVE).order_by("name")
