"""The plain values that names are screened and linked by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What a name belongs to. ``UNKNOWN`` is compared with all of them."""

    PERSON = "person"
    ORGANISATION = "organisation"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Query:
    """One name to look for, with what else is known of its bearer.

    ``country`` is an ISO 3166-1 alpha-2 code (anything else counts only where an entry has the very same); ``birth_date``
    is ISO 8601, a year, or a year and month; ``identifier`` any number of a passport, a register or a ship, as it was written.
    """

    id: str
    name: str
    type: Type = Type.UNKNOWN
    country: str = ""
    birth_date: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: who or what stands on it, under which names.

    ``id`` is the list's own number (OFAC ent_num, UN DATAID, FollowTheMoney id). ``names`` has the main name first, in the
    list's writing. ``countries`` are ISO 3166-1 alpha-2 codes where the list's value is known, else the value itself, in
    capitals. ``birth_dates`` are ISO 8601 prefixes ("1957", "1957-07", "1957-07-28"); ``identifiers`` numbers without
    blanks and signs, in capitals.
    """

    id: str
    type: Type
    names: tuple[str, ...]
    countries: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a list or a file that could not be used: ``row`` counts from 1 (0: the file as a whole).

    ``cuts``: it is not one value or row that is missing but a part of the list, as where a file breaks off: nobody who
    stands there can be found.
    """

    row: int
    field: str
    message: str
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a loaded list comes from: enough to say later which version was asked.

    ``date`` is the list's own date (ISO 8601) where it has one, else ""; ``sha256`` is the hash of its bytes (of a folder:
    of its files in their order of reading); ``count`` is its number of entries.
    """

    name: str
    format: str
    path: str
    date: str
    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class NameList:
    """A list in memory: its source, its entries in their order, and what could not be read of it."""

    source: Source
    entries: Sequence[Entry]
    problems: Sequence[Problem] = ()
