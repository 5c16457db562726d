"""Values of columns as JSON, the same from both databases, and back for either.

A value is written as Django reads it: keys, dates and times as ISO text (times in UTC), decimals as text, bytes as
base64, JSON as itself. Both databases then hold what they would hold had the hub run on them from the start.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import math
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Converter = Callable[[Any], Any]

#: Kinds of column whose JSON value goes into the database as it is, if it is of the kind: SQLite would take any.
_WHOLE = frozenset(
    {
        "AutoField", "BigAutoField", "SmallAutoField", "BigIntegerField", "IntegerField", "PositiveBigIntegerField",
        "PositiveIntegerField", "PositiveSmallIntegerField", "SmallIntegerField",
    }
)  # fmt: skip
_TEXTS = frozenset({"CharField", "SlugField", "TextField", "URLField", "EmailField", "FileField", "FilePathField"})
_LARGEST = 2**63


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
    """What must be done to which position of a row before ``connection``'s database takes it.

    A converter raises ValueError, TypeError or ValidationError for a value of another kind than the column's. Whether
    there must be one, and how long a text may be, is left to the database.
    """
    return [(position, _converter(field, connection)) for position, field in enumerate(fields)]


def _converter(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> Converter:
    kind: Any = field
    while kind.remote_field is not None:  # a pointer is kept as what it points to
        kind = kind.target_field
    name = kind.get_internal_type()
    if name in _WHOLE:
        return _whole
    if name in _TEXTS:
        return _text
    if name == "BooleanField":
        return _boolean
    if name == "FloatField":
        return _float
    if name == "JSONField":
        return _json_or_null if field.null else json.dumps
    if name == "UUIDField" and not connection.features.has_native_uuid_field:
        return _bare_uuid
    return lambda value: None if value is None else kind.get_db_prep_save(kind.to_python(value), connection)


def _json_or_null(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _whole(value: Any) -> Any:
    if value is not None and (type(value) is not int or not -_LARGEST <= value < _LARGEST):
        raise ValueError("a whole number is wanted")
    return value


def _float(value: Any) -> Any:
    if value is not None and (type(value) not in (int, float) or not math.isfinite(value)):
        raise ValueError("a number is wanted")
    return value


def _boolean(value: Any) -> Any:
    if value is not None and type(value) is not bool:
        raise ValueError("true or false is wanted")
    return value


def _text(value: Any) -> Any:
    if value is not None and type(value) is not str:
        raise ValueError("a text is wanted")
    return value


def _bare_uuid(value: Any) -> Any:
    return None if value is None else uuid.UUID(value).hex
