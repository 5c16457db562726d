"""Finding the few names worth comparing: an inverted index of what the words of names sound like.

A name's features are the three-letter runs of each word's sound, its consonants as a whole, and what it stands for. A
feature weighs the more the fewer names have it; names are ranked by the cosine of their features.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.analysis import Name, Token
from convener.engines.names.vocabulary import Kind

_IGNORED = (Kind.SMALL, Kind.TITLE)
#: Features of more than this share of names find nothing that others do not, and cost the most.
_TOO_COMMON = 0.04
_AT_LEAST_NAMES = 400
#: How much of the best cosine a name must have: little, since an exact name must not hide its variants.
_NOT_FAR = 0.2


def features(token: Token) -> Iterator[str]:
    """What is remembered of a word."""
    if token.kind in _IGNORED:
        return
    if token.kind is Kind.FORM:  # written out, its letters would drown the name
        yield token.key
        return
    said = f"^{token.sound}$"
    for at in range(len(said) - 2):
        yield said[at : at + 3]
    if len(token.bones) > 1:
        yield f"b:{token.bones}"
    if token.key != token.latin:
        yield token.key


def features_of(name: Name) -> set[str]:
    """The features of all words of a name."""
    return {feature for token in name.tokens for feature in features(token)}


@dataclass(frozen=True)
class Grams:
    """The index: the names of feature ``i`` are ``postings[starts[i]:starts[i + 1]]``, with what it adds to their cosine
    in ``shares`` beside them.
    """

    ids: dict[str, int]
    starts: NDArray[np.int64]
    postings: NDArray[np.int32]
    shares: NDArray[np.float32]
    names: int

    @functools.cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where the names of each feature begin and end."""
        return list(itertools.pairwise(self.starts.tolist()))

    def best(self, name: Name, count: int) -> NDArray[np.int64]:
        """Positions of the names that are most like ``name``, at most ``count``, the best first."""
        known = self.ids
        found = [known[feature] for feature in features_of(name) if feature in known]
        if not found:
            return np.empty(0, np.int64)
        found = self._not_too_common(found)
        known_spans = self.spans
        spans = [slice(*known_spans[one]) for one in found]
        where = np.concatenate([self.postings[span] for span in spans])
        shares = np.concatenate([self.shares[span] for span in spans])
        return _highest(np.bincount(where, shares, self.names).astype(np.float64, copy=False), count)

    def _not_too_common(self, found: list[int]) -> list[int]:
        limit = max(_AT_LEAST_NAMES, int(self.names * _TOO_COMMON))
        spans = self.spans
        rare = [one for one in found if spans[one][1] - spans[one][0] <= limit]
        return rare or found


def _highest(totals: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    candidates = np.flatnonzero(totals > _NOT_FAR * totals.max())
    if len(candidates) > count:
        candidates = candidates[np.argpartition(totals[candidates], -count)[-count:]]
    return candidates[np.lexsort((candidates, -totals[candidates]))]


def build(names: Sequence[Name]) -> Grams:
    """Index ``names`` by their position."""
    ids: dict[str, int] = {}
    feature_of: list[int] = []
    name_of: list[int] = []
    for position, name in enumerate(names):
        for feature in features_of(name):
            feature_of.append(ids.setdefault(feature, len(ids)))
            name_of.append(position)
    features_, names_ = np.array(feature_of, np.int32), np.array(name_of, np.int32)
    counts = np.bincount(features_, minlength=len(ids)) if len(ids) else np.zeros(0, np.int64)
    rarity = np.log1p(len(names) / np.maximum(counts, 1)).astype(np.float32)
    length = np.sqrt(np.bincount(names_, rarity[features_] ** 2, len(names)))
    order = np.lexsort((names_, features_))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    shares = (rarity[features_] ** 2 / np.maximum(length[names_], 1e-9))[order].astype(np.float32)
    return Grams(ids, starts, names_[order], shares, len(names))
