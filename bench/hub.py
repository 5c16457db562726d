"""A hub in a temporary folder for benchmarks: its environment, commands with their peak memory, a private PostgreSQL."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Ran:
    """What a command took: wall seconds, CPU seconds, peak memory in MiB, and its standard output."""

    seconds: float
    cpu: float
    peak_mib: float
    output: str


@contextmanager
def hub(*, postgres: bool) -> Iterator[dict[str, str]]:
    """The environment of a fresh hub on SQLite or on a private PostgreSQL server; removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="convener-bench-"))
    env = {**os.environ, "CONVENER_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "convener.site.settings"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # a hub's modules are compiled once, and not at each start
    stop = None
    if postgres:
        from tests.postgres import start_server

        url, stop = start_server()
        env["CONVENER_DATABASE_URL"] = url
    try:
        yield env
    finally:
        if stop:
            stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(env: dict[str, str], *command: str) -> Ran:
    """Run one command to its end and measure it as a whole process. Exits when the command fails."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            command,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT if os.environ.get("BENCH_DEBUG") else subprocess.DEVNULL,
            cwd=ROOT,
        )
        _pid, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        output = out.read().decode()
    if child.returncode not in (0, 3):
        sys.exit(f"{' '.join(command)} failed with {child.returncode}: {output[-400:]}")
    return Ran(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def convener(env: dict[str, str], *arguments: str) -> Ran:
    """Run ``convener`` with these arguments."""
    return run(env, sys.executable, "-m", "convener", *arguments)


def peak_of_self() -> float:
    """Peak memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
