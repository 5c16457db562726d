"""The dictionary by which people find English texts with words of their own language.

It is learnt when an index is built, from everything of the hub that stands in several languages: the vocabularies, and
what rooms register. Learning takes seconds, so what was learnt from the same texts is kept beside the index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import orjson

from convener.engines.words import LANGUAGES, normalised, stems
from convener.engines.words.lexicon import Lexicon, Pair, learn
from convener.foundation.vocabularies import FALLBACK, countries, regions, vocabulary, vocabulary_names

FILE = "lexicon-{digest}.json"
#: Texts by language that say the same.
Parallel = Mapping[str, str]
_registered: dict[str, Callable[[], Iterable[Parallel]]] = {}
_topics: set[str] = set()


def register_parallel(name: str, texts: Callable[[], Iterable[Parallel]], topics: Iterable[str]) -> None:
    """Have the dictionary learn from these texts too, and anew after events of ``topics``: of those it is learnt from none
    may be hidden since.
    """
    _registered[name] = texts
    _topics.update(topics)


def learns_from(topics: Iterable[str]) -> bool:
    """Whether events of some of these topics may change what the dictionary is learnt from."""
    return not _topics.isdisjoint(topics)


def vocabulary_texts() -> Iterable[Parallel]:
    """Labels and definitions of all vocabularies."""
    named = [*map(vocabulary, vocabulary_names()), countries(), regions()]
    for terms in named:
        for term in terms.terms.values():
            yield term.labels
            if term.definitions:
                yield term.definitions


def build(root: Path) -> str:
    """Learn from all texts there are, unless that was done before, and keep it below ``root``; the file's name."""
    texts = [dict(text) for source in (vocabulary_texts, *_registered.values()) for text in source()]
    name = FILE.format(digest=hashlib.sha256(orjson.dumps(texts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16])
    path = root / name
    if not lexicon(path):
        learnt = {language: learn(_pairs(texts, language)) for language in LANGUAGES if language != FALLBACK}
        part = path.with_suffix(".part")
        part.write_bytes(orjson.dumps(learnt))
        part.replace(path)
    for old in root.glob(FILE.format(digest="*")):
        if old != path:
            old.unlink(missing_ok=True)
    return name


def is_there(path: Path) -> bool:
    """Whether there is a dictionary at ``path`` that can be read."""
    return bool(lexicon(path))


def _pairs(texts: Iterable[Parallel], language: str) -> Iterable[Pair]:
    for text in texts:
        if text.get(language) and text.get(FALLBACK):
            yield _stems(text[language], language), _stems(text[FALLBACK], FALLBACK)


def _stems(text: str, language: str) -> list[str]:
    return [stem for word in normalised(text).split() for stem in stems(word, language)]


def lexicon(path: Path) -> Mapping[str, Lexicon]:
    """The dictionary of a file, by language; empty where it cannot be read or is none."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Mapping[str, Lexicon]:
    try:
        learnt = orjson.loads(path.read_bytes())
        return {
            language: {word: [(str(other), float(share)) for other, share in row] for word, row in words.items()}
            for language, words in learnt.items()
        }
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        return {}
