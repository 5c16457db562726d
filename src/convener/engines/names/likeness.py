"""How alike two words are, from 0 (others) to 1 (the same), and why.

Edits are counted with transpositions (optimal string alignment) on the spelling and on the sound; the better of the two
counts. Words without vowels are compared by their consonants.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

from rapidfuzz.distance import OSA

from convener.engines.names.analysis import Token
from convener.engines.names.vocabulary import Kind, vocabulary


class Likeness(NamedTuple):
    """``how``: same, variant (of one name), meaning, counterpart (of a legal form), kin, sound, spelling, consonants, cut,
    or "" where they are others.
    """

    value: float
    how: str


SAME, OTHER = Likeness(1.0, "same"), Likeness(0.0, "")
#: Below this, two words are others.
LEAST = 0.6
#: Read from names of their own: an attribute of an Enum costs as much as the comparison.
_NUMBER, _GIVEN = Kind.NUMBER, Kind.GIVEN
_KNOWN = (Kind.CONCEPT, Kind.GENERIC)
_NOT_WORDS = (Kind.FORM, Kind.INITIAL)
_OTHER_NAMES = 0.85
_FAR = 0.5
_MEANING, _KIN, _KIN_SHORT, _FAMILY = 0.97, 0.82, 0.65, 0.7
_SOUND, _BONES, _BONES_ONLY = 0.95, 0.8, 0.9
_NOBODY: frozenset[str] = frozenset()
_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "o",
    "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil", "l": "ko",
    "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
#: What a scanner confuses, as two letters look alike.
_SCANNED = str.maketrans("01582l", "oisbzi")


@functools.lru_cache(maxsize=200_000)
def likeness(one: Token, other: Token) -> Likeness:
    """How alike two words are; the same both ways round."""
    if one.key == other.key:
        if one.latin == other.latin:
            return SAME
        return Likeness(_MEANING, "variant" if one.kind is Kind.GIVEN else "meaning")
    if one.latin == other.latin and one.latin:
        return SAME
    if one.kind is _NUMBER or other.kind is _NUMBER:
        return _numbers(one, other)
    if one.kind in _NOT_WORDS or other.kind in _NOT_WORDS or not one.latin or not other.latin:
        return Likeness(_FAMILY, "counterpart") if one.family and one.family == other.family else OTHER
    if not (one.latin.isalpha() or other.latin.isalpha()) and _digits(one.latin) != _digits(other.latin):
        return OTHER  # plants and units by number: MXP1, MXP8
    if _are_kin(one, other):
        # Lee, Liu, Li: of three letters, everybody is kin; of a character, these are its readings (金 is Jin and Kim).
        is_short = max(len(one.latin), len(other.latin)) < 4 and one.text.isascii() and other.text.isascii()
        return Likeness(_KIN_SHORT if is_short else _KIN, "kin")
    if _are_far(one, other):
        return OTHER
    best = max(_spelling(one.latin, other.latin), _sounds(one, other), _consonants(one, other), _cut(one, other))
    if one.kind is other.kind is _GIVEN and best.how != "cut":  # both are known, and as different names
        return Likeness(best.value * _OTHER_NAMES, best.how) if best.value * _OTHER_NAMES >= LEAST else OTHER
    return best


def _are_far(one: Token, other: Token) -> bool:
    """A quick look, which most pairs of words do not pass: they sound unlike and share neither consonants nor beginning, or
    both are known and say different things (exports and imports, Henan and Hunan).
    """
    return (one.kind in _KNOWN and other.kind in _KNOWN) or (
        one.bones != other.bones
        and not (one.vowelless or other.vowelless)
        and one.latin[:3] != other.latin[:3]
        and not OSA.normalized_similarity(one.sound, other.sound, score_cutoff=_FAR)
    )


def _numbers(one: Token, other: Token) -> Likeness:
    if one.latin.lstrip("0") == other.latin.lstrip("0"):
        return SAME
    scanned = one.latin.translate(_SCANNED), other.latin.translate(_SCANNED)
    return Likeness(0.8, "spelling") if scanned[0] == scanned[1] else OTHER


def _digits(latin: str) -> str:
    return "".join(filter(str.isdigit, latin))


def _are_kin(one: Token, other: Token) -> bool:
    kin = vocabulary(persons=True).kin
    ours, theirs = kin.get(one.latin, _NOBODY), kin.get(other.latin, _NOBODY)
    if not ours and not theirs:
        return False
    return bool((ours | {one.key.removeprefix("name:")}) & (theirs | {other.key.removeprefix("name:")}))


def _spelling(one: str, other: str) -> Likeness:
    longer = max(len(one), len(other))
    distance = OSA.distance(one, other, score_cutoff=max(1, longer // 2))
    value = 1 - distance / longer
    if distance == 1 and len(one) == len(other) and longer > 2:
        value += _slip(one, other) / longer
    if longer > 2 and one.translate(_SCANNED) == other.translate(_SCANNED):
        value = max(value, 0.93)
    return Likeness(min(value, 0.97), "spelling") if value >= LEAST else OTHER


def _slip(one: str, other: str) -> float:
    """A slip to the key beside it, or two letters in the wrong order, is less than an edit: the share that is forgiven."""
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), 0)
    if one[at] != other[at] and one[at + 1 :] == other[at + 1 :]:
        return 0.2 if other[at] in _NEIGHBOURS.get(one[at], "") or one[at] in _NEIGHBOURS.get(other[at], "") else 0.0
    return 0.3


def _sounds(one: Token, other: Token) -> Likeness:
    a, b = one.sound, other.sound
    if a == b:
        return Likeness(_SOUND, "sound")
    longer = max(len(a), len(b))
    value = 1 - OSA.distance(a, b, score_cutoff=max(1, longer // 2)) / longer
    return Likeness(value * _SOUND, "sound") if value * _SOUND >= LEAST else OTHER


def _consonants(one: Token, other: Token) -> Likeness:
    a, b = one.bones, other.bones
    bare = one.vowelless or other.vowelless or _dropped(one, other)
    most = _BONES_ONLY if bare else _BONES
    if a == b:
        return Likeness(most, "consonants") if len(a) > 1 + (not bare) else OTHER
    if not bare or min(len(a), len(b)) < 2:
        return OTHER
    value = (1 - OSA.distance(a, b) / max(len(a), len(b))) * most
    return Likeness(value, "consonants") if value >= LEAST else OTHER


def _dropped(one: Token, other: Token) -> bool:
    """Whether the vowels inside one word were left out, as is done to get past a filter: its ends are the other's."""
    a, b = one.latin, other.latin
    return (
        min(len(a), len(b)) > 2
        and a[0] == b[0]
        and a[-1] == b[-1]
        and any(not any(letter in "aeiou" for letter in word[1:-1]) for word in (a, b))
    )


def _cut(one: Token, other: Token) -> Likeness:
    """One word is the beginning of the other: an abbreviation, or the end of a field."""
    a, b = sorted((one.latin, other.latin), key=len)
    if len(a) < 3 or not b.startswith(a):
        return OTHER
    return Likeness(0.62 + 0.3 * len(a) / len(b), "cut")
