"""The lists: for who may ask to look at, for those who run the hub to load, replace and remove."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convener.errors import InvalidValue
from convener.foundation.accounts.queries import actor_of
from convener.foundation.actor import Actor
from convener.rooms.directory.uploading import limit_upload
from convener.rooms.screening.actions import loading
from convener.rooms.screening.actions.asking import require_screener
from convener.rooms.screening.forms import ListForm
from convener.rooms.screening.models import WatchList
from convener.rooms.screening.pages import lists as pages
from convener.rooms.screening.queries import lists


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The lists that are asked."""
    actor = actor_of(request)
    require_screener(actor, 0)
    return render(request, "screening/lists.html", pages.overview(actor))


@require_safe
def show(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """One version. While a job reads it, the page looks again by itself, with script or without."""
    actor = actor_of(request)
    require_screener(actor, 0)
    context = pages.one_list(lists.one(actor, list_id), actor)
    if request.headers.get("HX-Request"):
        response = render(request, "screening/progress.html", context)
        if not context["working"]:
            response["HX-Refresh"] = "true"
        return response
    return render(request, "screening/list.html", context)


@csrf_exempt  # the check comes after the limit, in the inner view: it reads the whole request
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Bring a list, or a newer version of one."""
    loading.require_keeper(actor_of(request))
    if request.method == "POST":
        limit_upload(request, settings.CONVENER.max_upload_mb << 20)
    return _load(request)


@csrf_protect
def _load(request: HttpRequest) -> HttpResponse:
    actor, most_mb = actor_of(request), settings.CONVENER.max_upload_mb
    loading.require_keeper(actor)
    replaced = next((one for one in lists.in_use(actor) if one.name == request.GET.get("name")), None)
    form = ListForm(initial={"name": replaced.name, "title": replaced.title} if replaced else {})
    if request.method == "POST":
        data, files = request.POST, request.FILES  # reading them is what counts the bytes
        form = ListForm(data, files, too_large=bool(getattr(request, "too_large", False)), most_mb=most_mb)
        if form.is_valid() and (row := _received(form, actor)):
            return redirect("hub_screening:list", row.pk)
    context = {"form": form, "replaced": replaced, "most_mb": most_mb}
    return render(request, "screening/load.html", context, status=422 if form.errors else 200)


def _received(form: ListForm, actor: Actor) -> WatchList | None:
    """The version that a job will read; None where the form says what is wrong."""
    sent = form.cleaned_data
    try:
        return loading.receive(
            sent["name"],
            sent["file"].name,
            sent["file"].chunks(),
            actor=actor,
            format=sent["format"],
            title=sent["title"],
        )
    except InvalidValue as error:
        form.add_error(error.field, str(error))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Take a list out of use, after asking."""
    actor = actor_of(request)
    loading.require_keeper(actor, "screening.remove")
    row = lists.one(actor, list_id)
    if request.method == "POST":
        loading.remove(row.name, actor=actor, version=row.pk)
        messages.success(request, _("The list is removed. Nobody is compared with it any more."))
        return redirect("hub_screening:lists")
    return render(request, "screening/remove.html", {"row": row})


@require_POST
def give_up(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Give up a version whose reading stopped before its end."""
    actor = actor_of(request)
    loading.require_keeper(actor)
    loading.drop_stalled(lists.one(actor, list_id), actor=actor)
    return redirect("hub_screening:lists")
