"""Dry run: what each row would do, without writing a single organisation."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import islice

from convener.foundation.parties.matching import Known
from convener.rooms.directory.actions import applying, leases
from convener.rooms.directory.actions.drafts import Draft
from convener.rooms.directory.actions.staging import Advance
from convener.rooms.directory.models import Entry, Import, Staged


def plan(run: Import, *, advance: Advance) -> None:
    """Journal what :func:`applying.apply` would do. New organisations are remembered from batch to batch, so that a
    file that repeats itself is planned as it would be applied; this is the one place where memory grows with rows."""
    remembered = Known()
    drafts: dict[uuid.UUID, Draft] = {}
    done = 0
    for rows in _batches(run):
        batch = applying.open_batch(run, rows)
        _recall(batch.known, remembered, drafts, rows)
        batch.drafts.update({key: draft for key, draft in drafts.items() if key not in batch.drafts})
        for row in rows:
            batch.take(row)
        _remember(batch, remembered, drafts, rows)
        leases.renew(run)
        batch.entries = [entry._replace(party_id=_on_record(batch, entry)) for entry in batch.entries]
        applying.journal(run, batch)
        done += len(rows)
        advance(done, run.rows)


def _on_record(batch: applying.Batch, entry: Entry) -> uuid.UUID | None:
    """The party of an entry, None while it exists in the plan only."""
    return None if entry.party_id is None or batch.drafts[entry.party_id].is_new else entry.party_id


def _batches(run: Import) -> Iterator[list[Staged]]:
    rows = applying.staged_rows(run).iterator(chunk_size=applying.ROWS)
    while batch := [Staged._make(values) for values in islice(rows, applying.ROWS)]:
        yield batch


def _recall(known: Known, remembered: Known, drafts: dict[uuid.UUID, Draft], rows: list[Staged]) -> None:
    for row in rows:
        candidate = applying.candidate_of(row.values)
        for party_id in remembered.by_name.get((candidate.name_key, candidate.country), ()):
            known.add_name(party_id, candidate.name_key, candidate.country)
            for key in drafts[party_id].identifiers:
                known.add_identifier(party_id, key)
        for key in candidate.identifiers:
            if key in remembered.by_identifier:
                known.add_identifier(remembered.by_identifier[key], key)


def _remember(batch: applying.Batch, remembered: Known, drafts: dict[uuid.UUID, Draft], rows: list[Staged]) -> None:
    by_number = {row.number: row for row in rows}
    for entry in batch.entries:
        draft = batch.drafts[entry.party_id] if entry.party_id else None
        if draft is not None and draft.is_new:
            drafts[draft.party.id] = draft
            remembered.add(draft.party.id, applying.candidate_of(by_number[entry.number].values))
