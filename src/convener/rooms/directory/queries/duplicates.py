"""Pairs that may be of one organisation, for those who run the hub: they see every entry, hidden ones too."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from convener.errors import NotAllowed
from convener.foundation.actor import Actor
from convener.foundation.parties.models import Merge, Party
from convener.rooms.directory.models import PossibleDuplicate

#: What may be shown: those to decide (all, or by how likely they are), those that people decided, everything.
SHOW = ("undecided", "sure", "unsure", "decided", "all")


@dataclass(frozen=True)
class Group:
    """Pairs that hang together by the records they share, the likeliest first; ``more`` are not among ``pairs``."""

    pairs: Sequence[uuid.UUID]
    more: int


def pairs(actor: Actor, show: str = "undecided") -> QuerySet[PossibleDuplicate]:
    """The pairs of one of :data:`SHOW`, the likeliest first; decided ones newest first.

    Raises NotAllowed for all but those who run the hub, and for tokens that may not write.
    """
    if not actor.runs_the_hub or not actor.has_scope("directory:write"):
        raise NotAllowed(_("Only the secretariat sees possible duplicates."), hint=_("Tell it which two are one."))
    rows = PossibleDuplicate.objects.order_by("-score", "pk")
    if show == "decided":
        return rows.exclude(decision="").order_by("-decided_at", "pk")
    if show == "all":
        return rows
    # A pair of which one was merged elsewhere is nothing to decide: it waits for that merge to be taken back.
    rows = rows.filter(decision="").exclude(one__status=Party.Status.MERGED).exclude(other__status=Party.Status.MERGED)
    return rows.filter(outcome=show) if show in PossibleDuplicate.Outcome.values else rows


def groups(rows: QuerySet[PossibleDuplicate], most: int) -> list[Group]:
    """All groups of these pairs, that of the likeliest pair first, with at most ``most`` pairs each."""
    root: dict[uuid.UUID, uuid.UUID] = {}

    def find(key: uuid.UUID) -> uuid.UUID:
        while (above := root.setdefault(key, key)) != key:
            root[key] = key = root[above]
        return key

    found = list(rows.values_list("pk", "one_id", "other_id"))
    for _pk, one, other in found:
        root[find(one)] = find(other)
    members: dict[uuid.UUID, list[uuid.UUID]] = {}
    for pk, one, _other in found:
        members.setdefault(find(one), []).append(pk)
    return [Group(keys[:most], max(0, len(keys) - most)) for keys in members.values()]


def merges_of(rows: Iterable[PossibleDuplicate]) -> dict[uuid.UUID, uuid.UUID]:
    """By key of the pair the merge that made its two one, and still holds."""
    same = [pair for pair in rows if pair.decision == PossibleDuplicate.Decision.SAME]
    ends = [key for pair in same for key in (pair.one_id, pair.other_id)]
    held = Merge.objects.filter(merged__in=ends, undone_at=None).values_list("pk", "kept_id", "merged_id")
    by_ends = {frozenset((kept, merged)): pk for pk, kept, merged in held}
    found = ((pair.pk, by_ends.get(frozenset((pair.one_id, pair.other_id)))) for pair in same)
    return {pk: merge for pk, merge in found if merge is not None}
