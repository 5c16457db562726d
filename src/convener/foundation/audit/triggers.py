"""The database's own refusal to change or delete audit entries, on SQLite and on PostgreSQL.

Whoever writes to the database past our code, or by a mistake in it, is stopped too. The owner of the database can still
drop a trigger; the threat model says so. Tests lift the triggers to empty the tables between them, and so does
``restore --force``, which replaces the whole database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audit_auditentry"
_REASON = "audit entries cannot be changed or deleted"

_LAY = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{_REASON}'); END",
        f"CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{_REASON}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REASON}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        f"CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ],
}
_LIFT = {
    "sqlite": ["DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS audit_no_change ON {TABLE}",
        f"DROP TRIGGER IF EXISTS audit_no_truncate ON {TABLE}",
        "DROP FUNCTION IF EXISTS audit_refuse()",
    ],
}


def lay(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; harmless where they are. Raises KeyError for a database we do not support."""
    _run(connection, _LAY[connection.vendor])


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. Only for replacing a whole database, and for going back before the migration."""
    _run(connection, _LIFT[connection.vendor])


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the triggers inside the block, and with them again after it."""
    lift(connection)
    try:
        yield
    finally:
        lay(connection)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
