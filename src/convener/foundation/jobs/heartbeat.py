"""The thread that keeps a job's lease alive while the job runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, connection

from convener.foundation.jobs import registry
from convener.foundation.jobs.leases import Claim, renew
from convener.foundation.jobs.running import Running

BEATS_PER_LEASE = 4
LONGEST_NAP_S = 1.0

log = structlog.get_logger()


@dataclass
class Held:
    """The job that is being kept. ``due``: monotonic seconds of the next beat; ``lost``: another worker has the job."""

    claimed: Claim
    running: Running
    due: float
    lost: bool = False

    @property
    def interval(self) -> float:
        """Seconds between beats."""
        return self.claimed.job.lease.total_seconds() / BEATS_PER_LEASE


class Heartbeat:
    """Renews the lease of the job being run four times in its length, from one thread with a connection of its own.

    A beat that fails because the database is locked or away is followed by the next one, sooner. The thread looks at
    the job on its own time: nothing is paid for jobs that are shorter than a beat.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._held: Held | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def keep(self, claimed: Claim, running: Running) -> Iterator[Held]:
        """Keep ``claimed`` as long as the context lasts."""
        held = Held(claimed, running, 0.0)
        held.due = time.monotonic() + held.interval
        self._held = held
        if self._thread is None:
            self._over.clear()
            self._thread = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)
            self._thread.start()
        try:
            yield held
        finally:
            self._held = None

    def stop(self) -> None:
        """End the thread; it is not waited for, because it holds nothing that anyone needs."""
        self._over.set()
        self._thread = None

    def _beat_on(self) -> None:
        over = self._over
        while not over.wait(min(LONGEST_NAP_S, registry.shortest_lease() / BEATS_PER_LEASE / 2)):
            held = self._held
            if held is not None and not held.lost and time.monotonic() >= held.due:
                self._beat(held)
        connection.close()

    def _beat(self, held: Held) -> None:
        try:
            kept = renew(held.claimed, self._now(), held.running.done, held.running.total)
        except (DatabaseError, InterfaceError) as error:
            log.warning("heartbeat_missed", job=str(held.claimed.id), error_type=type(error).__name__)
            connection.close()
            held.due = time.monotonic() + held.interval / BEATS_PER_LEASE
            return
        held.lost = not kept
        held.due = time.monotonic() + held.interval
