"""From a name as it was written to folded words: Unicode forms, invisible and look-alike letters, signs, single letters."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

from convener.engines.values.folding import with_few_marks

#: A name is compared by its first characters; longer texts are no names.
MOST_CHARACTERS = 400
MOST_WORDS = 40

#: Cyrillic and Greek letters that look like a Latin one, in lower case (Unicode Technical Standard 39, confusables).
LOOKALIKES = str.maketrans(
    "асеорхуіѕјԁһԛԝкмтвнгпзиьѡαβγειικνορτυχωκηζμпƽɡ",
    "aceopxyisjdhqwkmtbhrn3ub" + "wabyeiiknoptuxwkhzmn5g",
)
#: Letters of the Arabic script that writers and keyboards exchange, and signs that most leave out.
_ARABIC_FORMS = str.maketrans("أإآٱىیئؤةۃۀکہھں", "اااايييوههه" + "كههن", "ـًٌٍَُِّْٰٔ")
_TRULY_ALIKE = frozenset("асеорхуіѕјԁһԛԝкмтвнαβεικνορτυχηζμ")
_SINGLE_QUOTES = "'`´‘’ʼ＇ʹʿʾʻʽˈ′‛ʺ״׳"
_JOINING = re.compile(f"[{_SINGLE_QUOTES}]")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_][.\-·]){1,6}[^\W\d_](?![^\W_])\.?")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[^\S \t\n\r\f\v]|[\x00-\x08\x0e-\x1f\x7f]")


class Written(NamedTuple):
    """A name as folded words. ``comma`` tells that the words before it are the family name (or an article).

    ``rest`` are the words from the 41st on: no more are compared, but names that differ in them are not the same.
    """

    words: tuple[str, ...]
    comma: int
    rest: tuple[str, ...] = ()


def folded(text: str) -> str:
    """The text in one Unicode form and lower case, without what cannot be seen.

    NFKC and case folding, format characters (zero-width, direction, soft hyphen), unpaired surrogates and controls left
    out. Accents stay: they are taken off per word, when its script is known.
    """
    text = text[: 4 * MOST_CHARACTERS]
    if text.isascii() and text.isprintable() and len(text) <= MOST_CHARACTERS:
        return " ".join(text.lower().split())
    if text.isascii() and not _CONTROL.search(text):
        return _SPACE.sub(" ", text.lower())[:MOST_CHARACTERS].strip()
    kept = "".join(map(_seen, with_few_marks(text)))
    kept = unicodedata.normalize("NFKC", kept).casefold()
    kept = unicodedata.normalize("NFKC", "".join(map(_seen, kept)))
    return _SPACE.sub(" ", kept)[:MOST_CHARACTERS].strip()


@functools.lru_cache(maxsize=8_192)
def _seen(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind in ("Cf", "Cs", "Co", "Cn"):
        return ""
    if kind == "Cc":
        return " " if letter.isspace() else ""
    return letter


def written(text: str) -> Written:
    """The words of a name, folded: apostrophes join, other signs separate, dotted letters run together ("S.A." is "sa")."""
    text = folded(text)
    if ("&" in text or "+" in text) and any(letter.isalnum() for letter in text):
        text = text.replace("&", " and ").replace("+", " and ")
    text = _JOINING.sub("", text)
    before = text.partition(",")[0] if "," in text else ""
    words = _words_of(text)
    comma = len(_words_of(before)) if before else 0
    return Written(tuple(words[:MOST_WORDS]), comma if comma < len(words) else 0, tuple(words[MOST_WORDS:]))


def _words_of(text: str) -> list[str]:
    if "." in text or "-" in text or "·" in text:
        text = _DOTTED.sub(_run_together, text)
    if text.isascii():
        return _ASCII_WORDS.findall(text)
    words = "".join([letter if _in_word(letter) else " " for letter in text.translate(_ARABIC_FORMS)]).split()
    return _without_lookalikes(words)


def _run_together(match: re.Match[str]) -> str:
    return "".join(letter for letter in match.group() if letter.isalpha()) + " "


@functools.lru_cache(maxsize=8_192)
def _in_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc")


def _without_lookalikes(words: list[str]) -> list[str]:
    """Words with letters of two alphabets are Latin words with borrowed letters; so are their neighbours made of those."""
    mixed = [_is_mixed(word) for word in words]
    if not any(mixed):
        return words
    return [
        word.translate(LOOKALIKES) if is_mixed or all(letter in _TRULY_ALIKE for letter in word) else word
        for word, is_mixed in zip(words, mixed, strict=True)
    ]


def _is_mixed(word: str) -> bool:
    if word.isascii() or max(word) <= "ɏ":
        return False
    latin = other = False
    for letter in word:
        if letter.isalpha():
            if letter <= "ɏ":
                latin = True
            elif "Ͱ" <= letter <= "ԯ" or letter == "ɡ":
                other = True
    return latin and other
