"""Words of very many pairs of texts matched at once: what :mod:`convener.engines.names.alignment` does for one pair.

Words are ids in slots (slots × pairs, -1: none), each with bits. First those with equal keys are matched, then what is
left by likeness, the likest first. Both sides are treated alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.columns import Floats

Slots = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Look:
    """``first`` says which words (by id) may be alike, at little cost; ``closer`` how alike they are, from 0 (others) to 1."""

    first: Callable[[Slots, Slots], Flags]
    closer: Callable[[Slots, Slots], Floats]


@dataclass
class Matching:
    """``left_*`` tell which words (slots × pairs) have no partner. ``same`` are bits of equal words, ``in_order`` whether
    these stand in the same order on both sides, ``by_meaning`` whether some are not equal in writing; ``alike`` and ``unlike``
    are the bits that like words give and take.
    """

    ours: Slots
    theirs: Slots
    left_ours: Flags
    left_theirs: Flags
    same: Floats
    in_order: Flags
    by_meaning: Flags
    alike: Floats
    unlike: Floats


def equal_words(
    ours: Slots, theirs: Slots, keys: NDArray[np.int32], worth: Floats, writings: NDArray[np.int32]
) -> Matching:
    """Match the words with equal keys. ``worth`` are the bits that a word gives when it is matched, and of two the lesser
    counts; words with equal ``writings`` are no others by these.
    """
    none = np.int32(-1)
    our_keys = [np.where(slot >= 0, keys[slot], none) for slot in ours]
    their_keys = [np.where(slot >= 0, keys[slot], none - np.int32(1)) for slot in theirs]
    count = ours.shape[1]
    left_ours, left_theirs = ours >= 0, theirs >= 0
    same, in_order, by_meaning = np.zeros(count, np.float32), np.ones(count, np.bool_), np.zeros(count, np.bool_)
    last = np.full(count, -1, np.int8)
    for at, key in enumerate(our_keys):
        partner, theirs_worth = np.full(count, -1, np.int8), np.zeros(count, np.float32)
        for there, other in enumerate(their_keys):
            found = (key == other) & left_ours[at] & left_theirs[there]
            left_ours[at] &= ~found
            left_theirs[there] &= ~found
            partner[found] = there
            theirs_worth[found] = worth[theirs[there][found]]
            by_meaning |= found & (writings[ours[at]] != writings[theirs[there]])
        matched = partner >= 0
        same += np.minimum(np.where(matched, worth[ours[at]], np.float32(0)), theirs_worth)
        in_order &= ~matched | (partner > last)
        last = np.where(matched, partner, last)
    nothing = np.zeros(count, np.float32)
    return Matching(ours, theirs, left_ours, left_theirs, same, in_order, by_meaning, nothing, nothing.copy())


def like_words(matching: Matching, at: NDArray[np.int64], worth: Floats, look: Look, rounds: int = 3) -> None:
    """Match what is left in the pairs ``at`` by likeness; a pair of words gives the bits of the lesser of the two."""
    at = at[matching.left_ours[:, at].any(axis=0) & matching.left_theirs[:, at].any(axis=0)]
    if not len(at):
        return
    ours, theirs = matching.ours[:, at], matching.theirs[:, at]
    left_ours, left_theirs = matching.left_ours[:, at], matching.left_theirs[:, at]
    values = _values(ours, theirs, left_ours, left_theirs, look)
    some = values.any(axis=(0, 1))
    at, values, ours, theirs = at[some], values[:, :, some], ours[:, some], theirs[:, some]
    left_ours, left_theirs = left_ours[:, some], left_theirs[:, some]
    gave, took = np.zeros(len(at), np.float32), np.zeros(len(at), np.float32)
    ranks = values * (worth[ours][:, None, :] + worth[theirs][None, :, :])
    there = np.arange(len(at))
    slots = ours.shape[0]
    for _round in range(rounds):
        best = ranks.reshape(slots * slots, -1).argmax(axis=0)
        one, other = best // slots, best % slots
        value = np.where(ranks[one, other, there] > 0, values[one, other, there], np.float32(0))
        if not value.any():
            break
        least = np.minimum(worth[ours[one, there]], worth[theirs[other, there]])
        gave += least * value
        took += np.where(value > 0, least * (1 - value), np.float32(0))
        found = np.flatnonzero(value > 0)
        left_ours[one[found], found] = False
        left_theirs[other[found], found] = False
        ranks[one[found], :, found] = 0
        ranks[:, other[found], found] = 0
    matching.left_ours[:, at], matching.left_theirs[:, at] = left_ours, left_theirs
    matching.alike[at], matching.unlike[at] = gave, took


def _values(ours: Slots, theirs: Slots, left_ours: Flags, left_theirs: Flags, look: Look) -> Floats:
    """Likeness of all words that are left (slots × slots × pairs)."""
    slots, count = ours.shape
    values = np.zeros((slots, slots, count), np.float32)
    places = np.nonzero(left_ours[:, None, :] & left_theirs[None, :, :])
    one, other = ours[places[0], places[2]], theirs[places[1], places[2]]
    close = look.first(one, other)
    one, other, places = one[close], other[close], tuple(place[close] for place in places)
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other).astype(np.int64)
    pairs, inverse = np.unique(low << 32 | high, return_inverse=True)
    if len(pairs):
        found = look.closer((pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32))
        values[places] = found[inverse]
    return values
