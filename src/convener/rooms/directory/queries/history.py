"""The history of an entry, without what the reader may not see now and might not have seen then (DIR-11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from convener.foundation.actor import Actor
from convener.foundation.audit.models import Change
from convener.foundation.parties.models import Party
from convener.rooms.directory.columns import BY_NAME, PUBLIC_PART
from convener.rooms.directory.models import Profile
from convener.rooms.directory.queries import visible

#: Several sectors at once and the like stay readable; nobody reads more than this at a time.
SHOWN = 50


@dataclass(frozen=True)
class SeenChange:
    """One change set: its columns with [before, after], and which organisation made it ('' where hidden)."""

    change: Change
    values: dict[str, Sequence[Any]]
    organisation: str
    is_own: bool


def may_see_history(actor: Actor) -> bool:
    """True for members: they may know what changed in an entry that they may see."""
    return actor.is_member


def changes_of(profile: Profile, actor: Actor) -> QuerySet[Change]:
    """The change sets of an entry that the actor may know of, newest first.

    Keepers see all of them. Others see those since it was last decided who sees the entry: what was written before may
    have been written for fewer eyes.
    """
    changes = Change.objects.filter(record_id=profile.pk).order_by("-at", "-id")
    if not may_see_history(actor):
        return changes.none()
    if visible.keeps(actor, profile.party):
        return changes
    decided = changes.filter(values__has_key="visibility").values_list("at", "id").first()
    if decided is None:
        return changes
    return changes.filter(Q(at__gt=decided[0]) | Q(at=decided[0], id__gt=decided[1]))


def seen(changes: Sequence[Change], profile: Profile, actor: Actor) -> list[SeenChange]:
    """Change sets with what the actor may see of them.

    Who does not keep the entry never sees former places, contacts or numbers of lists, not even where today's are
    public: they may be those of a shelter that moved. Organisations are named only to those who may see their entry.
    """
    allowed = {name for name, column in BY_NAME.items() if column.part == PUBLIC_PART}
    if visible.keeps(actor, profile.party):
        allowed = set(BY_NAME)
    makers = {change.party_id for change in changes if change.party_id}
    names = dict(visible.visible_to(actor).filter(pk__in=makers).values_list("pk", "party__name"))
    if actor.runs_the_hub:
        names |= dict(Party.objects.filter(pk__in=makers).values_list("pk", "name"))
    told = []
    for change in changes:
        values = {name: pair for name, pair in change.values.items() if name in allowed}
        if values or change.erased_at or not change.values:
            maker = names.get(change.party_id, "") if change.party_id else ""
            told.append(SeenChange(change, values, maker, is_own=change.party_id == profile.pk))
    return told
