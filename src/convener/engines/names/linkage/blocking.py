"""Which pairs are worth comparing: records that share one of several keys; of too many that share it, those sharing more.

A key is a 64-bit hash of what records have in common (0: nothing). Blocks of more than :data:`MOST` records are divided
by further keys; what stays too large is put in the order of its spelling, and each record is compared with its
neighbours there. What that leaves out is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.columns import Corpus
from convener.engines.names.linkage.model import Cut
from convener.engines.names.linkage.ruling import PERSON, plausible
from convener.engines.names.vocabulary import Kind

Keys = NDArray[np.uint64]
Rows = NDArray[np.int64]
#: Records in a block that are all compared with each other, and neighbours a record has in a larger one.
MOST, NEIGHBOURS = 40, 4
_FACTOR, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
_NONE = np.uint64(0)
#: Words of a name and of an address that make keys: the rarest ones.
_NAME_WORDS, _ADDRESS_WORDS = 3, 4
_GATHERED, _PART = 5, 1 << 20
_CELLS_A_DEGREE = 4.0
#: Signs of a number of which a part is still worth something.
_DIVIDED = 6


def mixed(*parts: NDArray[np.generic]) -> Keys:
    """One hash of several columns, in their order; 0 where one of them has nothing (0)."""
    key = np.full(len(parts[0]), 0x243F6A8885A308D3, np.uint64)
    some = np.ones(len(parts[0]), np.bool_)
    for part in parts:
        some &= np.asarray(part != 0, np.bool_)
        key = (key ^ part.astype(np.uint64)) * _FACTOR
        key ^= key >> _SHIFT
    return np.where(some, np.maximum(key, np.uint64(1)), _NONE)


def candidates(corpus: Corpus) -> tuple[NDArray[np.uint64], Cut]:
    """Pairs worth comparing, each once and in order, as ``first << 32 | second`` with first < second; and what was cut."""
    view = _View(corpus)
    cut = Cut()
    found: list[NDArray[np.uint64]] = []
    for keys, rows, further in view.families():
        pairs, left_out = _pairs(keys, rows, further, view.spelling)
        cut = cut + left_out
        found.append(_plausible(corpus, pairs))
        if len(found) > _GATHERED:
            found = [_once(found)]
    return _once(found), cut


def _plausible(corpus: Corpus, pairs: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The pairs that are not ruled out at once."""
    kept = [pairs[:0]]
    for start in range(0, len(pairs), _PART):
        part = pairs[start : start + _PART]
        kept.append(part[plausible(corpus, *records_of(part))])
    return np.concatenate(kept)


def records_of(pairs: NDArray[np.uint64]) -> tuple[Rows, Rows]:
    """The two records of each pair."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _once(found: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Each pair once, in order (sorting in place: np.unique would hold several copies)."""
    pairs = np.concatenate([np.empty(0, np.uint64), *found])
    pairs.sort()
    return pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs


class _View:
    """A corpus by what blocks are made of: for each record its rarest words, its place, its spelling."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        names = corpus.name_starts
        self.record_of = np.repeat(np.arange(len(corpus)), np.diff(names))
        words = corpus.words
        is_content = (words.kinds <= Kind.GENERIC) & (words.kinds != Kind.NUMBER) & (words.kinds != Kind.INITIAL)
        bits = np.where(is_content, words.bits, np.float32(0))
        self.names = _rarest(corpus.name_words, bits, _NAME_WORDS)
        self.address = _rarest(corpus.address, corpus.address_bits, _ADDRESS_WORDS)
        self.spelling = _first_letters(corpus)
        self.country = corpus.countries.astype(np.int64)

    def families(self) -> Iterator[tuple[Keys, Rows, Sequence[Keys]]]:
        """Keys with their records (by name, where a key is of a name), and the further keys of records.

        Chosen on the development data (1,000,000 organisations), those first that bring the most true pairs for what
        they cost: together they hold about 95 of 100. Three times as many keys held 95.9, for more than twice the pairs.
        """
        corpus, every = self.corpus, np.arange(len(self.corpus))
        spelled, near = self._spelled(), self._near()
        by_name = [self._first_words(), spelled, near]
        yield _tagged(1, corpus.numbers), every, by_name
        yield _tagged(2, corpus.domains), every, by_name
        yield _tagged(3, corpus.labels), every, by_name
        yield _tagged(4, corpus.births), every, [*by_name, self.country.astype(np.uint64)]
        low, high = np.sort(self.address[:2], axis=0)
        yield _tagged(5, low, high), every, by_name
        persons = np.flatnonzero(corpus.types == PERSON)
        if len(persons):
            yield from self._persons(persons, by_name)
        yield from self._names([near, spelled])

    def _persons(self, persons: Rows, further: Sequence[Keys]) -> Iterator[tuple[Keys, Rows, Sequence[Keys]]]:
        """What persons are found by besides: their names change and they have no town and no website.

        Two words of the address; parts of the number and of the date of birth that one slip leaves as they are, those
        of the date together with a word of the name.
        """
        corpus = self.corpus
        for one, other in ((0, 2), (0, 3), (1, 2), (1, 3), (2, 3)):
            low, high = np.sort(self.address[[one, other]][:, persons], axis=0)
            yield _tagged(5, low, high), persons, further
        for tag, parts in enumerate(_number_parts(corpus.number_texts), 17):
            yield _tagged(tag, parts[corpus.numbers[persons]]), persons, further
        names = np.flatnonzero(corpus.types[self.record_of] == PERSON)
        owner = self.record_of[names]
        births = corpus.births[owner]
        year, month, day = births // 10_000, births // 100 % 100, births % 100
        sounds = _of_words(corpus.words.sounds, self.names[:2, names])
        for sound in sounds:
            yield _tagged(20, np.minimum(month, day), np.maximum(month, day), sound), owner, further
            yield _tagged(21, year, sound), owner, further

    def _names(self, further: Sequence[Keys]) -> Iterator[tuple[Keys, Rows, Sequence[Keys]]]:
        """By words and letters of names: alone where they are rare, else with a place."""
        words, owner = self.corpus.words, self.record_of
        keys, sounds, bones = (_of_words(ids, self.names) for ids in (words.keys, words.sounds, words.bones))
        country, cells = self.country[owner], [cell[owner] for cell in _cells(self.corpus)]
        address = [rare[owner] for rare in self.address]
        yield _tagged(6, self._all_words()), owner, further
        yield _tagged(7, bones[0]), owner, [self._second(owner, keys, 0), *further]
        yield _tagged(7, sounds[0]), owner, [self._second(owner, keys, 0), *further]
        yield _tagged(7, sounds[1]), owner, [self._second(owner, keys, 1), *further]
        yield _tagged(8, sounds[0], address[0]), owner, further
        yield _tagged(8, sounds[2], address[0]), owner, further
        yield _tagged(9, bones[0], address[1]), owner, further
        yield _tagged(9, bones[1], address[0]), owner, further
        yield _tagged(10, sounds[0], cells[0]), owner, further
        yield _tagged(10, sounds[2], cells[1]), owner, further
        begin, end = self._ends()
        yield _tagged(11, begin, end, country), owner, further
        yield _tagged(12, self._begin(6), country), owner, further
        yield _tagged(13, begin, cells[0]), owner, further
        yield _tagged(13, begin, cells[1]), owner, further

    def _second(self, owner: Rows, keys: NDArray[np.int64], one: int) -> Keys:
        """Of a name that was found by one word, the other rare word, for its record."""
        second = np.zeros(len(self.corpus), np.int64)
        second[owner] = keys[1 - one]
        return _tagged(14, second)

    def _all_words(self) -> NDArray[np.int64]:
        """A number for the set of a name's words; the order does not count."""
        keys = self.corpus.words.keys
        total = np.zeros(self.corpus.name_words.shape[1], np.uint64)
        for slot in self.corpus.name_words:
            key = np.where(slot >= 0, keys[slot] + 1, 0).astype(np.int64) if len(keys) else np.zeros_like(slot)
            total += mixed(key.astype(np.int64))
        return (total >> np.uint64(1)).astype(np.int64)

    def _begin(self, count: int) -> NDArray[np.int64]:
        return _hashes([core[:count] if len(core) >= count else "" for core in self.corpus.cores])

    def _ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        cores = self.corpus.cores
        return _hashes([core[:3] for core in cores]), _hashes([core[-4:] if len(core) > 5 else "" for core in cores])

    def _first_words(self) -> Keys:
        first = np.zeros(len(self.corpus), np.int64)
        sounds = _of_words(self.corpus.words.sounds, self.names)
        first[self.record_of[::-1]] = sounds[0][::-1]
        return _tagged(15, first)

    def _spelled(self) -> Keys:
        return (self.spelling >> np.uint64(24)) + np.uint64(1)

    def _near(self) -> Keys:
        near = _tagged(16, self.address[0])
        return np.where(near == 0, _cells(self.corpus)[0].astype(np.uint64), near)


def _tagged(tag: int, *parts: NDArray[np.generic]) -> Keys:
    return mixed(np.full(len(parts[0]), tag, np.int64), *parts)


def _of_words(ids: NDArray[np.int32], slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ids of words, plus 1; 0 where there is none. ``slots`` holds words plus 1."""
    padded = np.concatenate([[0], ids.astype(np.int64) + 1])
    return np.asarray(padded[slots], np.int64)


def _rarest(slots: NDArray[np.int32], bits: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Of each column the ``count`` words with the most bits, plus 1 (0: none), the rarest first."""
    if not len(bits):
        return np.zeros((count, slots.shape[1]), np.int64)
    worth = np.where(slots >= 0, bits[slots], np.float32(0))
    best = np.argsort(-worth, axis=0, kind="stable")[:count]
    words = np.take_along_axis(slots, best, 0).astype(np.int64) + 1
    return np.where(np.take_along_axis(worth, best, 0) > 0, words, 0)


def _hashes(texts: Sequence[str]) -> NDArray[np.int64]:
    """An id of each text, from 1; 0 for no text."""
    ids: dict[str, int] = {"": 0}
    return np.array([ids.setdefault(text, len(ids)) for text in texts], np.int64)


def _number_parts(texts: Sequence[str]) -> Iterator[NDArray[np.int64]]:
    """Of each number its beginning, its end, and both ends without the middle; 0 where it is too short to be divided."""
    long = [text if len(text) >= _DIVIDED else "" for text in texts]
    yield _hashes([text[:4] for text in long])
    yield _hashes([text[-4:] for text in long])
    yield _hashes([text[:3] + text[-3:] for text in long])


def _first_letters(corpus: Corpus) -> Keys:
    """The first letters of a record's name as a number, in the order of the alphabet."""
    cores, starts = corpus.cores, corpus.name_starts
    raw = (cores[at][:8].encode("utf-8", "replace")[:8].ljust(8, b"\0") for at in starts[:-1])
    return np.frombuffer(b"".join(raw), ">u8").astype(np.uint64)


def _cells(corpus: Corpus) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two grids of about 28 km, the one half a cell beside the other; 0 where no place is known."""
    known = ~np.isnan(corpus.places[:, 0])
    places = np.nan_to_num(corpus.places) * np.float32(_CELLS_A_DEGREE)
    grids = []
    for shift in (0.0, 0.5):
        cell = np.floor(places + np.float32(shift)).astype(np.int64) + 2_000
        grids.append(np.where(known, cell[:, 0] * 10_000 + cell[:, 1], 0))
    return grids[0], grids[1]


def _pairs(keys: Keys, rows: Rows, further: Sequence[Keys], spelling: Keys) -> tuple[NDArray[np.uint64], Cut]:
    """Pairs of rows with equal keys; blocks that are too large are divided by the first of the further keys, and so on."""
    some = keys != 0
    keys, rows = keys[some], rows[some]
    found = []
    for more in (*further, None):
        order = np.argsort(keys, kind="stable")
        keys, rows = keys[order], rows[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.empty(0, np.int64)
        sizes = np.diff(np.append(starts, len(keys)))
        size = np.repeat(sizes, sizes)
        small = size <= MOST
        found.append(_within(keys[small], rows[small], MOST))
        keys, rows = keys[~small], rows[~small]
        if more is None or not len(keys):
            break
        keys = (keys ^ more[rows]) * _FACTOR
    if not len(keys):
        return np.concatenate(found), Cut()
    order = np.lexsort((rows, spelling[rows], keys))
    near = _within(keys[order], rows[order], NEIGHBOURS + 1)
    _values, counts = np.unique(keys, return_counts=True)
    left_out = int((counts * (counts - 1) // 2).sum()) - len(near)
    return np.concatenate([*found, near]), Cut(len(counts), len(keys), max(0, left_out))


def _within(keys: Keys, rows: Rows, reach: int) -> NDArray[np.uint64]:
    """Pairs of rows with equal keys that are less than ``reach`` apart; keys are in order."""
    found = []
    at = np.arange(len(keys))
    for distance in range(1, reach):
        at = at[at + distance < len(keys)]
        at = at[keys[at] == keys[at + distance]]
        if not len(at):
            break
        one, other = rows[at], rows[at + distance]
        low, high = np.minimum(one, other), np.maximum(one, other)
        found.append((low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64))[low != high])
    return np.concatenate(found) if found else np.empty(0, np.uint64)
