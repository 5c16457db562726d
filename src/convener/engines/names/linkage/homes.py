"""What one address says of persons, learnt from the collection itself.

In a register of households one address is that of spouses, children and twins; in a list of customers or of patients hardly
anybody shares it. So pairs of one address are counted: those of one number, who are surely one, and those who surely are
relatives (a word of the name in common, other given names, and both other numbers and other dates of birth). The fewer
relatives, the more does one address say: log2 of the odds, less what it is in the made households that the bits of
:mod:`weighing` were fitted on. Where nothing can be counted, nothing is learnt.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.blocking import records_of
from convener.engines.names.linkage.columns import Corpus, Floats
from convener.engines.names.linkage.evidence import is_one_address
from convener.engines.names.linkage.features import AT
from convener.engines.names.linkage.judging import CHUNK, judged
from convener.engines.names.linkage.ruling import PERSON

#: The odds, as log2, that the bits of persons were fitted on; and the most that one address can say more.
_USUAL, _MOST = 1.0, 10.0


def learnt(corpus: Corpus, pairs: NDArray[np.uint64]) -> float:
    """The bits that one address of two persons gives besides, from the pairs worth comparing (at most a chunk of them)."""
    if not (corpus.types == PERSON).any():
        return 0.0
    one, other = records_of(pairs)
    of_persons = np.flatnonzero((corpus.types[one] == PERSON) & (corpus.types[other] == PERSON))
    some = of_persons[:: max(1, -(-len(of_persons) // CHUNK))]
    columns = judged(corpus, one[some], other[some], least=-np.inf).columns
    same, relatives = _counted(columns)
    return float(np.clip(np.log2((same + 1) / (relatives + 1)) - _USUAL, 0.0, _MOST))


def _counted(columns: Floats) -> tuple[int, int]:
    """Pairs at one address that are one person, and those that are relatives."""
    has = {name: columns[at] > 0 for name, at in AT.items()}
    home = is_one_address(columns)
    others = has["number_other"] & ~has["number_alike"] & has["birth_other"] & ~has["birth_alike"] & ~has["birth_wrong"]
    return int((home & has["number_same"]).sum()), int((home & has["name_part"] & others).sum())
