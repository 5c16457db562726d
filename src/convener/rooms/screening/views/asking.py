"""Comparing names. Names come by POST alone: no address, log or history of a browser has one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from convener.foundation.accounts.queries import actor_of
from convener.foundation.actor import Actor
from convener.rooms.screening.actions.asking import Answers, require_screener, screen
from convener.rooms.screening.forms import MOST_LINES, AskForm
from convener.rooms.screening.pages import results
from convener.rooms.screening.queries.lists import in_use
from convener.rooms.screening.queries.visible import may_keep_lists


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form and, once it was sent, the answers below it."""
    actor = actor_of(request)
    require_screener(actor, 0 if request.method != "POST" else 1)
    form = _form(request, actor)
    context: dict[str, Any] = {
        "form": form,
        "lists": in_use(actor),
        "may_keep": may_keep_lists(actor),
        "most": MOST_LINES,
    }
    if form.is_bound and form.is_valid():
        answers = _answers(form, actor)
        context |= {
            "results": results.shown(answers),
            "counts": results.counts(answers),
            "asked": answers.lists,
            "now": timezone.now(),
            "look": results.needs_a_look(answers),
            "sent": [(name, value) for name, values in request.POST.lists() if name in form.fields for value in values],
        }
    return render(request, "screening/ask.html", context, status=422 if form.errors else 200)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The same answers as a file: they are kept nowhere, so they are found again."""
    actor = actor_of(request)
    require_screener(actor)
    form = _form(request, actor)
    if not form.is_valid():
        context = {"form": form, "lists": in_use(actor), "may_keep": may_keep_lists(actor), "most": MOST_LINES}
        return render(request, "screening/ask.html", context, status=422)
    response = HttpResponse(results.as_csv(_answers(form, actor)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="screening.csv"'
    return response


def _form(request: HttpRequest, actor: Actor) -> AskForm:
    names = [one.name for one in in_use(actor)]
    return AskForm(request.POST if request.method == "POST" else None, lists=names)


def _answers(form: AskForm, actor: Actor) -> Answers:
    return screen(form.questions(), actor=actor, lists=form.cleaned_data.get("lists") or ())
