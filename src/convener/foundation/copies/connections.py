"""The default connection of this thread, exchanged for a while: for one that sees a snapshot, or another database file.

Everything that runs meanwhile in this thread, migrations too, uses the other one without knowing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def snapshot() -> Iterator[None]:
    """See one committed state of the database for the length of the block, and keep nobody from writing.

    SQLite: a deferred transaction, which in WAL mode reads beside the writer. PostgreSQL: repeatable read, read only.
    """
    other = connections[DEFAULT_DB_ALIAS].copy()
    if other.vendor == "sqlite":
        other.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"
    with _exchanged(other), transaction.atomic(), other.cursor() as cursor:
        if other.vendor == "sqlite":
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT count(*) FROM django_migrations")  # the first look fixes what is seen
        yield


@contextmanager
def new_sqlite_file(path: Path) -> Iterator[None]:
    """Work on an empty SQLite database at ``path``: without a journal on disk, since a kill throws the file away."""
    path.touch(mode=0o600)
    other = connections[DEFAULT_DB_ALIAS].copy()
    other.settings_dict["NAME"] = path
    pragmas = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072;"
    other.settings_dict["OPTIONS"]["init_command"] = pragmas
    with _exchanged(other):
        yield


@contextmanager
def _exchanged(other: BaseDatabaseWrapper) -> Iterator[None]:
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = before
