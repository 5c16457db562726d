"""From staged rows to organisations: match, draft, write, journal; batch by batch, each in one short transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from convener.engines.values import name_key
from convener.foundation import bulk
from convener.foundation.actor import Actor
from convener.foundation.parties.matching import Candidate, Known, Match, known_for
from convener.foundation.parties.models import Source
from convener.rooms.directory.actions import leases, writing
from convener.rooms.directory.actions.drafts import Draft, load_drafts
from convener.rooms.directory.columns import BY_NAME
from convener.rooms.directory.models import Entry, Import, ImportEntry, ImportProblem, Problem, Staged, StagedRow

#: Rows a transaction: on SQLite about a fifth of a second, so that other writers are served between two batches.
ROWS = 300
IDENTIFIER_COLUMNS = ("registration_number", "lei", "org_id", "source_ids")
#: Values that people wrote or an owner claimed: a list from elsewhere does not overwrite them.
BY_PEOPLE = frozenset({Source.Kind.EDIT, Source.Kind.CLAIM})
Did = ImportEntry.Did


def candidate_of(values: dict[str, Any]) -> Candidate:
    """What a checked row says about who it is."""
    keys = (tuple(key) for column in IDENTIFIER_COLUMNS for key in values.get(column, ()))
    return Candidate(
        name_key=name_key(values.get("name", ""))[:300],
        country=values.get("country", ""),
        public_id=values.get("id", ""),
        identifiers=frozenset(keys),  # type: ignore[arg-type]
    )


@dataclass
class Batch:
    """The rows of one transaction, worked on in memory. ``drafts`` may come from earlier batches (dry run)."""

    run: Import
    source: Source
    human_sources: frozenset[str]
    known: Known
    drafts: dict[uuid.UUID, Draft]
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, row: Staged) -> None:
        """Work one row into the drafts and note what it did."""
        candidate = candidate_of(row.values)
        found = self.known.match(candidate)
        if found.problem:
            self._wrong(row, "id" if candidate.public_id else "name", found.problem)
            return
        if found.party_id is None and not row.values.get("name"):
            self._wrong(row, "name", "A new organisation needs a name.")
            return
        draft = self._draft(found)
        before = dict(draft.changed), len(draft.added_rows)
        self._fill(draft, row, found)
        self.known.add(draft.party.id, candidate)
        self.known.add_name(draft.party.id, name_key(draft.party.name)[:300], draft.party.country)
        if found.party_id is None:
            did = Did.ADDED
        else:
            did = Did.UPDATED if (dict(draft.changed), len(draft.added_rows)) != before else Did.SKIPPED
        self.entries.append(Entry(self.run.id, row.number, did, draft.party.id))

    def _wrong(self, row: Staged, name: str, message: str) -> None:
        self.problems.append(Problem(self.run.id, row.number, name, message, is_error=True))

    def _draft(self, found: Match) -> Draft:
        if found.party_id is not None:
            return self.drafts[found.party_id]
        draft = Draft.new(owner_id=self.run.owner_id)
        self.drafts[draft.party.id] = draft
        return draft

    def _fill(self, draft: Draft, row: Staged, found: Match) -> None:
        values, exact = row.values, found.by == "id"
        had = set(draft.changed)
        for name, value in values.items():
            if not BY_NAME[name].attribute:
                continue
            if name == "name" and not exact and not draft.is_new:
                if name_key(value) != name_key(draft.party.name):
                    draft.set_aliases([value], replace=False)
                continue
            self._set(draft, name, value, row, exact=exact)
        if values.get("aliases"):
            draft.set_aliases(values["aliases"], replace=exact)
        for name in IDENTIFIER_COLUMNS:
            if values.get(name):
                keys = [(key[0], key[1], key[2]) for key in values[name]]
                draft.set_identifiers(name, keys, replace=exact and name != "source_ids")
        if set(draft.changed) - had or draft.is_new:
            on = dt.date.fromisoformat(values["last_confirmed"]) if values.get("last_confirmed") else None
            draft.note_provenance(self.source.id, f"row {row.number}", on)

    def _set(self, draft: Draft, name: str, value: Any, row: Staged, *, exact: bool) -> None:
        present = draft.get(BY_NAME[name])
        if BY_NAME[name].is_list:
            value = sorted({*value} if exact else {*present, *value})
        if value == present:
            return
        if not exact and present not in ("", None, []) and self._is_by_people(draft, name):
            message = "Differs from what people entered on this hub, which is kept."
            self.problems.append(Problem(self.run.id, row.number, name, message, is_error=False))
            return
        draft.set(name, value)

    def _is_by_people(self, draft: Draft, name: str) -> bool:
        return draft.party.provenance.get(name, {}).get("source") in self.human_sources


def staged_rows(run: Import) -> QuerySet[Any, Any]:
    """The rows of ``run`` that wait, in their order, as tuples of :class:`Staged`."""
    return StagedRow.objects.filter(run=run).order_by("number").values_list(*Staged._fields)


def open_batch(run: Import, rows: list[Staged]) -> Batch:
    """Everything the rows need from the database, in a constant number of queries."""
    known = known_for([candidate_of(row.values) for row in rows])
    ids = {*known.by_public_id.values(), *known.by_identifier.values()}
    ids |= {one for same in known.by_name.values() for one in same}
    human = Source.objects.filter(kind__in=BY_PEOPLE).values_list("id", flat=True)
    assert run.source is not None  # set when the import is made
    return Batch(run, run.source, frozenset(map(str, human)), known, load_drafts(list(ids), make_profiles=True))


def apply(run: Import, *, actor: Actor, advance: Callable[[int, int], None]) -> None:
    """Write every staged row of ``run``. Safe to call again after a kill: it goes on with the rows that are left."""
    while True:
        reached = apply_batch(run, actor=actor)
        if reached is None:
            return
        advance(min(reached, run.rows), run.rows)


@transaction.atomic
def apply_batch(run: Import, *, actor: Actor) -> int | None:
    """Write one batch and its journal; the number of its last row, None when there was nothing to do."""
    leases.renew(run)
    rows = [Staged._make(values) for values in staged_rows(run)[:ROWS]]
    if not rows:
        return None
    batch = open_batch(run, rows)
    for row in rows:
        batch.take(row)
    writing.write(list(batch.drafts.values()), actor=actor, action="import", origin_id=run.id)
    journal(run, batch)
    StagedRow.objects.filter(run=run, number__lte=rows[-1].number).delete()
    return rows[-1].number


def journal(run: Import, batch: Batch) -> None:
    """Keep what each row did, its problems, and the sums."""
    bulk.insert(ImportEntry, batch.entries)
    bulk.insert(ImportProblem, batch.problems)
    did = [entry.did for entry in batch.entries]
    Import.objects.filter(pk=run.pk).update(
        added=F("added") + did.count(Did.ADDED),
        updated=F("updated") + did.count(Did.UPDATED),
        skipped=F("skipped") + did.count(Did.SKIPPED),
        failed=F("failed") + len({problem.number for problem in batch.problems if problem.is_error}),
    )
