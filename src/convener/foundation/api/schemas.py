"""Shapes and helpers that the endpoints of all rooms share: pages of results and their links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from pydantic import Field

from convener.foundation.api.models import ApiModel

NAMESPACE = "api"
PER_PAGE, MAX_PER_PAGE = 25, 200
#: Beyond this no list of a hub reaches; the database is not asked for more.
LAST_PAGE = 1_000_000


class ListPage(ApiModel):
    """What every page of a list has."""

    count: int = Field(ge=0, description="Records in the whole list.")
    next: str | None = Field(description="Address of the next page; null on the last.")
    previous: str | None = Field(description="Address of the page before; null on the first.")


class PageQuery(ApiModel):
    """Which page of a list."""

    page: int = Field(1, ge=1, description="Number of the page, from 1; a page beyond the end is empty.")
    per_page: int = Field(PER_PAGE, ge=1, le=MAX_PER_PAGE, description="Results on a page.")

    @property
    def number(self) -> int:
        """The page to ask the database for."""
        return min(self.page, LAST_PAGE)


def root_url(request: HttpRequest) -> str:
    """The API's own address, with a slash at the end."""
    return request.build_absolute_uri(reverse(f"{NAMESPACE}:api-root"))


def page_of(request: HttpRequest, query: PageQuery, count: int, results: Sequence[Any]) -> dict[str, Any]:
    """A page as the API answers it: ``{"count", "next", "previous", "results"}``; the links keep every filter."""
    last = max(1, -(-count // query.per_page))
    following = query.page + 1 if query.page < last else None
    before = min(query.page - 1, last) if query.page > 1 else None
    return {"count": count, "next": _link(request, following), "previous": _link(request, before), "results": results}


def _link(request: HttpRequest, page: int | None) -> str | None:
    if page is None:
        return None
    query: QueryDict = request.GET.copy()
    query["page"] = str(page)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
