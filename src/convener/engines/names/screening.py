"""Is this name on a list? The face of the engine: lists in, questions in, hits out, each with its reasons."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from convener.engines.names.analysis import PLAIN_TYPES, Name, analysed
from convener.engines.names.compiled import GROUPS, OTHERS, Compiled, compiled
from convener.engines.names.context import Context, context_of, reasons
from convener.engines.names.explaining import explained
from convener.engines.names.model import Entry, NameList, Query, Source, Type
from convener.engines.names.scoring import Comparison, compared_sides, lexical
from convener.engines.names.sides import Side, Weigh, side
from convener.engines.names.writing import MOST_CHARACTERS
from convener.errors import Sentence, sentence

#: Scores from which a hit is worth a person's time, and from which it is called a match. Never a decision by itself.
REVIEW, MATCH = 0.6, 0.9
LIMIT = 5
#: Bits of words that are more than form, title or trade, below which a name is anybody's.
LEAST_DISTINCTIVE = 2.0
_PLAIN_GROUPS = frozenset(GROUPS[kind] for kind in PLAIN_TYPES)
_ALL = ("persons", "organisations", "craft", OTHERS)


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that may be meant: ``entry`` is as the list has it, ``matched_name`` its name that scores best."""

    rank: int
    list: str
    entry_id: str
    matched_name: str
    score: float
    decision: str
    entry: Entry
    names: tuple[Name, Name]
    comparison: Comparison

    @property
    def explanation(self) -> dict[str, Any]:
        """The reasons as plain data (:func:`~convener.engines.names.explaining.explained`); its parts sum to the score."""
        return explained(*self.names, self.comparison)


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one query, the best first; ``problem`` says why it could not be asked ("" where it could).

    ``more``: how many further entries were seen to score the threshold, beyond the limit; there may be others.
    """

    query: Query
    hits: tuple[Hit, ...]
    problem: Sentence | str = ""
    more: int = 0

    @property
    def decision(self) -> str:
        """match, review or no_match: that of the best hit."""
        return self.hits[0].decision if self.hits else "no_match"


@dataclass(frozen=True, slots=True)
class _Found:
    score: float
    at: int
    entry: Entry
    ours: Name
    theirs: Name
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query with its context."""

    query: Query
    context: Context

    def name_as(self, kind: Type) -> Name:
        """The name taken apart as one of this type."""
        return analysed(self.query.name, kind)

    def ready(self, weigh: Weigh) -> Callable[[Type], Side]:
        """The name as one side of comparisons with entries of a type, worked out once for each."""
        return functools.cache(lambda kind: side(self.name_as(kind), weigh))

    @property
    def says_who(self) -> bool:
        """Whether the name says more than forms, titles and trades: as a person's, where it is said to be one."""
        return self.name_as(self.query.type).distinctive >= LEAST_DISTINCTIVE


class Screener:
    """Lists that are ready to be asked. Safe to use from several threads: nothing changes after it is made."""

    def __init__(self, lists: Sequence[NameList | Compiled]) -> None:
        self._lists = [one if isinstance(one, Compiled) else compiled(one) for one in lists]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the lists come from, in their order."""
        return tuple(one.source for one in self._lists)

    def screen(self, query: Query, *, limit: int = LIMIT, threshold: float = REVIEW) -> Answer:
        """At most ``limit`` entries that score at least ``threshold``; one hit an entry, by its best name.

        Ties stand in the order of the lists and their entries. Never raises: a name that cannot be asked gets a problem.
        """
        if problem := trouble_with(query.name, query.type):
            return Answer(query, (), problem)
        asked = _Asked(query, context_of(query))
        found: list[tuple[float, int, int, _Found]] = []
        for number, one in enumerate(self._lists):
            for hit in _found_in(one, asked, threshold, limit):
                if hit.score >= max(threshold, 1e-4):
                    found.append((-hit.score, number, hit.at, hit))
        found.sort(key=lambda one: one[:3])
        hits = tuple(
            _hit(rank, self._lists[number].source.name, one)
            for rank, (_score, number, _at, one) in enumerate(found[: max(limit, 0)], 1)
        )
        return Answer(query, hits, "" if hits else _note(asked), len(found) - len(hits))


def trouble_with(name: str, kind: Type = Type.UNKNOWN) -> Sentence | str:
    """Why a name cannot be asked about; "" where it can."""
    if not name.strip():
        return sentence("The name is empty.")
    if len(name) > MOST_CHARACTERS:
        return sentence("The name has more than %(most)s characters: no name is that long.", most=MOST_CHARACTERS)
    if not analysed(name, kind).tokens:
        return sentence("The name has no letter or digit that can be compared.")
    return ""


def _note(asked: _Asked) -> Sentence | str:
    if asked.name_as(asked.query.type).distinctive < LEAST_DISTINCTIVE:
        return sentence("The name says nothing but forms, titles or trades, so nobody is found by it.")
    return ""


def _hit(rank: int, list_name: str, found: _Found) -> Hit:
    decision = "match" if found.score >= MATCH else "review" if found.score >= REVIEW else "no_match"
    names = found.ours, found.theirs
    entry, name = found.entry, found.theirs.text
    return Hit(rank, list_name, entry.id, name, found.score, decision, entry, names, found.comparison)


def _found_in(given: Compiled, asked: _Asked, threshold: float, limit: int) -> list[_Found]:
    best: dict[int, _Found] = {}
    query = asked.query
    for group in _ALL if query.type is Type.UNKNOWN else (GROUPS[query.type], OTHERS):
        one = given.pools.get(group)
        if one is None:
            continue
        name = asked.name_as(Type.PERSON if group in _PLAIN_GROUPS else Type.ORGANISATION)
        ready = asked.ready(one.weigh)
        for at in one.candidates(name, threshold, limit) if asked.says_who else one.named(name):
            _take(best, given, int(one.entries[at]), asked, ready, one.side(at), threshold)
    for position in given.by_identifier.get(asked.context.identifier, ()) if asked.context.identifier else ():
        if position not in best:  # an entry with the query's number is found whatever it is called
            kind = given.entries[position].type
            ready = asked.ready(lexical)
            for text in given.entries[position].names:
                _take(best, given, position, asked, ready, side(analysed(text, kind), lexical), threshold)
    return list(best.values())


def _take(
    best: dict[int, _Found],
    given: Compiled,
    position: int,
    asked: _Asked,
    ready: Callable[[Type], Side],
    theirs: Side,
    threshold: float,
) -> None:
    """Compare with one name of an entry, and keep it where it is the entry's best so far."""
    entry = given.entries[position]
    kind = entry.type if entry.type is not Type.UNKNOWN else asked.query.type
    ours = ready(kind)
    known = best.get(position)
    least = known.score if known else threshold
    comparison = compared_sides(ours, theirs, kind, reasons(asked.context, entry), least)
    if comparison.score and (known is None or comparison.score > known.score):
        best[position] = _Found(comparison.score, position, entry, ours.name, theirs.name, comparison)
