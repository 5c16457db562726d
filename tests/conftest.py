"""Fixtures of every test, and the rule on what may be skipped.

The data folder is a temporary one, chosen before Django reads its settings. What needs PostgreSQL, Chromium or the shared
real data is skipped loudly where it is missing; ``CONVENER_REQUIRE=postgres,browser,data`` turns each such skip into a
failure (CI sets it).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("CONVENER_DATA_DIR", tempfile.mkdtemp(prefix="convener-test-"))
os.environ["DJANGO_SETTINGS_MODULE"] = "convener.site.settings"

import django
import pytest

from tests import postgres

django.setup()  # before the conftests of the folders, which import models; pytest-django would do it after them

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CONVENER_TEST_DATA", ROOT.parent / "shared" / "data"))
INSTALL = "Install it with one command: sudo bash .ci/setup"
NEEDS = {
    "postgres": (lambda: postgres.available(), f"PostgreSQL's server is not installed. {INSTALL}"),
    "browser": (lambda: chromium() is not None, f"Chromium is not installed. {INSTALL}"),
    "data": (lambda: DATA.is_dir(), "The shared data is not here: set CONVENER_TEST_DATA to its folder."),
}


def chromium() -> str | None:
    """Path of Debian's Chromium, or None."""
    return shutil.which("chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, or fail where required, what cannot run on this machine."""
    required = {word.strip() for word in os.environ.get("CONVENER_REQUIRE", "").split(",")}
    for need, (available, message) in NEEDS.items():
        if available():
            continue
        for item in items:
            if item.get_closest_marker(need):
                item.add_marker(_missing(message) if need in required else pytest.mark.skip(reason=message))


def _missing(message: str) -> pytest.MarkDecorator:
    return pytest.mark.missing_requirement(message)


@pytest.fixture(autouse=True)
def _required(request: pytest.FixtureRequest) -> None:
    """Fail a test whose requirement is demanded and missing."""
    marker = request.node.get_closest_marker("missing_requirement")
    if marker:
        pytest.fail(marker.args[0])


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    """What a process remembers of the database is forgotten between tests: they roll back, and it cannot know.

    So is the language of the page that a test asked for last.
    """
    from django.utils import translation

    from convener.foundation.api import rates
    from convener.rooms.directory.queries import index

    index.forget()
    rates.forget()
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_audit() -> Iterator[None]:
    """Tests that flush the tables afterwards (live servers) must get past the triggers that protect the audit."""
    from django.db import connection
    from django.test import TransactionTestCase

    from convener.foundation.audit import triggers

    teardown = TransactionTestCase._fixture_teardown

    def lifted_teardown(case: TransactionTestCase) -> None:
        with triggers.lifted(connection):
            teardown(case)

    TransactionTestCase._fixture_teardown = lifted_teardown
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL server for this session; the URL of its empty database."""
    url, stop = postgres.start_server()
    yield url
    stop()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the shared real data."""
    return DATA
