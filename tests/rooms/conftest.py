"""Rooms' tests start with an empty counting index: tests roll back, and the index cannot know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from convener.rooms.directory.queries import index


@pytest.fixture(autouse=True)
def _fresh_index() -> Iterator[None]:
    index.forget()
    yield
    index.forget()
