"""The hub's public ID: ``CV-``, nine characters, and the check character of ISO/IEC 7064, MOD 37,36.

The check catches every wrong character. Of adjacent characters exchanged it misses a few pairs (ISO/IEC 7064 says so of
hybrid systems; here about one ID in 85 has such a pair), so an ID with such a pair is never issued: every single
exchange in an issued ID is caught too. Nor is one with I, L, O or U, which people take for 1, 0 and V
(Crockford's base 32).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from stdnum.iso7064 import mod_37_36

from convener.engines.values.reading import shown
from convener.errors import InvalidValue, Sentence, sentence

PREFIX = "CV-"
_ISSUED = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 9
_MODULUS = 36
_ATTEMPTS = 200
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {letter: int(letter, 36) for letter in _ISSUED}
#: The intermediate check after each intermediate check and value.
_STEPS = [
    [((check or _MODULUS) * 2 % (_MODULUS + 1) + value) % _MODULUS for value in range(_MODULUS)]
    for check in range(_MODULUS)
]
_NOISE = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff_.\u2010-\u2015\u2212-]+")
_TYPED_FOR = str.maketrans("OIL", "011")
_LOOK_ALIKE = ("0OQD", "1IL", "2Z", "5S", "6G", "8B", "UV", "VW", "MN")


def new_public_id(random_bytes: Callable[[int], bytes]) -> str:
    """Return a new public ID. ``random_bytes(n)`` returns n unforeseeable bytes, as ``secrets.token_bytes`` does.

    There are about 3.1e13 of them; whether one is taken already is the caller's to find out. Raises ValueError where
    ``random_bytes`` returns the same again and again.
    """
    for _ in range(_ATTEMPTS):
        body = "".join(_ISSUED[byte % len(_ISSUED)] for byte in random_bytes(_LENGTH))
        number = body + _check_character(body)
        if number[-1] in _ISSUED and not _misses_an_exchange(number):
            return PREFIX + number
    raise ValueError("random_bytes does not return random bytes")


def _check_character(body: str) -> str:
    """As ``mod_37_36.calc_check_digit(body)``, in a fifth of the time: an import asks for as many as it has rows."""
    check = _MODULUS // 2
    for letter in body:
        check = _STEPS[check][_VALUES[letter]]
    return _CHARACTERS[(1 - (check or _MODULUS) * 2 % (_MODULUS + 1)) % _MODULUS]


def _misses_an_exchange(number: str) -> bool:
    """True when the check would not notice some two neighbours exchanged.

    It would not where both orders lead the recurrence of ISO/IEC 7064 (section 7) to the same intermediate check, so one
    walk over the number answers for all its pairs.
    """
    steps = _STEPS[_MODULUS // 2]
    for left, right in pairwise([_VALUES[letter] for letter in number]):
        after = _STEPS[steps[left]]
        if left != right and after[right] == _STEPS[steps[right]][left]:
            return True
        steps = after
    return False


def read_public_id(text: str) -> str:
    """Read a public ID as people type it and return it as it was issued.

    Lower case, blanks and missing or other dashes are accepted, and O for 0 and I or L for 1 where the check character
    is right exactly then. Raises InvalidValue, with a hint, for anything else.
    """
    number = _NOISE.sub("", text).upper()
    if not number.startswith("CV") or not number.isascii() or not number.isalnum():
        raise InvalidValue(
            "id",
            sentence("%(value)s is not a public ID.", value=shown(text)),
            hint=sentence("It starts with CV- and has ten letters and digits after it."),
        )
    number = number[2:]
    if len(number) != _LENGTH + 1:
        raise InvalidValue(
            "id",
            sentence(
                "%(value)s is not a public ID: %(count)s characters stand after CV-, not ten.",
                value=shown(text),
                count=len(number),
            ),
            hint=sentence(
                "It looks mistyped: a character may be missing or doubled. Compare it with where you have it from."
            ),
        )
    for candidate in (number, number.translate(_TYPED_FOR)):
        if mod_37_36.is_valid(candidate):
            return PREFIX + candidate
    told = sentence("%(value)s is not a public ID: its check character is wrong.", value=shown(text))
    raise InvalidValue("id", told, hint=_hint(number))


def _hint(number: str) -> Sentence:
    """Say what was probably meant, where exactly one likely slip explains it.

    Some wrong character explains any wrong ID, in about ten ways, so only likely slips count: two neighbours exchanged,
    or one character taken for another that looks like it.
    """
    slips = {*_exchanged(number), *_misread(number)}
    meant = [slip for slip in slips if mod_37_36.is_valid(slip) and all(letter in _ISSUED for letter in slip)]
    if len(meant) == 1:
        return sentence(
            "It looks mistyped. Did you mean %(id)s? Compare it with where you have it from.", id=f"{PREFIX}{meant[0]}"
        )
    return sentence("It looks mistyped. Compare it with where you have it from.")


def _exchanged(number: str) -> Iterator[str]:
    for index, (left, right) in enumerate(pairwise(number)):
        if left != right:
            yield number[:index] + right + left + number[index + 2 :]


def _misread(number: str) -> Iterator[str]:
    for index, letter in enumerate(number):
        for group in _LOOK_ALIKE:
            if letter in group:
                yield from (number[:index] + other + number[index + 1 :] for other in group if other != letter)
