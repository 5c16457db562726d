"""Writing the audit and the history."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from convener.foundation import bulk
from convener.foundation.actor import Actor
from convener.foundation.audit.models import AuditEntry, Change, Tombstone
from convener.foundation.ids import new_key


class ChangeRow(NamedTuple):
    """A row of :class:`Change` before it is written: imports make hundreds of thousands of them."""

    id: uuid.UUID
    user_id: uuid.UUID | None
    party_id: uuid.UUID | None
    door: str
    action: str
    kind: str
    record_id: uuid.UUID
    origin_id: uuid.UUID | None
    values: Mapping[str, Sequence[Any]]
    erased_at: None = None


def record(
    actor: Actor,
    action: str,
    kind: str,
    record_id: uuid.UUID | str = "",
    *,
    fields: Sequence[str] = (),
    outcome: str = "done",
    count: int = 1,
) -> AuditEntry:
    """Write one audit entry: ``action`` as 'room.verb', names of fields only, ``outcome`` 'done' or 'refused'."""
    entry = AuditEntry(
        user_id=actor.user_id,
        party_id=actor.party_id,
        role="operator" if actor.operator and not actor.role else (actor.role or ""),
        door=actor.door,
        action=action,
        kind=kind,
        record=str(record_id),
        fields=sorted(fields),
        outcome=outcome,
        count=count,
    )
    entry.save()
    return entry


def change(
    actor: Actor,
    action: str,
    kind: str,
    record_id: uuid.UUID,
    values: Mapping[str, Sequence[Any]],
    *,
    origin_id: uuid.UUID | None = None,
) -> ChangeRow:
    """Make one change set for :func:`write_changes`; ``values``: field → [before, after]."""
    return ChangeRow(
        id=new_key(),
        user_id=actor.user_id,
        party_id=actor.party_id,
        door=actor.door,
        action=action,
        kind=kind,
        record_id=record_id,
        origin_id=origin_id,
        values=values,
    )


def write_changes(rows: Iterable[ChangeRow]) -> None:
    """Write change sets, many at once, in the caller's transaction."""
    bulk.insert(Change, rows)


def tombstone(actor: Actor, kind: str, record_id: uuid.UUID, *, public_id: str = "", reason: str) -> Tombstone:
    """Build (not save) what remains of a record that is about to be deleted."""
    return Tombstone(kind=kind, record_id=record_id, public_id=public_id, user_id=actor.user_id, reason=reason)
