"""FollowTheMoney entities (followthemoney.tech), one JSON object a line, as OpenSanctions and Aleph export them."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path
from typing import Any

import orjson

from convener.engines.names.lists.collecting import Collector, Draft, read_lines
from convener.engines.names.model import Type
from convener.errors import Unreadable, sentence

# The schemata that bear names to screen, of https://followthemoney.tech/explorer/; all others hang on one of these.
_TYPES = {
    "Person": Type.PERSON,
    "Company": Type.ORGANISATION,
    "Organization": Type.ORGANISATION,
    "PublicBody": Type.ORGANISATION,
    "LegalEntity": Type.UNKNOWN,
    "Vessel": Type.VESSEL,
    "Airplane": Type.AIRCRAFT,
}
_NAMES = ("name", "alias", "previousName", "weakAlias")
_COUNTRIES = ("nationality", "citizenship", "country", "jurisdiction", "mainCountry", "flag", "birthCountry")
_IDENTIFIERS = (
    "passportNumber", "idNumber", "socialSecurityNumber", "taxNumber", "vatCode", "innCode", "ogrnCode", "okpoCode",
    "registrationNumber", "leiCode", "dunsCode", "uscCode", "uniqueEntityId", "swiftBic", "cikCode", "npiCode",
    "imoNumber", "mmsi", "callSign", "serialNumber", "icaoCode",
)  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read(files: dict[str, Path], collector: Collector) -> str:
    """Read all lines; the date is the newest day on which an entity changed or was seen.

    Raises :class:`Unreadable` where no line is an entity.
    """
    newest, entities = "", 0
    for number, line, ended in read_lines(files[""], collector):
        record = _parsed(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line, number, ended, collector)
        if record is None:
            continue
        entities += 1
        newest = max(newest, _day(record.get("last_change")), _day(record.get("last_seen")))
        kind = _TYPES.get(record["schema"])
        if kind is not None:
            _take(record, kind, number, collector)
    if not entities:
        told = sentence("No line of %(name)s is a FollowTheMoney entity.", name=files[""].name)
        raise Unreadable(
            told, hint=sentence('Each line must be a JSON object with "id", "schema" and "properties", on one line.')
        )
    return newest


def _parsed(line: bytes, number: int, ended: bool, collector: Collector) -> dict[str, Any] | None:
    """Return the entity of a line, or None after saying what is wrong."""
    try:
        record = _json(line)
    except (ValueError, RecursionError):
        if ended:
            told = sentence("The line is not JSON; it was left out.")
        else:
            told = sentence("The file is cut off in this line, which was left out; all before it was read.")
        collector.problems.add(number, "", told, cuts=not ended)
        return None
    if isinstance(record, dict) and isinstance(record.get("schema"), str):
        return record
    collector.problems.add(number, "schema", sentence("The line is not an entity with a schema; it was left out."))
    return None


def _json(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        # It refuses half characters and bytes that are not UTF-8; a name that has one must not be lost for it.
        return json.loads(line.decode("utf-8", "surrogateescape"))


def _take(record: dict[str, Any], kind: Type, number: int, collector: Collector) -> None:
    properties = record.get("properties")
    if not isinstance(properties, dict):
        told = sentence("The properties of the entity are not an object; it was left out.")
        collector.problems.add(number, "properties", told)
        return

    def values(names: tuple[str, ...]) -> list[str]:
        """All values of some properties; FollowTheMoney writes each as a list of texts."""
        found: list[str] = []
        for name in names:
            given = properties.get(name)
            if given is None:
                continue
            for value in given if isinstance(given, list) else [given]:
                if isinstance(value, str):
                    found.append(value)
                elif isinstance(value, int) and not isinstance(value, bool):
                    found.append(str(value))
                elif value is not None:
                    collector.problems.add(number, name, sentence("A value is not a text; it was left out."))
        return found

    name = record.get("id")
    collector.add(
        Draft(
            id=str(name) if isinstance(name, str | int) else "",
            row=number,
            type=kind,
            names=values(_NAMES),
            countries=values(_COUNTRIES),
            birth_dates=values(("birthDate",)),
            identifiers=values(_IDENTIFIERS),
        )
    )


def _day(text: object) -> str:
    match = _DAY.match(text) if isinstance(text, str) else None
    return match[0] if match else ""
