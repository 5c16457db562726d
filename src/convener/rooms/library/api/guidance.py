"""Guidance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Query

from convener.foundation.actor import Actor
from convener.foundation.api import LOGIN, ErrorAnswer, actor_of, check_parameters, page_of, require_login, root_url
from convener.rooms.library.actions import guidance as actions
from convener.rooms.library.actions.exporting import guidance_as_content
from convener.rooms.library.api import shapes
from convener.rooms.library.api.filters import GuidanceQuery, checked
from convener.rooms.library.api.routing import router
from convener.rooms.library.models import Guidance
from convener.rooms.library.queries import guidance

READ, WRITE = "library:read", "library:write"


@router.get(
    "/guidance",
    response={200: shapes.GuidancePage, 403: ErrorAnswer},
    operation_id="listGuidance",
    summary="List guidance",
    tags=["guidance"],
)
def list_guidance(request: HttpRequest, query: Query[GuidanceQuery]) -> Any:
    """Pieces of advice in the order of their sources."""
    actor = actor_of(request, READ)
    found = guidance.find(actor, checked(request, query, guidance.read_filters(request.GET))).records
    start = (query.number - 1) * query.per_page
    shown = found[start : start + query.per_page]
    return page_of(request, query, len(found), _shown(shown, actor, root_url(request)))


@router.get(
    "/guidance/{id}",
    response={200: shapes.Guidance, (403, 404): ErrorAnswer},
    operation_id="getGuidance",
    summary="One piece of guidance",
    tags=["guidance"],
)
def get_guidance(request: HttpRequest, id: str) -> Any:
    """A piece of guidance by its key."""
    actor = actor_of(request, READ)
    check_parameters(request, ())
    return _shown([guidance.one(actor, id.replace("\x00", ""))], actor, root_url(request))[0]


@router.patch(
    "/guidance/{id}",
    response={200: shapes.Guidance, (403, 404): ErrorAnswer},
    operation_id="judgeGuidance",
    summary="Say what you think of a piece of guidance",
    tags=["guidance"],
    openapi_extra=LOGIN,
)
def judge_guidance(request: HttpRequest, id: str, said: shapes.GuidanceOpinion) -> Any:
    """Say whether a piece is useful; for the secretariat also its note, and whether the hub shows it. All or nothing."""
    actor = require_login(request, WRITE)
    check_parameters(request, ())
    piece = guidance.one(actor, id.replace("\x00", ""))
    with transaction.atomic():
        if "useful" in said.model_fields_set:
            actions.judge(piece, said.useful, actor=actor)
        if "note" in said.model_fields_set:
            actions.annotate(piece, said.note, actor=actor)
        if "hidden" in said.model_fields_set:
            actions.hide(piece, said.hidden, actor=actor)
    return _shown([piece], actor, root_url(request))[0]


def _shown(records: Sequence[Guidance], actor: Actor, root: str) -> list[dict[str, Any]]:
    votes = guidance.votes_on(records)
    return [
        {
            **{name: value for name, value in guidance_as_content(piece).items() if name != "key"},
            "id": piece.slug,
            "note": guidance.note_for(actor, piece),
            "useful": votes.get(piece.pk, (0, 0))[0],
            "not_useful": votes.get(piece.pk, (0, 0))[1],
            "url": f"{root}guidance/{piece.slug}",
            "updated_at": piece.updated_at,
        }
        for piece in records
    ]
