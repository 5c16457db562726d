"""How many slips of the pen make one number or date of another, for many at once.

A slip is a sign lost, added or another one, or two neighbours exchanged (optimal string alignment); in a date also the day
and the month in one another's place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

Counts = NDArray[np.int32]
Dates = NDArray[np.int32]
#: More slips than this are another value.
MOST = 2
#: Signs that a number needs for two slips, or for its neighbour, to mean anything.
_SIGNS, _NEIGHBOURS = 6, 3
_FIRST_YEAR, _LAST_YEAR = 1850, 2100


def slips(ours: Sequence[str], theirs: Sequence[str], most: int = MOST) -> Counts:
    """Slips between each pair of texts; ``most`` + 1 where there are more."""
    if not ours:
        return np.zeros(0, np.int32)
    found = cpdist(ours, theirs, scorer=OSA.distance, score_cutoff=most, dtype=np.int32)
    return np.asarray(found, np.int32)


def number_slips(ours: Sequence[str], theirs: Sequence[str]) -> Counts:
    """Slips between registration numbers; two count only where both numbers are long enough."""
    found = slips(ours, theirs)
    is_short = np.minimum(lengths(ours), lengths(theirs)) < _SIGNS
    return np.where((found == MOST) & is_short, MOST + 1, found).astype(np.int32)


def lengths(texts: Sequence[str]) -> Counts:
    """How many signs each text has."""
    return np.fromiter(map(len, texts), np.int32, len(texts))


def are_neighbours(ours: Sequence[str], theirs: Sequence[str]) -> NDArray[np.bool_]:
    """Whether two numbers are so close as a register gives them to people who come together."""
    pairs = zip(ours, theirs, strict=True)
    return np.fromiter((_are_neighbours(a, b) for a, b in pairs), bool, len(ours))


def _are_neighbours(one: str, other: str) -> bool:
    is_counted = one.isdecimal() and other.isdecimal() and min(len(one), len(other)) >= _SIGNS
    return is_counted and abs(int(one[-12:]) - int(other[-12:])) <= _NEIGHBOURS and one[:-12] == other[:-12]


def date_slips(ours: Dates, theirs: Dates) -> Counts:
    """Slips between whole dates, written as year * 10,000 + month * 100 + day."""
    texts = [f"{date:08d}" for date in ours.tolist()], [f"{date:08d}" for date in theirs.tolist()]
    turned = [text[:4] + text[6:] + text[4:6] for text in texts[1]]
    return np.minimum(slips(*texts), np.minimum(slips(texts[0], turned) + 1, MOST + 1)).astype(np.int32)


def is_no_date(dates: Dates) -> NDArray[np.bool_]:
    """Which whole dates cannot be anybody's date of birth."""
    year, month, day = dates // 10_000, dates // 100 % 100, dates % 100
    return np.asarray((year < _FIRST_YEAR) | (year > _LAST_YEAR) | (month > 12) | (month < 1) | (day > 31), np.bool_)
