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


class Resembling:
    """Pairs that may be one: ``bits`` says how much speaks for each. Each is explained when it is asked for."""

    def __init__(
        self,
        records: Sequence[Record],
        pairs: Sequence[tuple[int, int]],
        *,
        among: int = 0,
        countries: Countries | None = None,
    ) -> None:
        """Judge ``pairs`` (places in ``records``, each with an id of its own), each by itself.

        ``among`` is how many records there are to be confused with (0: a small collection). A pair's bits do not depend on
        the other records; pairs that are clearly different are left out.
        """
        self._among, self._at = among, dict[tuple[int, int], int]()
        if not pairs:
            return
        gathering = Gathering()
        for some in chunks(records):
            gathering.add(prepared(countries or {}, some))
        self._corpus = gathering.corpus(is_sample=True)
        place = np.empty(len(records), np.int64)
        place[self._corpus.order] = np.arange(len(records))
        one, other = place[np.array(pairs, np.int64)].T
        self._judged = judged(self._corpus, one, other, least=UNSURE, records=among)
        asked = {(int(a), int(b)): pair for a, b, pair in zip(one, other, pairs, strict=True)}
        ends = zip(self._judged.one.tolist(), self._judged.other.tolist(), strict=True)
        self._at = {asked[both]: at for at, both in enumerate(ends)}

    @property
    def bits(self) -> dict[tuple[int, int], float]:
        """The pairs that may be one, with their bits."""
        return {pair: float(self._judged.bits[at]) for pair, at in self._at.items()}

    def explained(self, pair: tuple[int, int]) -> PairScore:
        """The score of one of :attr:`bits`, with its reasons."""
        return explained(self._corpus, self._judged, self._at[pair], self._among)
