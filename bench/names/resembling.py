"""How often a row is right to be taken for what it resembles: by bits, and by the rule of the directory's imports.

    uv run python bench/names/resembling.py [--part development] [--rows 10000] [--folder /tmp/organisations]

Of 100,000 made organisations some are rows of a list, the others are on record. A row is compared with the records that
share a key with it, each pair by itself, as ``rooms/directory/actions/resembling.py`` does; by bits its best pair counts.
"""

from __future__ import annotations

import argparse
import csv
import functools
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.names.generate import SEEDS, organisations
from convener.cli.names_link import _countries as countries_by_name
from convener.engines.names.linkage import Record
from convener.engines.names.linkage.keys import keys_of, writings_of
from convener.engines.names.linkage.reading import Reading
from convener.engines.names.linkage.resembling import Resembling
from convener.engines.tables import open_table
from convener.engines.values import name_key

_countries = functools.cache(countries_by_name)
SIZE, SEED, AT_ONCE = 100_000, 5, 1_000
#: As in ``rooms/directory/actions/likeness.py``, which needs a hub.
MOST_OF_A_KEY, AMONG = 40, 5_000
BITS = (-4, 0, 2, 3, 4, 4.5, 5, 6, 8)


def compared(records: list[Record], rows: list[int]) -> dict[int, set[int]]:
    """By row the records on record that share a key with it."""
    keys = [keys_of(record) for record in records]
    is_row, holders = set(rows), defaultdict(list)
    for at, some in enumerate(keys):
        if at not in is_row:
            for key in some:
                holders[key].append(at)
    few = {key: some for key, some in holders.items() if len(some) <= MOST_OF_A_KEY}
    return {row: {one for key in keys[row] for one in few.get(key, ())} for row in rows}


def judged(records: list[Record], others: dict[int, set[int]]) -> dict[int, list[tuple[float, int]]]:
    """By row what it may be, with bits; in batches, as an import works."""
    countries = _countries()
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    rows = [row for row in others if others[row]]
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        used = sorted({*some, *(one for row in some for one in others[row])})
        place = {at: number for number, at in enumerate(used)}
        pairs = [(place[row], place[one]) for row in some for one in sorted(others[row])]
        pairs_found = Resembling([records[at] for at in used], pairs, among=AMONG, countries=countries).bits
        for (row, one), bits in pairs_found.items():
            found[used[row]].append((bits, used[one]))
    return found


def written_alike(records: list[Record], found: dict[int, list[tuple[float, int]]], least: float) -> dict[int, int]:
    """By row the one record in the same country that is written the same, and has as many bits: what an import takes it for.
    Rows that the exact name finds are left out: nothing is asked about them.
    """
    taken = {}
    for row, likes in found.items():
        own, country = writings_of([records[row].name]), records[row].country
        same = [at for bits, at in likes if bits >= least and country and _is(records[at], own, country)]
        exact = {name_key(records[at].name) for at in same}
        if len(same) == 1 and name_key(records[row].name) not in exact:
            taken[row] = same[0]
    return taken


def _is(record: Record, writings: frozenset[tuple[str, ...]], country: str) -> bool:
    codes = _countries()
    here, there = (codes.get(one.casefold(), one) for one in (country, record.country))
    return here == there and bool(writings & writings_of([record.name, *record.aliases]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=SEEDS, default="development")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "organisations")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / f"{options.part}-{SIZE}.csv"
    if not path.exists():
        organisations(SIZE, SEEDS[options.part], path)
    with path.with_suffix(".truth.csv").open(newline="") as file:
        truth = {row["id"]: row["true_id"] for row in csv.DictReader(file)}
    with open_table(path) as table:
        records = list(Reading(table))
    owner = [truth[record.id] for record in records]
    rows = random.Random(SEED).sample(range(len(records)), options.rows)
    on_record = {owner[at] for at in set(range(len(records))) - set(rows)}
    alike = sum(owner[row] in on_record for row in rows)
    started = time.process_time()
    found = judged(records, compared(records, rows))
    print(f"{alike:,} of {len(rows):,} rows have a like; {time.process_time() - started:.1f} s of CPU, keys included\n")
    print("| what is taken | rows | right | of those that have a like |\n|---|---|---|---|")
    best = {row: max(likes) for row, likes in found.items()}
    table = [(f"from {least} bits", {row: at for row, (bits, at) in best.items() if bits >= least}) for least in BITS]
    table += [(f"written alike, from {least} bits", written_alike(records, found, least)) for least in BITS[:6]]
    for name, taken in table:
        right = sum(owner[row] == owner[other] for row, other in taken.items())
        print(f"| {name} | {len(taken):,} | {right / max(len(taken), 1):.3f} | {right / alike:.3f} |")


if __name__ == "__main__":
    main()
