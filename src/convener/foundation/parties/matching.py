"""Is this the organisation we already have? What identifiers and exact names decide; what only resembles comes after.

Rule: identifiers first (our public ID, then registration number in its jurisdiction, LEI, org-id, the number in the same
source list), else the normalised name together with the country. A name never joins two records whose registration
numbers of one jurisdiction, or whose LEIs, differ.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db import connection

from convener.engines.values import name_key
from convener.errors import sentence
from convener.foundation import bulk
from convener.foundation.parties.models import Party, PartyIdentifier, PartyName

T = TypeVar("T")
IdentifierKey = tuple[str, str, str]
NameAndCountry = tuple[str, str]
#: Identifier schemes of which an organisation has one at most in a jurisdiction: another value is another organisation.
EXCLUSIVE = frozenset({PartyIdentifier.REGISTRATION, PartyIdentifier.LEI})
KEY_CHARACTERS = 300
IDENTIFIER = ["scheme", "jurisdiction", "value", "party_id"]
#: Number of the advisory lock of :func:`one_at_a_time` on PostgreSQL ('match' as ASCII).
LOCK = 0x6D61746368


def key_of(name: str) -> str:
    """The key under which a name is stored and compared; a name of signs alone (an emoji) is its own key."""
    return (name_key(name) or name.casefold().strip())[:KEY_CHARACTERS]


class Candidate(NamedTuple):
    """What is known of an organisation that may or may not be on record: normalised values only."""

    name_key: str
    country: str = ""
    public_id: str = ""
    identifiers: frozenset[IdentifierKey] = frozenset()


@dataclass
class Match:
    """The answer: ``party_id`` (None: nobody), ``by`` what ('id', 'identifier', 'name', 'likeness', '') and ``problem`` where
    it is unclear.

    The ID of a record that was merged away leads to the one that was kept, by 'identifier': what a list says of the one
    is not the last word on the other.
    """

    party_id: uuid.UUID | None = None
    by: str = ""
    problem: str = ""


@dataclass
class Known:
    """Keys of the records at hand. Rows that will be added are put in too, so that one file finds itself."""

    by_public_id: dict[str, uuid.UUID] = field(default_factory=dict)
    merged_ids: set[str] = field(default_factory=set)
    by_identifier: dict[IdentifierKey, uuid.UUID] = field(default_factory=dict)
    by_name: dict[NameAndCountry, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    exclusive: dict[uuid.UUID, set[IdentifierKey]] = field(default_factory=lambda: defaultdict(set))
    held: dict[uuid.UUID, tuple[set[NameAndCountry], set[IdentifierKey]]] = field(
        default_factory=lambda: defaultdict(lambda: (set(), set()))
    )

    def forget(self, party_id: uuid.UUID) -> None:
        """Forget all names and identifiers of a party: others may have taken them over."""
        names, keys = self.held.pop(party_id, (set(), set()))
        for name in names:
            self.by_name[name].remove(party_id)
        for key in keys:
            del self.by_identifier[key]
        self.exclusive.pop(party_id, None)

    def put(
        self, party_id: uuid.UUID, name_keys: Iterable[str], country: str, identifiers: Iterable[IdentifierKey]
    ) -> None:
        """Make what is remembered of a party exactly this."""
        self.forget(party_id)
        for one in name_keys:
            self.add_name(party_id, one, country)
        for identifier in identifiers:
            self.add_identifier(party_id, identifier)

    def add_name(self, party_id: uuid.UUID, name_key: str, country: str) -> None:
        """Remember one name of a party."""
        names = self.held[party_id][0]
        if (name_key, country) not in names:
            names.add((name_key, country))
            self.by_name[name_key, country].append(party_id)

    def add_identifier(self, party_id: uuid.UUID, key: IdentifierKey) -> None:
        """Remember one identifier of a party."""
        if self.by_identifier.setdefault(key, party_id) == party_id:
            self.held[party_id][1].add(key)
        if key[0] in EXCLUSIVE:
            self.exclusive[party_id].add(key)

    def match(self, candidate: Candidate) -> Match:
        """Decide one candidate by the rule of this module."""
        owners = {self.by_identifier[key] for key in candidate.identifiers if key in self.by_identifier}
        by = "identifier"
        if candidate.public_id:
            found = self.by_public_id.get(candidate.public_id)
            if not found:
                return Match(problem=sentence("There is no organisation with this id on this hub."))
            owners.add(found)
            by = "identifier" if candidate.public_id in self.merged_ids else "id"
        if len(owners) > 1:
            return Match(problem=sentence("Its identifiers belong to different organisations on record."))
        if owners:
            return Match(owners.pop(), by)
        alike = [
            one for one in self.by_name.get((candidate.name_key, candidate.country), ()) if self.fits(one, candidate)
        ]
        if len(alike) > 1:
            told = sentence("Several organisations on record have this name and country: give an id or a number.")
            return Match(problem=told)
        return Match(alike[0], "name") if alike else Match()

    def fits(self, party_id: uuid.UUID, candidate: Candidate) -> bool:
        """Whether no number of the candidate contradicts one of the party, of which an organisation has but one."""
        held: dict[tuple[str, str], set[str]] = defaultdict(set)
        for scheme, jurisdiction, value in self.exclusive.get(party_id, ()):
            held[scheme, jurisdiction].add(value)
        return all(key[:2] not in held or key[2] in held[key[:2]] for key in candidate.identifiers)


def numbers_agree(ours: Iterable[IdentifierKey], theirs: Iterable[IdentifierKey]) -> bool:
    """Whether no register, and no list, numbers the two apart: each should know its own."""
    numbered: dict[tuple[str, str], set[str]] = defaultdict(set)
    for scheme, where, value in ours:
        numbered[scheme, where].add(value)
    return all(not (known := numbered.get((scheme, where))) or value in known for scheme, where, value in theirs)


def one_at_a_time() -> None:
    """Wait until nobody else stands between :func:`match` and adding, and be that one until the transaction ends.

    Two processes with the same list would otherwise both find nothing and both add. SQLite has one writer anyway, whose
    transactions begin as such. Readers, and writers who do not match, are not held up.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def known_for(candidates: Collection[Candidate]) -> Known:
    """Load, in a handful of queries, every record that could match one of ``candidates`` (some hundreds at a time)."""
    known = Known()
    _load_public_ids({one.public_id for one in candidates if one.public_id}, known)
    ids = _load_identifiers({key for one in candidates for key in one.identifiers}, known)
    ids |= _load_names({one.name_key for one in candidates if one.name_key}, known)
    load_exclusive(ids, known)
    return known


def load_exclusive(party_ids: Collection[uuid.UUID], known: Known) -> None:
    """Let ``known`` know the numbers of these parties of which an organisation has but one (:meth:`Known.fits`)."""
    for some in _some(party_ids):
        held = PartyIdentifier.objects.filter(party_id__in=some, scheme__in=EXCLUSIVE)
        for scheme, jurisdiction, value, party_id in held.values_list(*IDENTIFIER):
            known.exclusive[party_id].add((scheme, jurisdiction, value))


def match(candidates: Sequence[Candidate]) -> list[Match]:
    """Match each candidate against the records of the hub; the answers stand in the candidates' order."""
    known = known_for(candidates)
    return [known.match(candidate) for candidate in candidates]


def _some(values: Iterable[T]) -> Iterator[list[T]]:
    left = iter(values)
    while some := list(islice(left, bulk.ASKED_AT_ONCE)):
        yield some


def _load_public_ids(public_ids: set[str], known: Known) -> None:
    rows = Party.objects.filter(public_id__in=public_ids).values_list("public_id", "id", "merged_into_id")
    for public_id, party_id, kept in rows:
        known.by_public_id[public_id] = remaining(kept) if kept else party_id
        if kept is not None:
            known.merged_ids.add(public_id)


def remaining(party_id: uuid.UUID) -> uuid.UUID:
    """The record that stands for this one: itself, or the one it was merged into, however often."""
    while further := Party.objects.filter(pk=party_id).values_list("merged_into_id", flat=True).first():
        party_id = further
    return party_id


def _load_identifiers(keys: set[IdentifierKey], known: Known) -> set[uuid.UUID]:
    found = set()
    for *key, party in bulk.find(PartyIdentifier, IDENTIFIER, "value", {key[2] for key in keys}):
        if tuple(key) in keys:
            known.add_identifier(party, (key[0], key[1], key[2]))
            found.add(party)
    return found


def _load_names(name_keys: set[str], known: Known) -> set[uuid.UUID]:
    for party_id, key, country, status in bulk.find(
        Party, ["id", "name_key", "country", "status"], "name_key", name_keys
    ):
        if status != Party.Status.MERGED:
            known.add_name(party_id, key, country)
    aliases = bulk.find(PartyName, ["party_id", "name_key"], "name_key", name_keys)
    live = Party.objects.exclude(status=Party.Status.MERGED)
    countries = dict(live.filter(pk__in={party_id for party_id, _ in aliases}).values_list("pk", "country"))
    for party_id, key in aliases:
        if party_id in countries:
            known.add_name(party_id, key, countries[party_id])
    return {party_id for same in known.by_name.values() for party_id in same}
