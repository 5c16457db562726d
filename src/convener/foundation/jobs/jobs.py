"""The foundation's own chores."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from convener.foundation.jobs.leases import forget_finished, forget_turns
from convener.foundation.jobs.registry import job

KEPT_FOR = timedelta(days=60)
#: A chore of every minute makes 1,440 records a day that say nothing.
TURNS_KEPT_FOR = timedelta(days=3)


@job("jobs.forget", every=timedelta(days=1))
def forget() -> None:
    """Delete the records of jobs that ended sixty days ago or earlier; three days for repeating ones that went well."""
    forget_finished(timezone.now(), KEPT_FOR)
    forget_turns(timezone.now(), TURNS_KEPT_FOR)
