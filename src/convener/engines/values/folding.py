"""Taking the accents off, for comparing: not for display."""

from __future__ import annotations

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


def fold(text: str) -> str:
    """Return ``text`` in NFKC and lower case with its accents taken off.

    Accents are combining marks of the Latin, Greek and Cyrillic, Hebrew and Arabic kinds (canonical combining classes
    10 to 36 and from 200 on: Unicode Standard Annex 44, table 15). Vowel signs and tones of Indic and south-east Asian
    scripts are letters to their readers and stay.
    """
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(letter for letter in split if unicodedata.combining(letter) not in _ACCENTS)
    return unicodedata.normalize("NFKC", kept).translate(_LETTERS)
