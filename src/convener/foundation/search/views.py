"""The search for members, and the searches they keep."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from convener.errors import InvalidValue
from convener.foundation.accounts.queries import actor_of
from convener.foundation.search import saving
from convener.foundation.search.asking import read_filters
from convener.foundation.search.pages import (
    HUB_SIDE,
    context,
    name_for,
    reader_language,
    saved_context,
    suggestions,
)
from convener.foundation.ui.pages import page_number


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The results of a search, with what the member may see, and a way to keep it."""
    actor = actor_of(request)
    shown = context(request.GET, actor, HUB_SIDE, page_number(request.GET.get("page")))
    filters = shown["filters"]
    shown |= {
        "may_keep": actor.user_id is not None,
        "query": filters.query_string(),
        "proposed_name": name_for(filters),
    }
    return render(request, "search/results.html", shown, status=503 if "not_ready" in shown else 200)


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Names that begin with what is being typed."""
    return JsonResponse({"suggestions": suggestions(request.GET.get("q", ""), actor_of(request), HUB_SIDE)})


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """The searches that the member keeps, and whether there is more to find than last time."""
    return render(request, "search/saved.html", saved_context(actor_of(request)))


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a search under a name."""
    filters = read_filters(QueryDict(request.POST.get("query", "")[:4_000]))
    try:
        search = saving.keep(request.POST.get("name", ""), filters, actor=actor_of(request), language=reader_language())
    except InvalidValue as error:
        messages.error(request, str(error))
        return redirect(HUB_SIDE.to("results", query=filters.query_string()))
    messages.success(request, _("The search “%(name)s” was kept.") % {"name": search.name})
    return redirect(HUB_SIDE.to("saved"))


@require_POST
def look(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Open a kept search, and note that its owner looked."""
    actor = actor_of(request)
    return redirect(HUB_SIDE.to("results", query=saving.look_at(saving.one(actor, key), actor=actor)))


@require_POST
def forget(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Delete a kept search."""
    saving.forget(saving.one(actor_of(request), key))
    messages.success(request, _("The search was deleted."))
    return redirect(HUB_SIDE.to("saved"))
