"""The loop of the ``work`` process: outbox consumers, one job, upkeep, and again."""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

import structlog
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, close_old_connections, connection, connections
from django.utils import timezone

from convener.foundation.jobs import leases, schedule
from convener.foundation.jobs.heartbeat import Heartbeat
from convener.foundation.jobs.leases import Claim
from convener.foundation.jobs.running import LeaseLostError, Running, as_current
from convener.foundation.outbox import consumers
from convener.foundation.outbox.actions import settle_after_restore

POLL_S = 0.5
UPKEEP_S = 2.0
GRACE_S = 20.0
LONGEST_TROUBLE_PAUSE_S = 10.0
TROUBLE_BEFORE_GIVING_UP = 8  # only when draining: a service waits for its database for ever

#: What Django raises when the database is locked, restarting or out of reach.
DatabaseTrouble = (OperationalError, InterfaceError)

log = structlog.get_logger()


class Interrupted(BaseException):
    """The time to finish is over. Not an Exception, so that a job's own ``except`` cannot swallow it."""


@dataclass
class Tally:
    """What a worker did: jobs done, attempts that failed, jobs given back or lost to another worker."""

    done: int = 0
    failed: int = 0
    given_back: int = 0


class Worker:
    """One worker: one job at a time, in the main thread, with the heartbeat beside it.

    ``node`` names the outbox cursors; ``now`` is the clock of leases and schedules.
    """

    def __init__(self, node: str, *, now: Callable[[], datetime] = timezone.now, grace_s: float = GRACE_S) -> None:
        self.node = node
        self.holder = f"{node}:{os.getpid()}:{secrets.token_hex(4)}"
        self.tally = Tally()
        self._now, self._grace_s = now, grace_s
        self._stopping = False
        self._in_job = False
        self._upkeep_due = 0.0
        self._heart = Heartbeat(now)

    def run(self, *, once: bool = False) -> Tally:
        """Work until told to stop, or with ``once`` until nothing is ready; returns what was done.

        Trouble with the database (locked, restarted) is waited out; only a draining worker gives up after a while.
        """
        try:
            self._settle(give_up=once)
            while not self._stopping:
                if self._attempt(self.turn, give_up=once):
                    continue
                if once:
                    break
                close_old_connections()
                self._wait(POLL_S)
        finally:
            self._heart.stop()
        return self.tally

    def _attempt(self, step: Callable[[], bool], *, give_up: bool) -> bool:
        """Take ``step``, again and again while the database is in trouble; its answer, False when told to stop."""
        trouble = 0
        while not self._stopping:
            try:
                return step()
            except DatabaseTrouble as error:
                trouble += 1
                log.warning("database_trouble", error_type=type(error).__name__, count=trouble)
                fresh_connection()
                if give_up and trouble >= TROUBLE_BEFORE_GIVING_UP:
                    raise
                self._wait(min(0.25 * 2**trouble, LONGEST_TROUBLE_PAUSE_S))
        return False

    def turn(self) -> bool:
        """One round: upkeep when due, a batch for each consumer, one job. False when there was nothing to do."""
        if time.monotonic() >= self._upkeep_due:
            leases.reap(self._now())
            schedule.tick(self._now())
            self._upkeep_due = time.monotonic() + UPKEEP_S
        passed = consumers.run_once(self.node)
        claimed = leases.claim(self.holder, self._now())
        if claimed is not None:
            self._work_on(claimed)
        return bool(passed or claimed)

    def stop(self) -> None:
        """Ask the loop to end after the current job."""
        self._stopping = True

    def listen_to_signals(self, *, interrupts: bool = True) -> None:
        """SIGTERM, SIGINT: finish the current job within the grace time, else give it back; a second one: at once.

        Without ``interrupts`` SIGINT is left to a parent process.
        """
        signal.signal(signal.SIGTERM, self._on_signal)
        if interrupts:
            signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGALRM, self._on_time_over)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stopping:
            self._on_time_over(number, frame)
            return
        self._stopping = True
        signal.setitimer(signal.ITIMER_REAL, self._grace_s)

    def _on_time_over(self, number: int, frame: FrameType | None) -> None:
        if self._in_job:
            raise Interrupted

    def _settle(self, *, give_up: bool) -> None:
        if self._attempt(settle_after_restore, give_up=give_up):
            log.info("outbox_settled")

    def _wait(self, seconds: float) -> None:
        """Sleep in short naps: a signal handler may only set a flag, and sleep goes on after it."""
        until = time.monotonic() + seconds
        while not self._stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))

    def _work_on(self, claimed: Claim) -> None:
        started = time.perf_counter()
        running = Running(claimed.id, claimed.job.name, claimed.attempt, claimed.holder)
        with self._heart.keep(claimed, running) as held:
            error = self._call(claimed, running)
            kept = not held.lost and self._keep_trying(claimed, lambda: self._end(claimed, running, error))
        self._count(claimed, kept, error, (time.perf_counter() - started) * 1000)

    def _call(self, claimed: Claim, running: Running) -> BaseException | None:
        """Run the job's function; the error that ended it, if any. SystemExit in a job is an error of that job."""
        try:
            self._in_job = True
            with as_current(running):
                claimed.job.function(**claimed.args)
        except (Exception, SystemExit, Interrupted) as error:
            if isinstance(error, (*DatabaseTrouble, Interrupted)) or connection.in_atomic_block:
                fresh_connection()
            return error
        finally:
            self._in_job = False
        return None

    def _end(self, claimed: Claim, running: Running, error: BaseException | None) -> bool:
        if error is None:
            return leases.complete(claimed, self._now(), running.done, running.total)
        if isinstance(error, Interrupted):
            return leases.release(claimed)
        if isinstance(error, LeaseLostError):
            return False
        return leases.fail(claimed, self._now(), error)

    def _keep_trying(self, claimed: Claim, write: Callable[[], bool]) -> bool:
        """Write a job's outcome although the database may be away; after a whole lease the reaper has it anyway."""
        deadline = time.monotonic() + claimed.job.lease.total_seconds()
        while True:
            try:
                return write()
            except DatabaseTrouble as error:
                log.warning("database_trouble", job=str(claimed.id), error_type=type(error).__name__)
                fresh_connection()
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.5)

    def _count(self, claimed: Claim, kept: bool, error: BaseException | None, ms: float) -> None:
        facts = {"job": str(claimed.id), "kind": claimed.job.name, "attempt": claimed.attempt, "ms": round(ms, 1)}
        if not kept or isinstance(error, Interrupted):
            self.tally.given_back += 1
            log.warning("job_given_back" if kept else "job_lost", **facts)
        elif error is not None:
            self.tally.failed += 1
            log.error("job_failed", **facts, error_type=type(error).__name__, where=leases.places(error)[-200:])
        else:
            self.tally.done += 1
            log.info("job_done", **facts)


def fresh_connection() -> None:
    """Drop this thread's connection, also one left in the middle of a transaction; the next query opens another."""
    connection.close()
    if connection.in_atomic_block:
        del connections[DEFAULT_DB_ALIAS]
