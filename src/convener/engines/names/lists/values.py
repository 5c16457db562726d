"""Texts, dates, numbers and countries of lists, brought into the form in which an entry keeps them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable

from convener.engines.values.months import MONTHS

#: The function that a caller gives to know countries by: any name or code to ISO 3166-1 alpha-2, or "".
CountryCode = Callable[[str], str]

# Half characters (unpaired surrogates), control characters, and the sign that stands for a letter lost in conversion.
_BROKEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffd]")
# Soft hyphens, marks of direction and blanks without width: they say nothing of a name and keep it from being found.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

_ISO = re.compile(r"([12]\d{3})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?")
_WORDS = re.compile(r"(?:(\d{1,2})\s+)?([^\W\d_]+)\.?,?\s+([12]\d{3})")
_ABOUT = re.compile(r"(?:circa|ca\.?|c\.|approximately|approx\.?|about)\s+", re.IGNORECASE)
_RANGE = re.compile(r"(?:between\s+)?(.+?)(?:\s+(?:to|and)\s+|\s*[-\u2013]\s*(?=[12]\d{3}$))(.+)", re.IGNORECASE)
_LONGEST_RANGE = 30

_IMO = re.compile(r"IMO(?=\d{6,7}$)")
_NO_COUNTRY = frozenset({"", "-", "0", "NA", "N/A", "NONE", "NONE IDENTIFIED", "UNDETERMINED", "UNKNOWN", "ZZ"})


def clean(text: str) -> tuple[str, bool]:
    """Return a text with single blanks and without what no eye sees, and whether broken characters were taken out."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(), False
    whole = _BROKEN.sub("", text)
    return " ".join(_INVISIBLE.sub("", whole).split()), len(whole) < len(text)


def read_identifier(text: str) -> str:
    """Return the number of a passport, a register or a ship as entries hold it: letters and digits only, in capitals.

    The letters IMO before a ship's or a ship owner's number fall away, since half of the lists write them. Put a
    number that is looked for through this too, and equal numbers are equal texts.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text[:1_000])
    return _IMO.sub("", "".join(filter(str.isalnum, text.upper())))


def read_dates(text: str) -> tuple[str, ...]:
    """Return the days, months or years that a text names, as ISO 8601 prefixes. Raises ValueError where it names none.

    Read are ISO 8601, "15 Jan 1955", "Jan. 1955", and years; of what is said to be about right ("circa 15 Jan 1955")
    only the year; of a range of up to 30 years ("1951 to 1953") each year.
    """
    text = text.strip()
    if match := _ISO.fullmatch(text):
        return (_date(match[1], match[2], match[3]),)
    if about := _ABOUT.match(text):
        return tuple(dict.fromkeys(date[:4] for date in read_dates(text[about.end() :])))
    if match := _WORDS.fullmatch(text):
        month = MONTHS.get(match[2].lower())
        if month is None:
            raise ValueError(text)
        return (_date(match[3], str(month), match[1]),)
    if len(text) < 100 and (match := _RANGE.fullmatch(text)):
        return year_range(read_dates(match[1])[0], read_dates(match[2])[-1])
    raise ValueError(text)


def year_range(first: str, last: str) -> tuple[str, ...]:
    """Return each year from that of one date to that of another. Raises ValueError where they are in no such order."""
    start, end = int(first[:4]), int(last[:4])
    if not start <= end <= start + _LONGEST_RANGE:
        raise ValueError(first, last)
    return tuple(str(year) for year in range(start, end + 1))


def _date(year: str, month: str | None, day: str | None) -> str:
    if month is None:
        return year
    date = datetime.date(int(year), int(month), int(day or 1)).isoformat()
    return date if day else date[:7]


class Countries:
    """Countries as entries hold them: the caller's code where there is one, else the value in capitals."""

    def __init__(self, country_code: CountryCode | None) -> None:
        self._code = country_code
        self._known: dict[str, str] = {}

    def read(self, text: str) -> str:
        """Return the alpha-2 code, else the value in capitals; "" for what says that no country is known."""
        if text not in self._known:
            capitals = text.upper()
            self._known[text] = "" if capitals in _NO_COUNTRY else self.code(text) or capitals
        return self._known[text]

    def code(self, text: str) -> str:
        """Return the alpha-2 code of a text that may name a country, or ""."""
        return self._code(text).upper() if self._code else ""
