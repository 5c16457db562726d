"""The lists of the US Treasury's Office of Foreign Assets Control, in the CSV files that it has published since 1995.

Fields as in OFAC's "Specially Designated Nationals list data formats & data schemas" (dat_spec.txt): no headings, one
record a line, ``-0-`` for what is empty, and the byte 1A on the last line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from convener.engines.names.lists.collecting import Collector, Draft, read_lines
from convener.engines.names.lists.remarks import Remarks
from convener.engines.names.model import Type
from convener.errors import Unreadable, joined, sentence

_EMPTY = "-0-"
_WIDTHS = {"sdn": 12, "comments": 2, "alt": 5, "add": 6}
_NEEDED = {"sdn": 3, "comments": 2, "alt": 4, "add": 5}  # without these a record says nothing
_TYPES = {
    "": Type.ORGANISATION,
    "entity": Type.ORGANISATION,
    "individual": Type.PERSON,
    "vessel": Type.VESSEL,
    "aircraft": Type.AIRCRAFT,
}
_ID, _NAME, _TYPE, _CALL_SIGN, _FLAG, _REMARKS = 0, 1, 2, 5, 9, 11
_ALT_NAME, _ADD_COUNTRY = 3, 4
# OFAC breaks remarks off at this length and carries on in the file of comments.
_REMARKS_FULL = 1_000


def read(files: dict[str, Path], collector: Collector) -> str:
    """Read the files of one list. It has no date of its own, so "" is returned.

    Other names are those of the file alt and of the remarks; countries are those of nationality, citizenship, flag and
    addresses, and of birth where the caller's function knows it. Raises :class:`Unreadable` where no line is an entry.
    """
    drafts: dict[str, Draft] = {}  # the first of each id, to which all that is said of the id is added
    remarks: dict[str, list[str]] = {}
    order: list[Draft] = []
    widest = 0
    for row, cells in _records(files["sdn"], "sdn", collector):
        draft = _draft(row, cells, collector)
        drafts.setdefault(draft.id, draft)
        order.append(draft)
        widest = max(widest, len(cells))
        collector.refuse_too_many(len(order))
        if len(cells) > _REMARKS:
            remarks.setdefault(draft.id, []).append(cells[_REMARKS])
    if widest < _WIDTHS["sdn"]:
        told = sentence("No line of %(name)s is an entry of an OFAC list.", name=files["sdn"].name)
        raise Unreadable(told, hint=sentence("Each line must have OFAC's 12 columns, without headings."))
    for kind in ("comments", "alt", "add"):
        if kind in files:
            _read_more(files[kind], kind, drafts, remarks, collector)
        elif kind != "comments":
            told = sentence("The file %(name)s.csv is not there, so nothing of it was read.", name=kind)
            collector.problems.add(0, kind, told, cuts=True)
    for id, texts in remarks.items():
        _read_remarks(texts, drafts[id], collector, continued="comments" in files)
    for draft in order:
        collector.add(draft)
    return ""


def _read_more(
    path: Path, kind: str, drafts: dict[str, Draft], remarks: dict[str, list[str]], collector: Collector
) -> None:
    """Add what one of the other files says of the entries."""
    lines = 0
    for row, cells in _records(path, kind, collector):
        lines += 1
        draft = drafts.get(cells[_ID])
        if draft is None:
            told = sentence('There is no entry "%(id)s"; the line was left out.', id=cells[_ID])
            collector.problems.add(row, f"{kind}: ent_num", told)
        elif kind == "alt":
            draft.names.append(cells[_ALT_NAME])
        elif kind == "add":
            draft.countries.append(cells[_ADD_COUNTRY])
        else:
            first = remarks.setdefault(draft.id, [""])
            first[0] += cells[1]
    if not lines:
        told = sentence("The file %(name)s has no lines that can be read.", name=path.name)
        collector.problems.add(0, kind, told, cuts=True)


def _draft(row: int, cells: list[str], collector: Collector) -> Draft:
    kind = _TYPES.get(cells[_TYPE].lower())
    if kind is None:
        told = sentence('There is no type "%(type)s"; it was taken as unknown.', type=cells[_TYPE])
        collector.problems.add(row, "sdn: type", told)
    draft = Draft(id=cells[_ID], row=row, type=kind or Type.UNKNOWN, names=[cells[_NAME]])
    if len(cells) > _FLAG:
        draft.identifiers.append(cells[_CALL_SIGN])
        draft.countries.append(cells[_FLAG])
    return draft


def _read_remarks(texts: list[str], draft: Draft, collector: Collector, *, continued: bool) -> None:
    for text in texts:
        broken_off = len(text) >= _REMARKS_FULL and not continued
        if broken_off:
            told = sentence(
                "The remarks break off after %(most)s characters, and the file sdn_comments.csv, which has the rest, "
                "is not there: other names may be missing.",
                most=_REMARKS_FULL,
            )
            collector.problems.add(draft.row, "sdn: remarks", told)
        read = Remarks(text, collector.countries, broken_off=broken_off)
        draft.names += read.names
        draft.countries += read.countries
        draft.birth_dates += read.birth_dates
        draft.identifiers += read.identifiers


def _records(path: Path, kind: str, collector: Collector) -> Iterator[tuple[int, list[str]]]:
    """Yield row and cells, empty ones as ""; what is wrong with a record becomes a problem."""
    told_encoding = False
    for number, line, ended in read_lines(path, collector):
        if not line.strip(b"\x1a \t\r\n"):
            continue
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            text = line.decode("cp1252", "replace")
            if ended and not told_encoding:
                told_encoding = True
                told = sentence(
                    "The file is not UTF-8 from here on, so it was read as Windows-1252: check the accents."
                )
                collector.problems.add(number, kind, told)
        cells = _cells(text.rstrip("\x1a\r\n"), number, kind, ended, collector)
        if cells is not None:
            yield number, cells


def _cells(text: str, number: int, kind: str, ended: bool, collector: Collector) -> list[str] | None:
    try:
        cells, whole = next(csv.reader([text], strict=True)), True
    except csv.Error:
        # A quotation mark inside a text that is not doubled: read as far as it goes, as spreadsheet programs do.
        cells, whole = _loosely(text), False
    if not ended and (not whole or len(cells) < _WIDTHS[kind]):
        told = sentence("The file is cut off in this line, which was left out; all before it was read.")
        collector.problems.add(number, kind, told, cuts=True)
        return None
    if not whole or len(cells) != _WIDTHS[kind]:
        usable = len(cells) >= _NEEDED[kind]
        told = sentence(
            "The line has %(count)s columns, not OFAC's %(width)s, or a quotation mark in the wrong place.",
            count=len(cells),
            width=_WIDTHS[kind],
        )
        what = sentence("It was read as far as it goes.") if usable else sentence("It was left out.")
        collector.problems.add(number, f"{kind}: columns", joined(told, what))
        if not usable:
            return None
    return ["" if cell.strip() == _EMPTY else cell.strip() for cell in cells]


def _loosely(text: str) -> list[str]:
    try:
        return next(csv.reader([text]))
    except csv.Error:  # a cell beyond the length that the module reads
        return []
