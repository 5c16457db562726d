"""Runs ``convener directory import FILE`` for many files, each in a process of its own that is forked from one.

    python -m tests.rooms.directory.forked FOLDER FILE…      (FOLDER: of the hub's data)

Starting Python and Django anew for each file takes most of the time; a forked child starts with both and with nothing
else. For each file it prints one line of JSON: exit code, output, messages, peak memory in MiB, and what was written.
"""

from __future__ import annotations

import json
import os
import pwd
import resource
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LONGEST_S = 60
WRITTEN = ("directory_profile", "directory_stagedrow")


@dataclass(frozen=True)
class Ran:
    """What became of one file."""

    code: int
    out: str
    err: str
    peak_mib: float
    written: int


def import_each(folder: Path, files: list[Path]) -> dict[str, Ran]:
    """Import the files into the hub of ``folder``, one after the other; by the file's name."""
    command = [sys.executable, "-m", "tests.rooms.directory.forked", str(folder), *map(str, files)]
    environment = os.environ | {"CONVENER_DATA_DIR": str(folder), "CONVENER_DATABASE_URL": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {file.name: Ran(**line) for file, line in zip(files, lines, strict=True)}


def _child(file: str, out: int, err: int) -> None:
    """Become the command. A file that its owner may not read is imported by somebody who is not root."""
    from convener.cli import main

    os.dup2(out, 1)
    os.dup2(err, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_S, LONGEST_S))
    if os.geteuid() == 0 and Path(file).name.startswith("unreadable"):
        os.setuid(pwd.getpwnam("nobody").pw_uid)
    main(["directory", "import", file, "--json"], prog_name="convener")


def _run(folder: str, file: str) -> Ran:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                _child(file, out.fileno(), err.fileno())
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 70
            finally:
                sys.stdout.flush()
                os._exit(code)
        _pid, status, usage = os.wait4(child, 0)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
    with closing(sqlite3.connect(Path(folder) / "convener.sqlite3")) as database:
        written = sum(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in WRITTEN)
        for table in WRITTEN:
            database.execute(f"DELETE FROM {table}")
        database.commit()
    return Ran(os.waitstatus_to_exitcode(status), *texts, usage.ru_maxrss / 1024, written)


def _main() -> None:
    from convener.cli.common import require_migrated, start_django

    start_django()
    require_migrated()
    from django.db import connections

    from convener.rooms.directory.actions import importing  # noqa: F401 - loaded once for all children

    connections.close_all()
    for file in sys.argv[2:]:
        print(json.dumps(vars(_run(sys.argv[1], file))), flush=True)


if __name__ == "__main__":
    _main()
