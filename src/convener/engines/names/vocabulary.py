"""What is known of words in names: legal forms, words of trades and bodies, places, titles, little words, spellings.

The files in ``data`` hold it; each says at its top where its facts come from. A word is looked up as it was written in
its own script and as it is romanised. What is known of it is its :class:`Sense`.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
import yaml

from convener.engines.names.romanising import romanised
from convener.engines.names.writing import written


class Kind(IntEnum):
    """What a word does in a name; the later ones say less of who it is."""

    WORD = 0
    GIVEN = 1
    CONCEPT = 2
    NUMBER = 3
    INITIAL = 4
    GENERIC = 5
    PARTICLE = 6
    FORM = 7
    SMALL = 8
    TITLE = 9


class Sense(NamedTuple):
    """What a word, or several together, stand for.

    ``key`` is the same for all writings of one thing; ``family`` of a legal form is that of its counterparts elsewhere,
    of a spelling that of its kin (short forms, cognates); ``level`` is how common it is: 1 to 3.
    """

    kind: Kind
    key: str
    family: str = ""
    level: int = 1


Words = tuple[str, ...]
MOST_WORDS_OF_PHRASE = 6
#: Latin writings of two letters that mean a place wherever they stand.
_SHORT = frozenset({"uk", "hk"})
#: Numbers of units, phases and funds, where they are no title; xi and the like are names as often.
_NUMERALS = {
    "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xii": 12, "xiii": 13, "xiv": 14, "xvi": 16,
    "xvii": 17, "xviii": 18, "xix": 19,
}  # fmt: skip
#: Numerals that are given names too.
_NAMES_TOO = frozenset({"vi"})
#: The level of a name that is a title as often.
MAYBE_TITLE = 4
FILES = ("legal_forms", "words", "places", "titles", "given_names")
#: Goes up with every change of how names are taken apart: caches of lists are made anew.
VERSION = "8"


@dataclass
class Vocabulary:
    """All senses by their words; ``starts`` are the first words of senses of several words, with the most words."""

    senses: dict[Words, Sense] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    kin: dict[str, frozenset[str]] = field(default_factory=dict)
    unspaced: set[str] = field(default_factory=set)
    ambiguous: frozenset[str] = frozenset()
    edges: set[Words] = field(default_factory=set)

    later: list[tuple[Words, Sense]] = field(default_factory=list)

    def put(self, writing: str, sense: Sense) -> None:
        """Add a writing; the first to come keeps its words. How it is romanised comes after all writings of people."""
        words = written(writing).words
        if not words:
            return
        if not writing.isascii() and len(words) == 1 and len(words[0]) > 1 and _is_unspaced(words[0]):
            self.unspaced.add(words[0])
        self._put(words, sense)
        if len(words) > 1 and all(len(word) == 1 for word in words):  # ذ م م is also written ذ.م.م, which is one word
            self._put(("".join(words),), sense)
        if not writing.isascii() and _can_be_romanised(words):
            self.later.append((tuple(one for one in (romanised(word).latin for word in words) if one), sense))

    def finish(self) -> None:
        """Add what was romanised where nothing else is written so; a romanised letter or two is anything."""
        for words, sense in self.later:
            if len("".join(words)) > 2:
                self._put(words, sense)
        self.later.clear()

    def _put(self, words: Words, sense: Sense) -> None:
        if words and words not in self.senses:
            self.senses[words] = sense
            if len(words) > 1:
                self.starts[words[0]] = max(self.starts.get(words[0], 0), len(words))

    def find(self, word: str) -> Sense | None:
        """The sense of one word, as it is written or as it is romanised."""
        sense = self.senses.get((word,))
        if sense is None and not word.isascii():
            roman = romanised(word)
            if not roman.vowelless:
                return self.senses.get((roman.latin,))
        return sense


def _is_unspaced(word: str) -> bool:
    return any("\u0e00" <= letter <= "\u0eff" or "\u1000" <= letter <= "\u109f" or "\u1780" <= letter <= "\u17ff"
               or "\u3040" <= letter <= "\u30ff" or "\u3400" <= letter <= "\u9fff" for letter in word)  # fmt: skip


def _can_be_romanised(words: Words) -> bool:
    """Romanised Cyrillic and Greek is met in Latin lists; romanised Han, or Arabic without its vowels, is something else."""
    return all(letter < "\u0590" for word in words for letter in word)


class Views(NamedTuple):
    """What is known for names of organisations, and for those of persons, where "May" and "Petro" are names."""

    organisations: Vocabulary
    persons: Vocabulary


_known: list[Views] = []


def vocabulary(*, persons: bool = False) -> Vocabulary:
    """Everything that is known, made once a process."""
    if not _known:
        _known.append(_made())
    return _known[0].persons if persons else _known[0].organisations


def prepare(folder: Path) -> None:
    """Make everything known from a copy in ``folder``, or leave one there: reading the files of data takes a second.

    A folder that cannot be written costs nothing but that second.
    """
    if _known:
        return
    path = folder / f"words-{fingerprint()}.json"
    try:
        plain = orjson.loads(path.read_bytes())
        _known.append(Views(*(_from_plain(plain[name]) for name in Views._fields)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        with suppress(OSError):
            vocabulary()
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, orjson.dumps({name: _plain(one) for name, one in _known[0]._asdict().items()}))


@functools.cache
def fingerprint() -> str:
    """A short hash of the data and of how it is read: what was made from other data is not used."""
    digest = hashlib.sha256(VERSION.encode())
    for name in FILES:
        digest.update(_text(name).encode())
    return digest.hexdigest()[:16]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, also when several do it at once."""
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _plain(known: Vocabulary) -> dict[str, Any]:
    return {
        "senses": [[list(words), list(sense)] for words, sense in known.senses.items()],
        "kin": {word: sorted(keys) for word, keys in known.kin.items()},
        "edges": [list(words) for words in known.edges],
        "unspaced": sorted(known.unspaced),
        "ambiguous": sorted(known.ambiguous),
        "starts": known.starts,
    }


def _from_plain(plain: dict[str, Any]) -> Vocabulary:
    kinds = {int(kind): kind for kind in Kind}
    return Vocabulary(
        senses={tuple(words): Sense(kinds[kind], *rest) for words, (kind, *rest) in plain["senses"]},
        starts=plain["starts"],
        kin={word: frozenset(keys) for word, keys in plain["kin"].items()},
        unspaced=set(plain["unspaced"]),
        ambiguous=frozenset(plain["ambiguous"]),
        edges={tuple(words) for words in plain["edges"]},
    )


def _made() -> Views:
    content = {name: _load(name) for name in FILES}
    return Views(_view(content, persons=False), _view(content, persons=True))


def _view(content: dict[str, Any], *, persons: bool) -> Vocabulary:
    known, titles = Vocabulary(), content["titles"]
    known.ambiguous = frozenset(word for text in titles["ambiguous"] for word in written(str(text)).words)
    for word in titles["small"]:
        is_name = word in known.ambiguous  # Le, Van, An, Do: articles here, names there
        known.put(str(word), Sense(Kind.PARTICLE if is_name else Kind.SMALL, str(word)))
    for numeral, number in _NUMERALS.items():
        if not persons or numeral not in _NAMES_TOO:
            known.put(numeral, Sense(Kind.NUMBER, str(number)))
    if not persons:
        _put_forms(known, content["legal_forms"]["families"])
        known.edges = {written(str(word)).words for word in content["legal_forms"]["edges"]}
        _put_concepts(known, content["places"]["concepts"])
        _put_concepts(known, content["words"]["concepts"])
    groups = [(Kind.TITLE, "titles"), (Kind.TITLE, "suffixes"), (Kind.PARTICLE, "particles")]
    groups += [(Kind.TITLE, "ships"), (Kind.TITLE, "maiden")] if persons else []
    for kind, names in groups:
        for text in titles[names]:
            known.put(str(text), _title(known, str(text), kind))
    _put_names(known, content["given_names"]["names"])
    known.finish()
    return known


def _title(known: Vocabulary, text: str, kind: Kind) -> Sense:
    """A title, or, where it is a name as often (Khan, Sayyid), a name that says little."""
    if kind is Kind.TITLE and known.ambiguous.issuperset(written(text).words):
        return Sense(Kind.GIVEN, text, level=MAYBE_TITLE)
    return Sense(kind, text)


def _load(name: str) -> Any:
    return yaml.load(_text(name), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are the safe one


def _text(name: str) -> str:
    return files("convener.engines.names").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")


def _put_forms(known: Vocabulary, families: Iterable[dict[str, Any]]) -> None:
    for family in families:
        for form in family["forms"]:
            for text in form["writings"]:
                known.put(
                    str(text), Sense(Kind.FORM, form["key"], family["key"], 3 if family["key"] == "company" else 1)
                )


def _put_concepts(known: Vocabulary, concepts: Iterable[dict[str, Any]]) -> None:
    for concept in concepts:
        level = int(concept["generic"])
        kind = Kind.GENERIC if level > 1 else Kind.CONCEPT
        for text in _writings(concept["writings"]):
            known.put(text, Sense(kind, concept["key"], level=level))


def _writings(by_language: dict[str, list[Any]]) -> Iterator[str]:
    """All writings but Latin ones of two letters: what is a word in one language is an article or a syllable in another."""
    for texts in by_language.values():
        yield from (text for text in map(str, texts) if len(text) > 2 or not text.isascii() or text in _SHORT)


def _put_names(known: Vocabulary, names: Iterable[dict[str, Any]]) -> None:
    kin: dict[str, set[str]] = {}
    for name in names:
        sense = Sense(Kind.GIVEN, name["key"], level=int(name["common"]))
        for text in name["writings"]:
            known.put(str(text), sense)
        for text in name.get("kin", ()):
            words = written(str(text)).words
            if len(words) == 1:
                kin.setdefault(romanised(words[0]).latin, set()).add(name["key"])
    known.kin = {word: frozenset(keys) for word, keys in kin.items()}
