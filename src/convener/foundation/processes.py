"""Which process holds a piece of work, and whether it is still alive: tells a slow process from a killed one."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def _started(pid: int) -> str:
    """When a process of this machine started, in clock ticks since boot; empty where that cannot be read."""
    try:
        # The name (field 2) may hold blanks and brackets: count fields after its closing bracket; starttime is field 22.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def this_process() -> str:
    """A name for this process that no later one with the same number shares."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_surely_dead(holder: str) -> bool:
    """True when ``holder`` ran on this machine and is gone; False for living ones and those of other machines."""
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    started = holder.rpartition(":")[2]
    if host != socket.gethostname() or not rest.isdigit():
        return False
    return _started(int(rest)) != started
