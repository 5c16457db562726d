"""Chunks done by two processes: in order, all of them, whatever becomes of the helper."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from convener.foundation.cores import in_order

CHUNKS = list(range(40))
ONLY_TWO = """
import os, time
from convener.foundation.cores import in_order
from tests.foundation.test_cores import whose
if __name__ == "__main__":
    def slowly():
        for one in range(100_000):
            time.sleep(0.01)
            yield one
    for _, pid in in_order(whose, slowly(), alone=0, cores=2):
        if pid != os.getpid():
            print(pid, flush=True)
"""


def whose(chunk: int) -> tuple[int, int]:
    """A chunk and the process that did it."""
    time.sleep(0.01)
    return chunk, os.getpid()


def odd_here(chunk: int) -> tuple[int, int]:
    """Work that cannot be done for one chunk."""
    if chunk == 7:
        raise ValueError("odd")
    return whose(chunk)


def fails_elsewhere(caller: int, chunk: int) -> int:
    """Work that only the process that called can do."""
    if os.getpid() != caller:
        raise ValueError("not here")
    time.sleep(0.01)
    return chunk


def dies_elsewhere(caller: int, chunk: int) -> int:
    """Work that kills whatever process does it, but for the one that called."""
    if os.getpid() != caller:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return chunk


def slowly(chunks: int) -> Iterator[int]:
    """So many chunks, each after a while."""
    for chunk in range(chunks):
        time.sleep(0.005)
        yield chunk


def children() -> set[int]:
    """The processes that this one started and that still are."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text(encoding="utf-8").split()}


class Endless:
    """Chunks 0, 1, 2, … until another process has done ``more`` of them."""

    def __init__(self, more: int = 5) -> None:
        self.elsewhere = 0
        self.done: list[int] = []
        self._more, self._end = more, time.monotonic() + 60

    def __iter__(self) -> Iterator[int]:
        for chunk in count():
            if self.elsewhere >= self._more or time.monotonic() > self._end:
                return
            yield chunk

    def take(self, results: Iterator[tuple[int, int]]) -> None:
        """Take every result and see who did it."""
        for chunk, pid in results:
            self.done.append(chunk)
            self.elsewhere += pid != os.getpid()


def test_two_processes_share_the_chunks_and_keep_their_order() -> None:
    chunks = Endless()
    chunks.take(in_order(whose, chunks, alone=3, cores=2))
    assert chunks.done == list(range(len(chunks.done)))
    assert chunks.elsewhere >= 5


@pytest.mark.parametrize(("alone", "cores"), [(3, 1), (len(CHUNKS), 2)])
def test_without_need_or_room_there_is_no_helper(alone: int, cores: int) -> None:
    done = list(in_order(whose, CHUNKS, alone=alone, cores=cores))
    assert done == [(chunk, os.getpid()) for chunk in CHUNKS]


def test_nothing_is_nothing() -> None:
    assert list(in_order(whose, [], alone=0, cores=2)) == []


@pytest.mark.parametrize("alone", [0, 10])
def test_what_the_work_raises_comes_in_its_turn(alone: int) -> None:
    results = in_order(odd_here, CHUNKS, alone=alone, cores=2)
    assert [next(results)[0] for _ in range(7)] == CHUNKS[:7]
    with pytest.raises(ValueError, match="odd"):
        next(results)


@pytest.mark.parametrize("work", [fails_elsewhere, dies_elsewhere])
def test_a_helper_that_fails_or_dies_costs_nothing_but_time(work: Callable[[int, int], int]) -> None:
    with capture_logs() as said:
        done = list(in_order(partial(work, os.getpid()), slowly(300), alone=0, cores=2))
    assert done == list(range(300))
    assert [line["event"] for line in said] == ["helper_lost"]


def test_without_room_for_a_process_it_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", no_room)
    assert list(in_order(whose, CHUNKS, alone=0, cores=2)) == [(chunk, os.getpid()) for chunk in CHUNKS]


def test_without_room_for_a_thread_it_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()

    def no_room(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_room)
    assert list(in_order(whose, CHUNKS, alone=0, cores=2)) == [(chunk, os.getpid()) for chunk in CHUNKS]
    assert children() == before


def test_the_helper_goes_when_the_work_is_left_or_its_input_fails() -> None:
    def failing() -> Iterator[int]:
        yield from CHUNKS[:5]
        raise OSError("the disk is gone")

    before = children()
    with pytest.raises(OSError, match="the disk is gone"):
        list(in_order(whose, failing(), alone=0, cores=2))
    left = in_order(whose, CHUNKS, alone=0, cores=2)
    next(left)
    left.close()  # type: ignore[attr-defined]
    assert children() == before


def test_the_helper_of_a_killed_process_goes_too(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(ONLY_TWO, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "CONVENER_DATA_DIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        helper = int(process.stdout.readline())
        process.kill()
    end = time.monotonic() + 20
    while _is_alive(helper) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _is_alive(helper)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
