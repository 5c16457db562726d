"""Tools and initiatives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query

from convener.errors import NotFound
from convener.foundation.actor import Actor
from convener.foundation.api import ErrorAnswer, actor_of, check_parameters, page_of, root_url
from convener.rooms.directory.api import shapes
from convener.rooms.directory.api.filters import InitiativeQuery, ToolQuery, filters_of
from convener.rooms.directory.api.routing import router
from convener.rooms.directory.models import Initiative, InitiativeMember, Kind, Tool
from convener.rooms.directory.queries import listing, visible

READ = "directory:read"


@router.get(
    "/tools",
    response={200: shapes.ToolPage, 403: ErrorAnswer},
    operation_id="listTools",
    summary="List tools",
    tags=["tools"],
)
def list_tools(request: HttpRequest, query: Query[ToolQuery]) -> Any:
    """Tools by name."""
    return _page(request, Kind.TOOL, query)


@router.get(
    "/tools/{id}",
    response={200: shapes.Tool, (403, 404): ErrorAnswer},
    operation_id="getTool",
    summary="One tool",
    tags=["tools"],
)
def get_tool(request: HttpRequest, id: str) -> Any:
    """A tool by its key."""
    actor = actor_of(request, READ)
    check_parameters(request, ())
    return _tools([_one(visible.tools_visible_to(actor), id)], actor, root_url(request))[0]


@router.get(
    "/initiatives",
    response={200: shapes.InitiativePage, 403: ErrorAnswer},
    operation_id="listInitiatives",
    summary="List initiatives",
    tags=["initiatives"],
)
def list_initiatives(request: HttpRequest, query: Query[InitiativeQuery]) -> Any:
    """Initiatives by name."""
    return _page(request, Kind.INITIATIVE, query)


@router.get(
    "/initiatives/{id}",
    response={200: shapes.Initiative, (403, 404): ErrorAnswer},
    operation_id="getInitiative",
    summary="One initiative",
    tags=["initiatives"],
)
def get_initiative(request: HttpRequest, id: str) -> Any:
    """An initiative by its key."""
    actor = actor_of(request, READ)
    check_parameters(request, ())
    return _initiatives([_one(visible.initiatives_visible_to(actor), id)], actor, root_url(request))[0]


def _page(request: HttpRequest, kind: Kind, query: Any) -> dict[str, Any]:
    actor = actor_of(request, READ)
    filters = filters_of(request, kind, query)
    found = listing.listing(actor, kind, filters, page=query.number, per_page=query.per_page, facets=False)
    shown = _tools if kind == Kind.TOOL else _initiatives
    return page_of(request, query, found.total, shown(found.records, actor, root_url(request)))


def _one(records: QuerySet[Any], slug: str) -> Any:
    record = records.filter(slug=slug.replace("\x00", "")).first()
    if record is None:
        raise NotFound(_("There is no such record on this hub."), hint=_("Look for it in the list."))
    return record


def _tools(records: Iterable[Tool], actor: Actor, root: str) -> list[dict[str, Any]]:
    tools = list(records)
    links = Tool.providers.through.objects.filter(tool__in=tools).values_list("tool_id", "party_id")
    parties = _parties({party for _tool, party in links}, actor)
    return [
        {
            **_common(tool, f"{root}tools/"),
            **{name: getattr(tool, name) for name in _TOOL_FIELDS},
            "providers": sorted(
                (parties[party] | {"role": "provider"} for key, party in links if key == tool.pk and party in parties),
                key=lambda link: link["name"],
            ),
        }
        for tool in tools
    ]


def _initiatives(records: Iterable[Initiative], actor: Actor, root: str) -> list[dict[str, Any]]:
    initiatives = list(records)
    members = list(InitiativeMember.objects.filter(initiative__in=initiatives))
    parties = _parties({member.party_id for member in members}, actor)
    return [
        {
            **_common(initiative, f"{root}initiatives/"),
            **{name: getattr(initiative, name) for name in _INITIATIVE_FIELDS},
            "models": initiative.models_used,
            "members": sorted(
                (
                    parties[member.party_id] | {"role": member.role}
                    for member in members
                    if member.initiative_id == initiative.pk and member.party_id in parties
                ),
                key=lambda link: (link["name"], link["role"]),
            ),
        }
        for initiative in initiatives
    ]


_TOOL_FIELDS = ("functions", "users", "languages", "cost", "licence", "maintained", "last_release", "website")
_INITIATIVE_FIELDS = ("part", "purposes", "industries", "issues", "started", "ended")


def _common(record: Any, root: str) -> dict[str, Any]:
    return {
        "id": record.slug,
        "name": record.name,
        "other_names": record.other_names,
        "summary": record.summary,
        "practice": record.practice,
        "countries": record.countries,
        "regions": record.regions,
        "exploitation": record.exploitation,
        "source": {"document": str(record.source.get("document") or ""), "ref": str(record.source.get("ref") or "")},
        "url": f"{root}{record.slug}",
        "updated_at": record.updated_at,
    }


def _parties(keys: set[Any], actor: Actor) -> dict[Any, dict[str, str]]:
    """ID and name of those organisations that the actor may know of."""
    rows = visible.visible_to(actor).filter(pk__in=keys).values_list("pk", "party__public_id", "party__name")
    return {key: {"id": public_id, "name": name} for key, public_id, name in rows}
