"""From staged rows to organisations: match, draft, write, journal; batch by batch, each in one short transaction."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction
from django.db.models import F, TextField
from django.db.models.functions import Cast

from convener.errors import sentence, stored
from convener.foundation import bulk
from convener.foundation.actor import Actor
from convener.foundation.outbox.models import Event
from convener.foundation.parties.matching import (
    Candidate,
    Known,
    Match,
    key_of,
    known_for,
    load_exclusive,
    numbers_agree,
    one_at_a_time,
)
from convener.foundation.parties.models import Party, PartyIdentifier, Source
from convener.foundation.parties.rows import NameRow
from convener.foundation.pauses import Pauses
from convener.rooms.directory.actions import asking, describing, leases, writing
from convener.rooms.directory.actions.drafts import Draft, load_drafts, lock
from convener.rooms.directory.actions.resembling import Likes, Pool, Resemblance, resembling
from convener.rooms.directory.actions.showing import PLACE_VISIBILITY, withheld, would_expose
from convener.rooms.directory.columns import BY_NAME, COLUMNS, VOCABULARY, column_of
from convener.rooms.directory.models import (
    Entry,
    Import,
    ImportEntry,
    ImportProblem,
    Problem,
    Staged,
    StagedRow,
)

#: Rows a transaction: on SQLite a tenth of a second or two, so that other writers are served between two batches.
ROWS = 1000
IDENTIFIER_COLUMNS = ("registration_number", "lei", "org_id", "source_ids")
#: Values that people wrote or an owner claimed: a list from elsewhere does not overwrite them.
BY_PEOPLE = frozenset({Source.Kind.EDIT, Source.Kind.CLAIM})
#: A person may have entered a number of the list at the same moment: then the batch is matched again.
ATTEMPTS = 3
#: Columns of whose cells reading may leave out a part, with a warning.
LEFT_OUT_IN_PARTS = [column.name for column in COLUMNS if column.kind == VOCABULARY]
Did = ImportEntry.Did


def candidate_of(values: dict[str, Any]) -> Candidate:
    """What a checked row says about who it is."""
    keys = (tuple(key) for column in IDENTIFIER_COLUMNS for key in values.get(column, ()))
    return Candidate(
        name_key=key_of(values.get("name", "")),
        country=values.get("country", ""),
        public_id=values.get("id", ""),
        identifiers=frozenset(keys),
    )


@dataclass
class Batch:
    """The rows of one transaction, worked on in memory. ``drafts`` may come from earlier batches (dry run)."""

    run: Import
    source: Source
    human_sources: frozenset[str]
    known: Known
    drafts: dict[uuid.UUID, Draft]
    asked: dict[int, Candidate]
    likes: Likes
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    touched: dict[uuid.UUID, list[Any]] = field(default_factory=dict)
    unchanged: list[Staged] = field(default_factory=list)
    last: int = 0

    def take(self, row: Staged) -> None:
        """Work one row into the drafts and note what it did."""
        has_public_id = bool(row.values.get("id"))
        row = self._with_foreign_id(row)
        candidate = candidate_of(row.values) if has_public_id else self.asked[row.number]
        found = self.known.match(candidate)
        if found.problem:
            self._wrong(row, "id" if candidate.public_id else "name", found.problem)
            return
        if found.party_id is None and not row.values.get("name"):
            self._wrong(row, "name", sentence("A new organisation needs a name."))
            return
        if found.party_id is None:
            found = self._resembling(row, candidate)
        draft = self._draft(found)
        self.likes.became(row.number, draft.party.id)
        provenance, was = draft.party.provenance_sets, dict(draft.changed)
        draft.is_place_decided |= found.party_id is None and PLACE_VISIBILITY in row.values
        if found.party_id is None:
            draft.begin(row.values)
        else:
            self._fill(draft, row, found)
        self._fill_lists(draft, row.values, exact=found.by == "id")
        changed = (
            {name for name in {*was, *draft.changed} if was.get(name) != draft.changed.get(name)}
            if was
            else {*draft.changed}
        )
        if changed or draft.is_new:
            self._note(draft, row, changed, provenance)
        did = Did.ADDED if found.party_id is None else Did.UPDATED if changed else Did.SKIPPED
        self.entries.append(Entry(self.run.id, row.number, did, draft.party.id))
        if did == Did.SKIPPED and found.by == "id":
            self.unchanged.append(row)

    def _resembling(self, row: Staged, candidate: Candidate) -> Match:
        """The one that the row is sure to be by likeness; what it may be besides is left for people."""
        taken, others = self.likes.of(
            row.number,
            fits=lambda party_id: self.known.fits(party_id, candidate),
            agrees=lambda party_id: numbers_agree(self.drafts[party_id].identifiers, candidate.identifiers),
        )
        if taken is not None:
            told = sentence(
                "Is taken for “%(name)s”, which it resembles. If it is another one, import with exact names.",
                name=taken.name,
            )
            self._odd(row, "name", told)
            return Match(taken.party_id, "likeness")
        if others:
            told = sentence(
                "May be “%(name)s”. It is added, and people are asked under Possible duplicates.", name=others[0].name
            )
            self._odd(row, "name", told)
        return Match()

    def _note(self, draft: Draft, row: Staged, changed: Iterable[str], provenance: list[Any]) -> None:
        """Say where the new values are from, keep where the former ones were, and let the record be found by the new."""
        self.touched.setdefault(draft.party.id, provenance)
        said = row.values.get("last_confirmed")
        on = dt.date.fromisoformat(said) if said else None
        decided = {PLACE_VISIBILITY} if draft.is_new and draft.is_place_decided else set()
        draft.note_provenance(self.source.id, f"row {row.number}", on, columns={*changed, *decided})
        self.remember(draft)

    def remember(self, draft: Draft) -> None:
        """Let later rows find the record by what it is called and numbered now, as they would a batch later."""
        self.drafts[draft.party.id] = draft
        names = [key_of(draft.party.name), *(row.name_key for row in draft.names.values())]
        self.known.put(draft.party.id, names, draft.party.country, draft.identifiers)

    def close(self) -> None:
        """Let values that changed there and back in this batch be from where they were before."""
        for party_id, provenance in self.touched.items():
            draft = self.drafts[party_id]
            if not draft.is_new:
                draft.settle()
                was = Party(provenance_sets=provenance).provenance
                now = {key: entry for key, entry in draft.party.provenance.items() if column_of(key) in draft.changed}
                kept = {key: entry for key, entry in was.items() if column_of(key) not in draft.changed}
                draft.party.provenance = kept | now

    def _with_foreign_id(self, row: Staged) -> Staged:
        """A public ID that is right and that nobody has here is another hub's: a number of this list, like others."""
        public_id = row.values.get("id")
        if not public_id or public_id in self.known.by_public_id or not row.values.get("name"):
            return row
        told = sentence(
            "No organisation of this hub has the ID %(id)s; it is kept as a number of this list.", id=public_id
        )
        self._odd(row, "id", told)
        values = {name: value for name, value in row.values.items() if name != "id"}
        return row._replace(values={**values, "source_ids": _with_own_id(self.run, row.values)})

    def _wrong(self, row: Staged, name: str, message: str) -> None:
        self.problems.append(Problem(self.run.id, row.number, name, stored(message), True, row.values.get("name", "")))

    def _odd(self, row: Staged, name: str, message: str) -> None:
        self.problems.append(Problem(self.run.id, row.number, name, stored(message), False, row.values.get("name", "")))

    def _draft(self, found: Match) -> Draft:
        if found.party_id is not None:
            return self.drafts[found.party_id]
        draft = Draft.new(owner_id=self.run.owner_id)
        self.drafts[draft.party.id] = draft
        return draft

    def _fill(self, draft: Draft, row: Staged, found: Match) -> None:
        values, exact, former_type = row.values, found.by == "id", draft.party.type
        left_out = self._withheld(draft, row, exact=exact)
        for name in sorted(
            values.keys() - left_out, key=lambda name: name == PLACE_VISIBILITY
        ):  # which goes by the type
            value = values[name]
            if not BY_NAME[name].attribute:
                continue
            if name == "country" and not exact and draft.party.country not in ("", value):
                self._odd(row, name, sentence("Differs from the country on record, which is kept."))
                continue
            if name == PLACE_VISIBILITY and found.party_id is not None and self._would_expose(draft, row, former_type):
                continue
            if name == "name" and not exact and draft.party.name:
                if key_of(value) != key_of(draft.party.name):
                    draft.set_aliases([value], replace=False)
                continue
            self._set(draft, name, value, row, exact=exact)

    def _fill_lists(self, draft: Draft, values: dict[str, Any], *, exact: bool) -> None:
        """The columns that are rows of their own: other names and identifiers."""
        if values.get("aliases"):
            draft.set_aliases(values["aliases"], replace=exact)
        for name in IDENTIFIER_COLUMNS:
            if values.get(name):
                keys = [(key[0], key[1], key[2]) for key in values[name]]
                draft.set_identifiers(name, keys, replace=exact and name != "source_ids")

    def _would_expose(self, draft: Draft, row: Staged, former_type: str) -> bool:
        exposes = would_expose(draft, row.values[PLACE_VISIBILITY], former_type)
        if exposes:
            told = sentence("An address that may be a shelter's is published by its organisation only.")
            self._odd(row, PLACE_VISIBILITY, told)
        return exposes

    def _withheld(self, draft: Draft, row: Staged, *, exact: bool) -> set[str]:
        """The columns that are left out, each with a warning."""
        names = withheld(draft, row.values, lambda name: not exact and self._is_by_people(draft, name))
        for name in sorted(names):
            self._odd(
                row, name, sentence("Left out: the list wants fewer people to see it than this entry shows it to.")
            )
        return names

    def _set(self, draft: Draft, name: str, value: Any, row: Staged, *, exact: bool) -> None:
        present = draft.get(BY_NAME[name])
        if BY_NAME[name].is_list:
            value = sorted({*value} if exact else {*present, *value})
        if value == present:
            return
        if not exact and present not in ("", None, []) and self._is_by_people(draft, name):
            self._odd(row, name, sentence("Differs from what people entered on this hub, which is kept."))
            return
        draft.set(name, value)

    def _is_by_people(self, draft: Draft, name: str) -> bool:
        return draft.party.provenance.get(name, {}).get("source") in self.human_sources


def _with_own_id(run: Import, values: dict[str, Any]) -> list[list[str]]:
    """The numbers of a row in lists, with its public ID as the number of the list it stands in."""
    own = [f"{PartyIdentifier.SOURCE_PREFIX}{run.options['source_name']}", "", values["id"]]
    return [*values.get("source_ids", []), own]


def candidates(run: Import, rows: list[Staged]) -> dict[int, Candidate]:
    """By row: everything by which it may be found; a public ID also as the number that it may have become."""
    found = {}
    for row in rows:
        said = row.values
        found[row.number] = candidate_of({**said, "source_ids": _with_own_id(run, said)} if said.get("id") else said)
    return found


def staged_rows(run: Import, *, after: int = 0) -> list[Staged]:
    """The next rows of ``run`` that wait, as many as a batch takes, of those whose number is above ``after``."""
    waiting = StagedRow.objects.filter(run=run, number__gt=after).order_by("number")
    texts = waiting.annotate(text=Cast("values", TextField())).values_list("number", "text")[:ROWS]
    return [Staged(number, orjson.loads(text)) for number, text in texts]


def open_batch(run: Import, rows: list[Staged], *, pool: Pool | None = None, to_write: bool = True) -> Batch:
    """Everything the rows need from the database, in a constant number of queries; locked where it will be written.

    ``pool`` holds what earlier rows of a dry run would have left.
    """
    asked = candidates(run, rows)
    known = known_for(asked.values())
    ids = {*known.by_public_id.values(), *known.by_identifier.values()}
    ids |= {one for same in known.by_name.values() for one in same}
    likes = Likes(_resembling(rows, asked, known, pool), is_exact=bool(run.options.get("exact")))
    load_exclusive(likes.party_ids(), known)
    ids |= likes.party_ids(sure=True)
    human = Source.objects.filter(kind__in=BY_PEOPLE).values_list("id", flat=True)
    assert run.source is not None  # set when the import is made
    if to_write:
        lock(list(ids))
    drafts = load_drafts(list(ids), make_profiles=True)
    return Batch(run, run.source, frozenset(map(str, human)), known, drafts, asked, likes)


def _resembling(
    rows: list[Staged], asked: dict[int, Candidate], known: Known, pool: Pool | None
) -> dict[int, list[Resemblance]]:
    """What the rows resemble that nothing else finds."""
    left = [row for row in rows if known.match(asked[row.number]) == Match()]
    return resembling({row.number: describing.record_of_values(f"row {row.number}", row.values) for row in left}, pool)


def apply(run: Import, *, actor: Actor, advance: Callable[[int, int], None]) -> None:
    """Write every staged row of ``run``. Safe to call again after a kill: it goes on with the rows that are left."""
    failed, let_others_in = 0, Pauses()
    while True:
        try:
            reached = apply_batch(run, actor=actor, let_others_in=let_others_in)
        except IntegrityError:
            failed += 1
            if failed == ATTEMPTS:
                raise
            continue
        if reached is None:
            advance(run.rows, run.rows)
            return
        failed = 0
        advance(min(reached, run.rows), run.rows)


def apply_batch(run: Import, *, actor: Actor, let_others_in: Pauses) -> int | None:
    """Write one batch and its journal; the number of its last row, None when there was nothing to do.

    SQLite has one writer, and who waits for it looks again only every tenth of a second. So there a batch is worked out
    before the transaction, and again inside it only where an organisation was changed meanwhile: others get in between.
    """
    ahead, seen, started = None, _last_change(), time.monotonic()
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        ahead = work_out(run, to_write=False)
        let_others_in(idle_s=time.monotonic() - started)
    with transaction.atomic():
        leases.renew(run)
        one_at_a_time()
        batch = ahead if ahead is not None and seen == _last_change() else work_out(run, to_write=True)
        if batch is None:
            return None
        writing.write(list(batch.drafts.values()), actor=actor, action="import", origin_id=run.id)
        asking.ask(batch.likes.doubts)
        journal(run, batch)
        StagedRow.objects.filter(run=run, number__lte=batch.last).delete()
    return batch.last


def work_out(run: Import, *, to_write: bool) -> Batch | None:
    """What the next rows change, in memory; None when no row is left."""
    rows = staged_rows(run)
    if not rows:
        return None
    batch = open_batch(run, rows, to_write=to_write)
    for row in rows:
        batch.take(row)
    batch.close()
    keep_former(batch)
    batch.last = rows[-1].number
    return batch


def _last_change() -> int | None:
    """Key of the last event about organisations: the same again means that none was written."""
    return Event.objects.filter(topic=writing.TOPIC).order_by("-id").values_list("id", flat=True).first()


def keep_former(batch: Batch) -> None:
    """Put with the first entry of each changed record what its change set does not say, so that undo gives all back."""
    left = dict(batch.touched)
    for index, entry in enumerate(batch.entries):
        if entry.party_id not in left:
            continue
        draft, provenance = batch.drafts[entry.party_id], left.pop(entry.party_id)
        if not draft.is_new and draft.changed:
            names = [[row.text, row.kind, row.language] for row in draft.removed_rows if isinstance(row, NameRow)]
            former = {"provenance": provenance, "names": names, "had_entry": not draft.profile._state.adding}
            batch.entries[index] = entry._replace(former=former)


def journal(run: Import, batch: Batch) -> None:
    """Keep what each row did, its problems, and the sums."""
    if batch.unchanged:
        _forget_oddities(run, batch.unchanged)
    bulk.insert(ImportEntry, batch.entries)
    bulk.insert(ImportProblem, batch.problems)
    did = [entry.did for entry in batch.entries]
    Import.objects.filter(pk=run.pk).update(
        added=F("added") + did.count(Did.ADDED),
        updated=F("updated") + did.count(Did.UPDATED),
        skipped=F("skipped") + did.count(Did.SKIPPED),
        failed=F("failed") + len({problem.number for problem in batch.problems if problem.is_error}),
    )


def _forget_oddities(run: Import, rows: list[Staged]) -> None:
    """An export of ours comes back: what reading found odd about values that are on record is no news. What it left out is."""
    unplaced = [row.number for row in rows if "latitude" not in row.values]
    odd = ImportProblem.objects.filter(run=run, is_error=False, number__in=[row.number for row in rows])
    odd.exclude(field__in=LEFT_OUT_IN_PARTS).exclude(field="latitude", number__in=unplaced).delete()
