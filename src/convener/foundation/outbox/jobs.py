"""The outbox's own chore."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from convener.foundation.jobs.registry import job
from convener.foundation.outbox.consumers import drop_lost_nodes, prune


@job("outbox.prune", every=timedelta(days=1))
def prune_events() -> None:
    """Forget nodes that have been away for thirty days, then delete events that old which everyone else has read."""
    now = timezone.now()
    drop_lost_nodes(now)
    prune(now)
