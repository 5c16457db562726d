"""The cells of one worksheet (ECMA-376 part 1, 18.3.1), row by row as they stream in."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from convener.engines.tables.model import Limits, Scalar, column_letter, place, record_too_long, too_long
from convener.engines.tables.text import restore
from convener.engines.tables.xlsx_package import Attributes, Package, broken
from convener.engines.tables.xlsx_parts import Sheet, Workbook, unescape
from convener.errors import Sentence, sentence

_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384


@dataclass(slots=True)
class SheetRow:
    """One row as the sheet has it: values by column (from 0); empty cells are left out."""

    number: int
    cells: dict[int, Scalar] = field(default_factory=dict)
    problems: list[Sentence] = field(default_factory=list)


def read_sheet(package: Package, book: Workbook, sheet: Sheet, limits: Limits) -> Iterator[SheetRow]:
    """Yield the rows of a sheet that have cells. Raises :class:`Unreadable` where the sheet is damaged."""
    handler = _SheetHandler(book, limits)
    for _ in package.parse(sheet.part, handler):
        ready, handler.ready = handler.ready, []
        yield from ready


class _SheetHandler:
    """Follows worksheet / sheetData / row / c / (v, f, is / t, is / r / t) by depth, so that the same names in
    extensions elsewhere in the part are not taken for cells."""

    def __init__(self, book: Workbook, limits: Limits) -> None:
        self.ready: list[SheetRow] = []
        self._book = book
        self._limits = limits
        self._epoch = CALENDAR_MAC_1904 if book.starts_1904 else CALENDAR_WINDOWS_1900
        self._columns: dict[str, int] = {}
        self._depth = 0
        self._in_data = False
        self._row: SheetRow | None = None
        self._last_row = 0
        self._column = -1
        self._kind = "n"
        self._style = ""
        self._formula = False
        self._phonetic = False
        self._wanted = False
        self._parts: list[str] = []
        self._chars = 0
        self._row_chars = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins: a row, a cell, or the text of one."""
        self._depth += 1
        depth = self._depth
        if depth == 5:
            self._wanted = name == "v" and self._kind != "inlineStr"
            self._formula = self._formula or name == "f"
        elif depth == 4:
            if self._row is not None and name == "c":
                self._start_cell(attributes)
        elif depth == 3:
            self._row = self._new_row(attributes.get("r")) if self._in_data and name == "row" else None
        elif depth == 2:
            self._in_data = name == "sheetData"
        elif depth > 5:
            self._phonetic = self._phonetic or name == "rPh"
            self._wanted = name == "t" and self._kind == "inlineStr" and not self._phonetic

    def text(self, piece: str) -> None:
        """A piece of text, kept only inside a value; refused when the cell grows too long."""
        if self._wanted and self._row is not None:
            self._parts.append(piece)
            self._chars += len(piece)
            if self._chars > self._limits.max_cell_chars:
                raise too_long(place(self._row.number, self._column), self._limits)

    def end(self, name: str) -> None:
        """An element ends: a cell is read, a row is complete."""
        depth = self._depth
        self._depth -= 1
        self._wanted = False
        if depth == 4 and self._row is not None and name == "c":
            value = self._value("".join(self._parts), self._row)
            if value is not None:
                self._keep(value, self._row)
        elif depth == 3:
            if self._row is not None and (self._row.cells or self._row.problems):
                self.ready.append(self._row)
            self._row = None
        elif depth > 5 and name == "rPh":
            self._phonetic = False

    def _keep(self, value: Scalar, row: SheetRow) -> None:
        row.cells[self._column] = value
        if isinstance(value, str):
            self._row_chars += len(value)
            if self._row_chars > self._limits.max_record_chars:
                raise record_too_long(row.number, self._limits)

    def _new_row(self, reference: str | None) -> SheetRow:
        number = _digits(reference, self._last_row + 1)
        if number <= self._last_row or number > _MOST_ROWS:
            raise broken(sentence("its rows are not in order after row %(row)s", row=self._last_row))
        self._last_row = number
        self._column = -1
        self._row_chars = 0
        return SheetRow(number)

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        column = self._column + 1 if reference is None else self._index(reference.rstrip("0123456789"))
        if column <= self._column or column >= _MOST_COLUMNS:
            raise broken(sentence("its cells are not in order in row %(row)s", row=self._last_row))
        self._column = column
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._formula = self._phonetic = False
        self._parts, self._chars = [], 0

    def _index(self, letters: str) -> int:
        index = self._columns.get(letters)
        if index is None:
            index = 0
            for letter in letters[:4]:
                index = index * 26 + ord(letter) - 64
            index -= 1
            if not 0 <= index < _MOST_COLUMNS or column_letter(index) != letters:
                raise broken(sentence("it has a cell at %(cell)s", cell=f"{letters[:8]}{self._last_row}"))
            self._columns[letters] = index
        return index

    def _value(self, text: str, row: SheetRow) -> Scalar:
        kind = self._kind
        if not text:
            if self._formula:
                self._problem(
                    row,
                    sentence(
                        "Column %(column)s holds a formula without a stored result; "
                        "open the file in Excel and save it again.",
                        column=column_letter(self._column),
                    ),
                )
            return None
        if kind == "s":
            return self._shared(text, row)
        if kind in ("str", "inlineStr"):
            return restore(unescape(text))
        if kind == "b":
            return text.strip() == "1" or text.strip() == "true"
        if kind == "e":
            told = sentence(
                "Column %(column)s holds the error %(error)s, so it was left empty.",
                column=column_letter(self._column),
                error=text[:20],
            )
            self._problem(row, told)
            return None
        if kind == "d":
            return self._iso_date(text, row)
        return self._number(text, row)

    def _shared(self, text: str, row: SheetRow) -> str | None:
        try:
            shared = self._book.shared.get(_digits(text, -1))
        except IndexError:
            where = place(row.number, self._column)
            raise broken(sentence("a text of %(where)s is missing", where=where)) from None
        if shared is None:
            raise too_long(place(row.number, self._column), self._limits)
        return restore(shared) or None

    def _number(self, text: str, row: SheetRow) -> Scalar:
        try:
            number = int(text) if len(text) < 18 and text.isascii() and text.lstrip("-").isdigit() else float(text)
        except ValueError:
            number = float("nan")
        if number != number or abs(number) == float("inf"):
            told = sentence(
                'Column %(column)s holds a number that cannot be read ("%(value)s").',
                column=column_letter(self._column),
                value=text[:20],
            )
            self._problem(row, told)
            return None
        if self._style and _digits(self._style, -1) in self._book.date_styles:
            return self._date(number, row)
        return number

    def _date(self, number: int | float, row: SheetRow) -> Scalar:
        try:
            moment = from_excel(number, self._epoch)
        except (OverflowError, ValueError):
            told = sentence(
                "Column %(column)s is shown as a date, but %(value)s is none.",
                column=column_letter(self._column),
                value=str(number),
            )
            self._problem(row, told)
            return None
        if isinstance(moment, datetime.datetime):
            return moment.date() if moment.time() == datetime.time() else moment
        return str(moment)

    def _iso_date(self, text: str, row: SheetRow) -> Scalar:
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            told = sentence(
                'Column %(column)s holds a date that cannot be read ("%(value)s").',
                column=column_letter(self._column),
                value=text[:20],
            )
            self._problem(row, told)
            return None
        return moment.date() if moment.time() == datetime.time() else moment

    def _problem(self, row: SheetRow, told: Sentence) -> None:
        if len(row.problems) < self._limits.max_columns:
            row.problems.append(told)


def _digits(text: str | None, otherwise: int) -> int:
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else otherwise
