"""Jobs for the page of the people who run the hub."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import get_date_max

from convener.errors import NotAllowed
from convener.foundation.actor import Actor
from convener.foundation.jobs import registry
from convener.foundation.jobs.models import Lease, Schedule

#: What the page lets people ask for → statuses of django-tasks-db.
STATUSES = {"open": ["READY", "RUNNING"], "done": ["SUCCESSFUL"], "failed": ["FAILED"]}


@dataclass(frozen=True)
class JobRow:
    """One job as it is shown; ``error`` is the type of the last error, without its message.

    ``state``: 'waiting', 'paused' (waits for its next attempt), 'running', 'silent' (its worker says nothing any
    more), 'done' or 'failed'.
    """

    id: uuid.UUID
    name: str
    state: str
    attempts: int
    attempts_allowed: int | None
    error: str
    done: int | None
    total: int | None
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    next_at: datetime | None

    @property
    def can_be_retried(self) -> bool:
        """True for a job that has used up its attempts."""
        return self.state == "failed"


@dataclass(frozen=True)
class JobSearch:
    """Which jobs to show; empty values do not narrow. ``state``: 'open' (waits or runs), 'done' or 'failed'.

    Turns of the schedule that ended well are folded into :func:`schedules` unless their job is asked for by name.
    """

    name: str = ""
    state: str = ""

    def apply(self, jobs: QuerySet[Lease]) -> QuerySet[Lease]:
        """Narrow ``jobs``."""
        if self.state:
            jobs = jobs.filter(task__status__in=STATUSES[self.state])
        if self.name:
            return jobs.filter(name=self.name)
        return jobs.exclude(scheduled=True, task__status="SUCCESSFUL")


def _check_may_see(actor: Actor) -> None:
    if not actor.runs_the_hub:
        raise NotAllowed(_("Only the people who run this hub see its jobs."), hint=_("Ask the secretariat."))


def recent(actor: Actor, search: JobSearch | None = None) -> QuerySet[Lease]:
    """The jobs that ``search`` finds, newest first. Raises NotAllowed for anyone who does not run the hub."""
    _check_may_see(actor)
    return (
        (search or JobSearch()).apply(Lease.objects.select_related("task")).order_by("-task__enqueued_at", "-task_id")
    )


def rows(leases: Iterable[Lease]) -> list[JobRow]:
    """The jobs as they are shown."""
    now = timezone.now()
    return [_row(lease, now) for lease in leases]


def names_kept(actor: Actor) -> list[str]:
    """Names of the jobs there are records of, sorted. Raises NotAllowed as :func:`recent`."""
    _check_may_see(actor)
    return sorted(Lease.objects.order_by().values_list("name", flat=True).distinct())


@dataclass(frozen=True)
class ScheduleRow:
    """A repeating job: how often, its turns on record (``failed`` among ``runs``), when it last ended and comes next."""

    name: str
    every: timedelta | None
    runs: int
    failed: int
    last_at: datetime | None
    next_at: datetime


def schedules(actor: Actor) -> list[ScheduleRow]:
    """Every repeating job, by name, in two queries. Raises NotAllowed as :func:`recent`."""
    _check_may_see(actor)
    failed = Count("pk", filter=Q(task__status="FAILED"))
    turns = Lease.objects.filter(scheduled=True).order_by().values("name")
    ran = {row["name"]: row for row in turns.annotate(runs=Count("pk"), failed=failed, last=Max("task__finished_at"))}
    known = {job.name: job.every for job in registry.scheduled()}
    nothing: dict[str, Any] = {"runs": 0, "failed": 0, "last": None}
    found = []
    for name, next_at in Schedule.objects.order_by("name").values_list("name", "next_at"):
        turn: dict[str, Any] = dict(ran.get(name, nothing))
        found.append(ScheduleRow(name, known.get(name), turn["runs"], turn["failed"], turn["last"], next_at))
    return found


def unfinished() -> int:
    """How many jobs wait or run."""
    return Lease.objects.filter(task__status__in=["READY", "RUNNING"]).count()


def is_unfinished(job_id: str) -> bool:
    """True while the job waits or runs; False for one that ended, failed for good, or never was."""
    try:
        key = uuid.UUID(job_id)
    except ValueError:
        return False
    return Lease.objects.filter(pk=key, task__status__in=["READY", "RUNNING"]).exists()


def progress_of(job_id: str) -> tuple[int, int] | None:
    """How far a job said it is, as (done, total); None where it said nothing yet."""
    try:
        key = uuid.UUID(job_id)
    except ValueError:
        return None
    found = Lease.objects.filter(pk=key).values_list("done", "total").first()
    return (found[0], found[1]) if found and found[0] is not None and found[1] else None


def _row(lease: Lease, now: datetime) -> JobRow:
    task = lease.task
    waits_until = None if task.run_after == get_date_max() or task.status != "READY" else task.run_after
    known = lease.name in registry.names()
    return JobRow(
        id=task.pk,
        name=lease.name,
        state=_state(task.status, lease.until, waits_until, now),
        attempts=lease.attempts,
        attempts_allowed=registry.find(lease.name).retries + 1 if known else None,
        error=task.exception_class_path.rpartition(".")[2],
        done=lease.done,
        total=lease.total,
        enqueued_at=task.enqueued_at,
        started_at=task.started_at,
        finished_at=task.finished_at,
        next_at=waits_until,
    )


def _state(status: str, until: datetime | None, waits_until: datetime | None, now: datetime) -> str:
    if status == "READY":
        return "paused" if waits_until is not None and waits_until > now else "waiting"
    if status == "RUNNING":
        return "silent" if until is not None and until < now else "running"
    return "done" if status == "SUCCESSFUL" else "failed"
