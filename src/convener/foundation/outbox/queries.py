"""Reading the outbox in an order in which nothing can be skipped.

On SQLite there is one writer, so ids are given out in the order of commits. On PostgreSQL they are not: a transaction
can take a low id and commit after a higher one. There every event carries the number of its transaction (column
``xid``, filled by the database, see migration 0002), and events are read in the order (xid, id), stopping below the
oldest transaction that is still running. All transactions below that line are over, so nothing can appear there any
more; and the order is by transaction because two that overlap may take ids in either order (the line alone would not
help: a finished transaction can hold a higher id than one that is still running). Source: PostgreSQL 15, "Functions
and operators", 9.26.8 (snapshots).

A *position* is the id of the last event that was read. Compare positions for equality only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from convener.foundation.outbox.models import Event

_FINAL = "xid < pg_snapshot_xmin(pg_current_snapshot())"
_AFTER = "(xid, id) > (COALESCE((SELECT xid FROM outbox_event WHERE id = %s), '0'::xid8), %s)"


def since(position: int, *, limit: int = 500, topics: Collection[str] | None = None) -> list[Event]:
    """At most ``limit`` events after ``position`` (0: from the beginning), oldest first, of ``topics`` or of all.

    An event of another transaction that is still open comes in a later call; on PostgreSQL the caller's own too.
    """
    if connection.vendor != "postgresql":
        events = Event.objects.filter(id__gt=position).order_by("id")
        return list(events.filter(topic__in=topics)[:limit] if topics is not None else events[:limit])
    where = f"{_FINAL} AND {_AFTER}"
    values: list[Any] = [position, position]
    if topics is not None:
        where, values = f"{where} AND topic = ANY(%s)", [*values, list(topics)]
    # The pieces are constants of this module; every value is a parameter.
    query = f"SELECT id, at, topic, keys FROM outbox_event WHERE {where} ORDER BY xid, id LIMIT %s"  # noqa: S608
    return list(Event.objects.raw(query, [*values, limit]))


def head() -> int:
    """Position of the last event that can be read now, 0 where there is none: one look at the end of an index."""
    if connection.vendor == "postgresql":
        query = f"SELECT id FROM outbox_event WHERE {_FINAL} ORDER BY xid DESC, id DESC LIMIT 1"  # noqa: S608
    else:
        query = "SELECT max(id) FROM outbox_event"
    row = _one_row(query, [])
    return int(row[0] or 0) if row else 0


def is_kept(position: int) -> bool:
    """Whether reading can go on from ``position``. After it was pruned, events that followed it may be gone with it."""
    return position > 0 and Event.objects.filter(id=position).exists()


def first_unread_id(position: int) -> int | None:
    """PostgreSQL: the lowest id among the events after ``position`` in the order of reading, or None."""
    row = _one_row(f"SELECT min(id) FROM outbox_event WHERE {_AFTER}", [position, position])  # noqa: S608
    return None if row is None or row[0] is None else int(row[0])


def passed_by_all(positions: Collection[int]) -> str:
    """SQL condition for events strictly before the least advanced of ``positions`` (integers, so safe to insert)."""
    if not positions:
        return "TRUE"
    if connection.vendor != "postgresql":
        return f"id < {min(positions)}"
    listed = ", ".join(str(int(position)) for position in positions)
    # A position whose event is not here (0: nothing read yet) holds everything back.
    return (
        f"(SELECT count(*) FROM outbox_event WHERE id IN ({listed})) = {len(set(positions))} AND (xid, id) < "  # noqa: S608
        f"(SELECT xid, id FROM outbox_event WHERE id IN ({listed}) ORDER BY xid, id LIMIT 1)"
    )


def _one_row(query: str, values: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
