"""Reads of what could expose people leave a line in the audit: who looked, at which entry, at which fields."""

from __future__ import annotations

from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.rooms.directory import columns
from convener.rooms.directory.actions.drafts import KIND
from convener.rooms.directory.models import Profile, Visibility
from convener.rooms.directory.queries import visible


def note_read(profile: Profile, actor: Actor) -> None:
    """Write into the audit that the actor was shown private values of an entry; nothing for the organisation itself."""
    fields = private_fields(profile, actor)
    if fields and actor.party_id != profile.pk:
        audit.record(actor, "directory.read", KIND, profile.pk, fields=fields)


def private_fields(profile: Profile, actor: Actor) -> list[str]:
    """The columns with a value that the actor sees and that only the organisation and the secretariat may see."""
    hidden = {
        columns.PUBLIC_PART: profile.visibility,
        columns.PLACE: profile.place_visibility,
        columns.CONTACT: profile.contact_visibility,
    }
    return [
        column.name
        for column in visible.columns_seen(actor, profile)
        if column.attribute
        and Visibility.PRIVATE in (hidden.get(column.part), profile.visibility)
        and _value(profile, column) not in ("", None, [])
    ]


def _value(profile: Profile, column: columns.Column) -> object:
    holder, attribute = column.attribute.split(".")
    return getattr(profile.party if holder == "party" else profile, attribute)
