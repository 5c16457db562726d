"""How often a row is right to be taken for what it resembles, by bits: the threshold of the directory's imports.

    uv run python bench/names/resembling.py [--part development] [--rows 10000] [--folder /tmp/organisations]

Of 100,000 made organisations some are rows of a list, the others are on record. A row is compared with the records that
share a key with it, each pair by itself, as ``rooms/directory/actions/resembling.py`` does; its best pair counts.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.names.generate import SEEDS, organisations
from convener.cli.names_link import _countries
from convener.engines.names.linkage import Record
from convener.engines.names.linkage.keys import keys_of
from convener.engines.names.linkage.reading import Reading
from convener.engines.names.linkage.resembling import resembling
from convener.engines.tables import open_table

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


def best(records: list[Record], others: dict[int, set[int]]) -> dict[int, tuple[float, int]]:
    """By row the bits of its best pair, and with whom; in batches, as an import works."""
    countries = _countries()
    found: dict[int, tuple[float, int]] = {}
    rows = [row for row in others if others[row]]
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        used = sorted({*some, *(one for row in some for one in others[row])})
        place = {at: number for number, at in enumerate(used)}
        pairs = [(place[row], place[one]) for row in some for one in sorted(others[row])]
        scores = resembling([records[at] for at in used], pairs, among=AMONG, countries=countries)
        for (row, one), score in scores.items():
            found[used[row]] = max(found.get(used[row], (score.bits, used[one])), (score.bits, used[one]))
    return found


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
    found = best(records, compared(records, rows))
    print(
        f"{alike:,} of {len(rows):,} rows have a like; {time.process_time() - started:.1f} s of CPU, all keys included\n"
    )
    print("| from bits | rows taken | right | of those that have a like |\n|---|---|---|---|")
    for least in BITS:
        taken = [owner[row] == owner[other] for row, (bits, other) in found.items() if bits >= least]
        print(f"| {least} | {len(taken):,} | {sum(taken) / max(len(taken), 1):.3f} | {sum(taken) / alike:.3f} |")


if __name__ == "__main__":
    main()
