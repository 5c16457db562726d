"""Questions for people, one for each two clusters that may be one, in the order in which answers help most.

An answer joins two clusters whole, so that all unsure pairs between them are one question; the likeliest of these pairs is
shown. Questions come by what an answer "same" is expected to set right: the score of that pair by the number of pairs of
records that it joins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.columns import Corpus
from convener.engines.names.linkage.evidence import Rows
from convener.engines.names.linkage.explaining import explained, turned
from convener.engines.names.linkage.judging import judged
from convener.engines.names.linkage.model import Review
from convener.engines.names.linkage.weighing import SURE, probability

#: Pairs that are explained together.
_EXPLAINED = 2_000
KEPT_APART = "The records look the same, but joining them would join what contradicts itself."


def pair_keys(one: Rows, other: Rows) -> NDArray[np.uint64]:
    """A number for each two records or clusters, the same both ways round."""
    low, high = np.minimum(one, other).astype(np.uint64), np.maximum(one, other).astype(np.uint64)
    return low << np.uint64(32) | high


class Reviews(Sequence[Review]):
    """The questions, the most useful first; each is explained when it is asked for.

    ``cluster`` says for each record its cluster; ``pairs`` counts the pairs behind all questions. With ``are_joined`` they
    are no questions, but the pairs that were joined.
    """

    def __init__(
        self,
        corpus: Corpus,
        cluster: Rows,
        one: Rows,
        other: Rows,
        bits: NDArray[np.float32],
        *,
        are_joined: bool = False,
    ) -> None:
        between = pair_keys(cluster[one], cluster[other])
        order = np.lexsort((other, one, -bits, between))
        ranked = between[order]
        first = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), ranked[1:] != ranked[:-1]])[: len(ranked)])
        best, behind = order[first], np.diff(np.append(first, len(order)))
        sizes = np.bincount(cluster, minlength=len(cluster))
        ours, theirs = sizes[cluster[one[best]]], sizes[cluster[other[best]]]
        helps = probability(bits[best]) * ours * theirs
        rank = np.lexsort((other[best], one[best], -bits[best], -helps))
        best = best[rank]
        self.pairs, self._are_joined = len(one), are_joined
        self._corpus, self._one, self._other = corpus, one[best], other[best]
        self._behind, self._records = behind[rank].tolist(), (ours + theirs)[rank].tolist()

    def __len__(self) -> int:
        return len(self._one)

    @overload
    def __getitem__(self, at: int) -> Review: ...

    @overload
    def __getitem__(self, at: slice) -> list[Review]: ...

    def __getitem__(self, at: int | slice) -> Review | list[Review]:
        if isinstance(at, slice):
            return list(self._explained(np.arange(len(self))[at]))
        return next(self._explained(np.arange(len(self))[[at]]))

    def __iter__(self) -> Iterator[Review]:
        for start in range(0, len(self), _EXPLAINED):
            yield from self._explained(np.arange(start, min(start + _EXPLAINED, len(self))))

    def _explained(self, which: NDArray[np.int64]) -> Iterator[Review]:
        corpus = self._corpus
        pairs = judged(corpus, self._one[which], self._other[which], least=-np.inf)
        for at, question in enumerate(which.tolist()):
            found = explained(corpus, pairs, at)
            one, other = sorted((int(pairs.one[at]), int(pairs.other[at])), key=lambda record: corpus.ids[record])
            parts = found.parts if one == int(pairs.one[at]) else tuple(map(turned, found.parts))
            conflict = KEPT_APART if pairs.bits[at] >= SURE and not self._are_joined else ""
            yield Review(
                corpus.ids[one], corpus.ids[other], found.score, corpus.names[one], corpus.names[other],
                parts, found.gives, conflict, self._behind[question], self._records[question],
            )  # fmt: skip
