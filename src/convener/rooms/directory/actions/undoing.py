"""Undo of a whole import: what it added goes, what it changed comes back, unless someone built on it since."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import Refused, sentence, spoken, stored
from convener.foundation import bulk
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.audit.models import Change, Tombstone
from convener.foundation.outbox.actions import emit
from convener.foundation.parties.matching import one_at_a_time
from convener.foundation.parties.merging import forget_undone_merges, pointed_to
from convener.foundation.parties.models import Merge, Party, PartyIdentifier
from convener.foundation.pauses import Pauses
from convener.rooms.directory.actions import leases, likeness, writing
from convener.rooms.directory.actions.applying import IDENTIFIER_COLUMNS
from convener.rooms.directory.actions.drafts import KIND, Draft, IdentifierKey, column_of_scheme, load_drafts, lock
from convener.rooms.directory.models import Import, ImportEntry, ImportProblem

ROWS = 60
#: The fields of the remarks that an organisation stays, and that what was changed of one stays.
KEPT, KEPT_VALUES = "undo", "undo_values"
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
    likeness.make_ready()
    leases.take(run)
    Import.objects.filter(pk=run.pk).update(state=State.UNDOING)
    audit.record(actor, "directory.import_undo", "import", run.id)
    let_others_in = Pauses()
    while undo_batch(run, actor=actor):
        let_others_in()
    _give_owed_back(run, actor)
    Import.objects.filter(pk=run.pk).update(
        state=State.UNDONE, finished_at=timezone.now(), lease_holder="", lease_until=None
    )
    run.refresh_from_db()
    return summary_of(run)


def summary_of(run: Import) -> dict[str, Any]:
    """What the undo of ``run`` came to: counts of organisations, and those that were kept, by row."""
    remarks = ImportProblem.objects.filter(run=run, field__in=(KEPT, KEPT_VALUES)).order_by("number")
    kept = remarks.values("number", "field", "said")
    stay = [row for row in kept if row["field"] == KEPT]
    entries = ImportEntry.objects.filter(run=run, undone=True)
    added = entries.filter(did=ImportEntry.Did.ADDED).values("party_id").distinct()
    updated = entries.filter(did=ImportEntry.Did.UPDATED).exclude(party_id__in=added).values("party_id").distinct()
    # The undo of an earlier import may have taken away what this one changed there and back again.
    still_there = updated.filter(party_id__in=Party.objects.values("id"))
    return {
        "import_id": str(run.id),
        "state": run.state,
        "removed": added.count() - len(stay),
        "restored": still_there.count() - (len(kept) - len(stay)),
        "kept": [{"row": row["number"], "message": spoken(row["said"])} for row in kept],
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
        _keep(run, numbers[party_id], sentence("Was changed since the import, so it stays."))
    merged = _merged([one for one in numbers if one not in added])
    for party_id in merged:
        told = sentence(
            "Was merged into another since, so what the import changed of it stays. Undo the merge to see it."
        )
        _keep(run, numbers[party_id], told, field=KEPT_VALUES)
    _restore(run, [one for one in numbers if one not in added | merged], actor)
    mine.update(undone=True)
    return True


def _changed_since(run: Import, party_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    first = dict(
        Change.objects.filter(origin_id=run.id, record_id__in=party_ids).order_by("-at").values_list("record_id", "at")
    )
    # What was taken back as a whole leaves nothing behind that somebody built on.
    undone = Import.objects.filter(state=State.UNDONE).values("id")
    unmerged = Merge.objects.filter(undone_at__isnull=False).values("id")
    others = Change.objects.filter(record_id__in=party_ids).exclude(origin_id=run.id)
    others = others.exclude(origin_id__in=undone).exclude(origin_id__in=unmerged)
    return {record for record, at in others.values_list("record_id", "at") if record in first and at > first[record]}


def _merged(party_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those that are merged into others: their names and numbers stand with these now."""
    return set(Party.objects.filter(id__in=party_ids, status=Party.Status.MERGED).values_list("id", flat=True))


def _keep(run: Import, number: int, message: str, *, field: str = KEPT) -> None:
    ImportProblem.objects.create(run=run, number=number, field=field, said=stored(message), is_error=False)


def _remove(run: Import, party_ids: list[uuid.UUID], numbers: dict[uuid.UUID, int], actor: Actor) -> None:
    held = pointed_to(party_ids)
    _delete([party_id for party_id in party_ids if party_id not in held], actor)
    for party_id in held:
        _keep(run, numbers[party_id], sentence("Other records point to it, so it stays."))


def _delete(party_ids: list[uuid.UUID], actor: Actor) -> None:
    gone = list(Party.objects.filter(id__in=party_ids))
    forget_undone_merges(party_ids)
    Party.objects.filter(id__in=party_ids).delete()
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
    for party_id, sets in by_party.items():
        for change, former in zip(sets, chain(formers[party_id], repeat({})), strict=False):
            _put_back(drafts[party_id], change.values, former)
    for party_id, sets in by_party.items():  # now that each of them has given up what was another's
        owed = _give_numbers(drafts[party_id], _former_numbers(sets), formers[party_id], drafts)
        _note_owed(run, party_id, owed)
    same = [drafts[party_id].party for party_id in by_party if not drafts[party_id].changed]  # there and back again
    bulk.update(Party, same, ["provenance_sets"])
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


def _put_back(draft: Draft, values: dict[str, list[Any]], former: dict[str, Any]) -> None:
    """Give back the values before a change set, with where they were from; numbers that went away come later."""
    kinds = {text: (kind, language) for text, kind, language in former.get("names", ())}
    was = Party(provenance_sets=former.get("provenance", [])).provenance
    for name in sorted(values, key=lambda name: name != "aliases"):  # other names first: they go by the name
        before, after = values[name]
        draft.give_back(name, before, after, provenance=was, kinds=kinds)


def _former_numbers(sets: Sequence[Change]) -> dict[str, list[IdentifierKey]]:
    """The identifiers of a record before its change sets (newest first), by column, where one of them changed them."""
    former: dict[str, list[IdentifierKey]] = {}
    for change in sets:
        for name in change.values.keys() & set(IDENTIFIER_COLUMNS):
            former[name] = [_key(one) for one in change.values[name][0]]
    return former


def _give_numbers(
    draft: Draft,
    former: dict[str, list[IdentifierKey]],
    formers: Sequence[dict[str, Any]],
    drafts: dict[uuid.UUID, Draft],
) -> list[IdentifierKey]:
    """Give a record the numbers back that nobody has now; returns those that somebody has."""
    owed = []
    was = Party(provenance_sets=formers[-1]["provenance"] if formers else []).provenance
    for column, keys in former.items():
        for key in keys:
            if key in draft.identifiers:
                continue
            owner = _owner(key)
            if owner is not None and (owner not in drafts or key in drafts[owner].identifiers):
                owed.append(key)
                continue
            draft.set_identifiers(column, [key], replace=False)
            draft.party.provenance = draft.party.provenance | ({column: was[column]} if column in was else {})
    return owed


def _owner(key: IdentifierKey) -> uuid.UUID | None:
    scheme, jurisdiction, value = key
    rows = PartyIdentifier.objects.filter(scheme=scheme, jurisdiction=jurisdiction, value=value)
    return rows.values_list("party_id", flat=True).first()


def _key(values: Sequence[str]) -> IdentifierKey:
    scheme, jurisdiction, value = values
    return scheme, jurisdiction, value


def _note_owed(run: Import, party_id: uuid.UUID, owed: list[IdentifierKey]) -> None:
    """Keep in the journal which numbers a record could not get back yet: who has them may be a later batch's affair."""
    if owed:
        entry = ImportEntry.objects.filter(run=run, party_id=party_id, former__isnull=False).latest("number")
        entry.former = {**(entry.former or {}), "owed": [list(key) for key in owed]}
        entry.save(update_fields=["former"])


def _give_owed_back(run: Import, actor: Actor) -> None:
    """Give the numbers back that are free now that all batches were undone."""
    for entry in ImportEntry.objects.filter(run=run, former__has_key="owed"):
        with transaction.atomic():
            one_at_a_time()
            drafts = load_drafts([entry.party_id] if entry.party_id else [])
            for party_id, draft in drafts.items():
                former: dict[str, list[IdentifierKey]] = defaultdict(list)
                for key in map(_key, (entry.former or {})["owed"]):
                    former[column_of_scheme(key[0])].append(key)
                _give_numbers(draft, former, _formers(run, [party_id])[party_id], drafts)
            writing.write(list(drafts.values()), actor=actor, action="undo", origin_id=run.id)
