"""What speaks for and against very many pairs, as columns of features: the same for every pair, whatever they weigh.

The features are listed in :mod:`convener.engines.names.linkage.features` with their meaning. Bits of words come from how
rare they are among all records; a like word gives the share that :func:`convener.engines.names.likeness.likeness` says.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from convener.engines.names.likeness import LEAST, likeness
from convener.engines.names.linkage.columns import Corpus, Floats
from convener.engines.names.linkage.contrasts import other_given_names, two_concepts
from convener.engines.names.linkage.features import AT, FEATURES
from convener.engines.names.linkage.matching import Flags, Look, Matching, equal_words, like_words
from convener.engines.names.linkage.ruling import PERSON
from convener.engines.names.linkage.slips import MOST as MOST_SLIPS
from convener.engines.names.linkage.slips import are_neighbours, date_slips, is_no_date, lengths, number_slips, slips
from convener.engines.names.vocabulary import Kind

Rows = NDArray[np.int64]
_MOST_NAME, _MOST_ADDRESS_NUMBER, _MOST_ADDRESS_WORD = 30.0, 24.0, 16.0
_CONTENT, _TRADE, _NUMBER = 1, 2, 3
_GROUP = np.full(len(Kind), _CONTENT, np.int8)
_GROUP[Kind.GENERIC], _GROUP[Kind.NUMBER] = _TRADE, _NUMBER
_GROUP[Kind.FORM] = 0
_EARTH_KM = 6371.0
_KM, _TOWN_KM = (1.0, 3.0, 10.0, 30.0), (15.0, 30.0)
_JOINED = 0.9
#: Letters that only one of two texts has: more, and they are not alike.
_LETTERS_APART, _CORE_LETTERS, _ADDRESS_LETTERS = 0.8, 5, 4
_ADDRESS_LIKE = 0.7
#: How alike words of so few letters are at most which are not the same: acronyms are others by one letter (NCC, NEC).
_MOST_OF_SHORT = np.array([0.69, 0.69, 0.69, 0.69, 0.8, 1.0], np.float32)
#: Bits of words from which on addresses are one, and signs of a number in which one slip leaves something in common.
_ONE_ADDRESS, _ADDRESS_SIGNS = 8.0, 4


#: 1 January, as dates are written here: a day that stands where only the year is known.
_FIRST_DAY = 101


class Evidence:
    """Features of pairs: first what equal words and numbers say, then, of the pairs worth it, like words too.

    ``one`` and ``other`` are records, ``names`` rows of names, one of each record's.
    """

    def __init__(self, corpus: Corpus, one: Rows, other: Rows, names: tuple[Rows, Rows]) -> None:
        self.corpus, self.one, self.other = corpus, one, other
        self.name_one, self.name_other = names
        self.is_person = (corpus.types[one] == PERSON) | (corpus.types[other] == PERSON)
        self.columns = np.zeros((len(FEATURES), len(one)), np.float32)
        self._names = self._matched_names(*names)
        self._other_given = other_given_names(self._names, corpus.words, self.is_person)
        self._towns, self._same_towns = self._leave_out_towns()
        self._addresses = self._matched_addresses()
        self._write_numbers()
        self._write_names()
        self._write_address()
        self._write_sites()
        self._write_distance()
        self._write_births()
        ours_form, theirs_form = corpus.forms[names[0]], corpus.forms[names[1]]
        self._put("form_other", (ours_form > 0) & (theirs_form > 0) & (ours_form != theirs_form))
        self._put("country_other", self._differ(corpus.countries))
        self._put("country_same", self._agree(corpus.countries))
        self._write_alone()

    def look_closer(self, at: Rows) -> None:
        """Compare the like words of the pairs ``at`` too."""
        corpus = self.corpus
        like_words(self._names, at, corpus.words.bits, Look(self._may_be_alike, self._alike_words))
        self._write_joined(at)
        look = Look(self._address_may_be_alike, self._alike_address)
        like_words(self._addresses, at, corpus.address_bits, look, rounds=2)
        self._write_names()
        self._write_address()

    def most(self) -> Floats:
        """The features as they would be at best, were every word that is left alike: a bound for looking closer."""
        best = self.columns.copy()
        names, bits = self._names, self.corpus.words.bits
        left = np.minimum(_bits(names.ours, names.left_ours, bits), _bits(names.theirs, names.left_theirs, bits))
        best[AT["name_alike"]] += np.minimum(left, _MOST_NAME)
        for name in (
            "name_other", "name_other_trade", "name_mixed", "name_more", "name_more_trade", "name_nothing",
            "address_other_word", "address_nothing", "name_part", "relative",
        ):  # fmt: skip
            best[AT[name]] = 0
        if self.is_person.any():
            best[AT["address_word"], self.is_person] = _MOST_ADDRESS_WORD
            best[AT["address_home"], self.is_person] = self.corpus.homes
        return best

    def _differ(self, ids: NDArray[np.int32]) -> Flags:
        """Whether both have one and these are others (0: none)."""
        ours, theirs = ids[self.one], ids[self.other]
        return np.asarray((ours > 0) & (theirs > 0) & (ours != theirs), np.bool_)

    def _agree(self, ids: NDArray[np.int32]) -> Flags:
        """Whether both have one and it is the same (0: none)."""
        return np.asarray((ids[self.one] > 0) & (ids[self.one] == ids[self.other]), np.bool_)

    def _write_alone(self) -> None:
        """Whether there is nothing that both have but names and countries, or these and websites."""
        corpus, has_place = self.corpus, ~np.isnan(self.corpus.places[:, 0])
        has = (corpus.numbers > 0, corpus.births > 0, corpus.address[0] >= 0, has_place)
        more = np.any([some[self.one] & some[self.other] for some in has], axis=0)
        sites = (corpus.domains[self.one] > 0) & (corpus.domains[self.other] > 0)
        self._put("alone", ~more & ~sites)
        self._put("site_alone", ~more & sites)

    def _put(self, name: str, value: NDArray[np.generic] | np.bool_ | int) -> None:
        self.columns[AT[name]] = value

    def _matched_names(self, one: Rows, other: Rows) -> Matching:
        words = self.corpus.words
        slots = self.corpus.name_words
        return equal_words(slots[:, one], slots[:, other], words.keys, words.bits, words.firsts)

    def _matched_addresses(self) -> Matching:
        slots = self.corpus.address
        keys = np.arange(len(self.corpus.address_bits), dtype=np.int32)
        return equal_words(slots[:, self.one], slots[:, self.other], keys, self.corpus.address_bits, keys)

    def _write_names(self) -> None:
        names, words = self._names, self.corpus.words
        group = _GROUP[words.kinds]
        ours, theirs = group[names.ours], group[names.theirs]
        left_ours, left_theirs = names.left_ours, names.left_theirs
        trade_bits = np.where(group == _TRADE, words.bits, np.float32(0))
        our_pairs, their_pairs = (names.ours >= 0) & ~left_ours, (names.theirs >= 0) & ~left_theirs
        generic = np.minimum(_bits(names.ours, our_pairs, trade_bits), _bits(names.theirs, their_pairs, trade_bits))
        generic = np.minimum(generic, names.same + names.alike)
        self._put("name_generic", np.minimum(generic, 12))
        self._put("name_same", np.minimum(np.maximum(names.same - generic - self._same_towns, 0), _MOST_NAME))
        self._put("name_alike", np.minimum(names.alike, _MOST_NAME))
        self._put("name_unlike", np.minimum(names.unlike, 12))
        rest = [_bits(names.ours, left_ours & (ours == _CONTENT), words.bits),
                _bits(names.theirs, left_theirs & (theirs == _CONTENT), words.bits)]  # fmt: skip
        lesser, greater = np.minimum(*rest), np.maximum(*rest)
        self._put("name_other", np.minimum(lesser, 12))
        self._put("name_more", np.minimum(greater - lesser, 12))
        trades = (left_ours & (ours == _TRADE)).sum(axis=0), (left_theirs & (theirs == _TRADE)).sum(axis=0)
        self._put("name_other_trade", (trades[0] > 0) & (trades[1] > 0))
        self._put("name_more_trade", np.where((trades[0] > 0) & (trades[1] > 0), 0, np.minimum(sum(trades), 2)))
        self._put("name_mixed", ((rest[0] > 0) & (trades[1] > 0)) | ((rest[1] > 0) & (trades[0] > 0)))
        nothing_left = ~left_ours.any(axis=0) & ~left_theirs.any(axis=0)
        numbers = (left_ours & (ours == _NUMBER)).any(axis=0), (left_theirs & (theirs == _NUMBER)).any(axis=0)
        self._put("name_other_number", numbers[0] & numbers[1])
        self._put("name_more_number", numbers[0] ^ numbers[1])
        self._put("name_whole", nothing_left & names.in_order & (names.alike == 0))
        self._put("name_meaning", names.by_meaning)
        our_towns, their_towns = self._towns
        has_none = ~(our_pairs & (ours == _CONTENT) & ~our_towns).any(axis=0)
        has_none |= ~(their_pairs & (theirs == _CONTENT) & ~their_towns).any(axis=0)
        self._put("name_nothing", has_none)
        self._put("name_contrast", np.where(self.is_person, self._other_given, two_concepts(names, words)))
        part = ~has_none & (lesser > 0)
        self._put("name_part", part)
        self._put("number_next", self._following & (part | has_none))
        words_of = [(side >= 0).sum(axis=0) for side in (names.ours, names.theirs)]
        self._put("name_all", nothing_left & (np.minimum(*words_of) > 1))

    def _leave_out_towns(self) -> tuple[tuple[Flags, Flags], Floats]:
        """Leave out the words of the place where both organisations' names have some: they stand in the addresses, and say no
        more than these.

        Returns which words of either these are, and the bits of those that both names have.
        """
        names, towns, bits = self._names, self.corpus.name_towns, self.corpus.words.bits
        slots = np.arange(len(names.ours), dtype=np.uint8)[:, None]
        ours, theirs = ((towns[rows] >> slots) & 1 > 0 for rows in (self.name_one, self.name_other))
        both = ours.any(axis=0) & theirs.any(axis=0) & ~self.is_person
        ours, theirs = ours & both, theirs & both
        same = np.minimum(
            _bits(names.ours, ours & ~names.left_ours, bits), _bits(names.theirs, theirs & ~names.left_theirs, bits)
        )
        names.left_ours &= ~ours
        names.left_theirs &= ~theirs
        return (ours, theirs), same

    def _write_joined(self, at: Rows) -> None:
        """Names that are the same without blanks: their words that are left are alike as a whole."""
        names, corpus = self._names, self.corpus
        at = at[names.left_ours[:, at].any(axis=0) & names.left_theirs[:, at].any(axis=0)]
        ours, theirs = self.name_one[at], self.name_other[at]
        few = np.bitwise_count(corpus.core_letters[ours] ^ corpus.core_letters[theirs]) <= _CORE_LETTERS
        at, ours, theirs = at[few], ours[few], theirs[few]
        cores = corpus.cores
        near = _at_least([cores[row] for row in ours], [cores[row] for row in theirs], _JOINED - 0.1)
        for pair in at[near].tolist():
            value = _joined(self, pair)
            if value >= _JOINED:
                self._join(pair, value)

    def _join(self, pair: int, value: float) -> None:
        names, bits = self._names, self.corpus.words.bits
        least = min(
            float(bits[side[:, pair][left[:, pair]]].sum())
            for side, left in ((names.ours, names.left_ours), (names.theirs, names.left_theirs))
        )
        names.alike[pair] += least * value
        names.unlike[pair] += least * (1 - value)
        names.left_ours[:, pair] = False
        names.left_theirs[:, pair] = False
        self.columns[AT["name_joined"], pair] = 1

    def _alike_words(self, one: NDArray[np.int32], other: NDArray[np.int32]) -> Floats:
        """The likeness of words, asked only of those that a rough look does not rule out."""
        words = self.corpus.words
        tokens = words.tokens
        close = (words.bones[one] == words.bones[other]) | (
            (words.beginnings[one] > 0) & (words.beginnings[one] == words.beginnings[other])
        )
        rest = np.flatnonzero(~close)
        ours, theirs = [tokens[at] for at in one[rest]], [tokens[at] for at in other[rest]]
        near = _at_least([token.latin for token in ours], [token.latin for token in theirs], LEAST - 0.01)
        near |= _at_least([token.sound for token in ours], [token.sound for token in theirs], LEAST - 0.01)
        close[rest] = near
        found = np.zeros(len(one), np.float32)
        for at in np.flatnonzero(close).tolist():
            found[at] = likeness(tokens[one[at]], tokens[other[at]]).value
        short = words.longest[one], words.longest[other]
        found = np.minimum(found, _MOST_OF_SHORT[np.minimum(np.maximum(*short), len(_MOST_OF_SHORT) - 1)])
        return np.where(found >= LEAST, found, np.float32(0))

    def _may_be_alike(self, one: NDArray[np.int32], other: NDArray[np.int32]) -> Flags:
        """Whether the letters of words do not rule out that they are alike: an edit changes two letters at most."""
        words = self.corpus.words
        apart = np.bitwise_count(words.letters[one] ^ words.letters[other])
        begin = words.beginnings[one]
        close = apart <= _LETTERS_APART * np.maximum(words.longest[one], words.longest[other])
        return np.asarray(close | ((begin > 0) & (begin == words.beginnings[other])), np.bool_)

    def _address_may_be_alike(self, one: NDArray[np.int32], other: NDArray[np.int32]) -> Flags:
        corpus = self.corpus
        apart = np.bitwise_count(corpus.address_letters[one] ^ corpus.address_letters[other])
        is_number = corpus.address_is_number
        return np.asarray((apart <= _ADDRESS_LETTERS) & ~is_number[one] & ~is_number[other], np.bool_)

    def _alike_address(self, one: NDArray[np.int32], other: NDArray[np.int32]) -> Floats:
        texts = self.corpus.address_texts
        ours, theirs = [texts[at] for at in one], [texts[at] for at in other]
        value = np.asarray(cpdist(ours, theirs, scorer=OSA.normalized_similarity, dtype=np.float32))
        return np.where(value >= _ADDRESS_LIKE, value, np.float32(0))

    def _write_address(self) -> None:
        found, corpus = self._addresses, self.corpus
        is_number = corpus.address_is_number
        number_bits = np.where(is_number, corpus.address_bits, np.float32(0))
        paired = (found.ours >= 0) & ~found.left_ours
        numbers = _bits(found.ours, paired, number_bits)
        words = found.same + found.alike - numbers
        both = (found.ours >= 0).any(axis=0) & (found.theirs >= 0).any(axis=0)
        self._put("address_number", np.minimum(numbers, _MOST_ADDRESS_NUMBER))
        self._put("address_word", np.clip(words, 0, _MOST_ADDRESS_WORD))
        is_ours, is_theirs = is_number[found.ours], is_number[found.theirs]
        left = (found.left_ours & is_ours).any(axis=0), (found.left_theirs & is_theirs).any(axis=0)
        self._put("address_other_number", left[0] & left[1])
        self._put("address_more_number", (left[0] ^ left[1]) & both)
        rest = (found.left_ours & ~is_ours).any(axis=0), (found.left_theirs & ~is_theirs).any(axis=0)
        self._put("address_other_word", rest[0] & rest[1])
        self._put("address_nothing", both & ~paired.any(axis=0))
        home = is_one_address(self.columns)
        self._put("relative", home & (self.columns[AT["name_part"]] > 0))
        self._put("address_home", np.where(home & self.is_person, corpus.homes, 0.0))
        self._write_near_numbers(np.flatnonzero(left[0] & left[1] & self.is_person))

    def _write_near_numbers(self, at: Rows) -> None:
        """Which of the pairs ``at`` have, of the numbers that only one address has, some that differ in one sign."""
        found, corpus = self._addresses, self.corpus
        is_number = corpus.address_is_number
        ours, theirs = found.ours[:, at], found.theirs[:, at]
        left_ours, left_theirs = found.left_ours[:, at] & is_number[ours], found.left_theirs[:, at] & is_number[theirs]
        one, other, pair = np.nonzero(left_ours[:, None, :] & left_theirs[None, :, :])
        words = [corpus.address_texts[word] for word in ours[one, pair]]
        others = [corpus.address_texts[word] for word in theirs[other, pair]]
        near = (slips(words, others, 1) <= 1) & (np.minimum(lengths(words), lengths(others)) >= _ADDRESS_SIGNS)
        self.columns[AT["address_near_number"], at[pair[near]]] = 1

    def _write_numbers(self) -> None:
        corpus = self.corpus
        ours, theirs = corpus.numbers[self.one], corpus.numbers[self.other]
        letters = corpus.letters[self.one], corpus.letters[self.other]
        lei = corpus.is_lei[self.one]
        abroad = self._differ(corpus.countries) & ~lei
        both = (ours > 0) & (theirs > 0) & (lei == corpus.is_lei[self.other]) & ~abroad
        agree = (letters[0] == letters[1]) | (letters[0] == 0) | (letters[1] == 0)
        same = both & (ours == theirs) & agree
        near = both & (ours == theirs) & ~agree
        at = np.flatnonzero(both & (ours != theirs))
        texts = [corpus.number_texts[one] for one in ours[at]], [corpus.number_texts[one] for one in theirs[at]]
        slips = number_slips(*texts)
        near[at] = slips == 1
        alike, following = np.zeros(len(ours), np.bool_), np.zeros(len(ours), np.bool_)
        alike[at], following[at] = slips == MOST_SLIPS, are_neighbours(*texts)
        self._following = following
        self._put("number_same", same)
        self._put("number_near", near)
        self._put("number_other", both & ~same & ~near)
        self._put("number_alike", alike)

    def _write_sites(self) -> None:
        corpus = self.corpus
        ours, theirs = corpus.domains[self.one], corpus.domains[self.other]
        labels = corpus.labels[self.one], corpus.labels[self.other]
        both, same = (ours > 0) & (theirs > 0), (ours > 0) & (ours == theirs)
        self._put("site_same", np.where(same, np.minimum(corpus.domain_bits[ours], 20), np.float32(0)))
        repeats = np.zeros(len(ours), np.bool_)
        for at in np.flatnonzero(same):
            label = corpus.label_texts[labels[0][at]]
            cores = corpus.cores[self.name_one[at]], corpus.cores[self.name_other[at]]
            repeats[at] = any(label in core or core in label for core in cores if label and core)
        label = both & ~same & (labels[0] > 0) & (labels[0] == labels[1])
        rest = np.flatnonzero(both & ~same & ~label & (labels[0] > 0) & (labels[1] > 0))
        alike = np.zeros(len(ours), np.bool_)
        if len(rest):
            texts = corpus.label_texts
            alike[rest] = _at_least([texts[at] for at in labels[0][rest]], [texts[at] for at in labels[1][rest]], 0.8)
        self._put("site_repeats", repeats)
        self._put("site_label", label)
        self._put("site_alike", alike)
        self._put("site_other", both & ~same & ~label & ~alike)

    def _write_distance(self) -> None:
        places, towns = self.corpus.places, self.corpus.is_town
        km = distance(places[self.one], places[self.other])
        known, town = ~np.isnan(km), towns[self.one] | towns[self.other]
        doors, steps = known & ~town, (-1.0, *_KM, np.inf)
        for name, low, high in zip(("near_1", "near_3", "near_10", "near_30", "far"), steps, steps[1:], strict=False):
            self._put(name, doors & (km > low) & (km <= high))
        rough, around = known & town, (-1.0, *_TOWN_KM, np.inf)
        for name, low, high in zip(("town_near", "town_30", "town_far"), around, around[1:], strict=False):
            self._put(name, rough & (km > low) & (km <= high))

    def _write_births(self) -> None:
        ours, theirs = self.corpus.births[self.one], self.corpus.births[self.other]
        both = (ours > 0) & (theirs > 0)
        whole = both & (ours % 100 > 0) & (theirs % 100 > 0)
        first = (ours == theirs) & (ours % 10_000 == _FIRST_DAY)
        same = whole & (ours == theirs) & ~first
        year = both & (~whole | first) & (ours // 10_000 == theirs // 10_000)
        slips = np.zeros(len(ours), np.int32)
        at = np.flatnonzero(whole & ~same)
        slips[at] = date_slips(ours[at], theirs[at])
        other = both & ~same & ~year & (slips != 1)
        self._put("birth_same", same)
        self._put("birth_near", slips == 1)
        self._put("birth_year", year)
        self._put("birth_other", other)
        self._put("birth_alike", slips == MOST_SLIPS)
        self._put("birth_wrong", other & whole & (slips != MOST_SLIPS) & (is_no_date(ours) | is_no_date(theirs)))


def _joined(evidence: Evidence, pair: int) -> float:
    """The likeness of all that is left of two names, run together in the order of each."""
    names, tokens = evidence._names, evidence.corpus.words.tokens
    ours = "".join(tokens[at].latin for at in names.ours[:, pair][names.left_ours[:, pair]])
    theirs = "".join(tokens[at].latin for at in names.theirs[:, pair][names.left_theirs[:, pair]])
    if min(len(ours), len(theirs)) < 5 or not ours.isalpha() or not theirs.isalpha():
        return 0.0
    return float(OSA.normalized_similarity(ours, theirs))


def _bits(slots: NDArray[np.int32], which: Flags, bits: Floats) -> Floats:
    """The bits of some of the words of each pair."""
    total = np.zeros(slots.shape[1], np.float32)
    for slot, some in zip(slots, which, strict=True):
        total += np.where(some, bits[slot], np.float32(0)) if len(bits) else 0
    return total


def is_one_address(columns: Floats) -> Flags:
    """Which pairs have so much of their addresses in common, with a number, that it is one home."""
    return np.asarray((columns[AT["address_word"]] > _ONE_ADDRESS) & (columns[AT["address_number"]] > 0), np.bool_)


def _at_least(ours: list[str], theirs: list[str], least: float) -> Flags:
    found = cpdist(ours, theirs, scorer=OSA.normalized_similarity, score_cutoff=least, dtype=np.float32)
    return np.asarray(np.asarray(found) >= least, np.bool_)


def distance(one: Floats, other: Floats) -> Floats:
    """Kilometres between places in degrees, on a sphere (haversine); NaN where one is not known."""
    ours, theirs = np.radians(one.astype(np.float32)), np.radians(other.astype(np.float32))
    north, east = (theirs - ours).T / 2
    chord = np.sin(north) ** 2 + np.cos(ours[:, 0]) * np.cos(theirs[:, 0]) * np.sin(east) ** 2
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1))), np.float32)
