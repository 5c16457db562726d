"""Dates in the forms that lists hold: ISO 8601, day or month first, month names, and Excel's serial numbers."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

from convener.engines.tables import Cell
from convener.engines.values.folding import fold
from convener.engines.values.months import MONTHS
from convener.engines.values.reading import Read, plain_text, shown
from convener.errors import InvalidValue, Sentence, sentence

DateOrder: TypeAlias = Literal["dmy", "mdy"]

# Excel counts days from 1 January 1900 as 1 and counts a 29 February 1900 that never was (Microsoft support article
# 214326), so from 1 March 1900 on, day n is n days after 30 December 1899. Smaller and larger numbers are left to other
# readings: 20000 is in 1954, 80000 in 2119.
_EXCEL_START = datetime.date(1899, 12, 30)
_SERIALS = range(20_000, 80_001)
_YEARS = range(1000, 2201)

_TIME = re.compile(r"(?<=\d)[ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2}|UTC)?$", re.I)
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_WORDS = re.compile(r"\d+|[^\W\d_]+(?: (?:الثاني|الاول))?")
_FILLERS = frozenset({"st", "nd", "rd", "th", "er", "ere", "e", "de", "del", "of", "le", "the", "el", "al"})
_HINT = sentence("Write it as year-month-day, for example 2019-07-11.")


def read_date(field: str, cell: Cell, *, order: DateOrder, today: datetime.date) -> Read[datetime.date | None]:
    """Read a date. ``order`` says what 3/4/2019 is ("dmy": 3 April); see :func:`infer_date_order`.

    A month or a year alone is its first day; a serial number of Excel's 1900 system (20000 to 80000), a two-digit year
    and an order that only fits the other way are read; each of these, and a date after ``today``, with a warning that
    names what was read. Times of day are dropped. Raises InvalidValue for anything else.
    """
    if isinstance(cell, datetime.datetime):
        return _dated(cell.date(), (), today)
    if isinstance(cell, datetime.date):
        return _dated(cell, (), today)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(field, cell, today)
    text = _with_plain_digits(plain_text(field, cell)).strip()
    if not text:
        return Read(None)
    try:
        found = _parse(_TIME.sub("", text), order) if len(text) <= 60 else None
    except ValueError:
        found = None
    if found is None or found.value.year not in _YEARS:
        raise InvalidValue(field, sentence("%(value)s is not a date.", value=shown(text)), hint=_HINT)
    return _dated(found.value, found.warnings, today)


def infer_date_order(cells: Iterable[Cell]) -> DateOrder:
    """Say from a column's texts whether the day or the month comes first; "dmy" where nothing tells.

    A first part above 12 must be a day, a second part above 12 makes the first a month; the majority decides.
    """
    balance = 0
    for cell in cells:
        match = _YEAR_LAST.match(cell.strip()) if isinstance(cell, str) else None
        if match:
            first, second = int(match.group(1)), int(match.group(3))
            balance += (second <= 12 < first) - (first <= 12 < second)
    return "mdy" if balance < 0 else "dmy"


def _dated(value: datetime.date, warnings: tuple[Sentence, ...], today: datetime.date) -> Read[datetime.date | None]:
    if value > today:
        warnings = (*warnings, sentence("The date %(date)s is in the future.", date=value.isoformat()))
    return Read(value, warnings)


def _from_number(field: str, number: int | float, today: datetime.date) -> Read[datetime.date | None]:
    if _SERIALS.start <= number < _SERIALS.stop:
        found = _serial(int(number))
    elif number in range(1800, _YEARS.stop):
        found = _year_only(int(number))
    else:
        raise InvalidValue(field, sentence("%(value)s is not a date.", value=shown(number)), hint=_HINT)
    return _dated(found.value, found.warnings, today)


def _serial(number: int) -> Read[datetime.date]:
    value = _EXCEL_START + datetime.timedelta(days=number)
    told = sentence("%(value)s was read as a date of Excel: %(date)s.", value=str(number), date=value.isoformat())
    return Read(value, (told,))


def _month_only(year: int, month: int) -> Read[datetime.date]:
    value = datetime.date(year, month, 1)
    told = sentence("Only the month is given; it was read as its first day, %(date)s.", date=value.isoformat())
    return Read(value, (told,))


def _year_only(year: int) -> Read[datetime.date]:
    value = datetime.date(year, 1, 1)
    told = sentence("Only the year is given; it was read as its first day, %(date)s.", date=value.isoformat())
    return Read(value, (told,))


def _parse(text: str, order: DateOrder) -> Read[datetime.date] | None:
    """Return the date, or None where the text has no form of one; ValueError where it has and names no day."""
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(text):
            return read(match, order)
    return _with_month_name(text)


def _year_first(match: re.Match[str], order: DateOrder) -> Read[datetime.date]:
    return Read(datetime.date(int(match[1]), int(match[2]), int(match[3])))


def _year_last(match: re.Match[str], order: DateOrder) -> Read[datetime.date]:
    first, second, (year, completed) = int(match[1]), int(match[3]), _year(match[4])
    day, month = (first, second) if order == "dmy" else (second, first)
    other_order: DateOrder | None = None
    if month > 12 >= day:
        day, month = month, day
        other_order = "mdy" if order == "dmy" else "dmy"
    return _explained(match[0], datetime.date(year, month, day), completed, other_order)


def _year(text: str) -> tuple[int, bool]:
    """Return the year and whether it was completed: 00 to 29 are of this century, as Excel takes them."""
    number = int(text)
    if len(text) > 2:
        return number, False
    return number + (2000 if number < 30 else 1900), True


def _year_month(match: re.Match[str], order: DateOrder) -> Read[datetime.date]:
    return _month_only(int(match[1]), int(match[2]))


def _month_year(match: re.Match[str], order: DateOrder) -> Read[datetime.date]:
    return _month_only(int(match[2]), int(match[1]))


def _year_alone(match: re.Match[str], order: DateOrder) -> Read[datetime.date]:
    return _year_only(int(match[0]))


def _serial_text(match: re.Match[str], order: DateOrder) -> Read[datetime.date]:
    number = int(match[0][:5])
    if number not in _SERIALS:
        raise ValueError(number)
    return _serial(number)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], DateOrder], Read[datetime.date]]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_YEAR_LAST, _year_last),
    (_BASIC, _year_first),
    (_YEAR_MONTH, _year_month),
    (_MONTH_YEAR, _month_year),
    (re.compile(r"\d{4}"), _year_alone),
    (_SERIAL, _serial_text),
)


def _with_month_name(text: str) -> Read[datetime.date] | None:
    """Read "14 December 2016", "14 de diciembre de 2016", "December 14, 2016", "14-déc-16", "Sept 2019"."""
    words = [word for word in _WORDS.findall(fold(text)) if word not in _FILLERS]
    months = [MONTHS[word] for word in words if word in MONTHS]
    numbers = [word for word in words if word.isdigit()]
    if len(months) != 1 or len(words) != 1 + len(numbers) or not 1 <= len(numbers) <= 2:
        return None
    if len(numbers) == 1:
        return _month_only(int(numbers[0]), months[0]) if len(numbers[0]) == 4 else None
    if len(numbers[0]) == 4:
        numbers.reverse()
    year, completed = _year(numbers[1])
    value = datetime.date(year, months[0], int(numbers[0]))
    return _explained(text, value, completed)


def _explained(
    text: str, value: datetime.date, completed: bool, other_order: DateOrder | None = None
) -> Read[datetime.date]:
    """A date with a warning for each thing that was taken for granted in reading it."""
    given, date = shown(text), value.isoformat()
    warnings = []
    if completed:
        warnings.append(sentence("%(value)s was read as %(date)s: its year has two digits.", value=given, date=date))
    if other_order == "mdy":
        told = sentence("%(value)s was read as %(date)s: the month comes first in it.", value=given, date=date)
        warnings.append(told)
    if other_order == "dmy":
        warnings.append(sentence("%(value)s was read as %(date)s: the day comes first in it.", value=given, date=date))
    return Read(value, tuple(warnings))


def _with_plain_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in text)
