"""Dry run: what each row would do, without writing a single organisation."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction

from convener.foundation.parties.matching import Known
from convener.rooms.directory.actions import applying, describing, leases
from convener.rooms.directory.actions.drafts import Draft
from convener.rooms.directory.actions.resembling import Pool
from convener.rooms.directory.actions.staging import Advance
from convener.rooms.directory.models import Entry, Import, Staged


@dataclass
class Plan:
    """What the rows so far would have written. This is the one place where memory grows with the rows of a file."""

    known: Known = field(default_factory=Known)
    pool: Pool = field(default_factory=Pool)
    drafts: dict[uuid.UUID, Draft] = field(default_factory=dict)
    added: set[uuid.UUID] = field(default_factory=set)

    def recall(self, batch: applying.Batch) -> None:
        """Let a batch find records as earlier rows of the file would have left them."""
        found = set(batch.drafts)
        for candidate in batch.asked.values():
            found.update(self.known.by_name.get((candidate.name_key, candidate.country), ()))
            found.update(
                self.known.by_identifier[key] for key in candidate.identifiers if key in self.known.by_identifier
            )
        for party_id in batch.likes.party_ids() & self.drafts.keys():
            batch.known.exclusive[party_id] = {*self.known.exclusive.get(party_id, ())}
        changed = (found | batch.likes.party_ids(sure=True)) & self.drafts.keys()
        for party_id in changed:
            batch.known.forget(party_id)
        for party_id in changed:
            batch.remember(self.drafts[party_id])

    def keep(self, batch: applying.Batch) -> None:
        """Take over what a batch did, as if it had been written and read again."""
        written = {key: draft for key, draft in batch.drafts.items() if draft.is_new or draft.changed}
        self.added |= {key for key, draft in written.items() if draft.is_new}
        for party_id, draft in written.items():
            draft.settle()
            draft.profile._state.adding = False
            self.drafts[party_id] = Draft(draft.party, draft.profile, draft.names, draft.identifiers, is_new=False)
            self.known.forget(party_id)  # all before any: one may have taken over what another let go
        for party_id, draft in written.items():
            names = [draft.party.name_key, *(row.name_key for row in draft.names.values())]
            self.known.put(party_id, names, draft.party.country, draft.identifiers)
            self.pool.put(describing.record_of_draft(draft))

    def on_record(self, entry: Entry) -> Entry:
        """An entry without its party where that exists in the plan only."""
        return entry._replace(party_id=None) if entry.party_id in self.added else entry


def plan(run: Import, *, advance: Advance) -> None:
    """Journal what :func:`applying.apply` would do, row by row, also where the file repeats itself."""
    planned = Plan()
    done = 0
    for rows in _batches(run):
        batch = applying.open_batch(run, rows, pool=planned.pool, to_write=False)
        planned.recall(batch)
        for row in rows:
            batch.take(row)
        batch.close()
        planned.keep(batch)
        batch.entries = [planned.on_record(entry) for entry in batch.entries]
        _journal(run, batch)
        done += len(rows)
        advance(done, run.rows)
    advance(run.rows, run.rows)  # rows with errors are not staged


@transaction.atomic
def _journal(run: Import, batch: applying.Batch) -> None:
    leases.renew(run)
    applying.journal(run, batch)


def _batches(run: Import) -> Iterator[list[Staged]]:
    """Batches as applying takes them. Each is a query of its own: no cursor stays open while the journal is written."""
    last = 0
    while batch := applying.staged_rows(run, after=last):
        yield batch
        last = batch[-1].number
