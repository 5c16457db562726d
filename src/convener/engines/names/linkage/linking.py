"""The whole of linkage: records and decisions in; clusters, pairs to look at and contradictions out."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.blocking import candidates, records_of
from convener.engines.names.linkage.clustering import Clustering, clustered, spanning
from convener.engines.names.linkage.columns import Corpus, Gathering
from convener.engines.names.linkage.deciding import Decided, decided
from convener.engines.names.linkage.evidence import Rows
from convener.engines.names.linkage.explaining import explained
from convener.engines.names.linkage.homes import learnt
from convener.engines.names.linkage.judging import CHUNK, Judged, judged
from convener.engines.names.linkage.model import (
    Cluster,
    Conflict,
    Countries,
    Cut,
    Decision,
    Linked,
    PairScore,
    Problem,
    Record,
    Run,
)
from convener.engines.names.linkage.preparing import chunks, prepared
from convener.engines.names.linkage.reviewing import KEPT_APART, Reviews, pair_keys
from convener.engines.names.linkage.ruling import PERSON
from convener.engines.names.linkage.weighing import CONTRADICTION, SURE, UNSURE, probability

#: A pair within a component that scores less than this keeps its two apart; of persons, whose values are all written by
#: hand, two records of one can differ by more.
CLEARLY_DIFFERENT, PERSONS_DIFFERENT = -7.0, -9.0
#: Bits of a pair that people decided.
_DECIDED = 60.0
#: More against a pair than anything can be for it.
_ALWAYS = 1000.0


def score_pair(a: Record, b: Record, *, countries: Countries | None = None, records: int = 0) -> PairScore:
    """Compare two records by themselves; the same both ways round.

    ``records`` is how many there are to be confused with (0: a small collection): the more there are, the less the
    same words say. How rare the words are among them is not known here, so bits differ a little from :func:`link`'s.
    """
    corpus = _corpus(prepared(countries or {}, [one]) for one in (a, b))
    pair = judged(corpus, np.array([0]), np.array([1]), least=-np.inf, records=records)
    return explained(corpus, pair, 0, records)


def link(
    records: Iterable[Record],
    *,
    decisions: Sequence[Decision] = (),
    countries: Countries | None = None,
    run: Run | None = None,
    joined: bool = False,
) -> Linked:
    """Find which records are of one bearer.

    Of records with one id the first counts; the others, and decisions about ids that are not there, are ``problems``.
    ``countries`` knows names of countries; ``run`` does the work in several processes; ``joined`` asks for the pairs
    within clusters too. The result does not depend on the order of the records. Raises Refused where decisions
    contradict each other.
    """
    known = _Known()
    first = known.first(records)
    some = next(first, None)
    if some is None:
        return Linked((), (), (), known.problems, Cut())
    batches = (run or cast("Run", map))(functools.partial(prepared, countries or {}), chunks(chain([some], first)))
    return Linking(_corpus(batches), decisions, known.problems).linked(joined=joined)


def _corpus(batches: Iterable[object]) -> Corpus:
    gathering = Gathering()
    for batch in batches:
        gathering.add(batch)  # type: ignore[arg-type]  # what a run gives back is not typed
    return gathering.corpus()


class _Known:
    """Lets each id pass once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def first(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records whose id has not come before; of the others, a problem is noted."""
        ids: set[str] = set()
        for row, record in enumerate(records, 1):
            if record.id in ids:
                self.problems.append(
                    Problem(row, "id", f"There is a record {record.id} already; this one is left out.")
                )
            else:
                ids.add(record.id)
                yield record


@dataclass(frozen=True)
class _Found:
    """The pairs that may be one, with their bits; ``compared`` counts all that were looked at."""

    one: Rows
    other: Rows
    bits: NDArray[np.float32]
    cut: Cut
    compared: int


class Linking:
    """One run over a corpus."""

    def __init__(self, corpus: Corpus, decisions: Sequence[Decision], problems: Sequence[Problem]) -> None:
        self.corpus = corpus
        self.problems = list(problems)
        places = {one: at for at, one in enumerate(corpus.ids)} if decisions else {}
        self.decided: Decided = decided(decisions, places)
        self.problems += [
            Problem(one.row, "id_a", f"There is no record {missing}; the decision is left out.")
            for one in self.decided.unknown
            for missing in (one.id_a, one.id_b)
            if missing not in places
        ]

    def linked(self, *, joined: bool = False) -> Linked:
        """Everything."""
        found = self._pairs()
        one, other, bits = self._sure(found)
        groups = clustered(len(self.corpus), one, other, bits, self._contradictions)
        clusters, confidence = groups.cluster, self._confidence(found, groups.cluster)
        review = self._review(found, groups)
        sizes = np.bincount(clusters, minlength=len(clusters)) if len(clusters) else np.zeros(0, np.int64)
        return Linked(
            clusters=self._named(clusters, confidence),
            review=review,
            conflicts=self._conflicts(groups),
            problems=self.problems,
            cut=found.cut,
            compared=found.compared,
            counts={
                "records": len(self.corpus), "clusters": int((sizes > 0).sum()), "joined": int(sizes[sizes > 1].sum()),
                "sure": int((found.bits >= SURE).sum()), "unsure": review.pairs, "questions": len(review),
            },
            joined=self._joined(found, groups) if joined else (),
        )  # fmt: skip

    def _joined(self, found: _Found, groups: Clustering) -> Reviews:
        """The sure pairs that hold the clusters together."""
        which = np.flatnonzero((groups.cluster[found.one] == groups.cluster[found.other]) & (found.bits >= SURE))
        which = which[spanning(found.one[which], found.other[which], found.bits[which])]
        alone = np.arange(len(self.corpus))
        return Reviews(self.corpus, alone, found.one[which], found.other[which], found.bits[which], are_joined=True)

    def _pairs(self) -> _Found:
        pairs, cut = candidates(self.corpus)
        self.corpus = replace(self.corpus, homes=learnt(self.corpus, pairs))
        parts: list[Judged] = []
        for start in range(0, len(pairs), CHUNK):
            one, other = records_of(pairs[start : start + CHUNK])
            part = judged(self.corpus, one, other)
            parts.append(Judged(part.one, part.other, part.bits, np.zeros((0, 0), np.float32)))
        none = np.empty(0, np.int64)
        return _Found(
            np.concatenate([none, *(part.one for part in parts)]),
            np.concatenate([none, *(part.other for part in parts)]),
            np.concatenate([np.empty(0, np.float32), *(part.bits for part in parts)]),
            cut,
            len(pairs),
        )

    def _sure(self, found: _Found) -> tuple[Rows, Rows, NDArray[np.float32]]:
        """The pairs to join: those that people decided, and the sure ones that they did not rule out."""
        keep = found.bits >= SURE
        same = np.array(sorted(self.decided.same), np.int64).reshape(-1, 2)
        return (
            np.concatenate([found.one[keep], same[:, 0]]),
            np.concatenate([found.other[keep], same[:, 1]]),
            np.concatenate([found.bits[keep], np.full(len(same), _DECIDED, np.float32)]),
        )

    def _contradictions(self, components: list[Rows]) -> dict[tuple[int, int], float]:
        """What speaks against pairs within components, in bits; of what people said is the same, nothing does."""
        apart: dict[tuple[int, int], float] = {}
        one, other = _within(components)
        for start in range(0, len(one), CHUNK):
            ours, theirs = one[start : start + CHUNK], other[start : start + CHUNK]
            part = judged(self.corpus, ours, theirs, least=-np.inf)
            against = np.where(part.bits <= CONTRADICTION, np.float32(_ALWAYS), -part.bits)
            is_person = (self.corpus.types[part.one] == PERSON) | (self.corpus.types[part.other] == PERSON)
            bad = np.flatnonzero(part.bits < np.where(is_person, PERSONS_DIFFERENT, CLEARLY_DIFFERENT))
            pairs = zip(part.one[bad].tolist(), part.other[bad].tolist(), strict=True)
            apart.update(zip(pairs, against[bad].tolist(), strict=True))
        apart.update(dict.fromkeys(self.decided.apart, _ALWAYS))
        group = self.decided.group
        return {pair: against for pair, against in apart.items() if group(pair[0]) != group(pair[1])}

    def _confidence(self, found: _Found, cluster: Rows) -> NDArray[np.float64]:
        """Of a record with others its best pair within; of one alone what its best pair lacks."""
        score = probability(found.bits)
        inside = cluster[found.one] == cluster[found.other]
        best = np.zeros((2, len(cluster)))
        for at, which in enumerate((~inside, inside)):
            for side in (found.one, found.other):
                np.maximum.at(best[at], side[which], score[which])
        for pair in self.decided.same:
            best[1, list(pair)] = 1.0
        alone = np.bincount(cluster, minlength=len(cluster))[cluster] == 1
        return np.asarray(np.where(alone, 1 - best[0], best[1]), np.float64)

    def _named(self, cluster: Rows, confidence: NDArray[np.float64]) -> list[Cluster]:
        """Clusters in the order in which the records came."""
        ids = self.corpus.ids
        least: dict[int, str] = {}
        for record, root in enumerate(cluster.tolist()):
            if root not in least or ids[record] < least[root]:
                least[root] = ids[record]
        came = np.argsort(self.corpus.order)
        named = zip(came.tolist(), cluster[came].tolist(), np.round(confidence[came], 4).tolist(), strict=True)
        return [Cluster(ids[at], least[root], sure) for at, root, sure in named]

    def _review(self, found: _Found, groups: Clustering) -> Reviews:
        """Questions for people: unsure pairs of two clusters, sure ones kept apart; not what they answered themselves.

        Who said that a record of one cluster is no record of another has answered for both clusters.
        """
        cluster = groups.cluster
        which = np.flatnonzero(cluster[found.one] != cluster[found.other])
        answered = np.array(sorted(self.decided.apart), np.int64).reshape(-1, 2)
        between = pair_keys(cluster[found.one[which]], cluster[found.other[which]])
        which = which[~np.isin(between, pair_keys(cluster[answered[:, 0]], cluster[answered[:, 1]]))]
        return Reviews(self.corpus, cluster, found.one[which], found.other[which], found.bits[which])

    def _decided_apart(self) -> set[tuple[int, int]]:
        group = self.decided.group
        return {tuple(sorted((group(a), group(b)))) for a, b in self.decided.apart}  # type: ignore[misc]

    def _is_decided(self, one: int, other: int, apart: set[tuple[int, int]]) -> bool:
        if not apart:
            return False
        a, b = self.decided.group(one), self.decided.group(other)
        return (min(a, b), max(a, b)) in apart

    def _conflicts(self, groups: Clustering) -> list[Conflict]:
        """Sure pairs that were kept apart by people or by other evidence, and likenesses that people's "same" overrules."""
        apart, told = self._decided_apart(), []
        for one, other in groups.refused:
            by_people = self._is_decided(one, other, apart)
            said = "The records look the same; people said that they differ." if by_people else KEPT_APART
            kind = "decision" if by_people else "contradiction"
            told.append(self._conflict(kind, one, other, said))
        same = np.array(sorted(self.decided.same), np.int64).reshape(-1, 2)
        if len(same):
            part = judged(self.corpus, same[:, 0], same[:, 1], least=-np.inf)
            for at in np.flatnonzero(part.bits < UNSURE).tolist():
                said = "The records look different; people said that they are the same."
                told.append(self._conflict("decision", int(part.one[at]), int(part.other[at]), said))
        return sorted(told, key=lambda one: (one.kind, one.ids))

    def _conflict(self, kind: str, one: int, other: int, said: str) -> Conflict:
        ids, names = self.corpus.ids, self.corpus.names
        pair = sorted((one, other), key=ids.__getitem__)
        return Conflict(kind, tuple(ids[at] for at in pair), said, tuple(names[at] for at in pair))


def _within(components: list[Rows]) -> tuple[Rows, Rows]:
    """All pairs within components, the lesser record first."""
    by_size: dict[int, list[Rows]] = {}
    for members in components:
        by_size.setdefault(len(members), []).append(members)
    one, other = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for size, many in by_size.items():
        rows, (low, high) = np.sort(np.stack(many), axis=1), np.triu_indices(size, 1)
        one.append(rows[:, low].ravel())
        other.append(rows[:, high].ravel())
    return np.concatenate(one), np.concatenate(other)
