"""Answers that both doors give alike, for an actor and a side."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, QueryDict

from convener.foundation.actor import Actor
from convener.rooms.library.actions.exporting import FORMATS, export_guidance, export_practices
from convener.rooms.library.queries import guidance, practices

SPOOL_BYTES = 2 * 1024 * 1024
#: What can be downloaded: how the address is read, and what writes the file.
_SHELVES: dict[str, tuple[Callable[[QueryDict], Any], Callable[..., int]]] = {
    "practices": (practices.read_filters, export_practices),
    "guidance": (guidance.read_filters, export_guidance),
}


def download(request: HttpRequest, actor: Actor, shelf: str, fmt: str) -> HttpResponseBase:
    """A list as a file: written whole before the first byte is sent, so it is never cut short."""
    if fmt not in FORMATS:
        raise Http404
    read, write = _SHELVES[shelf]
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - the response closes it
    try:
        write(file, fmt, actor=actor, filters=read(request.GET))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return FileResponse(file, as_attachment=True, filename=f"{shelf}.{fmt}", content_type=FORMATS[fmt])
