"""CSV as spreadsheet programs write it: RFC 4180 with other separators, encodings and line ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TextIO

from convener.engines.tables.encodings import detect_encoding
from convener.engines.tables.headings import no_headings, read_headings, surplus_problem
from convener.engines.tables.model import Limits, Row, Table, place, record_too_long, too_long
from convener.engines.tables.text import restore
from convener.errors import Unreadable, sentence

_SEPARATORS = ",;\t"
_SAMPLE_CHARS = 65_536
_SAMPLE_RECORDS = 20


def open_csv(path: Path, suffix: str, limits: Limits) -> Table:
    """Open a CSV file: find its encoding and separator, read its headings.

    ``suffix`` (with its dot) decides the separator where the content does not. Raises :class:`Unreadable`.
    """
    csv.field_size_limit(max(csv.field_size_limit(), limits.max_record_chars))  # what is too long is told by its place
    encoding, warnings = detect_encoding(path)
    delimiter, told = _delimiter(path, encoding, suffix)
    records = _Records(path, encoding, delimiter, told, limits)
    reading = records.read()
    try:
        for number, cells in reading:
            if any(cell.strip() for cell in cells):
                records.headings = read_headings(cells, number, limits)
                break
    finally:
        reading.close()
    if not records.headings:
        raise no_headings(sentence("There is no heading row: every row is blank."))
    return Table(
        format="csv",
        headings=records.headings,
        read=records.rows,
        limits=limits,
        encoding=encoding,
        delimiter=delimiter,
        warnings=warnings,
    )


class _Records:
    """The records of one CSV file, numbered from 1."""

    def __init__(self, path: Path, encoding: str, delimiter: str, told: bool, limits: Limits) -> None:
        self.headings: list[str] = []
        self._path = path
        self._encoding = encoding
        self._delimiter = delimiter
        self._told = told  # the first line is "sep=;", which Excel obeys and does not show
        self._limits = limits
        self._pending: list[str] = []  # the lines of the record that is being read
        self._number = 0

    def rows(self) -> Generator[Row, None, None]:
        """Yield the records below the headings, numbered as a spreadsheet shows them."""
        headings, width, longest = self.headings, len(self.headings), self._limits.max_cell_chars
        started = False
        for number, record in self.read():
            if not started:
                started = any(cell.strip() for cell in record)
                continue
            if len(record) < width:
                record += [""] * (width - len(record))
            row = Row(
                number,
                {
                    heading: (restore(text) if "'" in text else text) if text else None
                    for heading, text in zip(headings, record, strict=False)
                },
            )
            if max(map(len, record)) > longest:
                column = next(index for index, text in enumerate(record) if len(text) > longest)
                raise too_long(place(number, column, headings), self._limits)
            if len(record) > width and (problem := surplus_problem(record[width:], width)):
                row.problems.append(problem)
            yield row

    def read(self) -> Generator[tuple[int, list[str]], None, None]:
        """Yield number and cells of each record; blank lines are records without cells."""
        self._number = 0
        with self._path.open(encoding=self._encoding, newline="") as stream:
            if self._told:
                stream.readline(16)
            reader = csv.reader(self._lines(stream), delimiter=self._delimiter)
            while True:
                self._pending.clear()
                try:
                    record = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise self._unreadable() from error
                self._number += 1
                yield self._number, record

    def _lines(self, stream: TextIO) -> Iterator[str]:
        """Yield lines for the parser, which asks for another in the middle of a record only inside quotation marks."""
        most, pending, chars = self._limits.max_record_chars, self._pending, 0
        while line := stream.readline(most):
            pending.append(line)
            chars = len(line) if len(pending) == 1 else chars + len(line)
            if chars >= most:
                raise self._unreadable()
            yield line
        if pending:
            raise self._unreadable()

    def _unreadable(self) -> Unreadable:
        """Say which cell of the pending record is never closed or too long."""
        number = self._number + 1
        column, closed = _first_bad_cell("".join(self._pending), self._delimiter, self._limits.max_cell_chars)
        if column is None:
            return record_too_long(number, self._limits)
        where = place(number, column, self.headings)
        if closed:
            return too_long(where, self._limits)
        return Unreadable(
            sentence(
                "The quotation mark that opens the cell in %(where)s is never closed: all that follows is inside it.",
                where=where,
            ),
            hint=sentence("Close or remove that quotation mark; a quotation mark inside a cell is written twice."),
        )


def _first_bad_cell(text: str, delimiter: str, longest: int) -> tuple[int | None, bool]:
    """Return the index of the first cell of a record that is too long or not closed, and whether it is closed."""
    column = position = 0
    while position < len(text):
        quoted = text[position] == '"'
        end = _closing_quote(text, position + 1) if quoted else position
        if quoted and end < 0:
            unbroken = "\n" not in text[position:] and "\r" not in text[position:]
            return column, unbroken and len(text) - position > longest
        stop = text.find(delimiter, end)
        stop = len(text) if stop < 0 else stop
        if stop - position > longest:
            return column, True
        position, column = stop + 1, column + 1
    return None, True


def _closing_quote(text: str, start: int) -> int:
    """Return where the quotation mark stands that ends the cell whose content starts at ``start``, or -1."""
    position = text.find('"', start)
    while position >= 0 and text[position + 1 : position + 2] == '"':
        position = text.find('"', position + 2)
    return position


def _delimiter(path: Path, encoding: str, suffix: str) -> tuple[str, bool]:
    """Return the separator, and whether the file says it itself in a first line ``sep=;``."""
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(_SAMPLE_CHARS)
        whole = not stream.read(1)
    first = sample[:16].splitlines()[0] if sample else ""
    if len(first) == 5 and first.lower().startswith("sep=") and not first[4].isalnum() and first[4] != '"':
        return first[4], True
    default = "\t" if suffix in (".tsv", ".tab") else ","
    best, best_score = default, (0.0, 0)
    for candidate in sorted(_SEPARATORS, key=lambda separator: separator != default):
        score = _score(sample, candidate, whole)
        if score > best_score:
            best, best_score = candidate, score
    return best, False


def _score(sample: str, delimiter: str, whole: bool) -> tuple[float, int]:
    """Rate a separator: the share of records as wide as the headings, then the width. One column rates nothing."""
    widths: list[int] = []
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(record):
                widths.append(len(record))
            if len(widths) == _SAMPLE_RECORDS:
                break
    except csv.Error:
        pass
    if not whole and len(widths) > 1 and len(widths) < _SAMPLE_RECORDS:
        widths.pop()  # the sample ends inside this record
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(1 for width in widths if width == widths[0]) / len(widths), widths[0]
