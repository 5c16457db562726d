"""Commands of the hub in processes of their own, to be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import HubDatabase

ROOT = Path(__file__).resolve().parent.parent.parent
MAIN = "from convener.cli import main; main(prog_name='convener')"


def start(
    database: HubDatabase, *arguments: str, settings: str = "tests.faults.killing.settings", out: int | None = None
) -> subprocess.Popen[bytes]:
    """Start ``convener ARGUMENTS`` on ``database``; its messages go to ``log`` in the database's folder."""
    environment = os.environ | database.environment | {"DJANGO_SETTINGS_MODULE": settings}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with (database.folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", MAIN, *arguments], env=environment, cwd=ROOT, stdout=out or log, stderr=log
        )


@contextmanager
def started(database: HubDatabase, *arguments: str, **options: str) -> Iterator[subprocess.Popen[bytes]]:
    """As :func:`start`, and killed at the end if it still runs."""
    process = start(database, *arguments, **options)  # type: ignore[arg-type]
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def log_of(database: HubDatabase) -> str:
    """What the processes said."""
    return (database.folder / "log").read_text(errors="replace")


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until ``condition`` holds; fail the test where it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
