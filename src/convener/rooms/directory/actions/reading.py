"""Reading one row: from cells as they stand in a file to checked values in the canonical columns, with every problem."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from convener.engines import geo, identifiers, values
from convener.engines.tables import split_list
from convener.errors import InvalidValue, Sentence, sentence
from convener.foundation.parties.models import Party, PartyIdentifier
from convener.foundation.ui.maps import country_shapes
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory import columns
from convener.rooms.directory.columns import BY_NAME, Column
from convener.rooms.directory.models import Visibility

PUBLIC_ID_START = "CV-"
#: How many values a cell may list, and their characters together: joined and escaped they still fit a spreadsheet's cell.
MOST_PARTS = 300
MOST_LISTED_CHARS = 16_000
NAMED_IN_WARNING = 3


@dataclass
class CheckedRow:
    """What a row says: ``values`` for storing as JSON, and problems as (field, message)."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


ReadColumn = Callable[["RowReader", CheckedRow, Column, Any], None]


@functools.cache
def lookup_of(column: str) -> values.Lookup:
    """How cells of a choice or vocabulary column are recognised."""
    if column in ("country", "countries"):
        return countries().lookup
    if column == "regions":
        return regions().lookup
    if column.endswith("visibility"):
        return values.Lookup((choice.value, [choice.value]) for choice in Visibility)
    if column == "status":
        return values.Lookup((choice.value, [choice.value]) for choice in (Party.Status.ACTIVE, Party.Status.CLOSED))
    return vocabulary(BY_NAME[column].vocabulary).lookup


@dataclass(frozen=True)
class RowReader:
    """Reads rows of one file. ``mapping``: column → heading; ``fixed``: column → cell for rows that say nothing."""

    mapping: Mapping[str, str]
    fixed: Mapping[str, str]
    source_name: str
    today: dt.date
    date_order: values.DateOrder = "dmy"

    @functools.cached_property
    def _columns(self) -> list[tuple[Column, ReadColumn, str | None, str | None]]:
        """The columns that this file can fill: what reads each, its heading, and its cell where a row says nothing.

        Without the place, which is read as one.
        """
        given = {*self.mapping, *self.fixed} - {"latitude", "longitude"}
        return [
            (column, _reader_of(column), self.mapping.get(name), self.fixed.get(name))
            for name, column in BY_NAME.items()
            if name in given
        ]

    def read(self, cells: Mapping[str, Any]) -> CheckedRow:
        """Check every column and collect all problems of the row, not only the first."""
        row = CheckedRow()
        for column, read, heading, fixed in self._columns:
            cell = _cell(cells, heading, fixed)
            if cell is None or cell == "" or cell == []:
                continue
            try:
                read(self, row, column, cell)
            except InvalidValue as error:
                self._refuse(row, column.name, error)
        try:
            self._read_place(row, cells)
        except InvalidValue as error:
            self._refuse(row, "latitude", error)
        if "name" not in row.values and "id" not in row.values and not row.errors:
            row.errors.append(("name", sentence("The name is missing.")))
        return row

    def _refuse(self, row: CheckedRow, name: str, error: InvalidValue) -> None:
        row.errors.append((error.field or name, error.sentence))

    def _keep(self, row: CheckedRow, name: str, read: values.Read[Any]) -> None:
        most = BY_NAME[name].max_chars
        if isinstance(read.value, str) and len(read.value) > most:
            told = sentence("It has %(count)s characters; %(most)s are the most.", count=len(read.value), most=most)
            raise InvalidValue(name, told, hint=sentence("Shorten it."))
        row.warnings.extend((name, warning) for warning in read.warnings)
        if read.value not in (None, "", []):
            row.values[name] = read.value

    def _read_choice(self, row: CheckedRow, column: Column, cell: Any) -> None:
        read = _choice_of(column.name, cell) if type(cell) is str else _read_choice(column.name, cell)
        self._keep(row, column.name, read)

    def _read_list(self, row: CheckedRow, column: Column, cell: Any) -> None:
        found = sorted({self._text(row, column, part) for part in _parts(column.name, cell)} - {""})
        self._keep(row, column.name, values.Read(found))

    def _read_date(self, row: CheckedRow, column: Column, cell: Any) -> None:
        read = (_date_of if type(cell) is str else _read_date)(column.name, cell, self.date_order, self.today)
        self._keep(row, column.name, read)

    def _read_url(self, row: CheckedRow, column: Column, cell: Any) -> None:
        self._keep(row, column.name, values.read_url(column.name, cell))

    def _read_email(self, row: CheckedRow, column: Column, cell: Any) -> None:
        self._keep(row, column.name, values.read_email(column.name, cell))

    def _read_text(self, row: CheckedRow, column: Column, cell: Any) -> None:
        text = self._text(row, column, cell)
        if text:
            row.values[column.name] = text

    def _text(self, row: CheckedRow, column: Column, cell: Any) -> str:
        multiline = column.kind == columns.LONG_TEXT
        read = values.read_text(column.name, cell, max_chars=column.max_chars, multiline=multiline)
        row.warnings.extend((column.name, warning) for warning in read.warnings)
        return str(read.value or "")

    def _read_vocabulary(self, row: CheckedRow, column: Column, cell: Any) -> None:
        keys: dict[str, set[str]] = {column.name: set(row.values.get(column.name, ()))}
        unknown = []
        for part in _parts(column.name, cell):
            name, key = _find_term(column.name, str(part)[: column.max_chars])
            if key is None:
                unknown.append(f"'{_visible(str(part)[:80])}'")
            else:
                keys.setdefault(name, set(row.values.get(name, ()))).add(key)
        if unknown:
            row.warnings.append((column.name, _left_out(column.name, unknown)))
        row.values.update({name: sorted(found) for name, found in keys.items() if found})

    def _read_id(self, row: CheckedRow, column: Column, cell: Any) -> None:
        text = self._text(row, column, cell)
        if text.upper().startswith(PUBLIC_ID_START):
            row.values["id"] = identifiers.read_public_id(text)
        elif text:
            key = [f"{PartyIdentifier.SOURCE_PREFIX}{self.source_name}", "", text[:120].strip()]
            row.values.setdefault("source_ids", []).append(key)

    def _read_source_ids(self, row: CheckedRow, column: Column, cell: Any) -> None:
        for part in _parts("source_ids", cell):
            text = self._text(row, column, part)
            name, _colon, number = text.partition(":")
            if not name.strip() or not number.strip():
                told = sentence("'%(value)s' is not NAME:NUMBER.", value=text[:80])
                raise InvalidValue("source_ids", told, hint=sentence("Write the list's name first."))
            key = [f"{PartyIdentifier.SOURCE_PREFIX}{name.strip()}"[:120], "", number[:120].strip()]
            row.values.setdefault("source_ids", []).append(key)

    def _read_aliases(self, row: CheckedRow, column: Column, cell: Any) -> None:
        row.values["aliases"] = sorted({self._text(row, column, part) for part in _parts("aliases", cell)} - {""})

    def _read_registration(self, row: CheckedRow, column: Column, cell: Any) -> None:
        found = []
        for part in _parts("registration_number", cell):
            text = self._text(row, column, part)
            jurisdiction, colon, number = text.partition(":")
            register = countries().lookup.find(jurisdiction) if colon else row.values.get("country")
            number = number if colon else text
            if not register:
                told = sentence("The number says nothing without its register.")
                hint = sentence(
                    "Give the country of the register: in a column, for all rows, or as GB:NUMBER in the cell."
                )
                raise InvalidValue("registration_number", told, hint=hint)
            read = identifiers.read_registration_number(number, register)
            row.warnings.extend(("registration_number", warning) for warning in read.warnings)
            if read.value:
                found.append([PartyIdentifier.REGISTRATION, register, read.value])
        row.values["registration_number"] = sorted(found)

    def _read_lei(self, row: CheckedRow, column: Column, cell: Any) -> None:
        found = [[PartyIdentifier.LEI, "", identifiers.read_lei(str(part))] for part in _parts("lei", cell)]
        row.values["lei"] = sorted(found)

    def _read_org_id(self, row: CheckedRow, column: Column, cell: Any) -> None:
        parts = _parts("org_id", cell)
        found = [[PartyIdentifier.ORG_ID, "", str(identifiers.read_org_id_guide(str(part)))] for part in parts]
        row.values["org_id"] = sorted(found)

    def _read_place(self, row: CheckedRow, cells: Mapping[str, Any]) -> None:
        latitude = _cell(cells, self.mapping.get("latitude"), self.fixed.get("latitude"))
        longitude = _cell(cells, self.mapping.get("longitude"), self.fixed.get("longitude"))
        if latitude in (None, "") and longitude in (None, ""):
            return
        read = values.read_latitude_longitude(latitude, longitude)
        row.warnings.extend(("latitude", warning) for warning in read.warnings)
        if read.value is None:
            return
        row.values["latitude"], row.values["longitude"] = read.value
        if row.values.get("country"):
            warnings = geo.check_place(*read.value, row.values["country"], country_shapes())
            row.warnings.extend(("latitude", warning) for warning in warnings)


def _cell(cells: Mapping[str, Any], heading: str | None, fixed: str | None) -> Any:
    """What a row says in the column of ``heading``, or else what was given for all rows."""
    cell = cells.get(heading) if heading is not None else None
    if type(cell) is str:
        cell = cell.strip()
    return fixed if cell is None or cell == "" else cell


def _read_choice(name: str, cell: Any) -> values.Read[str | None]:
    return values.read_choice(name, cell, lookup_of(name))


def _read_date(name: str, cell: Any, order: values.DateOrder, today: dt.date) -> values.Read[str | None]:
    read = values.read_date(name, cell, order=order, today=today)
    return values.Read(read.value.isoformat() if read.value else None, read.warnings)


#: Lists say the same few countries, kinds and dates in row after row: texts that were read are remembered.
_choice_of = functools.lru_cache(maxsize=4096)(_read_choice)
_date_of = functools.lru_cache(maxsize=4096)(_read_date)


def _parts(name: str, cell: Any) -> list[Any]:
    parts = _split(cell)
    if len(parts) > MOST_PARTS or sum([len(str(part)) for part in parts]) > MOST_LISTED_CHARS:
        told = sentence(
            "The cell lists %(count)s values; %(most)s of %(chars)s characters are the most.",
            count=len(parts),
            most=MOST_PARTS,
            chars=MOST_LISTED_CHARS,
        )
        raise InvalidValue(name, told, hint=sentence("Keep the most important ones."))
    return parts


def _split(cell: Any) -> list[Any]:
    if isinstance(cell, list):
        return cell
    if not isinstance(cell, str):
        return [cell]
    if "|" not in cell and ";" in cell:
        return [part.strip() for part in cell.split(";") if part.strip()]
    return split_list(cell)


def _visible(text: str) -> str:
    """A word as it may be printed: what steers a terminal is none of it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _left_out(name: str, unknown: list[str]) -> Sentence:
    """One sentence for all words of a cell that no list has."""
    words, more = ", ".join(unknown[:NAMED_IN_WARNING]), len(unknown) - NAMED_IN_WARNING
    if len(unknown) == 1:
        return sentence("%(word)s is not in our list for %(column)s; it was left out.", word=words, column=name)
    if more <= 0:
        return sentence("%(words)s are not in our list for %(column)s; they were left out.", words=words, column=name)
    return sentence(
        "%(words)s and %(more)s more are not in our list for %(column)s; they were left out.",
        words=words,
        more=more,
        column=name,
    )


@functools.lru_cache(maxsize=4096)
def _find_term(name: str, text: str) -> tuple[str, str | None]:
    """The column and key a word belongs to: sectors and industries stand in for each other, as lists mix them up."""
    for column in (name, *{"sector": ("industries",), "industries": ("sector",)}.get(name, ())):
        key = lookup_of(column).find(text)
        if key is not None:
            return column, key
    return name, None


_SPECIAL: dict[str, ReadColumn] = {
    "id": RowReader._read_id,
    "aliases": RowReader._read_aliases,
    "source_ids": RowReader._read_source_ids,
    "registration_number": RowReader._read_registration,
    "lei": RowReader._read_lei,
    "org_id": RowReader._read_org_id,
}
_BY_KIND: dict[int, ReadColumn] = {
    columns.CHOICE: RowReader._read_choice,
    columns.VOCABULARY: RowReader._read_vocabulary,
    columns.LIST: RowReader._read_list,
    columns.DATE: RowReader._read_date,
    columns.URL: RowReader._read_url,
    columns.EMAIL: RowReader._read_email,
}


def _reader_of(column: Column) -> ReadColumn:
    return _SPECIAL.get(column.name) or _BY_KIND.get(column.kind, RowReader._read_text)
