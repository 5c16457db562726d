"""Merging two entries of one organisation, and taking that back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convener.errors import NotAllowed, NotFound
from convener.foundation.accounts.queries import actor_of
from convener.foundation.actor import Actor
from convener.foundation.parties import merging
from convener.foundation.parties.models import Merge
from convener.rooms.directory.actions.sensitive import note_read
from convener.rooms.directory.forms.merging import MergeForm
from convener.rooms.directory.pages.merging import compare, suggestions
from convener.rooms.directory.pages.sides import HUB_SIDE


def _require_secretariat(actor: Actor) -> None:
    if not actor.runs_the_hub:
        raise NotAllowed(_("Only the secretariat may merge entries."), hint=_("Tell it which two are one."))


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """Name two entries, see them side by side, merge them."""
    actor = actor_of(request)
    _require_secretariat(actor)
    data = request.POST if request.method == "POST" else request.GET
    sent = request.method == "POST" or "merged" in data  # a link from an entry's page names the kept one alone
    form = MergeForm(data if sent else None, initial=data.dict(), actor=actor)
    context = {"form": form, "list_href": HUB_SIDE.to("list")}
    if form.is_bound and form.is_valid():
        kept, merged = form.cleaned_data["kept"], form.cleaned_data["merged"]
        if request.method == "POST":
            merging.merge(kept.party, merged.party, actor=actor)
            messages.success(request, _("The two entries are one now. The old ID leads here."))
            return redirect(HUB_SIDE.organisation(kept.party.public_id))
        for profile in (kept, merged):
            note_read(profile, actor)
        turned = f"kept={merged.party.public_id}&merged={kept.party.public_id}"
        context |= {
            "kept": kept, "merged": merged, "rows": compare(kept, merged), "turned": HUB_SIDE.to("merge", query=turned),
            "merge_href": HUB_SIDE.to("merge"),
        }  # fmt: skip
    elif data.get("kept") and not data.get("merged"):
        context["suggestions"] = _suggestions(data["kept"], actor)
    return render(request, "directory/merge/merge.html", context, status=422 if form.errors else 200)


def _suggestions(text: str, actor: Actor) -> object:
    form = MergeForm({"kept": text, "merged": text}, actor=actor)
    form.is_valid()
    kept = form.cleaned_data.get("kept")
    return suggestions(kept) if kept else []


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, merge_id: uuid.UUID) -> HttpResponse:
    """Take a merge back, after asking."""
    actor = actor_of(request)
    _require_secretariat(actor)
    row = Merge.objects.select_related("kept", "merged").filter(pk=merge_id).first()
    if row is None:
        raise NotFound(_("There is no such merge."), hint=_("Go back and load the entry again."))
    if request.method == "POST":
        merging.undo_merge(row, actor=actor)
        messages.success(request, _("The merge was taken back: there are two entries again."))
        return redirect(HUB_SIDE.organisation(row.merged.public_id))
    return render(
        request,
        "directory/merge/undo.html",
        {"merge": row, "record_href": HUB_SIDE.organisation(row.kept.public_id), "list_href": HUB_SIDE.to("list")},
    )
