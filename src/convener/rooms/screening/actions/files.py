"""Where the files of lists lie: the originals among the hub's files, so in every backup, and what is made of them beside.

DATA_DIR/files/lists/HASH/          the original, under names of our own
DATA_DIR/files/lists/incoming/…     received and not yet read
DATA_DIR/names/                     lists made ready, by hash: in no backup, made anew from the originals
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from django.conf import settings

from convener.engines.names.lists.detecting import Found
from convener.foundation import names

INCOMING = "incoming"
#: Endings that tell formats apart where the content does not; others are dropped.
SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".json", ".jsonl", ".xml"})
_OFAC_NAMES = {"comments": "sdn_comments.csv"}
_HASH = re.compile(r"[0-9a-f]{64}")
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
#: Seconds for which a process may still work with a version that was just replaced, or that is being received.
IN_HAND_S = 24 * 3600


def lists_folder() -> Path:
    """The folder of the originals, made where it is missing; for the hub's account alone."""
    return _made(Path(settings.DATA_DIR) / "files" / "lists")


def incoming_folder() -> Path:
    """A new folder for something received."""
    return _made(_made(lists_folder() / INCOMING) / uuid.uuid4().hex)


def received(name: str, chunks: Iterable[bytes]) -> Path:
    """Keep a received file until it is read, under what is harmless of its name: it tells OFAC's files apart."""
    path = incoming_folder() / safe_name(name)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
    return path


def safe_name(name: str) -> str:
    """The last part of a file's name in plain letters: never a path, never hidden."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return _SAFE.sub("_", last)[-60:].lstrip("._-") or "list"


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """A folder to work in that is gone afterwards."""
    folder = incoming_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def arranged(found: Found, folder: Path) -> Path:
    """Copy a list's files into the empty ``folder``, named as we name them; what to read it from."""
    for kind, source in found.files.items():
        shutil.copyfile(source, folder / (_name_of(kind, source)))
    return folder if found.format == "ofac" else next(folder.iterdir())


def _name_of(kind: str, source: Path) -> str:
    if kind:
        return _OFAC_NAMES.get(kind, f"{kind}.csv")
    suffix = source.suffix.lower()
    return f"list{suffix if suffix in SUFFIXES else ''}"


def keep(folder: Path, sha256: str) -> None:
    """Let an arranged folder be the original with this hash, unless there is one: that is then in hand again."""
    target = original_folder(sha256)
    if target.exists():
        os.utime(target)
    else:
        folder.rename(target)


def original_folder(sha256: str) -> Path:
    """The folder of an original."""
    assert _HASH.fullmatch(sha256)
    return lists_folder() / sha256


def original(sha256: str, format: str) -> Path | None:
    """What to read a list from again; None where it is gone."""
    folder = original_folder(sha256)
    if not folder.is_dir():
        return None
    return folder if format == "ofac" else next((path for path in folder.iterdir() if path.is_file()), None)


def size_of(path: Path) -> int:
    """Bytes of a file, or of a folder's files."""
    return sum(one.stat().st_size for one in ([path] if path.is_file() else path.iterdir()))


def forget(path: Path) -> None:
    """Delete the folder in which something received lies; what lies elsewhere stays."""
    incoming = lists_folder() / INCOMING
    if incoming in path.parents:
        shutil.rmtree(incoming / path.relative_to(incoming).parts[0], ignore_errors=True)


def tidy(in_use: Collection[str], *, now: float | None = None) -> int:
    """Delete what no version in use needs, a day after it was last touched; the number of files and folders."""
    before = (now or time.time()) - IN_HAND_S
    short = {sha256[:24] for sha256 in in_use}
    gone = [path for path in (lists_folder() / INCOMING).glob("*") if _is_older(path, before)]
    gone += [one for one in lists_folder().iterdir() if _HASH.fullmatch(one.name) and one.name not in in_use]
    gone += [
        path for path in names.ready_folder().iterdir() if path.name.split("-")[1:2] and path.name[5:29] not in short
    ]
    count = 0
    for path in gone:
        if _is_older(path, before):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
            count += 1
    return count


def _is_older(path: Path, before: float) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime < before
    return False


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
