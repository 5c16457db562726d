"""Fixtures of the rooms' tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from convener.foundation.outbox import queries as outbox
from convener.rooms.directory.queries.index import FacetIndex


@pytest.fixture(autouse=True)
def _index_sees_the_open_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL shows an event once its transaction is over, and a test is one transaction: load afresh instead."""

    def load(index: Any) -> None:
        index._load_all(outbox.head())

    if connection.vendor == "postgresql":
        monkeypatch.setattr(FacetIndex, "follow", load)
