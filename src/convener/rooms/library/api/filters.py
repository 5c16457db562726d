"""The filters of the library's lists in the API: the same as in the addresses of the pages, each value checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from pydantic import Field, create_model

from convener.foundation.api import ApiModel, PageQuery, check_parameters, check_values
from convener.foundation.filters import Filters
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory.pages.labels import PARTS
from convener.rooms.library.queries import guidance, practices

_MEANINGS: Mapping[str, str] = {
    "part": "Field of work.",
    "model": "Model of partnership.",
    "purpose": "Purpose of the partnership.",
    "at": "Country that the practice names, ISO 3166-1 alpha-2.",
    "industry": "Industry.",
    "issue": "Issue.",
    "exploitation": "Form of exploitation.",
    "results": "Whether its results are told as figures: `figures` or `none`.",
    "region": "Region.",
    "stage": "Stage of a partnership at which it is useful.",
    "sector": "Field it is for; what is for all fields is found under each.",
    "audience": "Who should act on it.",
    "kind": "Kind of advice.",
    "topic": "Topic.",
    "here": "What this hub did with it, as far as you may know: `hidden` or `noted`.",
}
_VOCABULARIES = {
    "model": "models", "purpose": "purposes", "industry": "industries", "issue": "issues",
    "exploitation": "exploitation", "stage": "stages", "audience": "audiences", "kind": "guidance-kinds",
    "topic": "guidance-topics",
}  # fmt: skip


def allowed(facet: str) -> list[str]:
    """The values a filter takes."""
    if facet in _VOCABULARIES:
        return list(vocabulary(_VOCABULARIES[facet]).terms)
    fixed: dict[str, Iterable[str]] = {
        "at": countries().terms,
        "region": regions().terms,
        "part": PARTS,
        "sector": guidance.SECTORS,
        "here": (guidance.HIDDEN, guidance.NOTED),
        "results": (practices.WITH_FIGURES, practices.WITHOUT_FIGURES),
    }
    return list(fixed[facet])


def _described(facet: str) -> Callable[[dict[str, Any]], None]:
    def describe(schema: dict[str, Any]) -> None:
        schema["items"] = {"type": "string", "enum": [*allowed(facet), ""]}

    return describe


def _facet_field(facet: str) -> tuple[Any, Any]:
    told = f"{_MEANINGS[facet]} May be given several times: any of the values; an empty one filters nothing."
    return list[str], Field(default_factory=list, description=told, json_schema_extra=_described(facet))


def _query_model(name: str, facets: Sequence[str]) -> Any:
    fields: dict[str, Any] = {facet: _facet_field(facet) for facet in facets}
    words = Field("", max_length=200, description="Words to find; all must be in the record's text.")
    return create_model(name, __base__=ApiModel, q=(str, words), **fields)


if TYPE_CHECKING:
    from convener.foundation.api import ApiModel as _OfGuidance
    from convener.foundation.api import ApiModel as _OfPractices
else:
    _OfPractices = _query_model("PracticeFilters", (*practices.FACETS, *practices.ALSO))
    _OfGuidance = _query_model("GuidanceFilters", guidance.FACETS)


class PracticeQuery(PageQuery, _OfPractices):
    """Which practices, and which page of them."""


class GuidanceQuery(PageQuery, _OfGuidance):
    """Which pieces of guidance, and which page of them."""


def checked(request: HttpRequest, query: ApiModel, filters: Filters) -> Filters:
    """``filters`` of a request. Raises InvalidValue for a parameter or a value that does not exist."""
    check_parameters(request, type(query).model_fields)
    for facet in (name for name in type(query).model_fields if name in _MEANINGS):
        check_values(facet, request.GET.getlist(facet), allowed(facet))
    return filters
