"""The outside of a workbook: the ZIP archive and the XML in it, opened so that neither can ask for more than it may.

Why not openpyxl's reader: it builds the whole tree of a row before it hands the row over, keeps an element of every
row it has read, and all shared strings as objects, so a workbook within every size limit can still take gigabytes. Here
the parts stream through expat, and each thing that expat or a reader keeps is counted.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol
from xml.parsers import expat

from convener.engines.tables.model import Limits
from convener.errors import Sentence, Unreadable, sentence

_CHUNK = 2**13  # small, because cells that repeat a long shared string are read by the chunk
_DIRECTORY_BYTES = 2**20
_TOKEN_BYTES = 2**18
_SMALL_PART_BYTES = 2**25
_XML_DEPTH = 64
_XML_NAMES = 20_000
_RATIO_MATTERS = 2**20  # below this, unpacking costs nothing whatever the ratio
_ADVICE = sentence("Open it in a spreadsheet program, save it as .xlsx again, or save it as CSV.")

Attributes = dict[str, str]


def broken(why: Sentence) -> Unreadable:
    """Return the refusal of a workbook that is damaged or not as its format demands."""
    return Unreadable(sentence("The workbook cannot be read: %(why)s.", why=why), hint=_ADVICE)


class Handler(Protocol):
    """What takes the XML of one part: local names (prefixes taken off), and text in pieces."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, piece: str) -> None:
        """Take a piece of the text inside the element that is open."""


class _NoGulps:
    """A file whose readers may not ask for much at once, so that a central directory of gigabytes is never loaded."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.close, self.seekable = file.seek, file.tell, file.close, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Read as a file does, but never more than a list of parts may take."""
        data = self._file.read(_DIRECTORY_BYTES + 1 if size < 0 else min(size, _DIRECTORY_BYTES + 1))
        if len(data) > _DIRECTORY_BYTES:
            raise broken(sentence("its list of parts is too long"))
        return data


class Package:
    """An open workbook archive whose directory has been checked. Names are compared without regard to case."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits
        self._names = {name.lower(): name for name in archive.namelist()}

    def has(self, name: str) -> bool:
        """Say whether there is such a part."""
        return name.lower() in self._names

    def parse(self, name: str, handler: Handler) -> Iterator[None]:
        """Stream a part through the handler, yielding after each piece. Raises :class:`Unreadable`."""
        yield from self._parse(name, handler, self._limits.max_unpacked_bytes)

    def parse_small(self, name: str, handler: Handler) -> None:
        """Put one of the small parts, which no real workbook lets grow, through the handler."""
        for _ in self._parse(name, handler, _SMALL_PART_BYTES):
            pass

    def _parse(self, name: str, handler: Handler, most_bytes: int) -> Iterator[None]:
        try:
            with self._archive.open(self._names[name.lower()]) as stream:
                yield from _parse(stream, handler, most_bytes)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise broken(sentence("its part %(part)s is damaged", part=posixpath.basename(name))) from error
        except expat.ExpatError as error:
            part = posixpath.basename(name)
            raise broken(sentence("its part %(part)s is not well-formed XML", part=part)) from error


@contextmanager
def open_package(path: Path, limits: Limits) -> Iterator[Package]:
    """Open the archive and check its central directory. Raises :class:`Unreadable`."""
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(_NoGulps(file))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise broken(sentence("its ZIP archive is damaged or cut off")) from error
        with archive:
            _check_directory(archive, limits)
            yield Package(archive, limits)


def _check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.max_members:
        told = sentence("it has %(count)s parts, more than %(most)s", count=len(members), most=limits.max_members)
        raise broken(told)
    if any(member.flag_bits & 1 for member in members):
        told = sentence("The workbook is protected with a password.")
        raise Unreadable(told, hint=sentence("Remove the password and save it again."))
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise broken(sentence("it is packed in a way that workbooks never are"))
    unpacked = sum(member.file_size for member in members)
    swollen = any(member.file_size > max(_RATIO_MATTERS, limits.max_ratio * member.compress_size) for member in members)
    if swollen or unpacked > limits.max_unpacked_bytes:
        raise _bomb()
    names = {member.filename.lower() for member in members}
    if "[content_types].xml" not in names:
        raise _not_a_workbook(names)


def _bomb() -> Unreadable:
    return Unreadable(
        sentence("The workbook is refused: it unpacks to far more than a list needs."),
        hint=sentence("Copy the list alone into a new workbook, or save it as CSV."),
    )


def _not_a_workbook(names: set[str]) -> Unreadable:
    if "content.xml" in names and "mimetype" in names:
        told = sentence("This is an OpenDocument file, which is not read.")
        return Unreadable(told, hint=sentence("Save it as .xlsx or as CSV."))
    told = sentence("This is a ZIP archive, not a workbook.")
    return Unreadable(told, hint=sentence("Unpack it, and bring the file with the list."))


def _parse(stream: IO[bytes], handler: Handler, most_bytes: int) -> Iterator[None]:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = _elements(handler)
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _no_doctype
    fed = 0
    while chunk := stream.read(_CHUNK):
        fed += len(chunk)
        if fed > most_bytes:
            raise _bomb()
        parser.Parse(chunk, False)
        # What expat keeps between two chunks: an unfinished token, and every name it has met.
        if fed - max(parser.CurrentByteIndex, 0) > _TOKEN_BYTES or len(parser.intern) > _XML_NAMES:
            raise broken(sentence("its XML is not a workbook's"))
        yield
    parser.Parse(b"", True)
    yield


def _elements(handler: Handler) -> tuple[Callable[[str, Attributes], None], Callable[[str], None]]:
    depth = 0
    begin, finish = handler.start, handler.end

    def start(name: str, attributes: Attributes) -> None:
        """Count the depth and hand on the name without its namespace."""
        nonlocal depth
        depth += 1
        if depth > _XML_DEPTH:
            raise broken(sentence("its XML is nested too deep"))
        begin(name.rpartition(":")[2] if ":" in name else name, attributes)

    def end(name: str) -> None:
        """Count back and hand on."""
        nonlocal depth
        depth -= 1
        finish(name.rpartition(":")[2] if ":" in name else name)

    return start, end


def _no_doctype(*_: object) -> None:
    raise broken(sentence("its XML has a document type, which can hide an attack"))
