"""Workers killed with ``kill -9`` at random moments: nothing is lost and nothing is done twice, on both databases.

``CONVENER_KILLS`` says how often (default 5; CI sets 50).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection

from convener.foundation.jobs import registry
from convener.foundation.jobs.actions import enqueue
from convener.foundation.jobs.models import Lease
from convener.foundation.outbox.models import Event
from tests.databases import HubDatabase
from tests.faults.forking import Forked, forking
from tests.faults.hub_process import log_of, started, wait_for

KILLS = int(os.environ.get("CONVENER_KILLS", "5"))
ENOUGH = 15  # of fewer kills all may come between two jobs
WORKERS = 2
PARTS = 3
STOCK = 40  # jobs that are kept waiting, so that a kill never meets an idle worker

pytestmark = pytest.mark.timeout(120 + 10 * KILLS)


@pytest.fixture(autouse=True)
def _names() -> Iterator[None]:
    """This process only enqueues; the functions are in the workers' app."""
    for name in ("killing.effect", "killing.sleep"):
        registry.job(name)(print)
    yield
    for name in ("killing.effect", "killing.sleep"):
        registry.unregister(name)


def unfinished() -> int:
    return Lease.objects.filter(name="killing.effect").exclude(task__status="SUCCESSFUL").count()


def wait_for_one_more() -> None:
    """Wait until some worker finishes another job."""
    finished = Lease.objects.filter(task__status="SUCCESSFUL")
    before = finished.count()
    wait_for(lambda: finished.count() > before)


def told(topic: str) -> Counter[str]:
    return Counter(keys[0] for keys in Event.objects.filter(topic=topic).values_list("keys", flat=True))


def test_killed_workers_lose_and_double_nothing(hub_database: HubDatabase) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    enqueued = 0
    workers: list[Forked] = []
    with forking(hub_database.environment, hub_database.folder / "log", "tests.faults.killing.settings") as fork:
        for _ in range(KILLS):
            while unfinished() < STOCK:
                enqueue("killing.effect", number=enqueued)
                enqueued += 1
            while len(workers) < WORKERS:
                workers.append(fork("work"))
            wait_for_one_more()
            time.sleep(chance.uniform(0, 0.4))
            victim = workers.pop(chance.randrange(len(workers)))
            assert victim.poll() is None, log_of(hub_database)
            victim.kill()
            assert victim.wait() == -signal.SIGKILL
        while len(workers) < WORKERS:
            workers.append(fork("work"))
        wait_for(lambda: not unfinished(), 90)
        wait_for(lambda: told("killing.echo").total() >= enqueued * PARTS, 30)
    expected = Counter({f"{number}:{part}": 1 for number in range(enqueued) for part in range(PARTS)})
    assert told("killing.effect") == expected, f"seed {seed}"
    assert told("killing.echo") == expected, f"seed {seed}"
    if KILLS >= ENOUGH:
        assert Lease.objects.filter(name="killing.effect", attempts__gt=1).exists(), "no kill met a job"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",)


def test_a_worker_that_is_asked_to_stop_finishes_its_job(hub_database: HubDatabase) -> None:
    key = enqueue("killing.sleep", seconds=3)
    waiting = None
    with started(hub_database, "work") as process:
        wait_for(lambda: told("killing.begun"))
        waiting = enqueue("killing.sleep", seconds=0)
        process.terminate()
        assert process.wait(15) == 0, log_of(hub_database)
    assert Lease.objects.get(pk=key).task.status == "SUCCESSFUL"
    assert told("killing.ended") == Counter({"1": 1})
    assert Lease.objects.get(pk=waiting).task.status == "READY"


def test_asked_twice_it_gives_the_job_back_at_once(hub_database: HubDatabase) -> None:
    key = enqueue("killing.sleep", seconds=120)
    with started(hub_database, "work") as process:
        wait_for(lambda: told("killing.begun"))
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None, "the first time it waits for the job"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0, log_of(hub_database)
    lease = Lease.objects.get(pk=key)
    assert (lease.task.status, lease.attempts, lease.holder) == ("READY", 0, "")
    assert not told("killing.ended")


def test_the_heartbeat_of_a_real_worker_keeps_a_long_job(hub_database: HubDatabase) -> None:
    """Two workers, one job of three leases' length: the second worker leaves it alone."""
    enqueue("killing.sleep", seconds=4.5)
    with started(hub_database, "work"), started(hub_database, "work"):
        wait_for(lambda: told("killing.ended"))
    assert told("killing.begun") == Counter({"1": 1})
