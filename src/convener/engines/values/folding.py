"""Taking the accents off, for comparing: not for display."""

from __future__ import annotations

import functools
import unicodedata

_ACCENTS = frozenset([*range(10, 37), *range(200, 256)])
# Letters that Unicode does not decompose, as they are written without their accent; and letters of the Arabic script
# that keyboards mix up (alef maksura and Persian yeh, teh marbuta, Persian kaf), and its stretching sign.
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
        "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643", "\u0640": None,
    }
)  # fmt: skip


#: Marks on one letter: Unicode Standard Annex 15, section 13, says that no writing of any language needs more.
MOST_MARKS = 30
_SHORT = 1_000  # below this, no order of marks costs a millisecond


@functools.lru_cache(maxsize=4_096)
def _is_mark(letter: str) -> bool:
    """Say whether a letter, once taken apart, continues the marks before it."""
    return unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]) != 0


def with_few_marks(text: str) -> str:
    """Return a text with at most :data:`MOST_MARKS` combining marks one after the other; the rest are left out.

    Putting marks in order costs the square of their number, so a long row of them must not be normalised: 60,000 of
    them, in a body of 120 kB, would keep a process busy for ten seconds. Texts too short to do harm come back as they
    are.
    """
    if len(text) <= _SHORT or text.isascii():
        return text
    kept, row = [], 0
    for letter in text:
        row = row + 1 if _is_mark(letter) else 0
        if row <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


def fold(text: str) -> str:
    """Return ``text`` in NFKC and lower case with its accents taken off.

    Accents are combining marks of the Latin, Greek and Cyrillic, Hebrew and Arabic kinds (canonical combining classes
    10 to 36 and from 200 on: Unicode Standard Annex 44, table 15). Vowel signs and tones of Indic and south-east Asian
    scripts are letters to their readers and stay.
    """
    if text.isascii():
        return text.lower()
    text = with_few_marks(text)
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(letter for letter in split if unicodedata.combining(letter) not in _ACCENTS)
    return unicodedata.normalize("NFKC", kept).translate(_LETTERS)


def folded(text: str) -> str:
    """Return ``text`` in lower case without any combining mark, for finding it in any usual spelling."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))
