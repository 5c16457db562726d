"""The canonical columns as fields of the API, each with its meaning: all shapes are made from this one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field, create_model

from convener.foundation.api import ApiModel
from convener.rooms.directory.actions.editing import EDITABLE
from convener.rooms.directory.columns import BY_NAME, COLUMNS, DATE, NUMBER, SPECIAL, Column

MEANINGS: Mapping[str, str] = {
    "id": "Public ID on this hub: CV-, nine characters and a check character. It never changes.",
    "name": "Name by which the organisation is known.",
    "aliases": "Other names: legal, former and translated ones, acronyms. `names` says which is which.",
    "type": "Kind of organisation.",
    "country": "Country of the headquarters, ISO 3166-1 alpha-2.",
    "registration_number": "Numbers in public registers: the number alone where the register is of the organisation's "
    "`country`, else the register's country before it, as in `GB:01234567`.",
    "lei": "Legal Entity Identifier, ISO 17442.",
    "org_id": "Identifier as org-id.guide writes them, such as GB-CHC-1097940.",
    "source_ids": "Numbers in the lists it was imported from, as `LIST:NUMBER`.",
    "status": "`active` or `closed`.",
    "size": "Size band.",
    "scope": "How far its work reaches.",
    "countries": "Countries it works in, ISO 3166-1 alpha-2.",
    "regions": "Regions it works in.",
    "sector": "Investment sectors, those of its industries included.",
    "industries": "Industries it works with; `cross-industry` where it works with all.",
    "issues": "Issues it works on.",
    "exploitation": "Forms of exploitation it works against.",
    "services": "Services it offers to business.",
    "models": "Models of partnership it offers.",
    "workstreams": "Its lines of work, in its own words.",
    "outputs": "What it has published or made, in its own words.",
    "languages": "Languages it works in, ISO 639 codes.",
    "summary": "What the organisation is and does.",
    "summary_language": "Language of the summary, ISO 639-1.",
    "website": "Address of its website.",
    "address": "Street address.",
    "city": "Town.",
    "latitude": "Latitude in degrees, WGS 84.",
    "longitude": "Longitude in degrees, WGS 84.",
    "email": "E-mail address for contact.",
    "phone": "Telephone number for contact.",
    "visibility": "Who may see the entry: `public`, `members` or `private`.",
    "place_visibility": "Who may see address, town and coordinates: `public`, `members` or `private`.",
    "contact_visibility": "Who may see e-mail address and telephone: `public`, `members` or `private`.",
    "last_confirmed": "Day on which somebody last confirmed the entry, ISO 8601.",
}


def meaning_of(column: Column) -> str:
    """What a column holds, and which vocabulary its keys are from."""
    told = MEANINGS[column.name]
    return f"{told} Keys: `/vocabularies/{column.vocabulary}`." if column.vocabulary else told


def columns_model() -> Any:
    """The base of what is read: every canonical column, of which those that the reader may not see are absent."""
    fields: dict[str, Any] = {column.name: _read_field(column) for column in COLUMNS}
    return create_model("Columns", __base__=ApiModel, **fields)


def _read_field(column: Column) -> tuple[Any, Any]:
    if column.name == "id":
        return str, Field(description=meaning_of(column))
    kind: Any = str
    default: Any = ""
    if column.is_list or column.kind == SPECIAL:
        kind, default = list[str], []
    elif column.kind == NUMBER:
        kind, default = float | None, None
    elif column.kind == DATE:
        kind, default = dt.date | None, None
    return kind, Field(default, description=meaning_of(column))


def values_model() -> Any:
    """The base of what is written: the columns that people may change, none required, types as they stand."""
    fields: dict[str, Any] = {name: _write_field(BY_NAME[name]) for name in EDITABLE}
    return create_model("Values", __base__=_Strict, **fields)


class _Strict(ApiModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def _write_field(column: Column) -> tuple[Any, Any]:
    kind: Any = str
    if column.is_list or column.kind == SPECIAL:
        kind = list[str]
    elif column.kind == NUMBER:
        kind = float
    return kind | None, Field(None, description=meaning_of(column))
