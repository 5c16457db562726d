"""The pages of imports: where each one is, what it would do or did, row by row."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convener.engines.tables import neutralise, write_table
from convener.errors import spoken
from convener.foundation.audit.models import Tombstone
from convener.foundation.jobs.queries import is_unfinished, progress_of
from convener.foundation.parties.models import Party
from convener.foundation.ui.components import Badge, Tab, Text, Tone
from convener.rooms.directory.actions import undoing, uploads
from convener.rooms.directory.actions.drafts import KIND
from convener.rooms.directory.actions.staging import HEADING_ROW
from convener.rooms.directory.columns import COLUMNS, NAMES
from convener.rooms.directory.models import Import, ImportEntry, ImportProblem, StagedRow
from convener.rooms.directory.pages.labels import COLUMN_TITLES, IMPORT_TITLES
from convener.rooms.directory.pages.sides import HUB_SIDE

State = Import.State
ROWS_SHOWN = 50
COMMONEST = 3
DOORS = ("confirm", "cancel", "undo", "columns", "rows", "problems", "again")
FILE_CHUNK = 2000
PROBLEM_CHUNK = 500
BYTE_ORDER_MARK = "\ufeff"  # spreadsheet programs take a file without one for another encoding
TONES: dict[str, Tone] = {
    State.STAGING: "info", State.MAPPING: "warn", State.STAGED: "warn", State.APPLYING: "info", State.DONE: "good",
    State.REFUSED: "bad", State.CANCELLED: "neutral", State.UNDOING: "info", State.UNDONE: "neutral",
}  # fmt: skip
WORKING = {
    State.STAGING: gettext_lazy("Reading the file"),
    State.STAGED: gettext_lazy("Comparing with the directory"),
    State.APPLYING: gettext_lazy("Importing"),
    State.DONE: gettext_lazy("Waiting to be undone"),
    State.UNDOING: gettext_lazy("Undoing"),
}
PLANNED: dict[str, Text] = {
    ImportEntry.Did.ADDED: gettext_lazy("Will be added"),
    ImportEntry.Did.UPDATED: gettext_lazy("Will be updated"),
    ImportEntry.Did.SKIPPED: gettext_lazy("Nothing new"),
}
#: What a tab shows by the word in its address: the rows with one outcome …
OUTCOMES: dict[str, str] = {
    "added": ImportEntry.Did.ADDED, "updated": ImportEntry.Did.UPDATED, "unchanged": ImportEntry.Did.SKIPPED,
}  # fmt: skip
#: … or the problems of rows, errors (True) or warnings.
TROUBLES = {"errors": True, "warnings": False}
DID_TONES: dict[str, Tone] = {
    ImportEntry.Did.ADDED: "good", ImportEntry.Did.UPDATED: "info", ImportEntry.Did.SKIPPED: "neutral",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row of the file: its number, the organisation it names, what becomes of it, where that is and its public ID.

    Of an organisation that is gone only the ID is left: names are erased with it.
    """

    number: int
    name: str
    did: Badge
    href: str
    public_id: str


@dataclass(frozen=True)
class Trouble:
    """An error or warning about a field of a row, and the organisation that the row names."""

    number: int
    name: str
    href: str
    field: Text
    message: str
    kind: Badge
    public_id: str


def state_badge(run: Import) -> Badge:
    """The state of an import in words."""
    if run.state == State.STAGED and run.options.get("confirmed"):
        return Badge(_("Confirmed"), "info")
    if run.state == State.DONE and run.dry_run:
        return Badge(_("Tried out, nothing written"), "info")
    return Badge(run.get_state_display(), TONES.get(run.state, "neutral"))


def is_working(run: Import) -> bool:
    """True while a job is at it or will be: the page then looks again by itself."""
    if run.state in (State.STAGING, State.APPLYING, State.UNDOING):
        return True
    return run.state in (State.STAGED, State.DONE) and is_unfinished(run.options.get("job", ""))


def overview_context(runs: Any, page: str | None) -> dict[str, Any]:
    """The list of imports, newest first."""
    page_obj = Paginator(runs.select_related("source"), ROWS_SHOWN).get_page(page)
    return {
        "page_obj": page_obj,
        "rows": [(run, state_badge(run), HUB_SIDE.to("import", run.pk)) for run in page_obj.object_list],
        "new_href": HUB_SIDE.to("import_new"),
    }


def context(run: Import, query: QueryDict) -> dict[str, Any]:
    """Everything the page of one import shows."""
    working = is_working(run)
    href = HUB_SIDE.to("import", run.pk)
    values = {
        "run": run,
        "badge": state_badge(run),
        "since": run.finished_at or run.created_at,
        "working": working,
        "href": href,
        "imports_href": HUB_SIDE.to("imports"),
        "list_href": HUB_SIDE.to("list"),
    }
    if working:
        return {**values, "working_on": _working_on(run), "progress": _progress(run)}
    stalled = uploads.is_stalled(run)
    return {
        **values,
        "ready": run.state == State.STAGED and not stalled,
        "stalled": stalled,
        "cancellable": run.state == State.STAGED and not run.options.get("confirmed"),
        "undoable": run.state == State.DONE and not run.dry_run,
        "changeable": bool(run.upload) and run.state in (State.STAGED, State.MAPPING),
        "undone": undoing.summary_of(run) if run.state == State.UNDONE else None,
        "has_rows": run.state in (State.STAGED, State.DONE, State.UNDONE, State.REFUSED) and run.rows and not stalled,
        "addresses": {name: HUB_SIDE.to(f"import_{name}", run.pk) for name in DOORS},
        "commonest": commonest_errors(run),
        "remarks": [one.text for one in run.problems.filter(number=HEADING_ROW, field="").order_by("id")],
        **_rows_context(run, query, href),
    }


def _working_on(run: Import) -> Text:
    if run.state == State.STAGED and run.options.get("confirmed"):
        return _("Waiting to be imported")
    return WORKING[State(run.state)]


def commonest_errors(run: Import) -> list[tuple[Text, str, int]]:
    """The errors that keep most rows out: (field, message, number of rows)."""
    errors = run.problems.filter(is_error=True).values("field", "said")
    counted = errors.annotate(rows=Count("number", distinct=True)).order_by("-rows", "field", "said")[:COMMONEST]
    return [(COLUMN_TITLES.get(one["field"], one["field"]), spoken(one["said"]), one["rows"]) for one in counted]


def _progress(run: Import) -> tuple[int, int | None] | None:
    """How many rows are done, and of how many where that is known: nobody knows how long a file is before its end."""
    progress = progress_of(run.options.get("job", ""))
    if progress is not None and run.state == State.STAGING:
        return progress[0], None
    return progress


def _rows_context(run: Import, query: QueryDict, href: str) -> dict[str, Any]:
    show = query.get("show", "")
    found: Any
    if show in TROUBLES:
        found = run.problems.filter(is_error=TROUBLES[show]).order_by("number", "id")
    else:
        found = run.entries.order_by("number", "id")
        found = found.filter(did=OUTCOMES[show]) if show in OUTCOMES else found
    page = Paginator(found, ROWS_SHOWN).get_page(query.get("page"))
    counts = _counts(run)
    told = {"tabs": _tabs(run, show, href, counts), "page_obj": page, "warnings": counts["warnings"]}
    if show in TROUBLES:
        return {**told, "problems": troubles(run, list(page.object_list))}
    return {**told, "rows": rows(run, list(page.object_list))}


def _counts(run: Import) -> dict[str, int]:
    """How many rows each tab is about."""
    did = dict(run.entries.order_by().values_list("did").annotate(Count("id")))
    wrong = dict(run.problems.order_by().values_list("is_error").annotate(Count("number", distinct=True)))
    return {
        "": sum(did.values()),
        **{show: did.get(outcome, 0) for show, outcome in OUTCOMES.items()},
        **{show: wrong.get(is_error, 0) for show, is_error in TROUBLES.items()},
    }


def _tabs(run: Import, show: str, href: str, counts: dict[str, int]) -> list[Tab]:
    planned = _is_planned(run)
    undone = run.state == State.UNDONE
    labels = {
        "": _("Rows without errors"),
        "added": _("To be added") if planned else _("Had been added") if undone else _("Added"),
        "updated": _("To be updated") if planned else _("Had been updated") if undone else _("Updated"),
        "unchanged": _("Unchanged"),
        "errors": _("Left out"),
        "warnings": _("With remarks"),
    }
    chosen = show if show in labels else ""
    return [
        Tab(label, f"{href}?show={name}" if name else href, name == chosen, counts[name])
        for name, label in labels.items()
    ]


def _is_planned(run: Import) -> bool:
    return run.state in (State.STAGED, State.REFUSED)


def rows(run: Import, entries: Sequence[ImportEntry]) -> list[Row]:
    """What becomes of some rows, with names, in a query each of the rows, of organisations, and of those that are gone."""
    numbers = [entry.number for entry in entries]
    named = dict(StagedRow.objects.filter(run=run, number__in=numbers).values_list("number", "values__name"))
    keys = {entry.party_id for entry in entries if entry.party_id}
    parties = Party.objects.in_bulk(keys)
    removed = Tombstone.objects.filter(kind=KIND, record_id__in=keys - parties.keys())
    gone = dict(removed.values_list("record_id", "public_id"))
    kept = _kept(run, parties)
    told = []
    for entry in entries:
        party = parties.get(entry.party_id) if entry.party_id else None
        name = party.name if party else str(named.get(entry.number) or "")
        href = HUB_SIDE.organisation(party.public_id) if party else ""
        public_id = party.public_id if party else gone.get(entry.party_id, "") if entry.party_id else ""
        badge = _undone_badge(entry, is_gone=party is None, is_kept=entry.party_id in kept) or _did_badge(run, entry)
        told.append(Row(entry.number, name, badge, href, public_id))
    return told


def _did_badge(run: Import, entry: ImportEntry) -> Badge:
    words = PLANNED[entry.did] if _is_planned(run) else entry.get_did_display()
    return Badge(words, DID_TONES[entry.did])


def _undone_badge(entry: ImportEntry, *, is_gone: bool, is_kept: bool) -> Badge | None:
    """What the undo did to the organisation of a row; None where there was nothing to take back."""
    if not entry.undone or entry.did == ImportEntry.Did.SKIPPED:
        return None
    if is_gone:
        return Badge(_("Removed"), "neutral")
    return Badge(_("Kept"), "warn") if is_kept else Badge(_("Taken back"), "neutral")


def _kept(run: Import, parties: Iterable[uuid.UUID]) -> set[uuid.UUID | None]:
    """Which of these organisations the undo left where they are: something was built on them since."""
    if run.state not in (State.UNDOING, State.UNDONE):
        return set()
    said = run.problems.filter(is_error=False, field=undoing.KEPT).values("number")
    return set(run.entries.filter(number__in=said, party_id__in=parties).values_list("party_id", flat=True))


def troubles(run: Import, problems: Sequence[ImportProblem]) -> list[Trouble]:
    """Problems as the page shows them, each with the organisation of its row: as the row names it, else as on record."""
    entries = run.entries.filter(number__in={problem.number for problem in problems})
    known = {row.number: row for row in rows(run, list(entries))}
    told = []
    for problem in problems:
        row = known.get(problem.number)
        kind = Badge(_("Error"), "bad") if problem.is_error else Badge(_("Warning"), "warn")
        name, href = problem.name or (row.name if row else ""), row.href if row else ""
        field = "" if problem.field == undoing.KEPT else COLUMN_TITLES.get(problem.field, problem.field)
        told.append(Trouble(problem.number, name, href, field, problem.text, kind, row.public_id if row else ""))
    return told


HEADINGS = ("row", "outcome", "name", "id", "field", "message")


def rows_file(run: Import) -> Iterator[str]:
    """The rows and problems of an import as lines of CSV: row, outcome, name, ID, field, message."""
    yield BYTE_ORDER_MARK + _line(HEADINGS)
    entries = run.entries.order_by("number", "id")
    for start in range(0, entries.count(), FILE_CHUNK):
        for row in rows(run, list(entries[start : start + FILE_CHUNK])):
            yield _line([row.number, row.did.text, row.name, row.public_id, "", ""])
    yield from _problem_lines(run)


def problems_file(run: Import) -> Iterator[str]:
    """The problems of an import alone, in the columns of :func:`rows_file`."""
    yield BYTE_ORDER_MARK + _line(HEADINGS)
    yield from _problem_lines(run)


def _problem_lines(run: Import) -> Iterator[str]:
    problems = iter(run.problems.order_by("number", "id").iterator(chunk_size=FILE_CHUNK))
    while some := list(islice(problems, PROBLEM_CHUNK)):
        for problem, told in zip(some, troubles(run, some), strict=True):
            yield _line([told.number, told.kind.text, told.name, told.public_id, problem.field, told.message])


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutralise(str(cell)) for cell in cells])
    return out.getvalue()


#: One row as an example of every column.
EXAMPLE: dict[str, Any] = {
    "name": "Example Shelter Network", "aliases": ["ESN"], "type": "ngos", "country": "TH",
    "registration_number": ["1234567"], "status": "active", "scope": "countries", "countries": ["TH", "LA"],
    "industries": ["fishing"], "issues": ["victim-support"], "exploitation": ["forced-labour"],
    "services": ["risk-assessment"], "languages": ["en", "th"], "summary": "Safe housing and legal aid for survivors.",
    "summary_language": "en", "website": "https://example.org", "city": "Bangkok", "email": "office@example.org",
    "visibility": "public", "place_visibility": "private", "contact_visibility": "private",
    "last_confirmed": "2026-01-31",
}  # fmt: skip


def template_file() -> bytes:
    """A CSV file with our headings and one row as an example."""
    out = io.BytesIO()
    write_table("csv", NAMES, [EXAMPLE], out, title="Organisations")
    return out.getvalue()


def help_rows() -> list[tuple[str, Text, Sequence[str]]]:
    """Our headings, what they mean, and other headings that are recognised."""
    return [(column.name, IMPORT_TITLES[column.name], column.headings) for column in COLUMNS]
