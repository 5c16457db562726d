"""The outbox: nothing is skipped, nothing is told twice, nothing is kept for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from convener.foundation.outbox import consumers
from convener.foundation.outbox.actions import emit, settle_after_restore
from convener.foundation.outbox.models import Cursor, Event
from convener.foundation.outbox.queries import head, is_kept, since
from tests.databases import HubDatabase


class Session:
    """A second connection: runs what it is given in one thread of its own, one step at a time."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], None]] = []
        self._wake, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def _loop(self) -> None:
        while True:
            self._wake.acquire()
            step = self._steps.pop(0)
            try:
                step()
            except StopIteration:
                connection.close()
                self._done.release()
                return
            except BaseException as error:
                self._error = error
            self._done.release()

    def do(self, step: Callable[[], Any]) -> None:
        """Run ``step`` over there and wait for it; its error is raised here."""
        self._steps.append(step)
        self._wake.release()
        assert self._done.acquire(timeout=20), "the other session hangs"
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        def stop() -> None:
            raise StopIteration

        self.do(stop)
        self._thread.join(5)


@pytest.fixture
def other() -> Iterator[Session]:
    session = Session()
    yield session
    session.close()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's own consumers rest: what is counted here is of the test's making."""
    monkeypatch.setattr(consumers, "_registered", {})


@pytest.fixture
def consumer() -> Iterator[Callable[..., list[str]]]:
    """Registers a consumer that writes down the keys it was told."""
    names = []

    def make(name: str = "test", topics: tuple[str, ...] = ("a.b",), **options: Any) -> list[str]:
        seen: list[str] = []
        names.append(name)
        consumers.register(name, topics, lambda events: seen.extend(e.keys[0] for e in events), **options)
        return seen

    yield make
    for name in names:
        consumers.unregister(name)


def tell(key: str, topic: str = "a.b") -> Event:
    with transaction.atomic():
        return emit(topic, [key])


def keys(events: list[Event]) -> list[str]:
    return [event.keys[0] for event in events]


def test_an_event_needs_a_transaction(hub_database: HubDatabase) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        emit("a.b", ["1"])
    assert not Event.objects.exists()


def test_an_undone_transaction_tells_nothing(hub_database: HubDatabase) -> None:
    with transaction.atomic():
        emit("a.b", ["1"])
        transaction.set_rollback(True)
    assert since(0) == []
    assert head() == 0


def test_events_come_in_order_by_topic_and_in_pieces(hub_database: HubDatabase) -> None:
    for number in range(6):
        tell(str(number), "even.told" if number % 2 == 0 else "odd.told")
    assert keys(since(0)) == list("012345")
    assert keys(since(0, topics=["odd.told"])) == list("135")
    assert since(0, topics=[]) == []
    first = since(0, limit=4)
    assert keys(since(first[-1].id, limit=4)) == ["4", "5"]
    assert head() == since(0)[-1].id
    assert since(head()) == []


@pytest.mark.postgres
@pytest.mark.parametrize("hub_database", ["postgres"], indirect=True)
def test_a_transaction_that_commits_late_is_not_skipped(hub_database: HubDatabase, other: Session) -> None:
    """The early transaction has the lower id and is still open when the later one has committed and been read."""
    early = transaction.atomic()
    other.do(early.__enter__)
    other.do(lambda: emit("a.b", ["early"]))
    tell("late")
    assert since(0) == [], "'late' must wait: 'early' would be skipped by a reader that went past it"
    assert head() == 0
    other.do(lambda: early.__exit__(None, None, None))
    assert keys(since(0)) == ["early", "late"]


@pytest.mark.postgres
@pytest.mark.parametrize("hub_database", ["postgres"], indirect=True)
def test_the_older_transaction_can_take_the_higher_id(hub_database: HubDatabase, other: Session) -> None:
    """The case that an order by id loses: the older transaction takes the higher id and commits first."""
    older, younger = transaction.atomic(), transaction.atomic()
    other.do(older.__enter__)
    other.do(lambda: connection.cursor().execute("SELECT pg_current_xact_id()"))
    younger.__enter__()
    low = emit("a.b", ["younger"])
    other.do(lambda: emit("a.b", ["older"]))
    other.do(lambda: older.__exit__(None, None, None))
    reading = Session()
    read: list[Event] = []
    reading.do(lambda: read.extend(since(0)))
    assert keys(read) == ["older"]
    assert read[0].id > low.id
    younger.__exit__(None, None, None)
    reading.do(lambda: read.extend(since(read[-1].id)))
    reading.close()
    assert keys(read) == ["older", "younger"]


def test_many_writers_and_one_reader_lose_nothing(hub_database: HubDatabase) -> None:
    """Six writers with transactions of different lengths; the reader follows by position alone."""

    def write(writer: int) -> None:
        for number in range(25):
            with transaction.atomic():
                for part in range(3):
                    emit("a.b", [f"{writer}-{number}-{part}"])
        connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(6)]
    for thread in threads:
        thread.start()
    read: list[Event] = []
    while any(thread.is_alive() for thread in threads):
        read += since(read[-1].id if read else 0, limit=7)
    while more := since(read[-1].id, limit=7):
        read += more
    told = keys(read)
    assert len(told) == len(set(told)) == 6 * 25 * 3
    for writer in range(6):  # each writer's own order is kept
        mine = [key for key in told if key.startswith(f"{writer}-")]
        assert mine == sorted(mine, key=lambda key: [int(part) for part in key.split("-")])


def test_consumers_are_told_once_and_only_their_topics(hub_database: HubDatabase, consumer: Any) -> None:
    seen, rare = consumer(batch=2), consumer("rare", ("c.d",))
    for key in "123":
        tell(key)
    tell("4", "c.d")
    while consumers.run_once("node-1"):
        pass
    assert seen == ["1", "2", "3"]
    assert rare == ["4"]
    assert consumers.run_once("node-1") == 0
    assert seen == ["1", "2", "3"]


def test_each_node_has_its_own_cursor_unless_the_hub_has_one(hub_database: HubDatabase, consumer: Any) -> None:
    index, mail = consumer("index"), consumer("mail", per_node=False)
    tell("1")
    consumers.run_once("node-1")
    consumers.run_once("node-2")
    assert index == ["1", "1"]
    assert mail == ["1"]


def test_handler_and_cursor_move_together(hub_database: HubDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that fails half-way leaves nothing behind, is tried again later and does not stop the others."""
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    broken = [True]

    def handler(events: list[Event]) -> None:
        emit("echo.said", events[0].keys)
        if broken[0]:
            raise ValueError

    others: list[str] = []
    consumers.register("broken", ["a.b"], handler)
    consumers.register("sound", ["a.b"], lambda events: others.extend(keys(events)))
    try:
        tell("1")
        consumers.run_once("n")
        assert others == ["1"]
        assert consumers.failing() == ["broken"]
        assert since(0, topics=["echo.said"]) == []
        broken[0] = False
        consumers.run_once("n")
        assert since(0, topics=["echo.said"]) == [], "too early"
        clock[0] += 3
        consumers.run_once("n")
        assert keys(since(0, topics=["echo.said"])) == ["1"]
        assert consumers.failing() == []
    finally:
        consumers.unregister("broken")
        consumers.unregister("sound")


def test_a_lost_connection_is_the_callers_to_mend(hub_database: HubDatabase) -> None:
    def handler(events: list[Event]) -> None:
        raise OperationalError("database is locked")

    consumers.register("locked", ["a.b"], handler)
    try:
        tell("1")
        with pytest.raises(OperationalError):
            consumers.run_once("n")
        assert Cursor.objects.get(consumer="locked").position == 0
    finally:
        consumers.unregister("locked")


def test_a_name_belongs_to_one_handler(consumer: Any) -> None:
    consumer("mine")
    with pytest.raises(ValueError, match="mine"):
        consumers.register("mine", ["a.b"], print)


def test_two_workers_of_one_node_tell_once(hub_database: HubDatabase, consumer: Any) -> None:
    seen = consumer(batch=3)
    for number in range(30):
        tell(str(number))

    def work() -> None:
        while since(0) and Cursor.objects.filter(consumer="test", position=head()).first() is None:
            consumers.run_once("n")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(seen, key=int) == [str(number) for number in range(30)]


def test_old_events_go_when_everyone_has_read_them(hub_database: HubDatabase, consumer: Any) -> None:
    consumer("fast")
    slow = consumer("slow", batch=1)
    for key in "12345":
        tell(key)
    consumers.run_once("n")  # 'fast' has read all five, 'slow' one
    later = timezone.now() + consumers.KEPT_FOR + timedelta(hours=1)
    assert consumers.prune(later) == 0, "the event that a cursor stands on stays, and what comes after it"
    while consumers.run_once("n"):
        pass
    assert slow == list("12345")
    assert consumers.prune(timezone.now()) == 0, "not old enough"
    assert consumers.prune(later) == 4
    assert keys(since(0)) == ["5"]
    tell("6")
    consumers.run_once("n")
    assert slow == list("123456"), "what comes after pruning is read from where the cursor stood"


def test_the_last_event_stays_when_nobody_listens(hub_database: HubDatabase) -> None:
    for key in "123":
        tell(key)
    last = head()
    assert consumers.prune(timezone.now() + timedelta(days=31)) == 2
    assert head() == last


@pytest.mark.postgres
@pytest.mark.parametrize("hub_database", ["postgres"], indirect=True)
def test_events_copied_from_another_server_do_not_hide_new_ones(hub_database: HubDatabase, consumer: Any) -> None:
    """PostgreSQL's own tools keep the numbers of transactions that the new server has not reached."""
    seen = consumer()
    tell("read")
    consumers.run_once("n")
    tell("unread")
    assert not settle_after_restore()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_event SET xid = (xid::text::bigint + 1000000)::text::xid8")
    tell("new")
    assert settle_after_restore()
    assert not settle_after_restore()
    while consumers.run_once("n"):
        pass
    assert seen == ["read", "unread", "new"]


class Shelf:
    """What a consumer keeps on its node, made from a list that stands for the database."""

    def __init__(self, database: list[str]) -> None:
        self.database, self.kept, self.rebuilt = database, [""], 0

    def handle(self, events: list[Event]) -> None:
        self.kept += keys(events)

    def rebuild(self) -> None:
        self.kept, self.rebuilt = list(self.database), self.rebuilt + 1


def test_a_node_that_was_away_no_longer_holds_up_pruning_and_builds_anew(hub_database: HubDatabase) -> None:
    database: list[str] = []
    here, away = Shelf(database), Shelf(database)

    def write(key: str) -> None:
        database.append(key)
        tell(key)

    def turn(node: str, shelf: Shelf) -> None:
        consumers.unregister("shelf")
        consumers.register("shelf", ["a.b"], shelf.handle, rebuild=shelf.rebuild)
        while consumers.run_once(node):
            pass

    try:
        write("1")
        turn("here", here)
        turn("away", away)
        for key in "2345":
            write(key)
        turn("here", here)
        assert here.kept == list("12345")
        soon, later = (timezone.now() + timedelta(days=days) for days in (29, 31))
        assert consumers.drop_lost_nodes(soon) == 0
        assert consumers.prune(later) == 0, "the node that is away holds the events"
        assert consumers.drop_lost_nodes(later) == 1
        assert [cursor.node for cursor in Cursor.objects.all()] == ["here"]
        assert consumers.prune(later) == 4
        turn("away", away)
        write("6")
        turn("away", away)
        turn("here", here)
        assert away.kept == here.kept == list("123456")
        assert (away.rebuilt, here.rebuilt) == (2, 1)
    finally:
        consumers.unregister("shelf")


def test_nodes_with_nothing_to_read_and_the_whole_hubs_cursors_stay(hub_database: HubDatabase, consumer: Any) -> None:
    consumer("quiet")
    tell("1")
    consumers.run_once("n")
    mail = consumer("mail", per_node=False)
    consumers.run_once("n")
    consumers.unregister("mail")  # nobody reads for the whole hub any more
    tell("2")
    consumers.run_once("n")
    later = timezone.now() + timedelta(days=400)
    assert consumers.drop_lost_nodes(later) == 0
    assert mail == ["1"]
    assert Cursor.objects.count() == 2


def test_reading_can_go_on_only_from_an_event_that_is_kept(hub_database: HubDatabase) -> None:
    first, last = tell("1"), tell("2")
    assert is_kept(first.id)
    consumers.prune(timezone.now() + timedelta(days=31))
    assert not is_kept(first.id)
    assert is_kept(last.id)
    assert not is_kept(0)
