"""Lists ready to be asked, kept in memory once in each process and loaded when somebody asks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from convener.engines.names import Screener
from convener.engines.names.caching import ready
from convener.engines.names.compiled import Compiled, kept_at
from convener.errors import NotFound, NotReady
from convener.foundation import names
from convener.foundation.jobs.actions import enqueue
from convener.foundation.vocabularies import countries
from convener.rooms.screening.actions import files
from convener.rooms.screening.models import WatchList
from convener.rooms.screening.queries.lists import hashes_in_use

MAKE_READY = "screening.make_ready"
#: Bytes of an original that is made ready while somebody waits; a larger one is made ready by a job.
WHILE_WAITING = 32 << 20

_lock = threading.Lock()
_loaded: dict[str, Compiled] = {}


def screener(rows: Sequence[WatchList]) -> Screener:
    """What answers for these versions. Raises NotReady where one has to be made ready first, NotFound where it is lost.

    Threads that ask at once wait for one of them to load; nobody waits for lists that are in memory.
    """
    return Screener([_under_name(one, row.name) for row, one in zip(rows, compiled_of(rows), strict=True)])


def compiled_of(rows: Sequence[WatchList]) -> list[Compiled]:
    """The lists themselves, in the order of the rows."""
    found = [_loaded.get(row.sha256) for row in rows]
    if None in found:
        with _lock:
            _drop_unused()
            for row in rows:
                if row.sha256 not in _loaded:
                    _loaded[row.sha256] = _from_disk(row)
            found = [_loaded[row.sha256] for row in rows]
    return [one for one in found if one is not None]


def _under_name(given: Compiled, name: str) -> Compiled:
    """The same list under the name that it has here: two may have the same bytes."""
    return replace(given, source=replace(given.source, name=name))


def _drop_unused() -> None:
    """Before more is loaded, let go of what was replaced: memory never holds two versions for longer than an answer."""
    in_use = hashes_in_use()
    for sha256 in [one for one in _loaded if one not in in_use]:
        del _loaded[sha256]


def _from_disk(row: WatchList) -> Compiled:
    path = _original(row)
    if files.size_of(path) > WHILE_WAITING and not _is_kept(row.sha256):
        enqueue(MAKE_READY, list_id=str(row.pk))
        raise NotReady(
            _("The list “%(name)s” is being made ready.") % {"name": row.name}, hint=_("Try again in a minute.")
        )
    return read_list(path, name=row.name, format=row.format)


def _is_kept(sha256: str) -> bool:
    kept = kept_at(names.ready_folder(), sha256)
    return any(kept.parent.glob(f"{kept.stem}*{kept.suffix}"))


def make_ready(row: WatchList) -> None:
    """Make a list ready from its original, and keep that. Raises NotFound where the original is lost."""
    read_list(_original(row), name=row.name, format=row.format)


def read_list(path: Path, *, name: str, format: str) -> Compiled:
    """A list made ready: as it was kept, else read, with countries as this hub knows them, and kept."""
    return ready(path, cache=names.ready_folder(), name=name, format=format, country_code=country_code)


def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country's code or name; "" for what is none that we know."""
    return countries().lookup.find(text[:200]) or ""


def _original(row: WatchList) -> Path:
    path = files.original(row.sha256, row.format)
    if path is None:
        told = _("The files of the list “%(name)s” are missing on this machine.") % {"name": row.name}
        raise NotFound(told, hint=_("The secretariat loads the list again, or restores a backup."))
    return path


def forget() -> None:
    """Let go of every list: between tests."""
    with _lock:
        _loaded.clear()
