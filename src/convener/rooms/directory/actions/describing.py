"""Organisations as records that the names engine compares: entries on record, drafts, and rows of a list.

They say all that is known, hidden parts too: only those who run the hub see what resembles what.
"""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from convener.foundation.parties.models import Party, PartyIdentifier, PartyName
from convener.rooms.directory.actions.drafts import Draft, IdentifierKey
from convener.rooms.directory.models import Profile

if TYPE_CHECKING:
    from convener.engines.names.linkage.model import Record

READ_AT_ONCE = 2_000
#: What is read of an entry to compare it, and no more: an import compares a row with many.
COMPARED = ("pk", "party__name", "party__country", "address", "city", "website", "latitude", "longitude")
#: Every name of one is compared with every name of the other: of more, those first by the alphabet, wherever they come from.
MOST_ALIASES = 20


def entries() -> QuerySet[Profile]:
    """The entries that may resemble others: not merged, not of the demonstration."""
    profiles = Profile.objects.exclude(party__status=Party.Status.MERGED)
    return profiles.filter(party__is_demo=False).order_by("pk")


def records() -> Iterator[Record]:
    """All of :func:`entries`, each under its key in hexadecimal. Read in short steps."""
    last = None
    while True:
        rows = entries()
        some = _records((rows.filter(pk__gt=last) if last else rows)[:READ_AT_ONCE])
        if not some:
            return
        yield from some.values()
        last = max(some)


def records_of(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Those of :func:`entries` that have one of these keys."""
    return _records(entries().filter(pk__in=keys))


def record_of_draft(draft: Draft) -> Record:
    """A draft as it is now."""
    party, profile = draft.party, draft.profile
    return _made(
        id=party.pk.hex,
        name=party.name,
        aliases=draft.aliases,
        country=party.country,
        address=_joined(profile.address, profile.city),
        registration_number=_number(draft.identifiers, party.country),
        website=profile.website,
        latitude=profile.latitude,
        longitude=profile.longitude,
    )


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


def _records(profiles: QuerySet[Profile]) -> dict[uuid.UUID, Record]:
    rows = list(profiles.values_list(*COMPARED))
    keys = [row[0] for row in rows]
    names = _by_party(PartyName, ("text",), keys)
    numbers = _by_party(PartyIdentifier, ("scheme", "jurisdiction", "value"), keys)
    return {
        key: _made(
            id=key.hex,
            name=name,
            aliases=(text for (text,) in names.get(key, ())),
            country=country,
            address=_joined(address, city),
            registration_number=_number(numbers.get(key, ()), country),
            website=website,
            latitude=latitude,
            longitude=longitude,
        )
        for key, name, country, address, city, website, latitude, longitude in rows
    }


def _made(*, aliases: Iterable[str], **said: Any) -> Record:
    from convener.engines.names.linkage.model import Record  # what it takes is loaded with the first

    return Record(aliases=tuple(heapq.nsmallest(MOST_ALIASES, aliases)), **said)


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
    return min(own, default="")
