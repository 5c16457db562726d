"""Importing lists, for the secretariat: bring a file, look at what it would do, confirm, see what it did, undo."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convener.errors import Refused
from convener.foundation.accounts.queries import actor_of
from convener.foundation.actor import Actor
from convener.rooms.directory.actions import importing, uploads
from convener.rooms.directory.forms.imports import ColumnsForm, UploadForm
from convener.rooms.directory.models import Import
from convener.rooms.directory.pages import imports as pages
from convener.rooms.directory.pages.sides import HUB_SIDE
from convener.rooms.directory.queries.imports import import_by_id, visible_to
from convener.rooms.directory.uploading import limit_upload


def _importer(request: HttpRequest) -> Actor:
    """The actor, who must be allowed to import."""
    actor = actor_of(request)
    importing.require_importer(actor)
    return actor


def _run(request: HttpRequest, import_id: str) -> Import:
    return import_by_id(import_id, _importer(request))


def _to(run: Import) -> HttpResponse:
    return redirect(HUB_SIDE.to("import", run.pk))


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All imports, newest first."""
    runs = visible_to(_importer(request))
    return render(request, "directory/imports/list.html", pages.overview_context(runs, request.GET.get("page")))


@csrf_exempt  # the check comes after the limit, in the inner view: it reads the whole request
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Bring a file."""
    _importer(request)
    if request.method == "POST":
        limit_upload(request, importing.limits().max_bytes)
    return _upload(request)


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    actor = _importer(request)
    form = UploadForm()
    if request.method == "POST":
        data, files = request.POST, request.FILES  # reading them is what counts the bytes
        too_large = bool(getattr(request, "too_large", False))
        form = UploadForm(data, files, too_large=too_large, most_mb=settings.CONVENER.max_upload_mb)
        if form.is_valid():
            file = form.cleaned_data["file"]
            return _to(uploads.receive(file.name, file.chunks(), actor=actor, options=form.options()))
    context = {
        "form": form,
        "most_mb": settings.CONVENER.max_upload_mb,
        "help_rows": pages.help_rows(),
        "template_href": HUB_SIDE.to("import_template"),
        "imports_href": HUB_SIDE.to("imports"),
        "list_href": HUB_SIDE.to("list"),
    }
    return render(request, "directory/imports/new.html", context, status=422 if form.errors else 200)


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """A file with our headings and an example."""
    _importer(request)
    response = HttpResponse(pages.template_file(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="organisations-template.csv"'
    return response


@require_safe
def show(request: HttpRequest, import_id: str) -> HttpResponse:
    """Where an import is. While a job works on it, the page looks again by itself, with script or without."""
    run = _run(request, import_id)
    if run.state == Import.State.MAPPING:
        return redirect(HUB_SIDE.to("import_columns", run.pk))
    context = pages.context(run, request.GET)
    if request.headers.get("HX-Request"):
        response = render(request, "directory/imports/progress.html", context)
        if not context["working"]:
            response["HX-Refresh"] = "true"
        return response
    return render(request, "directory/imports/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, import_id: str) -> HttpResponse:
    """Say what the columns of the file mean."""
    run, actor = _run(request, import_id), actor_of(request)
    if run.state not in (Import.State.MAPPING, Import.State.STAGED) or not run.upload:
        raise Refused(_("The columns of this import can no longer be changed."), hint=_("Bring the file again."))
    form = ColumnsForm(request.POST if request.method == "POST" else None, run=run)
    if request.method == "POST" and form.is_valid():
        uploads.choose_columns(run, form.mapping(), form.fixed(), actor=actor)
        return _to(run)
    context = {
        "form": form,
        "run": run,
        "asked": run.state == Import.State.MAPPING,
        "cancel_href": HUB_SIDE.to("import_cancel", run.pk),
        "back_href": HUB_SIDE.to("import", run.pk) if run.state == Import.State.STAGED else "",
        "imports_href": HUB_SIDE.to("imports"),
    }
    return render(request, "directory/imports/columns.html", context, status=422 if form.errors else 200)


@require_safe
def rows_file(request: HttpRequest, import_id: str) -> HttpResponseBase:
    """What becomes of each row, and every problem, as CSV."""
    run = _run(request, import_id)
    return _csv(pages.rows_file(run), f"import-{run.pk}.csv")


@require_safe
def problems_file(request: HttpRequest, import_id: str) -> HttpResponseBase:
    """Every problem as CSV, with the organisation that the row names."""
    run = _run(request, import_id)
    return _csv(pages.problems_file(run), f"import-{run.pk}-problems.csv")


def _csv(content: Iterable[str], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def again(request: HttpRequest, import_id: str) -> HttpResponse:
    """Have the comparison that failed made again."""
    run = _run(request, import_id)
    uploads.compare_again(run, actor=actor_of(request))
    return _to(run)


@require_POST
def confirm(request: HttpRequest, import_id: str) -> HttpResponse:
    """Have the rows written."""
    run = _run(request, import_id)
    uploads.confirm(run, actor=actor_of(request))
    return _to(run)


@require_POST
def cancel(request: HttpRequest, import_id: str) -> HttpResponse:
    """Drop an import before anything was written."""
    run = _run(request, import_id)
    uploads.cancel(run, actor=actor_of(request))
    messages.success(request, _("The import was cancelled. Nothing was written."))
    return redirect(HUB_SIDE.to("imports"))


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, import_id: str) -> HttpResponse:
    """Take an import back, after asking."""
    run = _run(request, import_id)
    if request.method == "POST":
        uploads.request_undo(run, actor=actor_of(request))
        return _to(run)
    if run.state != Import.State.DONE or run.dry_run:
        raise Refused(_("Only a finished import can be undone, and only once."), hint=_("Look at where it is now."))
    return render(request, "directory/imports/undo.html", {"run": run, "href": HUB_SIDE.to("import", run.pk)})
