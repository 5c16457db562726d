"""Writing to the outbox."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from convener.foundation.outbox.models import Cursor, Event
from convener.foundation.outbox.queries import first_unread_id


def emit(topic: str, keys: Sequence[str | uuid.UUID]) -> Event:
    """Write down that something happened, inside the caller's transaction: it is told only if that one commits.

    ``topic`` is 'noun.verb' such as 'party.changed'; ``keys`` are the keys of the records it is about, never their
    content. Raises TransactionManagementError outside a transaction, where the event could outlive a change that
    failed.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("emit() belongs inside the transaction of the change it tells of.")
    return Event.objects.create(topic=topic, keys=[str(key) for key in keys])


def settle_after_restore() -> bool:
    """Put the events in order again after PostgreSQL's own tools copied them to another server; return whether it was
    due.

    Transaction numbers begin anew there, so copied events can carry numbers that this server has not reached, and
    whatever is emitted next would sort before them and never be read. They all get the number of this transaction,
    which leaves the order of their ids; a cursor that had read past an unread lower id goes back to it, so an event
    may be told twice and none is lost. The work process calls this when it starts.
    """
    if connection.vendor != "postgresql" or not _has_foreign_numbers():
        return False
    with transaction.atomic():
        for mark in Cursor.objects.select_for_update():
            unread = first_unread_id(mark.position)
            if unread is not None and unread < mark.position:
                before = Event.objects.filter(id__lt=unread).order_by("-id").values_list("id", flat=True).first()
                Cursor.objects.filter(pk=mark.pk).update(position=before or 0)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE outbox_event SET xid = pg_current_xact_id()")
    return True


def _has_foreign_numbers() -> bool:
    """A row that can be seen was committed: its number is below the snapshot's end, unless another server gave it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM outbox_event WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))"
        )
        row = cursor.fetchone()
    return bool(row and row[0])
