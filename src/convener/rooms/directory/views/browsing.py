"""The directory for members: the same pages with what they may see, and what they may do about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from convener.foundation.accounts.queries import actor_of
from convener.rooms.directory.models import Kind
from convener.rooms.directory.pages import responses
from convener.rooms.directory.pages.doing import list_actions, record_actions
from convener.rooms.directory.pages.sides import HUB_SIDE


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations."""
    actor = actor_of(request)
    return responses.list_page(request, actor, Kind.ORGANISATION, HUB_SIDE, list_actions(actor))


@require_safe
def tools(request: HttpRequest) -> HttpResponse:
    """The tools."""
    return responses.list_page(request, actor_of(request), Kind.TOOL, HUB_SIDE)


@require_safe
def initiatives(request: HttpRequest) -> HttpResponse:
    """The initiatives."""
    return responses.list_page(request, actor_of(request), Kind.INITIATIVE, HUB_SIDE)


@require_safe
def organisation(request: HttpRequest, public_id: str) -> HttpResponse:
    """One organisation."""
    return responses.organisation_page(request, actor_of(request), HUB_SIDE, public_id, record_actions)


@require_safe
def tool(request: HttpRequest, slug: str) -> HttpResponse:
    """One tool."""
    return responses.tool_page(request, actor_of(request), HUB_SIDE, slug)


@require_safe
def initiative(request: HttpRequest, slug: str) -> HttpResponse:
    """One initiative."""
    return responses.initiative_page(request, actor_of(request), HUB_SIDE, slug)


@require_safe
def download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The organisations of a list as a file, with what the member may see."""
    return responses.download(request, actor_of(request), fmt)


@require_safe
def tools_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The tools of a list as a file."""
    return responses.download(request, actor_of(request), fmt, Kind.TOOL)


@require_safe
def initiatives_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The initiatives of a list as a file."""
    return responses.download(request, actor_of(request), fmt, Kind.INITIATIVE)
