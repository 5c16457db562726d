"""Reading a list into memory, and naming the version of it that was read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from convener.engines.names.lists import ftm, ofac, plain, un
from convener.engines.names.lists.collecting import DEFAULT_LIMITS, Collector, Limits
from convener.engines.names.lists.detecting import Found, detect
from convener.engines.names.lists.values import CountryCode
from convener.engines.names.model import NameList, Source
from convener.errors import Unreadable, sentence

_CHUNK = 2**20
# Each takes the files by kind and the collector to fill, and returns the list's own date or "".
_READERS: dict[str, Callable[[dict[str, Path], Collector], str]] = {
    "ofac": ofac.read,
    "un": un.read,
    "ftm": ftm.read,
    "csv": plain.read,
}


def load(
    path: Path,
    *,
    format: str = "",
    name: str = "",
    limits: Limits = DEFAULT_LIMITS,
    country_code: CountryCode | None = None,
) -> NameList:
    """Read the list at ``path``: a file, or for OFAC the folder of its files (or its file sdn.csv).

    ``format`` is one of :data:`FORMATS`, or "" to find it from the content; ``name`` is what the list is called, or ""
    for the name of the file or folder. ``country_code`` turns the name or code of a country into ISO 3166-1 alpha-2, or
    "" where it knows none; without it values are kept as they are, in capitals. Countries are those of nationality,
    residence, registration, flag and birth.

    Entries keep the order of the list. ``problems`` have the row of a table, else the line of the file, which in an
    OFAC list is sdn where the field does not name another ("alt: columns"). A list that is cut off is read up to the
    cut, and a problem says so: callers who want whole lists only refuse one that has problems.

    Raises :class:`Unreadable` for what is no list at all.
    """
    with _readable(path):
        found = detect(path, format, limits)
        collector = Collector(limits, country_code)
        date = _READERS[found.format](found.files, collector)
        digest = _hash(found)
    if not collector.entries:
        collector.problems.add(0, "", sentence("The list has no entries."), cuts=True)
    source = Source(
        name=name or path.name or str(path),
        format=found.format,
        path=str(path),
        date=date,
        sha256=digest,
        count=len(collector.entries),
    )
    return NameList(source, tuple(collector.entries), collector.problems.all())


def content_hash(path: Path, format: str = "", *, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return what ``load(path, format=format).source.sha256`` would be, without reading the list.

    Of one file it is the SHA-256 of its bytes. Of a folder it is the SHA-256 of lines ``KIND HASH`` (``sdn 9f86…``),
    one for each file in their order of reading. Raises :class:`Unreadable` where there is nothing to hash.
    """
    with _readable(path):
        return _hash(detect(path, format, limits))


def _hash(found: Found) -> str:
    hashes = {kind: _file_hash(file) for kind, file in found.files.items()}
    if found.format != "ofac":
        return hashes[""]
    lines = "".join(f"{kind} {digest}\n" for kind, digest in hashes.items())
    return hashlib.sha256(lines.encode("ascii")).hexdigest()


def _file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        told = sentence("%(name)s cannot be read: %(why)s.", name=path.name, why=error.strerror or type(error).__name__)
        raise Unreadable(told, hint=sentence("Check that it is still there and that it may be read.")) from error
