"""Records and decisions from tables: what can be read is read; what cannot is named with its row and field."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from convener.engines.names.linkage.model import Decision, Problem, Record, Type
from convener.engines.names.linkage.texts import birth, is_date
from convener.engines.names.mending import MIXED, SWALLOWED, has_swallowed, regained
from convener.engines.tables import Cell, Row, Table
from convener.errors import Unreadable, sentence

_TYPES = {one.value: one for one in Type} | {"organization": Type.ORGANISATION, "company": Type.ORGANISATION}
_MOST_ALIASES, _MOST_TYPES = 20, 20


class Reading:
    """Goes through the records of a table, and keeps what was wrong in ``problems``.

    A row without id, or with an id that was there already, is left out; of other rows only the value that is wrong. Types
    that are none (a hub's own: ngo, union) are told once each, after the last row. A table that breaks off is answered
    as far as it goes. Raises Unreadable where a column is missing.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = columns_of(table, ("id", "name"))
        self.problems: list[Problem] = []
        self._other_types: dict[str, list[int]] = {}

    def __iter__(self) -> Iterator[Record]:
        ids: dict[str, int] = {}
        for row in _rows(self._table, self.problems):
            cells = {name: _text(row.cells.get(heading)) for name, heading in self._columns.items()}
            if has_swallowed(row, self._table, [self._columns["id"], self._columns["name"]]):
                self._wrong(row, "row", f"{SWALLOWED} It is left out, and so are those.")
            elif not cells["id"]:
                self._wrong(row, "id", "There is no id; the row is left out.")
            elif cells["id"] in ids:
                told = f"{cells['id']} stands in row {ids[cells['id']]} already; this row is left out."
                self._wrong(row, "id", told)
            else:
                ids[cells["id"]] = row.number
                if not cells["name"]:
                    self._wrong(row, "name", "There is no name; only what else the row says is compared.")
                yield self._record(row, cells)
        for text, (first, count) in self._other_types.items():
            told = f"{text} is none of {', '.join(one.value for one in Type)}; it is left out (rows: {count})."
            self.problems.append(Problem(first, "type", told))

    def _record(self, row: Row, cells: Mapping[str, str]) -> Record:
        latitude, longitude = self._place(row, cells)
        aliases = cells.get("aliases", "")
        return Record(
            cells["id"],
            cells["name"],
            self._type(row, cells.get("type", ""), cells.get("birth_date", "")),
            tuple(filter(None, map(str.strip, aliases.split("|"))))[:_MOST_ALIASES] if aliases else (),
            cells.get("country", ""),
            cells.get("address", ""),
            cells.get("registration_number", ""),
            cells.get("website", ""),
            latitude,
            longitude,
            self._birth(row, cells.get("birth_date", "")),
        )

    def _type(self, row: Row, text: str, born: str) -> Type:
        if not text:
            return Type.PERSON if born else Type.UNKNOWN
        found = _TYPES.get(text.casefold())
        if found is None:
            known = self._other_types
            short = text[:50] if text[:50] in known or len(known) < _MOST_TYPES else "This"
            known.setdefault(short, [row.number, 0])[1] += 1
        return found or Type.UNKNOWN

    def _birth(self, row: Row, text: str) -> str:
        if not is_date(text):
            written = "it is compared as it is written" if birth(text) else "it is left out"
            self._wrong(row, "birth_date", f"{text[:50]} is no date such as 1957-07-28; {written}.")
        return text

    def _place(self, row: Row, cells: Mapping[str, str]) -> tuple[float | None, float | None]:
        texts = cells.get("latitude", ""), cells.get("longitude", "")
        if not texts[0] and not texts[1]:
            return None, None
        angles = [_angle(text, most) for text, most in zip(texts, (90.0, 180.0), strict=True)]
        for name, text, angle in zip(("latitude", "longitude"), texts, angles, strict=True):
            if angle is None:
                said = f"{text[:50]} is no {name} in degrees" if text else f"There is no {name} with the other"
                self._wrong(row, name, f"{said}; the place is left out.")
        return (angles[0], angles[1]) if None not in angles else (None, None)

    def _wrong(self, row: Row, field: str, message: str) -> None:
        self.problems.append(Problem(row.number, field, message))


def read_decisions(table: Table) -> tuple[list[Decision], list[Problem]]:
    """The decisions of a table with id_a, id_b and decision (same or different), and the rows that say none."""
    columns = columns_of(table, ("id_a", "id_b", "decision"))
    decisions, problems = list[Decision](), list[Problem]()
    for row in _rows(table, problems):
        cells = {name: _text(row.cells.get(heading)) for name, heading in columns.items()}
        said = cells["decision"].casefold()
        missing = next((name for name in ("id_a", "id_b") if not cells[name]), "")
        if missing:
            problems.append(Problem(row.number, missing, "There is no id; the decision is left out."))
        elif said not in ("same", "different"):
            told = f"A decision is same or different, not {cells['decision'][:50] or 'nothing'}; it is left out."
            problems.append(Problem(row.number, "decision", told))
        else:
            decisions.append(Decision(cells["id_a"], cells["id_b"], said == "same", row.number))
    return decisions, problems


def columns_of(table: Table, needed: tuple[str, ...]) -> dict[str, str]:
    """Our names of columns with the table's headings. Raises Unreadable where one that is needed is not there."""
    columns = {heading.strip().casefold().replace(" ", "_"): heading for heading in reversed(table.headings)}
    for name in needed:
        if name not in columns:
            told = sentence("There is no column %(name)s.", name=name)
            raise Unreadable(
                told, hint=sentence("The first row must name the columns: %(all)s.", all=", ".join(needed))
            )
    return columns


def _rows(table: Table, problems: list[Problem]) -> Iterator[Row]:
    """The rows, as far as the file can be read."""
    number = 1
    try:
        for row in table.rows():
            number = row.number
            if regained(row, table):
                problems.append(Problem(number, "row", str(MIXED)))
            problems += [Problem(row.number, "row", str(said)) for said in row.problems]
            yield row
    except Unreadable as error:
        problems.append(Problem(number + 1, "row", f"{error.message} The rest of the file is left out."))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, list):
        return "|".join(_text(one) for one in cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _angle(text: str, most: float) -> float | None:
    try:
        angle = float(text.replace(",", ".", 1))
    except ValueError:
        return None
    return angle if math.isfinite(angle) and abs(angle) <= most else None
