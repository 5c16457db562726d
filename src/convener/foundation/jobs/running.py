"""What a job can ask and say while it runs. Outside a worker (tests, commands) the same functions work too."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import connection, transaction

from convener.foundation.jobs.models import Lease, Once

PROGRESS_EVERY_S = 1.0


class LeaseLostError(Exception):
    """The worker was silent for too long and another has taken the job: this one must stop without further effects."""


@dataclass
class Running:
    """The job this thread is running. ``attempt`` counts from 1; ``id`` is the same in every attempt."""

    id: uuid.UUID
    name: str
    attempt: int
    holder: str
    done: int | None = None
    total: int | None = None
    written_at: float = field(default=0.0, repr=False)


_current: ContextVar[Running | None] = ContextVar("convener_job", default=None)


def current() -> Running | None:
    """The job that is being run here, None outside a worker."""
    return _current.get()


def attempt() -> int:
    """Which start of this job this is, from 1."""
    running = current()
    return running.attempt if running else 1


@contextmanager
def as_current(running: Running) -> Iterator[Running]:
    """For the worker: makes ``running`` the current job."""
    token = _current.set(running)
    try:
        yield running
    finally:
        _current.reset(token)


def progress(done: int, total: int) -> None:
    """Say how far the job is. Cheap enough for every row: it is written at most once a second.

    Inside an open transaction nothing is written (no one could see it yet); the next heartbeat brings it. Raises
    LeaseLostError when another worker has taken the job.
    """
    running = current()
    if running is None:
        return
    running.done, running.total = done, total
    if connection.in_atomic_block or time.monotonic() - running.written_at < PROGRESS_EVERY_S:
        return
    running.written_at = time.monotonic()
    if not Lease.objects.filter(task_id=running.id, holder=running.holder).update(done=done, total=total):
        raise LeaseLostError


@contextmanager
def once(key: str) -> Iterator[bool]:
    """A transaction that yields True to whoever is the first to commit under ``key``, and False ever after.

        with once(f"import:{import_id}:{batch}") as first:
            if first:
                ...  # changes to the database

    The key's row and the changes commit together, so after a ``kill -9`` at any moment there are both or neither. A
    second worker with the same key waits for the first one's outcome. ``key`` has at most 200 characters. Raises
    LeaseLostError, and so changes nothing, when another worker has taken the job meanwhile.
    """
    running = current()
    with transaction.atomic():
        if running is not None:
            mine = Lease.objects.select_for_update().filter(task_id=running.id, holder=running.holder)
            if mine.first() is None:
                raise LeaseLostError
        _, first = Once.objects.get_or_create(key=key, defaults={"task_id": running.id if running else None})
        yield first
