"""What is measured of an engine's answers, the same for each engine.

Threshold: scores of different engines cannot be compared, false positives can. Each cell's threshold is the least score at
which at most the stated share of its negatives (same index, same type) has a hit that reaches it. Ties are not split: if
the negatives at one score are too many together, the threshold lies just above that score, and the share that was reached
is given beside the stated one.

Recall: the share of a cell's questions whose right entry is among the first five hits with a score that reaches the
threshold, with Wilson's 95 % interval. Recall@1: the right entry is the first hit, whatever its score.

Precision in a band: of the first hits that score at least so much, the share that is right, over the positives of
``perturbed`` and ``aliases`` together with all negatives. It depends on that mix, which is given with it, and says nothing
of another one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.names.cases import ALIASES, INDEX_OF, NEGATIVE, NON_LATIN, OFAC, PERTURBED, TYPES, Question

RATES = (0.002, 0.02)
BANDS = (0.6, 0.7, 0.8, 0.9)
DEPTH = 5
DIGITS = 9  # scores are sums of floats: what differs later is noise of the order of adding
Hits = Mapping[str, Sequence[tuple[str, float]]]


def wilson(right: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share = right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def hits_of(results: Hits, question: Question) -> list[tuple[str, float]]:
    """The first five hits of a question."""
    return [(key, round(score, DIGITS)) for key, score in results.get(question.id, ())[:DEPTH]]


def best(results: Hits, question: Question) -> float:
    """The best score of a question, 0 without a hit."""
    return max((score for _, score in hits_of(results, question)), default=0.0)


def threshold(scores: Iterable[float], rate: float) -> float:
    """The least threshold which at most that share of the negatives' best scores reaches."""
    ranked = sorted(scores, reverse=True)
    allowed = math.floor(rate * len(ranked) + 1e-9)
    return math.nextafter(ranked[allowed], math.inf) if allowed < len(ranked) else 0.0


def found(results: Hits, question: Question, least: float) -> bool:
    """Whether the right entry is among the hits that reach the threshold."""
    return any(key == question.target and score >= least for key, score in hits_of(results, question))


def first(results: Hits, question: Question) -> bool:
    """Whether the right entry is the first hit."""
    return hits_of(results, question)[:1] != [] and hits_of(results, question)[0][0] == question.target


def share(right: Iterable[bool]) -> dict[str, Any]:
    """A share with its count and its interval."""
    values = list(right)
    low, high = wilson(sum(values), len(values))
    return {"share": sum(values) / len(values) if values else 0.0, "n": len(values), "low": low, "high": high}


def thresholds(questions: Sequence[Question], results: Hits) -> dict[tuple[str, str, float], dict[str, float]]:
    """By index, type and rate: the threshold, the share of negatives that reaches it, and how many negatives there are."""
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in questions:
        if one.cell == NEGATIVE:
            scores[one.index, one.type].append(best(results, one))
    out = {}
    for (index, kind), values in scores.items():
        for rate in RATES:
            least = threshold(values, rate)
            reached = sum(value >= least for value in values) / len(values)
            out[index, kind, rate] = {"threshold": least, "reached": reached, "negatives": len(values)}
    return out


def cells(questions: Sequence[Question], results: Hits, part: str) -> list[dict[str, Any]]:
    """Recall of each cell at each rate. Positives of the other part (``non_latin`` as a whole) get rows of their own."""
    limits = thresholds(questions, results)
    sets = [(cell, cell, part) for cell in (PERTURBED, ALIASES, NON_LATIN)]
    if any(one.cell != NEGATIVE and one.part != part for one in questions):
        sets.append((f"{NON_LATIN}, whole", NON_LATIN, ""))
    rows = []
    for label, cell, only in sets:
        for kind in TYPES:
            asked = [one for one in questions if one.cell == cell and one.type == kind and only in ("", one.part)]
            at_one = share(first(results, one) for one in asked)
            for rate in RATES:
                limit = limits.get((INDEX_OF[cell], kind, rate))
                if asked and limit:
                    recall = share(found(results, one, limit["threshold"]) for one in asked)
                    row = {"cell": label, "type": kind, "rate": rate, **limit, "recall": recall, "recall@1": at_one}
                    rows.append(row)
    return rows


def perturbations(questions: Sequence[Question], results: Hits) -> list[dict[str, Any]]:
    """Recall of each perturbation, by type, at each rate."""
    limits = thresholds(questions, results)
    groups: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for one in questions:
        if one.cell == PERTURBED:
            groups[one.kind, one.type].append(one)
    rows = []
    for (kind, of), asked in sorted(groups.items()):
        row: dict[str, Any] = {"perturbation": kind, "type": of, "n": len(asked)}
        for rate in RATES:
            limit = limits.get((OFAC, of, rate))
            if limit:
                row[str(rate)] = share(found(results, one, limit["threshold"]) for one in asked)
        rows.append(row)
    return rows


def precision(questions: Sequence[Question], results: Hits) -> list[dict[str, Any]]:
    """The share of right ones among first hits that score at least so much, with the mix it was measured on."""
    rows = []
    for kind in TYPES:
        asked = [one for one in questions if one.index == OFAC and one.type == kind]
        tops = [(one, hits_of(results, one)[0]) for one in asked if hits_of(results, one)]
        negatives = sum(one.cell == NEGATIVE for one in asked)
        row: dict[str, Any] = {"type": kind, "positives": len(asked) - negatives, "negatives": negatives}
        for band in BANDS:
            row[str(band)] = share(
                bool(one.target) and key == one.target for one, (key, score) in tops if score >= band
            )
        rows.append(row)
    return rows


def measure(questions: Sequence[Question], results: Hits, cost: Mapping[str, Any], part: str) -> dict[str, Any]:
    """All measurements of one engine."""
    speed = {index: {**used, "per_second": used["questions"] / used["seconds"]} for index, used in cost.items()}
    return {
        "cells": cells(questions, results, part),
        "perturbations": perturbations(questions, results),
        "precision": precision(questions, results),
        "speed": speed,
    }
