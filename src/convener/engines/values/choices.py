"""Values from a known set: vocabularies, countries, yes and no."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from convener.engines.tables import Cell, split_list
from convener.engines.values.folding import fold
from convener.engines.values.reading import Read, plain_text, shown
from convener.errors import InvalidValue, Sentence, sentence

_ASCII_DROPPED = {code: None for code in range(128) if not chr(code).isalnum()}
_REMEMBERED = 1_000
_SUGGESTIONS = 3
_ALIKE = 0.72
_LONGEST = 1_000  # no label of any list is that long, and taking accents off a longer text is work for nothing

_YES = ("yes", "y", "true", "t", "1", "x", "oui", "o", "vrai", "sí", "si", "s", "verdadero", "نعم", "صحيح")
_NO = ("no", "n", "false", "f", "0", "non", "faux", "falso", "لا", "خطأ")


class Lookup(Mapping[str, str]):
    """Keys found by any of their labels, whatever the case, accents, punctuation and blanks.

    ``entries`` are pairs of a key and its labels; the key is a label of itself. A label that two keys share finds
    neither, and both are suggested.
    """

    def __init__(self, entries: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._keys: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._shared: dict[str, list[str]] = {}
        self._suggested: dict[str, list[str]] = {}
        for key, labels in entries:
            names = list(labels)
            self._names[key] = names[0] if names else key
            for label in (key, *names):
                self._add(_normalised(label), key)

    def _add(self, label: str, key: str) -> None:
        if not label:
            return
        if label in self._shared:
            if key not in self._shared[label]:
                self._shared[label].append(key)
        elif self._keys.setdefault(label, key) != key:
            self._shared[label] = [self._keys.pop(label), key]

    def find(self, text: str) -> str | None:
        """Return the key that has this label, or None."""
        return self._keys.get(_normalised(text))

    def suggest(self, text: str) -> list[str]:
        """Return the names (first labels) of up to three entries with a label like ``text``, the likest first."""
        wanted = _normalised(text)[:100]
        if wanted not in self._suggested:
            if len(self._suggested) >= _REMEMBERED:
                self._suggested.clear()
            self._suggested[wanted] = self._search(wanted)
        return list(self._suggested[wanted])

    def _search(self, wanted: str) -> list[str]:
        if wanted in self._shared:
            keys = self._shared[wanted]
        else:
            labels = difflib.get_close_matches(wanted, self._keys, n=2 * _SUGGESTIONS, cutoff=_ALIKE)
            keys = [self._keys[label] for label in labels]
        return [self._names[key] for key in dict.fromkeys(keys)][:_SUGGESTIONS]

    def __getitem__(self, text: str) -> str:
        return self._keys[_normalised(text)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def read_choice(field: str, cell: Cell, lookup: Mapping[str, str]) -> Read[str | None]:
    """Read one value of a known set: the key that ``lookup`` (best a :class:`Lookup`) has for the text.

    Raises InvalidValue, with what is like it, where there is none.
    """
    text = plain_text(field, cell).strip()
    if not text:
        return Read(None)
    key = lookup.get(text)
    if key is None:
        raise InvalidValue(field, _unknown([text]), hint=_hint([text], lookup))
    return Read(key)


def read_choices(field: str, cell: Cell, lookup: Mapping[str, str]) -> Read[tuple[str, ...]]:
    """Read several values of a known set, from a list or a text split on ``|`` or, where it has none, on ``;``.

    The keys come in the order given, each once. Raises InvalidValue naming all that are unknown.
    """
    parts = _parts(field, cell)
    found = [lookup.get(part) for part in parts]
    unknown = [part for part, key in zip(parts, found, strict=True) if key is None]
    if unknown:
        raise InvalidValue(field, _unknown(unknown), hint=_hint(unknown, lookup))
    return Read(tuple(dict.fromkeys(key for key in found if key is not None)))


def read_bool(field: str, cell: Cell) -> Read[bool | None]:
    """Read yes or no in English, French, Spanish or Arabic, true or false, 1 or 0. Raises InvalidValue for all else."""
    if isinstance(cell, bool):
        return Read(cell)
    text = plain_text(field, cell).strip()
    if not text:
        return Read(None)
    value = _BOOLEANS.get(_normalised(text))
    if value is None:
        told = sentence("%(value)s is neither yes nor no.", value=shown(text))
        raise InvalidValue(field, told, hint=sentence("Write yes or no, or leave it empty."))
    return Read(value)


def _parts(field: str, cell: Cell) -> list[str]:
    if isinstance(cell, list):
        return [text for part in cell if (text := plain_text(field, part).strip())]
    text = plain_text(field, cell)
    if "|" in text or ";" not in text:
        return split_list(text)
    return [part.strip() for part in text.split(";") if part.strip()]


def _unknown(unknown: list[str]) -> Sentence:
    if len(unknown) == 1:
        return sentence("%(value)s is not a value of this field.", value=shown(unknown[0]))
    values = ", ".join(shown(text) for text in unknown[:5])
    return sentence("%(values)s are not values of this field.", values=values)


def _hint(unknown: list[str], lookup: Mapping[str, str]) -> Sentence:
    if isinstance(lookup, Lookup):
        like = [name for text in unknown[:5] for name in lookup.suggest(text)]
    else:
        like = [label for text in unknown[:5] for label in difflib.get_close_matches(text, lookup, n=_SUGGESTIONS)]
    names = [shown(name) for name in dict.fromkeys(like)]
    if len(names) == 1:
        return sentence("Did you mean %(value)s?", value=names[0])
    if names:
        return sentence("Did you mean one of these: %(values)s?", values=", ".join(names))
    if len(lookup) <= 12:
        return sentence("Choose from: %(values)s.", values=", ".join(sorted(set(lookup.values()))))
    return sentence("Check the spelling against the list of values.")


def _normalised(text: str) -> str:
    """Return only the letters, digits and vowel signs of a text, folded; "", which is no label, for a very long one."""
    if len(text) > _LONGEST:
        return ""
    if text.isascii():
        return text.lower().translate(_ASCII_DROPPED)
    return "".join(letter for letter in fold(text) if letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc"))


_BOOLEANS = {_normalised(word): value for words, value in ((_YES, True), (_NO, False)) for word in words}
