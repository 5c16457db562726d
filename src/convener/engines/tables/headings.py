"""The heading row of CSV and XLSX: what it must be, and how the cells below are put under it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from convener.engines.tables.model import Cell, Limits, column_letter
from convener.engines.tables.text import restore
from convener.errors import Sentence, Unreadable, sentence

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
        sentence(
            "The table has %(count)s columns; %(most)s are the most that are read.",
            count=count,
            most=limits.max_columns,
        ),
        hint=sentence(
            "Keep only the columns that are needed, and check that the separator between columns is a comma, "
            "semicolon or tab."
        ),
    )


def no_headings(what: Sentence) -> Unreadable:
    """Return the refusal of a table that starts without headings."""
    hint = sentence("The first row must name the columns, for example: name, country, website.")
    return Unreadable(what, hint=hint)


def surplus_problem(cells: Sequence[Cell], first: int) -> Sentence | None:
    """Return what is wrong where ``cells`` stand to the right of the last heading, or None where all are blank."""
    filled = [str(cell) for cell in cells if cell is not None and str(cell).strip()]
    if not filled:
        return None
    return sentence(
        'Cells to the right of the last heading: %(count)s (from column %(column)s: "%(value)s"); '
        "a separator inside a text may lack its quotation marks.",
        count=len(filled),
        column=column_letter(first),
        value=filled[0][:40],
    )


def _clean(cell: Cell) -> str:
    if cell is None:
        return ""
    text = cell.isoformat() if isinstance(cell, datetime.date) else str(cell)
    return _BLANKS.sub(" ", _INVISIBLE.sub("", restore(text))).strip()


def _refuse_empty(headings: list[str], number: int) -> None:
    empty = [column_letter(index) for index, heading in enumerate(headings) if not heading]
    if empty:
        columns = ", ".join(empty[:10])
        raise no_headings(sentence("Row %(row)s has no heading in column %(columns)s.", row=number, columns=columns))


def _refuse_doubles(headings: list[str], number: int) -> None:
    seen: dict[str, int] = {}
    for index, heading in enumerate(headings):
        first = seen.setdefault(heading.casefold(), index)
        if first != index:
            raise Unreadable(
                sentence(
                    'The heading "%(heading)s" stands twice in row %(row)s: '
                    "in column %(first)s and in column %(second)s.",
                    heading=heading[:60],
                    row=number,
                    first=column_letter(first),
                    second=column_letter(index),
                ),
                hint=sentence("Give each column a heading of its own, or delete one of the two."),
            )


def _refuse_data(headings: list[str], number: int) -> None:
    numbers = sum(1 for heading in headings if _NUMBER.match(heading))
    data = next((heading for heading in headings if _DATA.match(heading)), None)
    if data is None and 2 * numbers >= len(headings):
        data = next(heading for heading in headings if _NUMBER.match(heading))
    if data is not None:
        told = sentence(
            'Row %(row)s looks like data, not like headings: it has "%(value)s" in it.', row=number, value=data[:60]
        )
        raise no_headings(told)
