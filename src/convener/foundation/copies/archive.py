"""The ZIP file itself: writing members with their hashes, and reading only what can be trusted to be one of ours."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, Self

from convener.errors import Unreadable
from convener.foundation.copies import manifest as manifests
from convener.foundation.copies.manifest import Manifest, Member, not_a_backup

_CHUNK = 1024 * 1024
#: A row is an import's staged row at most (some megabytes); a longer line is no row of ours and must not fill memory.
LONGEST_LINE = 64 * 1024 * 1024
#: Lists and objects in one row; each takes 50 times its two characters.
_MOST_NESTED = 500_000
#: Level 6 takes three times as long for a tenth less.
_LEVEL = 3


class Writer:
    """Members one after the other into a ZIP, nothing held in memory but their hashes."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self.members: dict[str, Member] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, ValueError):  # after a failure the file is thrown away as it is
            self._zip.close()

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Open the member ``name``; yields ``write(content)``, which can be called many times."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as out:

            def write(content: bytes) -> None:
                nonlocal size
                out.write(content)
                digest.update(content)
                size += len(content)

            yield write
        self.members[name] = Member(bytes=size, sha256=digest.hexdigest())

    def finish(self, manifest: Manifest) -> str:
        """Write the manifest and the ZIP's directory; returns the backup's fingerprint."""
        content = manifest.as_bytes()
        self._zip.writestr(manifests.MEMBER, content)
        self._zip.close()
        return manifests.fingerprint(content)


class Reader:
    """A backup that was found to be whole and harmless as far as its outside goes; see :meth:`verify` for the rest."""

    def __init__(self, file: zipfile.ZipFile, manifest: Manifest, fingerprint: str) -> None:
        self._zip = file
        self.manifest = manifest
        self.fingerprint = fingerprint

    def verify(self, advance: Callable[[int], None]) -> None:
        """Read every member once and compare its hash; ``advance`` is told of bytes read. Raises Unreadable."""
        for name, expected in self.manifest.members.items():
            digest = hashlib.sha256()
            for chunk in self._chunks(name):
                digest.update(chunk)
                advance(len(chunk))
            if digest.hexdigest() != expected.sha256:
                raise not_a_backup(f"The content of {name} has changed since the backup was made.")

    def size(self, label: str) -> int:
        """Bytes of a table in the backup, unpacked."""
        return self.manifest.members[manifests.table_member(label)].bytes

    def rows(self, label: str) -> Iterator[tuple[int, list[Any]]]:
        """The rows of a table, one by one, each after its bytes. Raises Unreadable for a line that is none."""
        member, width = manifests.table_member(label), len(self.manifest.tables[label].columns)
        with self._open(member) as file:
            while line := file.readline(LONGEST_LINE):
                if line.count(b"[") + line.count(b"{") > _MOST_NESTED:
                    raise not_a_backup(f"{member} has a line that is no row.")
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise not_a_backup(f"{member} has a line that is no row.") from error
                if not isinstance(row, list) or len(row) != width:
                    raise not_a_backup(f"{member} has a row of another shape than its columns.")
                yield len(line), row

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The hub's files: the path in the data folder, and the content in pieces."""
        for name in self.manifest.members:
            if name.startswith("files/"):
                yield name.removeprefix("files/"), self._chunks(name)

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self._open(name) as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        with _zip_errors(name), self._zip.open(name) as file:
            yield file


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open the backup at ``path`` and check everything about it but its content.

    Raises Unreadable for what is no backup of ours: names that lead out of the folder, members twice, unknown ones,
    sizes other than the manifest's (nothing unpacks to more than it says). Raises Refused for a newer format.
    """
    require_plain_file(path)
    try:
        file = zipfile.ZipFile(path)
    except PermissionError as error:
        raise Unreadable(f"{path} cannot be read: {(error.strerror or '').lower()}.", hint="Check the file.") from error
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError) as error:
        raise not_a_backup("It is not a whole ZIP file.") from error
    with file:
        listed = _listed(file)
        info = listed.pop(manifests.MEMBER, None)
        if info is None or info.file_size > manifests.LARGEST:
            raise not_a_backup("It has no manifest.")
        with _zip_errors(manifests.MEMBER):
            content = _read(file, info)
        manifest = manifests.parse(content)
        if {name: member.bytes for name, member in manifest.members.items()} != {
            name: entry.file_size for name, entry in listed.items()
        }:
            raise not_a_backup("Its members are not those that its manifest lists.")
        yield Reader(file, manifest, manifests.fingerprint(content))


def require_plain_file(path: Path) -> None:
    """Raise Unreadable for a file that is not there, or is no file: a pipe or a device would be read without end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise Unreadable(f"There is no file {path}.", hint="Check its name.") from error
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise Unreadable(f"{path} cannot be read: {reason}.", hint="Check the file.") from error
    if not stat.S_ISREG(mode):
        raise Unreadable(f"{path} is not a plain file.", hint="Name the file itself.")


def _read(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member as large as it says: read whole at once, what is packed in it would be unpacked first and cut then."""
    pieces = []
    with file.open(info) as member:
        while piece := member.read(_CHUNK):
            pieces.append(piece)
    return b"".join(pieces)


def _listed(file: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The ZIP's directory by name; refuses what we never write."""
    listed: dict[str, zipfile.ZipInfo] = {}
    for info in file.infolist():
        if info.orig_filename in listed:
            raise not_a_backup(f"It has a member twice: {info.orig_filename[:100]!r}.")
        if info.orig_filename != manifests.MEMBER:
            manifests.check_name(info.orig_filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.flag_bits & 1 or kind not in (0, stat.S_IFREG):
            raise not_a_backup("It has members that are encrypted, or no plain files.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise not_a_backup("It is packed in a way that backups never are.")
        listed[info.orig_filename] = info
    return listed


@contextmanager
def _zip_errors(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise not_a_backup(f"{name} cannot be unpacked.") from error
