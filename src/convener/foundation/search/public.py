"""The search without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.foundation.accounts.queries import actor_of
from convener.foundation.search.pages import PUBLIC_SIDE, context, suggestions
from convener.foundation.ui.pages import page_number


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The results of a search, or the empty box."""
    shown = context(request.GET, actor_of(request), PUBLIC_SIDE, page_number(request.GET.get("page")))
    return render(request, "search/results.html", shown, status=503 if "not_ready" in shown else 200)


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Names that begin with what is being typed."""
    found = suggestions(request.GET.get("q", ""), actor_of(request), PUBLIC_SIDE)
    return JsonResponse({"suggestions": found})
