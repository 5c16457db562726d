"""Practices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Query

from convener.foundation.actor import Actor
from convener.foundation.api import ErrorAnswer, actor_of, check_parameters, page_of, root_url
from convener.rooms.directory.models import InitiativeMember
from convener.rooms.library.actions.exporting import practice_as_content
from convener.rooms.library.api import shapes
from convener.rooms.library.api.filters import PracticeQuery, checked
from convener.rooms.library.api.routing import router
from convener.rooms.library.models import Practice
from convener.rooms.library.queries import practices

READ = "library:read"


@router.get(
    "/practices",
    response={200: shapes.PracticePage, 403: ErrorAnswer},
    operation_id="listPractices",
    summary="List practices",
    tags=["practices"],
)
def list_practices(request: HttpRequest, query: Query[PracticeQuery]) -> Any:
    """Promising practices by number."""
    actor = actor_of(request, READ)
    found = practices.find(actor, checked(request, query, practices.read_filters(request.GET))).records
    start = (query.number - 1) * query.per_page
    shown = found[start : start + query.per_page]
    return page_of(request, query, len(found), _shown(shown, actor, root_url(request)))


@router.get(
    "/practices/{id}",
    response={200: shapes.Practice, (403, 404): ErrorAnswer},
    operation_id="getPractice",
    summary="One practice",
    tags=["practices"],
)
def get_practice(request: HttpRequest, id: str) -> Any:
    """A practice by its key."""
    actor = actor_of(request, READ)
    check_parameters(request, ())
    return _shown([practices.one(actor, id.replace("\x00", ""))], actor, root_url(request))[0]


def _shown(records: Sequence[Practice], actor: Actor, root: str) -> list[dict[str, Any]]:
    members = practices.members_of(records, actor)
    return [_one(practice, members.get(practice.pk, ()), root) for practice in records]


def _one(practice: Practice, members: Sequence[InitiativeMember], root: str) -> dict[str, Any]:
    initiative = practice.initiative
    raw = practice_as_content(practice, ())
    for name in ("key", "names", "visibility"):
        raw.pop(name)
    return {
        **raw,
        "id": initiative.slug,
        "other_names": initiative.other_names,
        "members": [
            {"id": one.party.public_id, "name": one.party.name, "role": one.role, "does": one.does} for one in members
        ],
        "source": {name: str(initiative.source.get(name) or "") for name in ("document", "ref")},
        "url": f"{root}practices/{initiative.slug}",
        "updated_at": practice.updated_at,
    }
