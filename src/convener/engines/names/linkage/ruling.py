"""Pairs that are ruled out before anything is compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.columns import Corpus
from convener.engines.names.linkage.preparing import TYPES
from convener.engines.names.model import Type

Rows = NDArray[np.int64]
PERSON = TYPES.index(Type.PERSON)
#: About 40 km: further than a town reaches.
_FAR_DEGREES = 0.36
#: Signs that only one of two numbers has, if they differ in one place.
_NUMBER_SIGNS = 2


def plausible(corpus: Corpus, one: Rows, other: Rows) -> NDArray[np.bool_]:
    """Which pairs are not ruled out by what costs nothing to compare.

    With neither a number nor a website in common, those in different countries are, or far apart and with names of other
    letters; so are organisations with numbers that are made of too many other signs. Not compared is not lost: such a pair
    has at least 8 bits against it (``country_other``, ``far``, ``town_far``, ``number_other`` in :mod:`weighing`), which
    nothing left could outweigh, so that these pairs are not counted with those that
    :class:`~convener.engines.names.linkage.model.Cut` tells of. Of persons, who move and mistype, all pairs are compared.
    """
    countries, numbers, domains = corpus.countries, corpus.numbers, corpus.domains
    ours, theirs = numbers[one], numbers[other]
    shared = ((ours > 0) & (ours == theirs)) | ((domains[one] > 0) & (domains[one] == domains[other]))
    abroad = (countries[one] > 0) & (countries[other] > 0) & (countries[one] != countries[other])
    apart = np.abs(corpus.places[one] - corpus.places[other])
    far = (apart[:, 0] > _FAR_DEGREES) | (
        np.minimum(apart[:, 1], 360 - apart[:, 1]) * np.cos(np.radians(corpus.places[one, 0])) > _FAR_DEGREES
    )
    names = corpus.core_letters[corpus.name_starts[:-1]]
    far &= names[one] != names[other]  # who has one name and one address may be mapped wrongly
    digits = corpus.number_letters
    others = (ours > 0) & (theirs > 0) & (np.bitwise_count(digits[ours] ^ digits[theirs]) > _NUMBER_SIGNS)
    persons = corpus.types[one] == PERSON
    return np.asarray((shared | ~(abroad | far)) & ~(others & ~persons) | persons, np.bool_)
