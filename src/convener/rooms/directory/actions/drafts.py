"""Drafts: organisations being changed in memory, and one place that writes many of them at once.

A draft takes values in the canonical columns, notes what each change set changed, and knows nothing of files or forms.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convener.foundation import bulk
from convener.foundation.ids import new_key
from convener.foundation.parties.matching import key_of
from convener.foundation.parties.models import Party, PartyIdentifier, PartyName, Provenance
from convener.foundation.parties.rows import IdentifierRow, NameRow
from convener.rooms.directory.actions import terms
from convener.rooms.directory.columns import BY_NAME, KEEPERS, PLAIN, Column, column_of, value_key
from convener.rooms.directory.models import Profile, Visibility
from convener.rooms.directory.models.profiles import default_place_visibility

KIND = "organisation"
IdentifierKey = tuple[str, str, str]


@dataclass
class Draft:
    """One organisation as it is and as it will be. ``changed`` maps a column to [before, after]; ``given_back`` are other names
    that come back by an undo.
    """

    party: Party
    profile: Profile
    names: dict[str, NameRow]
    identifiers: dict[IdentifierKey, IdentifierRow]
    is_new: bool
    changed: dict[str, list[Any]] = field(default_factory=dict)
    added_rows: list[NameRow | IdentifierRow] = field(default_factory=list)
    removed_rows: list[NameRow | IdentifierRow] = field(default_factory=list)
    given_back: set[str] = field(default_factory=set)
    is_place_decided: bool = False

    @classmethod
    def new(cls, *, owner_id: uuid.UUID | None, is_demo: bool = False) -> Draft:
        """A draft of an organisation that is not on record yet."""
        party = bulk.blank(Party, owner_id=owner_id, is_demo=is_demo)
        profile = bulk.blank(Profile, party_id=party.id)
        profile._state.fields_cache["party"] = party  # as ``profile.party = party`` does
        return cls(party, profile, {}, {}, is_new=True)

    def get(self, column: Column) -> Any:
        """The present value of a plain column, as JSON keeps it."""
        value = getattr(self.party if column.holder == "party" else self.profile, column.field)
        return value.isoformat() if isinstance(value, dt.date) else value

    def value_of(self, name: str) -> Any:
        """The present value of any column, as JSON keeps it."""
        if BY_NAME[name].attribute:
            return self.get(BY_NAME[name])
        if name == "id":
            return self.party.public_id
        return self.aliases if name == "aliases" else [list(key) for key in self.identifiers_of(name)]

    def set(self, name: str, value: Any) -> None:
        """Give a plain column a value and note the change if it is one."""
        column = BY_NAME[name]
        before = self.get(column)
        if before == value:
            return
        stored = dt.date.fromisoformat(value) if name == "last_confirmed" and value else value
        setattr(self.party if column.holder == "party" else self.profile, column.field, stored)
        if column.is_list:
            self._forget_sources(*(value_key(name, one) for one in before if one not in value))
        self._note(name, before, value)

    def begin(self, values: Mapping[str, Any]) -> None:
        """Give a new record the first values of its plain columns: as :meth:`set` does, without looking what was there."""
        for name, value in values.items():
            column = BY_NAME[name]
            if not column.attribute:
                continue
            record = self.party if column.holder == "party" else self.profile
            if value == (empty := getattr(record, column.field)):
                continue
            self.changed[name] = [empty, value]
            setattr(record, column.field, dt.date.fromisoformat(value) if name == "last_confirmed" else value)

    def _note(self, name: str, before: Any, after: Any) -> None:
        first = self.changed[name][0] if name in self.changed else before
        self.changed[name] = [first, after]
        if first == after:  # there and back again
            del self.changed[name]

    @property
    def aliases(self) -> list[str]:
        """The other names, sorted. One that became the name itself is kept, and is no other name meanwhile."""
        return sorted(text for text in self.names if text != self.party.name)

    def set_aliases(
        self, aliases: Iterable[str], *, replace: bool, kinds: Mapping[str, tuple[str, str]] | None = None
    ) -> None:
        """Add other names, or make them exactly ``aliases``; ``kinds`` maps a text to (kind, language)."""
        before, wanted = self.aliases, {alias for alias in aliases if alias != self.party.name}
        for text in sorted(wanted - self.names.keys()):
            kind, language = (kinds or {}).get(text, (PartyName.Kind.ALIAS, ""))
            row = NameRow(new_key(), self.party.id, text, key_of(text), kind, language)
            self.names[text] = row
            self.added_rows.append(row)
        if replace:
            for text in sorted(set(before) - wanted):
                self._drop(self.names.pop(text))
        if self.aliases != before:
            self._note("aliases", before, self.aliases)

    def set_identifiers(self, column: str, keys: Iterable[IdentifierKey], *, replace: bool) -> None:
        """Add identifiers of one column (registration_number, lei, org_id, source_ids), or make them exactly ``keys``."""
        before, wanted = self.identifiers_of(column), set(keys)
        added = sorted(wanted - self.identifiers.keys())
        removed = sorted(set(before) - wanted) if replace else []
        for key in added:
            row = IdentifierRow(new_key(), self.party.id, *key)
            self.identifiers[key] = row
            self.added_rows.append(row)
        for key in removed:
            self._drop(self.identifiers.pop(key))
        if added or removed:
            self._note(column, [list(key) for key in before], [list(key) for key in self.identifiers_of(column)])

    def identifiers_of(self, column: str) -> list[IdentifierKey]:
        """The identifiers that belong to one column, sorted."""
        if not self.identifiers:
            return []
        return sorted([key for key in self.identifiers if column_of_scheme(key[0]) == column])

    def _drop(self, row: NameRow | IdentifierRow) -> None:
        own = (
            value_key("aliases", row.text)
            if isinstance(row, NameRow)
            else value_key(column_of_scheme(row.scheme), row.key)
        )
        self._forget_sources(own)
        if row in self.added_rows:
            self.added_rows.remove(row)
        else:
            self.removed_rows.append(row)

    def _forget_sources(self, *own: str) -> None:
        """Forget where values were from that are gone: should they come again, it will be from elsewhere."""
        present = self.party.provenance if own else {}
        if any(key in present for key in own):
            self.party.provenance = {key: entry for key, entry in present.items() if key not in own}

    def settle(self) -> None:
        """Bring what is derived into line: keys for sorting and searching, facets, sectors, the shelter rule."""
        party, profile = self.party, self.profile
        self._drop_new_alias_that_is_the_name()
        party.name_key = key_of(party.name)
        profile.sort_name = terms.sort_name_of(party.name)
        sectors = terms.derived_sectors(profile)
        if sectors != profile.sectors:
            self.set("sector", sectors)
        if profile._state.adding and not self._is_place_decided():
            profile.place_visibility = default_place_visibility(party.type)
        elif self._became_a_shelter():
            self.set("place_visibility", Visibility.PRIVATE.value)
        # Numbers of other lists are for who keeps the record: what everybody searches must not find them.
        numbers = sorted([key for key in self.identifiers if column_of_scheme(key[0]) != "source_ids"])
        aliases = self.aliases if self.names else ()
        profile.search_text = terms.search_text_of(party.name, *aliases, profile.summary, *[key[2] for key in numbers])
        profile.facet_terms = terms.terms_of_profile(party, profile)

    def _drop_new_alias_that_is_the_name(self) -> None:
        """What one row of a list calls another name and a later one the name is no other name, and never was.

        One that comes back was there before, and stays as any that became the name (:attr:`aliases`).
        """
        if self.party.name not in self.names or self.party.name in self.given_back:
            return
        for row in [row for row in self.added_rows if isinstance(row, NameRow) and row.text == self.party.name]:
            self._drop(self.names.pop(row.text))
            if "aliases" in self.changed:
                self._note("aliases", None, self.aliases)

    def _became_a_shelter(self) -> bool:
        """A type whose address may be a shelter came later than the address, and nobody ever said who may see it."""
        if "type" not in self.changed or default_place_visibility(self.party.type) != Visibility.PRIVATE:
            return False
        return not self._is_place_decided()

    def _is_place_decided(self) -> bool:
        if self.is_place_decided or "place_visibility" in self.changed:
            return True
        return any("place_visibility" in one["fields"] for one in self.party.provenance_sets)

    def note_provenance(
        self, source_id: uuid.UUID, ref: str, on: dt.date | None, *, columns: Iterable[str] | None = None
    ) -> None:
        """Say of ``columns``, or else of every changed one, where the value came from."""
        entry = {"source": str(source_id), "ref": ref, "on": on.isoformat() if on else None}
        named = self.changed if columns is None else columns
        if self.party.provenance_sets:
            self.party.provenance = {**self.party.provenance, **dict.fromkeys(named, entry)}
        elif named:
            self.party.provenance_sets = [{**entry, "fields": list(named)}]

    def give_back(
        self,
        name: str,
        before: Any,
        after: Any,
        *,
        provenance: Mapping[str, Provenance],
        kinds: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        """Take one noted change back where nobody changed the value since; of a list, what was added and taken away.

        ``provenance`` is where the values of then were from. ``kinds`` as in :meth:`set_aliases`, for names that come
        back. Of several columns give the aliases back first: they go by the name. Identifiers that the change took
        away do not come back here: another organisation may have them by now.
        """
        column = BY_NAME[name]
        if name == "aliases":
            wanted = (set(self.aliases) - (set(after) - set(before))) | (set(before) - set(after))
            self.set_aliases(wanted, replace=True, kinds=kinds)
            self.given_back |= set(before) - set(after)
        elif column.is_list:
            self.set(name, sorted((set(self.get(column)) - (set(after) - set(before))) | (set(before) - set(after))))
        elif column.attribute:
            if self.get(column) == after:
                self.set(name, before)
        else:
            added = {tuple(one) for one in after} - {tuple(one) for one in before}
            kept = [key for key in self.identifiers_of(name) if key not in added]
            self.set_identifiers(name, kept, replace=True)
        if self.value_of(name) == before:
            present = self.party.provenance.items()
            others = {known: entry for known, entry in present if column_of(known) != name}
            then = {known: entry for known, entry in provenance.items() if column_of(known) == name}
            self.party.provenance = others | then

    @property
    def says_nothing(self) -> bool:
        """True of an entry in which no column is filled: who sees it does not count."""
        columns = [column for column in PLAIN if column.holder == "profile" and column.part != KEEPERS]
        return all(self.get(column) in ("", None, []) for column in columns)


_COLUMNS_OF_SCHEMES = {
    PartyIdentifier.REGISTRATION: "registration_number",
    PartyIdentifier.LEI: "lei",
    PartyIdentifier.ORG_ID: "org_id",
}


@functools.lru_cache(maxsize=1000)  # asked about every number of every row
def column_of_scheme(scheme: str) -> str:
    """The canonical column in which identifiers of ``scheme`` stand."""
    if scheme.startswith(PartyIdentifier.SOURCE_PREFIX):
        return "source_ids"
    return _COLUMNS_OF_SCHEMES[scheme]


def lock(party_ids: Sequence[uuid.UUID]) -> None:
    """Wait for changes of these records that are under way, and let nobody else begin one until the transaction ends."""
    list(Party.objects.select_for_update().filter(pk__in=party_ids).order_by("pk").values_list("pk"))


def load_drafts(party_ids: Sequence[uuid.UUID], *, make_profiles: bool = False) -> dict[uuid.UUID, Draft]:
    """The drafts of records on the hub, in a handful of queries.

    Organisations that only act here (an account's, the hub's own) have no entry in the directory: they are left out,
    or, with ``make_profiles``, get an empty one that is written with the draft.
    """
    drafts = {
        profile.party_id: Draft(profile.party, profile, {}, {}, is_new=False)
        for profile in Profile.objects.select_related("party").filter(party_id__in=party_ids)
    }
    missing = set(party_ids) - drafts.keys() if make_profiles else set()
    for party in Party.objects.filter(pk__in=missing) if missing else ():
        drafts[party.id] = Draft(party, Profile(party=party), {}, {}, is_new=False)
    for values in PartyName.objects.filter(party_id__in=drafts).values_list(*NameRow._fields):
        name = NameRow._make(values)
        drafts[name.party_id].names[name.text] = name
    for values in PartyIdentifier.objects.filter(party_id__in=drafts).values_list(*IdentifierRow._fields):
        identifier = IdentifierRow._make(values)
        drafts[identifier.party_id].identifiers[identifier.key] = identifier
    return drafts


def values_of(draft: Draft) -> dict[str, Any]:
    """Every canonical column of a draft as JSON values: what exports write and history compares."""
    return {name: draft.value_of(name) for name in BY_NAME}
