"""JSON and GeoJSON (RFC 8259, RFC 7946), token by token: nothing is built before it is measured."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from convener.engines.tables.headings import too_many_columns
from convener.engines.tables.model import Cell, Limits, Row, Scalar, Table, record_too_long, too_long
from convener.errors import Sentence, Unreadable, sentence

_CHUNK = 2**16
_LISTS = {"results": "json", "organisations": "json", "features": "geojson"}
_LONG_NUMBER = re.compile(rb"[0-9eE+.\-]{300}")
_PLACE = ("latitude", "longitude")
_KINDS = {str: sentence("a text"), bool: sentence("true or false"), type(None): sentence("empty (null)")}

Event = tuple[str, Any]


class _Nested:
    """Stands where an object, or a list of more than plain values, was left out."""


NESTED = _Nested()


def open_json(path: Path, limits: Limits, passed_over: frozenset[str] = frozenset()) -> Table:
    """Open a list of objects, ``{"results": [...]}``, ``{"organisations": [...]}`` or a GeoJSON FeatureCollection.

    The file is read through once here, to learn the headings (every name in the order of its first use) and to find
    that it is whole. GeoJSON gives the properties, and ``latitude`` and ``longitude`` from a Point.
    Raises :class:`Unreadable`. ``passed_over`` as in :func:`open_table`.
    """
    first = _Pass(path, limits)
    headings: dict[str, None] = {}
    for record, _ in first.records():
        headings.update(dict.fromkeys(record))
        if len(headings) > limits.max_columns:
            raise too_many_columns(len(headings), limits)
    left_out = passed_over if passed_over <= headings.keys() else frozenset[str]()
    for name in left_out:
        del headings[name]

    def rows() -> Generator[Row, None, None]:
        """Read the file again, now as rows of the headings found."""
        empty: dict[str, Cell] = dict.fromkeys(headings)
        reading = _Pass(path, limits, left_out)
        for record, problems in reading.records():
            yield Row(reading.row, {**empty, **record}, problems)

    return Table(format=first.format, headings=list(headings), read=rows, limits=limits, encoding="utf-8")


class _Pass:
    """One reading of the file from its start; ``row`` and ``key`` say where it is (the Nth object is row N + 1)."""

    def __init__(self, path: Path, limits: Limits, left_out: frozenset[str] = frozenset()) -> None:
        self.format = "json"
        self._left_out = left_out
        self.row = 1
        self.key = ""
        self._chars = 0  # in the texts of the record that is being read
        self._path = path
        self._limits = limits

    def records(self) -> Generator[tuple[dict[str, Cell], list[Sentence]], None, None]:
        """Yield the cells and problems of each object. Raises :class:`Unreadable`."""
        with self._path.open("rb") as file:
            events = ijson.basic_parse(_Measured(file, self), use_float=True, buf_size=_CHUNK)
            try:
                if self._enter(events):
                    yield from self._list(events)
                    for _ in events:
                        pass
            except (ijson.JSONError, ValueError) as error:
                raise self._broken(error) from error

    def too_long(self) -> Unreadable:
        """Return the refusal of the text that is being read."""
        where = sentence('row %(row)s, "%(name)s"', row=self.row + 1, name=self.key[:60])
        return too_long(where, self._limits)

    def _enter(self, events: Iterator[Event]) -> bool:
        """Go to the list of records and say True; say False where the file holds an empty collection."""
        event, value = next(events)
        if event == "start_array":
            return True
        if event == "start_map":
            for event, value in events:
                if event == "map_key":
                    self.key = value
                    event, _ = next(events)
                    if event == "start_array" and value in _LISTS:
                        self.format = _LISTS[value]
                        return True
                    self._skip(event, events)
        raise Unreadable(
            sentence("There is no list of records in this JSON."),
            hint=sentence(
                'It must be a list of objects, or an object with such a list in "results" or "organisations", '
                'or a GeoJSON collection with "features".'
            ),
        )

    def _list(self, events: Iterator[Event]) -> Generator[tuple[dict[str, Cell], list[Sentence]], None, None]:
        for event, value in events:
            if event == "end_array":
                return
            if event != "start_map":
                kind = sentence("a list") if event == "start_array" else _KINDS.get(type(value), sentence("a number"))
                told = sentence("Record %(row)s is %(kind)s, not an object.", row=self.row, kind=kind)
                raise Unreadable(told, hint=sentence("Each record must be an object {...}."))
            problems: list[Sentence] = []
            self._chars = 0
            if self.format == "geojson":
                record = self._feature(events, problems)
            else:
                record = self._plain(self._object(events, problems), problems)
            self.row += 1
            yield record, problems

    def _feature(self, events: Iterator[Event], problems: list[Sentence]) -> dict[str, Cell]:
        properties: dict[str, Cell | _Nested] = {}
        point: dict[str, Cell | _Nested] = {}
        name: Cell | _Nested = None
        for event, key in events:
            if event == "end_map":
                break
            event, value = next(events)
            if key in ("properties", "geometry") and event == "start_map":
                inner = self._object(events, problems if key == "properties" else [])
                properties, point = (inner, point) if key == "properties" else (properties, inner)
            elif key == "id":
                name = self._value(event, value, events)
            else:
                self._skip(event, events)
        if name is not None:
            properties.setdefault("id", name)
        record = self._plain(properties, problems)
        self._put_place(record, point, problems)
        return record

    def _put_place(
        self, record: dict[str, Cell], geometry: dict[str, Cell | _Nested], problems: list[Sentence]
    ) -> None:
        given = [record.pop(name, None) for name in _PLACE]
        found: list[Scalar] | None = None
        coordinates = geometry.get("coordinates")
        if geometry.get("type") == "Point" and isinstance(coordinates, list) and 2 <= len(coordinates) <= 3:
            found = [coordinates[1], coordinates[0]]
            if not all(type(part) in (int, float) for part in found):
                found = None
        if geometry and found is None:
            told = sentence(
                "The geometry is not a Point with two numbers (%(kind)s), so the place was left out.",
                kind=str(geometry.get("type"))[:40],
            )
            problems.append(told)
        if found is not None and given != [None, None] and given != found:
            told = sentence("The latitude and longitude among the properties differ from the Point, which was taken.")
            problems.append(told)
        for name, value in zip(_PLACE, found or given, strict=True):
            record[name] = value

    def _object(self, events: Iterator[Event], problems: list[Sentence]) -> dict[str, Cell | _Nested]:
        """Read the object whose start was just read. A name that stands twice is a problem; the last value holds."""
        read: dict[str, Cell | _Nested] = {}
        for event, key in events:
            if event == "end_map":
                return read
            self.key = key
            event, value = next(events)
            if key in self._left_out:
                self._skip(event, events)
                continue
            if key in read:
                told = sentence('"%(name)s" stands twice in this record; the last value was taken.', name=key[:60])
                problems.append(told)
            elif len(read) == self._limits.max_columns:
                raise too_many_columns(len(read) + 1, self._limits)
            read[key] = self._value(event, value, events)
        return read

    def _value(self, event: str, value: Any, events: Iterator[Event]) -> Cell | _Nested:
        if event == "string":
            self._chars += len(value)
            if len(value) > self._limits.max_cell_chars:
                raise self.too_long()
            if self._chars > self._limits.max_record_chars:
                raise record_too_long(self.row + 1, self._limits)
            return value or None
        if event == "start_map":
            self._skip(event, events)
            return NESTED
        if event == "start_array":
            return self._values(events)
        plain: Scalar = value
        return plain

    def _values(self, events: Iterator[Event]) -> list[Scalar] | _Nested:
        parts: list[Scalar] = []
        nested = False
        for event, value in events:
            if event == "end_array":
                break
            if event in ("start_map", "start_array"):
                self._skip(event, events)
                nested = True
            elif len(parts) >= self._limits.max_list_items:
                nested = True
            else:
                part = self._value(event, value, events)
                if isinstance(part, _Nested):
                    nested = True
                elif part is not None and not isinstance(part, list):
                    parts.append(part)
        return NESTED if nested else parts

    def _plain(self, read: dict[str, Cell | _Nested], problems: list[Sentence]) -> dict[str, Cell]:
        plain: dict[str, Cell] = {}
        for name, value in read.items():
            if isinstance(value, _Nested):
                told = sentence(
                    '"%(name)s" holds more than a value or a list of plain values, so it was left out.', name=name[:60]
                )
                problems.append(told)
                value = None
            plain[name] = value
        return plain

    def _skip(self, event: str, events: Iterator[Event]) -> None:
        """Read past a value that starts with ``event``, without keeping any of it."""
        depth = 1 if event in ("start_map", "start_array") else 0
        while depth:
            event, _ = next(events)
            if event in ("start_map", "start_array"):
                depth += 1
            elif event in ("end_map", "end_array"):
                depth -= 1
            if depth > self._limits.max_depth:
                told = sentence(
                    "The JSON is nested more than %(most)s deep near row %(row)s.",
                    most=self._limits.max_depth,
                    row=self.row + 1,
                )
                raise Unreadable(told, hint=sentence("Bring a flat list of records."))

    def _broken(self, error: Exception) -> Unreadable:
        text = str(error).strip().partition("\n")[0][:120]
        hint = sentence("It may be cut off, or edited by hand; write it again from the program that made it.")
        if "UTF8" in text or "utf-8" in text:
            hint = sentence("Save it as UTF-8.")
        if "trailing garbage" in text:
            hint = sentence("One record on each line is not read: put the records into one list, [ ... ].")
        told = sentence("The JSON cannot be read near row %(row)s: %(why)s.", row=self.row + 1, why=text)
        return Unreadable(told, hint=hint)


class _Measured:
    """The file as the parser reads it. It refuses a text or number that is too long before the parser gathers it."""

    def __init__(self, file: BinaryIO, place: _Pass) -> None:
        self._file = file
        self._place = place
        self._longest = 12 * place._limits.max_cell_chars  # a character takes at most 12 bytes: \ud83d\ude00
        self._open = 0  # bytes since the quotation mark that opened the text we are in
        self._inside = False
        self._held = b""
        self._first = True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes of the file, without a byte order mark."""
        if size == 0:
            return b""
        data = self._file.read(_CHUNK if size < 0 else size)
        if self._first:
            self._first = False
            data = data.removeprefix(b"\xef\xbb\xbf")
        self._measure(data)
        return data

    def _measure(self, data: bytes) -> None:
        data = self._held + data
        self._held = b"\\" if (len(data) - len(data.rstrip(b"\\"))) % 2 else b""
        if self._held:
            data = data[:-1]
        parts = data.replace(b"\\\\", b"..").replace(b'\\"', b"..").split(b'"')
        for index, part in enumerate(parts):
            if index:
                self._inside, self._open = not self._inside, 0
            if self._inside:
                self._open += len(part)
                if self._open > self._longest:
                    raise self._place.too_long()
            elif _LONG_NUMBER.search(part):
                told = sentence("There is a number of 300 digits near row %(row)s.", row=self._place.row + 1)
                raise Unreadable(told, hint=sentence("Correct it."))
