"""The accounts' own chore."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from convener.foundation.jobs.registry import job


@job("accounts.forget_sessions", every=timedelta(days=1))
def forget_sessions() -> None:
    """Delete sessions that have ended: who was logged in when is nobody's business any more."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
