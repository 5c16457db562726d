"""Writing down pairs that may be of one organisation, for people to say; what they said already is never asked again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from convener.foundation import bulk
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions.resembling import Doubt
from convener.rooms.directory.models import PossibleDuplicate

if TYPE_CHECKING:
    from convener.engines.names.linkage import PairScore, Review

#: The two keys of a pair, the lesser first.
Key = tuple[uuid.UUID, uuid.UUID]


def ask(doubts: Iterable[Doubt]) -> None:
    """Have people asked about entries that were added though they may be others."""
    pairs = [pair(one.party_id, one.other_id, one.found, one.found.outcome.value) for one in doubts]
    if pairs:
        store(pairs, _known(pairs))


def pair(one: uuid.UUID, other: uuid.UUID, found: PairScore | Review, outcome: str) -> PossibleDuplicate:
    """A pair as it is kept, the lesser key first, with the reasons of its score; ``one`` is ours in ``found``."""
    swap = one > other
    low, high = (other, one) if swap else (one, other)
    return PossibleDuplicate(
        one_id=low, other_id=high, outcome=outcome, found_at=timezone.now(), score=found.score,
        parts=_parts_of(found, swap=swap),
    )  # fmt: skip


def key_of(one: PossibleDuplicate) -> Key:
    """What is unique about a pair."""
    return one.one_id, one.other_id


def store(pairs: Sequence[PossibleDuplicate], known: Mapping[Key, tuple[uuid.UUID, str]]) -> int:
    """Write pairs; those of ``known`` (their keys and what was decided) that people decided stay. How many are new."""
    made, again = [], []
    for one in pairs:
        pk, said = known.get(key_of(one), (None, ""))
        if pk is None:
            made.append(one)
        elif not said:
            one.pk = pk
            again.append(one)
    with transaction.atomic():
        made = _of_those_there(made)
        PossibleDuplicate.objects.bulk_create(made, ignore_conflicts=True)  # a merge may have moved one here meanwhile
        bulk.update(PossibleDuplicate, again, ["score", "outcome", "parts", "found_at"])
    return len(made)


def _known(pairs: Sequence[PossibleDuplicate]) -> dict[Key, tuple[uuid.UUID, str]]:
    rows = PossibleDuplicate.objects.filter(one__in={one.one_id for one in pairs})
    return {
        (one, other): (pk, said) for one, other, pk, said in rows.values_list("one_id", "other_id", "pk", "decision")
    }


def _of_those_there(pairs: list[PossibleDuplicate]) -> list[PossibleDuplicate]:
    """The pairs whose records were neither deleted nor merged since they were read."""
    keys = {key for one in pairs for key in key_of(one)}
    there = set(Party.objects.filter(pk__in=keys).exclude(status=Party.Status.MERGED).values_list("pk", flat=True))
    return [one for one in pairs if {*key_of(one)} <= there]


def _parts_of(found: PairScore | Review, *, swap: bool) -> list[dict[str, Any]]:
    """The reasons of a pair as they are kept; with ``swap`` the other record comes first."""
    sides = ("theirs", "ours") if swap else ("ours", "theirs")
    return [
        {"kind": part.kind, sides[0]: part.ours, sides[1]: part.theirs, "how": part.how, "gives": gives}
        for part, gives in zip(found.parts, found.gives, strict=True)
    ]
