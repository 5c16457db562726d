"""Bulk download: everything a list holds, in one file."""

from __future__ import annotations

import tempfile
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest
from ninja import Path, Query
from pydantic import Field

from convener.foundation.api import ErrorAnswer, actor_of
from convener.rooms.directory.actions.exporting import FORMATS, export
from convener.rooms.directory.api.filters import OrganisationFilters, filters_of
from convener.rooms.directory.api.routing import router
from convener.rooms.directory.models import Kind

Format = Annotated[Literal["csv", "json", "xlsx", "geojson"], Field(description="Kind of file.")]
#: Up to this size a download is put together in memory; a larger one in a file that has no name.
IN_MEMORY = 4 * 1024 * 1024
_SCHEMAS: dict[str, Any] = {
    "csv": {"type": "string"},
    "xlsx": {"type": "string", "format": "binary"},
    "json": {"type": "array", "items": {"type": "object"}},
    "geojson": {"type": "object", "required": ["type", "features"]},
}
_CONTENT = {media: {"schema": _SCHEMAS[fmt]} for fmt, media in FORMATS.items()}


@router.get(
    "/organisations.{format}",
    response={200: None, (403, 409): ErrorAnswer},
    operation_id="downloadOrganisations",
    summary="Download organisations",
    tags=["organisations"],
    openapi_extra={"responses": {200: {"content": _CONTENT}}},
)
def download(
    request: HttpRequest,
    format: Path[Format],
    query: Query[OrganisationFilters],
) -> FileResponse:
    """All organisations that the filters let through, in one file that imports again as no change. It is audited.

    A workbook (`xlsx`) has at most 50,000 rows; CSV and JSON have no limit."""
    actor = actor_of(request, "directory:read")
    filters = filters_of(request, Kind.ORGANISATION, query)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        export(file, format, actor=actor, filters=filters, waited_for=True)  # type: ignore[arg-type]
        length = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = FileResponse(file, as_attachment=True, filename=f"organisations.{format}", content_type=FORMATS[format])
    response["Content-Length"] = str(length)
    return response
