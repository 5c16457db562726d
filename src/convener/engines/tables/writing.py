"""Writing tables row by row, so that they read back as the same table and do no harm in a spreadsheet program."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import BinaryIO

from convener.engines.tables.model import Cell, Scalar, place
from convener.engines.tables.text import join_list, neutralise
from convener.engines.tables.xlsx_writing import write_sheet
from convener.errors import Refused, sentence

Rows = Iterable[Mapping[str, object]]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_XML = re.compile("[\x01-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_XLSX_CHARS = 32_767
_XLSX_DIGITS = 10**15


def write_table(fmt: str, columns: Sequence[str], rows: Rows, out: BinaryIO, *, title: str = "") -> None:
    """Write ``rows`` under ``columns`` to ``out`` (which stays open) as ``csv``, ``xlsx``, ``json`` or ``geojson``.

    Values may be text, numbers, booleans, dates, None and lists of these; anything else is written as its ``str()``.
    In CSV and XLSX, texts are neutralised, lists joined with ``|`` and dates written in ISO 8601; numbers stay numbers.
    GeoJSON takes the place from ``latitude`` and ``longitude``; without both, the geometry is null. NUL and unpaired
    surrogates, which no format carries, become U+FFFD. ``title`` names the sheet or the collection.
    Raises :class:`Refused` for an unknown format, or a text too long for a workbook's cell.
    """
    write = FORMATS.get(fmt)
    if write is None:
        told = sentence('There is no format "%(format)s".', format=fmt)
        raise Refused(told, hint=sentence("Choose one of: %(formats)s.", formats=", ".join(FORMATS)))
    write(columns, rows, out, title)


def _write_csv(columns: Sequence[str], rows: Rows, out: BinaryIO, title: str) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([_flat(column) for column in columns])
        for row in rows:
            writer.writerow([_csv(row.get(column)) for column in columns])
    finally:
        text.detach()


def _csv(value: object) -> Scalar:
    flat = _flat(value)
    return str(flat).lower() if isinstance(flat, bool) else flat


def _write_xlsx(columns: Sequence[str], rows: Rows, out: BinaryIO, title: str) -> None:
    cells = (
        [_xlsx(row.get(column), number, index) for index, column in enumerate(columns)]
        for number, row in enumerate(rows, start=2)
    )
    sheet = _NOT_IN_TITLE.sub(" ", title).strip(" '")[:31] or "Sheet1"
    write_sheet(out, sheet, [_for_xml(str(_flat(column))) for column in columns], cells)


def _xlsx(value: object, row: int, column: int) -> Scalar:
    flat = _flat(value)
    if isinstance(flat, str):
        text = _for_xml(flat)
        if len(text) > _XLSX_CHARS:
            told = sentence(
                "The text in %(where)s is too long for a workbook (%(count)s characters).",
                where=place(row, column),
                count=len(text),
            )
            raise Refused(told, hint=sentence("Export as CSV or JSON."))
        return text
    # A workbook keeps numbers as binary floating point, so a longer whole number would change.
    return str(flat) if type(flat) is int and abs(flat) >= _XLSX_DIGITS else flat


def _write_json(columns: Sequence[str], rows: Rows, out: BinaryIO, title: str) -> None:
    _write_items(out, "[", ({column: _plain(row.get(column)) for column in columns} for row in rows), "]\n")


def _write_geojson(columns: Sequence[str], rows: Rows, out: BinaryIO, title: str) -> None:
    name = f'"name": {json.dumps(title, ensure_ascii=False)}, ' if title else ""
    start = f'{{"type": "FeatureCollection", {_storable(name)}"features": ['
    _write_items(out, start, (_feature(columns, row) for row in rows), "]}\n")


def _feature(columns: Sequence[str], row: Mapping[str, object]) -> dict[str, object]:
    properties: dict[str, object] = {column: _plain(row.get(column)) for column in columns}
    latitude, longitude = properties.get("latitude"), properties.get("longitude")
    geometry = None
    if type(latitude) in (int, float) and type(longitude) in (int, float):
        geometry = {"type": "Point", "coordinates": [longitude, latitude]}
        del properties["latitude"], properties["longitude"]
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _write_items(out: BinaryIO, start: str, items: Iterable[dict[str, object]], end: str) -> None:
    out.write(start.encode())
    separator = "\n"
    for item in items:
        out.write((separator + json.dumps(item, ensure_ascii=False, allow_nan=False)).encode())
        separator = ",\n"
    out.write(("\n" + end).encode())


def _plain(value: object) -> Cell:
    """Return the value as JSON can say it."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_scalar(part) for part in value]
    return _scalar(value)


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return _storable(str(value))


def _flat(value: object) -> Scalar:
    """Return the value as one cell of a spreadsheet: texts neutralised, lists joined."""
    plain = _plain(value)
    if isinstance(plain, list):
        plain = join_list("" if part is None else str(part) for part in plain)
    return neutralise(plain) if isinstance(plain, str) else plain


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text) if not text.isascii() or "\x00" in text else text


def _for_xml(text: str) -> str:
    """Escape what XML cannot carry, as spreadsheet programs do (ECMA-376 part 1, 22.9.2.19): ``_x000D_``."""
    if text.isprintable() and "_x" not in text:
        return text
    return _NOT_XML.sub(lambda match: f"_x{ord(match.group()):04X}_", text)


FORMATS: dict[str, Callable[[Sequence[str], Rows, BinaryIO, str], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "json": _write_json,
    "geojson": _write_geojson,
}
