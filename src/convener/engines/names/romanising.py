"""Words of any script in the letters a to z.

Scripts that write no short vowels (Arabic, Hebrew) say so: their words are compared by consonants. Where schemes of
transliteration differ, one spelling is chosen here, and :mod:`sounds` makes the others equal to it.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

from anyascii import anyascii

_ARABIC = str.maketrans(
    {
        "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "پ": "p", "ت": "t", "ٹ": "t", "ث": "th", "ج": "j",
        "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ڈ": "d", "ذ": "dh", "ر": "r", "ړ": "r", "ڑ": "r", "ز": "z", "ژ": "zh",
        "ږ": "zh", "س": "s", "ش": "sh", "ښ": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "", "غ": "gh", "ف": "f",
        "ڤ": "v", "ق": "q", "ک": "k", "ك": "k", "ګ": "g", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ں": "n", "ڼ": "n",
        "ه": "h", "ھ": "h", "ہ": "h", "ۀ": "h", "ة": "a", "ۃ": "a", "و": "w", "ؤ": "u", "ۆ": "o", "ي": "y", "ی": "y",
        "ې": "e", "ے": "e", "ى": "a", "ئ": "i", "ء": "", "ـ": "", "څ": "ts", "ځ": "dz", "ڭ": "ng",
    }
)  # fmt: skip
_HEBREW = str.maketrans(
    {
        "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "w", "ז": "z", "ח": "h", "ט": "t", "י": "y", "כ": "k",
        "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "", "פ": "p", "ף": "p", "צ": "ts",
        "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
    }
)  # fmt: skip
#: Korean syllables end as they sound (Hak, not Hag); "ng" is one sound.
_KOREAN_ENDS = {"g": "k", "d": "t", "b": "p"}
_SYLLABLE = re.compile(r"[A-Z][a-z]*|[a-z]+")
_NOT_LATIN = re.compile(r"[^a-z0-9]+")


class Roman(NamedTuple):
    """A word in Latin letters. ``vowelless``: its script leaves out short vowels, or they are lost on the way (Thai, Lao,
    Burmese, Khmer, whose vowels stand round the consonant).
    """

    latin: str
    vowelless: bool


@functools.lru_cache(maxsize=50_000)
def romanised(word: str) -> Roman:
    """One folded word in a–z and 0–9; "" where it has no letter or digit that can be said."""
    if word.isascii():
        return Roman(word, False)
    first = _script_letter(word)
    if "\u0590" <= first <= "\u05ff":
        return Roman(_plain(_unmarked(word).translate(_HEBREW)), True)
    if "\u0600" <= first <= "\u06ff" or "\u0750" <= first <= "\u077f":
        return Roman(_plain(_unmarked(word).translate(_ARABIC)), True)
    if "\u3400" <= first <= "\u9fff" or "\uac00" <= first <= "\ud7af":
        said = tuple(part.lower() for part in _SYLLABLE.findall(anyascii(word)))
        if first >= "\uac00":
            said = tuple(part if part.endswith("ng") else _as_it_ends(part) for part in said)
        return Roman("".join(said), False)
    is_thai_like = "\u0e00" <= first <= "\u0eff" or "\u1000" <= first <= "\u109f" or "\u1780" <= first <= "\u17ff"
    return Roman(_plain(anyascii(word).lower()), is_thai_like)


def _as_it_ends(syllable: str) -> str:
    return syllable[:-1] + _KOREAN_ENDS.get(syllable[-1:], syllable[-1:])


def _script_letter(word: str) -> str:
    return next((letter for letter in word if letter.isalpha()), "")


def _unmarked(word: str) -> str:
    return "".join(letter for letter in word if unicodedata.category(letter) != "Mn")


def _plain(text: str) -> str:
    return _NOT_LATIN.sub("", anyascii(text).lower() if not text.isascii() else text)
