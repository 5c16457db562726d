"""Is this the organisation we already have? The one place that decides; the names engine will take over its second half.

Rule: identifiers first (our public ID, then registration number in its jurisdiction, LEI, org-id, the number in the same
source list), else the normalised name together with the country. A name never joins two records whose registration
numbers of one jurisdiction, or whose LEIs, differ.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from convener.foundation.parties.models import Party, PartyIdentifier, PartyName

IdentifierKey = tuple[str, str, str]
#: Identifier schemes of which an organisation has one at most in a jurisdiction: another value is another organisation.
EXCLUSIVE = frozenset({PartyIdentifier.REGISTRATION, PartyIdentifier.LEI})


@dataclass(frozen=True)
class Candidate:
    """What is known of an organisation that may or may not be on record: normalised values only."""

    name_key: str
    country: str = ""
    public_id: str = ""
    identifiers: frozenset[IdentifierKey] = frozenset()


@dataclass
class Match:
    """The answer: ``party_id`` (None: nobody), ``by`` ('id', 'identifier', 'name', '') and ``problem`` where it is unclear."""

    party_id: uuid.UUID | None = None
    by: str = ""
    problem: str = ""


@dataclass
class Known:
    """Keys of the records at hand. Rows that will be added are put in too, so that one file finds itself."""

    by_public_id: dict[str, uuid.UUID] = field(default_factory=dict)
    by_identifier: dict[IdentifierKey, uuid.UUID] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    exclusive: dict[uuid.UUID, set[IdentifierKey]] = field(default_factory=lambda: defaultdict(set))

    def add(self, party_id: uuid.UUID, candidate: Candidate) -> None:
        """Remember ``party_id`` under the candidate's name and identifiers."""
        self.add_name(party_id, candidate.name_key, candidate.country)
        for key in candidate.identifiers:
            self.add_identifier(party_id, key)

    def add_name(self, party_id: uuid.UUID, name_key: str, country: str) -> None:
        """Remember one name of a party."""
        same = self.by_name[name_key, country]
        if party_id not in same:
            same.append(party_id)

    def add_identifier(self, party_id: uuid.UUID, key: IdentifierKey) -> None:
        """Remember one identifier of a party."""
        self.by_identifier.setdefault(key, party_id)
        if key[0] in EXCLUSIVE:
            self.exclusive[party_id].add(key)

    def match(self, candidate: Candidate) -> Match:
        """Decide one candidate by the rule of this module."""
        if candidate.public_id:
            found = self.by_public_id.get(candidate.public_id)
            return Match(found, "id") if found else Match(problem="There is no organisation with this id on this hub.")
        owners = {self.by_identifier[key] for key in candidate.identifiers if key in self.by_identifier}
        if len(owners) > 1:
            return Match(problem="Its identifiers belong to different organisations on record.")
        if owners:
            return Match(owners.pop(), "identifier")
        alike = [one for one in self.by_name.get((candidate.name_key, candidate.country), ()) if self._fits(one, candidate)]
        if len(alike) > 1:
            return Match(problem="Several organisations on record have this name and country: give an id or a number.")
        return Match(alike[0], "name") if alike else Match()

    def _fits(self, party_id: uuid.UUID, candidate: Candidate) -> bool:
        held = {key[:2]: key[2] for key in self.exclusive.get(party_id, ())}
        return all(held.get(key[:2], key[2]) == key[2] for key in candidate.identifiers if key[0] in EXCLUSIVE)


def known_for(candidates: Sequence[Candidate]) -> Known:
    """Load, in a handful of queries, every record that could match one of ``candidates`` (some hundreds at a time)."""
    known = Known()
    _load_public_ids({one.public_id for one in candidates if one.public_id}, known)
    ids = _load_identifiers({key for one in candidates for key in one.identifiers}, known)
    ids |= _load_names({one.name_key for one in candidates}, known)
    for key, party in _identifier_rows(PartyIdentifier.objects.filter(party_id__in=ids, scheme__in=EXCLUSIVE)):
        known.exclusive[party].add(key)
    return known


def match(candidates: Sequence[Candidate]) -> list[Match]:
    """Match each candidate against the records of the hub; the answers stand in the candidates' order."""
    known = known_for(candidates)
    return [known.match(candidate) for candidate in candidates]


def _load_public_ids(public_ids: set[str], known: Known) -> None:
    rows = Party.objects.filter(public_id__in=public_ids).values_list("public_id", "id", "merged_into_id")
    for public_id, party_id, kept in rows:
        known.by_public_id[public_id] = _kept(kept) or party_id


def _kept(party_id: uuid.UUID | None) -> uuid.UUID | None:
    """Follow merges to the record that stands."""
    while party_id is not None:
        further = Party.objects.filter(pk=party_id).values_list("merged_into_id", flat=True).first()
        if further is None:
            return party_id
        party_id = further
    return None


def _load_identifiers(keys: set[IdentifierKey], known: Known) -> set[uuid.UUID]:
    rows = PartyIdentifier.objects.filter(
        scheme__in={key[0] for key in keys}, value__in={key[2] for key in keys}
    )
    found = set()
    for key, party in _identifier_rows(rows):
        if key in keys:
            known.by_identifier[key] = party
            found.add(party)
    return found


def _identifier_rows(rows: Iterable[PartyIdentifier]) -> Iterable[tuple[IdentifierKey, uuid.UUID]]:
    for row in rows:
        yield (row.scheme, row.jurisdiction, row.value), row.party_id


def _load_names(name_keys: set[str], known: Known) -> set[uuid.UUID]:
    live = Party.objects.exclude(status=Party.Status.MERGED)
    for party_id, name_key, country in live.filter(name_key__in=name_keys).values_list("id", "name_key", "country"):
        known.add_name(party_id, name_key, country)
    aliases = PartyName.objects.filter(name_key__in=name_keys).exclude(party__status=Party.Status.MERGED)
    for party_id, name_key, country in aliases.values_list("party_id", "name_key", "party__country"):
        known.add_name(party_id, name_key, country)
    return {party_id for same in known.by_name.values() for party_id in same}
