"""Which word of one name is which of the other, and what is left on either side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

from convener.engines.names.analysis import Name, Token
from convener.engines.names.likeness import LEAST, likeness
from convener.engines.names.vocabulary import Kind

_IGNORED = (Kind.SMALL, Kind.TITLE)
_MOST_JOINED, _LEAST_JOINED, _SURELY_JOINED = 4, 0.8, 0.93
_CHILD = frozenset(
    {"bin", "ibn", "ben", "bn", "bint", "binti", "binte", "ould", "wuld", "walad", "بن", "ابن", "بنت", "ولد"}
)
_INITIAL, _ACRONYM, _JOINED = 0.7, 0.75, 0.97


class Pair(NamedTuple):
    """Words of one name that are words of the other: one each, or several that were run together or abbreviated."""

    ours: tuple[Token, ...]
    theirs: tuple[Token, ...]
    value: float
    how: str


class Alignment(NamedTuple):
    """The pairs, what has no partner on each side, and whether the pairs stand in the same order on both sides.

    ``is_turned``: somebody's child on one side is the parent on the other (X bin Y, Y bin X).
    """

    pairs: tuple[Pair, ...]
    ours: tuple[Token, ...]
    theirs: tuple[Token, ...]
    is_ordered: bool
    is_turned: bool = False


def aligned(ours: Name, theirs: Name) -> Alignment:
    """Align two names."""
    return _Aligner(_counted(ours), _counted(theirs)).run()


def _counted(name: Name) -> list[Token]:
    return [token for token in name.tokens if token.kind not in _IGNORED] or list(name.tokens)


class _Aligner:
    def __init__(self, ours: list[Token], theirs: list[Token]) -> None:
        self.ours, self.theirs = ours, theirs
        self.free_ours, self.free_theirs = set(range(len(ours))), set(range(len(theirs)))
        self.pairs: list[tuple[Pair, int, int]] = []

    def run(self) -> Alignment:
        """The same words first, then acronyms, then words that are alike, run together, or initials."""
        self._same_words()
        if self.free_ours and self.free_theirs:
            self._acronyms(self.ours, self.theirs, self.free_ours, self.free_theirs, turned=False)
            self._acronyms(self.theirs, self.ours, self.free_theirs, self.free_ours, turned=True)
            runs = self._runs()
            self._join([run for run in runs if run.value > _SURELY_JOINED])
            self._like_words()
            self._join(runs)
            self._initials()
        order = [their for _pair, our, their in sorted(self.pairs, key=lambda one: one[1])]
        return Alignment(
            tuple(pair for pair, _our, _their in sorted(self.pairs, key=lambda one: one[1])),
            tuple(self.ours[at] for at in sorted(self.free_ours)),
            tuple(self.theirs[at] for at in sorted(self.free_theirs)),
            order == sorted(order),
            self._is_turned(),
        )

    def _is_turned(self) -> bool:
        """Whether the word before "bin" on each side is the word after it on the other."""
        ours, theirs = _child(self.ours), _child(self.theirs)
        if ours is None or theirs is None:
            return False
        partner = {our: their for _pair, our, their in self.pairs}
        return partner.get(ours - 1) == theirs + 1 and partner.get(ours + 1) == theirs - 1

    def _pair(self, our: int, their: int, value: float, how: str) -> None:
        self.pairs.append((Pair((self.ours[our],), (self.theirs[their],), value, how), our, their))
        self.free_ours.discard(our)
        self.free_theirs.discard(their)

    def _same_words(self) -> None:
        places: dict[str, list[int]] = {}
        for at, token in enumerate(self.theirs):
            places.setdefault(token.latin, []).append(at)
        for at, token in enumerate(self.ours):
            if there := places.get(token.latin):
                self._pair(at, there.pop(0), 1.0, "same")

    def _like_words(self) -> None:
        found = []
        for our in self.free_ours:
            for their in self.free_theirs:
                value, how = likeness(self.ours[our], self.theirs[their])
                if value >= LEAST:
                    weight = self.ours[our].weight + self.theirs[their].weight
                    found.append((-value * weight, our, their, value, how))
        for _rank, our, their, value, how in sorted(found):
            if our in self.free_ours and their in self.free_theirs:
                self._pair(our, their, value, how)

    def _acronyms(
        self, one: list[Token], many: list[Token], free_one: set[int], free_many: set[int], *, turned: bool
    ) -> None:
        """A word of one side that is made of the first letters of several of the other."""
        for at in sorted(free_one):
            word = one[at]
            if word.kind is Kind.WORD and 2 < len(word.latin) <= len(free_many):
                for start in sorted(free_many):
                    end = start + len(word.latin)
                    if free_many.issuperset(range(start, end)) and _begins(many[start:end]) == word.latin:
                        self._take(at, start, end, _ACRONYM, "acronym", turned=turned)
                        break

    def _runs(self) -> list[_Run]:
        """Words of one side that are several of the other, run together, the likest first."""
        runs = _runs(self.ours, self.theirs, self.free_ours, self.free_theirs, turned=False)
        runs += _runs(self.theirs, self.ours, self.free_theirs, self.free_ours, turned=True)
        return sorted(runs, key=lambda run: -run.value)

    def _join(self, runs: list[_Run]) -> None:
        for value, at, start, end, turned in runs:
            one, many = (self.free_theirs, self.free_ours) if turned else (self.free_ours, self.free_theirs)
            if at in one and many.issuperset(range(start, end)):
                self._take(at, start, end, value, "joined", turned=turned)

    def _take(self, at: int, start: int, end: int, value: float, how: str, *, turned: bool) -> None:
        if turned:
            pair = Pair(tuple(self.ours[start:end]), (self.theirs[at],), value, how)
            self.pairs.append((pair, start, at))
            self.free_theirs.discard(at)
            self.free_ours.difference_update(range(start, end))
        else:
            pair = Pair((self.ours[at],), tuple(self.theirs[start:end]), value, how)
            self.pairs.append((pair, at, start))
            self.free_ours.discard(at)
            self.free_theirs.difference_update(range(start, end))

    def _initials(self) -> None:
        for our in sorted(self.free_ours):
            for their in sorted(self.free_theirs):
                a, b = self.ours[our].latin, self.theirs[their].latin
                if min(len(a), len(b)) == 1 and a[0] == b[0]:
                    self._pair(our, their, _INITIAL, "initial")
                    break


def _begins(tokens: Sequence[Token]) -> str:
    return "".join(token.latin[:1] for token in tokens)


def _child(tokens: list[Token]) -> int | None:
    """Where "bin" or its like stands between two names; None where it does not."""
    return next((at for at in range(1, len(tokens) - 1) if tokens[at].text in _CHILD), None)


class _Run(NamedTuple):
    """The word ``at`` of one side is the words ``start`` to ``end`` of the other; ``turned``: of theirs and ours."""

    value: float
    at: int
    start: int
    end: int
    turned: bool


def _runs(one: list[Token], many: list[Token], free_one: set[int], free_many: set[int], *, turned: bool) -> list[_Run]:
    starts = [at for at in sorted(free_many) if at + 1 in free_many]
    found = []
    for at in free_one if starts else ():
        word = one[at]
        if len(word.latin) > 2 and word.kind not in (Kind.NUMBER, Kind.FORM, Kind.PARTICLE):
            for start in starts:
                if many[start].sound[:1] == word.sound[:1]:
                    found += [_Run(*run, turned) for run in _runs_from(start, at, word, many, free_many)]
    return found


def _runs_from(
    start: int, at: int, word: Token, many: list[Token], free: set[int]
) -> Iterator[tuple[float, int, int, int]]:
    joined, said = many[start].latin, many[start].sound
    for end in range(start + 2, min(len(many), start + _MOST_JOINED) + 1):
        if end - 1 not in free or len(joined) > len(word.latin) + 1:
            break
        joined, said = joined + many[end - 1].latin, said + many[end - 1].sound
        if abs(len(joined) - len(word.latin)) < 4:
            alike = max(_ratio(word.latin, joined), _ratio(word.sound, said) * _JOINED)
            if alike * _JOINED > _LEAST_JOINED:
                yield alike * _JOINED, at, start, end


def _ratio(one: str, other: str) -> float:
    return float(OSA.normalized_similarity(one, other, score_cutoff=0.75))
