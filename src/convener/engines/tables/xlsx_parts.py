"""The small parts of a workbook (ECMA-376): its sheets, which number formats are dates, and the shared strings."""

from __future__ import annotations

import posixpath
import re
from array import array
from dataclasses import dataclass

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from convener.engines.tables.model import Limits
from convener.engines.tables.xlsx_package import Attributes, Package, broken
from convener.errors import Unreadable, sentence

_MOST_SHEETS = 1_000
_MOST_STYLES = 65_536
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Sheet:
    """One worksheet: its name as the tab shows it, and its part in the archive."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True)
class Workbook:
    """What the parts around the sheets say. ``date_styles`` are the indexes of cell styles that show a date."""

    sheets: list[Sheet]
    starts_1904: bool
    date_styles: frozenset[int]
    shared: SharedStrings


def read_workbook(package: Package, limits: Limits) -> Workbook:
    """Read everything but the sheets. Raises :class:`Unreadable` where it is no workbook."""
    roots = dict(_relations(package, "").values())
    part = roots.get("officeDocument", "xl/workbook.xml")
    if part.endswith(".bin"):
        told = sentence("This is a binary workbook (.xlsb), which is not read.")
        raise Unreadable(told, hint=sentence("Save it as .xlsx or as CSV."))
    if not package.has(part) or not posixpath.basename(part).startswith("workbook"):
        told = sentence("This is an Office file, but not a workbook.")
        raise Unreadable(told, hint=sentence("Bring the list as .xlsx or as CSV."))
    relations = _relations(package, part)
    book = _BookHandler()
    package.parse_small(part, book)
    sheets = [
        Sheet(name, relations[key][1], visible)
        for name, key, visible in book.sheets
        if key in relations and relations[key][0] == "worksheet" and package.has(relations[key][1])
    ]
    others = dict(relations.values())
    styles, shared = _StyleHandler(), SharedStrings(limits)
    if package.has(others.get("styles", "")):
        package.parse_small(others["styles"], styles)
    if package.has(others.get("sharedStrings", "")):
        for _ in package.parse(others["sharedStrings"], shared):
            pass
    return Workbook(sheets, book.starts_1904, styles.date_styles(), shared)


def unescape(text: str) -> str:
    """Undo the escaping of characters that XML cannot carry (ECMA-376 part 1, 22.9.2.19, ST_Xstring): ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Return kind and target part by relation id, for the archive ("") or for one part."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    if not package.has(source):
        return {}
    handler = _RelationHandler()
    package.parse_small(source, handler)
    return {
        key: (kind.rpartition("/")[2], posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/"))
        for key, kind, target in handler.found
    }


class _RelationHandler:
    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """Keep a relation that stays inside the package."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            if len(self.found) >= 2 * _MOST_SHEETS:
                raise broken(sentence("it has too many sheets"))
            self.found.append((attributes.get("Id", ""), attributes.get("Type", ""), attributes.get("Target", "")))

    def end(self, name: str) -> None:
        """Nothing to do."""

    def text(self, piece: str) -> None:
        """Nothing to do."""


class _BookHandler:
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.starts_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Keep a sheet, or the workbook's date system."""
        if name == "workbookPr":
            self.starts_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            if len(self.sheets) >= _MOST_SHEETS:
                raise broken(sentence("it has too many sheets"))
            key = next((value for label, value in attributes.items() if label.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), key, attributes.get("state", "visible") == "visible"))

    def end(self, name: str) -> None:
        """Nothing to do."""

    def text(self, piece: str) -> None:
        """Nothing to do."""


class _StyleHandler:
    def __init__(self) -> None:
        self._formats: dict[int, str] = dict(BUILTIN_FORMATS)
        self._used: list[int] = []
        self._in_cells = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Keep a number format, or the format that a cell style uses."""
        if name == "cellXfs":
            self._in_cells = True
        elif name == "numFmt" and len(self._formats) < _MOST_STYLES:
            self._formats[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:255]
        elif name == "xf" and self._in_cells and len(self._used) < _MOST_STYLES:
            self._used.append(_whole(attributes.get("numFmtId")))

    def end(self, name: str) -> None:
        """Note that the cells' styles are over."""
        if name == "cellXfs":
            self._in_cells = False

    def text(self, piece: str) -> None:
        """Nothing to do."""

    def date_styles(self) -> frozenset[int]:
        """Return the indexes of the cell styles whose format shows a date."""
        dates = {number for number in set(self._used) if is_date_format(self._formats.get(number))}
        return frozenset(index for index, number in enumerate(self._used) if number in dates)


class SharedStrings:
    """The shared strings, packed end to end as UTF-8: as Python objects they would take three to ten times as much."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = bytearray()
        self._ends = array("I")
        self._too_long: set[int] = set()
        self._parts: list[str] = []
        self._chars = 0
        self._phonetic = False
        self._wanted = False

    def get(self, index: int) -> str | None:
        """Return a string; None where it is longer than a cell may be. Raises IndexError where there is none."""
        if index < 0:
            raise IndexError(index)
        if index in self._too_long:
            return None
        start = self._ends[index - 1] if index else 0
        return self._bytes[start : self._ends[index]].decode("utf-8", "surrogatepass")

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of a string or of a run of its text; reading aids (rPh) are no part of it."""
        if name == "si":
            self._parts, self._chars = [], 0
        elif name == "rPh":
            self._phonetic = True
        self._wanted = name == "t" and not self._phonetic

    def text(self, piece: str) -> None:
        """Take a piece of a string, as long as the string may still become a cell."""
        if self._wanted and self._chars <= self._limits.max_cell_chars:
            self._parts.append(piece)
            self._chars += len(piece)

    def end(self, name: str) -> None:
        """Take the end of a run or of a string, which is then packed away."""
        self._wanted = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self._keep()

    def _keep(self) -> None:
        if self._chars > self._limits.max_cell_chars:
            self._too_long.add(len(self._ends))
        else:
            self._bytes += unescape("".join(self._parts)).encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))
        if len(self._bytes) > self._limits.max_shared_bytes or len(self._ends) > self._limits.max_shared_strings:
            told = sentence("The workbook holds more text than is read from one.")
            raise Unreadable(told, hint=sentence("Save the list as CSV."))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0
