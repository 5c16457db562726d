"""Who listens to the outbox, and how far each has come.

A consumer is registered once, in a room's ``jobs.py``, which every process imports at its start. Its handler and its
cursor move in one transaction: what the handler writes to the database happens exactly once for each event. What it
does *outside* the database (an index, a mail, a file) can happen again when the process dies before the commit, so a
handler with outside effects must be idempotent: writing the same thing twice must leave what writing it once leaves.
The transaction is a write transaction; on SQLite no one else writes while it is open, so a batch must be handled
within a second.

A handler that works *outside* a transaction (``outside``) may take longer: its cursor moves afterwards, so after a crash it
is told the same events again. It raises Busy while another process of the node does the same work.

A consumer with a cursor on each node keeps something that can be made again from the database. A node that has no
cursor, because it is new or was away for too long, makes it again with the consumer's ``rebuild`` and follows from
there: events that were pruned before it came tell it nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from convener.errors import Busy
from convener.foundation.outbox.models import Cursor, Event
from convener.foundation.outbox.queries import head, passed_by_all, since

Handler = Callable[[list[Event]], None]
Rebuild = Callable[[], None]

KEPT_FOR = timedelta(days=30)
#: A node that had something to read for so long and did not is taken for gone.
NODES_AWAITED_FOR = timedelta(days=30)
PRUNED_AT_ONCE = 2000
LONGEST_PAUSE_S = 300.0
EVERY_NODE = "*"  # node of the cursors of consumers that run once for the whole hub

log = structlog.get_logger()


@dataclass
class Consumer:
    """One listener. ``failures`` and ``paused_until`` (monotonic seconds) are this process's memory of trouble."""

    name: str
    topics: frozenset[str]
    handler: Handler
    per_node: bool
    batch: int
    rebuild: Rebuild | None = None
    outside: bool = False
    is_whole: Callable[[], bool] | None = None
    failures: int = 0
    paused_until: float = 0.0

    def node(self, node: str) -> str:
        """The node under which the cursor is kept."""
        return node if self.per_node else EVERY_NODE


_registered: dict[str, Consumer] = {}


def register(
    name: str,
    topics: Collection[str],
    handler: Handler,
    *,
    per_node: bool = True,
    batch: int = 500,
    rebuild: Rebuild | None = None,
    outside: bool = False,
    is_whole: Callable[[], bool] | None = None,
) -> None:
    """Have ``handler`` called with every event of ``topics``, in order, in batches of at most ``batch``.

    ``per_node``: each node keeps its own cursor (a search index); else the hub has one for all (notifications).
    ``rebuild`` makes what a node keeps afresh from the database, outside a transaction, where the node has no cursor;
    without it such a node begins with the oldest event that is still kept. It must bear being called twice.
    ``outside``: the handler is called outside a transaction. ``is_whole`` says, quickly, whether what the node keeps is
    there at all; where it is not, the node begins anew. Registered again, a handler is told of further ``topics``. Raises
    ValueError for a name that another handler has.
    """
    known = _registered.get(name)
    if known is not None and known.handler is not handler:
        raise ValueError(f"There is already a consumer named {name!r}.")
    if known is not None:
        known.topics |= frozenset(topics)
        return
    made = Consumer(name, frozenset(topics), handler, per_node, batch, rebuild, outside, is_whole)
    _registered[name] = made


def unregister(name: str) -> None:
    """Forget a consumer in this process; its cursors stay."""
    _registered.pop(name, None)


def run_once(node: str) -> int:
    """Give every consumer its next batch; return how many events they passed, 0 when all have caught up.

    A handler that fails loses nothing: its transaction is undone, the error's type is logged, and it is tried again
    after a pause that doubles with each failure, up to five minutes. The others go on, except where the connection to
    the database is in doubt: then OperationalError or InterfaceError is raised, and the caller begins again on a
    fresh one.
    """
    position = head() if _registered else 0
    passed = 0
    for consumer in list(_registered.values()):
        if time.monotonic() < consumer.paused_until:
            continue
        try:
            passed += _advance(consumer, consumer.node(node), position)
            consumer.failures = 0
        except Busy:
            continue  # another process of this node is at it: nothing is lost, and nothing failed
        except Exception as error:
            consumer.failures += 1
            consumer.paused_until = time.monotonic() + min(2.0**consumer.failures, LONGEST_PAUSE_S)
            log.error("consumer_failed", consumer=consumer.name, error_type=type(error).__name__)
            if isinstance(error, OperationalError | InterfaceError):
                raise
    return passed


def failing() -> list[str]:
    """Names of the consumers whose last batch failed in this process."""
    return [consumer.name for consumer in _registered.values() if consumer.failures]


def _advance(consumer: Consumer, node: str, position: int) -> int:
    """One batch for one consumer. A look without a lock comes first: an idle hub must not take the write lock."""
    seen = Cursor.objects.filter(consumer=consumer.name, node=node).values_list("position", flat=True).first()
    if seen is None or (consumer.is_whole and not consumer.is_whole()):
        _begin(consumer, node, position)
    elif seen == position:
        return 0
    if consumer.outside:
        return _advance_outside(consumer, node)
    with transaction.atomic():
        # Of two workers on one node one moves the cursor; the other goes on to something else.
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(consumer=consumer.name, node=node).first()
        events = since(cursor.position, limit=consumer.batch) if cursor is not None else []
        if cursor is None or not events:
            return 0
        mine = [event for event in events if event.topic in consumer.topics]
        if mine:
            consumer.handler(mine)
        cursor.position = events[-1].id
        cursor.save(update_fields=["position", "moved_at"])
    return len(events)


def _advance_outside(consumer: Consumer, node: str) -> int:
    """One batch whose handler works on its own time. The cursor moves only from where the batch began: another process
    that did the same work meanwhile has moved it already.
    """
    cursors = Cursor.objects.filter(consumer=consumer.name, node=node)
    position = cursors.values_list("position", flat=True).first()
    if position is None:
        return 0
    events = since(position, limit=consumer.batch)
    if not events:
        return 0
    mine = [event for event in events if event.topic in consumer.topics]
    if mine:
        consumer.handler(mine)
    moved = cursors.filter(position=position).update(position=events[-1].id, moved_at=timezone.now())
    return len(events) if moved else 0


def _begin(consumer: Consumer, node: str, position: int) -> None:
    """The first cursor of a node: from the beginning, or where the database was when the node built from it."""
    if consumer.rebuild is None:
        position = 0
    else:  # what is committed meanwhile is in what was built, and told once more: never left out
        consumer.rebuild()
        log.info("consumer_rebuilt", consumer=consumer.name, node=node)
    keep = Cursor.objects.update_or_create if consumer.is_whole else Cursor.objects.get_or_create
    keep(consumer=consumer.name, node=node, defaults={"position": position})


def drop_lost_nodes(now: datetime) -> int:
    """Forget the cursors of nodes that left something unread for 30 days; return how many. They hold up :func:`prune`.

    A node that comes back finds no cursor and begins anew (see :func:`register`). Cursors of the whole hub are never
    dropped: nobody could make up for what they miss.
    """
    dropped = 0
    for cursor in Cursor.objects.exclude(node=EVERY_NODE).filter(moved_at__lt=now - NODES_AWAITED_FOR):
        unread = since(cursor.position, limit=1)
        if unread and unread[0].at < now - NODES_AWAITED_FOR:
            # Only if it has not moved meanwhile: a node that wakes up right now keeps its place.
            gone, _tables = Cursor.objects.filter(pk=cursor.pk, position=cursor.position).delete()
            if gone:
                log.warning(
                    "node_forgotten", consumer=cursor.consumer, node=cursor.node, last_seen=str(cursor.moved_at)
                )
                dropped += 1
    return dropped


def prune(now: datetime) -> int:
    """Delete events older than 30 days that every cursor has passed; return how many. The last event always stays.

    The event a cursor stands on stays too: on PostgreSQL it says where in the order the cursor is. Deletes in short
    transactions.
    """
    positions = set(Cursor.objects.values_list("position", flat=True))
    where = f"at < %s AND id <> %s AND {passed_by_all(positions)}"
    query = f"DELETE FROM outbox_event WHERE id IN (SELECT id FROM outbox_event WHERE {where} LIMIT %s)"  # noqa: S608
    last = head()
    deleted = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query, [now - KEPT_FOR, last, PRUNED_AT_ONCE])
            count: int = cursor.rowcount
        deleted += count
        if count < PRUNED_AT_ONCE:
            return deleted
