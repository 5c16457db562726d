"""Real databases for tests that need several connections, threads or processes, on SQLite and on PostgreSQL.

pytest-django's own database is one in-memory SQLite seen through one transaction; what is tested here is what happens
between transactions.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests import postgres

_migrated: dict[str, str] = {}  # URL of a server, or 'sqlite' → its migrated template


def _options(url: str) -> dict[str, Any]:
    if url.startswith("postgres"):
        return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    original = settings.DATABASES["default"]
    wal = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": wal}
    kept = original.get("OPTIONS", {}) if "sqlite" in original["ENGINE"] else {}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:///"), "OPTIONS": options | kept}


@contextmanager
def default_database(url: str) -> Iterator[str]:
    """Make ``url`` ('sqlite:////path' or 'postgres://…') the default database of this process for a while."""
    handler = connections
    before, connection_before = handler.settings["default"], handler["default"]
    handler.settings["default"] = handler.configure_settings({"default": _options(url)})["default"]
    del handler["default"]
    try:
        yield url
    finally:
        handler["default"].close()
        handler.settings["default"] = before
        handler["default"] = connection_before


def fresh_database(server: str | None, folder: Path) -> str:
    """URL of a new, migrated database: ``folder``/convener.sqlite3, or one on the PostgreSQL ``server``.

    The first one is migrated and kept as a template; the others are copies of it.
    """
    if server is None:
        path = folder / "convener.sqlite3"
        if "sqlite" not in _migrated:
            template = folder.parent / f"template_{secrets.token_hex(4)}.sqlite3"
            _migrate(f"sqlite:///{template}")
            with closing(sqlite3.connect(template)) as file:
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            _migrated["sqlite"] = str(template)
        shutil.copy(_migrated["sqlite"], path)
        return f"sqlite:///{path}"
    if server not in _migrated:
        template_name = f"template_{secrets.token_hex(4)}"
        _migrate(postgres.create_database(server, template_name))
        _migrated[server] = template_name
    return postgres.create_database(server, f"test_{secrets.token_hex(4)}", _migrated[server])


def _migrate(url: str) -> None:
    with default_database(url):
        call_command("migrate", interactive=False, verbosity=0)


@dataclass(frozen=True)
class HubDatabase:
    """A real database with all migrations, the default one of this process while the test runs."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a command in another process must have set to use the same database."""
        url = self.url if self.url.startswith("postgres") else ""
        return {"CONVENER_DATA_DIR": str(self.folder), "CONVENER_DATABASE_URL": url}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def hub_database(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any) -> Iterator[HubDatabase]:
    """Runs the test on an SQLite file and on PostgreSQL, with real transactions and no clean-up between them."""
    server = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with django_db_blocker.unblock():
        url = fresh_database(server, tmp_path)
        with default_database(url):
            yield HubDatabase(url, tmp_path)
