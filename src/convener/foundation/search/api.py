"""The search through the API."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field, create_model

from convener.errors import InvalidValue
from convener.foundation.api import (
    ApiModel,
    ErrorAnswer,
    ListPage,
    PageQuery,
    actor_of,
    check_parameters,
    check_values,
    page_of,
)
from convener.foundation.search import pages
from convener.foundation.search.asking import DEEPEST, MOST_LETTERS, ask, facets, read_filters
from convener.foundation.search.registry import REGISTRY
from convener.foundation.search.store import KIND

READ = "search:read"
router = Router()


def _values_of(facet: str) -> Collection[str]:
    return REGISTRY.sources if facet == KIND else REGISTRY.facets[facet].values()


def _facet_field(facet: str) -> tuple[Any, Any]:
    title = "Kind of record" if facet == KIND else str(REGISTRY.facets[facet].title)
    told = f"{title}. May be given several times: any of the values; an empty one filters nothing."
    items: Any = {"type": "string", "enum": [*_values_of(facet), ""]}
    return list[str], Field(default_factory=list, description=told, json_schema_extra={"items": items})


def _facets_model() -> Any:
    """The facets as parameters: those that the rooms have registered when the API is put together."""
    fields: dict[str, Any] = {facet: _facet_field(facet) for facet in facets()}
    return create_model("SearchFacets", __base__=PageQuery, **fields)


if TYPE_CHECKING:
    from convener.foundation.api import PageQuery as _Facets
else:
    _Facets = _facets_model()


class SearchQuery(_Facets):
    """What to look for, and which page of the answer."""

    q: str = Field("", max_length=MOST_LETTERS, description="Words to find, in any language; slips are forgiven.")
    lang: Literal["en", "fr", "es", "ar"] = Field("en", description="Language of the words.")


class Result(ApiModel):
    """A found record."""

    kind: str = Field(description="`organisation`, `tool`, `initiative`, `practice` or `guidance`.")
    id: str = Field(description="Its ID in the API: the public ID of an organisation, the key of anything else.")
    name: str = Field(description="Its name or title.")
    excerpt: str = Field(description="The part of its text that shows most found words.")
    url: str = Field(description="Address of its page: the members' page for who asks with a token.")


class SearchPage(ListPage):
    """A page of results, the best first."""

    slips: list[str] = Field(description="Words that are written nowhere: similar ones were looked for.")
    facets: dict[str, dict[str, int]] = Field(description="Counts by facet and value.")
    results: list[Result] = Field(description="The records of this page.")


@router.get(
    "/search",
    response={200: SearchPage, (403, 503): ErrorAnswer},
    operation_id="search",
    summary="Search everything",
    tags=["search"],
)
def search(request: HttpRequest, query: Query[SearchQuery]) -> Any:
    """Organisations, tools, initiatives, practices and guidance that answer some words, the best first.

    Parameters named as a facet of the answer (`kind`, `at`, `industry` …) keep records with one of their values.
    """
    actor = actor_of(request, READ)
    check_parameters(request, SearchQuery.model_fields)
    for facet in facets():
        check_values(facet, request.GET.getlist(facet), _values_of(facet))
    filters = read_filters(request.GET)
    if not filters.q and not filters.values:
        raise InvalidValue("q", pages.NOTHING_ASKED, hint=pages.ASK_SOMETHING)
    offset = (query.number - 1) * query.per_page
    limit = max(min(query.per_page, DEEPEST - offset), 0)
    answer = ask(actor, filters, language=query.lang, offset=offset, limit=max(limit, 1))
    found = answer.found if limit else ()
    shown = page_of(request, query, min(answer.total, DEEPEST), _results(request, found, answer, actor))
    return {**shown, "count": answer.total, "slips": list(answer.asked.slips), "facets": answer.counts}


def _results(request: HttpRequest, found: Any, answer: Any, actor: Any) -> list[dict[str, str]]:
    hits = pages.keyed_hits(found, actor, public=actor.user_id is None)
    return [
        {
            "kind": kind,
            "id": hit.id,
            "name": str(hit.name),
            "excerpt": pages.plain_excerpt(hit, answer.asked),
            "url": request.build_absolute_uri(hit.href),
        }
        for kind, _key, hit in hits
    ]
