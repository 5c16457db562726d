"""Found words in a text: which they are, and the part of a long text that shows most of them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from convener.engines.words.analysis import LANGUAGES, normalised, parts_of, stems

#: A piece of text, and whether it is a found word.
Piece = tuple[str, bool]
#: Letters of an excerpt that may stand before its first found word.
BEFORE = 60
#: Longer texts are looked through up to here: nobody reads an excerpt from page 40 of a list.
MOST_LETTERS = 20_000


@dataclass(frozen=True)
class Matcher:
    """Which words of a text answer the words that were asked for: by stem in any language, with one slip for those that
    ``slips`` names, or as one of the English stems in ``translated``.
    """

    words: tuple[str, ...]
    slips: frozenset[str] = frozenset()
    translated: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        asked: Iterable[str],
        *,
        slips: Iterable[str] = (),
        translated: Iterable[str] = (),
    ) -> Matcher:
        """From normalised words, those that should be marked: leave out the commonest ones."""
        return cls(tuple(dict.fromkeys(asked)), frozenset(slips), frozenset(translated))

    def answers(self, word: str) -> bool:
        """Whether a word, as it stands in a text, is one of those asked for."""
        return any(self._answers(part) for part in normalised(word).split())

    def _answers(self, word: str) -> bool:
        if word in self.slips:
            return True
        if _all_stems(word) & self._stems or (self.translated and self.translated.intersection(stems(word, "en"))):
            return True
        return any(OSA.distance(word, slip, score_cutoff=1) <= 1 for slip in self.slips if len(slip) > 3)

    @functools.cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset[str]().union(*(_all_stems(word) for word in self.words))


@functools.lru_cache(maxsize=8_192)
def _all_stems(word: str) -> frozenset[str]:
    return frozenset(stem for language in LANGUAGES for stem in stems(word, language))


def marked(text: str, matcher: Matcher) -> list[Piece]:
    """The whole of ``text`` in pieces, found words apart from the rest."""
    pieces, at = [], 0
    for start, end in _spans(text, matcher):
        if start > at:
            pieces.append((text[at:start], False))
        pieces.append((text[start:end], True))
        at = end
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def _spans(text: str, matcher: Matcher) -> list[tuple[int, int]]:
    """Where found words stand; overlapping pairs of letters as one."""
    spans: list[tuple[int, int]] = []
    for word, start, end in parts_of(text):
        if matcher.answers(word):
            begun = spans.pop()[0] if spans and start < spans[-1][1] else start
            spans.append((begun, end))
    return spans


def excerpt(text: str, matcher: Matcher, letters: int = 240) -> list[Piece]:
    """The part of ``text``, about ``letters`` long and cut between words, in which most different words are found.

    Its beginning where none is found. Cuts are shown by "…".
    """
    if len(text) <= letters:
        return marked(text, matcher)
    read = text[:MOST_LETTERS]
    start = _best_start(read, matcher, letters)
    first, last = _between_words(read, start, start + letters)
    pieces = marked(read[first:last], matcher)
    return [*([("… ", False)] if first else []), *pieces, *([(" …", False)] if last < len(text) else [])]


def _best_start(text: str, matcher: Matcher, letters: int) -> int:
    found = [(start, normalised(word)) for word, start, _end in parts_of(text) if matcher.answers(word)]
    best, most = 0, 0
    for place, (start, _word) in enumerate(found):
        within = {word for at, word in _until(found[place:], start + letters - BEFORE)}
        if len(within) > most:
            best, most = start, len(within)
    return max(best - BEFORE, 0)


def _until(found: list[tuple[int, str]], end: int) -> Iterator[tuple[int, str]]:
    for at, word in found:
        if at > end:
            return
        yield at, word


def _between_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The nearest blanks inside, so that no word is cut; a text without blanks is cut where it is."""
    if start:
        blank = text.find(" ", start, start + 40)
        start = blank + 1 if blank >= 0 else start
    end = min(end, len(text))
    if end < len(text):
        blank = text.rfind(" ", start, end)
        end = blank if blank > start else end
    return start, end
