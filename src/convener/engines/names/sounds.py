"""Two keys of a romanised word under which its usual misspellings and transliterations meet.

``sound`` makes equal what schemes of transliteration and ears confuse: Yusuf and Youssef, Qasim and Kassem, Sergei and
Sergej, Ivanov and Ivanoff. ``bones`` are its consonants alone: for words whose vowels were dropped, or whose script
writes none.
"""

from __future__ import annotations

import functools
import re

#: Groups of letters and what they sound like, the longer ones first. Capitals are sounds of their own.
_GROUPS = {
    "shch": "C", "tsch": "C", "sch": "C", "tch": "C", "dzh": "J", "dsch": "J", "cz": "C", "ch": "C", "sh": "C", "tj": "C",
    "zh": "J", "dj": "J", "kh": "h", "gh": "g", "ph": "f", "th": "t", "dh": "d", "bh": "b", "rh": "r", "ck": "k",
    "cq": "k", "qu": "k", "tz": "s", "ts": "s", "ds": "s", "x": "ks", "q": "k", "z": "s", "y": "i", "j": "J",
    "ou": "u", "oo": "u", "ee": "i", "ei": "i", "ie": "i", "ey": "i", "ay": "ai", "oe": "u", "ue": "u", "ae": "a",
    "aa": "a", "o": "u", "e": "i", "ce": "si", "ci": "si", "cy": "si", "c": "k",
}  # fmt: skip
_GROUP = re.compile("|".join(sorted(_GROUPS, key=lambda group: (-len(group), group))))
_REPEATED = re.compile(r"(.)\1+")
_FINAL = re.compile(r"ff$|(?<=[oe])w$|(?<=[aeiuy])j$")
_VOWELS = str.maketrans("", "", "aiuw")  # Arabic's waw is a vowel as often as not


@functools.lru_cache(maxsize=50_000)
def sound(latin: str) -> str:
    """The word as it sounds, roughly; digits stay."""
    if latin.isdigit():
        return latin
    said = _GROUP.sub(_said, _FINAL.sub(_ending, latin))
    said = _REPEATED.sub(r"\1", said.replace("ii", "i"))
    return said[:-1] if len(said) > 3 and said.endswith("h") else said


def _ending(match: re.Match[str]) -> str:
    return "i" if match.group() == "j" else "v"


def _said(match: re.Match[str]) -> str:
    return _GROUPS[match.group()]


@functools.lru_cache(maxsize=50_000)
def bones(latin: str) -> str:
    """The consonants of the word as it sounds; of a word of vowels alone, the word as it sounds."""
    said = sound(latin)
    if said.isdigit():
        return said
    return _REPEATED.sub(r"\1", said.translate(_VOWELS)) or said
