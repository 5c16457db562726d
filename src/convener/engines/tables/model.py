"""What a table is once it is open: limits, rows, cells, and the rules that hold for every format."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import TypeAlias

from convener.errors import Sentence, Unreadable, sentence

Scalar: TypeAlias = str | int | float | bool | datetime.date | datetime.datetime | None
Cell: TypeAlias = Scalar | list[Scalar]


@dataclass(frozen=True)
class Limits:
    """How much a file may ask for. Sizes in bytes unless the name says otherwise.

    ``max_cell_chars`` is the number of characters that Excel keeps in a cell (Microsoft, "Excel specifications and
    limits"); ``max_blank_rows`` is its number of rows. ``max_ratio`` is unpacked to packed size: deflate reaches 1032,
    real workbooks stay under 40.
    """

    max_bytes: int = 100 * 2**20
    max_columns: int = 200
    max_rows: int = 500_000
    max_blank_rows: int = 1_048_576
    max_cell_chars: int = 32_767
    max_record_chars: int = 2_000_000
    max_depth: int = 32
    max_list_items: int = 1_000
    max_unpacked_bytes: int = 400 * 2**20
    max_ratio: int = 100
    max_members: int = 5_000
    max_shared_bytes: int = 96 * 2**20
    max_shared_strings: int = 4_000_000


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Row:
    """One row. ``number`` is as the spreadsheet shows it (heading = 1); ``problems`` say what could not be read."""

    number: int
    cells: dict[str, Cell]
    problems: list[Sentence] = field(default_factory=list)


class Table:
    """An open table: its headings, and its rows as often as they are asked for. Close it, or use it with ``with``.

    ``format`` is ``csv``, ``xlsx``, ``json`` or ``geojson``; ``encoding`` and ``delimiter`` are empty where the format
    has none; ``warnings`` are sentences for the person who brought the file.
    """

    def __init__(
        self,
        *,
        format: str,
        headings: list[str],
        read: Callable[[], Generator[Row, None, None]],
        limits: Limits,
        encoding: str = "",
        delimiter: str = "",
        warnings: list[Sentence] | None = None,
    ) -> None:
        self.format = format
        self.headings = headings
        self.encoding = encoding
        self.delimiter = delimiter
        self.warnings = warnings or []
        self._read = read
        self._limits = limits
        self._started: list[Generator[Row, None, None]] = []

    def rows(self) -> Iterator[Row]:
        """Read the rows from the first again. Rows blank throughout are left out and still counted in the numbers.

        Raises :class:`Unreadable` where the rest of the file cannot be read.
        """
        reading = self._read()
        self._started.append(reading)
        return self._checked(reading)

    def _checked(self, reading: Generator[Row, None, None]) -> Iterator[Row]:
        filled = blank = 0
        for row in reading:
            if not row.problems and is_blank(row.cells):
                blank += 1
                if blank > self._limits.max_blank_rows:
                    raise Unreadable(
                        sentence(
                            "The file has more than %(most)s blank rows.",
                            most=self._limits.max_blank_rows,
                        ),
                        hint=sentence("Delete the empty rows and save it again."),
                    )
                continue
            filled += 1
            if filled > self._limits.max_rows:
                raise Unreadable(
                    sentence("The file has more than %(most)s rows.", most=self._limits.max_rows),
                    hint=sentence("Split it into several files and bring them one after the other."),
                )
            yield row

    def close(self) -> None:
        """Close what the readings of the rows hold open. May be called again."""
        for reading in self._started:
            reading.close()
        self._started.clear()

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def is_blank(cells: dict[str, Cell]) -> bool:
    """Say whether no cell of the row holds anything but white space."""
    return all(cell is None or (type(cell) is str and (not cell or cell.isspace())) for cell in cells.values())


def column_letter(index: int) -> str:
    """Return the letters a spreadsheet shows over the column: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(row: int, column: int, headings: list[str] | None = None) -> Sentence:
    """Name a cell for a person: row number, column letter, heading where known. ``column`` counts from 0."""
    letter = column_letter(column)
    if headings and column < len(headings):
        return sentence(
            'row %(row)s, column %(column)s ("%(heading)s")', row=row, column=letter, heading=headings[column]
        )
    return sentence("row %(row)s, column %(column)s", row=row, column=letter)


def too_long(where: Sentence, limits: Limits) -> Unreadable:
    """Return the refusal of a cell longer than a spreadsheet can hold."""
    return Unreadable(
        sentence("The cell in %(where)s has more than %(most)s characters.", where=where, most=limits.max_cell_chars),
        hint=sentence(
            "Shorten the text in that cell; if the cell should be short, a quotation mark before it may be missing."
        ),
    )


def record_too_long(number: int, limits: Limits) -> Unreadable:
    """Return the refusal of a row that holds more text than any record of a list."""
    return Unreadable(
        sentence("Row %(row)s has more than %(most)s characters.", row=number, most=limits.max_record_chars),
        hint=sentence("Check that each record ends where it should, and that the file is a table."),
    )
