"""What people say of possible duplicates, and what a merge says of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, NotFound, Refused
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.parties import merging
from convener.foundation.parties.merging import Moves, leave_to_room, on_merge
from convener.foundation.parties.models import Merge, Party
from convener.rooms.directory.actions.drafts import KIND
from convener.rooms.directory.actions.duplicates import Said, require_judge
from convener.rooms.directory.models import PossibleDuplicate


def _locked(pair_id: uuid.UUID) -> PossibleDuplicate:
    pair = PossibleDuplicate.objects.select_for_update().filter(pk=pair_id).first()
    if pair is None:
        raise NotFound(_("There is no such pair (any more)."), hint=_("Load the list of duplicates again."))
    return pair


@transaction.atomic
def decide(pair_id: uuid.UUID, decision: str, *, actor: Actor) -> PossibleDuplicate:
    """Note that the two are ``different``, or take that back (empty). Audited; saying it twice changes nothing.

    Raises NotAllowed, NotFound, InvalidValue for another word, Refused where the two were merged: that is taken back by
    undoing the merge.
    """
    require_judge(actor)
    if decision not in ("", Said.DIFFERENT):
        raise InvalidValue("decision", _("A pair is different or undecided; two that are the same are merged."))
    pair = _locked(pair_id)
    if pair.decision == Said.SAME:
        raise Refused(_("These two were merged."), hint=_("Take the merge back first."))
    if pair.decision == decision:
        return pair
    _note(pair, decision, actor)
    for key in (pair.one_id, pair.other_id):
        audit.record(actor, "directory.different" if decision else "directory.undecided", KIND, key)
    return pair


@transaction.atomic
def merge_pair(pair_id: uuid.UUID, keep: str, *, actor: Actor) -> PossibleDuplicate:
    """Merge the two of a pair into the one whose public ID is ``keep``; that decides it, as every merge of them does.

    Raises NotAllowed, NotFound, InvalidValue where ``keep`` is neither, Refused where they cannot be merged.
    """
    require_judge(actor)
    pair = _locked(pair_id)
    both = {party.public_id: party for party in Party.objects.filter(pk__in=[pair.one_id, pair.other_id])}
    kept = both.pop(keep, None)
    if kept is None:
        raise InvalidValue("keep", _("Give the ID of the one of the two that stays."))
    merging.merge(kept, both.popitem()[1], actor=actor)
    pair.refresh_from_db()
    return pair


def _note(pair: PossibleDuplicate, decision: str, actor: Actor) -> None:
    pair.decision = decision
    pair.decided_by_id = actor.user_id if decision else None
    pair.decided_at = timezone.now() if decision else None
    pair.save(update_fields=["decision", "decided_by", "decided_at"])


def _pair(a: uuid.UUID, b: uuid.UUID) -> PossibleDuplicate | None:
    one, other = sorted((a, b))
    return PossibleDuplicate.objects.filter(one_id=one, other_id=other).first()


def _pairs_of(party_id: uuid.UUID) -> list[PossibleDuplicate]:
    one, other = (PossibleDuplicate.objects.filter(**{end: party_id}) for end in ("one", "other"))
    return sorted([*one, *other], key=lambda pair: pair.pk)


def _other_of(pair: PossibleDuplicate, party_id: uuid.UUID) -> uuid.UUID:
    return pair.other_id if pair.one_id == party_id else pair.one_id


def _point(pair: PossibleDuplicate, away: uuid.UUID, to: uuid.UUID) -> None:
    """Let the side of a pair that was ``away`` be ``to``; where that turns the two round, so do their reasons."""
    rest = _other_of(pair, away)
    was_one = pair.one_id == away
    pair.one_id, pair.other_id = sorted((rest, to))
    if was_one != (pair.one_id == to):
        pair.parts = [{**part, "ours": part["theirs"], "theirs": part["ours"]} for part in pair.parts]
    pair.save(update_fields=["one", "other", "parts"])


def carry_over(merge: Merge, _moves: Moves, actor: Actor) -> dict[str, Any]:
    """The two are the same now; what the other was compared with, the kept one is.

    A pair of which the kept one has its own stays behind, and only what people said of it comes along: who is not the
    one is not the other either.
    """
    kept, merged = merge.kept_id, merge.merged_id
    told: dict[str, Any] = {"was": None, "moved": [], "told": []}
    for pair in _pairs_of(merged):
        third = _other_of(pair, merged)
        if third == kept:
            told["was"] = pair.decision
            _note(pair, Said.SAME, actor)
        elif (own := _pair(kept, third)) is None:
            if pair.decision != Said.SAME:  # one that was merged into this before stays as it was
                _point(pair, merged, kept)
                told["moved"].append(str(pair.pk))
        elif pair.decision == Said.DIFFERENT and not own.decision:
            _take_over(own, pair)
            told["told"].append(str(own.pk))
    return told


def _take_over(own: PossibleDuplicate, pair: PossibleDuplicate) -> None:
    own.decision, own.decided_by_id, own.decided_at = pair.decision, pair.decided_by_id, pair.decided_at
    own.save(update_fields=["decision", "decided_by", "decided_at"])


def take_back(merge: Merge, told: Any, actor: Actor) -> None:
    """The two are to be decided again, unless people had said that they differ; what moved returns."""
    kept, merged = merge.kept_id, merge.merged_id
    told = told or {"was": None, "moved": [], "told": []}
    pair = _pair(kept, merged)
    if pair is not None and pair.decision == Said.SAME:
        _note(pair, Said.DIFFERENT if told["was"] == Said.DIFFERENT else "", actor)
    for moved in PossibleDuplicate.objects.filter(pk__in=told["moved"]):
        if kept in (moved.one_id, moved.other_id) and _pair(merged, _other_of(moved, kept)) is None:
            _point(moved, kept, merged)
    for own in PossibleDuplicate.objects.filter(pk__in=told["told"], decision=Said.DIFFERENT):
        _note(own, "", actor)


leave_to_room(PossibleDuplicate)
on_merge("directory.duplicates", carry_over, take_back)
