"""Writing drafts: the one place where organisations reach the database, with their history and event."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from convener.foundation import bulk
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.outbox.actions import emit
from convener.foundation.parties.models import Party, PartyIdentifier, PartyName
from convener.foundation.parties.rows import IdentifierRow, NameRow
from convener.rooms.directory.actions import describing, likeness
from convener.rooms.directory.actions.drafts import KIND, Draft, load_drafts
from convener.rooms.directory.models import Profile

TOPIC = "directory.organisation"
#: Columns that the keys of an entry are made of.
FOUND_BY = {"name", "aliases", "website"}
_PROFILE_FIELDS = [field.name for field in Profile._meta.concrete_fields if not field.primary_key]
_PARTY_FIELDS = ["name", "name_key", "type", "country", "status", "provenance_sets", "updated_at", "is_demo", "owner"]


@transaction.atomic
def write(drafts: Sequence[Draft], *, actor: Actor, action: str, origin_id: uuid.UUID | None = None) -> None:
    """Write drafts that changed: rows, one change set each, and one event for all.

    The caller has checked that the actor may; it keeps batches small enough for a transaction of under a second.
    """
    touched = [draft for draft in drafts if draft.is_new or draft.changed]
    if not touched:
        return
    for draft in touched:
        draft.settle()
    _write_rows(touched)
    _keep_keys(touched)
    audit.write_changes(
        audit.change(actor, action, KIND, draft.party.id, draft.changed, origin_id=origin_id) for draft in touched
    )
    emit(TOPIC, [draft.party.id for draft in touched])


def _write_rows(drafts: Sequence[Draft]) -> None:
    new = [draft for draft in drafts if draft.is_new]
    old = [draft for draft in drafts if not draft.is_new]
    bulk.insert(Party, [draft.party for draft in new])
    bulk.insert(Profile, [draft.profile for draft in drafts if draft.profile._state.adding])
    bulk.update(Party, [draft.party for draft in old], _PARTY_FIELDS)
    held = [draft.profile for draft in old if not draft.profile._state.adding]
    bulk.update(Profile, held, _PROFILE_FIELDS)
    removed = [row.id for draft in drafts for row in draft.removed_rows]
    added = [row for draft in drafts for row in draft.added_rows]
    if removed:
        PartyName.objects.filter(pk__in=removed).delete()
        PartyIdentifier.objects.filter(pk__in=removed).delete()
    bulk.insert(PartyName, (row for row in added if isinstance(row, NameRow)))
    bulk.insert(PartyIdentifier, (row for row in added if isinstance(row, IdentifierRow)))


def _keep_keys(drafts: Sequence[Draft]) -> None:
    """Let the entries be found by what resembles them as they are now."""
    drafts = [draft for draft in drafts if not draft.party.is_demo]
    likeness.keep_new(describing.record_of_draft(draft) for draft in drafts if draft.is_new)
    old = [draft for draft in drafts if not draft.is_new]
    renamed = [draft for draft in old if draft.profile._state.adding or FOUND_BY & draft.changed.keys()]
    if renamed:
        likeness.keep(map(describing.record_of_draft, renamed))


@transaction.atomic
def refresh(party_ids: Sequence[uuid.UUID]) -> None:
    """Derive again what follows from rows that were changed elsewhere (a merge), and tell whoever follows."""
    drafts = list(load_drafts(party_ids).values())
    for draft in drafts:
        draft.settle()
    bulk.update(Profile, [draft.profile for draft in drafts], ["search_text", "facet_terms"])
    records = describing.records_of(party_ids)
    likeness.keep(records.values())
    likeness.drop({*party_ids} - records.keys())  # a merged entry stands in nobody's way
    emit(TOPIC, party_ids)


def take_entries_away(party_ids: Sequence[uuid.UUID]) -> None:
    """Leave organisations that only act on this hub without an entry in the directory, as they were before."""
    if party_ids:
        Profile.objects.filter(party_id__in=party_ids).delete()
        emit(TOPIC, party_ids)
