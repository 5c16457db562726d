"""How a text stands in a spreadsheet cell: without acting as a formula, and with several values in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What a spreadsheet program takes for the start of a formula or of a new cell: OWASP, "CSV Injection"; the full-width
# forms are taken for the ASCII ones by programs set to Chinese, Japanese or Korean.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# A program set to a language that writes numbers with a comma splits a CSV file at semicolons when it is opened by a
# double click. It then takes quotation marks inside the line for text, so none keep a cell together: what follows a
# semicolon, tab or line end begins a cell of its own.
_DANGEROUS_INSIDE = re.compile(r"(?<=[;\t\r\n])(?=[\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NEUTRALISED_INSIDE = re.compile(r"(?<=[;\t\r\n])'(?=[\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_ESCAPED_OR_BAR = re.compile(r"\\([\\|])|\|")


def neutralise(text: str) -> str:
    """Return ``text`` with an apostrophe where a spreadsheet program could take what follows for a formula.

    That is at the beginning, and inside after a semicolon, tab or line end. Where apostrophes already stand before the
    dangerous character there is one more, so that :func:`restore` is the exact inverse for every text.
    """
    inside = _DANGEROUS_INSIDE.sub("'", text)
    return "'" + inside if _DANGEROUS.match(inside) else inside


def restore(text: str) -> str:
    """Take off exactly the apostrophes that :func:`neutralise` put on; other texts come back as they are."""
    return _NEUTRALISED_INSIDE.sub("", text[1:] if _NEUTRALISED.match(text) else text)


def join_list(parts: Iterable[str]) -> str:
    r"""Join values into one cell with ``|``; a bar or backslash inside a value is escaped with a backslash.

    One value with a semicolon gets a bar after it: readers of lists take a cell without any bar for one that was joined
    with semicolons.
    """
    text = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
    return text + "|" if ";" in text and "|" not in text else text


def split_list(text: str) -> list[str]:
    r"""Split what :func:`join_list` joined. Blanks around a value and empty values are dropped.

    ``split_list(join_list(parts)) == parts`` for values that are not empty and have no blanks at their ends. A
    backslash before anything but a bar or a backslash stands for itself, as people type it.
    """
    if "\\" not in text:
        pieces = text.split("|")
    else:
        pieces, current, last = [], "", 0
        for match in _ESCAPED_OR_BAR.finditer(text):
            current += text[last : match.start()]
            last = match.end()
            if match.group(1):
                current += match.group(1)
            else:
                pieces.append(current)
                current = ""
        pieces.append(current + text[last:])
    return [piece.strip() for piece in pieces if piece.strip()]
