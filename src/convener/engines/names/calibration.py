"""From the raw score to one that can be read: what share of first hits with a score is right.

Measured on the development part of ``bench/names`` by ``python -m bench.names.calibrate``, where questions about listed
names weigh as much as those about others: of first hits that score .4 about one in ten is right, of .5 a quarter, of .6
half, of .75 six in seven, of .85 nineteen in twenty, of .9 49 in 50. Above, the scale goes on rising, so that better
agreement ranks higher. Where nearly nobody asked about is listed, as in a customer base, the shares are lower: the
documentation says what precision was measured, and with how many listed.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right

from convener.engines.names.model import Type

#: (raw score, score), rising; straight lines between.
_PERSONS = (
    (0.0, 0.0), (0.3, 0.15), (0.45, 0.3), (0.5, 0.4), (0.55, 0.5), (0.6, 0.6), (0.65, 0.75), (0.7, 0.85), (0.75, 0.9),
    (0.8, 0.94), (0.9, 0.98), (1.0, 1.0),
)  # fmt: skip
_OTHERS = (
    (0.0, 0.0), (0.25, 0.15), (0.4, 0.3), (0.45, 0.4), (0.5, 0.5), (0.55, 0.6), (0.6, 0.75), (0.65, 0.85), (0.7, 0.9),
    (0.75, 0.93), (0.9, 0.98), (1.0, 1.0),
)  # fmt: skip


def _lines(knots: tuple[tuple[float, float], ...]) -> tuple[list[float], list[tuple[float, float, float, float]]]:
    """Where each line begins, and of each its beginning, with how far it goes and rises."""
    lines = [(x0, y0, x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in itertools.pairwise(knots)]
    return [line[0] for line in lines], lines


_LINES_OF_PERSONS, _LINES_OF_OTHERS = _lines(_PERSONS), _lines(_OTHERS)


def calibrated(raw: float, kind: Type) -> float:
    """The score of a raw score between 0 and 1; rising, from 0 to 1."""
    begins, lines = _LINES_OF_PERSONS if kind is Type.PERSON else _LINES_OF_OTHERS
    x, y, far, rise = lines[max(bisect_right(begins, raw), 1) - 1]
    return y + rise * (raw - x) / far
