"""The plain values of linkage: records, decisions of people, scored pairs, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from convener.engines.names.model import Problem, Type
from convener.engines.names.scoring import Part

__all__ = [
    "Cluster", "Conflict", "Countries", "Cut", "Decision", "Linked", "Outcome", "PairScore", "Part", "Problem", "Record",
    "Review", "Run", "Type",
]  # fmt: skip

#: Names and codes of countries, folded (:func:`convener.engines.values.folding.fold`), with their ISO 3166-1 alpha-2 codes.
Countries = Mapping[str, str]


class Run(Protocol):
    """Something that does ``work`` for each chunk and gives the results in their order: ``map``, or several processes."""

    def __call__(self, work: Callable[[Any], Any], chunks: Iterable[Any], /) -> Iterator[Any]:
        """The results of ``work``, which can be pickled, as can chunks and results."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """What a source says of a person or an organisation. ``id`` names it, and says nothing of it.

    ``country`` is a code or a name; ``latitude`` and ``longitude`` are degrees, both or none; ``birth_date`` is ISO 8601
    ("1957", "1957-07" or "1957-07-28"). Other texts are as they were written.
    """

    id: str
    name: str
    type: Type = Type.ORGANISATION
    aliases: tuple[str, ...] = ()
    country: str = ""
    address: str = ""
    registration_number: str = ""
    website: str = ""
    latitude: float | None = None
    longitude: float | None = None
    birth_date: str = ""


class Outcome(StrEnum):
    """What becomes of a pair: joined, shown to people, or left apart."""

    SURE = "sure"
    UNSURE = "unsure"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Decision:
    """What people said of two records. ``row`` is where, for messages (0: nowhere)."""

    id_a: str
    id_b: str
    same: bool
    row: int = 0


@dataclass(frozen=True, slots=True)
class PairScore:
    """How likely two records are of one bearer, from 0 to 1, and why.

    ``bits`` is the weight of evidence, with what two random records have against them; ``score`` is the probability that
    it stands for, 1 / (1 + 2 ** -bits). ``parts`` are the reasons in bits (those against are in ``took``); ``gives`` are
    their shares of the score, in the same order, and sum to it.
    """

    score: float
    bits: float
    outcome: Outcome
    parts: tuple[Part, ...]
    gives: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a record belongs: the cluster is called after the smallest id in it.

    ``confidence`` is between 0 and 1: of a record with others, the score of its best pair within the cluster; of one
    alone, 1 minus the score of the best pair that was not joined.
    """

    id: str
    cluster_id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Review:
    """A question for people: whether two clusters are one, shown by the likeliest of their pairs, the smaller id first.

    ``conflict`` says what stands against a likely answer; ``pairs`` counts the unsure pairs between the two clusters,
    ``records`` the records of both.
    """

    id_a: str
    id_b: str
    score: float
    name_a: str
    name_b: str
    parts: tuple[Part, ...]
    gives: tuple[float, ...]
    conflict: str = ""
    pairs: int = 1
    records: int = 2


@dataclass(frozen=True, slots=True)
class Conflict:
    """Evidence or decisions that contradict each other, and the two records they are about, with their names."""

    kind: str
    ids: tuple[str, ...]
    message: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """What blocking left out: records in blocks that stayed too large, and pairs of these that were not compared."""

    blocks: int = 0
    records: int = 0
    pairs: int = 0

    def __add__(self, other: Cut) -> Cut:
        return Cut(self.blocks + other.blocks, self.records + other.records, self.pairs + other.pairs)


@dataclass(frozen=True)
class Linked:
    """All that came out. ``clusters`` are in the order of the records; ``compared`` is how many pairs were looked at.

    ``joined`` are the pairs that hold the clusters together, where they were asked for: of each cluster the surest pairs
    that reach all of its members, among them each member's best one.
    """

    clusters: Sequence[Cluster]
    review: Sequence[Review]
    conflicts: Sequence[Conflict]
    problems: Sequence[Problem]
    cut: Cut
    compared: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    joined: Sequence[Review] = ()
