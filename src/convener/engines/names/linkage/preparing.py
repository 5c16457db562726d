"""From records to columns: each value folded once, by itself, so that batches can be prepared anywhere and put together."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.analysis import Token, token_of, tokens_of
from convener.engines.names.linkage.model import Countries, Record, Type
from convener.engines.names.linkage.texts import (
    MOST_ADDRESS_WORDS,
    address_words,
    birth,
    most_telling,
    number,
    site,
)
from convener.engines.names.vocabulary import Kind
from convener.engines.values.folding import fold

#: Words of a name that are compared; the rest of a longer one is left out.
MOST_WORDS = 6
CHUNK = 10_000
_SILENT = (Kind.SMALL, Kind.TITLE, Kind.PARTICLE)
_TELL = (Kind.WORD, Kind.GIVEN, Kind.NUMBER, Kind.INITIAL)
#: Words before a number that say what is numbered: they come and go and stand for each other.
_NUMBERED_TEXT = """
    plant unit branch no number nr factory site works mill store shop division block phase
"""
_NUMBERED = frozenset(_NUMBERED_TEXT.split())
#: The father and the son of one name, as the last word says it; it stands where others have their legal form.
_GENERATIONS = {
    word: generation
    for generation, words in {
        "junior": "jr jnr junior júnior filho hijo fils figlio младший мл الابن الأصغر",
        "senior": "sr snr senior padre père pere старший ст الأب الأكبر",
    }.items()
    for word in words.split()
}
#: Coordinates of no more decimals than this are of a town at best.
_TOWN_DECIMALS = 2
TYPES = (Type.ORGANISATION, Type.PERSON, Type.VESSEL, Type.AIRCRAFT, Type.UNKNOWN)
_RANK = {kind: 0 if kind is Kind.NUMBER else 1 if kind < Kind.INITIAL else 2 for kind in Kind}
_Item = TypeVar("_Item")
Ints = NDArray[np.int32]
TokenKey = tuple[str, str, str]


@dataclass
class Batch:
    """Records as columns. ``tokens`` and ``words`` are tables that ``name_words`` and ``address_words`` point into (-1: none).

    A record ``i`` has the names ``name_starts[i]`` up to ``name_starts[i + 1]``, each a row of ``name_words`` (names × 6)
    with its joined spelling in ``cores`` and the family of its legal form, or a person's generation, in ``forms``; bit ``n``
    of ``name_towns`` tells that word ``n`` stands in the address too. Coordinates are degrees, NaN where unknown; ``is_rough``
    tells those that are too round for a door. ``contents`` hash everything but the id.
    """

    ids: list[str]
    names: list[str]
    contents: NDArray[np.uint64]
    types: NDArray[np.int8]
    tokens: list[Token]
    name_starts: Ints
    name_words: Ints
    cores: list[str]
    forms: list[str]
    name_towns: NDArray[np.uint8]
    words: list[str]
    address_words: Ints
    countries: list[str]
    numbers: list[str]
    letters: list[str]
    domains: list[str]
    labels: list[str]
    places: NDArray[np.float64]
    is_rough: NDArray[np.bool_]
    births: Ints


def chunks(items: Iterable[_Item], size: int = CHUNK) -> Iterator[list[_Item]]:
    """Lists of ``size`` of the items, in their order."""
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk


def prepared(countries: Countries, records: Sequence[Record]) -> Batch:
    """Fold a chunk of records; a pure function of them. Values that cannot be read count as missing."""
    maker = _Maker(countries)
    for record in records:
        maker.add(record)
    return maker.batch(records)


class _Maker:
    """Columns of one batch while they grow."""

    def __init__(self, countries: Countries) -> None:
        self._countries = countries
        self._codes: dict[str, str] = {}
        self._tokens: dict[Token, int] = {}
        self._words: dict[str, int] = {}
        self.name_starts, self.name_words = [0], list[list[int]]()
        self.cores, self.forms, self.towns = list[str](), list[str](), list[int]()
        self.addresses = list[list[int]]()
        self.columns: list[tuple[str, str, str, str, str]] = []

    def add(self, record: Record) -> None:
        """Fold one record."""
        address = address_words(record.address) if record.address else []
        where = {*address, *map("".join, pairwise(address))}
        for name in dict.fromkeys((record.name, *record.aliases)):
            self._name(name, where)
        self.name_starts.append(len(self.cores))
        ids = self._words
        words = [ids.setdefault(word, len(ids)) for word in most_telling(address)]
        self.addresses.append(words + [-1] * (MOST_ADDRESS_WORDS - len(words)))
        domain, label = site(record.website) if record.website else ("", "")
        key, letters, is_lei = number(record.registration_number) if record.registration_number else ("", "", False)
        country = self._country(record.country) if record.country else ""
        self.columns.append((country, key, "LEI" if is_lei else letters, domain, label))

    def _name(self, name: str, where: set[str]) -> None:
        whole = tokens_of(name)
        tokens = _telling(whole)
        kept = [token for token in tokens if token.kind is not Kind.FORM]
        form = _GENERATIONS.get(whole[-1].text, "") if len(whole) > 1 else ""
        if len(kept) < len(tokens):
            form = next(token.family or token.key for token in tokens if token.kind is Kind.FORM)
        kept = kept or tokens
        if any(token.kind is Kind.NUMBER for token in kept):
            kept = list(_without_markers(kept))
        self.cores.append("".join([token.latin or token.text for token in kept]))
        ids = self._tokens
        if len(kept) > MOST_WORDS:  # numbers and words that tell say more than those of trades
            kept = [
                kept[at] for at in sorted(sorted(range(len(kept)), key=lambda at: _RANK[kept[at].kind])[:MOST_WORDS])
            ]
        kept = list(dict.fromkeys(kept))
        slots = [ids.setdefault(token, len(ids)) for token in kept]
        self.towns.append(_towns(kept, where) if where else 0)
        self.name_words.append(slots + [-1] * (MOST_WORDS - len(slots)))
        self.forms.append(form)

    def _country(self, text: str) -> str:
        found = self._codes.get(text)
        if found is None:
            found = self._codes[text] = country_of(text, self._countries)
        return found

    def batch(self, records: Sequence[Record]) -> Batch:
        """All that was added."""
        country, numbers, letters, domains, labels = (list(column) for column in zip(*self.columns, strict=True))
        places = np.array([_place(one) for one in records], np.float64).reshape(-1, 2)
        return Batch(
            ids=[one.id for one in records],
            names=[one.name for one in records],
            contents=np.array([content_hash(one) for one in records], np.uint64),
            types=np.array([TYPES.index(one.type) for one in records], np.int8),
            tokens=list(self._tokens),
            name_starts=np.array(self.name_starts, np.int32),
            name_words=np.array(self.name_words, np.int32).reshape(-1, MOST_WORDS),
            cores=self.cores,
            forms=self.forms,
            name_towns=np.array(self.towns, np.uint8),
            words=list(self._words),
            address_words=np.array(self.addresses, np.int32).reshape(-1, MOST_ADDRESS_WORDS),
            countries=country,
            numbers=numbers,
            letters=letters,
            domains=domains,
            labels=labels,
            places=places,
            is_rough=np.all(np.abs(places - np.round(places, _TOWN_DECIMALS)) < 1e-9, axis=1),
            births=np.array([birth(one.birth_date) for one in records], np.int32),
        )


def _telling(tokens: Sequence[Token]) -> list[Token]:
    """The words without articles, titles and the like. Where no other word tells who it is, two letters in front are a name:
    SR Group, DE Group.
    """
    kept = [token for token in tokens if token.kind not in _SILENT]
    if kept and tokens[0].kind in _SILENT and len(tokens[0].text) == 2 and not any(one.kind in _TELL for one in kept):
        kept.insert(0, token_of(tokens[0].text, None))
    return kept


def _towns(tokens: Sequence[Token], where: set[str]) -> int:
    """Which words (as bits) stand in the address, alone or with the next: Dongguan, Dong Guan.

    Numbers and trades never count as that (Unit 12 at Plot 12), nor does a name that would have no other word that tells.
    """
    found, telling = 0, sum(1 << at for at, token in enumerate(tokens) if token.kind is Kind.WORD)
    for at, token in enumerate(tokens):
        if token.latin in where:
            found |= 1 << at
        elif at + 1 < len(tokens) and token.latin + tokens[at + 1].latin in where:
            found |= 3 << at
    return found & telling if telling & ~found else 0


def _without_markers(tokens: Sequence[Token]) -> Iterator[Token]:
    for at, token in enumerate(tokens):
        following = tokens[at + 1].kind if at + 1 < len(tokens) else Kind.WORD
        if not (following is Kind.NUMBER and token.latin in _NUMBERED and at):
            yield token


def country_of(text: str, countries: Countries) -> str:
    """The key under which a country is compared: its code where ``countries`` knows it, else the text, folded."""
    folded = " ".join(fold(text[:200]).split())
    return countries.get(folded) or (folded.upper() if len(folded) == 2 else folded)


def _place(record: Record) -> tuple[float, float]:
    if record.latitude is None or record.longitude is None:
        return math.nan, math.nan
    is_place = abs(record.latitude) <= 90 and abs(record.longitude) <= 180
    return (record.latitude, record.longitude) if is_place else (math.nan, math.nan)


def content_hash(record: Record) -> int:
    """A hash of all that a record says, without its id: what orders are made by and ties broken by."""
    said = (
        record.type, record.name, *record.aliases, record.country, record.address, record.registration_number,
        record.website, record.latitude, record.longitude, record.birth_date,
    )  # fmt: skip
    text = "\x1f".join(map(str, said)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
