"""What every reader of values shares: the result, blank cells, and quoting a value in a message."""

from __future__ import annotations

import datetime
from typing import Generic, NamedTuple, TypeVar

from convener.engines.tables import Cell
from convener.errors import InvalidValue, Sentence, sentence

T = TypeVar("T")

_SHOWN = 60
# Spreadsheet programs keep about 15 digits; beyond that a float's digits are not those that were typed.
_EXACT = 10**15


class Read(NamedTuple, Generic[T]):
    """A value that was read, and what the person should know about how: sentences, none where all is plain."""

    value: T
    warnings: tuple[Sentence, ...] = ()


def plain_text(field: str, cell: Cell) -> str:
    """Return a cell as text, "" where it is blank; whole numbers have no ".0". Raises InvalidValue for a list."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, list):
        if len(cell) == 1:
            return plain_text(field, cell[0])
        told = sentence("A list of %(count)s values stands where one is expected.", count=len(cell))
        raise InvalidValue(field, told, hint=sentence("Give one value."))
    return str(cell)


def shown(cell: object) -> str:
    """Return a value in quotation marks for a message: one line, not long, nothing invisible in it."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(cell)[: 2 * _SHOWN]).strip()
    return f'"{text[:_SHOWN]}…"' if len(text) > _SHOWN else f'"{text}"'
