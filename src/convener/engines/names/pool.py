"""The names of one kind in one list, ready to be asked: words once each, an index of grams, and how rare words are."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from convener.engines.names.analysis import Name, Token, token_of
from convener.engines.names.grams import Grams, build
from convener.engines.names.likeness import LEAST
from convener.engines.names.sides import Side, side
from convener.engines.names.vocabulary import Kind, Sense

#: Names that the index of grams brings, those whose words are aligned at most, and how low a rough look may
#: put them. The first of the index is aligned in any case: a rough look sees no words run together.
FOUND, ALIGNED = 24, 8
_BY_GRAMS = 1
_NOT_LOW = 0.3
#: By how much a score may be above the rough look: of 1,000 names that are further below, six were not.
_ROUGHLY = 0.1
#: Names of the list that are kept ready, at half a kilobyte each.
MOST_SIDES = 50_000
#: Bits of a word that the pool does not have, and how the bits that a word tells by itself and by its rarity are mixed.
UNKNOWN_BITS = 15.0
OWN_SHARE, RARITY_SHARE = 0.7, 0.3
_RARE = (Kind.WORD, Kind.GIVEN, Kind.CONCEPT, Kind.GENERIC)
_TELLS = (Kind.WORD, Kind.GIVEN, Kind.CONCEPT, Kind.NUMBER)
_ROUGH_SAME, _ROUGH_BONES, _ROUGH_INITIAL = 0.97, 0.8, 0.7


@dataclass(frozen=True)
class Words:
    """Every word of the names once. ``keys`` and ``bones`` are numbers that are equal where those of words are, ``first``
    the first letter, ``single`` whether it is an initial, ``bits`` what the word tells (of silent words 0).
    """

    tokens: list[Token]
    sounds: list[str]
    keys: NDArray[np.int32]
    bones: NDArray[np.int32]
    first: NDArray[np.int32]
    single: NDArray[np.bool_]
    bits: NDArray[np.float32]


@dataclass(frozen=True)
class Pool:
    """Names ``i`` have the words ``words_of[starts[i]:starts[i + 1]]`` and belong to the entry ``entries[i]``."""

    words: Words
    starts: NDArray[np.int64]
    words_of: NDArray[np.int32]
    entries: NDArray[np.int32]
    texts: Sequence[str]
    plain: Sequence[str]
    grams: Grams
    rarity: dict[str, float]
    key_ids: dict[str, int]
    bone_ids: dict[str, int]
    weights: dict[Token, float]

    def weigh(self, token: Token) -> float:
        """The bits of a word among the names of this pool."""
        known = self.weights.get(token)
        if known is not None:
            return known
        if token.kind not in _RARE:
            return token.weight
        return OWN_SHARE * token.weight + RARITY_SHARE * self.rarity.get(token.sound, UNKNOWN_BITS)

    def side(self, at: int) -> Side:
        """One name, ready to be compared."""
        known = self.sides.get(at)
        if known is None:
            tokens = self.words.tokens
            words = self.words_of[self.starts[at] : self.starts[at + 1]].tolist()
            known = side(Name(self.texts[at], tuple([tokens[word] for word in words]), self.plain[at]), self.weigh)
            if len(self.sides) >= MOST_SIDES:
                self.sides.clear()
            self.sides[at] = known
        return known

    def candidates(self, name: Name, threshold: float, limit: int) -> list[int]:
        """The names worth aligning with ``name``, by a rough look, where ``limit`` entries are asked for that score at
        least ``threshold``. Names that are written the same come all together: dates may tell them apart. So do names of the
        same words in other spellings: of very frequent ones (Ali, Ahmed) the index brings but a few.
        """
        found = self.grams.best(name, max(FOUND, 4 * limit))
        chosen = [name.plain] if name.plain in self.by_plain else []
        chosen += [self.plain[at] for at in self.by_words.get(self._words(name), ())]
        if len(found):
            rough = self._rough(name, found)
            order = np.argsort(-rough, kind="stable")[: max(ALIGNED, limit + 3)]
            least = max(_NOT_LOW, threshold - _ROUGHLY)
            chosen += [self.plain[found[at]] for at in order if rough[at] >= least]
            chosen += [self.plain[at] for at in found[:_BY_GRAMS]]
        return [at for plain in dict.fromkeys(chosen) for at in self.by_plain[plain]]

    def named(self, name: Name) -> list[int]:
        """The names that are ``name`` but for legal forms: all by which a name of trades alone is found (General Petroleum)."""
        if len(name.tokens) < 2:
            return []
        found = [*self.by_plain.get(name.plain, ()), *self.by_core.get(_core(name.tokens), ())]
        return list(dict.fromkeys(found))

    @functools.cached_property
    def sides(self) -> dict[int, Side]:
        """Names of the list that were compared before: the same ones come again and again."""
        return {}

    @functools.cached_property
    def lengths(self) -> NDArray[np.int64]:
        """How many words each name has."""
        return np.diff(self.starts)

    @functools.cached_property
    def totals(self) -> NDArray[np.float64]:
        """What all words of each name tell."""
        names = np.repeat(np.arange(len(self.lengths)), self.lengths)
        return np.bincount(names, self.words.bits[self.words_of], len(self.lengths)).astype(np.float64, copy=False)

    @functools.cached_property
    def by_plain(self) -> dict[str, list[int]]:
        """The names that have a normal form."""
        found: dict[str, list[int]] = {}
        for at, plain in enumerate(self.plain):
            found.setdefault(plain, []).append(at)
        return found

    @functools.cached_property
    def by_words(self) -> dict[tuple[int, ...], list[int]]:
        """The names by the keys of their words that count, in order of these."""
        found: dict[tuple[int, ...], list[int]] = {}
        keys = np.where(self.words.bits > 0, self.words.keys, -1)[self.words_of].tolist()
        ends = self.starts.tolist()
        for at in range(len(self.plain)):
            own = tuple(sorted([key for key in keys[ends[at] : ends[at + 1]] if key >= 0]))
            if own:
                found.setdefault(own, []).append(at)
        return found

    @functools.cached_property
    def by_core(self) -> dict[tuple[str, ...], list[int]]:
        """The names of which no word says who it is, by the keys of all but their legal forms."""
        found: dict[tuple[str, ...], list[int]] = {}
        tokens, ends = self.words.tokens, self.starts.tolist()
        for at in range(len(self.plain)):
            own = [tokens[word] for word in self.words_of[ends[at] : ends[at + 1]].tolist()]
            if not any(token.kind in _TELLS for token in own):
                found.setdefault(_core(own), []).append(at)
        found.pop((), None)
        return found

    def _words(self, name: Name) -> tuple[int, ...]:
        return tuple(sorted([self.key_ids.get(token.key, -1) for token in name.tokens if token.kind < Kind.SMALL]))

    def _rough(self, name: Name, found: NDArray[np.int64]) -> NDArray[np.float64]:
        """Twice the bits that have a likely partner, by all bits: of the best partner each, whoever else takes it."""
        ours = [token for token in name.tokens if token.kind < Kind.SMALL] or list(name.tokens)
        begins, lengths = self.starts[found], self.lengths[found]
        ends = lengths.cumsum()
        firsts = ends - lengths
        words = self.words_of[np.repeat(begins - firsts, lengths) + np.arange(ends[-1])]
        alike = self._alike(ours, words)
        bits = np.array([self.weigh(token) for token in ours], np.float32)
        covered = bits @ np.maximum.reduceat(alike, firsts, axis=1)
        covered += np.add.reduceat(self.words.bits[words] * alike.max(axis=0), firsts)
        return np.asarray(covered / (bits.sum() + self.totals[found]), np.float64)

    def _alike(self, ours: list[Token], words: NDArray[np.int32]) -> NDArray[np.float32]:
        sounds = self.words.sounds
        alike = cdist(
            [token.sound for token in ours],
            [sounds[word] for word in words.tolist()],
            scorer=OSA.normalized_similarity,
            score_cutoff=LEAST,
            dtype=np.float32,
        )
        keys = np.array([self.key_ids.get(token.key, -1) for token in ours])[:, None] == self.words.keys[words]
        bones = np.array([self.bone_ids.get(token.bones, -1) for token in ours])[:, None] == self.words.bones[words]
        np.maximum(alike, keys * np.float32(_ROUGH_SAME), out=alike)
        np.maximum(alike, bones * np.float32(_ROUGH_BONES), out=alike)
        theirs, one = self.words.single[words], [token.kind is Kind.INITIAL for token in ours]
        if True in one or theirs.any():
            first = np.array([ord(token.latin[:1] or "\0") for token in ours], np.int32)[:, None]
            single = (np.array(one)[:, None] | theirs) & (first == self.words.first[words])
            np.maximum(alike, single * np.float32(_ROUGH_INITIAL), out=alike)
        return np.asarray(alike, np.float32)


def _core(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple([token.key for token in tokens if token.kind is Kind.GENERIC])


def pool(names: Sequence[Name], entries: Sequence[int]) -> Pool:
    """Prepare ``names``; ``entries[i]`` is the position of the entry that has name ``i``."""
    ids: dict[Token, int] = {}
    words_of = [ids.setdefault(token, len(ids)) for name in names for token in name.tokens]
    lengths = np.array([len(name.tokens) for name in names], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return assembled(
        list(ids), starts, np.array(words_of, np.int32), np.array(entries, np.int32),
        [name.text for name in names], [name.plain for name in names], build(names),
    )  # fmt: skip


def assembled(
    tokens: list[Token],
    starts: NDArray[np.int64],
    words_of: NDArray[np.int32],
    entries: NDArray[np.int32],
    texts: Sequence[str],
    plain: Sequence[str],
    grams: Grams,
) -> Pool:
    """A pool of its parts; what follows from them is worked out here."""
    count = max(1, len(texts))
    names = np.repeat(np.arange(len(texts)), np.diff(starts))
    sounds: dict[str, int] = {}
    sound_of = np.array([sounds.setdefault(token.sound, len(sounds)) for token in tokens], np.int32)
    once = np.unique(np.stack([names, sound_of[words_of]]), axis=1)[1] if len(words_of) else np.zeros(0, np.int32)
    bits = np.log2(count / np.maximum(np.bincount(once, minlength=len(sounds)), 1))
    rarity = {sound: float(bits[at]) for sound, at in sounds.items()}
    key_ids: dict[str, int] = {}
    bone_ids: dict[str, int] = {}
    keys = np.array([key_ids.setdefault(token.key, len(key_ids)) for token in tokens], np.int32)
    bones = np.array([bone_ids.setdefault(token.bones, len(bone_ids)) for token in tokens], np.int32)
    own = np.array([token.weight for token in tokens], np.float32)
    mixed = OWN_SHARE * own + RARITY_SHARE * bits[sound_of].astype(np.float32) if len(tokens) else own
    rare = np.array([token.kind in _RARE for token in tokens], bool)
    silent = np.array([token.kind >= Kind.SMALL for token in tokens], bool)
    weights = np.where(silent, np.float32(0), np.where(rare, mixed, own)).astype(np.float32)
    first = np.array([ord(token.latin[:1] or "\0") for token in tokens], np.int32)
    single = np.array([token.kind is Kind.INITIAL for token in tokens], bool)
    words = Words(tokens, [token.sound for token in tokens], keys, bones, first, single, weights)
    known = dict(zip(tokens, np.where(rare, mixed, own).tolist(), strict=True))
    return Pool(words, starts, words_of, entries, texts, plain, grams, rarity, key_ids, bone_ids, known)


def token_from(text: str, sense: list[object] | None) -> Token:
    """The token of a word that was kept with its sense."""
    if sense is None:
        return token_of(text, None)
    kind, key, family, level = sense
    return token_of(text, Sense(Kind(int(str(kind))), str(key), str(family), int(str(level))))
