"""Texts as words: accents off, one blank between words, and words of scripts that set none cut into pairs of letters.

Scripts without blanks between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) need a dictionary to find words. Pairs
of neighbouring letters find the same texts without one: Unicode Standard Annex 29, section 4, leaves these scripts to
such means.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

import tantivy

from convener.engines.values.folding import fold
from convener.engines.words.stop_words import STOP_WORDS

#: Languages with stems.
LANGUAGES = ("en", "fr", "es", "ar")
#: Those whose stems the Snowball algorithms make, and what they call them.
_SNOWBALL = {"en": "english", "fr": "french", "es": "spanish"}
#: Longer words are nobody's words, and would fill the index.
MOST_LETTERS = 60
#: Longer pieces of text are folded anew each time: what is remembered must stay small, whatever people type.
REMEMBERED_LETTERS = 24

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"([{_UNSPACED}]+)")


_SIGNS = frozenset({"Mn", "Mc"})
_FIRST_SIGN, _AFTER_SIGNS = 0x300, 0x1F000  # from the combining accents to where the pictures begin
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")


@functools.cache
def _signs() -> str:
    """Signs that belong to the letter before them, which Python takes for a word's end, as the inside of a class."""
    signs = [code for code in range(_FIRST_SIGN, _AFTER_SIGNS) if unicodedata.category(chr(code)) in _SIGNS]
    known = frozenset(signs)
    firsts = [code for code in signs if code - 1 not in known]
    lasts = [code for code in signs if code + 1 not in known]
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(firsts, lasts, strict=True))


@functools.cache
def _word() -> re.Pattern[str]:
    """Letters and digits with the signs that belong to them."""
    return re.compile(rf"[^\W_](?:[^\W_]|[{_signs()}])*")


@functools.cache
def _letter() -> re.Pattern[str]:
    """One letter with the signs that belong to it."""
    return re.compile(rf"[^\W_][{_signs()}]*")


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _word()


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words of ``text`` as they stand there, each with its start and end."""
    return [(match.group(), match.start(), match.end()) for match in _pattern(text).finditer(text)]


def parts_of(text: str) -> Iterator[tuple[str, int, int]]:
    """What can be found of ``text``, as it stands there: its words, and of unspaced scripts the pairs of letters, which
    overlap. Each with its start and end.
    """
    for word, start, _end in words_of(text):
        for number, piece in enumerate(_RUN.split(word)):  # every second one is a run of an unspaced script
            for part, first, last in _pairs(piece) if number % 2 else words_of(piece):
                yield part, start + first, start + last
            start += len(piece)


def _pairs(run: str) -> Iterator[tuple[str, int, int]]:
    letters = [match.span() for match in _letter().finditer(run)]
    if len(letters) == 1:
        yield run[slice(*letters[0])], *letters[0]
    for (first, _end), (_start, last) in pairwise(letters):
        yield run[first:last], first, last


def normalised(text: str) -> str:
    """``text`` as folded words with one blank between them; what is no word is left out, as are endless ones.

    >>> normalised("L’Océan (Cie.)")
    'l ocean cie'
    """
    if text.isascii():
        return " ".join([word for word in _ASCII_WORD.findall(text.lower()) if len(word) <= MOST_LETTERS])
    found: list[str] = []
    for piece in text.split():
        found += _remembered(piece) if len(piece) <= REMEMBERED_LETTERS else _folded(piece)
    return " ".join(found)


def _folded(piece: str) -> tuple[str, ...]:
    """The folded words of a piece of text without blanks: usually one, none where it is endless."""
    found: list[str] = []
    for word in _word().findall(fold(piece)):
        if _RUN.search(word):
            found += _in_pairs(word)
        elif len(word) <= MOST_LETTERS:
            found.append(word)
    return tuple(found)


#: Folding costs more than all else, and words come again.
_remembered = functools.lru_cache(maxsize=20_000)(_folded)


def _in_pairs(word: str) -> list[str]:
    """Runs of an unspaced script as overlapping pairs of letters with their signs, what stands between as it is."""
    return [part for part, _start, _end in parts_of(word) if len(part) <= MOST_LETTERS]


@functools.cache
def analyser(language: str) -> tantivy.TextAnalyzer:
    """What turns normalised text of ``language`` into stems without its commonest words."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    if language in _SNOWBALL:
        builder = builder.filter(tantivy.Filter.custom_stopword(sorted(_stop_words(language))))
        builder = builder.filter(tantivy.Filter.stemmer(_SNOWBALL[language]))
    return builder.build()


@functools.cache
def plain_analyser() -> tantivy.TextAnalyzer:
    """What takes normalised text apart at its blanks and leaves every word as it is."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


@functools.lru_cache(maxsize=8_192)
def stems(word: str, language: str) -> tuple[str, ...]:
    """The stems of a normalised word or text in ``language``; none for its commonest words."""
    return tuple(analyser(language).analyze(prepared(word, language)))


def prepared(text: str, language: str) -> str:
    """Normalised ``text`` as :func:`analyser` takes it: in Arabic its words without their commonest parts.

    The commonest words go before that: without their endings they would pass for others.
    """
    if language != "ar":
        return text
    return " ".join(light_arabic(word) for word in text.split() if word not in _stop_words("ar"))


@functools.cache
def _stop_words(language: str) -> frozenset[str]:
    return frozenset(normalised(word) for word in STOP_WORDS[language].split())


_ARABIC = re.compile("[\u0621-\u064a]+")
_BEFORE = (
    "\u0648\u0627\u0644",
    "\u0628\u0627\u0644",
    "\u0643\u0627\u0644",
    "\u0641\u0627\u0644",
    "\u0627\u0644",
    "\u0644\u0644",
)
_AND = "\u0648"
_AFTER = (
    "\u0647\u0627", "\u0627\u0646", "\u0627\u062a", "\u0648\u0646", "\u064a\u0646", "\u064a\u0647", "\u0647", "\u064a",
)  # fmt: skip


@functools.lru_cache(maxsize=8_192)
def light_arabic(word: str) -> str:
    """An Arabic word without article, "and" and the commonest endings; any other word as it is.

    The stemmer "light10" of Larkey, Ballesteros and Connell (Light stemming for Arabic information retrieval, 2007),
    on folded words, in which teh marbuta is heh.
    """
    if not _ARABIC.fullmatch(word):
        return word
    if word.startswith(_AND) and len(word) > 3 and not word.startswith(_BEFORE[0]):
        word = word[1:]
    for part in _BEFORE:
        if word.startswith(part) and len(word) >= len(part) + 2:
            word = word[len(part) :]
            break
    for part in _AFTER:
        if word.endswith(part) and len(word) >= len(part) + 2:
            word = word[: -len(part)]
    return word
