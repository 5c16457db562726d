"""Keys under which one record finds, in a large store, those that it may be of one bearer with.

:mod:`blocking` compares a whole collection with itself; a hub that holds a hundred thousand records and is asked about one
keeps these keys instead, and looks up who shares one.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable

from convener.engines.names.analysis import Token, tokens_of
from convener.engines.names.linkage.model import Record
from convener.engines.names.linkage.texts import site
from convener.engines.names.vocabulary import Kind

_SILENT = (Kind.SMALL, Kind.TITLE, Kind.PARTICLE, Kind.FORM)
#: Chinese characters, of whom dozens are read alike.
_HAN = re.compile("[\u2e80-\u2fdf\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]").search
#: Articles that come and go before a name.
_ARTICLES = frozenset({"the", "al", "l"})
#: Consonants of a whole name, below which too many names are the same.
_LEAST_BONES = 4
_BYTES = 8
#: A name is asked about when a row is compared, and again when it is written.
_REMEMBERED = 4_096


def keys_of(record: Record) -> frozenset[int]:
    """The keys of a record, whole numbers of 63 bits; a pure function of its names and its website.

    Of each name: its words in whatever order and script, without legal form; its consonants in a row, whatever the
    vowels and where words are split; the sounds of its two words that tell most, with its numbers, which must agree. Of
    the website: its domain. Of 20,000 made development organisations, 86 in 100 that had a like among them shared a key
    with it, and as many where numbers were no part of the last.
    """
    names = dict.fromkeys((record.name, *record.aliases))
    keys = {key for name in names for key in _of_name(name)}
    if record.website and (domain := site(record.website).domain):
        keys.add(_key("site", domain))
    return frozenset(keys)


def writings_of(names: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Names as their letters in a row, in the Latin alphabet, and their legal forms by what they stand for.

    Two names that share one are written the same, but for script, case, blanks, a leading article and how the legal form is
    abbreviated. Words in Chinese characters, and in scripts without vowels, stay as they are: quite other words have the
    same Latin letters.
    """
    found = set()
    for name in names:
        tokens = list(tokens_of(name))
        if len(tokens) > 1 and tokens[0].kind in (Kind.SMALL, Kind.PARTICLE) and tokens[0].latin in _ARTICLES:
            tokens = tokens[1:]
        if tokens:
            letters = "".join(_letters(token) for token in tokens if token.kind is not Kind.FORM)
            found.add((letters, *sorted(token.key for token in tokens if token.kind is Kind.FORM)))
    return frozenset(found)


def _letters(token: Token) -> str:
    return token.text if token.vowelless or _HAN(token.text) else token.latin


def _key(*texts: str) -> int:
    text = "\x1f".join(texts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=_BYTES).digest()) >> 1


@functools.lru_cache(maxsize=_REMEMBERED)
def _of_name(name: str) -> tuple[int, ...]:
    tokens = tokens_of(name)
    told = [token for token in tokens if token.kind not in _SILENT] or list(tokens)
    if not told:
        return ()
    keys = [_key("words", *sorted({token.key for token in told}))]
    bones = "".join(token.bones or token.latin for token in told)
    if len(bones) >= _LEAST_BONES:
        keys.append(_key("bones", bones))
    if sounds := _telling(told):
        keys.append(_key("sounds", *sounds))
    return tuple(keys)


def _telling(tokens: list[Token]) -> list[str]:
    """The sounds of the two words that tell most, and the numbers; nothing of a name that has but one word."""
    words = [token for token in tokens if token.kind not in (Kind.INITIAL, Kind.NUMBER)]
    best = sorted(words, key=lambda token: (-token.weight, token.sound))[:2]
    if len(best) < 2:
        return []
    numbers = {token.key for token in tokens if token.kind is Kind.NUMBER}
    return [*sorted(token.sound for token in best), *sorted(numbers)]
