"""Jobs and a consumer whose effects can be counted: each is an event in the outbox, told once or not at all."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import transaction

from convener.foundation.jobs.registry import job
from convener.foundation.jobs.running import attempt, once, progress
from convener.foundation.outbox.actions import emit
from convener.foundation.outbox.consumers import register
from convener.foundation.outbox.models import Event

PARTS = 3


@job("killing.effect", retries=1000, lease=timedelta(seconds=1), backoff=timedelta(0))
def effect(number: int) -> None:
    """Three effects, each in a transaction that stays open long enough to be killed in."""
    for part in range(PARTS):
        with once(f"killing:{number}:{part}") as first:
            if first:
                emit("killing.effect", [f"{number}:{part}"])
                time.sleep(0.01)
        progress(part + 1, PARTS)
        time.sleep(0.01)


@job("killing.sleep", lease=timedelta(seconds=2))
def sleep(seconds: float) -> None:
    """Says that it began, sleeps, says that it ended."""
    with transaction.atomic():
        emit("killing.begun", [str(attempt())])
    time.sleep(seconds)
    with transaction.atomic():
        emit("killing.ended", [str(attempt())])


def echo(events: list[Event]) -> None:
    """Repeats what it was told."""
    for event in events:
        emit("killing.echo", event.keys)
        time.sleep(0.001)


register("killing.echo", ["killing.effect"], echo, batch=20)
