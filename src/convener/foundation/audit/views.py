"""The audit's page and its export. Both are written into the audit themselves."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.engines.tables import neutralise
from convener.foundation.accounts.queries import actor_of
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record
from convener.foundation.audit.forms import AuditForm
from convener.foundation.audit.models import AuditEntry
from convener.foundation.audit.queries import NamedEntry, named, visible_to

PER_PAGE = 50
#: Entries that an export reads and names at a time, so that its memory does not grow with the audit.
CHUNK = 1000
COLUMNS = [
    "at", "person", "person_id", "organisation", "organisation_id", "role", "door", "action", "kind", "record",
    "record_id", "record_name", "fields", "outcome", "count",
]  # fmt: skip


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Search the audit: everything for those who run the hub, one's own entries for the others."""
    actor = actor_of(request)
    form = AuditForm(request.GET, actor=actor)
    status = 200 if form.is_valid() else 422
    entries = form.search().apply(visible_to(actor)) if form.is_valid() else AuditEntry.objects.none()
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    rows = named(page.object_list, actor)
    record(actor, "audit.read", "audit", count=len(rows))
    values = {"form": form, "page_obj": page, "rows": rows, "query": request.GET.urlencode()}
    return render(request, "audit/audit.html", values, status=status)


@require_safe
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """What the page found, as CSV in UTF-8; the export is an entry of the audit with the number of rows."""
    actor = actor_of(request)
    form = AuditForm(request.GET, actor=actor)
    if not form.is_valid():
        return render(request, "audit/audit.html", {"form": form, "rows": []}, status=422)
    entries = form.search().apply(visible_to(actor))
    newest = entries.first()
    if newest is not None:  # entries made from now on, this export among them, stay out of it
        entries = entries.filter(at__lte=newest.at)
    record(actor, "audit.export", "audit", count=entries.count())
    response = StreamingHttpResponse(_lines(entries, actor), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


class _Echo:
    """A file for the csv module that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _lines(entries: QuerySet[AuditEntry], actor: Actor) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    stream = entries.iterator(chunk_size=CHUNK)
    while chunk := list(itertools.islice(stream, CHUNK)):
        for row in named(chunk, actor):
            yield writer.writerow([neutralise(str(value)) for value in _cells(row)])


def _cells(row: NamedEntry) -> list[Any]:
    entry = row.entry
    return [
        entry.at.isoformat(timespec="milliseconds"),
        row.person,
        entry.user_id or "",
        row.organisation,
        row.organisation_id,
        entry.role,
        entry.door,
        entry.action,
        entry.kind,
        entry.record,
        row.record.public_id,
        row.record.name,
        "|".join(entry.fields),
        entry.outcome,
        entry.count,
    ]
