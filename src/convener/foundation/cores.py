"""Computing on a second core: what a row says is worked out beside the process that reads and writes.

The helper is a process of its own that needs no database. It reads chunks from its standard input and writes results to
its standard output, so it ends with the process that started it, also when that is killed. Nobody waits for it: until it
has loaded Django, and where it cannot be started at all, everything is done here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from itertools import islice
from typing import IO, Any, Generic, TypeVar

import django
import structlog
from django.apps import apps

from convener.foundation.garbage import few_collections

log = structlog.get_logger()
Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
#: Chunks at the helper: the one that it works on, and the next.
HANDED_OVER = 2
#: Chunks begun and not taken: beside those at the helper, results that wait for theirs.
BEGUN = 6


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
            while team.is_next_done or len(team.begun) > BEGUN:
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
        self.begun: deque[tuple[Chunk | None, Future[Result]]] = deque()
        self._work = work
        self._helper: _Helper | None = None
        self._has_looked = False

    @property
    def is_next_done(self) -> bool:
        """Whether the oldest chunk is done."""
        return bool(self.begun) and self.begun[0][1].done()

    def begin(self, chunk: Chunk) -> None:
        """Hand a chunk to the helper, or, where that has enough to do or is not there yet, do it here at once."""
        if not self._has_looked:
            self._has_looked, self._helper = True, _started(self._work)
        at_helper = sum(not future.done() for _, future in self.begun)
        if self._helper is not None and self._helper.is_ready and at_helper < HANDED_OVER:
            self.begun.append((chunk, self._helper.hand_over(chunk)))
        else:
            self.begun.append((None, _done(self._work, chunk)))

    def finish(self) -> Result:
        """The result of the oldest chunk; waits until it is done."""
        chunk, future = self.begun.popleft()
        if chunk is None:
            return future.result()
        try:
            return future.result()
        except (OSError, EOFError, ValueError, pickle.PickleError, _NotDoneError, CancelledError) as error:
            if self._helper is not None:
                log.warning("helper_lost", error_type=type(error).__name__)
                self.dismiss()
            return self._work(chunk)  # nothing is lost but time; what the work raises, it raises here

    def dismiss(self) -> None:
        """Let the helper end."""
        helper, self._helper = self._helper, None
        if helper is not None:
            helper.end()


def _done(work: Callable[[Chunk], Result], chunk: Chunk) -> Future[Result]:
    done: Future[Result] = Future()
    try:
        done.set_result(work(chunk))
    except Exception as error:  # said when its turn comes
        done.set_exception(error)
    return done


class _NotDoneError(Exception):
    """The helper could not do a chunk."""


class _Helper:
    """The other process, and the thread that talks with it: one chunk goes there, one result comes back."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.is_ready = False
        self._process = subprocess.Popen(  # noqa: S603 - this module, by this interpreter
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # a person's Ctrl-C is for the process that started it
        )
        self._thread = ThreadPoolExecutor(1)
        try:
            self._thread.submit(self._prepare, pickle.dumps(work))
        except BaseException:
            self.end()
            raise

    def hand_over(self, chunk: Any) -> Future[Any]:
        """Let the helper do a chunk, after those it has."""
        return self._thread.submit(self._ask, chunk)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        self._process.communicate()

    def _prepare(self, prepared: bytes) -> None:
        """Tell it what the work is, as bytes that it reads when it has loaded Django, and wait until it has.

        It loads Django where this process has: engines alone need none, nor a hub's settings.
        """
        self.is_ready = bool(self._ask((apps.ready, prepared)))

    def _ask(self, question: Any) -> Any:
        into, out = self._process.stdin, self._process.stdout
        assert into is not None
        assert out is not None
        pickle.dump(question, into)
        into.flush()
        is_done, answer = pickle.load(out)  # noqa: S301 - of our own making
        if not is_done:
            raise _NotDoneError
        return answer


def _started(work: Callable[[Any], Any]) -> _Helper | None:
    """A helper that is starting; None where there is no room for another process or thread."""
    try:
        return _Helper(work)
    except (OSError, RuntimeError) as error:
        log.warning("no_helper", error_type=type(error).__name__)
        return None


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Be the helper: the work first, then a chunk at a time, until there are no more."""
    try:
        needs_django, prepared = pickle.load(questions)  # noqa: S301 - from the process that started this one
        if needs_django:
            django.setup()
        work = pickle.loads(prepared)  # noqa: S301
        _answer(answers, done=True, answer=True)
        with few_collections():
            while True:
                chunk = pickle.load(questions)  # noqa: S301
                try:
                    result = work(chunk)
                except Exception:  # the other process does it again, and says what was wrong
                    _answer(answers, done=False, answer=None)
                else:
                    _answer(answers, done=True, answer=result)
    except (EOFError, BrokenPipeError):
        os._exit(0)  # the other process has ended; there is nobody to flush for


def _answer(answers: IO[bytes], *, done: bool, answer: Any) -> None:
    pickle.dump((done, answer), answers)
    answers.flush()


if __name__ == "__main__":
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints must not stand between answers
    serve(sys.stdin.buffer, out)
