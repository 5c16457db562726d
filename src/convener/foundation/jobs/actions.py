"""Putting jobs in the queue."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult, get_date_max

from convener.errors import NotAllowed, NotFound, Refused
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record
from convener.foundation.jobs.models import Lease
from convener.foundation.jobs.registry import entry, find


def enqueue(name: str, /, **args: Any) -> uuid.UUID:
    """Put the job ``name`` in the queue inside the caller's transaction and return its id; it runs only if that
    commits.

    ``args`` are JSON values. Raises LookupError for an unknown job and TypeError for an argument that is not JSON.
    """
    return _put(name, args)


def enqueue_at(when: datetime, name: str, /, **args: Any) -> uuid.UUID:
    """As :func:`enqueue`, to be run not before ``when`` (aware)."""
    return _put(name, args, when=when)


def enqueue_scheduled(name: str) -> uuid.UUID:
    """For the scheduler: a turn of a repeating job."""
    return _put(name, {}, scheduled=True)


def _put(name: str, args: dict[str, Any], *, when: datetime | None = None, scheduled: bool = False) -> uuid.UUID:
    find(name)
    with transaction.atomic():
        queued = entry.using(run_after=when).enqueue(name=name, args=args)
        key = uuid.UUID(queued.id)
        Lease.objects.create(task_id=key, name=name, scheduled=scheduled)
    return key


def retry(*, actor: Actor, job_id: uuid.UUID) -> None:
    """Put a failed job back in the queue with all its attempts before it; audited.

    Raises NotAllowed, NotFound, or Refused for a job that has not failed.
    """
    if not actor.runs_the_hub:
        record(actor, "jobs.retry", "job", job_id, outcome="refused")
        raise NotAllowed(_("Only the people who run this hub may restart a job."), hint=_("Ask the secretariat."))
    with transaction.atomic():
        lease = Lease.objects.select_for_update().filter(task_id=job_id).first()
        if lease is None:
            raise NotFound(_("There is no such job."), hint=_("Finished jobs are removed after some weeks."))
        failed = DBTaskResult.objects.filter(pk=job_id, status="FAILED")
        fresh = {"status": "READY", "run_after": get_date_max(), "finished_at": None}
        if not failed.update(**fresh, exception_class_path="", traceback=""):
            raise Refused(_("This job has not failed."), hint=_("Only a failed job can be restarted."))
        Lease.objects.filter(pk=job_id).update(holder="", until=None, attempts=0, done=None, total=None)
        record(actor, "jobs.retry", "job", job_id)
