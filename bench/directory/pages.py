"""Response times of the public pages with many organisations: 20 users who wait a second between two pages.

    uv run python bench/directory/pages.py [--postgres] [--sizes 20000 50000 200000] [--seconds 60] [--users 20]

The hub is served as in production (gunicorn, 2 workers of 4 threads); users pick lists with facets, the map of a country,
searches and organisation pages by a seeded mix of addresses, most of them different from each other.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.directory.generate import COUNTRIES, INDUSTRIES, SECOND, TYPES, generate
from bench.hub import ROOT, convener, hub

Samples = dict[str, list[tuple[float, int]]]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The hub behind gunicorn; yields its port and the process that leads its group."""
    port = free_port()
    command = [sys.executable, "-m", "convener", "serve", "--port", str(port)]
    child = subprocess.Popen(
        command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(300):
            try:
                get(port, "/en/directory/")
                break
            except OSError:
                time.sleep(0.2)
        for _ in range(8):  # both workers have read their index before the clock runs
            get(port, "/en/directory/")
        yield port, child.pid
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


def get(port: int, path: str) -> tuple[float, int, bytes]:
    """Seconds, compressed size and content of one page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    started = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - started
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} for {path}")
    return took, len(body), gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body


def address(chance: random.Random, ids: list[str]) -> tuple[str, str]:
    """One kind of page and its address."""
    country, kind = chance.choice(list(COUNTRIES)), chance.choice(TYPES)
    industry = chance.choice(INDUSTRIES)
    language = chance.choice(["en", "en", "fr", "es", "ar"])
    base = f"/{language}/directory/"
    choices = {
        "list, no filter": base,
        "list, deep page": f"{base}?page={chance.randint(2, 400)}",
        "list, one facet": f"{base}?type={kind}&page={chance.randint(1, 5)}",
        "list, two facets": f"{base}?industry={industry}&type={kind}",
        "list, country and map": f"{base}?at={country}",
        "list, three facets": f"{base}?at={country}&industry={industry}&type={kind}",
        "search": f"{base}?q={chance.choice(SECOND)}+{chance.randint(1, 9999)}",
        "organisation": f"{base}{chance.choice(ids)}/",
    }
    name = chance.choice(list(choices))
    return name, choices[name]


def user(number: int, port: int, ids: list[str], until: float, samples: Samples) -> None:
    """One person: a page, a second of reading, the next page."""
    chance = random.Random(number)
    time.sleep(chance.random())
    while time.time() < until:
        name, path = address(chance, ids)
        took, size, _content = get(port, path)
        samples[name].append((took, size))
        time.sleep(1)


def resident_mib(leader: int) -> float:
    """Memory of the server's processes together (proportional share)."""
    total = 0
    children = subprocess.run(["ps", "-o", "pid=", "-g", str(leader)], capture_output=True, text=True).stdout.split()
    for pid in children:
        smaps = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        total += int(re.search(r"^Pss:\s+(\d+)", smaps, re.MULTILINE)[1])  # type: ignore[index]
    return total / 1024


def measure(size: int, *, postgres: bool, seconds: int, users: int, folder: Path) -> None:
    """Fill a hub, serve it, let the users in, print the rows."""
    path = folder / f"{size}.csv"
    generate(size, path)
    with hub(postgres=postgres) as env:
        env["CONVENER_API_RATE"] = "1000000"
        convener(env, "directory", "import", str(path), "--json")
        with served(env) as (port, leader):
            found = json.loads(get(port, "/api/v1/organisations?per_page=100&page=7")[2])
            ids = [one["id"] for one in found["results"]]
            assert found["count"] == size
            samples: Samples = defaultdict(list)
            until = time.time() + seconds
            people = [
                threading.Thread(target=user, args=(number, port, ids, until, samples)) for number in range(users)
            ]
            for one in people:
                one.start()
            for one in people:
                one.join()
            memory = resident_mib(leader)
    everything = [sample for of_kind in samples.values() for sample in of_kind]
    for name, of_kind in [*sorted(samples.items()), ("**all**", everything)]:
        times = sorted(took * 1000 for took, _size in of_kind)
        p95 = times[int(len(times) * 0.95)]
        largest = max(size for _took, size in of_kind) / 1024
        database = "PostgreSQL" if postgres else "SQLite"
        print(
            f"| {database} | {size:,} | {name} | {len(times)} | {statistics.median(times):.0f} ms | {p95:.0f} ms "
            f"| {largest:.0f} KiB | {memory:.0f} MiB |",
            flush=True,
        )


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 50_000, 200_000])
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--users", type=int, default=20)
    options = parser.parse_args()
    print("| database | organisations | page | pages | p50 | p95 | largest, compressed | server's memory |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            measure(size, postgres=options.postgres, seconds=options.seconds, users=options.users, folder=Path(folder))


if __name__ == "__main__":
    main()
