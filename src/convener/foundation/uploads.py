"""Files in forms: refused everywhere but where a page expects one, so that nobody can fill the disk from a login form."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest


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
