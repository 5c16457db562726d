"""Fits the bits of organisations of which nothing but names and countries is known, on development data only.

    uv run python bench/names/linkage_alone.py /tmp/organisations/development-100000.csv

Of the made organisations only names are kept, in half of the samples countries too; samples are of several sizes, and all
weigh the same. Prints the bits of ``NAMES_ALONE`` in ``engines/names/linkage/weighing.py``, what a doubling of the records
takes, and precision and recall of the pairs that blocking brings, by size: as fitted, and as in use.
"""

from __future__ import annotations

import csv
import random
import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.names.linkage_weights import LIMITS, fitted
from convener.cli.names_link import _countries
from convener.engines.names.linkage import Record
from convener.engines.names.linkage.blocking import candidates, records_of
from convener.engines.names.linkage.columns import Gathering
from convener.engines.names.linkage.features import FEATURES
from convener.engines.names.linkage.judging import CHUNK, judged
from convener.engines.names.linkage.preparing import chunks, prepared
from convener.engines.names.linkage.reading import Reading
from convener.engines.tables import open_table

#: What a doubling is counted from.
PRIOR_RECORDS = 100_000
#: Organisations a sample; of 100,000 records there are 68,000.
SAMPLES = (500, 2_000, 8_000, 30_000, 68_000)
#: ``name_all`` and ``name_part`` are for persons.
_LEFT_OUT = ("name_all", "name_part", "country_other")
USED = [
    at for at, name in enumerate(FEATURES) if name.startswith(("name_", "form_", "country_")) and name not in _LEFT_OUT
]


class Sample(NamedTuple):
    """Pairs of one sample: how many records, features and truth of the pairs, their bits in use, how many are true of all."""

    records: int
    has_country: bool
    columns: np.ndarray
    true: np.ndarray
    in_use: np.ndarray
    of_all: int


def sample(records: list[Record], truth: dict[str, str], *, has_country: bool) -> Sample:
    """The pairs among these records, by their names alone."""
    gathering, countries = Gathering(), _countries()
    bare = (Record(one.id, one.name, country=one.country if has_country else "") for one in records)
    for chunk in chunks(bare):
        gathering.add(prepared(countries, chunk))
    corpus = gathering.corpus()
    owner = np.unique([truth[one] for one in corpus.ids], return_inverse=True)[1]
    pairs, _cut = candidates(corpus)
    parts = [
        judged(corpus, *records_of(pairs[start:end]), least=-np.inf)
        for start, end in pairwise([*range(0, len(pairs), CHUNK), len(pairs)])
    ]
    sizes = np.bincount(owner)
    return Sample(
        len(records),
        has_country,
        np.concatenate([part.columns[USED] for part in parts], axis=1),
        np.concatenate([owner[part.one] == owner[part.other] for part in parts]),
        np.concatenate([part.bits for part in parts]),
        int((sizes * (sizes - 1) // 2).sum()),
    )


def with_size(one: Sample) -> np.ndarray:
    """The features with the doublings of the records as one more."""
    doublings = np.full((1, len(one.true)), np.log2(one.records / PRIOR_RECORDS), np.float32)
    return np.vstack([one.columns, doublings])


def told(one: Sample, name: str, bits: np.ndarray) -> str:
    """Precision and recall by threshold in one line."""
    said = []
    for least in (-4, -2, 0, 2):
        found = bits >= least
        right = one.true[found].mean() if found.any() else 1.0
        said.append(f"{least}: P {right:.3f} R {one.true[found].sum() / one.of_all:.3f}")
    return f"{one.records:7,} {'country' if one.has_country else '       '} {name:7} {' | '.join(said)}"


def main() -> None:
    path = Path(sys.argv[1])
    with path.with_suffix(".truth.csv").open(newline="") as file:
        truth = {row["id"]: row["true_id"] for row in csv.DictReader(file)}
    with open_table(path, limits=LIMITS) as table:
        records = list(Reading(table))
    owners, samples = sorted(set(truth.values())), []
    for at, size in enumerate(SAMPLES):
        for has_country in (True, False):
            kept = set(random.Random(2 * at + has_country).sample(owners, min(size, len(owners))))
            some = [one for one in records if truth[one.id] in kept]
            samples.append(sample(some, truth, has_country=has_country))
    weigh = [np.full(len(one.true), PRIOR_RECORDS / len(one.true)) for one in samples]
    bits = fitted(
        np.concatenate([with_size(one) for one in samples], axis=1),
        np.concatenate([one.true for one in samples]),
        np.concatenate(weigh),
    )
    names = [name for at, name in enumerate(FEATURES) if at in USED]
    print({name: round(float(value), 2) for name, value in zip([*names, "a doubling", "prior"], bits, strict=True)})
    for one in samples:
        print(told(one, "fitted", bits[:-1] @ with_size(one) + bits[-1]))
        print(told(one, "in use", one.in_use))


if __name__ == "__main__":
    main()
