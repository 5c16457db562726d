"""The library without an account: reading only, no cookie, no script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from convener.foundation.accounts.queries import actor_of
from convener.rooms.library.pages import comparing
from convener.rooms.library.pages import guidance as guidance_list
from convener.rooms.library.pages import practice as one_practice
from convener.rooms.library.pages import practices as practice_list
from convener.rooms.library.pages.responses import download
from convener.rooms.library.pages.sides import PUBLIC_SIDE


@require_safe
def shelves(request: HttpRequest) -> HttpResponse:
    """The library begins with its practices."""
    return redirect(PUBLIC_SIDE.to("practices"))


@require_safe
def practices(request: HttpRequest) -> HttpResponse:
    """The practices: search, map, timeline, filters, list."""
    return render(request, "library/practices.html", practice_list.context(request.GET, actor_of(request), PUBLIC_SIDE))


@require_safe
def practice(request: HttpRequest, slug: str) -> HttpResponse:
    """One practice."""
    return render(request, "library/practice.html", one_practice.context(slug, actor_of(request), PUBLIC_SIDE))


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two or three practices side by side."""
    return render(request, "library/compare.html", comparing.context(request.GET, actor_of(request), PUBLIC_SIDE))


@require_safe
def practices_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The practices of a list as a file."""
    return download(request, actor_of(request), "practices", fmt)


@require_safe
def guidance(request: HttpRequest) -> HttpResponse:
    """The guidance: search, filters, list."""
    return render(request, "library/guidance.html", guidance_list.context(request.GET, actor_of(request), PUBLIC_SIDE))


@require_safe
def guidance_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The guidance of a list as a file."""
    return download(request, actor_of(request), "guidance", fmt)


@require_safe
def piece(request: HttpRequest, slug: str) -> HttpResponse:
    """One piece of guidance."""
    return render(request, "library/piece.html", guidance_list.piece_context(slug, actor_of(request), PUBLIC_SIDE))
