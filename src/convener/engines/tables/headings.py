"""The heading row of CSV and XLSX: what it must be, and how the cells below are put under it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from convener.engines.tables.model import Cell, Limits, column_letter
from convener.engines.tables.text import restore
from convener.errors import Unreadable

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?$")
_DATA = re.compile(r"https?://|\S+@\S+\.\w+$|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$")


def read_headings(cells: Sequence[Cell], number: int, limits: Limits) -> list[str]:
    """Return the headings from the first row that holds anything.

    Empty cells at the end are dropped (spreadsheet programs write them). Raises :class:`Unreadable` where there are too
    many, one is empty or stands twice (upper and lower case count as the same), or the row looks like data.
    """
    headings = [_clean(cell) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > limits.max_columns:
        raise too_many_columns(len(headings), limits)
    _refuse_empty(headings, number)
    _refuse_doubles(headings, number)
    _refuse_data(headings, number)
    return headings


def too_many_columns(count: int, limits: Limits) -> Unreadable:
    """Return the refusal of a table that is too wide."""
    return Unreadable(
        f"The table has {count:,} columns; {limits.max_columns} are the most that are read.",
        hint="Keep only the columns that are needed, and check that the separator between columns is a comma, "
        "semicolon or tab.",
    )


def no_headings(what: str) -> Unreadable:
    """Return the refusal of a table that starts without headings."""
    return Unreadable(what, hint="The first row must name the columns, for example: name, country, website.")


def surplus_problem(cells: Sequence[Cell], first: int) -> str:
    """Return what is wrong where ``cells`` stand to the right of the last heading, or "" where all are blank."""
    filled = [str(cell) for cell in cells if cell is not None and str(cell).strip()]
    if not filled:
        return ""
    more = "One cell stands" if len(filled) == 1 else f"{len(filled)} cells stand"
    return (
        f'{more} to the right of the last heading (from column {column_letter(first)}: "{filled[0][:40]}"); '
        "a separator inside a text may lack its quotation marks."
    )


def _clean(cell: Cell) -> str:
    if cell is None:
        return ""
    text = cell.isoformat() if isinstance(cell, datetime.date) else str(cell)
    return _BLANKS.sub(" ", _INVISIBLE.sub("", restore(text))).strip()


def _refuse_empty(headings: list[str], number: int) -> None:
    empty = [column_letter(index) for index, heading in enumerate(headings) if not heading]
    if empty:
        raise no_headings(f"Row {number} has no heading in column {', '.join(empty[:10])}.")


def _refuse_doubles(headings: list[str], number: int) -> None:
    seen: dict[str, int] = {}
    for index, heading in enumerate(headings):
        first = seen.setdefault(heading.casefold(), index)
        if first != index:
            raise Unreadable(
                f'The heading "{heading[:60]}" stands twice in row {number}: '
                f"in column {column_letter(first)} and in column {column_letter(index)}.",
                hint="Give each column a heading of its own, or delete one of the two.",
            )


def _refuse_data(headings: list[str], number: int) -> None:
    numbers = sum(1 for heading in headings if _NUMBER.match(heading))
    data = next((heading for heading in headings if _DATA.match(heading)), None)
    if data is None and 2 * numbers >= len(headings):
        data = next(heading for heading in headings if _NUMBER.match(heading))
    if data is not None:
        raise no_headings(f'Row {number} looks like data, not like headings: it has "{data[:60]}" in it.')
