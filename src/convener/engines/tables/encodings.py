"""Which encoding a text file is in, decided over the whole file in one pass with a small buffer."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from convener.errors import Sentence, Unreadable, sentence

_CHUNK = 2**18
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ADVICE = sentence('In Excel: "Save as", then "CSV UTF-8 (comma delimited)" or "Excel workbook (.xlsx)".')


def detect_encoding(path: Path) -> tuple[str, list[Sentence]]:
    """Return the Python name of the file's encoding, and warnings.

    A byte order mark decides; without one the file is UTF-8 where it is valid UTF-8, else Windows-1252, which is what
    Excel writes as plain "CSV" in western Europe and the Americas. Raises :class:`Unreadable` for anything else.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        raise Unreadable(sentence("The file is in UTF-32, which is not read."), hint=_ADVICE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if not _decodes(path, "utf-16"):
            raise Unreadable(sentence("The file says that it is UTF-16, and is not: it may be cut off."), hint=_ADVICE)
        return "utf-16", []
    _refuse_nul(path)
    marked = head.startswith(codecs.BOM_UTF8)
    if _decodes(path, "utf-8"):
        return ("utf-8-sig" if marked else "utf-8"), []
    if marked:
        raise Unreadable(
            sentence("The file says that it is UTF-8, and is not: another program may have added to it."), hint=_ADVICE
        )
    if _is_binary(path) or not _decodes(path, "cp1252"):
        raise Unreadable(sentence("The file is not text, or in an encoding that cannot be told."), hint=_ADVICE)
    return "cp1252", [
        sentence(
            "The file is not UTF-8, so it was read as Windows-1252. Check the letters with accents; "
            "if they are wrong, save it as CSV UTF-8 and bring it again."
        )
    ]


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if encoding == "utf-16" and "\x00" in decoder.decode(chunk):
                    raise Unreadable(sentence("The file has NUL bytes in it: it is not a text."), hint=_ADVICE)
                if encoding != "utf-16":
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _refuse_nul(path: Path) -> None:
    position = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found = chunk.find(b"\x00")
            if found >= 0:
                told = sentence(
                    "The file has NUL bytes in it (the first at byte %(byte)s): it is not a text, or it is UTF-16 "
                    "without a byte order mark.",
                    byte=position + found + 1,
                )
                raise Unreadable(told, hint=_ADVICE)
            position += len(chunk)


def _is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return any(_BINARY.search(chunk) for chunk in iter(lambda: file.read(_CHUNK), b""))
