"""Imports: a list comes in as a file, and what became of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from ninja.responses import Status
from pydantic import Field

from convener.errors import InvalidValue
from convener.foundation.api import LOGIN, ApiModel, ErrorAnswer, check_parameters, require_login, root_url
from convener.foundation.api.problems import TooLarge, WrongType
from convener.foundation.uploads import expect_files
from convener.rooms.directory.actions import importing, staging, uploads
from convener.rooms.directory.actions.exporting import FORMATS
from convener.rooms.directory.actions.importing import Options
from convener.rooms.directory.api import shapes
from convener.rooms.directory.api.routing import router
from convener.rooms.directory.models import Import
from convener.rooms.directory.queries.imports import import_by_id

WRITE = "directory:write"
MULTIPART, ANYTHING = "multipart/form-data", "application/octet-stream"
BLOCK = 1 << 16
#: Up to this many bytes a list is imported while the client waits.
AT_ONCE = 2 << 20


class SupportsRead(Protocol):
    """Something to read bytes from."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most ``size``; all of them without."""


class ImportQuery(ApiModel):
    """How a file is to be read."""

    dry_run: bool = Field(False, description="Say what each row would do; write no organisation.")
    strict: bool = Field(False, description="All rows or none.")
    exact: bool = Field(False, description="Take no row for an organisation whose name only resembles its own.")
    source: str = Field("", max_length=80, description="Name of the list; ids in it are kept under this name.")
    file_name: str = Field("", max_length=200, description="Name of the file, where the body is the file itself.")
    map: list[str] = Field(default_factory=list, description="`THEIRS=OURS`: a heading of the file and our column.")
    set: list[str] = Field(default_factory=list, description="`COLUMN=VALUE`: for rows without a value of their own.")


_FILE = {"type": "string", "format": "binary", "description": "CSV, XLSX, JSON or GeoJSON."}
_BODY = {
    "required": True,
    "content": {
        MULTIPART: {"schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}},
        **{media: {"schema": {}} for media in (*FORMATS.values(), ANYTHING)},
    },
}


@router.post(
    "/imports",
    response={200: shapes.ImportSummary, 202: shapes.ImportSummary, (403, 409, 413, 415): ErrorAnswer},
    operation_id="importOrganisations",
    summary="Import a list",
    tags=["imports"],
    openapi_extra=LOGIN | {"requestBody": _BODY},
)
def import_list(request: HttpRequest, response: HttpResponse, query: Query[ImportQuery]) -> Any:
    """Import a list of organisations; for the secretariat. The body is the file, or a form with a part named `file`.

    Rows with errors stay out and are told, the others go in. A file of up to 2 MB is imported at once (200), and the
    answer is what `convener directory import --json` prints. A larger one is read in the background (202): ask its
    address until its state is `staged`, then confirm it.
    """
    actor = require_login(request, WRITE)
    check_parameters(request, ImportQuery.model_fields)
    importing.require_importer(actor)
    options = Options(
        dry_run=query.dry_run,
        strict=query.strict,
        exact=query.exact,
        map=_pairs("map", query.map),
        set=_pairs("set", query.set),
        source_name=query.source,
    )
    body, name = _body(request, query.file_name)
    if _size(request) > AT_ONCE:
        run = uploads.receive(name, iter(lambda: body.read(BLOCK), b""), actor=actor, options=options)
        response["Location"] = f"{root_url(request)}imports/{run.pk}"
        return Status(202, _summary(request, run))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(body.read())
        run = importing.import_file(path, actor=actor, options=options, limits=importing.limits())
    return Status(200, _summary(request, run))


@router.get(
    "/imports/{id}",
    response={200: shapes.ImportSummary, (403, 404): ErrorAnswer},
    operation_id="getImport",
    summary="One import",
    tags=["imports"],
    openapi_extra=LOGIN,
)
def get_import(request: HttpRequest, id: str) -> Any:
    """What became of an import."""
    actor = require_login(request, WRITE)
    check_parameters(request, ())
    return _summary(request, import_by_id(id, actor))


@router.post(
    "/imports/{id}/confirm",
    response={202: shapes.ImportSummary, (403, 404, 409): ErrorAnswer},
    operation_id="confirmImport",
    summary="Confirm an import",
    tags=["imports"],
    openapi_extra=LOGIN,
)
def confirm_import(request: HttpRequest, response: HttpResponse, id: str) -> Any:
    """Have the rows of an import written that was read in the background and waits (`staged`)."""
    return _decided(request, response, id, uploads.confirm)


@router.post(
    "/imports/{id}/undo",
    response={202: shapes.ImportSummary, (403, 404, 409): ErrorAnswer},
    operation_id="undoImport",
    summary="Undo an import",
    tags=["imports"],
    openapi_extra=LOGIN,
)
def undo_import(request: HttpRequest, response: HttpResponse, id: str) -> Any:
    """Have a whole finished import taken back, in the background; what was changed since stays."""
    return _decided(request, response, id, uploads.request_undo)


def _decided(
    request: HttpRequest, response: HttpResponse, id: str, decide: Callable[..., None]
) -> Status[dict[str, Any]]:
    actor = require_login(request, WRITE)
    check_parameters(request, ())
    run = import_by_id(id, actor)
    decide(run, actor=actor)
    response["Location"] = f"{root_url(request)}imports/{run.pk}"
    return Status(202, _summary(request, run))


def _summary(request: HttpRequest, run: Import) -> dict[str, Any]:
    summary = staging.summary_of(run)
    return {**summary, "message": run.text, "url": f"{root_url(request)}imports/{run.id}"}


def _pairs(field: str, given: list[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        name, equals, value = one.rpartition("=") if field == "map" else one.partition("=")
        if not equals or not name or not value:
            raise InvalidValue(field, _("“%(text)s” is not NAME=VALUE.") % {"text": one[:80]})
        pairs[name] = value
    return pairs


def _size(request: HttpRequest) -> int:
    said = str(request.META.get("CONTENT_LENGTH") or "")
    return int(said) if said.isdecimal() else 0


def _body(request: HttpRequest, name: str) -> tuple[SupportsRead, str]:
    """The file in the body, to be read in blocks, and its name. Raises TooLarge, WrongType, InvalidValue ('file')."""
    most = importing.limits().max_bytes
    if _size(request) > most:
        raise TooLarge(
            _("The file is too large: up to %(size)d MB are read.") % {"size": most >> 20},
            hint=_("Split it into several files."),
        )
    media = (request.content_type or "").lower()
    if media == MULTIPART:
        expect_files(request)
        upload = request.FILES.get("file")
        if upload is None:
            raise InvalidValue("file", _("The form has no part named file."), hint=_("Send the list as the part file."))
        return upload, _plain(name or upload.name or "")
    if media not in (*FORMATS.values(), ANYTHING):
        raise WrongType(
            _("A body of this type is not read here."),
            hint=_("Send one of: %(types)s.") % {"types": ", ".join((MULTIPART, *FORMATS.values(), ANYTHING))},
        )
    ending = next((fmt for fmt, known in FORMATS.items() if known == media), "")
    return request, _plain(name or f"list.{ending}".rstrip("."))


def _plain(name: str) -> str:
    """A file's name without its folders, short enough for every file system."""
    last = PurePosixPath(name.replace("\\", "/").replace("\x00", "")).name[-60:]
    return last if last not in ("", ".", "..") else "list"
