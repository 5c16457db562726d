"""Given pairs of records judged by themselves: what an import asks of the few records that its rows may be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convener.engines.names.linkage.columns import Gathering
from convener.engines.names.linkage.explaining import explained
from convener.engines.names.linkage.judging import judged
from convener.engines.names.linkage.model import Countries, PairScore, Record
from convener.engines.names.linkage.preparing import chunks, prepared
from convener.engines.names.linkage.weighing import UNSURE


def resembling(
    records: Sequence[Record],
    pairs: Sequence[tuple[int, int]],
    *,
    among: int = 0,
    countries: Countries | None = None,
) -> dict[tuple[int, int], PairScore]:
    """Which of ``pairs`` (places in ``records``, each with an id of its own) may be one, with their scores and reasons.

    ``among`` is how many records there are to be confused with (0: a small collection). A pair's score does not depend on
    the other records; pairs that are clearly different are left out.
    """
    if not pairs:
        return {}
    gathering = Gathering()
    for some in chunks(records):
        gathering.add(prepared(countries or {}, some))
    corpus = gathering.corpus(is_sample=True)
    place = np.empty(len(records), np.int64)
    place[corpus.order] = np.arange(len(records))
    one, other = place[np.array(pairs, np.int64)].T
    scores = judged(corpus, one, other, least=UNSURE, records=among)
    asked = {(int(a), int(b)): pair for a, b, pair in zip(one, other, pairs, strict=True)}
    ends = zip(scores.one.tolist(), scores.other.tolist(), strict=True)
    return {asked[both]: explained(corpus, scores, at, among) for at, both in enumerate(ends)}
