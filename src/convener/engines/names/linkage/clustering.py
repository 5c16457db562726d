"""From pairs to clusters: what is sure is joined, unless that would join what contradicts itself.

Sure pairs are taken from the surest on; a pair whose joining would put two records together that speak more against it
than it speaks for it (another number of one register and a decision always do) is left out. So a component with a
contradiction in it is divided at the weakest link between the two. Ties are taken in the order of the records, which is that of
their contents: neither ids nor the order of rows matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convener.engines.names.linkage.evidence import Rows

#: Of the members of several components, the pairs that speak against being in one cluster, with the bits against.
Contradictions = Callable[[list[NDArray[np.int64]]], dict[tuple[int, int], float]]
#: Of components larger than this, only what people decided keeps members apart: to compare all their pairs costs too much.
MOST_LOOKED_AT = 300


@dataclass(frozen=True)
class Clustering:
    """``cluster[i]`` is the first record of the cluster of ``i``; ``refused`` are sure pairs that a contradiction kept apart."""

    cluster: NDArray[np.int64]
    refused: list[tuple[int, int]]


def clustered(
    count: int, one: Rows, other: Rows, bits: NDArray[np.float32], contradictions: Contradictions
) -> Clustering:
    """Cluster ``count`` records by the sure pairs ``one``, ``other`` of so many bits."""
    order = np.lexsort((other, one, -bits))
    one, other = one[order], other[order]
    roots = _components(count, one, other)
    parts = [members for members in _members(roots) if len(members) > 2]
    apart = contradictions([members for members in parts if len(members) <= MOST_LOOKED_AT])
    if not apart:
        return Clustering(roots, [])
    inside = {pair: against for pair, against in apart.items() if roots[pair[0]] == roots[pair[1]]}
    broken = np.isin(roots, np.unique([roots[a] for a, _b in inside]))
    edges = np.flatnonzero(broken[one])
    joined, refused = _joined(one[edges].tolist(), other[edges].tolist(), bits[order][edges].tolist(), inside)
    for record in np.flatnonzero(broken).tolist():
        roots[record] = joined.get(record, record)
    return Clustering(roots, refused)


def _components(count: int, one: Rows, other: Rows) -> NDArray[np.int64]:
    """For each record the first record that can be reached from it."""
    parent = list(range(count))
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        while parent[a] != a:
            parent[a] = a = parent[parent[a]]
        while parent[b] != b:
            parent[b] = b = parent[parent[b]]
        if a != b:
            parent[max(a, b)] = min(a, b)
    roots = np.array(parent, np.int64)
    while (roots != roots[roots]).any():
        roots = roots[roots]
    return roots


def _members(roots: Rows) -> Iterator[Rows]:
    """The members of each cluster of more than one."""
    order = np.argsort(roots, kind="stable")
    last = np.concatenate([roots[order][1:] != roots[order][:-1], np.ones(1, np.bool_)])
    start = 0
    for end in np.flatnonzero(last).tolist():
        if end > start:
            yield order[start : end + 1]
        start = end + 1


def _joined(
    one: list[int], other: list[int], bits: list[float], apart: dict[tuple[int, int], float]
) -> tuple[dict[int, int], list[tuple[int, int]]]:
    """Clusters of the pairs, the first taken first; a pair is refused where ``apart`` outweighs it."""
    root: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    against: dict[int, dict[int, float]] = {}
    for (a, b), weight in apart.items():
        against.setdefault(a, {})[b] = weight
        against.setdefault(b, {})[a] = weight
    refused = []
    for a, b, weight in zip(one, other, bits, strict=True):
        ours, theirs = root.setdefault(a, a), root.setdefault(b, b)
        if ours == theirs:
            continue
        group, more = members.setdefault(ours, [ours]), members.setdefault(theirs, [theirs])
        if any(against[x].get(y, 0.0) > weight for x in group if x in against for y in more):
            refused.append((a, b))
            continue
        low, high = min(ours, theirs), max(ours, theirs)
        for member in members[high]:
            root[member] = low
        members[low] += members.pop(high)
    return root, refused


def spanning(one: Rows, other: Rows, bits: NDArray[np.float32]) -> list[int]:
    """Which of these pairs reach all records that any of them reaches, the surest first (Kruskal)."""
    root: dict[int, int] = {}

    def find(record: int) -> int:
        """The root of the tree that a record is in, with shorter ways for the next time."""
        while (above := root.setdefault(record, record)) != record:
            root[record] = record = root.get(above, above)
        return record

    kept = []
    for at in np.lexsort((other, one, -bits)).tolist():
        a, b = find(int(one[at])), find(int(other[at]))
        if a != b:
            root[max(a, b)] = min(a, b)
            kept.append(at)
    return kept
