"""Rows a second validated and written by ``convener directory import``, peak memory, and how long a second writer waits.

    uv run --with-requirements bench/requirements.txt python bench/directory/import_rows.py [--postgres] [--sizes N …]

Beside it, in the same run, ``sqlite-utils insert`` writes the same file as one plain table: no checks, no matching, no
history, no undo. It shows how far the floor is.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.directory.generate import generate
from bench.hub import convener, hub, run

WRITER = """
import time
from convener.cli.common import start_django
start_django()
from convener.foundation.actor import OPERATOR
from convener.foundation.audit.actions import record
waits = []
end = time.time() + {seconds}
while time.time() < end:
    started = time.perf_counter()
    record(OPERATOR, "bench.write", "bench")
    waits.append(time.perf_counter() - started)
    time.sleep(0.05)
print(max(waits), sorted(waits)[int(len(waits) * .95)], len(waits))
"""


def second_writer(env: dict[str, str], seconds: float, said: list[str]) -> threading.Thread:
    """A process that writes one audit entry after the other for ``seconds`` and tells how long each took."""

    def write() -> None:
        said.append(run(env, sys.executable, "-c", WRITER.format(seconds=seconds)).output)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def measure(size: int, *, postgres: bool, folder: Path) -> str:
    """One row of the table."""
    path = folder / f"{size}.csv"
    generate(size, path)
    with hub(postgres=postgres) as env:
        generate(1, folder / "one.csv")
        convener(env, "directory", "import", str(folder / "one.csv"), "--dry-run")  # makes the hub
        said: list[str] = []
        writer = second_writer(env, size / 3000, said)
        ran = convener(env, "directory", "import", str(path), "--json")
        writer.join()
        summary = json.loads(ran.output)
        again = convener(env, "directory", "import", str(path), "--json")
    longest, p95, writes = (float(word) for word in said[0].split())
    floor = run(
        dict(**env),
        sys.executable,
        "-m",
        "sqlite_utils",
        "insert",
        str(folder / f"{size}-{postgres}.db"),
        "t",
        str(path),
        "--csv",
    )
    assert summary["added"] == size
    assert json.loads(again.output)["skipped"] == size
    return (
        f"| {'PostgreSQL' if postgres else 'SQLite'} | {size:,} | {ran.seconds:.1f} s | {size / ran.seconds:,.0f} rows/s "
        f"| {ran.peak_mib:.0f} MiB | {longest * 1000:.0f} ms (p95 {p95 * 1000:.0f}, {writes:.0f} writes) "
        f"| {size / again.seconds:,.0f} rows/s | {size / floor.seconds:,.0f} rows/s, {floor.peak_mib:.0f} MiB |"
    )


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[25_000, 50_000, 100_000])
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    print(
        "| database | rows | time | import | peak memory | a second writer waits at most | again (all skipped) | plain insert |"
    )
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            print(measure(size, postgres=options.postgres, folder=Path(folder)), flush=True)


if __name__ == "__main__":
    main()
