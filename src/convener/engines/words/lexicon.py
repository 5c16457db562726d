"""A small dictionary between two languages, learnt from texts that stand in both: labels, titles, summaries.

IBM Model 1 (Brown, Della Pietra, Della Pietra and Mercer, The mathematics of statistical machine translation, 1993): how
probable each word of one text makes each word of its translation, by expectation maximisation. It knows no order and no
grammar, which is what finding words needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

#: Rounds of estimation; more change little.
ROUNDS = 5
#: Less probable translations are forgotten from round to round, and not kept at the end.
FORGOTTEN, KEPT = 0.01, 0.15
MOST_KEPT = 2

Pair = tuple[Sequence[str], Sequence[str]]
Lexicon = Mapping[str, Sequence[tuple[str, float]]]


def learn(pairs: Iterable[Pair]) -> dict[str, list[tuple[str, float]]]:
    """For each word of the first language its likeliest words in the second, with their probability, best first.

    ``pairs`` are words of a text and of its translation. Words without a likely translation are left out.
    """
    texts = [(tuple(source), tuple(target)) for source, target in pairs if source and target]
    table: dict[str, dict[str, float]] = {}
    for _round in range(ROUNDS):
        table = _estimate(texts, table)
    lexicon = {}
    for word, row in table.items():
        likely = sorted(((-share, target) for target, share in row.items() if share >= KEPT))[:MOST_KEPT]
        if likely:
            lexicon[word] = [(target, round(-share, 3)) for share, target in likely]
    return lexicon


def _estimate(
    texts: Sequence[tuple[Sequence[str], Sequence[str]]], table: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """One round: from a table (empty: everything is equally likely) to a better one."""
    counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for source, target in texts:
        rows = [(counts[word], table.get(word) if table else None) for word in source]
        for other in target:
            shares = [1.0 if row is None else row.get(other, 0.0) for _count, row in rows]
            total = sum(shares)
            if total:
                for (count, _row), share in zip(rows, shares, strict=True):
                    if share:
                        count[other] += share / total
    return {word: _normal(count) for word, count in counts.items()}


def _normal(count: Mapping[str, float]) -> dict[str, float]:
    total = sum(count.values())
    return {word: value / total for word, value in count.items() if value / total >= FORGOTTEN}
