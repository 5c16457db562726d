"""Names against lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from convener.engines.names import Hit
from convener.foundation.api import LOGIN, ErrorAnswer, check_parameters, require_login
from convener.rooms.screening.actions.asking import Question, require_screener, screen
from convener.rooms.screening.api import shapes
from convener.rooms.screening.api.routing import router
from convener.rooms.screening.models import WatchList
from convener.rooms.screening.queries.lists import in_use
from convener.rooms.screening.queries.visible import SCREEN


@router.get(
    "/names/lists",
    response={200: shapes.LoadedLists, 403: ErrorAnswer},
    operation_id="listNameLists",
    summary="The lists of names that can be asked",
    tags=["screening"],
    openapi_extra=LOGIN,
)
def list_name_lists(request: HttpRequest) -> Any:
    """Each list with the version that is asked now."""
    actor = require_login(request, SCREEN)
    check_parameters(request, ())
    require_screener(actor)
    return {
        "lists": [
            {
                **_version(one),
                "title": one.title,
                "format": one.format,
                "loaded_at": one.loaded_at,
                "problems": one.problem_count,
            }
            for one in in_use(actor)
        ]
    }


@router.post(
    "/names/screen",
    response={200: shapes.ScreeningAnswer, (403, 404, 409, 413, 503): ErrorAnswer},
    operation_id="screenNames",
    summary="Compare names with lists of sanctions",
    tags=["screening"],
    openapi_extra=LOGIN,
)
def screen_names(request: HttpRequest, asked: shapes.Screening) -> Any:
    """Up to 1,000 names at once. A name that cannot be compared gets a `problem`, and the others are answered.

    For NGOs, companies, banks, FIUs and those who run the hub. The names are kept nowhere; the audit has their number and
    the lists. A score is likeness of names: look at the reasons before anything follows from it.
    """
    actor = require_login(request, SCREEN)
    check_parameters(request, ())
    questions = [
        Question(one.id or str(place), one.name, one.type, one.country, one.birth_date, one.identifier)
        for place, one in enumerate(asked.queries, 1)
    ]
    answers = screen(questions, actor=actor, lists=asked.lists, limit=asked.limit, threshold=asked.threshold)
    return {
        "lists": [_version(one) for one in answers.lists],
        "results": [
            {
                "query_id": one.question.id,
                "decision": one.decision,
                "problem": one.problem,
                "hits": _hits(one.hits),
                "more": one.more,
            }
            for one in answers.results
        ],
    }


def _version(one: WatchList) -> dict[str, Any]:
    return {"name": one.name, "date": one.date, "sha256": one.sha256, "count": one.count}


def _hits(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    return [
        {
            "rank": hit.rank,
            "list": hit.list,
            "entry_id": hit.entry_id,
            "matched_name": hit.matched_name,
            "score": hit.score,
            "decision": hit.decision,
            "explanation": hit.explanation,
        }
        for hit in hits
    ]
