"""Each test has an index of its own; it learns no dictionary, which takes seconds, unless it asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from convener.foundation.search import translating, writing
from tests.databases import hub_database
from tests.foundation.search.finding import consumer_rests

__all__ = ["hub_database"]


@pytest.fixture(autouse=True)
def root(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folder of the index, which is not there yet."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
    settings.DATA_DIR = tmp_path / "hub"
    monkeypatch.setattr(translating, "build", lambda root: "")
    monkeypatch.setattr(translating, "is_there", lambda path: True)
    with consumer_rests():
        yield settings.DATA_DIR / "search"
    writing._stores.clear()


@pytest.fixture(scope="session")
def learnt(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    """The dictionary of the vocabularies alone, learnt once."""
    folder = tmp_path_factory.mktemp("learnt")
    with django_db_blocker.unblock():
        return folder / BUILD(folder)


BUILD: Callable[[Path], str] = translating.build


@pytest.fixture
def no_limit(settings: Any) -> None:
    """As many requests as a test needs."""
    settings.CONVENER = settings.CONVENER.model_copy(update={"api_rate": 1_000_000})
