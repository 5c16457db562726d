"""The consolidated list of the United Nations Security Council, in its XML (scsanctions.un.org)."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from convener.engines.names.lists.collecting import Collector, Draft, Limits
from convener.engines.names.lists.un_values import birth_dates, document_numbers, names_in_note, written_names
from convener.engines.names.model import Type
from convener.errors import Unreadable, sentence

_ROOT = "CONSOLIDATED_LIST"
_TYPES = {"INDIVIDUAL": Type.PERSON, "ENTITY": Type.ORGANISATION}
_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_NO_NAME = frozenset({"", "NA", "N/A"})
# Root, section, entity, its field, the part of a field.
_ENTITY_DEPTH, _FIELD_DEPTH, _PART_DEPTH, _MOST_DEPTH = 3, 4, 5, 32
_MOST_ELEMENTS = 20_000
_MOST_BYTES = 2**28  # the list has 2 MB; the parser keeps every name of an element or attribute that it meets
_CHUNK = 2**16
_STALLED = 2**20  # bytes without an event: one tag or comment that never ends, which costs the square of its length
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HINT = sentence(
    "Fetch the list in XML again from https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list."
)

Group = dict[str, str]


def read(files: dict[str, Path], collector: Collector) -> str:
    """Read the list; the date is the day on which it was generated.

    Names are the four parts joined, the one in the original script, and the aliases of all qualities; countries are
    those of nationality, addresses and birth. The row of a problem is the line on which its entity starts. What is
    after damage or a cut is left out, and a problem says where. Raises :class:`Unreadable` for XML that is not this list, has
    a document type, or asks for more than any list needs.
    """
    path = files[""]
    if path.stat().st_size > min(_MOST_BYTES, collector.limits.max_bytes):
        told = sentence("%(name)s is far larger than the list of the United Nations.", name=path.name)
        raise Unreadable(told, hint=_HINT)
    parser = DefusedExpatParser(forbid_dtd=True)
    reading = _Reading(path.name, parser, collector)
    parser.setContentHandler(reading)
    try:
        _feed(path, parser, reading)
    except DefusedXmlException as error:
        told = sentence("%(name)s has a document type, which can hide an attack.", name=path.name)
        raise Unreadable(told, hint=_HINT) from error
    except SAXException as error:
        if not reading.started:
            raise _other_list(path.name) from error
        reading.say_cut()
    except (ValueError, LookupError) as error:
        if reading.started:
            raise
        raise _other_list(path.name) from error  # it names an encoding that there is not
    return reading.date


def _feed(path: Path, parser: DefusedExpatParser, reading: _Reading) -> None:
    seen = idle = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
            idle = idle + len(chunk) if reading.events == seen else 0
            seen = reading.events
            if idle > _STALLED:
                raise _swollen(path.name)
    parser.close()


def _other_list(name: str) -> Unreadable:
    told = sentence("%(name)s is not the XML of the consolidated list of the United Nations.", name=name)
    return Unreadable(told, hint=_HINT)


def _swollen(name: str) -> Unreadable:
    told = sentence("%(name)s asks for far more than the list of the United Nations needs.", name=name)
    return Unreadable(told, hint=_HINT)


class _Reading(ContentHandler):
    """Takes the events of the parser and hands each entity on when it is whole."""

    def __init__(self, name: str, parser: DefusedExpatParser, collector: Collector) -> None:
        super().__init__()
        self.date = ""
        self.started = False
        self.events = 0
        self._name = name
        self._parser = parser
        self._collector = collector
        self._limits: Limits = collector.limits
        self._depth = 0
        self._row = 0  # of the entity that is open, else 0
        self._elements = self._chars = 0  # in it
        self._groups: dict[str, list[Group]] = {}  # its fields; the text of a field without parts stands under ""
        self._group: Group = {}
        self._text: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """Take the start of an element."""
        self.events += 1
        self._depth += 1
        if self._depth == 1:
            self._begin(name, attrs)
        elif self._depth == _ENTITY_DEPTH and name in _TYPES:
            self._row, self._elements, self._chars, self._groups = self._line(), 0, 0, {}
        if self._row:
            self._elements += 1
            if self._depth == _FIELD_DEPTH:
                self._group = {}
            if self._depth <= _PART_DEPTH:
                self._text = []
        if self._depth > _MOST_DEPTH or self._elements > _MOST_ELEMENTS:
            raise _swollen(self._name)

    def characters(self, content: str) -> None:
        """Take a piece of text."""
        self.events += 1
        if self._row:
            self._chars += len(content)
            if self._chars > self._limits.max_record_chars:
                raise _swollen(self._name)
            self._text.append(content)

    def endElement(self, name: str) -> None:
        """Take the end of an element; at the end of an entity it is whole."""
        self.events += 1
        if self._row:
            if self._depth == _PART_DEPTH:
                self._put(name)
            elif self._depth == _FIELD_DEPTH:
                if not self._group:
                    self._put("")
                self._groups.setdefault(name, []).append(self._group)
            elif self._depth == _ENTITY_DEPTH:
                self._finish(_TYPES[name])
        self._depth -= 1

    def say_cut(self) -> None:
        """Say where the file breaks off, and which entity was lost by it."""
        told = sentence("The file is damaged or cut off here; all before it was read, and nothing after it.")
        self._collector.problems.add(self._line(), "", told, cuts=True)
        if self._row:
            told = sentence('The entity "%(id)s" is not whole; it was left out.', id=self._first("DATAID"))
            self._collector.problems.add(self._row, "DATAID", told)

    def _line(self) -> int:
        return self._parser.getLineNumber() or 0

    def _begin(self, name: str, attrs: AttributesImpl) -> None:
        if name != _ROOT:
            raise _other_list(self._name)
        self.started = True
        if match := _DAY.match(attrs.get("dateGenerated", "") or ""):
            self.date = match[0]

    def _put(self, name: str) -> None:
        """Keep the text of a part; where a part stands twice in one field (VALUE does), both."""
        text = " ".join("".join(self._text).split())
        self._group[name] = f"{self._group[name]}\n{text}" if name in self._group else text
        self._text = []

    def _first(self, field: str) -> str:
        return next((group.get("", "") for group in self._groups.get(field, ())), "")

    def _all(self, part: str, *fields: str) -> list[str]:
        """Every value of one part of some fields."""
        return [
            value
            for field in fields
            for group in self._groups.get(field, ())
            for value in group.get(part, "").split("\n")
        ]

    def _finish(self, kind: Type) -> None:
        aliases = [*self._groups.get("INDIVIDUAL_ALIAS", ()), *self._groups.get("ENTITY_ALIAS", ())]
        parts = [part for field in _NAME_PARTS if (part := self._first(field)).upper() not in _NO_NAME]
        names = written_names(" ".join(parts)) + written_names(self._first("NAME_ORIGINAL_SCRIPT"))
        for alias in aliases:
            names += written_names(alias.get("ALIAS_NAME", "")) + names_in_note(alias.get("NOTE", ""))
        countries = self._all("VALUE", "NATIONALITY")
        countries += self._all("COUNTRY", "INDIVIDUAL_ADDRESS", "ENTITY_ADDRESS", "INDIVIDUAL_PLACE_OF_BIRTH")
        born = [date for group in self._groups.get("INDIVIDUAL_DATE_OF_BIRTH", ()) for date in birth_dates(group)]
        documents = [*self._groups.get("INDIVIDUAL_DOCUMENT", ()), *self._groups.get("ENTITY_DOCUMENT", ())]
        self._collector.add(
            Draft(
                id=self._first("DATAID"),
                row=self._row,
                type=kind,
                names=names,
                countries=countries,
                birth_dates=born + [alias.get("DATE_OF_BIRTH", "") for alias in aliases],
                identifiers=[number for group in documents for number in document_numbers(group.get("NUMBER", ""))],
            )
        )
        self._row = 0
