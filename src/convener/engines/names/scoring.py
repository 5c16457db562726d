"""What an alignment of two names is worth, from 0 to 1, and which part of it gave or took how much.

Each pair of words gives bits (G): what the word tells, by its rarity, times how alike the two are. What is unlike, missing,
contradicted or out of order takes bits (L). The score is G / (G + L + c), brought to a scale on which it can be read
(:mod:`calibration`): the constant c keeps two names from being sure on little. Names with one normal form score 1. The
factors (:mod:`scales`) were fitted to the development part of ``bench/names``; the reported figures come from the other.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

from convener.engines.names.alignment import Alignment, Pair, aligned
from convener.engines.names.analysis import PATRONYMIC, Name, Token
from convener.engines.names.calibration import calibrated
from convener.engines.names.model import Type
from convener.engines.names.scales import ORGANISATIONS, PERSONS, Scale
from convener.engines.names.sides import Side, Weigh, side
from convener.engines.names.vocabulary import Kind

_CONTENT = (Kind.WORD, Kind.GIVEN, Kind.CONCEPT)
#: The most that names score which agree in words of trades alone: several of them (Central Bank) are worth a look, one
#: with its legal form is not. ``_SEVERAL_GENERIC`` are the bits from which they are several.
MOST_BY_GENERIC, MOST_BY_ONE_GENERIC = 0.85, 0.4
_SEVERAL_GENERIC = 6.0
#: The most that persons score of whom one has no name but one or two given names of the other: many have those.
MOST_BY_GIVEN, _TWO_GIVEN = 0.58, 2
#: The most that persons score who are known by one word each, written otherwise: a look, and no match.
MOST_BY_ONE_WORD = 0.89
#: The least score of names that are the same once folded, whatever their dates say, and of names of the same words.
SAME_NAME, SAME_WORDS = 0.6, 0.93
#: The least score of organisations that differ by form and trade alone, of one of them, with what is added of their own
#: score; the bits that the rest must give. So much do those have too that differ by their form alone, of two words or more,
#: whatever these say: who is General Petroleum on a list may be General Petroleum Corporation.
SAME_RARE, _RARE_SHARE, _RARE = 0.6, 0.1, 5.0
_WORDS_OF_A_NAME = 2
_COUNTS, _OF_FORM = ("word", "generic", "acronym", "number", "form"), ("form", "little", "counterpart")
_BESIDE = ("generic", "form", "little")
_AS_GOOD_AS_SAME, _HARDLY = ("same", "meaning", "variant", "joined"), 0.08
#: Bits that it takes when father and son are exchanged.
_TURNED = 9.0
_SAYS_WHO, _TELLS_LITTLE = ("word", "acronym", "identifier"), ("generic", "number")
#: The most that names score which are not the same.
MOST = 0.99


class Part(NamedTuple):
    """One reason: what of the query, what of the entry, in which way, and the bits it gave and took."""

    kind: str
    ours: str
    theirs: str
    how: str
    gave: float
    took: float


class Comparison(NamedTuple):
    """A score with its parts; ``most`` is the score if nothing had been taken."""

    score: float
    parts: tuple[Part, ...]
    most: float

    @property
    def bits(self) -> tuple[float, float]:
        """The bits that were given and taken."""
        return sum([part.gave for part in self.parts]), sum([part.took for part in self.parts])

    def gives(self) -> tuple[float, ...]:
        """The shares of the parts, in their order; they sum to the score.

        What matched gives the score that it would have alone; what differs takes the rest of that away.
        """
        gave, took = self.bits
        if not gave:
            return (0.0,) * len(self.parts)
        lost = (self.most - self.score) / took if took else 0.0
        shares = [round(self.most * part.gave / gave - lost * part.took, 4) for part in self.parts]
        largest = max(range(len(shares)), key=lambda at: self.parts[at].gave)
        shares[largest] = round(shares[largest] + self.score - sum(shares), 4)
        return tuple(shares)


_TOO_LITTLE = Comparison(0.0, (), 0.0)
#: By how much rounding can raise a score, and more.
_ROUNDED = 1e-4


def lexical(token: Token) -> float:
    """The bits of a word where no list is known."""
    return token.weight


def compared(
    ours: Name, theirs: Name, kind: Type = Type.ORGANISATION, weigh: Weigh = lexical, context: Sequence[Part] = ()
) -> Comparison:
    """Compare two names; ``context`` are further reasons (country, date, identifier). The score is symmetric."""
    return compared_sides(side(ours, weigh), side(theirs, weigh), kind, context)


def compared_sides(
    ours: Side, theirs: Side, kind: Type, context: Sequence[Part] = (), least: float = 0.0
) -> Comparison:
    """Compare two names that were made ready for it: see :func:`compared`. What scores less than ``least`` scores 0."""
    scale = PERSONS if kind is Type.PERSON else ORGANISATIONS
    alignment = aligned(ours, theirs)
    parts = _parts(alignment, ours, theirs, scale)
    parts += context
    plain = ours.name.plain
    if plain and plain == theirs.name.plain:
        return _same(parts, ours, theirs)
    return _scored(parts, kind, scale.constant, _highest(alignment, ours, theirs, bool(context), kind), least)


def _highest(alignment: Alignment, ours: Side, theirs: Side, has_context: bool, kind: Type) -> float:
    """The most that names can score which are not the same, by how much of a person they say."""
    if kind is not Type.PERSON:
        return MOST
    if not has_context and _is_given_alone(alignment, ours, theirs):
        return MOST_BY_GIVEN
    is_one_word = len(alignment.pairs) == 1 and not alignment.ours and not alignment.theirs
    return MOST_BY_ONE_WORD if is_one_word and not has_context else MOST


def _is_given_alone(alignment: Alignment, ours: Side, theirs: Side) -> bool:
    """Whether one name is a given name or two, and the other has beside them what is none: a family name."""
    pairs, (missed, one) = alignment.pairs, (alignment.ours, ours) if alignment.ours else (alignment.theirs, theirs)
    return (
        0 < len(pairs) <= _TWO_GIVEN
        and bool(alignment.ours) != bool(alignment.theirs)
        and any(one.tokens[at].kind is Kind.WORD and one.tokens[at].sense != PATRONYMIC for at in missed)
        and all(ours.tokens[pair[0]].kind is theirs.tokens[pair[2]].kind is Kind.GIVEN for pair in pairs)
    )


def _same(parts: Sequence[Part], ours: Side, theirs: Side) -> Comparison:
    """What names are worth that are the same once folded, though their words may have been told apart otherwise."""
    if any(part.took or not part.gave for part in parts if part.kind not in _CONTEXT):
        bits = min(math.fsum(ours.bits), math.fsum(theirs.bits))
        whole = Part("word", ours.name.plain, theirs.name.plain, "same", bits, 0.0)
        parts = [whole, *(part for part in parts if part.kind in _CONTEXT)]
    gave, took = math.fsum([part.gave for part in parts]), math.fsum([part.took for part in parts])
    if not gave:
        return Comparison(0.0, tuple(parts), 0.0)
    return Comparison(round(max(gave / (gave + took), SAME_NAME), 4), tuple(parts), 1.0)


def _scored(parts: Sequence[Part], kind: Type, constant: float, highest: float, least: float) -> Comparison:
    """What other names are worth, ``highest`` at most, and nothing below ``least``."""
    gave, took = math.fsum([part.gave for part in parts]), math.fsum([part.took for part in parts])
    if not gave:
        return Comparison(0.0, tuple(parts), 0.0)
    plain = calibrated(gave / (gave + took + constant), kind)
    is_one = kind is not Type.PERSON and _is_same_but_for_form(parts)
    floor = max(_floor(parts, kind, plain), SAME_RARE + _RARE_SHARE * plain if is_one else 0.0)
    if max(plain, floor) < least - _ROUNDED:
        return _TOO_LITTLE
    limit = min(max(_limit(parts), MOST_BY_GENERIC) if is_one else _limit(parts), highest)
    floor = min(limit, floor)
    most = max(min(calibrated(gave / (gave + constant), kind), limit), floor)
    return Comparison(round(max(min(plain, limit), floor), 4), tuple(parts), most)


#: Kinds of parts that are not of the name.
_CONTEXT = frozenset({"identifier", "country", "birth_date"})


def _floor(parts: Sequence[Part], kind: Type, plain: float) -> float:
    """The least that names score in which nothing differs but order, titles, blanks, and how a word of trade is written.

    Less, but worth a look, where an organisation's rare words are all there and one of the two has its form and trade
    beside them: Wagner for Wagner Group. Trades on both sides contradict each other: Wagner Mining is no Wagner Foods.
    What scored more (``plain``) stays ahead among them. Another country or date of birth make it no match, but never hide
    the same words from who asks.
    """
    told, of_ours, of_theirs, is_whole, is_contradicted = 0.0, False, False, True, False
    for what, ours, _theirs, how, gave, took in parts:
        if what in _CONTEXT:
            is_contradicted |= took > 0
        elif how in _AS_GOOD_AS_SAME and took <= _HARDLY * gave:
            told += gave if what == "word" else 0.0
        elif what == "missing" and how in _BESIDE:
            of_ours, of_theirs = of_ours or bool(ours), of_theirs or not ours
        elif how == "counterpart":
            is_whole = False
        elif what != "order" or how == "turned":
            return 0.0
    if is_whole and not of_ours and not of_theirs:
        return SAME_NAME if is_contradicted else SAME_WORDS
    is_rare = kind is not Type.PERSON and told >= _RARE and not (of_ours and of_theirs)
    return SAME_RARE + _RARE_SHARE * plain if is_rare else 0.0


def _is_same_but_for_form(parts: Sequence[Part]) -> bool:
    """Whether nothing differs but legal forms, and the rest is more than one word of trade."""
    words, says_more = 0, False
    for what, _ours, _theirs, how, gave, took in parts:
        if how in _AS_GOOD_AS_SAME and took <= _HARDLY * gave:
            words += what in _COUNTS
            says_more |= what == "word"
        elif what not in _CONTEXT and how not in _OF_FORM:
            return False
    return words >= _WORDS_OF_A_NAME or says_more


def _limit(parts: Sequence[Part]) -> float:
    """The most that names can score which are not the same: less where only words of trades and forms agree."""
    agreed = 0.0
    for kind, _ours, _theirs, _how, gave, _took in parts:
        if gave and kind in _SAYS_WHO:
            return MOST
        if kind in _TELLS_LITTLE:
            agreed += gave
    return MOST_BY_GENERIC if agreed >= _SEVERAL_GENERIC else MOST_BY_ONE_GENERIC


def _parts(alignment: Alignment, ours: Side, theirs: Side, scale: Scale) -> list[Part]:
    factors, parts = _factors(scale), []
    for pair in alignment.pairs:
        our, _our_end, their, _their_end, _value, how = pair
        if how == "same":  # always one word each
            one, other = ours.tokens[our], theirs.tokens[their]
            kind = max(one.kind, other.kind)
            gave = min(ours.bits[our], theirs.bits[their]) * factors[kind]
            parts.append(Part(_NAMES[kind], one.text, other.text, "same", gave, 0.0))
        else:
            parts.append(_pair(pair, ours, theirs, scale))
    if alignment.ours or alignment.theirs:
        _add_missing(parts, alignment, ours, theirs, scale)
    if alignment.is_turned:
        parts.append(Part("order", "", "", "turned", 0.0, _TURNED))
    elif not alignment.is_ordered:
        parts.append(Part("order", "", "", "order", 0.0, scale.order))
    return parts


def _pair(pair: Pair, ours: Side, theirs: Side, scale: Scale) -> Part:
    our, our_end, their, their_end, value, how = pair
    ones, others = ours.tokens[our:our_end], theirs.tokens[their:their_end]
    first = max(min([token.kind for token in ones]), min([token.kind for token in others]))
    weight = min(sum(ours.bits[our:our_end]), sum(theirs.bits[their:their_end]))
    if how in ("initial", "acronym"):
        factor = scale.initial if how == "initial" else scale.acronym
        return Part(how, _text(ones), _text(others), how, weight * value * factor, 0.0)
    factor = _factors(scale)[first]
    gave = weight * value * factor
    took = weight * (1 - value) * factor * _unlike(how, scale)
    return Part(_NAMES[first], _text(ones), _text(others), how, gave, took)


_NAMED = {
    Kind.GENERIC: "generic", Kind.FORM: "form", Kind.NUMBER: "number", Kind.PARTICLE: "little", Kind.SMALL: "little",
    Kind.TITLE: "little", Kind.INITIAL: "initial",
}  # fmt: skip
_NAMES = tuple(_NAMED.get(kind, "word") for kind in Kind)


@functools.cache
def _factors(scale: Scale) -> tuple[float, ...]:
    """The factor of each kind of word, by its number."""
    known = {
        Kind.WORD: 1.0, Kind.GIVEN: scale.given, Kind.CONCEPT: scale.concept, Kind.GENERIC: scale.generic,
        Kind.FORM: scale.form, Kind.NUMBER: scale.number, Kind.PARTICLE: scale.particle, Kind.INITIAL: scale.initial,
    }  # fmt: skip
    return tuple(known.get(kind, 0.3) for kind in Kind)


def _unlike(how: str, scale: Scale) -> float:
    if how in ("sound", "consonants"):
        return scale.unlike_sound
    return scale.unlike_joined if how == "joined" else scale.unlike


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


#: What words are missing by, in five groups: content, trades, forms, numbers, and little words and initials.
_MISSING_PATRONYMIC = 1.5
_GROUPS = {Kind.GENERIC: 1, Kind.FORM: 2, Kind.NUMBER: 3, Kind.PARTICLE: 4, Kind.INITIAL: 4}
_GROUP_OF = tuple(_GROUPS.get(kind, 0) for kind in Kind)


class _Cost(NamedTuple):
    """What a missing word costs, a bit that it tells and beside, on the side that misses less and on the other."""

    few: float
    many: float
    factor: float
    few_words: float
    many_words: float


@functools.cache
def _costs(scale: Scale) -> tuple[_Cost, ...]:
    """What a missing word of each kind costs, by its number."""
    by_group = (
        (scale.few, scale.many),
        (scale.few_generic, scale.many_generic),
        (scale.few_forms, scale.many_forms),
        (scale.few_numbers, scale.many_numbers),
        (scale.few_particles, scale.many_particles),
    )
    content = scale.few_words, scale.many_words
    return tuple(
        _Cost(*by_group[group], *((1.0, 0.0, 0.0) if group else (_factors(scale)[kind], *content)))
        for kind, group in zip(Kind, _GROUP_OF, strict=True)
    )


def _add_missing(parts: list[Part], alignment: Alignment, ours: Side, theirs: Side, scale: Scale) -> None:
    """Add what words without a partner take. Words on both sides contradict each other: the side with less costs more."""
    costs = _costs(scale)
    of_ours, of_theirs = _by_group(alignment.ours, ours), _by_group(alignment.theirs, theirs)
    for at in alignment.ours:
        token = ours.tokens[at]
        took = _took(costs[token.kind], _missed(ours, at), _share(token.kind, of_ours, of_theirs))
        parts.append(Part("missing", token.text, "", _NAMES[token.kind], 0.0, took))
    for at in alignment.theirs:
        token = theirs.tokens[at]
        took = _took(costs[token.kind], _missed(theirs, at), _share(token.kind, of_theirs, of_ours))
        parts.append(Part("missing", "", token.text, _NAMES[token.kind], 0.0, took))


def _missed(one: Side, at: int) -> float:
    """The bits of a word that is missing. Patronymics come and go, rare ones too."""
    token = one.tokens[at]
    return _MISSING_PATRONYMIC if token.sense == PATRONYMIC else one.bits[at]


def _share(kind: Kind, own: _Groups, other: _Groups) -> float:
    """How far the cost is that of the side which misses less in the word's group: 1, on the other side 0."""
    mine, others = own.get(_GROUP_OF[kind]), other.get(_GROUP_OF[kind], _NOTHING)
    return 0.5 if mine == others else 1.0 if mine and mine < others else 0.0


def _took(cost: _Cost, bits: float, share: float) -> float:
    few, many, factor, few_words, many_words = cost
    rest = 1 - share
    return bits * (share * few + rest * many) * factor + share * few_words + rest * many_words


_Groups = dict[int, tuple[float, int]]
_NOTHING = (0.0, 0)


def _by_group(places: Sequence[int], one: Side) -> _Groups:
    """The bits and the number of the words at these places, by their group."""
    found: _Groups = {}
    for at in places:
        group = _GROUP_OF[one.tokens[at].kind]
        bits, count = found.get(group, _NOTHING)
        found[group] = bits + one.bits[at], count + 1
    return found
