"""The filters of lists in the API: the same as in the addresses of the pages, each value checked."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints, create_model

from convener.foundation.api import ApiModel, PageQuery, check_parameters, check_values
from convener.foundation.api.parameters import known_names
from convener.foundation.filters import Filters
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory.models import Kind, Tool
from convener.rooms.directory.pages.labels import PARTS
from convener.rooms.directory.queries.listing import ALSO, FACETS, read_filters

MAX_WORDS_CHARS = 200
#: No vocabulary has more; and what the API answers does not grow with the values, as the links of a page do.
EVERY_VALUE = 10_000
_MEANINGS: Mapping[str, str] = {
    "at": "Country it works in or has its headquarters in, ISO 3166-1 alpha-2.",
    "country": "Country of the headquarters, ISO 3166-1 alpha-2.",
    "type": "Kind of organisation.",
    "industry": "Industry.",
    "sector": "Investment sector.",
    "issue": "Issue.",
    "exploitation": "Form of exploitation.",
    "service": "Service to business.",
    "model": "Model of partnership.",
    "region": "Region.",
    "scope": "Geographic reach.",
    "size": "Size band.",
    "language": "Language, ISO 639 code.",
    "user": "Whom the tool is for.",
    "cost": "What the tool costs.",
    "maintained": "Whether anybody looks after the tool.",
    "part": "Field of work.",
    "purpose": "Purpose of the partnership.",
}
_VOCABULARIES: Mapping[str, str] = {
    "at": "countries", "country": "countries", "region": "regions", "type": "stakeholder-types",
    "user": "stakeholder-types", "industry": "industries", "sector": "sectors", "issue": "issues",
    "exploitation": "exploitation", "service": "services", "model": "models", "scope": "scopes", "size": "size-bands",
    "purpose": "purposes",
}  # fmt: skip
_CHOICES: Mapping[str, Iterable[str]] = {
    "cost": Tool.Cost.values, "maintained": Tool.Maintained.values, "part": PARTS,
}  # fmt: skip
Language = Annotated[str, StringConstraints(pattern="^([a-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$", max_length=20)]


def vocabulary_called(name: str) -> Any:
    """A vocabulary by its name in addresses, countries and regions among them."""
    return {"countries": countries, "regions": regions}.get(name, lambda: vocabulary(name))()


def allowed(facet: str) -> list[str] | None:
    """The values a filter takes; None where any language code will do."""
    if facet in _VOCABULARIES:
        return list(vocabulary_called(_VOCABULARIES[facet]).terms)
    return list(_CHOICES[facet]) if facet in _CHOICES else None


def _described(facet: str) -> Callable[[dict[str, Any]], None]:
    def describe(schema: dict[str, Any]) -> None:
        schema["items"] = {"type": "string", "enum": [*(allowed(facet) or ()), ""]}

    return describe


def _facet_field(facet: str) -> tuple[Any, Any]:
    told = f"{_MEANINGS[facet]} May be given several times: any of the values; an empty one filters nothing."
    if facet not in _VOCABULARIES and facet not in _CHOICES:
        return list[Language], Field(default_factory=list, description=told)
    if facet in _VOCABULARIES:
        told += f" Keys: `/vocabularies/{_VOCABULARIES[facet]}`."
    return list[str], Field(default_factory=list, description=told, json_schema_extra=_described(facet))


def _filters_model(kind: Kind) -> Any:
    fields: dict[str, Any] = {facet: _facet_field(facet) for facet in (*ALSO[kind], *FACETS[kind])}
    words = Field("", max_length=MAX_WORDS_CHARS, description="Words to find; all must be in the record's text.")
    return create_model(f"{kind.name.title()}Filters", __base__=ApiModel, q=(str, words), **fields)


if TYPE_CHECKING:
    from convener.foundation.api import ApiModel as _OfInitiatives
    from convener.foundation.api import ApiModel as _OfOrganisations
    from convener.foundation.api import ApiModel as _OfTools
else:
    _OfOrganisations, _OfTools, _OfInitiatives = map(_filters_model, (Kind.ORGANISATION, Kind.TOOL, Kind.INITIATIVE))


class OrganisationFilters(_OfOrganisations):
    """Which organisations."""


class OrganisationQuery(PageQuery, _OfOrganisations):
    """Which organisations, and which page of them."""


class ToolQuery(PageQuery, _OfTools):
    """Which tools, and which page of them."""


class InitiativeQuery(PageQuery, _OfInitiatives):
    """Which initiatives, and which page of them."""


def filters_of(request: HttpRequest, kind: Kind, query: ApiModel) -> Filters:
    """The filters of a request whose parameters are those of ``query``.

    Raises InvalidValue for a value that does not exist, and for a parameter that does not: a slip in its name would
    otherwise answer with everything.
    """
    check_parameters(request, type(query).model_fields)
    filters = read_filters(kind, request.GET, most=EVERY_VALUE)
    for facet, values in filters.values.items():
        known = allowed(facet)
        if known is not None:
            check_values(facet, values, known, functools.partial(_hint, facet))
    return filters


def _hint(facet: str, value: str) -> str:
    name = _VOCABULARIES.get(facet)
    if name is None:
        return known_names(allowed(facet) or [])
    key = vocabulary_called(name).lookup.find(value)
    if key is not None:
        return _("Use the key: %(key)s.") % {"key": key}
    return _("Its values are the keys of /api/v1/vocabularies/%(name)s.") % {"name": name}
