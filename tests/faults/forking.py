"""Commands of one hub as forks of a process that has Django loaded already: a kill costs no start of Python.

Each fork is a process of its own that opens its own files and connections, and dies of ``kill -9`` like any other. What
it shares with the next one is only what was imported before the first.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
#: What the commands that are killed import when they run.
LOADED = [
    "convener.cli.serving",
    "convener.foundation.copies.restoring",
    "convener.foundation.jobs.worker",
    "convener.rooms.directory.actions.uploads",
    "django.core.management.commands.migrate",
]


class Forked:
    """One command; as much of :class:`subprocess.Popen` as the tests need."""

    def __init__(self, parent: Parent, pid: int) -> None:
        self._parent, self.pid = parent, pid

    @property
    def returncode(self) -> int | None:
        """As of Popen: minus the signal's number for a killed one; None while it is not known to be over."""
        return self._parent.ended.get(self.pid)

    def poll(self) -> int | None:
        """The return code if it is over."""
        self._parent.listen(0)
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        """Wait for its end."""
        deadline = time.monotonic() + timeout
        while (code := self.returncode) is None:
            assert time.monotonic() < deadline, "waited in vain"
            self._parent.listen(deadline - time.monotonic())
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, to no other process: one that was waited for has given its number back."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)


class Parent:
    """The process that forks; made by :func:`forking`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.ended: dict[int, int] = {}
        self._started: list[int] = []
        assert self._said(60), "the process that forks does not start"

    def __call__(self, *arguments: str) -> Forked:
        """Start ``convener ARGUMENTS``."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(arguments).encode() + b"\n")
        while not self._started:
            self.listen(60)
        return Forked(self, self._started.pop())

    def listen(self, timeout: float) -> None:
        """Take in what the process has to say, waiting for it if need be."""
        while said := self._said(timeout):
            if said["code"] is None:
                self.ended.pop(said["pid"], None)  # the number of an earlier one, given out again
                self._started.append(said["pid"])
            else:
                self.ended[said["pid"]] = said["code"]
            timeout = 0

    def _said(self, timeout: float) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], max(0, timeout))[0]:
            return None
        line = self._process.stdout.readline()
        assert line, "the process that forks is gone"
        return json.loads(line)  # type: ignore[no-any-return]


@contextmanager
def forking(environment: Mapping[str, str], log: Path, settings: str = "convener.site.settings") -> Iterator[Parent]:
    """``fork = forking(…)``, then ``fork("work")`` starts a command; all end with the block. Messages go to ``log``."""
    variables = os.environ | environment | {"DJANGO_SETTINGS_MODULE": settings}
    variables["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with (
        log.open("ab") as out,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forking"],
            env=variables,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=out,
            bufsize=0,
        ) as process,
    ):
        try:
            yield Parent(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()  # it ends its children, then itself


def serve() -> None:
    """Load Django, then fork for each line of standard input; say on standard output who began and who ended."""
    from convener.cli.common import start_django

    start_django()
    for name in LOADED:
        import_module(name)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    running: set[int] = set()
    _say(os.getpid(), None)
    while True:
        ready = select.select([0, woken], [], [])[0]
        if woken in ready:
            os.read(woken, 1000)
            _bury(running)
        if 0 in ready:
            line = _line()
            if not line:
                break
            running.add(_fork(json.loads(line)))
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _line() -> bytes:
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line


def _fork(arguments: list[str]) -> int:
    pid = os.fork()
    if pid == 0:
        _run(arguments)
    _say(pid, None)
    return pid


def _run(arguments: list[str]) -> None:
    """In the fork: as if it had been started by the shell."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    random.seed()  # or every fork would draw the same numbers
    from convener.cli import main

    code = 1
    try:
        main(arguments, prog_name="convener")
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        sys.stderr.flush()
        os._exit(code)


def _bury(running: set[int]) -> None:
    for pid in list(running):
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            running.remove(pid)
            _say(pid, os.waitstatus_to_exitcode(status))


def _say(pid: int, code: int | None) -> None:
    os.write(1, json.dumps({"pid": pid, "code": code}).encode() + b"\n")


if __name__ == "__main__":
    serve()
