"""Files that one broken letter would make unreadable, or all of whose accents it would garble.

A UTF-8 file with one bad byte is taken for Windows-1252 by :mod:`convener.engines.tables`, and every name in Arabic or
Cyrillic in it becomes another one. Nobody would be found by such a name. So what is broken is made U+FFFD, in a copy, and
the rows that have it are told. Where most of a file is Windows-1252 and some of its rows are UTF-8 (two files made one),
each row is read as what it is.
"""

from __future__ import annotations

import codecs
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from convener.engines.tables import Row, Table
from convener.errors import sentence

#: What is said of a row that :func:`regained` read anew.
MIXED = sentence("The row is in another encoding (UTF-8) than the file (Windows-1252); it was read as what it is.")
#: What is said of a row for which :func:`has_swallowed` holds.
SWALLOWED = sentence("There are rows inside a cell of this row: a quotation mark is not closed, or one too many.")
_PIECE = 2**22
_LOST = "\ufffd".encode()
#: Half a UTF-16 pair: written as if it were a letter, and as JSON escapes it (with what must be stepped over to find it).
_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_ESCAPED = re.compile(rb"\\\\|\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|(\\u[dD][89a-fA-F]\w\w)")
_WHOLE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF")
#: One NUL in so many bytes is a fault of writing; more are another encoding, or no text.
_NUL_IN = 100


@contextmanager
def mended(path: Path) -> Iterator[Path]:
    """The file at ``path``, or a copy of it in UTF-8 in which what is broken is U+FFFD, while inside.

    A copy is made of a text that is UTF-8 for the most part: more of its letters are whole than broken. All other files,
    and what is no file, are left as they are: whoever reads them says what is wrong. Raises OSError.
    """
    if not path.is_file() or not _is_mendable(path):
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=path.suffix, prefix="convener-") as copy, path.open("rb") as file:
        is_json = False
        for number, piece in enumerate(_pieces(file)):
            is_json = _begins_json(piece) if number == 0 else is_json
            text = _HALF.sub(_LOST, piece).replace(b"\x00", _LOST).decode("utf-8", "replace").encode("utf-8")
            copy.write(_ESCAPED.sub(_without_half, text) if is_json else text)
        copy.flush()
        yield Path(copy.name)


def regained(row: Row, table: Table) -> bool:
    """Read cells of UTF-8 in a table that was read as Windows-1252 as what they are; whether there were any."""
    if table.encoding != "cp1252":
        return False
    found = {heading: _as_utf8(cell) for heading, cell in row.cells.items() if isinstance(cell, str)}
    is_mixed = any(row.cells[heading] != cell for heading, cell in found.items())
    row.cells.update(found)
    return is_mixed


def has_swallowed(row: Row, table: Table, headings: Iterable[str]) -> bool:
    """Whether a cell of CSV under these headings has a line in it with as many separators as a row: it swallowed that row."""
    least = len(table.headings) - 1
    return table.format == "csv" and any(
        isinstance(cell, str)
        and ("\n" in cell or "\r" in cell)
        and any(line.strip() and line.count(table.delimiter) >= least for line in cell.splitlines()[1:])
        for cell in map(row.cells.get, headings)
    )


def _as_utf8(text: str) -> str:
    try:
        return text if text.isascii() else text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


@dataclass
class _Count:
    """What a text is made of: letters of several bytes that are whole, what is broken, and bytes."""

    whole: int = 0
    broken: int = 0
    nul: int = 0
    size: int = 0
    halves: int = 0

    def add(self, piece: bytes, *, is_json: bool) -> None:
        """Count a piece of the text."""
        self.size += len(piece)
        self.nul += piece.count(b"\x00")
        if is_json and b"\\u" in piece:
            self.halves += sum(match[1] is not None for match in _ESCAPED.finditer(piece))
        try:
            text, lost = piece.decode("utf-8"), 0
        except UnicodeDecodeError:
            rest, halves = _HALF.subn(b"", piece)
            self.halves += halves
            text = rest.decode("utf-8", "replace")
            lost = text.count("\ufffd") - rest.count(_LOST)
        self.broken += lost
        if not text.isascii():
            self.whole += sum(not letter.isascii() for letter in text) - lost

    @property
    def is_mendable(self) -> bool:
        """Whether something is broken, and little enough that the rest is surely UTF-8: half a pair is found nowhere else."""
        is_broken = bool(self.broken or self.nul or self.halves)
        return is_broken and self.whole + self.halves >= self.broken and self.nul * _NUL_IN <= max(self.size, _NUL_IN)


def _is_mendable(path: Path) -> bool:
    count, is_json = _Count(), False
    with path.open("rb") as file:
        for number, piece in enumerate(_pieces(file)):
            if number == 0:
                if piece.startswith(_WHOLE_MARKS):
                    return False
                is_json = _begins_json(piece)
            count.add(piece, is_json=is_json)
    return count.is_mendable


def _begins_json(piece: bytes) -> bool:
    return piece.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"[", b"{")


def _without_half(match: re.Match[bytes]) -> bytes:
    return match[0] if match[1] is None else b"\\ufffd"


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file, cut after a line's end or a quotation mark, so that no letter is cut."""
    left = b""
    while piece := file.read(_PIECE):
        piece = left + piece
        cut = max(piece.rfind(b"\n"), piece.rfind(b'"')) + 1 or len(piece)
        left = piece[cut:]
        yield piece[:cut]
    if left:
        yield left
