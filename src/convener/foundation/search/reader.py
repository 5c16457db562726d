"""The index as one actor asks it: only for what they may find, and without a sign of anything else.

BM25 weighs a word by how many records have it. If records counted that the actor may not find, the order of an answer
would tell what stands in them. So the words of records that not everybody may find are in fields of their own
(:data:`~convener.foundation.search.store.KEPT`). There a word is worth what its rareness among public records makes it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy

from convener.foundation.actor import Actor
from convener.foundation.search.registry import EVERYONE, REGISTRY, access_of
from convener.foundation.search.store import ACCESS, KEPT, KIND, schema

Must, Should = tantivy.Occur.Must, tantivy.Occur.Should
Query = tantivy.Query
_SCHEMA = schema()


def exactly(name: str, value: str) -> tantivy.Query:
    """Records with this value in a field."""
    return Query.term_query(_SCHEMA, name, value, "basic")


def any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """Records that one of some queries finds; which one makes no difference to their order."""
    some = queries[0] if len(queries) == 1 else Query.boolean_query([(Should, query) for query in queries])
    return Query.const_score_query(some, 0.0)


@dataclass(frozen=True)
class Reader:
    """A searcher, and what the actor's entries carry one of (None: the actor finds everything)."""

    searcher: tantivy.Searcher
    access: Sequence[str] | None

    @classmethod
    def of(cls, searcher: tantivy.Searcher, actor: Actor) -> Reader:
        """The index as ``actor`` asks it."""
        return cls(searcher, access_of(actor))

    @property
    def _sees_kept(self) -> bool:
        return self.access != [EVERYONE]

    def allowed(self) -> list[tantivy.Query]:
        """What every answer must fulfil. The library's own query for sets looks at all records first."""
        if self.access is None:
            return [] if REGISTRY.sources else [Query.empty_query()]
        return [any_of([exactly(ACCESS, access) for access in self.access])]

    def finds(self, clauses: Iterable[tantivy.Query]) -> bool:
        """Whether there is a record for all of the clauses that the actor may find."""
        every = Query.boolean_query([(Must, query) for query in (*self.allowed(), *clauses)])
        return bool(self.searcher.search(every, 1, count=False).hits)

    def ways(self, name: str, word: str, weight: float = 1.0) -> list[tantivy.Query]:
        """Queries for records with a word in a field, the rarer the word is the more it counts."""
        found = [Query.boost_query(Query.term_query(_SCHEMA, name, word, "freq"), weight)]
        if self._sees_kept:
            found.append(Query.const_score_query(exactly(KEPT + name, word), weight * self._rareness(name, word)))
        return found

    def plain(self, name: str, word: str) -> list[tantivy.Query]:
        """Queries for records with a word in a field, whose order does not matter."""
        return [exactly(name, word), *([exactly(KEPT + name, word)] if self._sees_kept else [])]

    def slips(self, name: str, word: str, weight: float, *, slips: int = 1, begun: bool = False) -> list[tantivy.Query]:
        """Queries for records with a word in a field that differs from ``word`` by a slip, or begins so."""
        names = [name, *([KEPT + name] if self._sees_kept else [])]
        return [
            Query.boost_query(Query.fuzzy_term_query(_SCHEMA, one, word, slips, True, begun), weight) for one in names
        ]

    def often(self, name: str, word: str) -> int:
        """How many records that everybody may find have a word in a field, counting those that were replaced since."""
        return int(self.searcher.doc_freq(name, word))

    def is_written(self, found: Iterable[tuple[str, str]]) -> bool:
        """Whether a record that the actor may find has one of some words in its field."""
        pairs = list(found)
        if max((self.often(*pair) for pair in pairs), default=0) > self._replaced:
            return True  # so one at least still stands, and everybody may find it
        ways = [query for pair in pairs for query in self.plain(*pair)]
        return bool(ways) and self.finds([any_of(ways)])

    @functools.cached_property
    def _replaced(self) -> int:
        """How many records were replaced or deleted and still count in the library's numbers of records by word."""
        return sum(self.often(KIND, kind) for kind in REGISTRY.sources) - int(self.searcher.num_docs)

    def _rareness(self, name: str, word: str) -> float:
        """What BM25 gives a word that stands once in a text of usual length: Robertson and Zaragoza (2009), 3.1."""
        records = int(self.searcher.num_docs)
        often = min(self.often(name, word), records)
        return math.log(1 + (records - often + 0.5) / (often + 0.5))
