"""Record linkage: our engine beside Splink 5 on DuckDB, on made organisations and on FEBRL's persons.

    uv run python bench/names/linkage.py --sizes 100000 1000000 --part reported --engine both --peer-python /path/to/peer/python
    uv run python bench/names/linkage.py --sizes --febrl --engine both

Each run is a process of its own from the file of records to the file of clusters: wall seconds, CPU seconds and peak memory are
of it alone, with the reading, cleaning and training. Quality is of pairs: a pair is found where both records have one cluster.
``development`` is what configurations and thresholds were chosen on, ``reported`` what results are quoted from.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.hub import ROOT, Ran, convener, run
from bench.names.generate import SEEDS, organisations

HERE = ROOT / "bench" / "names"
ENGINES = {"splink": ("splink",), "ours": ("ours",), "both": ("splink", "ours")}
FEBRL = (1, 2, 3, 4)


@dataclass(frozen=True)
class Quality:
    """How clusters agree with the truth, counted in pairs of records."""

    precision: float
    recall: float
    f1: float
    clusters: int
    true_clusters: int
    pairs_found: int
    pairs_true: int


@dataclass(frozen=True)
class Result:
    """One measured run."""

    engine: str
    data: str
    records: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    quality: Quality


def column(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """The id and one other column of a file, row by row."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            yield row["id"], row[name]


def pairs(sizes: Iterable[int]) -> int:
    """How many pairs groups of these sizes have."""
    return sum(size * (size - 1) // 2 for size in sizes)


def quality(clusters: Path, truth: Path, *, across: bool = False) -> Quality:
    """Precision and recall of pairs from counts of (cluster, organisation); a record that has no cluster stands alone.

    ``across``: only pairs of a record of each of two files count (FEBRL 4; of its records the duplicates have ``-dup-`` in the
    id), as links within a file cannot be true there.
    """
    found = dict(column(clusters, "cluster_id"))
    both: Counter[tuple[str, str, bool]] = Counter()
    for one, true_id in column(truth, "true_id"):
        both[found.get(one) or f"alone {one}", true_id, across and "-dup-" in one] += 1
    of_cluster, of_truth, of_both = Counter(), Counter(), Counter()
    sides: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
    for (cluster, true_id, second), number in both.items():
        keys = (cluster, true_id, (cluster, true_id))
        for counted, key in zip((of_cluster, of_truth, of_both), keys, strict=True):
            counted[key] += number
        for counted, key in zip(sides, keys, strict=True):
            counted[key, second] += number
    totals = (of_cluster, of_truth, of_both)
    if across:
        got = [
            sum(side[key, False] * side[key, True] for key in total) for side, total in zip(sides, totals, strict=True)
        ]
    else:
        got = [pairs(total.values()) for total in totals]
    precision, recall = got[2] / max(got[0], 1), got[2] / max(got[1], 1)
    return Quality(
        precision, recall, 2 * got[2] / max(got[0] + got[1], 1), len(of_cluster), len(of_truth), got[0], got[1]
    )


def linked(engine: str, data: str, records: Path, clusters: Path, options: argparse.Namespace) -> Ran:
    """Run an engine on a file of records; ``data`` is ``organisations`` or ``febrl-N``."""
    env = dict(os.environ)
    if engine == "ours":
        return convener(env, "names", "link", str(records), "--out", str(clusters))
    peer, threads = str(options.peer_python), ("--threads", str(options.threads))
    if data == "organisations":
        return run(env, peer, str(HERE / "splink_peer.py"), str(records), str(clusters), *threads)
    return run(env, peer, str(HERE / "febrl.py"), "splink", data.removeprefix("febrl-"), str(clusters), *threads)


def measured(engine: str, data: str, records: Path, options: argparse.Namespace) -> Result:
    """One run with its quality."""
    truth, clusters = records.with_suffix(".truth.csv"), options.folder / f"clusters-{engine}-{records.stem}.csv"
    ran = linked(engine, data, records, clusters, options)
    said = f"{data} {options.part}" if data == "organisations" else data
    count = sum(1 for _row in column(truth, "true_id"))
    of = quality(clusters, truth, across=data == "febrl-4")
    return Result(engine, said, count, ran.seconds, ran.cpu, ran.peak_mib, of)


def tasks(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """The files to link; those that are not there yet are made."""
    for size in options.sizes:
        records = options.folder / f"{options.part}-{size}.csv"
        if not records.exists():
            organisations(size, SEEDS[options.part], records)
        yield "organisations", records
    if options.febrl:
        run(dict(os.environ), str(options.peer_python), str(HERE / "febrl.py"), "write", str(options.folder))
        for number in FEBRL:
            yield f"febrl-{number}", options.folder / f"febrl-{number}.csv"


def table(results: list[Result]) -> str:
    """The results in Markdown."""
    head = "engine | data | records | seconds | CPU seconds | peak MiB | precision | recall | F1 | clusters | true clusters"
    lines = [f"| {head} |", "|---|---|" + "---:|" * 9]
    for one in results:
        of = one.quality
        times = f"{one.seconds:.1f} | {one.cpu_seconds:.1f} | {one.peak_mib:,.0f}"
        shares = f"{of.precision:.4f} | {of.recall:.4f} | {of.f1:.4f} | {of.clusters:,} | {of.true_clusters:,}"
        lines.append(f"| {one.engine} | {one.data} | {one.records:,} | {times} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[100_000])
    parser.add_argument("--engine", choices=ENGINES, default="both")
    parser.add_argument("--part", choices=SEEDS, default="reported")
    parser.add_argument("--febrl", action="store_true")
    parser.add_argument("--threads", type=int, default=2, help="of Splink")
    parser.add_argument("--peer-python", type=Path, default=os.environ.get("PEER_PYTHON", sys.executable))
    parser.add_argument(
        "--folder", type=Path, help="keeps records and clusters; without it they are removed afterwards"
    )
    parser.add_argument("--json", type=Path, help="also write the results here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="convener-linkage-") as temporary:
        options.folder = (options.folder or Path(temporary)).resolve()
        options.folder.mkdir(parents=True, exist_ok=True)
        results = []
        for data, records in tasks(options):
            for engine in ENGINES[options.engine]:
                results.append(measured(engine, data, records, options))
                print(table(results[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
                if options.json:
                    options.json.write_text(json.dumps([asdict(one) for one in results], indent=1) + "\n")
    print(table(results))


if __name__ == "__main__":
    main()
