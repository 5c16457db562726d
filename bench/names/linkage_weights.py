"""Fits the bits of organisations, or of persons, in ``engines/names/linkage/weighing.py``, on development data only.

    uv run python bench/names/linkage_weights.py /tmp/organisations/development-100000.csv
    uv run python bench/names/linkage_weights.py /tmp/persons/development-20000.csv

Takes the pairs that blocking brings, all their features, and the truth beside the file; prints for each feature the bits of
a logistic regression (Newton's method, ridge of 1), and how often it is met in true pairs and in others; then precision and
recall of pairs by threshold. Recall is of all true pairs, with those that blocking does not bring.
"""

from __future__ import annotations

import argparse
import csv
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from convener.cli.names_link import _countries
from convener.engines.names.linkage.blocking import candidates, records_of
from convener.engines.names.linkage.columns import Corpus, Floats, Gathering
from convener.engines.names.linkage.features import FEATURES
from convener.engines.names.linkage.judging import CHUNK, judged
from convener.engines.names.linkage.preparing import chunks, prepared
from convener.engines.names.linkage.reading import Reading
from convener.engines.tables import Limits, open_table

RIDGE, STEPS = 1.0, 30
LIMITS = Limits(max_bytes=2**30, max_rows=6_000_000)


def corpus_of(path: Path) -> Corpus:
    """The records of a file."""
    gathering, countries = Gathering(), _countries()
    with open_table(path, limits=LIMITS) as table:
        for chunk in chunks(Reading(table)):
            gathering.add(prepared(countries, chunk))
    return gathering.corpus()


def fitted(columns: Floats, true: np.ndarray, weigh: np.ndarray | float = 1.0) -> np.ndarray:
    """The bits of each feature, and of the prior at the end; ``weigh``: how much each pair counts."""
    rows = np.vstack([columns, np.ones((1, columns.shape[1]), np.float32)]).astype(np.float64)
    bits = np.zeros(len(rows))
    ridge = np.append(np.full(len(rows) - 1, RIDGE), 0.0)
    for _step in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(bits @ rows, -30, 30)))
        slope = rows @ (weigh * (true - chance)) - ridge * bits
        step = np.linalg.solve((rows * (weigh * chance * (1 - chance))) @ rows.T + np.diag(ridge + 1e-9), slope)
        bits += step
        if np.abs(step).max() < 1e-6:
            break
    return bits / np.log(2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    options = parser.parse_args()
    path: Path = options.records
    corpus = corpus_of(path)
    with path.with_suffix(".truth.csv").open(newline="") as file:
        truth = {row["id"]: row["true_id"] for row in csv.DictReader(file)}
    owner = np.unique([truth[one] for one in corpus.ids], return_inverse=True)[1]
    pairs, _cut = candidates(corpus)
    parts = [
        judged(corpus, *records_of(pairs[start:end]), least=-np.inf)
        for start, end in pairwise([*range(0, len(pairs), CHUNK), len(pairs)])
    ]
    columns = np.concatenate([part.columns for part in parts], axis=1)
    true = np.concatenate([owner[part.one] == owner[part.other] for part in parts])
    bits, sizes = fitted(columns, true), np.bincount(owner)
    for name, value, row in zip(FEATURES, bits, columns, strict=False):
        print(f"{name:22} {value:7.2f}   true {(row[true] != 0).mean():.3f}   others {(row[~true] != 0).mean():.4f}")
    print(f"{'prior':22} {bits[-1]:7.2f}")
    of_all = (sizes * (sizes - 1) // 2).sum()
    print(f"blocking brings {true.sum() / of_all:.4f} of {of_all} true pairs, among {len(true)} pairs")
    for name, score in (
        ("fitted", bits[:-1] @ columns + bits[-1]),
        ("in use", np.concatenate([p.bits for p in parts])),
    ):
        for least in (-6, -4, -2, -1, -0.5, 0, 0.5, 1, 2, 4):
            found = score >= least
            right, recall = true[found].mean(), true[found].sum() / of_all
            print(f"{name} {least:5} P {right:.4f} R {recall:.4f} F1 {2 * right * recall / (right + recall):.4f}")


if __name__ == "__main__":
    main()
