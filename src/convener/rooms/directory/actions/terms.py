"""What a record is found by: its facet terms and its search text, derived from the record and rewritten with it."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from convener.engines.geo import cell
from convener.engines.values import name_key
from convener.foundation.parties.models import Party
from convener.foundation.vocabularies import sectors_of_industry
from convener.rooms.directory.models import Initiative, Kind, Profile, Tool, Visibility


class TermRow(NamedTuple):
    """A row of :class:`Term` before it is written."""

    kind: str
    record_id: uuid.UUID
    facet: str
    value: str
    visibility: str
    sort_name: str


SORT_CHARACTERS = 40
FINEST_CELL = 2  # coarser cells follow from it: queries.index derives them


def sort_name_of(name: str) -> str:
    """What a list is sorted by: the normalised name, cut."""
    return name_key(name)[:SORT_CHARACTERS]


def folded(text: str) -> str:
    """Lower case without accents, for finding text in any usual spelling."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def search_text_of(*parts: str) -> str:
    """What the search box looks through."""
    return folded("\n".join(part for part in parts if part))


def derived_sectors(profile: Profile) -> list[str]:
    """The investment sectors given, and those of the industries by the cross-walk, sorted."""
    walk = sectors_of_industry()
    return sorted({*profile.sectors, *(sector for industry in profile.industries for sector in walk.get(industry, ()))})


def is_listed(party: Party) -> bool:
    """Demo, closed and merged organisations stand in no list, map or count."""
    return party.status == Party.Status.ACTIVE and not party.is_demo


def terms_of_profile(party: Party, profile: Profile) -> Iterator[TermRow]:
    """The terms of an organisation; none when it is not listed. Cells only where everybody may see the place."""
    if not is_listed(party):
        return
    single = (("country", party.country), ("type", party.type), ("scope", profile.scope), ("size", profile.size_band))
    for facet, value in single:
        if value:
            yield TermRow(Kind.ORGANISATION, party.id, facet, value, profile.visibility, profile.sort_name)
    several = (
        ("sector", profile.sectors),
        ("industry", profile.industries),
        ("issue", profile.issues),
        ("exploitation", profile.exploitation),
        ("service", profile.services),
        ("model", profile.models_offered),
        ("at", sorted({*profile.countries, *([party.country] if party.country else [])})),
        ("region", profile.regions),
        ("language", profile.languages),
        ("cell", _cells(profile)),
    )
    for facet, values in several:
        for value in values:
            yield TermRow(Kind.ORGANISATION, party.id, facet, value, profile.visibility, profile.sort_name)


def _cells(profile: Profile) -> list[str]:
    if profile.latitude is None or profile.longitude is None or profile.place_visibility != Visibility.PUBLIC:
        return []
    return [str(cell(profile.latitude, profile.longitude, FINEST_CELL))]


def terms_of_tool(tool: Tool) -> Iterator[TermRow]:
    """The terms of a tool."""
    facets: dict[str, Iterable[str]] = {
        "user": tool.users,
        "exploitation": tool.exploitation,
        "at": tool.countries,
        "region": tool.regions,
        "language": tool.languages,
        "cost": [tool.cost],
        "maintained": [tool.maintained],
    }
    yield from _terms(Kind.TOOL, tool, facets)


def terms_of_initiative(initiative: Initiative) -> Iterator[TermRow]:
    """The terms of an initiative."""
    facets: dict[str, Iterable[str]] = {
        "model": initiative.models_used,
        "purpose": initiative.purposes,
        "part": [initiative.part],
        "industry": initiative.industries,
        "issue": initiative.issues,
        "exploitation": initiative.exploitation,
        "at": initiative.countries,
        "region": initiative.regions,
    }
    yield from _terms(Kind.INITIATIVE, initiative, facets)


def _terms(kind: Kind, record: Tool | Initiative, facets: dict[str, Iterable[str]]) -> Iterator[TermRow]:
    for facet, values in facets.items():
        for value in values:
            if value:
                yield TermRow(kind, record.id, facet, value, record.visibility, record.sort_name)
