"""The directory without an account: reading only, no cookie, no script."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from convener.foundation.accounts.queries import actor_of
from convener.rooms.directory.models import Kind
from convener.rooms.directory.pages import lists, responses
from convener.rooms.directory.pages.sides import PUBLIC_SIDE


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations: search, map, filters, list."""
    return responses.list_page(request, actor_of(request), Kind.ORGANISATION, PUBLIC_SIDE)


@require_safe
def tools(request: HttpRequest) -> HttpResponse:
    """The tools."""
    return responses.list_page(request, actor_of(request), Kind.TOOL, PUBLIC_SIDE)


@require_safe
def initiatives(request: HttpRequest) -> HttpResponse:
    """The initiatives."""
    return responses.list_page(request, actor_of(request), Kind.INITIATIVE, PUBLIC_SIDE)


@require_safe
def organisation(request: HttpRequest, public_id: str) -> HttpResponse:
    """One organisation."""
    return responses.organisation_page(request, actor_of(request), PUBLIC_SIDE, public_id)


@require_safe
def tool(request: HttpRequest, slug: str) -> HttpResponse:
    """One tool."""
    return responses.tool_page(request, actor_of(request), PUBLIC_SIDE, slug)


@require_safe
def initiative(request: HttpRequest, slug: str) -> HttpResponse:
    """One initiative."""
    return responses.initiative_page(request, actor_of(request), PUBLIC_SIDE, slug)


@require_safe
def download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The organisations of a list as a file."""
    return responses.download(request, actor_of(request), fmt)


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def embed(request: HttpRequest) -> HttpResponse:
    """The map and its table alone, for a frame in a page elsewhere; takes the filters of the list."""
    return render(request, "directory/embed.html", lists.embed_context(request.GET, actor_of(request), PUBLIC_SIDE))


@require_safe
def tools_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The tools of a list as a file."""
    return responses.download(request, actor_of(request), fmt, Kind.TOOL)


@require_safe
def initiatives_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The initiatives of a list as a file."""
    return responses.download(request, actor_of(request), fmt, Kind.INITIATIVE)
