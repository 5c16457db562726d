"""Pairs of records in, bits out: in batches, in two looks, so that most pairs cost no more than what numbers cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.columns import Corpus, Floats
from convener.engines.names.linkage.evidence import Evidence, Rows
from convener.engines.names.linkage.preparing import TYPES
from convener.engines.names.linkage.weighing import UNSURE, ruled, weighed
from convener.engines.names.model import Type

_PERSON, _UNKNOWN = TYPES.index(Type.PERSON), TYPES.index(Type.UNKNOWN)
#: Pairs judged together: enough that calls do not count, few enough to stay near the processor.
CHUNK = 1 << 17


@dataclass(frozen=True)
class Judged:
    """Pairs by their records, with their bits and their features (features × pairs)."""

    one: Rows
    other: Rows
    bits: Floats
    columns: Floats


def judged(corpus: Corpus, one: Rows, other: Rows, *, least: float = UNSURE, records: int = 0) -> Judged:
    """The pairs that have at least so many bits, in their order; with ``least`` -inf, all.

    The bits are the same whether a pair is judged by itself or with others. A record with several names counts by the
    name that is best for the pair.
    """
    pair, names = _by_name(corpus, one, other)
    ours, theirs = one[pair], other[pair]
    evidence = Evidence(corpus, ours, theirs, names)
    records = records or len(corpus)
    types = corpus.types[ours], corpus.types[theirs]
    is_person = (types[0] == _PERSON) | (types[1] == _PERSON)
    is_other = (types[0] != types[1]) & (types[0] != _UNKNOWN) & (types[1] != _UNKNOWN)
    if np.isfinite(least):
        bound = ruled(weighed(evidence.most(), is_person, records), evidence.columns, is_person, is_other)
        kept = np.flatnonzero(bound >= least)
    else:
        kept = np.arange(len(ours))
    evidence.look_closer(kept)
    columns = evidence.columns[:, kept]
    bits = ruled(weighed(columns, is_person[kept], records), columns, is_person[kept], is_other[kept])
    best = _best(pair[kept], bits, least)
    return Judged(ours[kept][best], theirs[kept][best], bits[best], columns[:, best])


def _by_name(corpus: Corpus, one: Rows, other: Rows) -> tuple[Rows, tuple[Rows, Rows]]:
    """Each pair as often as its records have pairs of names: which pair it is, and the rows of the names."""
    starts = corpus.name_starts
    ours, theirs = starts[one + 1] - starts[one], starts[other + 1] - starts[other]
    times = ours * theirs
    if not (times > 1).any():
        return np.arange(len(one)), (starts[one], starts[other])
    pair = np.repeat(np.arange(len(one)), times)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    return pair, (starts[one][pair] + within // theirs[pair], starts[other][pair] + within % theirs[pair])


def _best(pair: Rows, bits: Floats, least: float) -> NDArray[np.int64]:
    """The place of each pair's best, where it is enough."""
    order = np.lexsort((-bits, pair))
    first = np.ones(len(order), np.bool_)
    first[1:] = pair[order][1:] != pair[order][:-1]
    found = order[first]
    return np.asarray(found[bits[found] >= least], np.int64)
