"""What else is known of the two: country, date of birth, identifier. Each gives or takes bits, and can be blank.

What a fact tells follows Fellegi and Sunter (1969): agreement by chance is rare for a date of birth (about one in 25,000)
and common for a country, so they give that many bits; disagreement takes what its rareness among true matches tells.
"""

from __future__ import annotations

from typing import NamedTuple

from convener.engines.names.lists.values import read_dates, read_identifier
from convener.engines.names.model import Entry, Query
from convener.engines.names.scoring import Part

_IDENTIFIER = 25.0
_COUNTRY, _OTHER_COUNTRY = 1.5, 1.5
_DAY, _MONTH, _YEAR = 8.0, 5.0, 3.0
_TURNED, _OTHER_DAY, _NEAR_YEAR, _OTHER_YEAR = 5.0, 4.0, 1.0, 9.0
#: Letters of a country's code. What is no code is no evidence that the countries are others.
_CODE = 2
#: Years by which dates of birth differ that are often estimated.
_NEAR = 1


class Context(NamedTuple):
    """What a query says beside the name, in the form in which entries keep it."""

    country: str
    births: tuple[str, ...]
    identifier: str


def context_of(query: Query) -> Context:
    """The context of a query. What cannot be read as a date is left out: :func:`unreadable` tells of it."""
    births: tuple[str, ...] = ()
    if query.birth_date.strip() and not unreadable(query.birth_date):
        births = read_dates(query.birth_date.strip())
    return Context(query.country.strip().upper(), births, read_identifier(query.identifier))


def unreadable(birth_date: str) -> bool:
    """Whether a date of birth is none."""
    try:
        return not read_dates(birth_date.strip()) if birth_date.strip() else False
    except ValueError:
        return True


def reasons(context: Context, entry: Entry) -> list[Part]:
    """What the context gives or takes for an entry; nothing where either side is blank."""
    found = []
    if context.identifier and context.identifier in entry.identifiers:
        found.append(Part("identifier", context.identifier, context.identifier, "same", _IDENTIFIER, 0.0))
    is_same = context.country in entry.countries
    if context.country and entry.countries and (is_same or len(context.country) == _CODE):
        gave, took = (_COUNTRY, 0.0) if is_same else (0.0, _OTHER_COUNTRY)
        theirs = context.country if is_same else ", ".join(entry.countries)
        found.append(Part("country", context.country, theirs, "same" if is_same else "other", gave, took))
    if context.births and entry.birth_dates:
        found.append(max((_birth(a, b) for a in context.births for b in entry.birth_dates), key=_worth))
    return found


def _worth(part: Part) -> float:
    return part.gave - part.took


def _birth(ours: str, theirs: str) -> Part:
    how, gave, took = _born(ours, theirs)
    return Part("birth_date", ours, theirs, how, gave, took)


def _born(ours: str, theirs: str) -> tuple[str, float, float]:
    """How two dates, each known to the day, the month or the year, agree."""
    shared = min(len(ours), len(theirs))
    if ours[:shared] == theirs[:shared]:
        return "same", {4: _YEAR, 7: _MONTH}.get(shared, _DAY), 0.0
    if ours[:4] == theirs[:4]:
        is_turned = shared == 10 and ours[5:7] == theirs[8:] and ours[8:] == theirs[5:7]
        return ("turned", _TURNED, 0.0) if is_turned else ("other_day", _YEAR, _OTHER_DAY)
    if abs(int(ours[:4]) - int(theirs[:4])) <= _NEAR:
        return "near", 0.0, _NEAR_YEAR
    return "other", 0.0, _OTHER_YEAR
