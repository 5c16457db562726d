"""The knots of ``convener.engines.names.calibration``, from the development part of the questions.

    python -m bench.names.calibrate

Every question is asked; of the first hit, the raw score (bits given by bits given, taken and the scale's constant) and
whether it is right are noted. Questions about listed names weigh as much, together, as those about others. Isotonic
regression (pool adjacent violators: Barlow et al., 1972) gives the share that is right at each raw score; knots are its
values at steps of a tenth, with a rise between equal ones so that no two scores are the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.names.cases import DEVELOPMENT, Question, load

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

STEPS = np.round(np.arange(0.1, 1.0, 0.05), 2)
LEAST_RISE = 0.002


def first_hits(questions: Sequence[Question], entries: Sequence[object]) -> Iterator[tuple[str, float, bool, bool]]:
    """Type, raw score, whether the hit is right, and whether somebody listed was asked about, of each first hit."""
    from bench.names.screening import screener_of
    from convener.engines.names import Query, Type
    from convener.engines.names.scales import ORGANISATIONS, PERSONS

    screener = screener_of(entries)
    for one in questions:
        hits = screener.screen(Query(one.id, one.name, Type(one.type)), limit=1, threshold=0.05).hits
        if hits:
            gave, took = hits[0].comparison.bits
            constant = (PERSONS if one.type == "person" else ORGANISATIONS).constant
            yield one.type, gave / (gave + took + constant), hits[0].entry_id == one.target, bool(one.target)


def isotonic(raw: np.ndarray, right: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Raw scores in their order and the rising shares that fit them best."""
    order = np.argsort(raw, kind="stable")
    blocks: list[list[float]] = []
    for x, y, w in zip(raw[order], right[order], weight[order], strict=True):
        blocks.append([y * w, w, 1, x])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [blocks[-1][0] + last[0], blocks[-1][1] + last[1], blocks[-1][2] + last[2], last[3]]
    shares = np.concatenate([np.full(int(count), total / weight) for total, weight, count, _ in blocks])
    return raw[order], shares


def knots(raw: np.ndarray, shares: np.ndarray) -> list[tuple[float, float]]:
    """(raw score, score) at the steps: the mean share near each, rising."""
    found = [(0.0, 0.0)]
    for step in STEPS:
        near = shares[np.abs(raw - step) < 0.03]
        if len(near) > 20:
            found.append((float(step), round(min(0.99, max(float(near.mean()), found[-1][1] + LEAST_RISE)), 3)))
    return [*found, (1.0, 1.0)]


def main() -> None:
    """Print the knots of persons and of others."""
    cases = load()
    rows: list[tuple[str, float, bool, bool]] = []
    for index, entries in cases.indexes.items():
        asked = [one for one in cases.questions if one.index == index and one.part == DEVELOPMENT]
        rows += first_hits(asked, entries)
    for kind in ("person", "organisation"):
        raw, right, listed = (np.array([row[at] for row in rows if row[0] == kind], float) for at in (1, 2, 3))
        weight = np.where(listed > 0, 0.5 / max(listed.sum(), 1), 0.5 / max((1 - listed).sum(), 1))
        print(kind, len(raw), knots(*isotonic(raw, right, weight)))


if __name__ == "__main__":
    main()
