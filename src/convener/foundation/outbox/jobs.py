"""The outbox's own chore."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from convener.foundation.jobs.registry import job
from convener.foundation.outbox.consumers import prune


@job("outbox.prune", every=timedelta(days=1))
def prune_events() -> None:
    """Delete events that everyone has read and that are older than thirty days."""
    prune(timezone.now())
