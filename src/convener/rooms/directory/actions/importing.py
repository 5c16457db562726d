"""Imports from the first byte to the last row, and what happens after a kill.

begin → stage → (dry run: plan) → apply      one call for the command line: :func:`import_file`
begin → stage → preview | a person confirms | apply    pages, through jobs (:mod:`uploads`)
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.engines.tables import Limits
from convener.errors import ConvenerError, NotAllowed, Refused, Unreadable, sentence, stored
from convener.foundation.actor import HUB, Actor
from convener.foundation.audit import actions as audit
from convener.foundation.garbage import few_collections
from convener.foundation.jobs.queries import is_unfinished
from convener.foundation.parties.models import Source
from convener.foundation.parties.queries import hub_party
from convener.foundation.parties.sources import source_for
from convener.foundation.pauses import Pauses
from convener.foundation.uploads import shown_name
from convener.rooms.directory.actions import applying, duplicates, leases, likeness, planning, staging, undoing
from convener.rooms.directory.actions.headings import NoNameColumn
from convener.rooms.directory.actions.staging import Advance
from convener.rooms.directory.models import Import, ImportEntry, ImportProblem, StagedRow

log = structlog.get_logger()
State = Import.State
DELETED_AT_ONCE = 2000


def nobody_watches(done: int, total: int) -> None:
    """Progress that is shown to nobody."""


@dataclass(frozen=True)
class Options:
    """How a file is to be read. ``map``: heading → column; ``set``: column → value for rows without one; ``exact``: a row is
    taken for an entry by its ID, its numbers or its exact name, not for what resembles it.
    """

    dry_run: bool = False
    strict: bool = False
    map: Mapping[str, str] = field(default_factory=dict)
    set: Mapping[str, str] = field(default_factory=dict)
    source_name: str = ""
    exact: bool = False


def limits() -> Limits:
    """How large a file may be on this hub."""
    return Limits(max_bytes=settings.CONVENER.max_upload_mb * 1024 * 1024)


def require_importer(actor: Actor) -> None:
    """Only the secretariat, administrators and operators import lists."""
    if not actor.runs_the_hub or not actor.has_scope("directory:write"):
        raise NotAllowed(
            _("Only the secretariat may import lists."), hint=_("Send the list to the secretariat of this hub.")
        )


@transaction.atomic
def begin(file_name: str, *, actor: Actor, options: Options, upload: str = "") -> Import:
    """A new import, audited; nothing is read yet."""
    require_importer(actor)
    given = shown_name(options.source_name or Path(file_name).stem)
    source_name = _source_name(given)  # people read the name that was given; numbers are kept under this one
    source = source_for(Source.Kind.IMPORT, f"import:{source_name}", " ".join(given.split()) or source_name)
    run = Import.objects.create(
        file_name=shown_name(file_name),
        source=source,
        upload=upload,
        strict=options.strict,
        dry_run=options.dry_run,
        options={
            "map": dict(options.map),
            "set": dict(options.set),
            "source_name": source_name,
            "exact": options.exact,
        },
        owner_id=actor.party_id or hub_party().id,
        user_id=actor.user_id,
    )
    audit.record(actor, "directory.import", "import", run.id)
    return run


def _source_name(text: str) -> str:
    """A list's name as it stands in ``source_ids``: what an export writes must be read as the same name again."""
    return re.sub(r"[^\w.\-]+", "-", unicodedata.normalize("NFKC", text)).strip("-")[:80] or "list"


def import_file(
    path: Path, *, actor: Actor, options: Options, limits: Limits | None = None, advance: Advance = nobody_watches
) -> Import:
    """Import a file in one go. Raises Unreadable or Refused with nothing written; bad rows stay out with their errors."""
    with transaction.atomic():  # killed at whatever moment, it leaves an import that is known to be nobody's
        run = begin(path.name, actor=actor, options=options)
        leases.take(run)
    stage(run, path, limits=limits or Limits(), advance=advance)
    if run.state == State.STAGED:
        finish(run, actor=actor, advance=advance)
    return run


@few_collections()
def stage(run: Import, path: Path, *, limits: Limits, advance: Advance = nobody_watches) -> None:
    """Read and check the file; leaves ``run`` STAGED, or REFUSED under ``strict`` when a row is bad.

    A file that a page received stays until it was read: whoever is interrupted begins it again, and where no column is
    known to hold the name, a person is asked (MAPPING).
    """
    leases.take(run)
    try:
        if run.upload:
            forget_staged(run)
        staging.stage(run, path, limits=limits, advance=advance)
    except NoNameColumn as error:
        if not run.upload:
            clear(run, State.REFUSED, error.sentence)
            raise
        _move(run, State.MAPPING)
        return
    except ConvenerError as error:
        clear(run, State.REFUSED, error.sentence)
        raise
    except OSError as error:
        told = sentence("The file cannot be read: %(why)s.", why=error.strerror or str(error))
        refusal = Unreadable(told, hint=sentence("Check it and bring it again."))
        clear(run, State.REFUSED, refusal.sentence)
        raise refusal from error
    except BaseException:
        if not run.upload:
            with contextlib.suppress(DatabaseError):  # a database that is full or away: the next start clears
                clear(run, State.CANCELLED, sentence("The import was interrupted while the file was read."))
        raise
    if not refuse_if_strict(run):
        _keep_mark(run)
        _move(run, State.STAGED, keep_lease=not run.upload)


def forget_staged(run: Import) -> None:
    """Drop everything that reading the file left, so that it can be read again."""
    for model in (StagedRow, ImportProblem, ImportEntry):
        _delete(model.objects.filter(run=run))
    run.rows = run.failed = 0
    Import.objects.filter(pk=run.pk).update(rows=0, added=0, updated=0, skipped=0, failed=0)


def refuse_if_strict(run: Import) -> bool:
    """Close a strict import that has a bad row."""
    if not run.strict or not run.failed:
        return False
    _delete(ImportEntry.objects.filter(run=run))
    Import.objects.filter(pk=run.pk).update(added=0, updated=0, skipped=0)
    told = sentence(
        "Rows with errors: %(failed)s of %(rows)s, so nothing was imported.", failed=run.failed, rows=run.rows
    )
    clear(run, State.REFUSED, told)
    return True


def _keep_mark(run: Import) -> None:
    """Where reading ended: problems and failures beyond that are a preview's, and go before the rows are written."""
    last = ImportProblem.objects.filter(run=run).order_by("-id").values_list("id", flat=True).first()
    run.options = {**run.options, "read": {"failed": run.failed, "last_problem": last or 0}}
    Import.objects.filter(pk=run.pk).update(options=run.options)


def preview(run: Import, *, advance: Advance = nobody_watches) -> None:
    """Say row by row what applying would do. ``run`` stays STAGED; under ``strict`` it is REFUSED for a bad row."""
    if run.state != State.STAGED:
        raise Refused(_("This import is not waiting to be applied."))
    leases.take(run)
    _forget_preview(run)
    planning.plan(run, advance=advance)
    run.refresh_from_db()
    if refuse_if_strict(run):
        return
    run.options = {**run.options, "previewed": True}
    Import.objects.filter(pk=run.pk).update(options=run.options)
    if run.upload:
        leases.release(run)


def _forget_preview(run: Import) -> None:
    """Take away what a preview noted, in short transactions; what reading the file found stays."""
    read = run.options["read"]
    _delete(ImportEntry.objects.filter(run=run))
    _delete(ImportProblem.objects.filter(run=run, id__gt=read["last_problem"]))
    run.options = {name: value for name, value in run.options.items() if name != "previewed"}
    run.failed = read["failed"]
    Import.objects.filter(pk=run.pk).update(options=run.options, added=0, updated=0, skipped=0, failed=run.failed)


def _delete(rows: QuerySet[Any]) -> None:
    """Delete many rows, some thousand a transaction, so that other writers are let in between."""
    let_others_in = Pauses()
    while ids := list(rows.order_by("id").values_list("id", flat=True)[:DELETED_AT_ONCE]):
        rows.model._default_manager.filter(id__in=ids).delete()
        let_others_in()


@few_collections()
def finish(run: Import, *, actor: Actor, advance: Advance = nobody_watches) -> None:
    """Apply what was staged, or, for a dry run, say what would happen."""
    if run.state not in (State.STAGED, State.APPLYING):
        raise Refused(_("This import is not waiting to be applied."))
    leases.take(run)
    if run.dry_run:
        planning.plan(run, advance=advance)
        clear(run, State.DONE)
        return
    if run.state == State.STAGED:
        if run.strict and not run.options.get("previewed"):  # a row can be right by itself and still not go in
            preview(run)
            if run.state != State.STAGED:
                return
            leases.take(run)
        _forget_preview(run)
    likeness.make_ready()
    _move(run, State.APPLYING, keep_lease=True)
    applying.apply(run, actor=actor, advance=advance)
    with transaction.atomic():
        _end(run, State.DONE)
        if run.added:
            duplicates.find_soon()


def cancel(run: Import, *, actor: Actor) -> None:
    """Drop a staged import before it is applied."""
    require_importer(actor)
    if run.state not in (State.STAGED, State.MAPPING) or run.options.get("confirmed"):
        raise Refused(_("Only an import that waits for confirmation can be cancelled."))
    clear(run, State.CANCELLED)
    audit.record(actor, "directory.import_cancelled", "import", run.id)


def clear(run: Import, state: State, message: str = "") -> None:
    """Drop what was staged, and close ``run``; problems stay so that the person can read them."""
    _delete(StagedRow.objects.filter(run=run))
    run.said = list(stored(message))
    _end(run, state)


def _end(run: Import, state: State) -> None:
    Import.objects.filter(pk=run.pk).update(
        state=state,
        said=run.said,
        rows=run.rows,
        failed=max(run.failed, _failed(run)),
        finished_at=timezone.now(),
        lease_holder="",
        lease_until=None,
    )
    run.refresh_from_db()


def _failed(run: Import) -> int:
    return ImportProblem.objects.filter(run=run, is_error=True).values("number").distinct().count()


def _move(run: Import, state: State, *, keep_lease: bool = False) -> None:
    run.state = state
    Import.objects.filter(pk=run.pk).update(state=state)
    if not keep_lease:
        leases.release(run)


def recover() -> int:
    """Finish or reverse what killed processes left: half-read files are dropped, half-applied ones go on to the end.

    Called at the start of ``work`` and of every directory command; the number of imports that were mended.
    """
    mended = 0
    for run in leases.left_behind():
        try:
            mended += _mend(run)
        except Refused:  # another process was quicker
            continue
        except (DataError, IntegrityError) as error:  # it must not keep others from their imports
            log.error("import_not_mended", id=str(run.pk), error_type=type(error).__name__)
    return mended


def _mend(run: Import) -> bool:
    if run.state in (State.STAGING, State.STAGED):
        if run.upload and is_unfinished(run.options.get("job", "")):
            return False  # the job that reads it begins again
        told = sentence("The process that read the file was stopped. Nothing was imported.")
        clear(run, State.CANCELLED, told)
    elif run.state == State.APPLYING:
        finish(run, actor=HUB)
    else:
        undoing.undo(run, actor=HUB, resumed=True)
    return True
