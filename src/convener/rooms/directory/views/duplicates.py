"""Possible duplicates, for the secretariat: look through them, say which differ, take that back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from convener.foundation.accounts.queries import actor_of
from convener.rooms.directory.actions import deciding, duplicates
from convener.rooms.directory.pages import duplicates as pages
from convener.rooms.directory.pages.sides import HUB_SIDE
from convener.rooms.directory.queries.duplicates import SHOW


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Groups of entries that may be one, the likeliest first; or what was decided."""
    return render(request, "directory/duplicates.html", pages.context(request.GET, actor_of(request)))


@require_safe
def file(request: HttpRequest) -> HttpResponseBase:
    """The pairs as CSV."""
    show = request.GET.get("show", "")
    show = show if show in SHOW else "all"
    response = StreamingHttpResponse(pages.file(actor_of(request), show), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="duplicates-{show}.csv"'
    return response


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Have the directory looked through now."""
    duplicates.require_judge(actor_of(request))
    with transaction.atomic():
        duplicates.find_soon()
    messages.success(request, _("The directory is being looked through. Load this page again in a while."))
    return redirect(HUB_SIDE.to("duplicates"))


@require_POST
def decide(request: HttpRequest, pair_id: uuid.UUID) -> HttpResponse:
    """Note that two entries differ, or take that back."""
    pair = deciding.decide(pair_id, request.POST.get("decision", ""), actor=actor_of(request))
    if pair.decision:
        messages.success(request, _("Noted: these are different. You can take it back under “Decided”."))
    else:
        messages.success(request, _("Taken back: the pair is to be decided again."))
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith(HUB_SIDE.to("duplicates"))
    return redirect(back if is_ours else HUB_SIDE.to("duplicates"))
