"""Inserting many plain rows quickly: the import's hot path.

``bulk_create`` prepares every value of every row through the expression machinery (about 30 µs a row of ten columns);
here each column's conversion is chosen once. SQLite takes ``executemany``, PostgreSQL ``COPY``. No signals, no defaults
beyond ``auto_now``: rows are complete when they come. See docs/performance.md for the figures.
"""

from __future__ import annotations

import functools
import operator
import uuid
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

import orjson
from django.db import connection, models
from django.db.models.base import ModelState
from django.utils import timezone

Convert = Callable[[Any], Any]
M = TypeVar("M", bound=models.Model)
#: Values a statement: SQLite takes some thousand at most.
ASKED_AT_ONCE = 1000


@functools.cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The values of a new instance's attributes, and those that are made anew for each."""
    fixed, made = {}, []
    for field in model._meta.concrete_fields:
        if field.has_default() and callable(field.default):
            made.append((field.attname, field.default))
        else:
            fixed[field.attname] = field.get_default()
    return fixed, made


def blank(model: type[M], **values: Any) -> M:
    """A new instance with every default and these attributes, as ``model()`` makes it in three times the time.

    No signals are sent.
    """
    fixed, made = _defaults(model)
    instance = model.__new__(model)
    instance._state = ModelState()
    instance.__dict__.update(fixed)
    for name, factory in made:
        instance.__dict__[name] = factory()
    instance.__dict__.update(values)
    return instance


def insert(model: type[models.Model], rows: Iterable[Any]) -> None:
    """Insert ``rows`` (instances of ``model``, or anything with its attribute names) in the open transaction.

    Keys made by the database are left to it. Raises what the database raises (IntegrityError on a double key).
    """
    ready = list(rows)
    if not ready:
        return
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    stamp = timezone.now()
    columns = [_column(field, stamp, ready) for field in fields]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    data = zip(*columns, strict=True)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # COPY is the driver's own: without this its errors would pass as those of no database at all.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in data:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            # Names come from our own models; every value is a parameter.
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(data))  # noqa: S608


def find(
    model: type[models.Model], names: Sequence[str], by: str, values: Iterable[str | int]
) -> list[tuple[Any, ...]]:
    """The attributes ``names`` of all rows whose text or number ``by`` is one of ``values``, in no order.

    As ``filter(by__in=values).values_list(*names)``, which takes 4 µs to prepare each value.
    """
    by_attribute = {field.attname: field for field in model._meta.concrete_fields}
    quote, left, found = connection.ops.quote_name, iter(values), []
    columns = ", ".join(quote(str(by_attribute[name].column)) for name in names)
    # Names come from our own models; every value is a parameter.
    query = f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE {quote(str(by_attribute[by].column))}"  # noqa: S608
    with connection.cursor() as cursor:
        while some := list(islice(left, ASKED_AT_ONCE)):
            if connection.vendor == "postgresql":
                cursor.execute(f"{query} = ANY(%s)", [some])
            else:
                cursor.execute(f"{query} IN ({', '.join(['%s'] * len(some))})", some)
            found += cursor.fetchall()
    if connection.vendor != "postgresql":
        keys = [index for index, name in enumerate(names) if isinstance(_target(by_attribute[name]), models.UUIDField)]
        for number, row in enumerate(found):
            found[number] = tuple(uuid.UUID(one) if at in keys and one else one for at, one in enumerate(row))
    return found


def update(model: type[models.Model], rows: Iterable[models.Model], names: Sequence[str]) -> None:
    """Write the fields ``names`` of ``rows``, found by their keys, in the open transaction.

    ``bulk_update`` makes one statement with a condition for each value: 300 records of 40 fields take it seconds.
    """
    ready = list(rows)
    if not ready:
        return
    by_name = {field.name: field for field in model._meta.concrete_fields}
    key, fields, stamp = model._meta.pk, [by_name[name] for name in names], timezone.now()
    columns = [_column(field, stamp, ready) for field in [*fields, key]]
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    # Names come from our own models; every value is a parameter.
    query = f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE {quote(str(key.column))} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(query, list(zip(*columns, strict=True)))


def _column(field: models.Field[Any, Any], stamp: Any, rows: Sequence[Any]) -> list[Any]:
    convert = _conversion(field)
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return [convert(stamp)] * len(rows)
    values = list(map(operator.attrgetter(field.attname), rows))
    if convert is _same:
        return values
    if convert is _json and values.count([]) == len(values):  # lists that most records leave empty
        return ["[]"] * len(values)
    if not field.null and not field.primary_key:
        return list(map(convert, values))
    return [None if value is None else convert(value) for value in values]


def _conversion(field: models.Field[Any, Any]) -> Convert:
    """How a value that is not None becomes what the driver takes."""
    target = _target(field)
    sqlite = connection.vendor != "postgresql"
    if isinstance(target, models.UUIDField):
        return operator.attrgetter("hex") if sqlite else _same
    if isinstance(target, models.JSONField):
        return _json
    if isinstance(target, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(target, models.DateField):
        return connection.ops.adapt_datefield_value
    if isinstance(target, models.CharField | models.TextField):
        return str
    return _same


def _target(field: Any) -> Any:
    """The field whose values a foreign key holds; any other field is its own."""
    while field.is_relation:
        field = field.target_field
    return field


def _same(value: Any) -> Any:
    return value


def _json(value: Any) -> str:
    if type(value) is bytes:  # JSON already
        return value.decode()
    return orjson.dumps(value).decode()
