"""A piece of guidance for members: whether it was useful, and for the secretariat a note and whether it is shown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convener.foundation.accounts.queries import actor_of
from convener.rooms.library.actions import guidance as actions
from convener.rooms.library.forms import NoteForm
from convener.rooms.library.pages.guidance import piece_context
from convener.rooms.library.pages.sides import HUB_SIDE
from convener.rooms.library.queries import guidance

_VERDICTS = {"yes": True, "no": False}


@require_http_methods(["GET", "HEAD", "POST"])
def piece(request: HttpRequest, slug: str) -> HttpResponse:
    """One piece; sent by the secretariat, its note."""
    actor = actor_of(request)
    context = piece_context(slug, actor, HUB_SIDE)
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"note": context["piece"].note})
    if form.is_bound:
        actions.require_keeper(actor)
    if form.is_bound and form.is_valid():
        actions.annotate(context["piece"], form.cleaned_data["note"], actor=actor)
        messages.success(request, _("The note was kept."))
        return redirect(HUB_SIDE.to("piece", slug))
    return render(request, "library/piece.html", {**context, "form": form}, status=422 if form.errors else 200)


@require_POST
def judge(request: HttpRequest, slug: str) -> HttpResponse:
    """Useful or not, or neither any more."""
    actor = actor_of(request)
    actions.judge(guidance.one(actor, slug), _VERDICTS.get(request.POST.get("useful", "")), actor=actor)
    messages.success(request, _("Thank you. What you said was kept."))
    return redirect(HUB_SIDE.to("piece", slug))


@require_POST
def hide(request: HttpRequest, slug: str) -> HttpResponse:
    """Take it out of the lists of this hub, or show it again."""
    actor = actor_of(request)
    hidden = request.POST.get("hidden") == "yes"
    actions.hide(guidance.one(actor, slug), hidden, actor=actor)
    messages.success(request, _("It is hidden now. You can show it again.") if hidden else _("It is shown again."))
    return redirect(HUB_SIDE.to("piece", slug))
