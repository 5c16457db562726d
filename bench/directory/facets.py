"""Facet counts by the counting index beside the same counts by the database (GROUP BY), in one run and checked equal.

For the database, the facet terms are put into a table of their own first, with the index that its queries walk along.

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


def write_terms() -> None:
    """Put the facet terms of all organisations into a table."""
    from django.db import connection

    from convener.rooms.directory.models import Profile

    rows = Profile.objects.filter(party__is_demo=False).values_list("pk", "facet_terms")
    terms = [(key.hex, *term.split(":", 1)) for key, lines in rows for term in lines.split("\n") if term]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_term (record_id text, facet text, value text)")
        cursor.executemany("INSERT INTO bench_term VALUES (%s, %s, %s)", terms)
        cursor.execute("CREATE INDEX bench_walk ON bench_term (facet, value, record_id)")
        cursor.execute("CREATE INDEX bench_record ON bench_term (record_id)")


def by_database(filters: dict[str, str]) -> dict[str, dict[str, int]]:
    """The same counts by joining and grouping terms."""
    from django.db import connection

    from convener.rooms.directory.models import Kind
    from convener.rooms.directory.queries.listing import FACETS

    counts: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        for facet in FACETS[Kind.ORGANISATION]:
            others = {other: value for other, value in filters.items() if other != facet}
            carried = " AND record_id IN (SELECT record_id FROM bench_term WHERE facet = %s AND value = %s)" * len(
                others
            )
            query = f"SELECT value, count(*) FROM bench_term WHERE facet = %s{carried} GROUP BY value"
            cursor.execute(query, [facet, *(text for pair in others.items() for text in pair)])
            counts[facet] = dict(cursor.fetchall())
    return counts


def measure(size: int) -> None:
    """One row of the table; runs in a process of its own, so that the memory is this size's."""
    from convener.cli.common import start_django

    start_django()
    from django.http import QueryDict

    from convener.foundation.actor import PUBLIC
    from convener.foundation.filters import Filters
    from convener.rooms.directory.models import Kind
    from convener.rooms.directory.queries.listing import listing, read_filters

    before, started = peak_of_self(), time.perf_counter()
    listing(PUBLIC, Kind.ORGANISATION, Filters())
    loaded, memory = time.perf_counter() - started, peak_of_self() - before
    write_terms()
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
        found = listing(PUBLIC, Kind.ORGANISATION, read_filters(Kind.ORGANISATION, query))
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
