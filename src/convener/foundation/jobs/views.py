"""The jobs' page for the people who run the hub."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from convener.foundation.jobs.actions import retry
from convener.foundation.jobs.queries import recent

STATES = {
    "waiting": (gettext_lazy("Waiting"), "neutral"),
    "paused": (gettext_lazy("Waits for the next attempt"), "warn"),
    "running": (gettext_lazy("Running"), "info"),
    "silent": (gettext_lazy("Gives no sign of life"), "warn"),
    "done": (gettext_lazy("Done"), "good"),
    "failed": (gettext_lazy("Failed"), "bad"),
}


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """The latest jobs with state, progress and, for failed ones, a button to start them again."""
    rows = [
        {"job": row, "label": STATES[row.state][0], "tone": STATES[row.state][1]}
        for row in recent(request.actor)  # type: ignore[attr-defined]
    ]
    return render(request, "jobs/list.html", {"rows": rows})


@require_POST
def job_retry(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Put a failed job back in the queue and return to the list."""
    retry(actor=request.actor, job_id=job_id)  # type: ignore[attr-defined]
    messages.success(request, _("The job is in the queue again."))
    return redirect("jobs")
