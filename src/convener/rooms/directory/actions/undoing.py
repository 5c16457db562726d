"""Undo of a whole import: what it added goes, what it changed comes back, unless someone built on it since."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from convener.errors import Refused
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.audit.models import Change, Tombstone
from convener.foundation.outbox.actions import emit
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions import leases, writing
from convener.rooms.directory.actions.drafts import KIND, Draft, load_drafts
from convener.rooms.directory.columns import BY_NAME
from convener.rooms.directory.models import Import, ImportEntry, ImportProblem, Kind, Term

ROWS = 200
State = Import.State


def undo(run: Import, *, actor: Actor, resumed: bool = False) -> dict[str, Any]:
    """Take back everything ``run`` did: ``{"import_id", "removed", "restored", "kept"}``.

    A record that was changed or pointed to since is kept and said. Safe to call again after a kill.
    """
    if (not resumed and run.state != State.DONE) or run.dry_run:
        raise Refused("Only a finished import can be undone, and only once.", hint=f"This one is: {run.state}.")
    leases.take(run)
    Import.objects.filter(pk=run.pk).update(state=State.UNDOING)
    audit.record(actor, "directory.import_undo", "import", run.id)
    while undo_batch(run, actor=actor):
        pass
    Import.objects.filter(pk=run.pk).update(
        state=State.UNDONE, finished_at=timezone.now(), lease_holder="", lease_until=None
    )
    run.refresh_from_db()
    return summary_of(run)


def summary_of(run: Import) -> dict[str, Any]:
    """What the undo of ``run`` came to: counts of organisations, and those that were kept, by row."""
    kept = ImportProblem.objects.filter(run=run, field="undo").order_by("number").values("number", "message")
    entries = ImportEntry.objects.filter(run=run, undone=True).exclude(did=ImportEntry.Did.SKIPPED)
    parties = {did: entries.filter(did=did).values("party_id").distinct().count() for did in ImportEntry.Did.values}
    return {
        "import_id": str(run.id),
        "state": run.state,
        "removed": parties[ImportEntry.Did.ADDED] - len(kept),
        "restored": parties[ImportEntry.Did.UPDATED],
        "kept": [{"row": row["number"], "message": row["message"]} for row in kept],
    }


@transaction.atomic
def undo_batch(run: Import, *, actor: Actor) -> bool:
    """Undo some hundred parties, last rows first; False when none is left."""
    leases.renew(run)
    left = ImportEntry.objects.filter(run=run, undone=False)
    numbers = dict(left.order_by("-number").values_list("party_id", "number")[:ROWS])
    if not numbers:
        return False
    mine = left.filter(party_id__in=numbers)
    added = set(mine.filter(did=ImportEntry.Did.ADDED).values_list("party_id", flat=True))
    later = _changed_since(run, list(numbers))
    _remove(run, [one for one in added if one not in later], numbers, actor)
    for party_id in added & later:
        _keep(run, numbers[party_id], "Was changed since the import, so it stays.")
    _restore(run, [one for one in numbers if one not in added], actor)
    mine.update(undone=True)
    return True


def _changed_since(run: Import, party_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    first = dict(
        Change.objects.filter(origin_id=run.id, record_id__in=party_ids).order_by("-at").values_list("record_id", "at")
    )
    others = Change.objects.filter(record_id__in=party_ids).exclude(origin_id=run.id)
    return {record for record, at in others.values_list("record_id", "at") if record in first and at > first[record]}


def _keep(run: Import, number: int, message: str) -> None:
    ImportProblem.objects.create(run=run, number=number, field="undo", message=message, is_error=False)


def _remove(run: Import, party_ids: list[uuid.UUID], numbers: dict[uuid.UUID, int], actor: Actor) -> None:
    try:
        _delete(party_ids, actor)
    except ProtectedError:  # something points to one of them: find out which
        for party_id in party_ids:
            try:
                _delete([party_id], actor)
            except ProtectedError:
                _keep(run, numbers[party_id], "Other records point to it, so it stays.")


@transaction.atomic
def _delete(party_ids: list[uuid.UUID], actor: Actor) -> None:
    gone = list(Party.objects.filter(id__in=party_ids))
    Party.objects.filter(id__in=party_ids).delete()
    Term.objects.filter(kind=Kind.ORGANISATION, record_id__in=party_ids).delete()
    Tombstone.objects.bulk_create(
        audit.tombstone(actor, KIND, party.id, public_id=party.public_id, reason="import undone") for party in gone
    )
    Change.objects.filter(record_id__in=party_ids).update(values={}, erased_at=timezone.now())
    emit(writing.TOPIC, party_ids)


def _restore(run: Import, party_ids: list[uuid.UUID], actor: Actor) -> None:
    drafts = load_drafts(party_ids)
    changes = Change.objects.filter(origin_id=run.id, record_id__in=drafts, action="import").order_by("-at", "-id")
    by_party: dict[uuid.UUID, list[Change]] = defaultdict(list)
    for change in changes:
        by_party[change.record_id].append(change)
    for party_id, sets in by_party.items():
        for change in sets:
            _put_back(drafts[party_id], change.values)
    writing.write(list(drafts.values()), actor=actor, action="undo", origin_id=run.id)


def _put_back(draft: Draft, values: dict[str, list[Any]]) -> None:
    """Give back the value before, where nobody changed it since."""
    for name, (before, after) in values.items():
        column = BY_NAME[name]
        if column.attribute:
            if draft.get(column) == after:
                draft.set(name, before)
        elif name == "aliases":
            draft.set_aliases(set(draft.aliases) - (set(after) - set(before)), replace=True)
        else:
            taken_back = {tuple(key) for key in after} - {tuple(key) for key in before}
            left = [key for key in draft.identifiers_of(name) if key not in taken_back]
            draft.set_identifiers(name, left, replace=True)
