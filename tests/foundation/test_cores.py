"""Chunks done by two processes: in order, all of them, whatever becomes of the helper."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def refuses_seven(chunk: int) -> int:
    """Work that cannot be done for one chunk."""
    if chunk == 7:
        raise ValueError("seven")
    return chunk


def dies_elsewhere(caller: int) -> int:
    """Work that kills whatever process does it, but for the one that called."""
    if os.getpid() != caller:
        os.kill(os.getpid(), signal.SIGKILL)
    return caller


def children() -> set[int]:
    """The processes that this one started and that still are."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text(encoding="utf-8").split()}


def test_two_processes_share_the_chunks_and_keep_their_order() -> None:
    done = list(in_order(whose, CHUNKS, alone=3, cores=2))
    assert [chunk for chunk, _ in done] == CHUNKS
    assert {pid for _, pid in done[:3]} == {os.getpid()}
    assert len({pid for _, pid in done}) == 2


@pytest.mark.parametrize(("alone", "cores"), [(3, 1), (len(CHUNKS), 2)])
def test_without_need_or_room_there_is_no_helper(alone: int, cores: int) -> None:
    done = list(in_order(whose, CHUNKS, alone=alone, cores=cores))
    assert done == [(chunk, os.getpid()) for chunk in CHUNKS]


def test_nothing_is_nothing() -> None:
    assert list(in_order(whose, [], alone=0, cores=2)) == []


@pytest.mark.parametrize("alone", [0, 10])
def test_what_the_work_raises_comes_through(alone: int) -> None:
    results = in_order(refuses_seven, CHUNKS, alone=alone, cores=2)
    assert [next(results) for _ in range(7)] == CHUNKS[:7]
    with pytest.raises(ValueError, match="seven"):
        next(results)


def test_a_helper_that_dies_costs_nothing_but_time() -> None:
    assert list(in_order(dies_elsewhere, [os.getpid()] * 12, alone=0, cores=2)) == [os.getpid()] * 12


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
    remaining = [Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8") for pid in children() - before]
    assert not [line for line in remaining if "spawn_main" in line]


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
