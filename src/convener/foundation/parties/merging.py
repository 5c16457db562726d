"""Merging two records of one organisation: every pointer moves to the kept one, and all of it can be undone.

Rooms that hold values about a party (one row a party) cannot have two rows for the kept one; they register a pair of
functions that carry over what is missing and take it back: :func:`on_merge`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import NotAllowed, Refused
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.parties.models import Merge, Party, PartyIdentifier, PartyName

KIND = "organisation"
#: Pointers that moved, each as [label of the model, name of the field, key of the row].
Moves = list[list[str]]
#: Called with (the merge, moves, actor) in the transaction, after the pointers moved; returns what the undo needs. Change
#: sets name the merge as their origin, so that a merge that was taken back counts for nothing.
CarryOver = Callable[[Merge, Moves, Actor], Any]
#: Called with (the merge, what the carry-over returned, actor).
TakeBack = Callable[[Merge, Any, Actor], None]
_hooks: dict[str, tuple[CarryOver, TakeBack]] = {}
_kept_by_rooms: set[str] = set()


def on_merge(name: str, carry_over: CarryOver, take_back: TakeBack) -> None:
    """Register how a room carries its values from the merged record to the kept one, and back."""
    _hooks[name] = (carry_over, take_back)


def leave_to_room(model: type[models.Model]) -> None:
    """Let the room of ``model`` say by :func:`on_merge` what becomes of its rows; they hold no party in the hub either.

    For rows about two parties at once, of which each pointer by itself means nothing.
    """
    _kept_by_rooms.add(model._meta.label)


def _pointers() -> Iterator[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    """Every foreign key to a party, of every app: nothing can be forgotten. One-to-one rows are the rooms' affair, and
    so is what they asked for (:func:`leave_to_room`).
    """
    for model in apps.get_models(include_auto_created=True):
        if model is Merge or model._meta.label in _kept_by_rooms:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey) or field.one_to_one:
                continue
            if field.related_model is Party and field.name != "merged_into":
                yield model, field


def pointed_to(party_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these parties anything but their own names and identifiers points to, on whatever terms.

    A merge that was taken back points to nobody any more: :func:`forget_undone_merges` before the party is deleted.
    """
    standing = Merge.objects.filter(undone_at=None)
    found = set(standing.filter(kept__in=party_ids).values_list("kept_id", flat=True))
    found |= set(standing.filter(merged__in=party_ids).values_list("merged_id", flat=True))
    for model, field in _pointers():
        if model in (PartyName, PartyIdentifier):
            continue
        rows = model._base_manager.filter(**{f"{field.name}__in": party_ids})
        found |= set(rows.values_list(field.attname, flat=True))
    return found


def forget_undone_merges(party_ids: Sequence[uuid.UUID]) -> None:
    """Delete what is kept of merges of these parties that were taken back; the audit still tells of them."""
    of_them = models.Q(kept__in=party_ids) | models.Q(merged__in=party_ids)
    Merge.objects.filter(of_them, undone_at__isnull=False).delete()


def require_keeper_of_records(actor: Actor) -> None:
    """Only the secretariat, administrators and operators merge."""
    if not actor.runs_the_hub or not actor.has_scope("directory:write"):
        raise NotAllowed(_("Only the secretariat may merge records."))


@transaction.atomic
def merge(kept: Party, merged: Party, *, actor: Actor) -> Merge:
    """Merge ``merged`` into ``kept``: its pointers, names and identifiers move, its public ID leads to ``kept``.

    A pointer that would say the same thing twice (a second membership of one person) stays behind, and comes back with
    the undo. Raises NotAllowed, or Refused for two records that cannot be merged.
    """
    require_keeper_of_records(actor)
    ids = [kept.id, merged.id]
    locked = {party.id: party for party in Party.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    if kept.id == merged.id:
        raise Refused(_("These are one record already."), hint=_("Choose two different organisations."))
    kept, merged = locked[kept.id], locked[merged.id]
    for party in (kept, merged):
        if party.status == Party.Status.MERGED:
            raise Refused(
                _("%(id)s was merged before.") % {"id": party.public_id}, hint=_("Choose the record it leads to.")
            )
    was = {"status": merged.status}
    moves = [move for model, field in _pointers() for move in _move(model, field, merged, kept)]
    merged.status, merged.merged_into = Party.Status.MERGED, kept
    merged.save(update_fields=["status", "merged_into", "updated_at"])
    row = Merge(kept=kept, merged=merged)
    carried = {name: carry_over(row, moves, actor) for name, (carry_over, _back) in _hooks.items()}
    row.moves = {"was": was, "pointers": moves, "carried": carried}
    row.save(force_insert=True)
    audit.record(actor, "parties.merge", KIND, kept.id, fields=["merged"])
    audit.record(actor, "parties.merged_away", KIND, merged.id)
    return row


def _move(model: type[models.Model], field: Any, merged: Party, kept: Party) -> Moves:
    moved: Moves = []
    for pk in model._base_manager.filter(**{field.name: merged}).values_list("pk", flat=True):
        if _point(model._base_manager.filter(pk=pk), field.name, kept):
            moved.append([model._meta.label, field.name, str(pk)])
    return moved


def _point(rows: models.QuerySet[Any], name: str, party: Party) -> bool:
    """Make a row point to ``party``; False where that one has another row that says the same."""
    try:
        with transaction.atomic():
            rows.update(**{name: party})
    except IntegrityError:
        return False
    return True


@transaction.atomic
def undo_merge(row: Merge, *, actor: Actor) -> None:
    """Take a merge back: pointers that moved and still stand with the kept record return.

    Raises Refused when it was undone before, or when the kept record was itself merged away since.
    """
    require_keeper_of_records(actor)
    row = Merge.objects.select_for_update().select_related("kept", "merged").get(pk=row.pk)
    if row.undone_at is not None:
        raise Refused(_("This merge was undone before."))
    if row.kept.status == Party.Status.MERGED:
        raise Refused(_("The kept record was merged into another since."), hint=_("Undo that merge first."))
    for label, name, pk in row.moves["pointers"]:
        model = apps.get_model(label)
        _point(model._base_manager.filter(pk=pk, **{name: row.kept}), name, row.merged)
    row.merged.status, row.merged.merged_into = row.moves["was"]["status"], None
    row.merged.save(update_fields=["status", "merged_into", "updated_at"])
    for name, (_over, take_back) in _hooks.items():
        take_back(row, row.moves["carried"].get(name), actor)
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    audit.record(actor, "parties.merge_undone", KIND, row.kept.id)
    audit.record(actor, "parties.merge_undone", KIND, row.merged.id)


def last_merge_of(party_id: uuid.UUID) -> Merge | None:
    """The merge by which this record was merged away and that still holds."""
    return Merge.objects.filter(merged_id=party_id, undone_at=None).order_by("-at").first()
