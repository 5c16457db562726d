"""Dates as precise as a source gives them ('2019', '2019-05', '2019-05-17'): as days of a calendar, and in words."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from django.utils.formats import date_format

from convener.foundation.ui.charts import Precision
from convener.rooms.directory.pages.values import date_in_words

_PERIOD = re.compile(r"(\d{4}(?:-\d\d){0,2}) to (\d{4}(?:-\d\d){0,2})")
_PRECISIONS: dict[int, Precision] = {4: "year", 7: "month"}


def first_day(text: str) -> dt.date | None:
    """The first day of an ISO date, whole or cut ('2019', '2019-05'); None for anything else."""
    try:
        return dt.date.fromisoformat(f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10])
    except ValueError:
        return None


def last_day(text: str) -> dt.date | None:
    """The last day of an ISO date, whole or cut; None for anything else."""
    day = first_day(text)
    if day is None or precision(text) == "day":
        return day
    month = 12 if precision(text) == "year" else day.month
    return day.replace(month=month, day=calendar.monthrange(day.year, month)[1])


def precision(text: str) -> Precision:
    """How much of an ISO date is known."""
    return _PRECISIONS.get(len(text), "day")


def month_in_words(text: str) -> str:
    """A date as precise as it is known: a year, a month of a year, or a day; a dash for none."""
    if not text:
        return "–"
    day = first_day(text) if precision(text) == "month" else None
    return date_format(day, "YEAR_MONTH_FORMAT") if day else date_in_words(text)


def period_in_words(text: str) -> str:
    """A date or a period of two ('2015 to 2018') as the language writes it; empty for what is told in other words."""
    ends = period.groups() if (period := _PERIOD.fullmatch(text)) else (text,)
    if not all(first_day(end) for end in ends):
        return ""
    return " – ".join(month_in_words(end) for end in ends)
