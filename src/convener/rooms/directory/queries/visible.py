"""Who may see which organisation, and which part of it. Every query of the room starts here."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from convener.foundation.actor import Actor
from convener.foundation.parties.models import Party
from convener.rooms.directory import columns
from convener.rooms.directory.columns import COLUMNS, Column
from convener.rooms.directory.models import Initiative, Profile, Tool, Visibility


def visibilities_for(actor: Actor) -> list[str]:
    """The visibilities of other organisations' records that ``actor`` may see."""
    if actor.runs_the_hub:
        return list(Visibility.values)
    return [Visibility.PUBLIC, Visibility.MEMBERS] if actor.is_member else [Visibility.PUBLIC]


def visible_to(actor: Actor) -> QuerySet[Profile]:
    """The organisations whose entry ``actor`` may open: by visibility, and always their own and those they keep."""
    profiles = Profile.objects.select_related("party").exclude(party__status=Party.Status.MERGED)
    if actor.runs_the_hub:
        return profiles
    allowed = Q(visibility__in=visibilities_for(actor))
    if actor.party_id is not None and actor.is_member:
        allowed |= Q(party_id=actor.party_id) | Q(party__owner_id=actor.party_id)
    return profiles.filter(allowed)


def listed_for(actor: Actor) -> QuerySet[Profile]:
    """Those of :func:`visible_to` that lists, maps and counts hold: neither demo nor closed."""
    return visible_to(actor).filter(party__status=Party.Status.ACTIVE, party__is_demo=False)


def editable_by(actor: Actor) -> QuerySet[Profile]:
    """The organisations whose entry ``actor`` may change: the secretariat all, members their own and those they keep."""
    profiles = visible_to(actor)
    if not actor.has_scope("directory:write"):
        return profiles.none()
    if actor.runs_the_hub:
        return profiles
    if actor.party_id is None or not actor.is_member:
        return profiles.none()
    return profiles.filter(Q(party_id=actor.party_id) | Q(party__owner_id=actor.party_id))


def keeps(actor: Actor, party: Party) -> bool:
    """True when ``actor`` sees every part of the entry: the organisation itself, who keeps it, the secretariat."""
    if actor.runs_the_hub:
        return True
    return actor.is_member and actor.party_id is not None and actor.party_id in (party.id, party.owner_id)


def parts_seen(actor: Actor, profile: Profile) -> frozenset[str]:
    """Which parts of an entry (see :class:`columns.Column`) ``actor`` may see."""
    if keeps(actor, profile.party):
        return frozenset({columns.PUBLIC_PART, columns.PLACE, columns.CONTACT, columns.KEEPERS})
    allowed = visibilities_for(actor)
    parts = {columns.PUBLIC_PART}
    if profile.place_visibility in allowed:
        parts.add(columns.PLACE)
    if profile.contact_visibility in allowed:
        parts.add(columns.CONTACT)
    return frozenset(parts)


def columns_seen(actor: Actor, profile: Profile) -> list[Column]:
    """The canonical columns of an entry that ``actor`` may see, in their order."""
    parts = parts_seen(actor, profile)
    return [column for column in COLUMNS if column.part in parts]


def only_seen(values: dict[str, Any], actor: Actor, profile: Profile) -> dict[str, Any]:
    """``values`` by column without those that ``actor`` may not see."""
    return {column.name: values[column.name] for column in columns_seen(actor, profile) if column.name in values}


def tools_visible_to(actor: Actor) -> QuerySet[Tool]:
    """The tools that ``actor`` may see."""
    return _shared(Tool.objects.all(), actor)


def initiatives_visible_to(actor: Actor) -> QuerySet[Initiative]:
    """The initiatives that ``actor`` may see."""
    return _shared(Initiative.objects.all(), actor)


def _shared(records: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    if actor.runs_the_hub:
        return records
    allowed = Q(visibility__in=visibilities_for(actor))
    if actor.party_id is not None and actor.is_member:
        allowed |= Q(owner_id=actor.party_id)
    return records.filter(allowed)
