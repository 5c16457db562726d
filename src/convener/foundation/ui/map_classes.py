"""The classes by which a map is shaded: few, with round bounds, and apart where the numbers are apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, count, pairwise
from math import log
from typing import NamedTuple

from django.utils.translation import gettext

from convener.foundation.ui.charts import format_count

CLASSES = 5


class NumberClass(NamedTuple):
    """The numbers from ``low`` to ``high``, both included."""

    low: int
    high: int

    def __str__(self) -> str:
        """The class in words; two numbers with a dash between them would change places in a line of Arabic."""
        if self.low == self.high:
            return format_count(self.low)
        return gettext("%(low)s to %(high)s") % {"low": format_count(self.low), "high": format_count(self.high)}


def classes_for(values: Sequence[int]) -> list[NumberClass]:
    """Up to five classes, in their order, that hold every one of ``values`` (one or more each); none is empty.

    The bounds are 1 to 5, then 10, 20, 50, 100, 200, 500 and so on. Among these the breaks are where the logarithms of
    the numbers vary least within each class (Jenks): one country with thousands does not hide what the others have.
    """
    groups = list(_groups(sorted(values)))
    inner = min(CLASSES, len(groups)) - 1
    if inner < 0:
        return []
    spread = _spreads([[log(value) for value in numbers] for _bounds, numbers in groups])
    ends = min(
        ((0, *cut, len(groups)) for cut in combinations(range(1, len(groups)), inner)),
        key=lambda cut: sum(spread(start, end) for start, end in pairwise(cut)),
    )
    return [NumberClass(groups[start][0].low, groups[end - 1][0].high) for start, end in pairwise(ends)]


def shade_of(value: int, classes: Sequence[NumberClass]) -> int:
    """The shade of a value, 1 (palest) to 5; fewer classes keep the whole range of shades."""
    number = bisect_left([one.high for one in classes], value)
    return 3 if len(classes) == 1 else 1 + round(number * (CLASSES - 1) / (len(classes) - 1))


def _round_numbers() -> Iterator[int]:
    yield from (1, 2, 3, 4)
    for power in count():
        yield from (5 * 10**power, 10 ** (power + 1), 2 * 10 ** (power + 1))


def _groups(ordered: Sequence[int]) -> Iterator[tuple[NumberClass, Sequence[int]]]:
    """The numbers between one round number and the next, where there are any."""
    low, start = 1, 0
    for high in _round_numbers():
        end = bisect_left(ordered, high + 1)
        if end > start:
            yield NumberClass(low, high), ordered[start:end]
        if end == len(ordered):
            return
        low, start = high + 1, end


def _spreads(groups: Sequence[Sequence[float]]) -> Callable[[int, int], float]:
    """A function that says how far the numbers of the groups from ``start`` to before ``end`` lie from their mean."""
    sums = [(0, 0.0, 0.0)]
    for numbers in groups:
        many, total, squares = sums[-1]
        sums.append((many + len(numbers), total + sum(numbers), squares + sum(one * one for one in numbers)))

    def spread(start: int, end: int) -> float:
        many, total, squares = (after - before for before, after in zip(sums[start], sums[end], strict=True))
        return squares - total * total / many

    return spread
