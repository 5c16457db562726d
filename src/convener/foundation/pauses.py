"""Letting other writers in while one writes batch after batch.

SQLite has one writer and no queue: who finds the database locked sleeps and looks again, at last every 100 ms
(``sqliteDefaultBusyCallback`` in SQLite's main.c). A process that goes from one transaction straight to the next leaves
gaps that a sleeper may miss for many seconds. A pause longer than the sleep cannot be missed.
"""

from __future__ import annotations

import time

from django.db import connection

#: Seconds of writing after which there is a pause: with one batch more, well under the second that others may wait.
WRITING_S = 0.5
PAUSE_S = 0.11


class Pauses:
    """Call it between two transactions of a long series; it sleeps when it is time to, on SQLite only."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def __call__(self, idle_s: float = 0.0) -> None:
        """Let others in if this process has been writing for :data:`WRITING_S`.

        ``idle_s``: for how many seconds up to now the database was free anyway, because there was something to work out.
        """
        left = PAUSE_S - idle_s
        if left > 0 and (connection.vendor != "sqlite" or time.monotonic() - self._since < WRITING_S):
            return
        time.sleep(max(left, 0))
        self._since = time.monotonic()
