"""Jobs: run once, retried within limits, never lost, scheduled once, finished only by who holds them."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from convener.errors import NotAllowed, NotFound, Refused
from convener.foundation.actor import OPERATOR, PUBLIC, Actor, Door, Role
from convener.foundation.audit.models import AuditEntry
from convener.foundation.jobs import leases, queries, registry, schedule, worker
from convener.foundation.jobs.actions import enqueue, enqueue_at, enqueue_scheduled, retry
from convener.foundation.jobs.models import Lease, Once, Schedule
from convener.foundation.jobs.node import node_of
from convener.foundation.jobs.running import LeaseLostError, Running, as_current, attempt, current, once, progress
from convener.foundation.jobs.worker import Worker
from convener.foundation.outbox.models import Event
from tests.databases import HubDatabase

T0 = datetime(2030, 1, 1, tzinfo=UTC)
Declare = Callable[..., None]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or timezone.now()

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Registers jobs for one test; nothing else is registered meanwhile, so no chore runs in between."""
    monkeypatch.setattr(registry, "_registered", {})

    def add(name: str, function: Callable[..., Any], **options: Any) -> None:
        registry.job(name, **options)(function)

    return add


def state(key: uuid.UUID) -> str:
    return DBTaskResult.objects.get(pk=key).status


def drain(clock: Clock | None = None) -> Worker:
    """A worker that did all that is ready."""
    made = Worker("n", now=clock or timezone.now)
    made.run(once=True)
    return made


def test_a_job_runs_once_with_its_arguments(hub_database: HubDatabase, declare: Declare) -> None:
    calls: list[Any] = []

    def function(a: int, b: list[str]) -> None:
        running = current()
        assert running is not None
        calls.append((a, b, running.id, running.attempt))

    declare("t.job", function)
    key = enqueue("t.job", a=1, b=["x"])
    assert drain().tally.done == 1
    assert calls == [(1, ["x"], key, 1)]
    assert state(key) == "SUCCESSFUL"
    assert drain().tally.done == 0
    assert current() is None


def test_enqueue_belongs_to_the_callers_transaction(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.job", lambda: None)
    with transaction.atomic():
        enqueue("t.job")
        transaction.set_rollback(True)
    assert drain().tally.done == 0
    assert not DBTaskResult.objects.exists()


def test_only_known_jobs_and_json_go_in(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.job", lambda x: None)
    with pytest.raises(LookupError, match=r"t\.other"):
        enqueue("t.other")
    with pytest.raises(TypeError):
        enqueue("t.job", x=datetime.now(tz=UTC))
    assert not DBTaskResult.objects.exists()


def test_a_name_is_taken_once(declare: Declare) -> None:
    declare("t.job", print)
    with pytest.raises(ValueError, match=r"t\.job"):
        declare("t.job", repr)


def test_a_job_of_another_version_waits(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.job", lambda: None)
    key = enqueue("t.job")
    registry.unregister("t.job")
    assert drain().tally == worker.Tally()
    assert state(key) == "READY"


def test_a_job_for_later_waits(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.job", lambda: None)
    clock = Clock()
    enqueue_at(clock() + timedelta(minutes=5), "t.job")
    assert drain(clock).tally.done == 0
    clock.move(minutes=6)
    assert drain(clock).tally.done == 1


def test_retries_are_limited_and_spaced(hub_database: HubDatabase, declare: Declare) -> None:
    """Three starts in all, 10 and 30 seconds apart; each undoes what it did."""
    attempts: list[int] = []

    def function() -> None:
        attempts.append(attempt())
        with once("effect"):
            raise ZeroDivisionError("Jane Doe")

    declare("t.job", function, retries=2)
    clock = Clock()
    key = enqueue("t.job")
    assert drain(clock).tally.failed == 1
    assert state(key) == "READY"
    clock.move(seconds=9)
    drain(clock)
    assert attempts == [1]
    clock.move(seconds=2)
    drain(clock)
    clock.move(seconds=29)
    drain(clock)
    assert attempts == [1, 2]
    clock.move(seconds=2)
    drain(clock)
    assert attempts == [1, 2, 3]
    clock.move(days=1)
    assert drain(clock).tally.failed == 0
    task = DBTaskResult.objects.get(pk=key)
    assert (task.status, task.exception_class_path) == ("FAILED", "builtins.ZeroDivisionError")
    assert "test_jobs.py" in task.traceback
    assert "Jane Doe" not in task.traceback, "messages quote people's data"
    assert not Once.objects.exists()


def test_a_refusal_is_final(hub_database: HubDatabase, declare: Declare) -> None:
    def function() -> None:
        raise Refused("No.")

    declare("t.job", function, retries=5)
    key = enqueue("t.job")
    drain()
    assert state(key) == "FAILED"


def test_a_job_that_exits_fails_alone(hub_database: HubDatabase, declare: Declare) -> None:
    def function() -> None:
        raise SystemExit(3)

    declare("t.exits", function, retries=0)
    declare("t.fine", lambda: None)
    bad, good = enqueue("t.exits"), enqueue("t.fine")
    tally = drain().tally
    assert (tally.done, tally.failed) == (1, 1)
    assert (state(bad), state(good)) == ("FAILED", "SUCCESSFUL")


def test_each_job_goes_to_one_of_many_workers(hub_database: HubDatabase, declare: Declare) -> None:
    ran: list[int] = []
    declare("t.job", lambda number: ran.append(number))
    for number in range(40):
        enqueue("t.job", number=number)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            Worker("n").run(once=True)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(ran) == list(range(40))
    assert DBTaskResult.objects.filter(status="SUCCESSFUL").count() == 40


def test_the_lease_of_a_dead_worker_runs_out(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.job", lambda: None, retries=1, lease=timedelta(seconds=60))
    clock = Clock()
    key = enqueue("t.job")
    for number in (1, 2):
        dead = leases.claim("dead", clock())
        assert dead is not None
        assert dead.attempt == number
        clock.move(seconds=59)
        assert leases.reap(clock()) == 0
        assert leases.claim("other", clock()) is None
        clock.move(seconds=2)
        assert leases.reap(clock()) == 1
        assert leases.reap(clock()) == 0
        clock.move(minutes=5)
    assert state(key) == "FAILED"
    assert DBTaskResult.objects.get(pk=key).exception_class_path == leases.WORKER_DIED


def test_who_lost_the_lease_changes_nothing(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.job", lambda: None)
    clock = Clock()
    key = enqueue("t.job")
    slow = leases.claim("slow", clock())
    assert slow is not None
    clock.move(minutes=2)
    leases.reap(clock())
    clock.move(minutes=2)
    quick = leases.claim("quick", clock())
    assert quick is not None
    assert not leases.renew(slow, clock(), 1, 2)
    assert not leases.complete(slow, clock(), None, None)
    assert not leases.fail(slow, clock(), ValueError())
    assert not leases.release(slow)
    assert state(key) == "RUNNING"
    with as_current(Running(slow.id, "t.job", 1, "slow")):
        with pytest.raises(LeaseLostError):
            progress(1, 2)
        with pytest.raises(LeaseLostError), once("effect"):
            pytest.fail("a worker without the lease came as far as the effect")
    assert leases.complete(quick, clock(), None, None)
    assert state(key) == "SUCCESSFUL"


def test_the_heartbeat_keeps_a_long_job(hub_database: HubDatabase, declare: Declare) -> None:
    """A job three times as long as its lease, with a reaper that looks all the time."""
    starts: list[int] = []

    def function() -> None:
        starts.append(attempt())
        end = time.monotonic() + 1.8
        while time.monotonic() < end:
            assert leases.reap(timezone.now()) == 0
            time.sleep(0.05)

    declare("t.long", function, lease=timedelta(seconds=0.6))
    key = enqueue("t.long")
    assert drain().tally.done == 1
    assert starts == [1]
    assert state(key) == "SUCCESSFUL"


def test_the_heartbeat_survives_a_locked_database(
    hub_database: HubDatabase, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[bool] = []
    real = leases.renew

    def flaky(*args: Any) -> bool:
        beats.append(True)
        if len(beats) < 3:
            raise OperationalError("database is locked")
        return real(*args)

    monkeypatch.setattr("convener.foundation.jobs.heartbeat.renew", flaky)
    declare("t.long", lambda: time.sleep(1.2), lease=timedelta(seconds=0.8))
    key = enqueue("t.long")
    assert drain().tally.done == 1
    assert len(beats) >= 4
    assert state(key) == "SUCCESSFUL"


def test_the_worker_waits_out_trouble_with_the_database(
    hub_database: HubDatabase, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claiming and finishing each fail once or twice; the job is still done exactly once."""
    calls: list[int] = []
    declare("t.job", lambda: calls.append(1))
    key = enqueue("t.job")
    left = {"claim": 2, "complete": 2}

    def flaky(name: str) -> Callable[..., Any]:
        real = getattr(leases, name)

        def function(*args: Any) -> Any:
            if left[name]:
                left[name] -= 1
                raise OperationalError("server closed the connection unexpectedly")
            return real(*args)

        return function

    for name in left:
        monkeypatch.setattr(leases, name, flaky(name))
    assert drain().tally.done == 1
    assert calls == [1]
    assert state(key) == "SUCCESSFUL"
    assert left == {"claim": 0, "complete": 0}


@pytest.mark.postgres
@pytest.mark.parametrize("hub_database", ["postgres"], indirect=True)
def test_a_connection_cut_by_the_server(hub_database: HubDatabase, declare: Declare) -> None:
    """PostgreSQL ends our connection in the middle of the first attempt; the second one does the work."""
    starts: list[int] = []

    def function() -> None:
        starts.append(attempt())
        with once("effect") as first:
            assert first
            if attempt() == 1:
                connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    declare("t.cut", function, backoff=timedelta(0))
    key = enqueue("t.cut")
    tally = drain().tally
    assert (tally.failed, tally.done, starts) == (1, 1, [1, 2])
    assert state(key) == "SUCCESSFUL"
    assert Once.objects.count() == 1


def test_once_lets_exactly_one_through(hub_database: HubDatabase) -> None:
    """Eight at a time, some of which fail after their effect: one effect is left."""
    errors: list[BaseException] = []
    start = threading.Barrier(8)

    def effect(number: int) -> None:
        try:
            start.wait()
            for _ in range(3):
                try:
                    with once("key") as first:
                        if first:
                            Event.objects.create(topic="t.effect", keys=[str(number)])
                            if number % 2:
                                raise ZeroDivisionError
                except ZeroDivisionError:
                    continue
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=effect, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert Event.objects.filter(topic="t.effect").count() == 1


def test_each_turn_is_enqueued_once_by_many_schedulers(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.daily", lambda: None, every=timedelta(days=1))
    start = threading.Barrier(6)
    counts: list[int] = []

    def look() -> None:
        start.wait()
        counts.append(sum(schedule.tick(T0) for _ in range(3)))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(counts) == 1
    assert Lease.objects.filter(name="t.daily").count() == 1
    assert Schedule.objects.get().next_at == T0 + timedelta(days=1)


def test_the_schedule_keeps_its_hour_and_makes_nothing_up(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.daily", lambda: None, every=timedelta(days=1))
    assert schedule.tick(T0) == 1
    assert schedule.tick(T0 + timedelta(days=1)) == 0, "the turn before is not finished"
    DBTaskResult.objects.update(status="SUCCESSFUL")
    assert schedule.tick(T0 + timedelta(hours=25)) == 0
    assert schedule.tick(T0 + timedelta(days=5, hours=7)) == 1, "one for all that were missed"
    assert Schedule.objects.get().next_at == T0 + timedelta(days=6)


def test_a_shorter_interval_counts_at_once(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.often", lambda: None, every=timedelta(minutes=1))
    Schedule.objects.create(name="t.often", next_at=T0 + timedelta(days=9))
    assert schedule.tick(T0) == 0
    assert schedule.tick(T0 + timedelta(minutes=1)) == 1


def test_progress_is_seen_while_the_job_runs(hub_database: HubDatabase, declare: Declare) -> None:
    seen: list[Any] = []

    def function() -> None:
        progress(10, 40)
        seen.append(Lease.objects.values_list("done", "total").get())
        with transaction.atomic():
            progress(20, 40)
            assert Lease.objects.get().done == 10, "nothing is written inside a transaction"
        progress(40, 40)

    declare("t.job", function)
    enqueue("t.job")
    drain()
    assert seen == [(10, 40)]
    assert Lease.objects.values_list("done", "total").get() == (40, 40)


def test_outside_a_worker_the_same_functions_work(hub_database: HubDatabase) -> None:
    progress(1, 2)
    assert attempt() == 1
    for expected in (True, False):
        with once("key") as first:
            assert first is expected


def test_a_failed_job_can_be_restarted_and_that_is_audited(hub_database: HubDatabase, declare: Declare) -> None:
    works = [False]

    def function() -> None:
        if not works[0]:
            raise ZeroDivisionError

    declare("t.job", function, retries=0)
    key = enqueue("t.job")
    drain()
    officer = Actor(door=Door.HUB, user_id=uuid.uuid4(), role=Role.SECRETARIAT)
    with pytest.raises(NotAllowed):
        retry(actor=PUBLIC, job_id=key)
    with pytest.raises(NotFound):
        retry(actor=officer, job_id=uuid.uuid4())
    assert state(key) == "FAILED"
    works[0] = True
    retry(actor=officer, job_id=key)
    assert Lease.objects.get(pk=key).attempts == 0
    with pytest.raises(Refused):
        retry(actor=officer, job_id=key)
    assert drain().tally.done == 1
    lines = AuditEntry.objects.filter(action="jobs.retry", record=str(key)).order_by("at")
    assert [(line.user_id, line.outcome) for line in lines] == [(None, "refused"), (officer.user_id, "done")]


def test_the_list_says_how_each_job_stands(hub_database: HubDatabase, declare: Declare) -> None:
    def fails() -> None:
        raise ZeroDivisionError("secret")

    declare("t.fails", fails, retries=0)
    declare("t.again", fails, retries=1, backoff=timedelta(hours=1))
    declare("t.fine", lambda: progress(3, 4))
    for name in ("t.fails", "t.again", "t.fine"):
        enqueue(name)
    drain()
    enqueue("t.fine")
    leases.claim("running", timezone.now())
    enqueue("t.fine")
    leases.claim("silent", timezone.now() - timedelta(hours=1))
    enqueue("t.fine")
    rows = queries.rows(queries.recent(OPERATOR))
    assert [(row.state, row.error, row.attempts) for row in rows] == [
        ("waiting", "", 0),
        ("silent", "", 1),
        ("running", "", 1),
        ("done", "", 1),
        ("paused", "ZeroDivisionError", 1),
        ("failed", "ZeroDivisionError", 1),
    ]
    assert (rows[3].done, rows[3].total) == (3, 4)
    assert [row.can_be_retried for row in rows] == [False] * 5 + [True]
    assert queries.unfinished() == 4
    for role in set(Role) - {Role.ADMINISTRATOR, Role.SECRETARIAT}:
        with pytest.raises(NotAllowed):
            queries.recent(Actor(door=Door.HUB, role=role))
        with pytest.raises(NotAllowed):
            queries.schedules(Actor(door=Door.HUB, role=role))


def test_old_records_go(hub_database: HubDatabase, declare: Declare) -> None:
    def function() -> None:
        with once(f"effect of {current()}"):
            pass

    declare("t.job", function)
    enqueue("t.job")
    drain()
    waiting = enqueue("t.job")
    assert leases.forget_finished(timezone.now(), timedelta(days=1)) == 0
    assert leases.forget_finished(timezone.now() + timedelta(days=2), timedelta(days=1)) == 1
    assert list(Lease.objects.values_list("pk", flat=True)) == [waiting]
    assert not Once.objects.exists()


def test_turns_that_went_well_go_sooner_but_for_the_last(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.minute", lambda: None, every=timedelta(minutes=1))
    declare("t.other", lambda: None, every=timedelta(minutes=1))
    declare("t.bad", lambda: 1 / 0, every=timedelta(minutes=1), retries=0)
    asked = enqueue("t.minute")
    for name in ("t.minute", "t.minute", "t.minute", "t.other", "t.bad"):
        enqueue_scheduled(name)
    drain()
    later = timezone.now() + timedelta(days=4)
    assert leases.forget_turns(timezone.now(), timedelta(days=3)) == 0
    assert leases.forget_turns(later, timedelta(days=3)) == 2
    left = sorted(Lease.objects.filter(scheduled=True).values_list("name", flat=True))
    assert left == ["t.bad", "t.minute", "t.other"]
    assert Lease.objects.filter(pk=asked).exists(), "what somebody asked for is kept longer"


def test_turns_are_folded_unless_they_failed_or_are_asked_for(hub_database: HubDatabase, declare: Declare) -> None:
    declare("t.minute", lambda: None, every=timedelta(minutes=1))
    declare("t.bad", lambda: 1 / 0, every=timedelta(days=1), retries=0)
    declare("t.once", lambda: None)
    now = timezone.now()
    schedule.tick(now)
    drain()
    schedule.tick(now + timedelta(minutes=1, seconds=1))
    enqueue("t.once")
    drain()

    def shown(**search: str) -> list[str]:
        return sorted(row.name for row in queries.rows(queries.recent(OPERATOR, queries.JobSearch(**search))))

    assert shown() == ["t.bad", "t.once"]
    assert shown(name="t.minute") == ["t.minute", "t.minute"]
    assert shown(state="failed") == ["t.bad"]
    assert shown(state="done") == ["t.once"]
    assert shown(state="open") == []
    assert shown(state="failed", name="t.minute") == []
    rows = {row.name: row for row in queries.schedules(OPERATOR)}
    assert sorted(rows) == ["t.bad", "t.minute"]
    assert (rows["t.minute"].runs, rows["t.minute"].failed) == (2, 0)
    assert (rows["t.bad"].runs, rows["t.bad"].failed) == (1, 1)
    assert rows["t.minute"].last_at is not None
    assert rows["t.minute"].last_at >= now
    assert rows["t.minute"].next_at > now + timedelta(minutes=1)
    assert rows["t.minute"].every == timedelta(minutes=1)


def test_a_folder_is_one_node(tmp_path: Any) -> None:
    names: list[str] = []
    threads = [threading.Thread(target=lambda: names.append(node_of(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 1
    assert node_of(tmp_path) == names[0]
    assert [path.name for path in tmp_path.iterdir()] == ["node"]
    (tmp_path / "node").write_text("")  # killed between making and writing
    assert node_of(tmp_path) == node_of(tmp_path) != ""
