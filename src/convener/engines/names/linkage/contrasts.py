"""Names that differ by what everybody knows as two: women and men, north and south, Amin and Amina."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convener.engines.names.analysis import Token
from convener.engines.names.likeness import likeness
from convener.engines.names.linkage.columns import Words
from convener.engines.names.linkage.matching import Flags, Matching
from convener.engines.names.vocabulary import Kind

#: How two given names are alike that are writings of one, or short for it.
_ONE_NAME = ("variant", "kin")


def two_concepts(names: Matching, words: Words) -> Flags:
    """Which names each have a known word, no trade, without a partner in the other."""
    known = words.kinds == Kind.CONCEPT
    ours, theirs = names.left_ours & known[names.ours], names.left_theirs & known[names.theirs]
    return np.asarray(ours.any(axis=0) & theirs.any(axis=0), np.bool_)


def other_given_names(names: Matching, words: Words, is_person: Flags) -> Flags:
    """Which persons have given names without an equal that are known as two (Maria and Marta), or are a man's and a woman's
    (Daniel and Daniela, of which one may be unknown).
    """
    given, tokens = words.kinds == Kind.GIVEN, words.tokens
    ours, theirs = names.left_ours & given[names.ours], names.left_theirs & given[names.theirs]
    found = is_person & (ours | theirs).any(axis=0)
    for pair in np.flatnonzero(found).tolist():
        one = [tokens[word] for word in names.ours[:, pair][names.left_ours[:, pair]].tolist()]
        other = [tokens[word] for word in names.theirs[:, pair][names.left_theirs[:, pair]].tolist()]
        found[pair] = _are_two(one, other)
    return np.asarray(found, np.bool_)


def _are_two(one: Sequence[Token], other: Sequence[Token]) -> bool:
    pairs = [(a, b) for a in one for b in other if Kind.GIVEN in (a.kind, b.kind)]
    if any(likeness(a, b).how in _ONE_NAME for a, b in pairs):
        return False
    return any(a.kind is b.kind or f"{a.latin}a" == b.latin or f"{b.latin}a" == a.latin for a, b in pairs)
