"""Writing a file so that a kill or a full disk never leaves half of it, nor takes away the one that was there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from convener.errors import Refused


def check_free(path: Path, *, force: bool) -> None:
    """Raise Refused where ``path`` is taken and may not be overwritten, or has no folder to be in."""
    if not path.parent.is_dir():
        raise Refused(f"The folder {path.parent} does not exist.", hint="Make it first, or name another place.")
    if path.is_dir() or (path.exists() and not force):
        raise Refused(f"{path} exists already.", hint="Name another file, or overwrite it with --force.")


@contextmanager
def draft(path: Path) -> Iterator[BinaryIO]:
    """A file beside ``path`` to write to, mode 0600, which takes its place at the end of the block, on disk for good.

    On an exception it is removed. After a kill a hidden ``.NAME.part`` stays, which the next run takes over. Raises
    Refused where another process is writing it.
    """
    part = path.with_name(f".{path.name}.part")
    handle = _open_alone(part)
    try:
        with os.fdopen(os.dup(handle), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)  # the duplicate shares the lock, which goes only now, when the draft has a name or is gone


def _open_alone(part: Path) -> int:
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_ino != part.stat().st_ino:  # the one before finished between our two steps
            raise BlockingIOError
        os.ftruncate(handle, 0)
        os.fchmod(handle, 0o600)
    except (BlockingIOError, FileNotFoundError) as error:
        os.close(handle)
        raise Refused("Another process is writing this file.", hint="Wait for it, or name another file.") from error
    except OSError:
        os.close(handle)
        raise
    return handle


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
