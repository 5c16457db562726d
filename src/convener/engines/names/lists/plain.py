"""A plain table of names: what an organisation keeps itself."""

from __future__ import annotations

import codecs
import datetime
from collections.abc import Iterator
from pathlib import Path

from convener.engines.names.lists.collecting import Collector, Draft
from convener.engines.names.mending import MIXED, regained
from convener.engines.names.model import Type
from convener.engines.tables import Cell, Row, Table, open_table, split_list
from convener.engines.tables import Limits as TableLimits
from convener.errors import Unreadable, joined, sentence

#: The headings that are read, in any order and case; only ``name`` must be there.
HEADINGS = ("id", "name", "aliases", "type", "country", "birth_date", "identifier")

_TYPES = {
    "": Type.UNKNOWN,
    "unknown": Type.UNKNOWN,
    "person": Type.PERSON,
    "individual": Type.PERSON,
    "organisation": Type.ORGANISATION,
    "organization": Type.ORGANISATION,
    "company": Type.ORGANISATION,
    "entity": Type.ORGANISATION,
    "vessel": Type.VESSEL,
    "ship": Type.VESSEL,
    "aircraft": Type.AIRCRAFT,
    "airplane": Type.AIRCRAFT,
}
_CHUNK = 2**20
#: What stands in OFAC's files where a value is not known; they have no headings.
_OFAC_EMPTY = "-0-"


def read(files: dict[str, Path], collector: Collector) -> str:
    """Read the table; in ``aliases``, ``country``, ``birth_date`` and ``identifier`` values are joined with ``|``.

    It has no date. Raises :class:`Unreadable` where it is no table or has no column ``name``.
    """
    path, limits = files[""], collector.limits
    _refuse_half_letter(path)
    most = TableLimits(
        max_bytes=limits.max_bytes,
        max_rows=limits.max_entries + 1,
        max_cell_chars=limits.max_record_chars,
        max_record_chars=limits.max_record_chars,
    )
    with open_table(path, limits=most) as table:
        columns = _columns(table)
        for warning in table.warnings:
            collector.problems.add(0, "", warning)
        for row in _rows(table, collector):
            if regained(row, table):
                collector.problems.add(row.number, "", MIXED)
            for problem in row.problems:
                collector.problems.add(row.number, "columns", problem)
            _take(row, columns, collector)
    return ""


def _columns(table: Table) -> dict[str, str]:
    """Return the table's own headings by ours."""
    columns = {heading.casefold().replace(" ", "_"): heading for heading in table.headings}
    if "name" not in columns:
        told = sentence('The list has no column "name"; its columns are: %(names)s.', names=", ".join(table.headings))
        if _OFAC_EMPTY in table.headings:
            raise Unreadable(
                told,
                hint=sentence("It looks like one of OFAC's files: take the folder with sdn.csv, alt.csv and add.csv."),
            )
        raise Unreadable(told, hint=sentence("Name the columns: %(names)s.", names=", ".join(HEADINGS)))
    return {heading: columns[heading] for heading in HEADINGS if heading in columns}


def _rows(table: Table, collector: Collector) -> Iterator[Row]:
    """Yield the rows up to where the table cannot be read further, which becomes a problem."""
    reading = table.rows()
    last = 1
    while True:
        try:
            row = next(reading, None)
        except Unreadable as error:
            told = joined(error.sentence, sentence("All before it was read, and nothing after it."))
            collector.problems.add(last + 1, "", told, cuts=True)
            return
        if row is None:
            return
        last = row.number
        yield row


def _take(row: Row, columns: dict[str, str], collector: Collector) -> None:
    cells = {heading: row.cells.get(column) for heading, column in columns.items()}
    kind = _TYPES.get(_text(cells.get("type")).strip().casefold())
    if kind is None:
        told = sentence('There is no type "%(type)s"; it was taken as unknown.', type=_text(cells["type"]))
        collector.problems.add(row.number, "type", told)
    collector.add(
        Draft(
            id=_text(cells["id"]) if "id" in columns else f"row {row.number}",
            row=row.number,
            type=kind or Type.UNKNOWN,
            names=[_text(cells["name"]), *_several(cells.get("aliases"))],
            countries=_several(cells.get("country")),
            birth_dates=_several(cells.get("birth_date")),
            identifiers=_several(cells.get("identifier")),
        )
    )


def _text(cell: Cell) -> str:
    """A cell as people read it: a workbook keeps 4471 as 4471.0, and a day as midnight."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _several(cell: Cell) -> list[str]:
    if isinstance(cell, list):
        return [_text(part) for part in cell]
    return split_list(_text(cell))


def _refuse_half_letter(path: Path) -> None:
    """Refuse UTF-8 that ends inside a letter: taken for another encoding, as it would be, every name were garbled."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    other_letters = False  # without them, the last byte may as well be the one accent of an old Windows file
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                other_letters |= not decoder.decode(chunk).isascii()
        except UnicodeDecodeError:
            return  # another encoding, or no text: the tables' affair
    if other_letters and decoder.getstate()[0]:
        told = sentence("%(name)s ends in the middle of a letter: it was cut off.", name=path.name)
        raise Unreadable(told, hint=sentence("Fetch or save it again."))
