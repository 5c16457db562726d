"""Staging: a file is read, checked row by row and set aside, before anything else is touched."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.db import transaction
from django.utils import timezone

from convener.engines import values
from convener.engines.tables import Limits, Row, Table, open_table
from convener.errors import InvalidValue, Sentence, Unreadable, joined, sentence, spoken, stored
from convener.foundation import bulk, cores
from convener.foundation.vocabularies import countries
from convener.rooms.directory.actions import leases, shared_files
from convener.rooms.directory.actions.headings import map_headings
from convener.rooms.directory.actions.reading import CheckedRow, RowReader, lookup_of
from convener.rooms.directory.columns import API_FIELDS, BY_NAME, CHOICE
from convener.rooms.directory.models import Import, ImportProblem, Problem, StagedAsText, StagedRow

#: Rows that are checked and kept together, and their characters.
ROWS = 500
CHARS = 1_000_000
#: Chunks of rows after which a second core is asked for help: a shorter file is done before the helper is there.
ALONE = 10
HEADING_ROW = 1
SAMPLES = 3
Advance = Callable[[int, int], None]


def stage(run: Import, path: Path, *, limits: Limits, advance: Advance) -> None:
    """Read the file at ``path`` into staged rows and problems of ``run``.

    Raises Unreadable for a file that cannot be read as a table; the caller clears what was staged.
    """
    fixed = {name: _fixed(name, cell) for name, cell in run.options.get("set", {}).items()}
    told = run.options.get("map", {})
    with open_table(path, filename=run.file_name, limits=limits, passed_over=API_FIELDS) as table:
        _refuse_other_kinds(table.headings)
        run.file_hash = _hash(path)  # only now: a file that is too large was refused unread
        if run.upload:
            _note(run, headings=_headings_with_samples(table))
        mapping = map_headings(table.headings, told, fixed)
        order = _date_order(path, run, mapping.columns, limits)
        reader = RowReader(mapping.columns, fixed, run.options["source_name"], timezone.localdate(), date_order=order)
        if run.upload:
            _note(run, columns=mapping.columns)
        notes = [*table.warnings, *_unused(mapping.unused, by_command=not run.upload)]
        _keep(run, [], [Problem(run.id, HEADING_ROW, "", stored(note), False) for note in notes])
        _stage_rows(run, table, reader, path.stat().st_size, advance)
    Import.objects.filter(pk=run.pk).update(file_hash=run.file_hash, rows=run.rows, failed=run.failed)


def _stage_rows(run: Import, table: Table, reader: RowReader, size: int, advance: Advance) -> None:
    wanted = frozenset(reader.mapping.values())
    for checked in cores.in_order(CheckRows(run.id, reader), _chunks(table.rows(), wanted), alone=ALONE):
        run.rows += checked.rows
        run.failed += checked.rows - len(checked.staged)
        _keep(run, checked.staged, checked.problems)
        advance(run.rows, max(run.rows, run.rows + size // 200_000))
    advance(run.rows, run.rows)


def _chunks(rows: Iterable[Row], wanted: frozenset[str]) -> Iterator[list[Row]]:
    """Some rows at a time, with the ``wanted`` cells; fewer where they are large, so that little is held at once."""
    chunk: list[Row] = []
    chars = 0
    for row in rows:
        if len(row.cells) > len(wanted):
            row.cells = {heading: cell for heading, cell in row.cells.items() if heading in wanted}
        chunk.append(row)
        chars += sum([len(cell) if type(cell) is str else len(str(cell)) for cell in row.cells.values()])
        if len(chunk) == ROWS or chars > CHARS:
            yield chunk
            chunk, chars = [], 0
    if chunk:
        yield chunk


class CheckedRows(NamedTuple):
    """Some rows that were read: how many, those that may go in, and what is wrong or odd."""

    rows: int
    staged: list[StagedAsText]
    problems: list[Problem]


@dataclass(frozen=True)
class CheckRows:
    """Checks rows of one file; may be sent to another process."""

    run_id: uuid.UUID
    reader: RowReader

    def __call__(self, rows: Sequence[Row]) -> CheckedRows:
        """Check each row, and write down what it says."""
        done = CheckedRows(len(rows), [], [])
        for row in rows:
            checked = self.reader.read(row.cells)
            checked.errors.extend(("", problem) for problem in row.problems)
            text = _as_text(checked)
            if not checked.errors:
                done.staged.append(StagedAsText(self.run_id, row.number, text))
            done.problems.extend(self._problems(row.number, checked))
        return done

    def _problems(self, number: int, checked: CheckedRow) -> Iterator[Problem]:
        called = str(checked.values.get("name", ""))
        for name, message in checked.errors:
            yield Problem(self.run_id, number, name, stored(message), True, called)
        for name, message in checked.warnings:
            yield Problem(self.run_id, number, name, stored(message), False, called)


def _as_text(row: CheckedRow) -> bytes:
    """The values as JSON; where one has half a character (a surrogate without the other) in it, the row is wrong."""
    try:
        return orjson.dumps(row.values)
    except TypeError:
        for name, value in row.values.items():
            try:
                orjson.dumps(value)
            except TypeError:
                row.errors.append((name, sentence("The text has half a character in it, which cannot be stored.")))
        return b""


@transaction.atomic
def _keep(run: Import, staged: list[StagedAsText], problems: list[Problem]) -> None:
    leases.renew(run)
    bulk.insert(StagedRow, staged)
    bulk.insert(ImportProblem, problems)


def _refuse_other_kinds(headings: Collection[str]) -> None:
    """Our own exports of tools and initiatives have names and countries too: they would become organisations."""
    kind = shared_files.kind_of(headings)
    if kind is not None:
        told = sentence("This is a list of tools or of initiatives, not of organisations.")
        hint = sentence("Load it by the command: convener directory content FILE --kind %(kind)s.", kind=f"{kind}s")
        raise Unreadable(told, hint=hint)


def _unused(headings: tuple[str, ...], *, by_command: bool) -> list[Sentence]:
    if not headings:
        return []
    names = ", ".join(heading[:40] for heading in headings[:20])
    told = sentence("Columns that were not used: %(columns)s.", columns=names)
    return [joined(told, sentence("To use one, say --map HEADING=COLUMN.")) if by_command else told]


def _note(run: Import, **more: Any) -> None:
    """Keep what the pages need to know of the file."""
    run.options = {**run.options, **more}
    Import.objects.filter(pk=run.pk).update(options=run.options)


def _headings_with_samples(table: Table) -> list[list[Any]]:
    """Each heading with its first values, so that a person can say what a column means."""
    first = list(islice(table.rows(), SAMPLES))
    return [
        [heading, [str(row.cells.get(heading))[:60] for row in first if row.cells.get(heading) not in (None, "")]]
        for heading in table.headings
    ]


def _date_order(path: Path, run: Import, columns: dict[str, str], limits: Limits) -> values.DateOrder:
    """Day or month first? Only the whole column can tell, so it is read once beforehand."""
    heading = columns.get("last_confirmed")
    if heading is None:
        return "dmy"
    with open_table(path, filename=run.file_name, limits=limits, passed_over=API_FIELDS) as table:
        return values.infer_date_order(row.cells.get(heading) for row in table.rows())


def _fixed(name: str, cell: str) -> str:
    """A value given for all rows is checked once, so that a slip is not repeated in every row."""
    column = BY_NAME.get(name)
    if column is None or column.kind != CHOICE:
        return cell
    if lookup_of(name).find(cell) is None:
        close = ", ".join(countries().lookup.suggest(cell)[:3]) if name == "country" else ""
        told = sentence("'%(value)s' is not a known value of %(column)s.", value=cell, column=name)
        hint = sentence("Close to it: %(values)s.", values=close)
        raise InvalidValue(
            name, told, hint=hint if close else sentence("Check the spelling against the list of values.")
        )
    return cell


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def summary_of(run: Import) -> dict[str, Any]:
    """The answer to an import, as ``--json`` prints it."""
    run.refresh_from_db()
    problems = run.problems.order_by("number", "id").values_list("number", "field", "said", "is_error")
    told: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for number, name, said, is_error in problems.iterator():
        told[is_error].append({"row": number, "field": name, "message": spoken(said)})
    return {
        "import_id": str(run.id),
        "state": Import.State.STAGING if run.is_comparing else run.state,
        "dry_run": run.dry_run,
        "rows": run.rows,
        "added": run.added,
        "updated": run.updated,
        "skipped": run.skipped,
        "failed": run.failed,
        "errors": told[True],
        "warnings": told[False],
    }
