"""Possible duplicates: pairs of organisations that may be one, and what is decided about them; for the secretariat."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from convener.errors import NotFound
from convener.foundation.api import (
    LOGIN,
    ErrorAnswer,
    PageQuery,
    check_parameters,
    page_of,
    require_login,
)
from convener.foundation.api.schemas import root_url
from convener.foundation.audit import actions as audit
from convener.foundation.parties.models import Party
from convener.rooms.directory.actions import deciding
from convener.rooms.directory.actions.drafts import KIND
from convener.rooms.directory.api import shapes
from convener.rooms.directory.api.routing import router
from convener.rooms.directory.models import PossibleDuplicate
from convener.rooms.directory.queries import duplicates as queries

WRITE = "directory:write"


class DuplicateQuery(PageQuery):
    """Which pairs."""

    show: Literal["undecided", "sure", "unsure", "decided", "all"] = Field(
        "undecided", description="`undecided`, `sure` or `unsure` (of these), `decided` or `all`."
    )


@router.get(
    "/duplicates",
    response={200: shapes.DuplicatePage, 403: ErrorAnswer},
    operation_id="listDuplicates",
    summary="List possible duplicates",
    tags=["duplicates"],
    openapi_extra=LOGIN,
)
def list_duplicates(request: HttpRequest, query: Query[DuplicateQuery]) -> Any:
    """Pairs of organisations that may be one, with the reasons; for the secretariat. Reading it is audited."""
    actor = require_login(request, WRITE)
    check_parameters(request, DuplicateQuery.model_fields)
    rows = queries.pairs(actor, query.show).select_related("one", "other")
    start = (query.number - 1) * query.per_page
    shown = list(rows[start : start + query.per_page])
    audit.record(actor, "directory.read_duplicates", KIND, count=len(shown))
    return page_of(request, query, rows.count(), [_told(request, pair) for pair in shown])


@router.post(
    "/duplicates/{id}/decision",
    response={200: shapes.Duplicate, (403, 404, 409): ErrorAnswer},
    operation_id="decideDuplicate",
    summary="Decide about a pair",
    tags=["duplicates"],
    openapi_extra=LOGIN,
)
def decide_duplicate(request: HttpRequest, id: str, said: shapes.DuplicateDecision) -> Any:
    """Say that the two of a pair differ, take that back, or merge them; for the secretariat."""
    actor = require_login(request, WRITE)
    check_parameters(request, ())
    queries.pairs(actor)  # who may not see pairs is not told whether there is one
    key = _key(id)
    if said.decision == "same":
        deciding.merge_pair(key, said.keep, actor=actor)
    else:
        deciding.decide(key, said.decision, actor=actor)
    return _told(request, PossibleDuplicate.objects.select_related("one", "other").get(pk=key))


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFound(
            _("There is no such pair (any more)."), hint=_("Ask for the list of duplicates again.")
        ) from error


def _told(request: HttpRequest, pair: PossibleDuplicate) -> dict[str, Any]:
    return {
        "id": str(pair.pk),
        "one": _candidate(request, pair.one),
        "other": _candidate(request, pair.other),
        "score": pair.score,
        "outcome": pair.outcome,
        "parts": pair.parts,
        "found_at": pair.found_at,
        "decision": pair.decision,
        "decided_at": pair.decided_at,
    }


def _candidate(request: HttpRequest, party: Party) -> dict[str, str]:
    address = f"{root_url(request)}organisations/{party.public_id}"
    return {"id": party.public_id, "name": party.name, "country": party.country, "url": address}
