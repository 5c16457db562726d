"""Looking through the directory for entries of one organisation: the pairs that people are asked about.

A pair that people decided stays as they left it and is never asked again. Pairs that are no longer found, and that nobody
decided, go. Each batch is a transaction of its own; a run that is killed is made again.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import NotAllowed
from convener.foundation import bulk
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.cores import in_order
from convener.foundation.garbage import few_collections
from convener.foundation.jobs.actions import enqueue
from convener.foundation.jobs.models import Lease
from convener.foundation.parties.models import Party, PartyIdentifier, PartyName
from convener.foundation.pauses import Pauses
from convener.rooms.directory.actions.drafts import KIND
from convener.rooms.directory.actions.staging import Advance
from convener.rooms.directory.models import PossibleDuplicate, Profile

if TYPE_CHECKING:
    from convener.engines.names.linkage import Decision, Record, Review

T = TypeVar("T")
JOB = "directory.find_duplicates"
READ_AT_ONCE, WRITTEN_AT_ONCE = 2_000, 200
Said = PossibleDuplicate.Decision
#: The two keys of a pair, the lesser first.
Key = tuple[uuid.UUID, uuid.UUID]


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
    total = _entries().count()
    found = link(
        _counted(records(), total, advance),
        decisions=_decisions(),
        run=functools.partial(in_order, alone=1),
        joined=True,
    )
    known = _known()
    seen, new, now = set[Key](), 0, timezone.now()
    sides = (("sure", found.joined), ("unsure", found.review))
    rest, both = Pauses(), chain.from_iterable(zip(repeat(outcome), pairs, strict=False) for outcome, pairs in sides)
    for batch in _batches(both):
        ready = {_key(one): (outcome, one) for outcome, one in batch}
        new += _store(ready, known, now)
        seen |= ready.keys()
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


def _entries() -> Any:
    profiles = Profile.objects.exclude(party__status=Party.Status.MERGED)
    return profiles.filter(party__is_demo=False).order_by("pk")


def records() -> Iterator[Record]:
    """What each entry says, hidden parts too: only those who run the hub see the pairs. Read in short steps."""
    last = None
    while True:
        rows = _entries().select_related("party")
        some = list((rows.filter(pk__gt=last) if last else rows)[:READ_AT_ONCE])
        if not some:
            return
        yield from _records(some)
        last = some[-1].pk


def _records(profiles: Sequence[Profile]) -> Iterator[Record]:
    from convener.engines.names.linkage import Record

    names = _by_party(PartyName, ("text",), profiles)
    numbers = _by_party(PartyIdentifier, ("scheme", "jurisdiction", "value"), profiles)
    for profile in profiles:
        party = profile.party
        yield Record(
            id=profile.pk.hex,
            name=party.name,
            aliases=tuple(text for (text,) in names.get(profile.pk, ())),
            country=party.country,
            address=", ".join(filter(None, (profile.address, profile.city))),
            registration_number=_number(numbers.get(profile.pk, []), party.country),
            website=profile.website,
            latitude=profile.latitude,
            longitude=profile.longitude,
        )


def _by_party(
    model: type[PartyName] | type[PartyIdentifier], names: Sequence[str], profiles: Sequence[Profile]
) -> dict[uuid.UUID, list[tuple[Any, ...]]]:
    first, last = profiles[0].pk, profiles[-1].pk
    rows = model._base_manager.filter(party_id__gte=first, party_id__lte=last).order_by("party_id", "pk")
    found: dict[uuid.UUID, list[tuple[Any, ...]]] = {}
    for key, *values in rows.values_list("party_id", *names):
        found.setdefault(key, []).append(tuple(values))
    return found


def _number(rows: Iterable[tuple[str, str, str]], country: str) -> str:
    """The number in the register of its own country: those of two registers say nothing of each other."""
    own = (value for scheme, where, value in rows if scheme == PartyIdentifier.REGISTRATION and where in ("", country))
    return next(own, "")


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


def _key(one: Review) -> Key:
    a, b = uuid.UUID(one.id_a), uuid.UUID(one.id_b)
    return (a, b) if a < b else (b, a)


def _store(ready: dict[Key, tuple[str, Review]], known: dict[Key, tuple[uuid.UUID, str]], now: datetime) -> int:
    """Write a batch of pairs; those that people decided stay as they are. Returns how many are new."""
    made, again = [], []
    for (one, other), (outcome, found) in ready.items():
        pk, said = known.get((one, other), (None, ""))
        if said:
            continue
        pair = PossibleDuplicate(one_id=one, other_id=other, outcome=outcome, found_at=now)
        pair.score, pair.parts = found.score, parts_of(found, swap=found.id_a != one.hex)
        if pk is None:
            made.append(pair)
        else:
            pair.pk = pk
            again.append(pair)
    with transaction.atomic():
        made = _of_those_there(made)
        PossibleDuplicate.objects.bulk_create(made, ignore_conflicts=True)  # a merge may have moved one here meanwhile
        bulk.update(PossibleDuplicate, again, ["score", "outcome", "parts", "found_at"])
    return len(made)


def _of_those_there(pairs: list[PossibleDuplicate]) -> list[PossibleDuplicate]:
    """The pairs whose records were neither deleted nor merged since they were read."""
    keys = {key for pair in pairs for key in (pair.one_id, pair.other_id)}
    there = set(Party.objects.filter(pk__in=keys).exclude(status=Party.Status.MERGED).values_list("pk", flat=True))
    return [pair for pair in pairs if {pair.one_id, pair.other_id} <= there]


def parts_of(found: Review, *, swap: bool) -> list[dict[str, Any]]:
    """The reasons of a pair as they are kept; with ``swap`` the other record comes first."""
    sides = ("theirs", "ours") if swap else ("ours", "theirs")
    return [
        {"kind": part.kind, sides[0]: part.ours, sides[1]: part.theirs, "how": part.how, "gives": gives}
        for part, gives in zip(found.parts, found.gives, strict=True)
    ]


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, WRITTEN_AT_ONCE)):
        yield some


def _remove(known: dict[Key, tuple[uuid.UUID, str]], seen: set[Key], rest: Pauses) -> int:
    """Drop pairs that are no longer found and that nobody decided."""
    removed = 0
    gone = (pk for key, (pk, said) in known.items() if not said and key not in seen)
    for batch in _batches(gone):
        removed += PossibleDuplicate.objects.filter(pk__in=batch, decision="").delete()[0]
        rest()
    return removed
