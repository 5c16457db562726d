"""What people decided: kept always, also through others, and refused where it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from convener.engines.names.linkage.model import Decision
from convener.errors import Refused, sentence


@dataclass
class Decided:
    """Decisions about records by their places. ``same`` and ``apart`` are pairs, the lesser place first."""

    same: set[tuple[int, int]] = field(default_factory=set)
    apart: set[tuple[int, int]] = field(default_factory=set)
    groups: dict[int, int] = field(default_factory=dict)
    unknown: list[Decision] = field(default_factory=list)

    def group(self, record: int) -> int:
        """The record that stands for all that people said are the same as this one."""
        while (found := self.groups.get(record, record)) != record:
            record = found
        return record


def decided(decisions: Iterable[Decision], places: Mapping[str, int]) -> Decided:
    """Sort decisions by what they say; those about ids that are not there are ``unknown``.

    Raises Refused where they contradict each other, also through others (a = b, b = c, a ≠ c), with the rows.
    """
    found = Decided()
    differing: list[tuple[int, int, Decision]] = []
    links: dict[int, list[tuple[int, Decision]]] = {}
    for one in decisions:
        a, b = places.get(one.id_a), places.get(one.id_b)
        if a is None or b is None:
            found.unknown.append(one)
        elif not one.same:
            differing.append((a, b, one))
        elif a != b:
            found.same.add((min(a, b), max(a, b)))
            links.setdefault(a, []).append((b, one))
            links.setdefault(b, []).append((a, one))
            ours, theirs = found.group(a), found.group(b)
            found.groups[max(ours, theirs)] = min(ours, theirs)
    for a, b, one in differing:
        if found.group(a) == found.group(b):
            raise _contradiction(one, _way(a, b, links))
        found.apart.add((min(a, b), max(a, b)))
    return found


def _way(a: int, b: int, links: Mapping[int, list[tuple[int, Decision]]]) -> list[Decision]:
    """The fewest decisions "same" that lead from one record to the other."""
    came: dict[int, tuple[int, Decision] | None] = {a: None}
    queue = [a]
    for at in queue:
        for there, by in links.get(at, ()):
            if there not in came:
                came[there] = (at, by)
                queue.append(there)
    way, here = [], came.get(b)
    while here is not None:
        way.append(here[1])
        here = came[here[0]]
    return way[::-1]


def _contradiction(different: Decision, way: list[Decision]) -> Refused:
    said = "; ".join(f"{one.id_a} = {one.id_b}{_row(one)}" for one in way)
    told = sentence(
        "The decisions contradict each other: %(a)s and %(b)s are different%(row)s, but %(way)s.",
        a=different.id_a, b=different.id_b, row=_row(different), way=said or "they are one record",
    )  # fmt: skip
    return Refused(told, hint=sentence("Take one of these decisions out of the file, and run the command again."))


def _row(decision: Decision) -> str:
    return f" (row {decision.row})" if decision.row else ""
