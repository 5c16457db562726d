"""What a record is found by: its facet terms and its search text, derived from the record and rewritten with it.

Facet terms are kept with the record as one text, a line ``facet:value`` each: the counting index reads them all at once,
and a table of them would be seven rows and fifteen index entries an organisation.
"""

from __future__ import annotations

from collections.abc import Iterable

from convener.engines.geo import cell
from convener.engines.values import name_key
from convener.engines.values.folding import folded
from convener.foundation.parties.models import Party
from convener.foundation.vocabularies import sectors_of_industry
from convener.rooms.directory.models import Initiative, Profile, Tool, Visibility

SORT_CHARACTERS = 40
FINEST_CELL = 2  # coarser cells follow from it: queries.index derives them


def sort_name_of(name: str) -> str:
    """What a list is sorted by: the normalised name, cut."""
    return name_key(name)[:SORT_CHARACTERS]


def search_text_of(*parts: str) -> str:
    """What the search box looks through."""
    return folded("\n".join(part for part in parts if part))


def derived_sectors(profile: Profile) -> list[str]:
    """The investment sectors given, and those of the industries by the cross-walk, sorted."""
    walk = sectors_of_industry()
    return sorted({*profile.sectors, *(sector for industry in profile.industries for sector in walk.get(industry, ()))})


def terms_of_profile(party: Party, profile: Profile) -> str:
    """The facet terms of an organisation. A cell of the map only where everybody may see the place."""
    return _joined(
        {
            "country": [party.country],
            "type": [party.type],
            "scope": [profile.scope],
            "size": [profile.size_band],
            "sector": profile.sectors,
            "industry": profile.industries,
            "issue": profile.issues,
            "exploitation": profile.exploitation,
            "service": profile.services,
            "model": profile.models_offered,
            "at": sorted({*profile.countries, party.country}) if profile.countries else [party.country],
            "region": profile.regions,
            "language": profile.languages,
            "cell": _cells(profile),
        }
    )


def _cells(profile: Profile) -> list[str]:
    if profile.latitude is None or profile.longitude is None or profile.place_visibility != Visibility.PUBLIC:
        return []
    return [str(cell(profile.latitude, profile.longitude, FINEST_CELL))]


def terms_of_tool(tool: Tool) -> str:
    """The facet terms of a tool."""
    return _joined(
        {
            "user": tool.users,
            "exploitation": tool.exploitation,
            "at": tool.countries,
            "region": tool.regions,
            "language": tool.languages,
            "cost": [tool.cost],
            "maintained": [tool.maintained],
        }
    )


def terms_of_initiative(initiative: Initiative) -> str:
    """The facet terms of an initiative."""
    return _joined(
        {
            "model": initiative.models_used,
            "purpose": initiative.purposes,
            "part": [initiative.part],
            "industry": initiative.industries,
            "issue": initiative.issues,
            "exploitation": initiative.exploitation,
            "at": initiative.countries,
            "region": initiative.regions,
        }
    )


def _joined(facets: dict[str, Iterable[str]]) -> str:
    return "\n".join(
        [
            f"{facet}:{value}"
            for facet, values in facets.items()
            if values
            for value in values
            if value and "\n" not in value
        ]
    )
