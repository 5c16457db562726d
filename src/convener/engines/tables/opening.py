"""Finding out what a file is, by its content first and its name second."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from convener.engines.tables.csv_reading import open_csv
from convener.engines.tables.model import DEFAULT_LIMITS, Limits, Table
from convener.errors import Unreadable, joined, sentence

_CHUNK = 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_AS_JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\]])")
_OTHER_KINDS = (
    (b"%PDF", sentence("a PDF document")),
    (b"\x89PNG", sentence("a picture (PNG)")),
    (b"\xff\xd8\xff", sentence("a picture (JPEG)")),
    (b"GIF8", sentence("a picture (GIF)")),
    (b"\x1f\x8b", sentence("a compressed file (gzip)")),
    (b"7z\xbc\xaf", sentence("a compressed file (7z)")),
    (b"Rar!", sentence("a compressed file (RAR)")),
    (b"SQLite format 3", sentence("a database (SQLite)")),
    (b"PAR1", sentence("a Parquet file")),
    (b"{\\rtf", sentence("a text document (RTF)")),
)
_AS_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|svg)", re.IGNORECASE)
_ADVICE = sentence("Save the list as .xlsx, or as CSV (UTF-8), and bring that file.")


def open_table(
    path: Path,
    *,
    filename: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    passed_over: frozenset[str] = frozenset(),
) -> Table:
    """Open the table in the file at ``path`` and read its headings.

    ``filename`` is the name the person knows it by (an upload lies under another one); it decides only where the
    content does not. Of JSON records that have every field of ``passed_over``, these are not read. The file must stay
    until the table is closed. Raises :class:`Unreadable` with the reason.
    """
    head = _checked_head(path, limits)
    suffix = Path(filename or path.name).suffix.lower()
    if head.startswith(_ZIP):
        from convener.engines.tables.xlsx_reading import open_xlsx

        return open_xlsx(path, limits)
    if _is_json(head, suffix):
        from convener.engines.tables.json_reading import open_json

        return open_json(path, limits, passed_over)
    return open_csv(path, suffix, limits)


def _checked_head(path: Path, limits: Limits) -> bytes:
    """The first bytes of a file that may be read: it is there, not too large, not empty, and no other kind of file."""
    if not path.is_file():
        told = sentence("There is no file %(name)s.", name=path.name)
        raise Unreadable(told, hint=sentence("Check the name and the folder."))
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise Unreadable(
            sentence(
                "The file is too large: %(size)s MB; up to %(most)s MB are read.",
                size=round(size / 2**20),
                most=round(limits.max_bytes / 2**20),
            ),
            hint=sentence("Split it into several files, or keep only the columns that are needed."),
        )
    with path.open("rb") as file:
        head = file.read(4096)
        if size <= len(head) and not head.strip():
            told, hint = sentence("The file is empty."), sentence("Check that it was saved, and bring it again.")
            raise Unreadable(told, hint=hint)
        if head.startswith(_OLE):
            file.seek(0)
            raise _old_office(file)
    _refuse_other_kinds(head)
    return head


def _is_json(head: bytes, suffix: str) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _AS_JSON.match(text):
        return True
    return suffix in (".json", ".geojson") and text.lstrip()[:1] in (b"{", b"[")


def _refuse_other_kinds(head: bytes) -> None:
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            raise Unreadable(sentence("This is %(kind)s, not a table.", kind=kind), hint=_ADVICE)
    if _AS_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable(
            sentence("This is a web page or an XML file, not a table."),
            hint=joined(sentence("If it was downloaded, the site may have sent its login page instead."), _ADVICE),
        )


def _old_office(file: BinaryIO) -> Unreadable:
    """Tell an encrypted workbook from an old one: both are [MS-CFB] files; the first names its stream."""
    wanted = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    while chunk := file.read(_CHUNK):
        if wanted in tail + chunk:
            return Unreadable(
                sentence("The workbook is protected with a password."),
                hint=sentence("Open it, remove the password (File, Info, Protect Workbook) and save it again."),
            )
        tail = chunk[-len(wanted) :]
    return Unreadable(sentence("This is an old Office file (.xls), which is not read."), hint=_ADVICE)
