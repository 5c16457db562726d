"""Computing on a second core: what a row says is worked out beside the process that reads and writes.

The helper is a process of its own that needs no database. It ends with the process that called it, also when that is
killed. Where there is none (one core, no room for another process) the same is done here, only later.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context, parent_process
from typing import Any, Generic, TypeVar

import django
import structlog

log = structlog.get_logger()
Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
#: Chunks at the helper: the one that it works on, and the next.
HANDED_OVER = 2
#: Chunks whose results wait for their turn at most. They gather while the helper starts, which takes a second or two.
WAITING = 48


def in_order(
    work: Callable[[Chunk], Result], chunks: Iterable[Chunk], *, alone: int, cores: int | None = None
) -> Iterator[Result]:
    """``work`` of each chunk, in their order; a helper shares in it when there are more than ``alone`` of them.

    ``work``, chunks and results can be pickled. ``cores`` says how many there are; else the system is asked. Raises
    what ``work`` raises.
    """
    left = iter(chunks)
    yield from map(work, islice(left, alone))
    if (cores or _cores()) < 2:
        yield from map(work, left)
        return
    team = _Team(work)
    try:
        for chunk in left:
            team.begin(chunk)
            while team.is_next_done or len(team.begun) > WAITING:
                yield team.finish()
        while team.begun:
            yield team.finish()
    finally:
        team.dismiss()


def _cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Team(Generic[Chunk, Result]):
    """This process and its helper, and the chunks that they began, the oldest first."""

    def __init__(self, work: Callable[[Chunk], Result]) -> None:
        self.begun: deque[tuple[Chunk, Future[Result]]] = deque()
        self._work = work
        self._helper: ProcessPoolExecutor | None = None
        self._is_alone = False

    @property
    def is_next_done(self) -> bool:
        """Whether the oldest chunk is done."""
        return bool(self.begun) and self.begun[0][1].done()

    def begin(self, chunk: Chunk) -> None:
        """Hand a chunk to the helper, or, where that has enough to do, do it here at once."""
        if not self._is_alone and sum(not future.done() for _, future in self.begun) < HANDED_OVER:
            try:
                self.begun.append((chunk, self._started().submit(_do, chunk)))
                return
            except (BrokenExecutor, OSError, ImportError) as error:
                self._go_on_alone(error)
        done: Future[Result] = Future()
        try:
            done.set_result(self._work(chunk))
        except Exception as error:  # said when its turn comes
            done.set_exception(error)
        self.begun.append((chunk, done))

    def finish(self) -> Result:
        """The result of the oldest chunk; waits until it is done."""
        chunk, future = self.begun.popleft()
        try:
            return future.result()
        except BrokenExecutor as error:  # the helper was killed or could not start: what it had is done here
            self._go_on_alone(error)
            return self._work(chunk)

    def dismiss(self) -> None:
        """Let the helper end."""
        if self._helper is not None:
            self._helper.shutdown(cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        if self._helper is None:
            prepared = pickle.dumps(self._work)  # to be read when the helper has loaded Django
            self._helper = ProcessPoolExecutor(1, get_context("spawn"), _begin, (prepared,))
        return self._helper

    def _go_on_alone(self, error: Exception) -> None:
        self._is_alone = True
        log.warning("helper_lost", error_type=type(error).__name__)


_prepared: dict[str, Callable[[Any], Any]] = {}


def _begin(prepared: bytes) -> None:
    """The first thing that the helper does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person's Ctrl-C is for the process that called
    threading.Thread(target=_end_with_caller, daemon=True).start()
    django.setup()
    _prepared["work"] = pickle.loads(prepared)  # noqa: S301 - from the process that started this one


def _end_with_caller() -> None:
    caller = parent_process()
    if caller is not None:
        caller.join()
        os._exit(1)


def _do(chunk: Any) -> Any:
    return _prepared["work"](chunk)
