"""The shipped shelves, loaded once for each module that asks for them; each test of it begins with them afresh."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from convener.rooms.directory import content as directory
from convener.rooms.library import content as library


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """How many records of each kind the first loading wrote. Everything is taken back when the module is over."""
    del django_db_setup
    outer: Any = transaction.atomic()
    outer._from_testcase = True  # what is durable may begin inside, as in the transaction of a test
    with django_db_blocker.unblock():
        outer.__enter__()
        loaded = {**directory.load(), **library.load()}
    yield loaded
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _static_root() -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
