"""The processes of a hub: gunicorn for the pages, ``work`` for jobs and index, and a parent that keeps both."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import TYPE_CHECKING, Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from convener.errors import Refused

if TYPE_CHECKING:
    from convener.foundation.jobs.worker import Tally

BACKLOG = 1024
REQUEST_TIMEOUT_S = 60
GRACE_S = 25.0  # a little more than a worker has for its current job
QUICK_DEATH_S = 10.0
LONGEST_PAUSE_S = 30.0
LOOK_S = 0.3
LONGEST_ADDRESS = 8190  # the most that gunicorn reads
_TOO_LONG = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The address is too long</title><h1>The address is too long</h1>
<p>An address can have 8,190 characters. Search with fewer words, or choose fewer filters.</p>
<p><a href="/">To the first page</a></p></html>"""
TOO_LONG = (
    "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
    f"Content-Length: {len(_TOO_LONG)}\r\n\r\n{_TOO_LONG}"
).encode("ascii")

log = structlog.get_logger()


def open_port(host: str, port: int) -> socket.socket:
    """A listening socket; raises Refused where the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Refused(
            f"Cannot listen on {host}, port {port}: {os.strerror(error.errno or 0).lower()}.",
            hint="Where another program, perhaps another hub, has it: stop that one, or choose another with --port.",
        ) from error


class QuietLog(Logger):  # type: ignore[misc]
    """gunicorn's own messages as events of ours: its texts quote visitors' addresses and what they asked for."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """That something was odd."""
        log.warning("server_warning")

    def exception(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """That a request or a process failed: the error's type and place."""
        error = sys.exc_info()[1]
        log.error("server_error", error_type=type(error).__name__, where=place(error))

    def access(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the site logs each request by its route."""


class Visitors(ThreadWorker):  # type: ignore[misc]
    """A process that answers visitors; an address too long to be read is answered in words too."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that is none."""
        if isinstance(exc, LimitRequestLine):
            log.warning("address_too_long")
            with suppress(OSError):
                write_nonblock(client, TOO_LONG)
        else:
            super().handle_error(req, client, addr, exc)


class Web(BaseApplication):  # type: ignore[misc]
    """gunicorn with a few processes of a few threads each, on a socket that is open already."""

    def __init__(self, listener: socket.socket, workers: int, threads: int) -> None:
        self._options = {
            "bind": f"fd://{listener.detach()}",
            "workers": workers,
            "threads": threads,
            "worker_class": Visitors,
            "limit_request_line": LONGEST_ADDRESS,
            "timeout": REQUEST_TIMEOUT_S,
            "graceful_timeout": 15,
            "accesslog": None,
            "loglevel": "warning",
            "logger_class": QuietLog,
            "control_socket_disable": True,
            "forwarder_headers": "",  # a visitor's SCRIPT_NAME that passed a proxy must not rewrite addresses
            "secure_scheme_headers": {},  # whether TLS was used is said by CONVENER_BEHIND_PROXY's header alone
            "preload_app": True,  # loaded once, shared by all, and there for the first visitor
            "backlog": BACKLOG,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn; it reads no file and no environment."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application."""
        from convener.site.wsgi import application

        return application


def serve_web(listener: socket.socket, workers: int, threads: int) -> None:
    """Serve pages in this process until a signal ends it; does not return."""
    _close_connections()
    Web(listener, workers, threads).run()


def work(node: str, *, once: bool = False, alone: bool = True) -> Tally:
    """Do jobs in this process until a signal ends it, or with ``once`` until nothing is ready; returns the tally.

    ``alone``: nobody but the terminal would tell it to stop, so it listens to Ctrl-C itself.
    """
    from convener.foundation.jobs.worker import Worker

    worker = Worker(node)
    worker.listen_to_signals(interrupts=alone)
    try:
        return worker.run(once=once)
    except Exception as error:
        log.error("work_died", error_type=type(error).__name__, where=place(error))
        raise SystemExit(1) from None


def place(error: BaseException | None) -> str:
    """Where an error was raised, as 'file:line'; no message, which could quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""


@dataclass
class Child:
    """A process that the parent keeps; ``failures`` counts quick deaths in a row."""

    process: BaseProcess
    started_at: float
    failures: int = 0


class Household:
    """Parent of the web and the work process.

    ``work`` is started again when it dies; when the web process ends, all ends. Each child reads from a pipe that only
    this parent can write to: when the parent is gone, however it went, the pipe ends and the child ends itself.
    """

    def __init__(self, web: Callable[[], object], worker: Callable[[], object]) -> None:
        self._context = multiprocessing.get_context("fork")  # the children share the memory of what is loaded already
        self._alive_read, self._alive_write = os.pipe()
        self._web, self._worker = web, worker
        self._stopping = False

    def run(self) -> int:
        """Keep both running until a signal comes or the web process ends; returns the exit code."""
        _close_connections()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        web, work_child = self._start(self._web), self._start(self._worker)
        while not self._stopping and web.process.exitcode is None:
            wait([web.process.sentinel, work_child.process.sentinel], timeout=LOOK_S)
            if not self._stopping and work_child.process.exitcode is not None:
                work_child = self._start_again(work_child)
        return self._end([web.process, work_child.process])

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, target: Callable[[], object]) -> Child:
        process = self._context.Process(target=self._in_child, args=(target,))
        process.start()
        return Child(process, time.monotonic())

    def _start_again(self, dead: Child) -> Child:
        quick = time.monotonic() - dead.started_at < QUICK_DEATH_S
        failures = dead.failures + 1 if quick else 0
        log.error("work_restarted", exit_code=dead.process.exitcode, count=failures)
        until = time.monotonic() + min(2.0 ** (failures - 1), LONGEST_PAUSE_S) if failures else 0.0
        while not self._stopping and time.monotonic() < until:
            time.sleep(LOOK_S)
        child = self._start(self._worker)
        child.failures = failures
        return child

    def _end(self, children: list[BaseProcess]) -> int:
        asked = self._stopping
        deadline = time.monotonic() + GRACE_S
        for child in children:
            child.terminate()
        for child in children:
            child.join(max(0.0, deadline - time.monotonic()))
            if child.exitcode is None:
                child.kill()
                child.join()
        return 0 if asked else 1

    def _in_child(self, target: Callable[[], object]) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent tells its children once
        os.close(self._alive_write)
        threading.Thread(target=self._end_with_parent, daemon=True).start()
        target()

    def _end_with_parent(self) -> None:
        os.read(self._alive_read, 1)
        os.kill(os.getpid(), signal.SIGTERM)


def serve_with_work(listener: socket.socket, workers: int, threads: int, node: str) -> int:
    """Serve pages and do jobs until a signal comes; returns the exit code."""

    def web() -> None:
        Web(listener, workers, threads).run()

    def do_jobs() -> None:
        listener.close()
        work(node, alone=False)

    return Household(web, do_jobs).run()


def _close_connections() -> None:
    """Before a fork: a database connection must not be shared by two processes."""
    from django.db import connections

    connections.close_all()
