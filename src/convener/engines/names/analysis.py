"""A name taken apart: its words, romanised, with what each stands for and how much it tells."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from convener.engines.names.model import Type
from convener.engines.names.romanising import Roman, romanised
from convener.engines.names.sounds import bones, sound
from convener.engines.names.vocabulary import MAYBE_TITLE, MOST_WORDS_OF_PHRASE, Kind, Sense, Vocabulary, vocabulary
from convener.engines.names.writing import Written, written


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """One word, or several that stand for one thing. There is one object a word: what two are alike in is remembered.

    ``latin`` is its romanised spelling, ``sound`` and ``bones`` the keys of :mod:`sounds`, ``key`` equal for all writings
    of one thing, ``family`` what :class:`Sense` says, ``weight`` how much it tells, in bits, before any list is known.
    """

    text: str
    latin: str
    sound: str
    bones: str
    kind: Kind
    key: str
    family: str
    weight: float
    vowelless: bool
    sense: Sense | None


class Name(NamedTuple):
    """A name taken apart. ``plain`` is its normal form: two names with one normal form are the same."""

    text: str
    tokens: tuple[Token, ...]
    plain: str

    @property
    def distinctive(self) -> float:
        """Bits that the words tell which are more than form, title or trade; of trades, those that several words name."""
        words = sum(token.weight for token in self.tokens if token.kind <= Kind.NUMBER)
        trades = sum(token.weight for token in self.tokens if token.kind is Kind.GENERIC)
        return words + max(0.0, trades - _ONE_TRADE)


#: Bits that a word tells by what it is; a word of no known sense tells more the longer it is.
_WEIGHTS = {Kind.PARTICLE: 0.5, Kind.FORM: 0.6, Kind.SMALL: 0.1, Kind.TITLE: 0.1, Kind.INITIAL: 1.5, Kind.NUMBER: 4.0}
_OF_LEVEL = {
    Kind.GIVEN: {1: 6.5, 2: 5.5, 3: 4.0, 4: 2.0},
    Kind.CONCEPT: {1: 4.5, 2: 3.0, 3: 1.5},
    Kind.GENERIC: {1: 4.5, 2: 2.2, 3: 1.0},
    Kind.FORM: {1: 0.6, 2: 0.6, 3: 0.3},
}
#: II and the like: in one name alone they may as well be a title; another one in each name is another fund.
_WEIGHT_OF_NUMERAL = 1.5
#: Bits of one or two words of trades, which are anybody's.
_ONE_TRADE = 2.0
#: Words of trades are one set of keys, whatever their level; so that a key of a name is never one of them.
_PREFIX = {Kind.GIVEN: "name", Kind.FORM: "form", Kind.TITLE: "title", Kind.SMALL: "small", Kind.PARTICLE: "particle"}
_PER_LETTER, _AT_LEAST, _AT_MOST = 1.35, 1.0, 11.0
_ARTICLES = ("وال", "بال", "فال", "كال", "ال", "لل")


#: 51st, 2nd, 3e, 4º: numbers as any.
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|e|o|a)").fullmatch
_A_WORD, _AN_INITIAL = Sense(Kind.WORD, ""), Sense(Kind.INITIAL, "")
#: Patronymics come and go; names of persons, ships and aircraft are taken apart without words of trades and places.
_LITTLE, _WEIGHT_OF_PATRONYMIC = 4, 3.0
PATRONYMIC = Sense(Kind.WORD, "", level=_LITTLE)
#: Mohammad before other names, a doctor of medicine after them.
_DOCTOR = "md"
_ENDS_AS_PATRONYMIC = re.compile(r"\w{2}(?:[oe]vich|[oe]vych|[oei]vna|[oei]vitch|[ое]вич|[ое]вна|ович|івна)$").search
PLAIN_TYPES = frozenset({Type.PERSON, Type.VESSEL, Type.AIRCRAFT})


def weight_of_word(latin: str) -> float:
    """Bits that a word of no known sense tells: more letters, fewer others that could be mistaken for it."""
    return min(_AT_MOST, _AT_LEAST + _PER_LETTER * len(latin))


def analysed(text: str, kind: Type = Type.ORGANISATION) -> Name:
    """Take a name apart, as one of a person or of something else. Never raises; without a letter or digit: no tokens."""
    return _analysed(text, kind in PLAIN_TYPES)


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of an organisation's name, as :func:`analysed` has them, for those who go through millions of names."""
    return _said_tokens(written(text), is_plain=False)


def forget() -> None:
    """Forget the names that were taken apart: whoever goes through millions of them calls it now and then."""
    _analysed.cache_clear()
    _of_word.cache_clear()


@functools.lru_cache(maxsize=10_000)
def _analysed(text: str, is_plain: bool) -> Name:
    name = written(text)
    return Name(text, _said_tokens(name, is_plain=is_plain), _plain_form(name))


def _said_tokens(name: Written, *, is_plain: bool) -> tuple[Token, ...]:
    found = _tokens(name, vocabulary(persons=is_plain), is_plain=is_plain)
    tokens = tuple([token for token in found if token.latin or _is_said(token)])
    if len(tokens) > 2 and tokens[-1].text == _DOCTOR:
        tokens = (*tokens[:-1], _as_title(tokens[-1]))
    if is_plain:
        tokens = _without_titles(tokens)
    if not any(token.kind <= Kind.NUMBER for token in tokens):
        tokens = tuple(_as_name(token) for token in tokens)
    return tokens


def _without_titles(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """A title that is a name as often (Sheikh, General, Khan) is a title before two other words and more."""
    at = 0
    while at < len(tokens) - 2 and (sense := tokens[at].sense) and sense.level == MAYBE_TITLE:
        at += 1
    return tuple(_as_title(token) for token in tokens[:at]) + tokens[at:]


def _as_title(token: Token) -> Token:
    return token_of(token.text, Sense(Kind.TITLE, token.text)) if token.kind is Kind.GIVEN else token


def _is_said(token: Token) -> bool:
    return bool(token.latin) or any(letter.isalnum() for letter in token.text)


def _as_name(token: Token) -> Token:
    """Where there is nothing else, little words are the name: Le Van An, Do Do."""
    if token.kind is not Kind.PARTICLE:
        return token
    return token_of(token.text, Sense(Kind.GIVEN, token.text, level=4))


def _plain_form(name: Written) -> str:
    return " ".join(romanised(word).latin or word for word in name.words + name.rest)


def _tokens(name: Written, known: Vocabulary, *, is_plain: bool) -> Iterator[Token]:
    words, starts = name.words, known.starts
    at, last = 0, len(name.words) - 1
    is_whole = is_plain and _is_one_word(words, known)
    while at <= last:
        if starts.get(words[at], 0) < 2:
            yield from _of_word(words[at], 0 < at < last, is_plain, is_whole)
            at += 1
            continue
        taken, sense = _phrase(words, at, known)
        if taken == 1:
            yield from _of_word(words[at], 0 < at < last, is_plain, is_whole)
        elif sense and 0 < at <= last - taken and words[at : at + taken] in known.edges:
            yield token_of(" ".join(words[at : at + taken]), _A_WORD)
        else:
            yield token_of(" ".join(words[at : at + taken]), sense)
        at += taken


def _is_one_word(words: tuple[str, ...], known: Vocabulary) -> bool:
    """Whether a person's name is a single word, but for titles: in Han and Hangul the family name stands in it then."""
    return sum([(sense := known.senses.get((word,))) is None or sense.kind is not Kind.TITLE for word in words]) == 1


@functools.lru_cache(maxsize=200_000)
def _of_word(word: str, is_inside: bool, is_plain: bool, is_whole: bool) -> tuple[Token, ...]:
    """The tokens of a word that stands for itself, inside a name or at its edge; ``is_whole``: it is a person's whole name."""
    known = vocabulary(persons=is_plain)
    sense = known.senses.get((word,))  # a word that is none as written may be one as romanised: see below
    if sense and is_inside and (word,) in known.edges:
        sense = _A_WORD
    elif sense and not is_inside and _is_letter(word, sense):
        sense = _AN_INITIAL
    if sense:
        return (token_of(word, sense),)
    found = [(part, known.find(part)) for part in _parts(word, known, is_whole=is_whole)]
    return tuple(
        token_of(part, PATRONYMIC if is_plain and sense is None and _ENDS_AS_PATRONYMIC(part) else sense)
        for part, sense in found
    )


def _is_letter(word: str, sense: Sense) -> bool:
    """Whether what is a conjunction ("y", "e") or a short title elsewhere is an initial at the edge of a name."""
    return len(word) == 1 and word < "\u0590" and sense.kind in (Kind.SMALL, Kind.PARTICLE, Kind.TITLE)


def _phrase(words: tuple[str, ...], at: int, known: Vocabulary) -> tuple[int, Sense | None]:
    """How many words from ``at`` on stand for one thing, and what it is; 1 where it is no phrase."""
    longest = min(known.starts.get(words[at], 0), len(words) - at, MOST_WORDS_OF_PHRASE)
    for count in range(longest, 1, -1):
        sense = known.senses.get(words[at : at + count])
        if sense is not None:
            return count, sense
    return 1, None


def _parts(word: str, known: Vocabulary, *, is_whole: bool) -> Iterator[str]:
    """A word; of scripts without blanks, the known words in it and what stands between them.

    Of a person's whole name in Han or Hangul, the family name and the rest.
    """
    if is_whole and 1 < len(word) < 5 and all("\u3400" <= letter <= "\u9fff" or letter >= "\uac00" for letter in word):
        yield word[0]
        yield word[1:]
        return
    if word.isascii() or word[0] < "\u0e00" or len(word) < 2:
        yield _without_article(word, known)
        return
    unknown = ""
    at = 0
    while at < len(word):
        found = next(
            (word[at:end] for end in range(min(len(word), at + 8), at + 1, -1) if word[at:end] in known.unspaced), ""
        )
        if found:
            if unknown:
                yield unknown
            yield found
            unknown = ""
            at += len(found)
        else:
            unknown += word[at]
            at += 1
    if unknown:
        yield unknown


def _without_article(word: str, known: Vocabulary) -> str:
    if not "\u0600" <= word[0] <= "\u06ff" or (word,) in known.senses:
        return word
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) > 2:
            return word[len(article) :]
    if word[0] == "و" and (word[1:],) in known.senses:
        return word[1:]
    return word


@functools.lru_cache(maxsize=200_000)
def token_of(text: str, sense: Sense | None) -> Token:
    """The token of a folded word, or of several with blanks between, that has this sense."""
    given = sense
    roman = _romanised(text)
    latin = ordinal[1] if (ordinal := _ORDINAL(roman.latin)) else roman.latin
    if sense is None:
        sense = Sense(_kind_of_unknown(latin), "", "")
    weight = _OF_LEVEL[sense.kind][sense.level] if sense.kind in _OF_LEVEL else _WEIGHTS.get(sense.kind)
    if weight is None:
        weight = weight_of_word(latin) if sense.level != _LITTLE else _WEIGHT_OF_PATRONYMIC
    elif sense.kind is Kind.NUMBER:
        weight = min(_AT_MOST, weight + len(latin)) if latin.isdigit() else _WEIGHT_OF_NUMERAL
    key = latin or text
    if sense.key:
        key = sense.key if sense.kind is Kind.NUMBER else f"{_PREFIX.get(sense.kind, 'word')}:{sense.key}"
    return Token(
        text, latin, sound(latin), bones(latin), sense.kind, key, sense.family, round(weight, 2), roman.vowelless, given
    )


def _romanised(text: str) -> Roman:
    if text.isascii():
        return Roman(text.replace(" ", ""), False)
    parts = [romanised(word) for word in text.split(" ")]
    return Roman("".join(part.latin for part in parts), any(part.vowelless for part in parts))


def _kind_of_unknown(latin: str) -> Kind:
    if latin.isdigit():
        return Kind.NUMBER
    return Kind.INITIAL if len(latin) < 2 else Kind.WORD
