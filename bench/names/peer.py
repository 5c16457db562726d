"""The peer: OpenSanctions nomenklatura, its blocker's index and LogicV2, as its users run them.

What was chosen, and why it is fair to the peer (measured on a pilot over OFAC's whole list: perturbed names and held-out
aliases beside negatives, 1,300 to 2,200 questions; only the peer's set-up was picked by it):

- Entities are FollowTheMoney's Person and Organization in its MemoryStore (what its command line loads files into).
  A person's "LAST, First" becomes name "First LAST" with lastName and firstName: of the
  three forms tried it found most (recall at 2 % false positives .843; without the parts .830; "LAST, First" as it is .829).
- A query is an entity with that schema and the name.
- Candidates: the Index with its default options (at most 75 a query, least share of the best score .1). This version
  has no call for one query: ``match_entities`` takes many, and one call costs 0.4 s whatever it is asked. So questions are
  asked in batches of 1,000 in a shuffled order: 1 ms a question instead of 41 ms in batches of 10, and it finds the same
  (right entry among the candidates: persons .909 in batches of 10, 50, 200 and 2,200; organisations .816 to .822).
- Score: ``LogicV2.compare`` with its default configuration for each candidate; the best five are kept.
- Time is CPU time of the process (DuckDB on one thread) for tokenizing, blocking and scoring, after a batch that warms up
  and is thrown away. Making the FollowTheMoney entity of a query is left out, as are loading and building the index.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.names.cases import PERSON, Listed, Question

os.environ.setdefault("NOMENKLATURA_DUCKDB_THREADS", "1")

BATCH = 1_000
WARM_UP = 300
BEST = 5
SCHEMATA = {PERSON: "Person"}
Hits = dict[str, list[tuple[str, float]]]


class Peer:
    """nomenklatura over one index of entries."""

    def __init__(self, entries: Iterable[Listed]) -> None:
        from followthemoney import Dataset
        from nomenklatura.blocker import Index
        from nomenklatura.matching.logic_v2.model import LogicV2
        from nomenklatura.resolver import Linker
        from nomenklatura.store import MemoryStore

        started = time.process_time()
        self.dataset = Dataset.make({"name": "bench", "title": "Benchmark"})
        store = MemoryStore(self.dataset, Linker({}))
        with store.writer() as writer:
            for entry in entries:
                writer.add_entity(self.entity(entry.id, entry.type, entry.names))
        view = store.default_view()
        self.folder = tempfile.TemporaryDirectory()
        self.index = Index(view, Path(self.folder.name))
        self.index.build()
        self.entries = {entity.id: entity for entity in view.entities()}
        self.algorithm, self.config = LogicV2, LogicV2.default_config()
        self.build_seconds = time.process_time() - started

    def entity(self, key: str, kind: str, names: Sequence[str]) -> Any:
        """The FollowTheMoney entity of a list's entry or a query; "LAST, First" of a person becomes its parts."""
        from followthemoney import StatementEntity

        entity: Any = StatementEntity(self.dataset, {"schema": SCHEMATA.get(kind, "Organization"), "id": key})
        for name in names:
            last, *first = name.split(", ")
            if kind == PERSON and first:
                entity.add("name", " ".join((first[0], last, *first[1:])))
                entity.add("lastName", last)
                entity.add("firstName", first[0])
            else:
                entity.add("name", name)
        return entity

    def query(self, question: Question) -> Any:
        """The entity of a question. Only its name is known; a comma in it is left to nomenklatura's own parsing."""
        entity = self.entity(question.id, question.type, ())
        entity.add("name", question.name)
        return entity

    def ask(self, questions: Sequence[Question]) -> tuple[Hits, float]:
        """The best five entries of each question, and the CPU seconds that took."""
        queries = {question.id: self.query(question) for question in questions}
        found: Hits = {question.id: [] for question in questions}
        started = time.process_time()
        for key, candidates in self.index.match_entities(queries.values()):
            scored = [
                (candidate.id, self.algorithm.compare(queries[key.id], self.entries[candidate.id], self.config).score)
                for candidate, _ in candidates
            ]
            scored.sort(key=lambda hit: -hit[1])  # stable: of equal scores the one the blocker ranks higher is first
            found[key.id] = [hit for hit in scored[:BEST] if hit[1] > 0]
        return found, time.process_time() - started

    def close(self) -> None:
        """Let the index and its folder go."""
        self.index.close()
        self.folder.cleanup()


def ask_peer(entries: Iterable[Listed], questions: Sequence[Question]) -> tuple[Hits, dict[str, float]]:
    """Results of all questions on one index, with CPU seconds for building, for asking and the number of questions."""
    peer = Peer(entries)
    order = sorted(questions, key=lambda question: question.id)
    random.Random(1).shuffle(order)
    peer.ask(order[:WARM_UP])
    results: Hits = {}
    seconds = 0.0
    for start in range(0, len(order), BATCH):
        found, used = peer.ask(order[start : start + BATCH])
        results |= found
        seconds += used
    peer.close()
    return results, {"build_seconds": peer.build_seconds, "seconds": seconds, "questions": len(order)}
