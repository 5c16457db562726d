"""Repeating jobs: each is enqueued once when it is due, however many workers look."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from convener.foundation.jobs import registry
from convener.foundation.jobs.actions import enqueue_scheduled
from convener.foundation.jobs.models import Lease, Schedule


def tick(now: datetime) -> int:
    """Enqueue what is due at ``now`` and return how many jobs that were.

    Turns that nobody was there for are not made up for. A turn is left out while the one before is not finished.
    """
    known = dict(Schedule.objects.values_list("name", "next_at"))
    return sum(_turn(job, known.get(job.name), now) for job in registry.scheduled())


def _turn(job: registry.Job, next_at: datetime | None, now: datetime) -> int:
    assert job.every is not None
    if next_at is None:
        Schedule.objects.get_or_create(name=job.name, defaults={"next_at": now})
        next_at = now
    if now < next_at <= now + job.every:
        return 0
    with transaction.atomic():
        # Compare and set: of several workers that saw the same time one moves it, and only that one enqueues.
        row = Schedule.objects.filter(name=job.name, next_at=next_at)
        if not row.update(next_at=following(next_at, job.every, now)) or next_at > now or _unfinished(job.name):
            return 0
        enqueue_scheduled(job.name)
    return 1


def following(due: datetime, every: timedelta, now: datetime) -> datetime:
    """The first time after ``now`` on the grid of ``due``; where the interval got shorter, one interval from now."""
    if due > now:
        return now + every
    return due + every * ((now - due) // every + 1)


def _unfinished(name: str) -> bool:
    return Lease.objects.filter(name=name, scheduled=True, task__status__in=["READY", "RUNNING"]).exists()
