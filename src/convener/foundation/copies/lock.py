"""An advisory lock on the data folder: many may work with a hub, only one may replace it, and not at the same time.

The lock is the operating system's (``flock``) on ``hub.lock``, so it ends with the process that holds it, however that
one ended. Forked children and programs started with ``exec`` keep it with their parent.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from convener.errors import Busy

FILE_NAME = "hub.lock"
#: Commands that only look something up hold the lock for a moment: worth waiting for.
PATIENCE_S = 3.0
_PAUSE_S = 0.05


@contextmanager
def hold_shared(data_dir: Path) -> Iterator[None]:
    """Work with the hub in ``data_dir``, beside others; raises :class:`Busy` while it is being restored."""
    with _hold(data_dir, fcntl.LOCK_SH) as got:
        if not got:
            raise Busy("This hub is being restored from a backup.", hint="Wait until that is done and start again.")
        yield


@contextmanager
def hold_exclusive(data_dir: Path) -> Iterator[None]:
    """Have the hub in ``data_dir`` to oneself; raises :class:`Busy` while anybody works with it."""
    with _hold(data_dir, fcntl.LOCK_EX) as got:
        if not got:
            raise Busy(
                f"Another process works with the hub in {data_dir}.",
                hint="Stop 'convener serve', 'convener work' and other commands on this hub first, and start again.",
            )
        yield


@contextmanager
def _hold(data_dir: Path, kind: int) -> Iterator[bool]:
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)  # the first to come makes it, for the hub's account alone
    handle = os.open(data_dir / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.set_inheritable(handle, True)  # a server that replaces itself with exec goes on holding it
        yield _take(handle, kind)
    finally:
        os.close(handle)


def _take(handle: int, kind: int) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE_S)
        else:
            return True
