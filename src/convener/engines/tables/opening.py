"""Finding out what a file is, by its content first and its name second."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from convener.engines.tables.csv_reading import open_csv
from convener.engines.tables.model import DEFAULT_LIMITS, Limits, Table
from convener.errors import Unreadable

_CHUNK = 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_AS_JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\]])")
_OTHER_KINDS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "a text document (RTF)"),
)
_AS_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|svg)", re.IGNORECASE)
_ADVICE = "Save the list as .xlsx, or as CSV (UTF-8), and bring that file."


def open_table(path: Path, *, filename: str | None = None, limits: Limits = DEFAULT_LIMITS) -> Table:
    """Open the table in the file at ``path`` and read its headings.

    ``filename`` is the name the person knows it by (an upload lies under another one); it decides only where the
    content does not. The file must stay until the table is closed. Raises :class:`Unreadable` with the reason.
    """
    if not path.is_file():
        raise Unreadable(f"There is no file {path.name}.", hint="Check the name and the folder.")
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise Unreadable(
            f"The file is too large: {size / 2**20:,.0f} MB; up to {limits.max_bytes / 2**20:,.0f} MB are read.",
            hint="Split it into several files, or keep only the columns that are needed.",
        )
    suffix = Path(filename or path.name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(4096)
        if size <= len(head) and not head.strip():
            raise Unreadable("The file is empty.", hint="Check that it was saved, and bring it again.")
        if head.startswith(_OLE):
            file.seek(0)
            raise _old_office(file)
    _refuse_other_kinds(head)
    if head.startswith(_ZIP):
        from convener.engines.tables.xlsx_reading import open_xlsx

        return open_xlsx(path, limits)
    if _is_json(head, suffix):
        from convener.engines.tables.json_reading import open_json

        return open_json(path, limits)
    return open_csv(path, suffix, limits)


def _is_json(head: bytes, suffix: str) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _AS_JSON.match(text):
        return True
    return suffix in (".json", ".geojson") and text.lstrip()[:1] in (b"{", b"[")


def _refuse_other_kinds(head: bytes) -> None:
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            raise Unreadable(f"This is {kind}, not a table.", hint=_ADVICE)
    if _AS_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable(
            "This is a web page or an XML file, not a table.",
            hint="If it was downloaded, the site may have sent its login page instead. " + _ADVICE,
        )


def _old_office(file: BinaryIO) -> Unreadable:
    """Tell an encrypted workbook from an old one: both are [MS-CFB] files; the first names its stream."""
    wanted = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    while chunk := file.read(_CHUNK):
        if wanted in tail + chunk:
            return Unreadable(
                "The workbook is protected with a password.",
                hint="Open it, remove the password (File, Info, Protect Workbook) and save it again.",
            )
        tail = chunk[-len(wanted) :]
    return Unreadable("This is an old Office file (.xls), which is not read.", hint=_ADVICE)
