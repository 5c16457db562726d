"""The foundation's own chores."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from convener.foundation.jobs.leases import forget_finished
from convener.foundation.jobs.registry import job

KEPT_FOR = timedelta(days=60)


@job("jobs.forget", every=timedelta(days=1))
def forget() -> None:
    """Delete the records of jobs that ended sixty days ago or earlier."""
    forget_finished(timezone.now(), KEPT_FOR)
