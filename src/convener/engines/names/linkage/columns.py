"""All records of a run as columns of numbers: words by their ids, each with the bits that it tells in this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.analysis import Token, token_of
from convener.engines.names.linkage.preparing import Batch, Ints
from convener.engines.names.vocabulary import Kind

Floats = NDArray[np.float32]
#: How many records' worth the bits that a word tells by itself count beside how often it is met.
PRIOR_RECORDS = 300.0
_ADDRESS_BITS = {True: 9.0, False: 7.0}
_DOMAIN_BITS = 12.0
#: Coordinates that so many records share are of a town, whatever their decimals.
_TOWN = 4


@dataclass(frozen=True)
class Words:
    """The words of names, once each. ``keys``, ``sounds`` and ``bones`` are ids, equal where those are.

    ``letters`` are bits, one for each letter of the sound, ``longest`` is the length of the longer of spelling and sound,
    ``beginnings`` are ids of the first three letters (0: shorter): what rules out that two words are alike. ``firsts`` are
    the first letters: equal words (by ``keys``) that begin with others are so by meaning, and no writing of each other.
    """

    tokens: list[Token]
    keys: Ints
    sounds: Ints
    bones: Ints
    kinds: NDArray[np.int8]
    bits: Floats
    letters: NDArray[np.uint64]
    longest: NDArray[np.int16]
    beginnings: Ints
    firsts: Ints


@dataclass(frozen=True)
class Corpus:
    """Records in the order of their contents' hash: nothing depends on the order in which they came.

    ``order[i]`` is the place that record ``i`` had. Names are slots × names, addresses slots × records (-1: no word).
    Ids of texts are 0 where there is none. ``domain_bits`` and ``address_bits`` say how rare each is.
    ``name_towns`` are bits, for each name, of the words that stand in its record's address too.
    ``homes`` are the bits that one address gives persons besides (:mod:`homes`).
    """

    order: NDArray[np.int64]
    ids: list[str]
    names: list[str]
    contents: NDArray[np.uint64]
    types: NDArray[np.int8]
    words: Words
    name_starts: NDArray[np.int64]
    name_words: Ints
    cores: list[str]
    core_letters: NDArray[np.uint64]
    forms: Ints
    name_towns: NDArray[np.uint8]
    address: Ints
    address_texts: list[str]
    address_letters: NDArray[np.uint64]
    address_is_number: NDArray[np.bool_]
    address_bits: Floats
    countries: Ints
    country_texts: list[str]
    numbers: Ints
    number_texts: list[str]
    number_letters: NDArray[np.uint64]
    letters: Ints
    is_lei: NDArray[np.bool_]
    domains: Ints
    domain_texts: list[str]
    domain_bits: Floats
    labels: Ints
    label_texts: list[str]
    places: NDArray[np.float32]
    is_town: NDArray[np.bool_]
    births: Ints
    homes: float = 0.0

    def __len__(self) -> int:
        return len(self.ids)

    def core(self, record: int) -> str:
        """The joined spelling of a record's first name."""
        return self.cores[int(self.name_starts[record])]


class _Names(NamedTuple):
    starts: NDArray[np.int64]
    words: Ints
    forms: Ints
    towns: NDArray[np.uint8]
    cores: list[str]


class _Ids:
    """Texts of all batches, each with an id."""

    def __init__(self, *known: str) -> None:
        self.ids: dict[str, int] = {text: at for at, text in enumerate(known)}

    def of(self, texts: Iterable[str]) -> Ints:
        """The ids of texts, in their order; new ones get the next number."""
        ids = self.ids
        return np.array([ids.setdefault(text, len(ids)) for text in texts], np.int32)

    def texts(self) -> list[str]:
        """The texts in the order of their ids."""
        return list(self.ids)


class Gathering:
    """Takes batches in their order and makes a corpus of them."""

    def __init__(self) -> None:
        self._tokens: dict[tuple[str, int, str], int] = {}
        self._token_list: list[Token] = [token_of("", None)]  # so that no table is empty; no record has it
        self._words = _Ids("")
        self._texts = {name: _Ids("") for name in ("countries", "numbers", "letters", "domains", "labels", "forms")}
        self._columns: dict[str, list[NDArray[np.generic]]] = {}
        self._ids: list[str] = []
        self._names: list[str] = []
        self._cores: list[str] = []

    def add(self, batch: Batch) -> None:
        """Take one batch."""
        self._ids += batch.ids
        self._names += batch.names
        self._cores += batch.cores
        tokens = np.array([self._token(token) for token in batch.tokens] + [-1], np.int32)
        words = np.append(self._words.of(batch.words), np.int32(-1))
        self._keep("name_words", tokens[batch.name_words])
        self._keep("address", words[batch.address_words])
        self._keep("name_counts", np.diff(batch.name_starts))
        self._keep("name_towns", batch.name_towns)
        for name, ids in self._texts.items():
            self._keep(name, ids.of(getattr(batch, name)))
        for name in ("contents", "types", "places", "is_rough", "births"):
            self._keep(name, getattr(batch, name))

    def _keep(self, name: str, column: NDArray[np.generic]) -> None:
        self._columns.setdefault(name, []).append(column)

    def _token(self, token: Token) -> int:
        key = (token.text, int(token.kind), token.key)
        found = self._tokens.get(key)
        if found is None:
            found = self._tokens[key] = len(self._token_list)
            self._token_list.append(token)
        return found

    def _in_order(self) -> tuple[NDArray[np.int64], _Names, dict[str, NDArray[np.generic]]]:
        """The order of the records, their names, and their other columns."""
        columns = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        self._columns.clear()
        order = _by_content(columns["contents"], self._ids)
        counts = columns.pop("name_counts")[order]
        of_names = [columns.pop(name) for name in ("name_words", "forms", "name_towns")]
        names = _names_in(order, counts, of_names, self._cores)
        return order, names, {name: column[order] for name, column in columns.items()}

    def corpus(self, *, is_sample: bool = False) -> Corpus:
        """What all batches make together. Of a sample chosen for being alike, words have the bits they tell by themselves."""
        order, names, columns = self._in_order()
        texts, address = self._words.texts(), np.ascontiguousarray(columns["address"].T)
        is_number = np.array([not text.isalpha() for text in texts], np.bool_)
        domains, counted = columns["domains"].astype(np.int32), 0 if is_sample else len(order)
        return Corpus(
            order=order,
            ids=[self._ids[at] for at in order],
            names=[self._names[at] for at in order],
            contents=columns["contents"].astype(np.uint64),
            types=columns["types"].astype(np.int8),
            words=_words(self._token_list, names.words, counted),
            name_starts=names.starts,
            name_words=names.words,
            cores=names.cores,
            core_letters=letters(names.cores),
            forms=names.forms,
            name_towns=names.towns,
            address=address,
            address_texts=texts,
            address_letters=letters(texts),
            address_is_number=is_number,
            address_bits=_address_bits(address, is_number, counted),
            countries=columns["countries"].astype(np.int32),
            country_texts=self._texts["countries"].texts(),
            numbers=columns["numbers"].astype(np.int32),
            number_texts=self._texts["numbers"].texts(),
            number_letters=letters(self._texts["numbers"].texts()),
            letters=columns["letters"].astype(np.int32),
            is_lei=columns["letters"] == self._texts["letters"].ids.get("LEI", -1),
            domains=domains,
            domain_texts=self._texts["domains"].texts(),
            domain_bits=_domain_bits(domains, len(self._texts["domains"].ids), counted),
            labels=columns["labels"].astype(np.int32),
            label_texts=self._texts["labels"].texts(),
            places=columns["places"].astype(np.float32),
            is_town=columns["is_rough"].astype(np.bool_) | _are_shared(columns["places"].astype(np.float64)),
            births=columns["births"].astype(np.int32),
        )


def _by_content(contents: NDArray[np.generic], ids: Sequence[str]) -> NDArray[np.int64]:
    """The order by contents; of those with the same contents, by id, where nothing else can tell them apart."""
    order = np.argsort(contents, kind="stable")
    ranked = contents[order]
    again = np.flatnonzero(ranked[1:] == ranked[:-1])
    for start in again:
        if start and ranked[start - 1] == ranked[start]:
            continue
        end = int(np.searchsorted(ranked, ranked[start], side="right"))
        order[start:end] = sorted(order[start:end], key=lambda at: ids[at])
    return order


def _names_in(
    order: NDArray[np.int64], counts: NDArray[np.generic], columns: Sequence[NDArray[np.generic]], cores: list[str]
) -> _Names:
    """Starts, words (slots × names), forms, towns and cores of names, in the new order of their records. ``columns`` are
    words, forms and towns in the old one.
    """
    words, forms, towns = columns
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    was = np.concatenate([[0], np.cumsum(counts[back])])[:-1].astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    places = np.repeat(was[order] - starts[:-1], counts.astype(np.int64)) + np.arange(starts[-1])
    return _Names(
        starts,
        np.ascontiguousarray(words[places].T.astype(np.int32)),
        forms[places].astype(np.int32),
        towns[places].astype(np.uint8),
        [cores[at] for at in places],
    )


def _words(tokens: list[Token], slots: Ints, records: int) -> Words:
    keys, sounds, bones = _Ids(), _Ids(), _Ids()
    key_of = keys.of(token.key for token in tokens)
    own = np.array([token.weight for token in tokens], np.float32)
    kinds = np.array([token.kind for token in tokens], np.int8)
    met = np.bincount(key_of[slots[slots >= 0]], minlength=len(keys.ids))
    bits = _rareness(met[key_of], own, records)
    initial = kinds == Kind.INITIAL
    bits[initial] = np.minimum(bits[initial], own[initial] * 2)
    return Words(
        tokens,
        key_of,
        sounds.of(token.sound for token in tokens),
        bones.of(token.bones for token in tokens),
        kinds,
        np.maximum(bits, 0.1).astype(np.float32),
        letters([token.sound for token in tokens]),
        np.array([max(len(token.sound), len(token.latin)) for token in tokens], np.int16),
        _Ids("").of(token.latin[:3] if len(token.latin) > 2 else "" for token in tokens),
        np.array([_first(token) for token in tokens], np.int32),
    )


def _first(token: Token) -> int:
    """The first sign, of numerals of the number."""
    return ord((token.key if token.kind is Kind.NUMBER else token.latin or token.text or " ")[0])


def letters(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The set of letters of each text as bits."""
    found = np.zeros(len(texts), np.uint64)
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    some = np.flatnonzero(sizes)
    if len(some):
        signs = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        bits = np.left_shift(np.uint64(1), (signs & 63).astype(np.uint64))
        found[some] = np.bitwise_or.reduceat(bits, (np.cumsum(sizes) - sizes)[some])
    return found


def _address_bits(slots: Ints, is_number: NDArray[np.bool_], records: int) -> Floats:
    own = np.where(is_number, _ADDRESS_BITS[True], _ADDRESS_BITS[False])
    return _rareness(np.bincount(slots[slots >= 0], minlength=len(is_number)), own, records)


def _domain_bits(ids: Ints, count: int, records: int) -> Floats:
    """Bits of each website by how many records have it; id 0 is none."""
    bits = _rareness(np.bincount(ids, minlength=count), np.full(count, _DOMAIN_BITS), records)
    bits[:1] = 0
    return bits


def _rareness(met: NDArray[np.int64], own: NDArray[np.floating], records: int) -> Floats:
    """Bits of what is ``met`` so often in so many records, and tells ``own`` bits by itself (0 records: these alone)."""
    if not records:
        return np.asarray(own, np.float32)
    expected = PRIOR_RECORDS * np.exp2(-own)
    return np.asarray(np.log2((records + PRIOR_RECORDS) / (met + expected)), np.float32)


def _are_shared(places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which coordinates very many records have to the last decimal."""
    known = ~np.isnan(places[:, 0])
    whole = np.round(np.nan_to_num(places) * 1e5).astype(np.int64) @ np.array([1 << 26, 1], np.int64)
    _values, inverse, counts = np.unique(whole, return_inverse=True, return_counts=True)
    return np.asarray(known & (counts[inverse] >= _TOWN), np.bool_)
