"""Which tables a backup holds, with which columns, and the few things about them that are not rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps.registry import Apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps

from convener.foundation.outbox.consumers import EVERY_NODE

Model = type[models.Model]

#: Tables that stay out, and why; an operator reads it in the manifest.
LEFT_OUT = {
    "sessions.session": "logins in progress: everybody logs in again after a restore",
    "accounts.cacheentry": "counts behind the login's rate limits and codes just used: they live for minutes",
}
#: Rows that stay out of tables that are in.
ROWS_LEFT_OUT = {
    "outbox.cursor": ("how far each machine's own index had come: it is made again", models.Q(node=EVERY_NODE)),
}


def models_of(registry: Apps | StateApps) -> dict[str, Model]:
    """Every model with a table of its own, by 'app.model' in lower case; those between two many-to-many ends too."""
    found = registry.get_models(include_auto_created=True)
    return {model._meta.label_lower: model for model in found if model._meta.managed and not model._meta.proxy}


def backed_up(registry: Apps | StateApps) -> dict[str, Model]:
    """:func:`models_of` without the tables that stay out."""
    return {label: model for label, model in models_of(registry).items() if label not in LEFT_OUT}


def columns(model: Model) -> list[models.Field[Any, Any]]:
    """The columns that hold values of their own; what the database computes is computed again."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def left_out() -> dict[str, str]:
    """What a backup does not hold, by table, with the reason."""
    return LEFT_OUT | {label: why for label, (why, _condition) in ROWS_LEFT_OUT.items()}


def migrations_applied(loader: MigrationLoader) -> dict[str, list[str]]:
    """The names of the applied migrations that this version knows, by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(loader.applied_migrations):
        if (app, name) in loader.disk_migrations:
            found.setdefault(app, []).append(name)
    return found


def last_of_each_app(loader: MigrationLoader, applied: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The members of ``applied`` that no other one of their app stands on: going to them goes to all of it."""
    known = set(applied)
    return sorted(
        key
        for key in known
        if not any(c.key in known and c.key[0] == key[0] for c in loader.graph.node_map[key].children)
    )


def sequence_of(model: Model) -> int | None:
    """The last number that the table's counter gave out, 0 for none yet; None where keys are not counted."""
    if not isinstance(model._meta.pk, models.AutoField):
        return None
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column])
            name = cursor.fetchone()[0]  # quoted as needed, by the database itself
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}")  # noqa: S608
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def raise_sequences(known: Mapping[str, Model], wanted: Mapping[str, int | None]) -> None:
    """Let each counter go on after the last number it ever gave out: a number must not name a second thing.

    Cursors of the outbox, for one, would take a number given out again for one they have read.
    """
    for label, number in wanted.items():
        model = known.get(label)
        if number is None or model is None or not isinstance(model._meta.pk, models.AutoField):
            continue
        highest = model._default_manager.aggregate(highest=models.Max(model._meta.pk.name))["highest"] or 0
        _set_sequence(model, max(number, highest))


def _set_sequence(model: Model, number: int) -> None:
    if number == 0:
        return
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
        else:
            name = connection.ops.quote_name(table)
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [name, column, number])
