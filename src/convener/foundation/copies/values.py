"""Values of columns as JSON, the same from both databases, and back for either.

A value is written as Django reads it: keys, dates and times as ISO text (times in UTC), decimals as text, bytes as
base64, JSON as itself. Both databases then hold what they would hold had the hub run on them from the start.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Converter = Callable[[Any], Any]

#: Kinds of column whose JSON value goes into the database as it is.
_AS_IS = frozenset(
    {
        "AutoField", "BigAutoField", "SmallAutoField", "BigIntegerField", "BooleanField", "CharField", "FloatField",
        "IntegerField", "PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "SlugField",
        "SmallIntegerField", "TextField", "URLField", "EmailField", "FileField", "FilePathField",
    }
)  # fmt: skip


def to_line(row: Sequence[Any]) -> bytes:
    """One row as a line of JSON; raises TypeError for a value of a kind nobody foresaw."""
    return _ENCODER.encode(row).encode("ascii") + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"a value of type {type(value).__name__} has no form in backups: add it to copies/values.py")


_ENCODER = json.JSONEncoder(default=_plain, separators=(",", ":"))


def converters(
    fields: Sequence[models.Field[Any, Any]], connection: BaseDatabaseWrapper
) -> list[tuple[int, Converter]]:
    """What must be done to which position of a row before ``connection``'s database takes it."""
    found = ((position, _converter(field, connection)) for position, field in enumerate(fields))
    return [(position, convert) for position, convert in found if convert is not None]


def _converter(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> Converter | None:
    kind: Any = field
    while kind.remote_field is not None:  # a pointer is kept as what it points to
        kind = kind.target_field
    name = kind.get_internal_type()
    if name in _AS_IS:
        return None
    if name == "JSONField":
        return _json_or_null if field.null else json.dumps
    if name == "UUIDField" and not connection.features.has_native_uuid_field:
        return _bare_uuid
    return lambda value: None if value is None else kind.get_db_prep_save(kind.to_python(value), connection)


def _json_or_null(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _bare_uuid(value: Any) -> Any:
    return None if value is None else uuid.UUID(value).hex
