"""The index of words: which records have a word, or a part of one, in the text that is searched.

A word to find has no blank in it, so it lies within one word of a text: looking through the words that occur, each once,
finds the same records as reading every text, in a hundredth of the time.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyroaring import BitMap

APART = "\n"


class WordIndex:
    """Numbers of records by the words of their texts. Numbers that were dropped stay in it: who asks knows the living."""

    def __init__(self) -> None:
        self._numbers: dict[str, BitMap | int] = {}  # most words are of one record: then its number alone
        self._joined = ""

    def take(self, texts: Iterable[tuple[int, str]]) -> None:
        """Add records: their numbers and texts."""
        known = len(self._numbers)
        for number, text in texts:
            for word in set(text.split()):
                held = self._numbers.get(word)
                if held is None:
                    self._numbers[word] = number
                elif isinstance(held, BitMap):
                    held.add(number)
                else:
                    self._numbers[word] = BitMap((held, number))
        if len(self._numbers) > known:
            self._joined = ""

    def with_part(self, part: str) -> BitMap:
        """Records of which a word has ``part`` in it; ``part`` has no blank and is folded as the texts are."""
        if not self._joined:
            self._joined = APART + APART.join(self._numbers) + APART
        found, single, at = [], BitMap(), self._joined.find(part)
        while at >= 0:
            start, end = self._joined.rindex(APART, 0, at) + 1, self._joined.index(APART, at)
            held = self._numbers[self._joined[start:end]]
            if isinstance(held, BitMap):
                found.append(held)
            else:
                single.add(held)
            at = self._joined.find(part, end)
        return BitMap.union(single, *found)
