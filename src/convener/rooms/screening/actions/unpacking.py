"""A received ZIP with the files of a list: unpacked within limits, under names that are checked and never paths."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from convener.errors import Sentence, Unreadable, sentence
from convener.rooms.screening.actions.files import SUFFIXES, safe_name

MOST_MEMBERS = 100
MOST_BYTES = 512 << 20
#: Unpacked bytes for one packed; tables of names reach 20. Below the smaller size the ratio harms nobody.
_MOST_RATIO, _RATIO_MATTERS = 200, 1 << 20
_DIRECTORY_BYTES = 1 << 20
_CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"
_ADVICE = sentence("Pack the files as their publisher offers them, and nothing else, into one ZIP.")


class _NoGulps:
    """A file whose readers may not ask for much at once, so that a list of contents of gigabytes is never loaded."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.close, self.seekable = file.seek, file.tell, file.close, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Read as a file does, but never more than a list of contents may take."""
        data = self._file.read(_DIRECTORY_BYTES + 1 if size < 0 else min(size, _DIRECTORY_BYTES + 1))
        if len(data) > _DIRECTORY_BYTES:
            raise _refused(sentence("its list of contents is too long"))
        return data


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack a ZIP that is no workbook into the empty ``folder``: that, or the one file in it.

    Any other file, and a folder, is left as it is: ``path``. Raises Unreadable.
    """
    if path.is_dir():
        return path
    with path.open("rb") as file:
        if file.read(len(_ZIP)) != _ZIP:
            return path
        file.seek(0)
        try:
            with zipfile.ZipFile(_NoGulps(file)) as archive:
                if "[content_types].xml" in {name.lower() for name in archive.namelist()[: 10 * MOST_MEMBERS]}:
                    return path  # a workbook: the tables' own reader checks it
                _extract(archive, folder)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise _refused(sentence("it is damaged, cut off or protected")) from error
    files = list(folder.iterdir())
    return files[0] if len(files) == 1 else folder


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise _refused(sentence("it has %(count)s files, more than %(most)s", count=len(members), most=MOST_MEMBERS))
    left = MOST_BYTES
    for member in members:
        last = member.filename.replace("\\", "/").rpartition("/")[2]
        if member.is_dir() or last.startswith(".") or Path(last).suffix.lower() not in SUFFIXES:
            continue
        target = folder / safe_name(last)
        if target.exists():
            raise _refused(sentence('two of its files are called "%(name)s"', name=target.name))
        left = _write(archive, member, target, min(left, max(_RATIO_MATTERS, _MOST_RATIO * member.compress_size)), left)
    if not any(folder.iterdir()):
        raise _refused(sentence("there is no list in it"))


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, most: int, left: int) -> int:
    """Unpack one file; what it says of its size is not believed. Returns how many bytes the others may have."""
    written = 0
    with archive.open(member) as source, target.open("xb") as out:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > most:
                raise _refused(sentence("it unpacks to far more than a list needs"))
            out.write(chunk)
    return left - written


def _refused(why: Sentence) -> Unreadable:
    return Unreadable(sentence("The ZIP is refused: %(why)s.", why=why), hint=_ADVICE)
