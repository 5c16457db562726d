"""Filling a database from a backup: the tables as they were when it was made, the rows, then what is newer since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, models
from django.db.migrations.exceptions import InvalidMigrationPlan
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps

from convener.errors import Refused, Unreadable
from convener.foundation.copies import tables
from convener.foundation.copies.archive import Reader
from convener.foundation.copies.manifest import Manifest, not_a_backup
from convener.foundation.copies.values import converters

Advance = Callable[[int], None]
#: Rows that are inserted together, and their bytes.
_AT_ONCE, _BYTES_AT_ONCE = 2000, 16 * 1024 * 1024
#: How long a restore waits for others to let go of PostgreSQL's tables.
_LOCK_WAIT = "10s"


class Plan:
    """The tables a backup was made from, as its migrations make them; checked against what it holds."""

    def __init__(self, manifest: Manifest) -> None:
        loader = MigrationLoader(None)
        unknown = sorted(manifest.applied() - set(loader.disk_migrations))
        if unknown:
            raise Refused(
                f"This backup was made by Convener {manifest.convener_version}, which has migrations that this version "
                f"does not know: {', '.join('.'.join(key) for key in unknown[:5])}.",
                hint="Install that version, or a later one, and restore with it. Nothing was changed.",
            )
        self.targets = tables.last_of_each_app(loader, manifest.applied())
        self.registry: StateApps = loader.project_state(self.targets).apps
        self.models = tables.backed_up(self.registry)
        self._check(manifest)

    def _check(self, manifest: Manifest) -> None:
        strange = sorted(set(manifest.tables) ^ set(self.models))
        if strange:
            raise not_a_backup(f"It does not have the tables its migrations make: {', '.join(strange[:5])}.")
        for label, table in manifest.tables.items():
            if sorted(table.columns) != sorted(field.attname for field in tables.columns(self.models[label])):
                raise not_a_backup(f"Its table {label} does not have the columns its migrations make.")


def fill(reader: Reader, plan: Plan, advance: Advance) -> None:
    """Make the backup's tables in the default connection's database, which has none of them, and fill them.

    On PostgreSQL the caller's transaction holds all of it. Raises Unreadable for rows that do not fit.
    ``advance`` is told of bytes of the backup that are loaded.
    """
    try:
        MigrationExecutor(connection).migrate(plan.targets)
    except InvalidMigrationPlan as error:
        raise not_a_backup("Its migrations do not belong together.") from error
    wanted = {label: table.sequence for label, table in reader.manifest.tables.items()}
    connection.check_constraints()  # on PostgreSQL it also puts off checks that migrations made immediate
    with connection.constraint_checks_disabled():
        for model in plan.models.values():  # what migrations put in is in the backup too, as it has become
            _run(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
        for label, model in plan.models.items():
            _load(reader, label, model, advance)
    _check_pointers()
    tables.raise_sequences(plan.models, wanted)
    ContentType.objects.clear_cache()
    call_command("migrate", interactive=False, verbosity=0)
    tables.raise_sequences(tables.models_of(apps), wanted)


def drop_tables() -> None:
    """PostgreSQL: take away the hub's tables inside the caller's transaction; nothing else, nor what needs them.

    Raises Refused where other things in the database stand on them, where others do not let go of them, and where they
    are a newer version's.
    """
    loader = MigrationLoader(connection)
    unknown = [key for key in loader.applied_migrations if key not in loader.disk_migrations]
    if any(app in loader.migrated_apps for app, _name in unknown):
        raise Refused(
            "The database belongs to a newer version of Convener.",
            hint="Restore with that one, or into an empty database.",
        )
    registry = loader.project_state(tables.last_of_each_app(loader, set(loader.applied_migrations) - set(unknown))).apps
    ours = {model._meta.db_table for model in tables.models_of(registry).values()} | {"django_migrations"}
    with connection.cursor() as cursor:
        there = ours & set(connection.introspection.table_names(cursor))
    if not there:
        return
    _run(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'")
    try:
        _run(f"DROP TABLE {', '.join(connection.ops.quote_name(name) for name in sorted(there))}")
    except DatabaseError as error:
        raise Refused(
            f"The database does not let the hub's tables be replaced: {str(error).splitlines()[0]}.",
            hint="Stop what uses them, or drop what was built on them (views, say), and start again.",
        ) from error


def _load(reader: Reader, label: str, model: tables.Model, advance: Advance) -> None:
    by_name = {field.attname: field for field in tables.columns(model)}
    fields = [by_name[name] for name in reader.manifest.tables[label].columns]
    size, expected, count = reader.size(label), reader.manifest.tables[label].rows, 0
    try:
        rows = _converted(reader.rows(label), fields)
        insert = _copy_in if connection.vendor == "postgresql" else _insert
        for done in insert(model._meta.db_table, fields, rows):
            count += done
            advance(size * done // max(1, expected))
    except OperationalError:
        raise  # the database's own trouble, not the row's
    except (DatabaseError, ValidationError, ValueError, TypeError, AttributeError, OverflowError) as error:
        said = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        reason = (said.splitlines() or [""])[0].rstrip(".")
        raise Unreadable(
            f"Row {count + 1} or one of the {_AT_ONCE} after it in {label} does not fit: {reason[:200]}.",
            hint="Nothing was changed. Use another backup.",
        ) from error
    if count != expected:
        raise not_a_backup(f"Its table {label} has another number of rows than its manifest says.")


def _converted(
    rows: Iterator[tuple[int, list[Any]]], fields: list[models.Field[Any, Any]]
) -> Iterator[tuple[int, list[Any]]]:
    changes = converters(fields, connection)
    for size, row in rows:
        for position, convert in changes:
            row[position] = convert(row[position])
        yield size, row


def _batches(rows: Iterator[tuple[int, list[Any]]]) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    held = 0
    for size, row in rows:
        batch.append(row)
        held += size
        if len(batch) == _AT_ONCE or held > _BYTES_AT_ONCE:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _insert(table: str, fields: list[models.Field[Any, Any]], rows: Iterator[tuple[int, list[Any]]]) -> Iterator[int]:
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    query = f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for batch in _batches(rows):
            cursor.executemany(query, batch)
            yield len(batch)
        cursor.execute("COMMIT")


def _copy_in(table: str, fields: list[models.Field[Any, Any]], rows: Iterator[tuple[int, list[Any]]]) -> Iterator[int]:
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    query = f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(query) as out:
        count = 0
        for _size, row in rows:
            out.write_row(row)
            count += 1
            if count == _AT_ONCE:
                yield count
                count = 0
        yield count


def _check_pointers() -> None:
    """Every pointer must point to a row. The whole database is checked at once: tables come in no order."""
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise not_a_backup(f"A row points to one that is not there: {str(error).splitlines()[0][:200]}.") from error


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
