"""Facet counts by the counting index beside the same counts by the database (GROUP BY), in one run and checked equal.

    uv run python bench/directory/facets.py [--sizes 20000 50000 200000]

Prints time to load the index, its memory, and the time of all counts of a list for random filters.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.directory.generate import COUNTRIES, INDUSTRIES, TYPES, generate
from bench.hub import ROOT, convener, hub, peak_of_self

ROUNDS = 60


def by_database(filters: dict[str, str]) -> dict[str, dict[str, int]]:
    """The same counts by joining and grouping terms."""
    from django.db.models import Count

    from convener.rooms.directory.models import Kind, Term
    from convener.rooms.directory.queries.listing import FACETS

    counts: dict[str, dict[str, int]] = {}
    for facet in FACETS[Kind.ORGANISATION]:
        terms = Term.objects.filter(kind=Kind.ORGANISATION, facet=facet)
        for other, value in filters.items():
            if other != facet:
                carry = Term.objects.filter(kind=Kind.ORGANISATION, facet=other, value=value)
                terms = terms.filter(record_id__in=carry.values("record_id"))
        counts[facet] = dict(terms.values_list("value").annotate(Count("id")))
    return counts


def measure(size: int) -> None:
    """One row of the table; runs in a process of its own, so that the memory is this size's."""
    from convener.cli.common import start_django

    start_django()
    from django.http import QueryDict

    from convener.foundation.actor import PUBLIC
    from convener.rooms.directory.models import Kind
    from convener.rooms.directory.queries.listing import Filters, listing

    before, started = peak_of_self(), time.perf_counter()
    listing(PUBLIC, Kind.ORGANISATION, Filters())
    loaded, memory = time.perf_counter() - started, peak_of_self() - before
    chance = random.Random(size)
    index_times, database_times = [], []
    for number in range(ROUNDS):
        pairs = {
            "type": chance.choice(TYPES),
            "industry": chance.choice(INDUSTRIES),
            "at": chance.choice(list(COUNTRIES)),
        }
        filters = {name: pairs[name] for name in chance.sample(sorted(pairs), number % 4)}
        started = time.perf_counter()
        query = QueryDict("&".join(f"{name}={value}" for name, value in filters.items()))
        found = listing(PUBLIC, Kind.ORGANISATION, Filters.read(Kind.ORGANISATION, query))
        index_times.append((time.perf_counter() - started) * 1000)
        if number < 12:
            started = time.perf_counter()
            expected = by_database(filters)
            database_times.append((time.perf_counter() - started) * 1000)
            assert {name: dict(counts) for name, counts in found.counts.items()} == expected
    index_times.sort()
    print(
        f"| {size:,} | {loaded:.1f} s | {memory:.0f} MiB | {statistics.median(index_times):.1f} ms "
        f"| {index_times[int(ROUNDS * 0.95)]:.1f} ms | {statistics.median(database_times):.0f} ms "
        f"| {max(database_times):.0f} ms |",
        flush=True,
    )


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 50_000, 200_000])
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    print(
        "| organisations | index loaded in | its memory | page by index p50 | p95 | counts by database p50 | longest |"
    )
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            path = Path(folder) / f"{size}.csv"
            generate(size, path)
            with hub(postgres=False) as env:
                convener(env, "directory", "import", str(path), "--json")
                command = [sys.executable, __file__, "--measure", str(size)]
                sys.stdout.flush()
                subprocess.run(command, env={**os.environ, **env}, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
