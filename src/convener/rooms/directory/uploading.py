"""Receiving a file in a form without letting it fill memory or disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from convener.foundation.uploads import expect_files


class QuotaUploadHandler(FileUploadHandler):
    """Stands before Django's own handlers and drops a form whose files are larger than ``most_bytes`` in sum.

    The rest of the request is read and thrown away, so that the browser can show the answer; ``request.too_large``
    tells the view.
    """

    def __init__(self, request: HttpRequest, most_bytes: int) -> None:
        super().__init__(request)
        self.left = most_bytes

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count, and pass on to the next handler."""
        self.left -= len(raw_data)
        if self.left < 0:
            self.request.too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """Leave the file to the next handler."""
        return None


def limit_upload(request: HttpRequest, most_bytes: int) -> None:
    """Take the request's files, counted. Must come before anything reads ``request.POST``."""
    request.too_large = False  # type: ignore[attr-defined]
    expect_files(request, QuotaUploadHandler(request, most_bytes))
