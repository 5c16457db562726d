"""Files in forms: refused where no page expects one, so that nobody can fill the disk from a login form; their names."""

from __future__ import annotations

import unicodedata
from typing import Any, NoReturn

from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest

#: Joiners that words of Persian and of Indian languages need; everything else without a shape of its own is replaced.
_JOINERS = "\u200c\u200d"
_SHAPELESS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
NAME_CHARS = 200


class NoFilesHandler(FileUploadHandler):
    """The upload handler of every page that expects no file: the form is dropped where its first file begins."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Stop reading: neither memory nor disk takes a byte of the file."""
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand on what never comes."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing."""


def expect_files(request: HttpRequest, *before: FileUploadHandler) -> None:
    """Let this request bring files, past the handlers ``before``. Must come before anything reads ``request.POST``."""
    request.upload_handlers = [*before, MemoryFileUploadHandler(request), TemporaryFileUploadHandler(request)]


def shown_name(name: str) -> str:
    """The last part of a received file's name as it may be kept and shown: at most 200 characters, NFC.

    Controls, characters that turn the direction of writing (U+202E makes "exe.csv" of "vsc.exe"), other invisible ones
    and bytes that are no text become U+FFFD, so that a name that was meant to mislead is seen to be odd.
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    kept = (one if one in _JOINERS or unicodedata.category(one) not in _SHAPELESS else "\ufffd" for one in last)
    return "".join(kept)[:NAME_CHARS]
