"""Fixtures of this folder: an empty counting index and no requests counted, since neither is rolled back by a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from convener.foundation.api import rates
from convener.rooms.directory.queries import index
from tests.contracts.hub import Hub, make_hub
from tests.databases import hub_database

__all__ = ["hub_database"]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
    index.forget()
    rates.forget()
    yield
    index.forget()


@pytest.fixture
def no_limit(settings: Any) -> None:
    """As many requests as a test needs."""
    settings.CONVENER = settings.CONVENER.model_copy(update={"api_rate": 1_000_000})


@pytest.fixture
def hub(db: None) -> Hub:
    """A small hub with the cast and a handful of organisations."""
    return make_hub()
