"""The Merkle tree in memory beside pymerkle (PyPI): entries a second, proofs a second, peak memory, the same root.

    uv run --with-requirements bench/requirements.txt python bench/record/memory.py [--sizes N …] [--peer-most N]

Each line is a process of its own. Entries are the numbers from 0 on in 32 bytes, made before the clock starts; proofs are
of places by a stated seed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.hub import run

SEED, PROOFS, CHUNK, LONGEST_S = 20261123, 20_000, 100_000, 20.0
#: What appends an entry, what says the root, and what proves inclusion and consistency of a place and a size.
Tree = tuple[Callable[[bytes], object], Callable[[], bytes], Callable[[int, int], object], Callable[[int, int], object]]


def ours() -> Tree:
    """Ours."""
    from convener.engines.merkle import Tree

    tree = Tree()
    return tree.append, tree.root, tree.inclusion_proof, tree.consistency_proof


def theirs() -> Tree:
    """The same of pymerkle, whose places count from 1."""
    from pymerkle import InmemoryTree

    tree = InmemoryTree(algorithm="sha256")

    def inclusion(index: int, count: int) -> object:
        return tree.prove_inclusion(index + 1, count)

    return tree.append_entry, tree.get_state, inclusion, tree.prove_consistency


def measure(engine: str, size: int) -> dict[str, object]:
    """What one engine does with so many entries; the time of appending ends with the root."""
    append, root_of, inclusion, consistency = {"ours": ours, "pymerkle": theirs}[engine]()
    seconds = 0.0
    for start in range(0, size, CHUNK):
        entries = [number.to_bytes(32) for number in range(start, min(size, start + CHUNK))]
        started = time.perf_counter()
        for entry in entries:
            append(entry)
        seconds += time.perf_counter() - started
    started = time.perf_counter()
    root = root_of()
    seconds += time.perf_counter() - started
    chance = random.Random(SEED)
    places = [chance.randrange(1, size) for _ in range(PROOFS)]
    rates = [rate(prove, places, size) for prove in (inclusion, consistency)]
    return {"root": root.hex(), "appends": size / seconds, "inclusion": rates[0], "consistency": rates[1]}


def rate(prove: Callable[[int, int], object], places: list[int], size: int) -> float:
    """Proofs a second, of these places or as many as 20 seconds allow."""
    started = time.perf_counter()
    for done, place in enumerate(places, 1):
        prove(place, size)
        if not done % 100 and time.perf_counter() - started > LONGEST_S:
            break
    return done / (time.perf_counter() - started)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000, 10_000_000])
    parser.add_argument("--peer-most", type=int, default=1_000_000, help="No larger trees of pymerkle.")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one[0], int(asked.one[1]))))
        return
    print("| entries | engine | appends/s | inclusion proofs/s | consistency proofs/s | peak MiB | root |")
    print("|---:|---|---:|---:|---:|---:|---|")
    for size in asked.sizes:
        for engine in ("ours", "pymerkle") if size <= asked.peer_most else ("ours",):
            ran = run(dict(os.environ), sys.executable, __file__, "--one", engine, str(size))
            said = json.loads(ran.output)
            rates = " | ".join(f"{said[name]:,.0f}" for name in ("appends", "inclusion", "consistency"))
            print(f"| {size:,} | {engine} | {rates} | {ran.peak_mib:,.0f} | {said['root'][:16]} |", flush=True)


if __name__ == "__main__":
    main()
