"""What each feature weighs, in bits, and from how many bits on a pair is sure, or worth a look by people.

The sum is the weight of evidence of Fellegi and Sunter (1969), log2 of how much likelier the features are in pairs of one
bearer than in others that blocking brings together, with the log odds that these have to begin with (``prior``).
The bits of organisations were fitted together (logistic regression on ``bench/names/generate.py``, development data,
100,000 records: features depend on each other, so that bits of each by itself would count twice), then rounded. On
that data pairs of at least 0 bits are right in 94 of 100 and hold 88 of 100 true pairs (before clustering: clusters .952
and .923, F1 .937); -0.5 has the best F1 of pairs, and the first is kept for its precision. Of the pairs between -4 and 0, which
people are asked about, one in four is right. What a doubling takes is not fitted:
-0.5 gave clusters of .962 and .882 (F1 .920) at 1,000,000 development records, so a smaller one is used. Below 100,000
a doubling was fitted as -1.0 (samples of 500 to 30,000 organisations), and none is used: real factories of one town then
came together that made ones do not resemble.

Where only names and countries are known, other bits hold (``bench/names/linkage_alone.py``, samples of 700 to 100,000
records, fitted together with what a doubling takes); the prior is a little lower than fitted, for precision.

Some signs of theirs look odd by themselves, and are not: of pairs with much in common, those of one address to the letter
are as often sisters and franchises, while a number of the address that only one record has is what rewriting leaves behind
(``address_more_number``). Without that feature F1 of the clusters is .0011 less on the development data.

The bits of persons were fitted in the same way on ``bench/names/persons.py`` (development data, 20,000 records), where
there are households, and rounded. A whole number weighs more than fitted, by how seldom it agrees by chance, as the made
data hold no wrong ones; features that they do not have (places, websites) are set by hand. Clusters of 2,000 and 20,000
such persons are .974 and .992 right and hold .982 and .975 of true pairs (F1 .978, .983; with bits set by hand, before, .958
and .955). Three changes were made after a look at what kinds of pairs FEBRL 1 to 4 missed (whole numbers, one address as
the collection has it, names in common as a whole): FEBRL's figures are not those of data never seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.columns import Floats
from convener.engines.names.linkage.features import AT, FEATURES

ORGANISATIONS = {
    "name_same": 0.17, "name_alike": 0.4, "name_unlike": -0.43, "name_generic": 0.22, "name_other": -0.39, "name_more": -0.02,
    "name_other_trade": -10.1, "name_more_trade": -0.6, "name_mixed": -3.1, "name_other_number": -11.8,
    "name_more_number": -9.7, "name_whole": 1.0, "name_nothing": -0.6, "form_other": -1.6, "number_same": 18.2,
    "number_near": 7.9, "number_other": -9.7, "site_same": 0.3, "site_repeats": -1.1, "site_label": 2.3, "site_alike": -5.3,
    "site_other": -7.0, "address_number": 0.07, "address_word": 0.15, "address_other_number": -1.5,
    "address_more_number": 1.7, "address_other_word": -1.7, "address_nothing": -9.0, "near_1": 2.4, "near_3": 1.4,
    "near_10": -0.3, "near_30": -0.3, "far": -9.6, "town_near": 1.1, "town_30": 0.7, "town_far": -8.3, "country_other": -8.0,
    "birth_other": -8.0,
}  # fmt: skip
#: Where nothing but names and countries can be compared (``alone``).
NAMES_ALONE = {
    "name_same": 0.34, "name_alike": 0.57, "name_unlike": -0.8, "name_generic": 0.43, "name_other": -1.1, "name_more": -0.07,
    "name_other_trade": -9.8, "name_more_trade": -1.6, "name_mixed": -2.1, "name_other_number": -10.8,
    "name_more_number": -11.0, "name_whole": 0.4, "name_joined": -0.2, "name_nothing": -0.9, "form_other": -2.6,
    "country_same": 1.4, "country_other": -8.0,
}  # fmt: skip
PERSONS = {
    "name_same": 0.25, "name_alike": 0.35, "name_unlike": -0.4, "name_generic": 0.2, "name_other": -0.2, "name_all": 4.5,
    "name_other_number": -4.0, "name_nothing": -2.0, "number_same": 18.0, "number_near": 9.0, "number_other": -5.5,
    "number_alike": 8.5, "number_next": -12.0, "site_same": 0.3, "address_number": 0.1, "address_word": 0.3,
    "address_near_number": 2.0, "address_other_word": -0.5, "address_home": 1.0, "near_1": 3.0, "near_3": 1.5,
    "near_30": -0.5, "far": -1.0, "town_near": 1.0, "town_far": -1.0, "country_other": -3.0, "birth_same": 8.0,
    "birth_near": 6.0, "birth_year": 2.0, "birth_other": -7.0, "birth_alike": 7.5, "birth_wrong": 3.5, "relative": -2.3,
}  # fmt: skip


@dataclass(frozen=True)
class Prior:
    """Bits of a pair before anything is compared, in a collection of ``records``; what a doubling of these takes, more and
    fewer. Smaller collections than ``least`` count as that: the fewer are known, the less is known of how many share a
    name.
    """

    bits: float
    records: int
    a_doubling: float
    a_doubling_below: float
    least: int

    def __call__(self, records: int) -> float:
        """The bits in a collection of so many records."""
        doublings = float(np.log2(max(records, self.least) / self.records))
        return self.bits + doublings * (self.a_doubling if doublings > 0 else self.a_doubling_below)


@dataclass(frozen=True)
class Model:
    """The bits of the features, in their order, and of the prior."""

    weights: Floats
    prior: Prior


#: From how many bits on.
SURE, UNSURE = 0.0, -4.0
#: What no likeness outweighs: another number of the same register; another kind of bearer.
CONTRADICTION = -20.0
#: Features by which names have a word that the other has not.
_MORE = (
    "name_other", "name_more", "name_mixed", "name_other_trade", "name_more_trade", "name_more_number",
)  # fmt: skip
#: Bits that like words may differ by, and still be one word written twice.
_UNLIKE = 1.0
#: What like words take, to what they give, where they are hardly alike: a likeness below .7.
_HARDLY_ALIKE = 3 / 7
#: What persons must have one of, or so many bits of address, beside their names.
_MORE_THAN_A_NAME = (
    "number_same", "number_near", "number_alike", "birth_same", "birth_near", "birth_alike", "site_same", "near_1",
)  # fmt: skip
_AN_ADDRESS = 8.0
#: Bits that one address gives where fewer than one pair in 128 that share it are relatives.
_NO_RELATIVES = 6.0


def _model(of: dict[str, float], prior: Prior) -> Model:
    return Model(np.array([of.get(name, 0.0) for name in FEATURES], np.float32), prior)


_IS_NAME = ("name_", "form_", "country_")
_CONTEXT = {name: bits for name, bits in ORGANISATIONS.items() if not name.startswith(_IS_NAME)}
_OF_CONTEXT = np.array([not name.startswith(_IS_NAME) for name in FEATURES])
#: Beside names that are weighed as if alone, what agrees counts by half: who shares a name shares an address more often.
_BESIDE_NAMES = 0.5
_ORGANISATION = _model(ORGANISATIONS, Prior(-4.0, 100_000, -0.25, 0.0, 100_000))
_BY_NAME = _model(
    NAMES_ALONE | {name: bits * _BESIDE_NAMES for name, bits in _CONTEXT.items()},
    Prior(-8.3, 100_000, -1.1, -1.1, 1_000),
)
_PERSON = _model(PERSONS, Prior(-8.5, 20_000, -1.0, -1.0, 2_000))


def model_of(column: Floats, records: int, *, is_person: bool) -> Model:
    """The model by which a pair with these features is weighed, in a collection of so many records."""
    if is_person:
        return _PERSON
    return _BY_NAME if _by_names(column[:, None], records)[0] else _ORGANISATION


def weighed(columns: Floats, is_person: NDArray[np.bool_], records: int) -> Floats:
    """The bits of each pair (columns of features), without the rules of :func:`ruled`."""
    bits = _bits(_ORGANISATION, columns, records)
    for model, which in ((_PERSON, is_person), (_BY_NAME, _by_names(columns, records) & ~is_person)):
        if which.any():
            bits[which] = _bits(model, columns[:, which], records)
    return bits


def _by_names(columns: Floats, records: int) -> NDArray[np.bool_]:
    """Which pairs of organisations are weighed by their names: where nothing else is known, or where what is known agrees,
    and more is gained so. (Fitted beside the rest, names say less, as sisters share both; but what agrees must not take away.)
    """
    is_alone = columns[AT["alone"]] > 0
    agrees = _ORGANISATION.weights[_OF_CONTEXT] @ columns[_OF_CONTEXT] >= 0
    says_less = _bits(_BY_NAME, columns, records) > _bits(_ORGANISATION, columns, records)
    return np.asarray(is_alone | (agrees & says_less & ~_is_loose(columns)), np.bool_)


def _bits(model: Model, columns: Floats, records: int) -> Floats:
    return np.asarray(model.weights @ columns + np.float32(model.prior(records)), np.float32)


def ruled(bits: Floats, columns: Floats, is_person: NDArray[np.bool_], is_other_type: NDArray[np.bool_]) -> Floats:
    """The bits under the rules that no sum may break.

    Organisations with other numbers of one register are others. A number of which one sign differs, or a number shared
    by names with nothing in common, is for people to see; so are persons who have nothing in common but their names, and
    those who may be twins; names that differ by what everybody knows as two, where they share no number; and one name at
    one address with coordinates that say otherwise.
    """
    row = columns.__getitem__
    doubtful = row(AT["number_near"]) > 0
    unlike = (row(AT["name_nothing"]) > 0) & (
        row(AT["name_same"]) + row(AT["name_alike"]) + row(AT["name_generic"]) < 2
    )
    doubtful |= (row(AT["number_same"]) > 0) & unlike
    doubtful |= (row(AT["number_same"]) == 0) & (_are_others(columns) | (row(AT["name_contrast"]) > 0))
    of_person = _is_name_alone(columns) | _may_be_twins(columns) | _is_half_a_name(columns)
    of_person |= ~_is_one_number(columns) & ((row(AT["name_contrast"]) > 0) | (row(AT["form_other"]) > 0))
    doubtful = np.where(is_person, of_person, doubtful)
    bits = np.where(doubtful, np.minimum(bits, np.float32(SURE - 0.01)), bits)
    loose = (row(AT["alone"]) > 0) & _is_loose(columns) | (row(AT["site_alone"]) > 0) & _has_more(columns)
    loose &= ~is_person
    bits = np.where(loose, np.minimum(bits, np.float32(SURE - 0.01)), bits)
    mapped = _is_mapped_elsewhere(columns) & ~is_person
    bits = np.where(mapped, np.maximum(bits, np.float32(UNSURE)), bits)
    impossible = ((row(AT["number_other"]) > 0) & ~is_person) | is_other_type
    return np.asarray(np.where(impossible, np.minimum(bits, np.float32(CONTRADICTION)), bits), np.float32)


def _are_others(columns: Floats) -> NDArray[np.bool_]:
    """Which names have no word that tells in common, and each one of its own; or words that are hardly alike at most."""
    row = columns.__getitem__
    nothing = (row(AT["name_nothing"]) > 0) & (row(AT["name_other"]) > 0)
    hardly = (row(AT["name_same"]) == 0) & (row(AT["name_unlike"]) > _HARDLY_ALIKE * row(AT["name_alike"]))
    return np.asarray(nothing | hardly, np.bool_)


def _is_mapped_elsewhere(columns: Floats) -> NDArray[np.bool_]:
    """Which pairs have one name and one address, and coordinates far apart: somebody's map was wrong, which is for people to
    see.
    """
    row = columns.__getitem__
    far = row(AT["far"]) + row(AT["town_far"]) > 0
    one_address = (row(AT["address_word"]) > 0) & (row(AT["address_other_word"]) + row(AT["address_other_number"]) == 0)
    return np.asarray(far & one_address & (row(AT["name_whole"]) > 0) & (row(AT["country_other"]) == 0), np.bool_)


def _is_loose(columns: Floats) -> NDArray[np.bool_]:
    """Which names differ by more than their writing: a word that only one has, or words that are alike, or mean the same, and
    no more (Essex and Sussex, cars and motors, two departments of one group). Where there is nothing else to go by, that is
    for people to see.
    """
    return np.asarray(
        _has_more(columns) | (columns[AT["name_meaning"]] > 0) | (columns[AT["name_unlike"]] > _UNLIKE), np.bool_
    )


def _has_more(columns: Floats) -> NDArray[np.bool_]:
    """Which names have a word without a partner in the other. Where a website is all that they share beside, that is for
    people to see too: a holding and its firms have one site.
    """
    left = np.zeros(columns.shape[1], np.float32)
    for name in _MORE:
        left += columns[AT[name]]
    return np.asarray(left > 0, np.bool_)


def _is_name_alone(columns: Floats) -> NDArray[np.bool_]:
    """Which pairs have nothing in common but their names."""
    has = np.zeros(columns.shape[1], np.bool_)
    for name in _MORE_THAN_A_NAME:
        has |= columns[AT[name]] > 0
    return np.asarray(~has & (columns[AT["address_word"]] < _AN_ADDRESS), np.bool_)


def _is_half_a_name(columns: Floats) -> NDArray[np.bool_]:
    """Which pairs share one name and a date of birth, have other names besides, or some that are hardly alike (Hassan and
    Hussein), and neither number nor address in common.
    """
    row = columns.__getitem__
    hardly = row(AT["name_unlike"]) > _HARDLY_ALIKE * row(AT["name_alike"])
    more = row(AT["number_same"]) + row(AT["number_near"]) + row(AT["number_alike"]) + row(AT["address_word"]) > 0
    return np.asarray(((row(AT["name_part"]) > 0) | hardly) & ~more, np.bool_)


def _may_be_twins(columns: Floats) -> NDArray[np.bool_]:
    """Which pairs have one address, one surname and other given names, and no number that says they are one.

    Where a collection has hardly any relatives, it has no twins: of people at one address, one in fifty is a twin.
    """
    have_relatives = columns[AT["address_home"]] < _NO_RELATIVES
    return np.asarray((columns[AT["relative"]] > 0) & have_relatives & ~_is_one_number(columns), np.bool_)


def _is_one_number(columns: Floats) -> NDArray[np.bool_]:
    """Which pairs have numbers that are the same but for slips, and not as a register gives them to people who come together."""
    row = columns.__getitem__
    alike = row(AT["number_same"]) + row(AT["number_near"]) + row(AT["number_alike"]) > 0
    return np.asarray(alike & ~(row(AT["number_next"]) > 0), np.bool_)


def probability(bits: NDArray[np.floating]) -> NDArray[np.float64]:
    """The score that bits stand for, from 0 to 1, to four decimals."""
    return np.asarray(np.round(1 / (1 + np.exp2(-np.clip(bits, -60, 60).astype(np.float64))), 4))
