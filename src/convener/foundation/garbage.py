"""Fewer runs of Python's cycle collector while very many rows are worked on.

Each row makes some sixty objects that live as long as their batch, so the collector, with its usual thresholds, walks them
and everything that Django loaded again and again for nothing: a fifth of an import's time (docs/performance.md).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Objects made before the youngest are walked: about those of a batch of rows.
YOUNGEST = 50_000


@contextmanager
def few_collections() -> Iterator[None]:
    """Inside, cycles are collected about once a batch. What is alive at the start is left out of the walks.

    What is garbage by then waits for the end: to look for it first would walk all that the names engine knows, which takes
    longer than a short import.
    """
    if gc.get_freeze_count():  # inside already
        yield
        return
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNGEST, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
