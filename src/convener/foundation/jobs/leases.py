"""Taking jobs, keeping them, giving them back: each function is one short transaction.

State of a job is its task's status: READY → RUNNING → SUCCESSFUL or FAILED, and from RUNNING back to READY while
attempts are left. Whoever ends an attempt must still hold the lease, so a worker that comes back from the dead
changes nothing. Clocks of the machines of one hub must agree within a fraction of the shortest lease.
"""

from __future__ import annotations

import traceback
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django_tasks_db.models import DBTaskResult, get_date_max

from convener.errors import Busy, ConvenerError
from convener.foundation.jobs import registry
from convener.foundation.jobs.models import Lease

REAPED_AT_ONCE = 50
FORGOTTEN_AT_ONCE = 500
UNKNOWN_AGAIN = timedelta(minutes=1)
#: An attempt whose worker said nothing until the lease ran out.
WORKER_DIED = "convener.foundation.jobs.leases.WorkerDied"


@dataclass(frozen=True)
class Claim:
    """A job that this worker now holds."""

    id: uuid.UUID
    job: registry.Job
    args: dict[str, Any]
    attempt: int
    holder: str


def claim(holder: str, now: datetime) -> Claim | None:
    """Take the first job that is ready, or None. Of many workers each job goes to exactly one.

    A job that this version of the hub does not know stays in the queue and is looked at again in a minute.
    """
    # One table and one partial index: the database finds the first of a long queue without sorting it.
    due = Q(run_after=get_date_max()) | Q(run_after__lte=now)
    ready = DBTaskResult.objects.filter(due, status="READY")
    while ready.exists():  # looked at without a lock: an idle worker must not take SQLite's write lock every time
        with transaction.atomic():
            # SKIP LOCKED on PostgreSQL; on SQLite the transaction is IMMEDIATE, so no other is open.
            task = ready.select_for_update(skip_locked=True).first()
            if task is None:
                return None
            lease = Lease.objects.get(pk=task.pk)
            if lease.name in registry.names():
                return _hold(task, lease, holder, now)
            _tasks(task.pk).update(run_after=now + UNKNOWN_AGAIN)
    return None


def _hold(task: DBTaskResult[Any, Any], lease: Lease, holder: str, now: datetime) -> Claim:
    job, attempt = registry.find(lease.name), lease.attempts + 1
    _tasks(task.pk).update(status="RUNNING", started_at=now)
    Lease.objects.filter(pk=task.pk).update(holder=holder, until=now + job.lease, attempts=attempt)
    return Claim(task.pk, job, task.args_kwargs["kwargs"]["args"], attempt, holder)


def renew(claimed: Claim, now: datetime, done: int | None, total: int | None) -> bool:
    """Keep the job for another lease; False when it is no longer ours."""
    values: dict[str, Any] = {"until": now + claimed.job.lease}
    if total is not None:
        values |= {"done": done, "total": total}
    return bool(_mine(claimed).update(**values))


def complete(claimed: Claim, now: datetime, done: int | None, total: int | None) -> bool:
    """Mark the job as done; False, and no change, when it is no longer ours."""
    with transaction.atomic():
        values = {} if total is None else {"done": done, "total": total}
        if not _mine(claimed).update(holder="", until=None, **values):
            return False
        _tasks(claimed.id).update(status="SUCCESSFUL", finished_at=now, exception_class_path="", traceback="")
    return True


def fail(claimed: Claim, now: datetime, error: BaseException) -> bool:
    """Note a failed attempt: back to the queue after a pause, or FAILED when no attempt is left. False: no longer
    ours.

    Of the error only its type and places in our code are kept: messages quote people's data. An error of our own tree
    is final, because a rule that said no would say it again, unless it only says that somebody else is at it.
    """
    with transaction.atomic():
        if not _mine(claimed).update(holder="", until=None):
            return False
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        final = isinstance(error, ConvenerError) and not isinstance(error, Busy)
        _end_attempt(claimed.id, claimed.job, claimed.attempt, now, kind, places(error), final)
    return True


def release(claimed: Claim) -> bool:
    """Give the job back untouched because this worker stops; the attempt does not count. False: no longer ours."""
    with transaction.atomic():
        if not _mine(claimed).update(holder="", until=None, attempts=claimed.attempt - 1):
            return False
        _tasks(claimed.id).update(status="READY", started_at=None, run_after=get_date_max())
    return True


def reap(now: datetime) -> int:
    """End the attempts of workers that died: every held job whose lease ran out. Returns how many."""
    gone = Lease.objects.filter(until__lt=now, name__in=registry.names()).order_by("until")
    if not gone.exists():
        return 0
    with transaction.atomic():
        locked = list(gone.select_for_update(skip_locked=True)[:REAPED_AT_ONCE])
        for lease in locked:
            job = registry.find(lease.name)
            _end_attempt(lease.task_id, job, lease.attempts, now, WORKER_DIED, "", False)
        Lease.objects.filter(pk__in=[lease.pk for lease in locked]).update(holder="", until=None)
    return len(locked)


def places(error: BaseException) -> str:
    """Where an error came from: 'file:line function' lines without any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)


def _end_attempt(
    key: uuid.UUID, job: registry.Job, attempt: int, now: datetime, kind: str, where: str, final: bool
) -> None:
    values: dict[str, Any] = {"exception_class_path": kind, "traceback": where}
    if final or attempt > job.retries:
        values |= {"status": "FAILED", "finished_at": now}
    else:
        values |= {"status": "READY", "run_after": now + job.wait_after(attempt)}
    _tasks(key).update(**values)


def _mine(claimed: Claim) -> Any:
    return Lease.objects.filter(pk=claimed.id, holder=claimed.holder)


def _tasks(key: uuid.UUID) -> Any:
    return DBTaskResult.objects.filter(pk=key)


def forget_finished(now: datetime, older_than: timedelta) -> int:
    """Delete the records of jobs that ended longer ago than ``older_than``; returns how many. Short transactions."""
    ended = DBTaskResult.objects.filter(finished_at__lt=now - older_than, status__in=["SUCCESSFUL", "FAILED"])
    return _forget(ended)


def forget_turns(now: datetime, older_than: timedelta) -> int:
    """As :func:`forget_finished` for turns of the schedule that ended well; the last one of each job stays."""
    good = DBTaskResult.objects.filter(lease__scheduled=True, status="SUCCESSFUL")
    last = Lease.objects.filter(scheduled=True, name=OuterRef("lease__name"), task__status="SUCCESSFUL")
    newest = last.order_by("-task__finished_at", "-pk").values("pk")[:1]
    return _forget(good.filter(finished_at__lt=now - older_than).exclude(pk=Subquery(newest)))


def _forget(ended: Any) -> int:
    deleted = 0
    while keys := list(ended.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        DBTaskResult.objects.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted
