"""How often one client has asked within a minute: exact over all processes of the hub, and quick.

A window of a minute begins with a client's first request and everything in it counts, so nobody gets more than the
limit in their minute (around the end of one, up to twice the limit can come close together). One statement counts and
answers, so no two processes can count two requests as one.

Hubs on PostgreSQL count in the shared cache table, without waiting for the disk. Hubs on SQLite are one machine and
have one writer for everything, which a count must never wait for: they count in a small file of their own,
``api-rates.sqlite3`` in the data folder, which may be deleted at any time. Keys are unreadable (:func:`key_of`).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
import os
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from convener.foundation.accounts.models import CacheEntry

WINDOW_S = 60.0
FILE_NAME = "api-rates.sqlite3"
WAIT_S = 5.0

_COUNT_IN_FILE = """
    INSERT INTO use (key, count, ends) VALUES (:key, 1, :now + :window)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN ends <= :now THEN 1 ELSE count + 1 END,
        ends = CASE WHEN ends <= :now THEN excluded.ends ELSE ends END
    RETURNING count, ends
"""
_COUNT_IN_DATABASE = f"""
    INSERT INTO {CacheEntry._meta.db_table} AS held (cache_key, value, expires)
    SELECT %(key)s, '1', %(ends)s FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quickly
    ON CONFLICT (cache_key) DO UPDATE SET
        value = CASE WHEN held.expires <= %(now)s THEN '1' ELSE (held.value::integer + 1)::text END,
        expires = CASE WHEN held.expires <= %(now)s THEN excluded.expires ELSE held.expires END
    RETURNING value::integer, extract(epoch FROM expires)::double precision
"""  # noqa: S608 - the table's name is ours

_local = threading.local()
_swept_at = 0.0


@dataclass(frozen=True)
class Use:
    """How much of its limit a client has used, this request included; ``resets_in`` in whole seconds."""

    limit: int
    used: int
    resets_in: int

    @property
    def remaining(self) -> int:
        """Requests left until the reset."""
        return max(0, self.limit - self.used)

    @property
    def exceeded(self) -> bool:
        """True when this request is one too many."""
        return self.used > self.limit


def count(key: str, *, limit: int) -> Use:
    """Count one request of the client ``key`` and say where it stands."""
    now = time.time()
    _sweep(now)
    used, ends = _count_in_database(key, now) if connection.vendor == "postgresql" else _count_in_file(key, now)
    return Use(limit, used, min(math.ceil(WINDOW_S), max(1, math.ceil(ends - now))))


def key_of(kind: str, value: str) -> str:
    """An unreadable key for a token or an address: HMAC-SHA-256 under the hub's secret, different every day."""
    today = timezone.now().date().isoformat()
    return salted_hmac("convener.api.rates", f"{today}:{kind}:{value}", algorithm="sha256").hexdigest()


def network_of(request: HttpRequest) -> str:
    """The network address a request comes from, as far as it tells clients apart: of IPv6 the /64, which is one client.

    Behind a proxy it is the last address of X-Forwarded-For, the one that our proxy wrote. Not to be kept or logged.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.CONVENER.behind_proxy:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def forget() -> None:
    """Set every count of the file to nothing: between tests, which roll back the database and nothing else."""
    _in_file("DELETE FROM use", {})


def _count_in_file(key: str, now: float) -> tuple[int, float]:
    [(used, ends)] = _in_file(_COUNT_IN_FILE, {"key": key, "now": now, "window": WINDOW_S})
    return used, ends


def _in_file(sql: str, values: dict[str, str | float]) -> list[tuple[int, float]]:
    try:
        return _file().execute(sql, values).fetchall()
    except sqlite3.OperationalError:  # locked for too long, disk full: not the file's fault
        raise
    except sqlite3.DatabaseError:  # damaged by a power cut; nothing in it is worth keeping
        _drop_file()
        return _file().execute(sql, values).fetchall()


def _count_in_database(key: str, now: float) -> tuple[int, float]:
    moment = dt.datetime.fromtimestamp(now, dt.UTC)
    values: dict[str, str | dt.datetime] = {"key": key, "now": moment, "ends": moment + dt.timedelta(seconds=WINDOW_S)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_IN_DATABASE, values)
        used, ends = cursor.fetchone()
    return used, ends


def _sweep(now: float) -> None:
    """Once a minute in each process: delete what has run out, so that no key stays longer than it is needed."""
    global _swept_at
    if now - _swept_at < WINDOW_S:
        return
    _swept_at = now
    if connection.vendor == "postgresql":
        CacheEntry.objects.filter(expires__lt=timezone.now()).delete()
    else:
        _in_file("DELETE FROM use WHERE ends < :now", {"now": now})


def _path() -> Path:
    return Path(settings.DATA_DIR) / FILE_NAME


def _file() -> sqlite3.Connection:
    """This thread's connection; a process that was forked opens its own."""
    if getattr(_local, "process", None) != os.getpid():
        file = sqlite3.connect(_path(), timeout=WAIT_S, isolation_level=None)
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=OFF")  # losing a minute's counts in a power cut harms nobody
        file.execute("CREATE TABLE IF NOT EXISTS use (key TEXT PRIMARY KEY, count INT, ends REAL) WITHOUT ROWID")
        _local.process, _local.file = os.getpid(), file
    found: sqlite3.Connection = _local.file
    return found


def _drop_file() -> None:
    _local.process = None
    for path in (_path(), *(_path().with_name(FILE_NAME + ending) for ending in ("-wal", "-shm"))):
        path.unlink(missing_ok=True)
