"""The jobs' page for the people who run the hub."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from convener.foundation.accounts.queries import actor_of
from convener.foundation.jobs import queries
from convener.foundation.jobs.actions import retry
from convener.foundation.jobs.forms import JobsForm
from convener.foundation.ui.charts import format_count

STATES = {
    "waiting": (gettext_lazy("Waiting"), "neutral"),
    "paused": (gettext_lazy("Waits for the next attempt"), "warn"),
    "running": (gettext_lazy("Running"), "info"),
    "silent": (gettext_lazy("Gives no sign of life"), "warn"),
    "done": (gettext_lazy("Done"), "good"),
    "failed": (gettext_lazy("Failed"), "bad"),
}


PER_PAGE = 50


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """The repeating jobs, one line each, and the other ones with state, progress and, for failed ones, a button."""
    actor = actor_of(request)
    form = JobsForm(request.GET, actor=actor)
    page = Paginator(queries.recent(actor, form.search()), PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"job": row, "label": STATES[row.state][0], "tone": STATES[row.state][1]}
        for row in queries.rows(page.object_list)
    ]
    turns = [{"one": one, "every": every_words(one.every)} for one in queries.schedules(actor)]
    values = {"form": form, "page_obj": page, "rows": rows, "schedules": turns}
    return render(request, "jobs/list.html", values)


def every_words(every: timedelta | None) -> str:
    """How often, in the largest whole unit; "" for a job that this version no longer repeats."""
    if every is None:
        return ""
    if every % timedelta(days=1) == timedelta(0):
        count, words = every.days, ngettext("every day", "every %(count)s days", every.days)
    elif every % timedelta(hours=1) == timedelta(0):
        count = every // timedelta(hours=1)
        words = ngettext("every hour", "every %(count)s hours", count)
    else:
        count = max(1, every // timedelta(minutes=1))
        words = ngettext("every minute", "every %(count)s minutes", count)
    return words % {"count": format_count(count)}


@require_POST
def job_retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Put a failed job back in the queue and return to the list."""
    retry(actor=actor_of(request), job_id=job_id)
    messages.success(request, _("The job is in the queue again."))
    return redirect("jobs")
