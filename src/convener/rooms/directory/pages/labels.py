"""Names of what the directory's pages show: columns, facets, and the values of both, in the reader's language."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convener.foundation.parties.models import Party
from convener.foundation.ui.components import Text
from convener.foundation.ui.faceting import Faceting, Label
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory.columns import BY_NAME
from convener.rooms.directory.models import Kind, Tool, Visibility

COLUMN_TITLES: Mapping[str, Text] = {
    "id": _("Public ID"),
    "name": _("Name"),
    "aliases": _("Other names"),
    "type": _("Type"),
    "country": _("Country of the headquarters"),
    "registration_number": _("Registration number"),
    "lei": _("Legal Entity Identifier (LEI)"),
    "org_id": _("org-id.guide identifier"),
    "source_ids": _("Numbers in other lists"),
    "status": _("State"),
    "size": _("Size"),
    "scope": _("Reach"),
    "countries": _("Countries of work"),
    "regions": _("Regions of work"),
    "sector": _("Sectors"),
    "industries": _("Industries"),
    "issues": _("Issues"),
    "exploitation": _("Forms of exploitation"),
    "services": _("Services to business"),
    "models": _("Partnership models offered"),
    "workstreams": _("Workstreams"),
    "outputs": _("Outputs"),
    "languages": _("Languages"),
    "summary": _("About the organisation"),
    "summary_language": _("Language of that text"),
    "website": _("Website"),
    "address": _("Address"),
    "city": _("Town"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "email": _("E-mail address"),
    "phone": _("Telephone"),
    "visibility": _("Who sees this entry"),
    "place_visibility": _("Who sees the place"),
    "contact_visibility": _("Who sees e-mail address and telephone"),
    "last_confirmed": _("Last confirmed"),
}
#: What a column of a list may be: the same titles, but for the ID, which in a list of others is theirs.
IMPORT_TITLES: Mapping[str, Text] = {
    **COLUMN_TITLES,
    "id": _("ID: the one of this hub (CV-…), or else the number in that list"),
}
FACET_TITLES: Mapping[str, Text] = {
    "at": _("Country"),
    "type": _("Type"),
    "industry": _("Industry"),
    "sector": _("Sector"),
    "issue": _("Issue"),
    "exploitation": _("Form of exploitation"),
    "service": _("Service to business"),
    "model": _("Partnership model"),
    "region": _("Region"),
    "scope": _("Reach"),
    "user": _("For whom"),
    "language": _("Language"),
    "cost": _("Cost"),
    "maintained": _("Maintenance"),
    "part": _("Field"),
    "purpose": _("Purpose"),
    "country": _("Headquarters"),
    "size": _("Size"),
}
#: The parts into which the Compendium sorts its practices.
PARTS: Mapping[str, Text] = {
    "understanding": _("Understanding the problem"),
    "supply-chains": _("Supply chains"),
    "financial": _("Financial sector"),
    "technology": _("Technology"),
}
KIND_TITLES: Mapping[Kind, Text] = {
    Kind.ORGANISATION: _("Organisations"),
    Kind.TOOL: _("Tools"),
    Kind.INITIATIVE: _("Initiatives"),
}
#: Languages of workers and migrants that Django does not name.
MORE_LANGUAGES: Mapping[str, Text] = {
    "am": _("Amharic"), "fil": _("Filipino"), "ha": _("Hausa"), "ht": _("Haitian Creole"), "ku": _("Kurdish"),
    "lo": _("Lao"), "om": _("Oromo"), "ps": _("Pashto"), "si": _("Sinhala"), "so": _("Somali"), "ti": _("Tigrinya"),
    "tl": _("Tagalog"), "yo": _("Yoruba"),
}  # fmt: skip


def language_name(code: str) -> str:
    """The name of a language by its ISO 639 code in the reader's language; what is no known code stands for itself."""
    if code in MORE_LANGUAGES:
        return str(MORE_LANGUAGES[code])
    known: dict[str, Any] | None = LANG_INFO.get(code)
    return gettext(known["name"]) if known and "name" in known else code


def _of_choices(choices: Any) -> Label:
    names = {choice.value: choice.label for choice in choices}
    return lambda value: str(names.get(value, value))


def _of_mapping(names: Mapping[str, Text]) -> Label:
    return lambda value: str(names.get(value, value))


def _of_vocabulary(name: str) -> Label:
    return lambda value: vocabulary(name).label(value)


@functools.cache
def _facet_labels() -> Mapping[str, Label]:
    named = {
        "type": "stakeholder-types", "user": "stakeholder-types", "industry": "industries", "sector": "sectors",
        "issue": "issues", "exploitation": "exploitation", "service": "services", "model": "models", "scope": "scopes",
        "purpose": "purposes", "size": "size-bands",
    }  # fmt: skip
    return {
        **{facet: _of_vocabulary(name) for facet, name in named.items()},
        "at": lambda value: countries().label(value),
        "country": lambda value: countries().label(value),
        "region": lambda value: regions().label(value),
        "language": language_name,
        "cost": _of_choices(Tool.Cost),
        "maintained": _of_choices(Tool.Maintained),
        "part": _of_mapping(PARTS),
    }


def facet_label(facet: str) -> Label:
    """The function that names the values of a facet."""
    return _facet_labels()[facet]


FACETING = Faceting(FACET_TITLES, facet_label)


@functools.cache
def column_label(name: str) -> Label:
    """The function that names the values of a canonical column; values that people write stand for themselves."""
    if name in ("country", "countries"):
        return lambda value: countries().label(value)
    if name == "regions":
        return lambda value: regions().label(value)
    if name.endswith("visibility"):
        return _of_choices(Visibility)
    if name == "status":
        return _of_choices(Party.Status)
    if name in ("languages", "summary_language"):
        return language_name
    listed = BY_NAME[name].vocabulary
    return _of_vocabulary(listed) if listed else str


def role_label(key: str) -> str:
    """The role of a member of an initiative."""
    return vocabulary("roles").label(key)
