"""Which word of one name is which of the other, and what is left on either side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

from convener.engines.names.analysis import Token
from convener.engines.names.likeness import LEAST, likeness
from convener.engines.names.sides import Side
from convener.engines.names.vocabulary import Kind

_MOST_JOINED, _LEAST_JOINED, _SURELY_JOINED = 4, 0.8, 0.93
_INITIAL, _ACRONYM, _JOINED = 0.7, 0.75, 0.97
_NEVER_JOINED = (Kind.NUMBER, Kind.FORM, Kind.PARTICLE)
_WORD = Kind.WORD


#: ``(our, our_end, their, their_end, value, how)``: the words ``our`` to ``our_end`` of one name are ``their`` to
#: ``their_end`` of the other: one each, or several that were run together or abbreviated. A plain tuple, as there are many.
Pair = tuple[int, int, int, int, float, str]


class Alignment(NamedTuple):
    """The pairs, the places of words without a partner, and whether the pairs stand in the same order on both sides.

    ``is_turned``: somebody's child on one side is the parent on the other (X bin Y, Y bin X).
    """

    pairs: list[Pair]
    ours: list[int]
    theirs: list[int]
    is_ordered: bool
    is_turned: bool = False


def aligned(ours: Side, theirs: Side) -> Alignment:
    """Align two names: the same words first, then what :class:`_Rest` finds among the others."""
    pairs: list[Pair] = []
    free_ours = []
    left: list[str | None] = list(theirs.latins)
    for our, latin in enumerate(ours.latins):
        if latin in left:
            their = left.index(latin)
            left[their] = None
            pairs.append((our, our + 1, their, their + 1, 1.0, "same"))
        else:
            free_ours.append(our)
    free_theirs = [their for their, latin in enumerate(left) if latin is not None]
    if free_ours and free_theirs:
        rest = _Rest(ours.tokens, theirs.tokens, free_ours, free_theirs)
        rest.pair()
        if rest.pairs:
            pairs = sorted(pairs + rest.pairs)
    order = [pair[2] for pair in pairs]
    is_turned = bool(ours.child and theirs.child) and _is_turned(pairs, ours.child, theirs.child)
    return Alignment(pairs, free_ours, free_theirs, order == sorted(order), is_turned)


def _is_turned(pairs: list[Pair], our_child: int, their_child: int) -> bool:
    """Whether the word before "bin" on each side is the word after it on the other."""
    partner = {pair[0]: pair[2] for pair in pairs}
    return partner.get(our_child - 1) == their_child + 1 and partner.get(our_child + 1) == their_child - 1


class _Rest:
    """The words that are not the same. ``free_ours`` and ``free_theirs`` are rising places; who has a partner leaves."""

    def __init__(
        self, ours: Sequence[Token], theirs: Sequence[Token], free_ours: list[int], free_theirs: list[int]
    ) -> None:
        self.ours, self.theirs = ours, theirs
        self.free_ours, self.free_theirs = free_ours, free_theirs
        self.pairs: list[Pair] = []

    def pair(self) -> None:
        """Acronyms first, then words that are alike, run together, or initials."""
        if len(self.free_theirs) > 2:
            self._acronyms(self.ours, self.theirs, self.free_ours, self.free_theirs, turned=False)
        if len(self.free_ours) > 2:
            self._acronyms(self.theirs, self.ours, self.free_theirs, self.free_ours, turned=True)
        runs = _runs(self.ours, self.theirs, self.free_ours, self.free_theirs, turned=False)
        runs += _runs(self.theirs, self.ours, self.free_theirs, self.free_ours, turned=True)
        if runs:
            runs.sort(key=lambda run: -run.value)
            self._join([run for run in runs if run.value > _SURELY_JOINED])
        self._like_words()
        if runs:
            self._join(runs)
        if self.free_ours and self.free_theirs:
            self._initials()

    def _take(self, pair: Pair) -> None:
        self.pairs.append(pair)
        for our in range(pair[0], pair[1]):
            self.free_ours.remove(our)
        for their in range(pair[2], pair[3]):
            self.free_theirs.remove(their)

    def _like_words(self) -> None:
        found = []
        for our in self.free_ours:
            one = self.ours[our]
            for their in self.free_theirs:
                other = self.theirs[their]
                value, how = likeness(one, other)
                if value >= LEAST:
                    found.append((-value * (one.weight + other.weight), our, their, value, how))
        found.sort()
        for _rank, our, their, value, how in found:
            if our in self.free_ours and their in self.free_theirs:
                self._take((our, our + 1, their, their + 1, value, how))

    def _acronyms(
        self, one: Sequence[Token], many: Sequence[Token], free_one: list[int], free_many: list[int], *, turned: bool
    ) -> None:
        """A word of one side that is made of the first letters of several of the other."""
        for at in tuple(free_one):
            word = one[at]
            if word.kind is _WORD and 2 < len(word.latin) <= len(free_many):
                for start in free_many:
                    end = start + len(word.latin)
                    if _begins(many[start:end]) == word.latin and all(
                        place in free_many for place in range(start, end)
                    ):
                        self._take(_pair(at, start, end, _ACRONYM, "acronym", turned=turned))
                        break

    def _join(self, runs: list[_Run]) -> None:
        for value, at, start, end, turned in runs:
            one, many = (self.free_theirs, self.free_ours) if turned else (self.free_ours, self.free_theirs)
            if at in one and all(place in many for place in range(start, end)):
                self._take(_pair(at, start, end, value, "joined", turned=turned))

    def _initials(self) -> None:
        for our in tuple(self.free_ours):
            one, a = self.ours[our], self.ours[our].latin
            for their in self.free_theirs:
                other, b = self.theirs[their], self.theirs[their].latin
                is_number = one.kind is Kind.NUMBER or other.kind is Kind.NUMBER  # 7 is no initial of 71
                if min(len(a), len(b)) == 1 and a[0] == b[0] and not is_number:
                    self._take((our, our + 1, their, their + 1, _INITIAL, "initial"))
                    break


def _pair(at: int, start: int, end: int, value: float, how: str, *, turned: bool) -> Pair:
    """The word ``at`` of one side with several of the other; ``turned``: of theirs with ours."""
    return (start, end, at, at + 1, value, how) if turned else (at, at + 1, start, end, value, how)


def _begins(tokens: Sequence[Token]) -> str:
    return "".join([token.latin[:1] for token in tokens])


class _Run(NamedTuple):
    """The word ``at`` of one side is the words ``start`` to ``end`` of the other; ``turned``: of theirs and ours."""

    value: float
    at: int
    start: int
    end: int
    turned: bool


def _runs(
    one: Sequence[Token], many: Sequence[Token], free_one: list[int], free_many: list[int], *, turned: bool
) -> list[_Run]:
    """Words of one side that are several of the other, run together."""
    found: list[_Run] = []
    starts = [at for at in free_many if at + 1 in free_many]
    if not starts:
        return found
    begins = [(start, many[start].sound[:1]) for start in starts]
    for at in free_one:
        word = one[at]
        if len(word.latin) > 2 and word.kind not in _NEVER_JOINED:
            first = word.sound[:1]
            for start, letter in begins:
                if letter == first:
                    found += [_Run(*run, turned) for run in _runs_from(start, at, word, many, free_many)]
    return found


def _runs_from(
    start: int, at: int, word: Token, many: Sequence[Token], free: list[int]
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
