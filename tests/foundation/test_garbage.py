"""The cycle collector while many rows are worked on: fewer runs inside, and afterwards as before."""

from __future__ import annotations

import gc
import weakref

import pytest

from convener.foundation.garbage import YOUNGEST, few_collections


class Knot:
    """Something that only the cycle collector can free."""

    def __init__(self) -> None:
        self.itself = self


def test_inside_little_is_walked_and_afterwards_all_is_as_before() -> None:
    before = gc.get_threshold()
    with few_collections():
        assert gc.get_threshold()[0] == YOUNGEST
        assert gc.get_freeze_count() > 10_000
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_within_another_it_changes_nothing() -> None:
    before = gc.get_threshold()
    with few_collections():
        with few_collections():
            pass
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == YOUNGEST
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_an_error_leaves_the_collector_as_it_was() -> None:
    before = gc.get_threshold()
    with pytest.raises(RuntimeError), few_collections():
        raise RuntimeError
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_what_was_garbage_before_is_freed_after_it() -> None:
    knot = Knot()
    seen = weakref.ref(knot)
    del knot
    with few_collections():
        pass
    gc.collect()
    assert seen() is None
