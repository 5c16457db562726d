"""Undo of a whole import: what it added goes, what it changed comes back, unless someone built on it since."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import Refused
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.audit.models import Change, Tombstone
from convener.foundation.outbox.actions import emit
from convener.foundation.parties.matching import one_at_a_time
from convener.foundation.parties.merging import pointed_to
from convener.foundation.parties.models import Party, PartyIdentifier
from convener.foundation.pauses import Pauses
from convener.rooms.directory.actions import leases, writing
from convener.rooms.directory.actions.drafts import KIND, Draft, IdentifierKey, load_drafts, lock
from convener.rooms.directory.models import Import, ImportEntry, ImportProblem, Kind, Term

ROWS = 200
State = Import.State


def undo(run: Import, *, actor: Actor, resumed: bool = False) -> dict[str, Any]:
    """Take back everything ``run`` did: ``{"import_id", "removed", "restored", "kept"}``.

    A record that was changed or pointed to since is kept and said. Safe to call again after a kill.
    """
    if run.dry_run:
        raise Refused(_("This was a dry run: nothing was written, so there is nothing to undo."))
    if not resumed and run.state != State.DONE:
        raise Refused(
            _("Only a finished import can be undone, and only once."),
            hint=_("This one is: %(state)s.") % {"state": run.get_state_display()},
        )
    leases.take(run)
    Import.objects.filter(pk=run.pk).update(state=State.UNDOING)
    audit.record(actor, "directory.import_undo", "import", run.id)
    let_others_in = Pauses()
    while undo_batch(run, actor=actor):
        let_others_in()
    Import.objects.filter(pk=run.pk).update(
        state=State.UNDONE, finished_at=timezone.now(), lease_holder="", lease_until=None
    )
    run.refresh_from_db()
    return summary_of(run)


def summary_of(run: Import) -> dict[str, Any]:
    """What the undo of ``run`` came to: counts of organisations, and those that were kept, by row."""
    kept = ImportProblem.objects.filter(run=run, field="undo").order_by("number").values("number", "message")
    entries = ImportEntry.objects.filter(run=run, undone=True)
    added = entries.filter(did=ImportEntry.Did.ADDED).values("party_id").distinct()
    updated = entries.filter(did=ImportEntry.Did.UPDATED).exclude(party_id__in=added).values("party_id").distinct()
    return {
        "import_id": str(run.id),
        "state": run.state,
        "removed": added.count() - len(kept),
        "restored": updated.count(),
        "kept": [{"row": row["number"], "message": row["message"]} for row in kept],
    }


@transaction.atomic
def undo_batch(run: Import, *, actor: Actor) -> bool:
    """Undo some hundred parties, last rows first; False when none is left."""
    leases.renew(run)
    one_at_a_time()
    left = ImportEntry.objects.filter(run=run, undone=False)
    last = left.order_by("-number").values_list("party_id", "number")[:ROWS]
    numbers = {party_id: number for party_id, number in last if party_id is not None}
    if not numbers:
        return False
    lock(list(numbers))
    mine = left.filter(party_id__in=numbers)
    added = {
        one for one in mine.filter(did=ImportEntry.Did.ADDED).values_list("party_id", flat=True) if one is not None
    }
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
    undone = Import.objects.filter(state=State.UNDONE).values("id")
    others = Change.objects.filter(record_id__in=party_ids).exclude(origin_id=run.id).exclude(origin_id__in=undone)
    return {record for record, at in others.values_list("record_id", "at") if record in first and at > first[record]}


def _keep(run: Import, number: int, message: str) -> None:
    ImportProblem.objects.create(run=run, number=number, field="undo", message=message, is_error=False)


def _remove(run: Import, party_ids: list[uuid.UUID], numbers: dict[uuid.UUID, int], actor: Actor) -> None:
    held = pointed_to(party_ids)
    _delete([party_id for party_id in party_ids if party_id not in held], actor)
    for party_id in held:
        _keep(run, numbers[party_id], "Other records point to it, so it stays.")


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
    formers = _formers(run, party_ids)

    def is_taken(key: IdentifierKey) -> bool:
        """Whether a number belongs to an organisation that does not give it back itself."""
        scheme, jurisdiction, value = key
        rows = PartyIdentifier.objects.filter(scheme=scheme, jurisdiction=jurisdiction, value=value)
        owner = rows.values_list("party_id", flat=True).first()
        return owner is not None and (owner not in drafts or key in drafts[owner].identifiers)

    for _pass in range(2):  # what one of them gives back in the first, another may get in the second
        for party_id, sets in by_party.items():
            for change, former in zip(sets, chain(formers[party_id], repeat({})), strict=False):
                _put_back(drafts[party_id], change.values, former, is_taken)
    writing.write(list(drafts.values()), actor=actor, action="undo", origin_id=run.id)
    made = {party_id for party_id, kept in formers.items() if not all(former["had_entry"] for former in kept)}
    writing.take_entries_away([one for one in made if one in drafts and drafts[one].says_nothing])


def _formers(run: Import, party_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """What the journal kept of each record beside its change sets, newest first as they are."""
    rows = ImportEntry.objects.filter(run=run, party_id__in=party_ids, former__isnull=False).order_by("-number", "-id")
    formers: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for party_id, former in rows.values_list("party_id", "former"):
        if party_id is not None and former is not None:
            formers[party_id].append(former)
    return formers


def _put_back(
    draft: Draft, values: dict[str, list[Any]], former: dict[str, Any], is_taken: Callable[[IdentifierKey], bool]
) -> None:
    """Give back the values before a change set, with where they were from."""
    kinds = {text: (kind, language) for text, kind, language in former.get("names", ())}
    was = Party(provenance_sets=former.get("provenance", [])).provenance
    for name in sorted(values, key=lambda name: name != "aliases"):
        before, after = values[name]
        draft.give_back(name, before, after, provenance=was, kinds=kinds, is_taken=is_taken)
