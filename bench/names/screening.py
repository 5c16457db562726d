"""Screening: Convener's engine beside OpenSanctions nomenklatura, the same questions to the same lists, in one run.

    uvx --python 3.11 --with-requirements bench/names/requirements-peers.txt --overrides bench/names/overrides-peers.txt \\
        python -m bench.names.screening [--part development|reported] [--engine peer|ours|both] [--limit N]

``uvx`` because ``uv run`` takes no overrides; run it in the repository's root. The questions are described in ``cases``,
the peer in ``peer``, what is measured in ``measures``. Tables go to the standard output; answers and measurements as JSON
into ``--out``. ``--peer-results FILE`` measures saved answers of the peer instead of asking it anew. Each engine runs on
one core; with ``--part reported`` the names in other scripts are asked as a whole too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.names import measures
from bench.names.cases import DEVELOPMENT, NON_LATIN, REPORTED, Listed, Question, load, seeded
from bench.names.peer import WARM_UP, Hits, ask_peer

ENGINES = ("peer", "ours")
#: Our engine is not asked for scores below this, and stops looking early for it; every threshold that is reported is higher.
LEAST = 0.5
Answers = tuple[Hits, dict[str, float]]


def screener_of(entries: Iterable[Listed]) -> Any:
    """Our screener over an index."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
    from convener.engines.names import Entry, NameList, Screener, Source, Type

    listed = [Entry(id=entry.id, type=Type(entry.type), names=entry.names) for entry in entries]
    source = Source(name="bench", format="bench", path="", date="", sha256="", count=len(listed))
    return Screener([NameList(source=source, entries=listed)])


def ask_ours(entries: Iterable[Listed], questions: Sequence[Question]) -> Answers:
    """Our engine's results of all questions on one index, with CPU seconds for building and for asking."""
    started = time.process_time()
    screener = screener_of(entries)
    built = time.process_time() - started
    from convener.engines.names import Query, Type

    queries = [Query(id=one.id, name=one.name, type=Type(one.type)) for one in questions]
    for query in queries[:WARM_UP]:
        screener.screen(query, limit=measures.DEPTH, threshold=LEAST)
    results: Hits = {}
    started = time.process_time()
    for query in queries:
        hits = screener.screen(query, limit=measures.DEPTH, threshold=LEAST).hits
        results[query.id] = [(hit.entry_id, float(hit.score)) for hit in hits]
    seconds = time.process_time() - started
    return results, {"build_seconds": built, "seconds": seconds, "questions": len(queries)}


ASK: dict[str, Callable[[Iterable[Listed], Sequence[Question]], Answers]] = {"peer": ask_peer, "ours": ask_ours}


def chosen(questions: Iterable[Question], part: str, limit: int) -> list[Question]:
    """The questions of a part; of the reported one with the other part's names in other scripts; at most N of each set."""
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    out = []
    for one in sorted(questions, key=lambda one: seeded(one.id)):
        if one.part == part or (part == REPORTED and one.cell == NON_LATIN):
            counts[one.cell, one.index, one.type] += 1
            if not limit or counts[one.cell, one.index, one.type] <= limit:
                out.append(one)
    return out


def ask(engine: str, indexes: dict[str, tuple[Listed, ...]], questions: Sequence[Question]) -> dict[str, Any]:
    """The answers of one engine on all indexes."""
    results: Hits = {}
    cost = {}
    for index, entries in indexes.items():
        found, cost[index] = ASK[engine](entries, [one for one in questions if one.index == index])
        results |= found
    return {"engine": engine, "results": results, "cost": cost}


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(value) for value in line) + " |" for line in lines)


def interval(value: dict[str, Any]) -> str:
    """A share with its interval: ".843 (.82-.86)"."""
    return f"{value['share']:.3f} ({value['low']:.3f}-{value['high']:.3f})".replace("0.", ".") if value["n"] else "none"


def cells_table(measured: dict[str, dict[str, Any]]) -> str:
    """Recall of each cell, the engines side by side."""
    head = ["cell", "type", "questions", "negatives", "false positives"]
    head += [f"{engine} {what}" for engine in measured for what in ("recall", "threshold (reached)", "recall@1")]
    rows = []
    for group in zip(*(each["cells"] for each in measured.values()), strict=True):
        one = group[0]
        row = [one["cell"], one["type"], one["recall"]["n"], one["negatives"], f"{one['rate']:.1%}"]
        for each in group:
            row += [interval(each["recall"]), f"{each['threshold']:.4f} ({each['reached']:.2%})"]
            row += [f"{each['recall@1']['share']:.3f}"]
        rows.append(row)
    return table(head, rows)


def perturbations_table(measured: dict[str, dict[str, Any]]) -> str:
    """Recall of each perturbation, the engines side by side."""
    head = ["perturbation", "type", "questions"]
    head += [f"{engine} at {rate:.1%}" for engine in measured for rate in measures.RATES]
    rows = []
    for group in zip(*(each["perturbations"] for each in measured.values()), strict=True):
        row = [group[0]["perturbation"], group[0]["type"], group[0]["n"]]
        rows.append(row + [f"{each[str(rate)]['share']:.3f}" for each in group for rate in measures.RATES])
    return table(head, rows)


def precision_table(measured: dict[str, dict[str, Any]]) -> str:
    """Precision by bands, with the mix."""
    head = ["engine", "type", "mix", *(f"score ≥ {band}" for band in measures.BANDS)]
    rows = []
    for engine, each in measured.items():
        for one in each["precision"]:
            bands = [f"{one[str(band)]['share']:.3f} of {one[str(band)]['n']}" for band in measures.BANDS]
            mix = f"{one['positives']} positives, {one['negatives']} negatives"
            rows.append([engine, one["type"], mix, *bands])
    return table(head, rows)


def speed_table(measured: dict[str, dict[str, Any]]) -> str:
    """Questions a CPU second and the time to build, for each index."""
    head = ["engine", "index", "questions", "CPU ms a question", "questions a CPU second", "CPU s to build"]
    rows = []
    for engine, each in measured.items():
        for index, used in each["speed"].items():
            row = [engine, index, used["questions"], f"{1000 / used['per_second']:.2f}", f"{used['per_second']:.0f}"]
            rows.append([*row, f"{used['build_seconds']:.1f}"])
    return table(head, rows)


def report(measured: dict[str, dict[str, Any]], part: str) -> Iterator[str]:
    """All tables as Markdown."""
    yield f"## Screening, {part} part\n"
    for title, made in (
        ("Recall at a stated share of false positives (Wilson 95 %)", cells_table),
        ("Perturbations: recall", perturbations_table),
        ("Precision of first hits", precision_table),
        ("Speed", speed_table),
    ):
        yield f"### {title}\n\n{made(measured)}\n"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=(DEVELOPMENT, REPORTED), default=DEVELOPMENT)
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--limit", type=int, default=0, help="at most so many questions of each set, for a quick look")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "convener-bench-names")
    parser.add_argument("--peer-results", type=Path, help="measure these saved answers of the peer")
    return parser.parse_args()


def main() -> None:
    """Ask, measure, print and save."""
    options = arguments()
    cases = load()
    questions = chosen(cases.questions, options.part, options.limit)
    options.out.mkdir(parents=True, exist_ok=True)
    measured = {}
    for engine in ENGINES if options.engine == "both" else (options.engine,):
        if engine == "peer" and options.peer_results:
            answers = json.loads(options.peer_results.read_text(encoding="utf-8"))
        else:
            answers = ask(engine, cases.indexes, questions)
            path = options.out / f"results-{engine}-{options.part}.json"
            path.write_text(json.dumps({"part": options.part, **answers}), encoding="utf-8")
        measured[engine] = measures.measure(questions, answers["results"], answers["cost"], options.part)
    print("\n".join(report(measured, options.part)))
    saved = options.out / f"measures-{options.part}.json"
    saved.write_text(json.dumps(measured, indent=1), encoding="utf-8")
    print(f"Measurements: {saved}", file=sys.stderr)


if __name__ == "__main__":
    main()
