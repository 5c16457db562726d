"""Fixtures of this folder: a data folder of its own and nothing in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from convener.rooms.screening import screeners
from tests.cast import Cast, make_cast


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
    settings.DATA_DIR = tmp_path / "hub"
    screeners.forget()
    yield
    screeners.forget()


@pytest.fixture
def cast(db: None) -> Cast:
    """The standing cast."""
    return make_cast()
