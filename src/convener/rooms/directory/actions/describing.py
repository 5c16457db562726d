"""Organisations as records that the names engine compares: entries on record, drafts, and rows of a list.

They say all that is known, hidden parts too: only those who run the hub see what resembles what.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from convener.foundation.parties.models import Party, PartyIdentifier, PartyName
from convener.rooms.directory.actions.drafts import Draft, IdentifierKey
from convener.rooms.directory.models import Profile

if TYPE_CHECKING:
    from convener.engines.names.linkage.model import Record

READ_AT_ONCE = 2_000
#: Every name of one is compared with every name of the other.
MOST_ALIASES = 20


def entries() -> QuerySet[Profile]:
    """The entries that may resemble others: not merged, not of the demonstration."""
    profiles = Profile.objects.exclude(party__status=Party.Status.MERGED)
    return profiles.filter(party__is_demo=False).order_by("pk")


def records() -> Iterator[Record]:
    """All of :func:`entries`, each under its key in hexadecimal. Read in short steps."""
    last = None
    while True:
        rows = entries().select_related("party")
        some = list((rows.filter(pk__gt=last) if last else rows)[:READ_AT_ONCE])
        if not some:
            return
        yield from _records(some)
        last = some[-1].pk


def records_of(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Those of :func:`entries` that have one of these keys."""
    profiles = list(entries().filter(pk__in=keys).select_related("party"))
    return {profile.pk: record for profile, record in zip(profiles, _records(profiles), strict=True)}


def record_of_draft(draft: Draft) -> Record:
    """A draft as it is now."""
    return _record(draft.party, draft.profile, draft.aliases, draft.identifiers)


def record_of_values(key: str, values: Mapping[str, Any]) -> Record:
    """The checked values of a row of a list, or of a form."""
    country = values.get("country") or ""
    return _made(
        id=key,
        name=values.get("name") or "",
        aliases=values.get("aliases") or (),
        country=country,
        address=_joined(values.get("address"), values.get("city")),
        registration_number=_number(values.get("registration_number") or (), country),
        website=values.get("website") or "",
        latitude=values.get("latitude"),
        longitude=values.get("longitude"),
    )


def _records(profiles: Sequence[Profile]) -> Iterator[Record]:
    keys = [profile.pk for profile in profiles]
    names = _by_party(PartyName, ("text",), keys)
    numbers = _by_party(PartyIdentifier, ("scheme", "jurisdiction", "value"), keys)
    for profile in profiles:
        aliases = [text for (text,) in names.get(profile.pk, ())]
        yield _record(profile.party, profile, aliases, numbers.get(profile.pk, ()))


def _record(party: Party, profile: Profile, aliases: Iterable[str], numbers: Iterable[Any]) -> Record:
    return _made(
        id=party.pk.hex,
        name=party.name,
        aliases=aliases,
        country=party.country,
        address=_joined(profile.address, profile.city),
        registration_number=_number(numbers, party.country),
        website=profile.website,
        latitude=profile.latitude,
        longitude=profile.longitude,
    )


def _made(*, aliases: Iterable[str], **said: Any) -> Record:
    from convener.engines.names.linkage.model import Record  # what it takes is loaded with the first

    return Record(aliases=tuple(islice(aliases, MOST_ALIASES)), **said)


def _by_party(
    model: type[PartyName] | type[PartyIdentifier], names: Sequence[str], keys: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[tuple[Any, ...]]]:
    rows = model._base_manager.filter(party_id__in=keys).order_by("party_id", "pk")
    found: dict[uuid.UUID, list[tuple[Any, ...]]] = {}
    for key, *values in rows.values_list("party_id", *names):
        found.setdefault(key, []).append(tuple(values))
    return found


def _joined(*texts: str | None) -> str:
    return ", ".join(filter(None, texts))


def _number(keys: Iterable[Sequence[str] | IdentifierKey], country: str) -> str:
    """The number in the register of its own country: those of two registers say nothing of each other."""
    own = (value for scheme, where, value in keys if scheme == PartyIdentifier.REGISTRATION and where in ("", country))
    return next(own, "")
