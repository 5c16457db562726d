"""Looking through the directory for entries of one organisation: the pairs that people are asked about.

A pair that people decided stays as they left it and is never asked again. Pairs that are no longer found, and that nobody
decided, go. Each batch is a transaction of its own; a run that is killed is made again.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext as _

from convener.errors import NotAllowed
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.cores import in_order
from convener.foundation.garbage import few_collections
from convener.foundation.jobs.actions import enqueue
from convener.foundation.jobs.models import Lease
from convener.foundation.parties.models import Party
from convener.foundation.pauses import Pauses
from convener.rooms.directory.actions import asking, describing, likeness
from convener.rooms.directory.actions.asking import Key
from convener.rooms.directory.actions.drafts import KIND
from convener.rooms.directory.actions.resembling import AMONG
from convener.rooms.directory.actions.staging import Advance
from convener.rooms.directory.models import PossibleDuplicate

if TYPE_CHECKING:
    from convener.engines.names.linkage import Decision, Record, Review

T = TypeVar("T")
JOB = "directory.find_duplicates"
WRITTEN_AT_ONCE = 200
Said = PossibleDuplicate.Decision


def require_judge(actor: Actor) -> None:
    """Only the secretariat, administrators and operators look for doubles and decide about them."""
    if not actor.runs_the_hub or not actor.has_scope("directory:write"):
        raise NotAllowed(_("Only the secretariat looks for duplicates."), hint=_("Tell it which two are one."))


def find_soon() -> None:
    """Have the directory looked through in the background; nothing is done where a run is waiting already."""
    if not Lease.objects.filter(name=JOB, task__status="READY").exists():
        enqueue(JOB)


@few_collections()
def find_duplicates(actor: Actor, advance: Advance) -> dict[str, int]:
    """Compare all entries with each other, and keep the pairs that may be of one organisation; audited by their number.

    Returns how many ``records`` were compared and ``pairs`` were found (``sure`` or ``unsure``), how many of these are
    ``new``, how many old ones were ``removed``, and how many are ``undecided`` now. Raises NotAllowed.
    """
    from convener.engines.names.linkage import link

    require_judge(actor)
    total = describing.entries().count()
    found = link(
        _counted(likeness.mended(describing.records()), total, advance),
        decisions=_decisions(),
        run=functools.partial(in_order, alone=1),
        joined=True,
    )
    known = _known()
    seen, new = set[Key](), 0
    sides = (("sure", found.joined), ("unsure", found.review))
    rest, both = Pauses(), chain.from_iterable(zip(repeat(outcome), pairs, strict=False) for outcome, pairs in sides)
    for batch in _batches(both):
        ready = [_pair(outcome, one) for outcome, one in batch]
        new += asking.store(ready, known)
        seen |= {asking.key_of(one) for one in ready}
        rest()
    removed = _remove(known, seen, rest)
    counts = {
        "records": found.counts.get("records", 0),
        "pairs": len(seen),
        "sure": len(found.joined),
        "unsure": len(found.review),
        "new": new,
        "removed": removed,
        "undecided": PossibleDuplicate.objects.filter(decision="").count(),
    }
    audit.record(actor, "directory.find_duplicates", KIND, count=counts["pairs"])
    return counts


def _counted(all_records: Iterator[Record], total: int, advance: Advance) -> Iterator[Record]:
    for done, one in enumerate(all_records, 1):
        if not done % 1_000:
            advance(done, max(total, done))
        yield one


def _decisions() -> list[Decision]:
    """What people said of records that stand both: of one that was merged away there is nothing to compare."""
    from convener.engines.names.linkage import Decision

    decided = PossibleDuplicate.objects.exclude(decision="")
    for end in ("one", "other"):
        decided = decided.filter(**{f"{end}__profile__isnull": False, f"{end}__is_demo": False})
        decided = decided.exclude(**{f"{end}__status": Party.Status.MERGED})
    rows = decided.values_list("one_id", "other_id", "decision")
    return [Decision(one.hex, other.hex, same=said == Said.SAME) for one, other, said in rows]


def _known() -> dict[Key, tuple[uuid.UUID, str]]:
    rows = PossibleDuplicate.objects.values_list("one_id", "other_id", "pk", "decision")
    return {(one, other): (pk, said) for one, other, pk, said in rows}


def _pair(outcome: str, found: Review) -> PossibleDuplicate:
    return asking.pair(uuid.UUID(found.id_a), uuid.UUID(found.id_b), found, outcome)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, WRITTEN_AT_ONCE)):
        yield some


def _remove(known: dict[Key, tuple[uuid.UUID, str]], seen: set[Key], rest: Pauses) -> int:
    """Drop pairs that neither link nor a look at the two alone finds any longer, and that nobody decided."""
    removed = 0
    gone = ((key, pk) for key, (pk, said) in known.items() if not said and key not in seen)
    for batch in _batches(gone):
        alike = _alike_alone([key for key, _pk in batch])
        dropped = [pk for key, pk in batch if key not in alike]
        removed += PossibleDuplicate.objects.filter(pk__in=dropped, decision="").delete()[0]
        rest()
    return removed


def _alike_alone(keys: Sequence[Key]) -> set[Key]:
    """Those that an import would ask about: it promised so, though among all records the same words may tell too little."""
    from convener.engines.names.linkage.resembling import Resembling

    records = describing.records_of({one for key in keys for one in key})
    place = {one: at for at, one in enumerate(records)}
    there = [key for key in keys if place.keys() >= {*key}]
    pairs = [(place[one], place[other]) for one, other in there]
    found = Resembling(list(records.values()), pairs, among=AMONG).bits
    return {key for key, pair in zip(there, pairs, strict=True) if pair in found}
