"""Imports through pages: a file is received, read by a job, looked at by a person, confirmed, applied by another job.

The file lies under the hub's data folder, readable by the hub alone, until its rows were read and decided upon.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from convener.errors import Refused
from convener.foundation.actor import Actor, Door, Role
from convener.foundation.audit import actions as audit
from convener.foundation.jobs.actions import enqueue
from convener.foundation.jobs.queries import is_unfinished
from convener.rooms.directory.actions import importing, leases, undoing
from convener.rooms.directory.actions.importing import Options, State
from convener.rooms.directory.actions.staging import Advance
from convener.rooms.directory.models import Import

FOLDER = "uploads"
READ, APPLY, UNDO = "directory.stage_import", "directory.apply_import", "directory.undo_import"


def path_of(run: Import) -> Path:
    """Where the received file of an import lies."""
    return Path(settings.DATA_DIR) / "files" / run.upload


def receive(name: str, chunks: Iterable[bytes], *, actor: Actor, options: Options) -> Import:
    """Keep a received file and have it read. ``name`` is what the person called it; ``chunks`` its bytes.

    Raises NotAllowed for all but the secretariat. When the import cannot begin, the file is not kept either.
    """
    importing.require_importer(actor)
    relative = f"{FOLDER}/{uuid.uuid4().hex}"
    path = Path(settings.DATA_DIR) / "files" / relative
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        with transaction.atomic():
            run = importing.begin(name, actor=actor, options=options, upload=relative)
            _enqueue(run, READ)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return run


def read(run: Import, *, advance: Advance) -> None:
    """The job: read the file and compare it with the directory. Begins again where it was interrupted."""
    if run.state == State.STAGING:
        importing.stage(run, path_of(run), limits=importing.limits(), advance=advance)
    if run.state == State.STAGED and not run.options.get("previewed"):
        _compare(run, advance)
    if run.state not in (State.STAGED, State.MAPPING):
        forget_file(run)


def _compare(run: Import, advance: Advance) -> None:
    try:
        importing.preview(run, advance=advance)
    except Exception:
        with contextlib.suppress(DatabaseError):  # one that is away: the lease runs out
            leases.release(run)  # a person may want to try again at once
        raise


def compare_again(run: Import, *, actor: Actor) -> None:
    """Have an import go on that stopped before anything was written. Raises Refused when none did, or a job is at it."""
    importing.require_importer(actor)
    if not _enqueue_comparison(run):
        raise Refused(_("This import does not wait to be compared."), hint=_("Look at where it is now."))


def resume_comparisons() -> int:
    """Let comparisons that were left half made be made again, each once: what fails again is a person's to decide.

    The number of those. A comparison is left when its process was killed and its job found it still held.
    """
    left = Import.objects.filter(state=State.STAGED).exclude(upload="").order_by("created_at")
    return sum(_enqueue_comparison(run) for run in left if not run.options.get("resumed"))


@transaction.atomic
def _enqueue_comparison(run: Import) -> bool:
    """Put the job in the queue that compares what was read; False where it is not needed, or somebody is at it.

    Where somebody confirmed what the comparison said, they are asked again.
    """
    fresh = Import.objects.select_for_update().get(pk=run.pk)
    if not is_stalled(fresh) or not leases.is_free(fresh):
        return False
    kept = {name: value for name, value in fresh.options.items() if name not in ("previewed", "confirmed")}
    fresh.options = {**kept, "resumed": True}
    _enqueue(fresh, READ)
    return True


def is_stalled(run: Import) -> bool:
    """True of an import that was read, whose comparison or start did not end well, and that no job works on."""
    waits_for_job = run.is_comparing or (run.state == State.STAGED and bool(run.options.get("confirmed")))
    return waits_for_job and not is_unfinished(run.options.get("job", ""))


def choose_columns(run: Import, mapping: Mapping[str, str], fixed: Mapping[str, str], *, actor: Actor) -> None:
    """Read the file again with the person's word on what its columns mean.

    ``mapping``: heading → column of ours; ``fixed``: column → cell for rows that say nothing.
    """
    importing.require_importer(actor)
    with transaction.atomic():
        fresh = Import.objects.select_for_update().get(pk=run.pk)
        if fresh.state not in (State.MAPPING, State.STAGED) or fresh.options.get("confirmed") or not fresh.upload:
            raise Refused(_("The columns of this import can no longer be changed."), hint=_("Bring the file again."))
        kept = {name: value for name, value in fresh.options.items() if name not in ("previewed", "resumed")}
        fresh.options = {**kept, "map": dict(mapping), "set": dict(fixed)}
        fresh.state = State.STAGING
        fresh.save(update_fields=["options", "state"])
        _enqueue(fresh, READ)


def confirm(run: Import, *, actor: Actor) -> None:
    """Have what was read written. Raises Refused when the import does not wait for that (any more)."""
    importing.require_importer(actor)
    with transaction.atomic():
        fresh = Import.objects.select_for_update().get(pk=run.pk)
        if fresh.state != State.STAGED or fresh.options.get("confirmed") or fresh.is_comparing:
            raise Refused(_("This import does not wait for confirmation."), hint=_("Look at where it is now."))
        fresh.options = {**fresh.options, "confirmed": True}
        fresh.save(update_fields=["options"])
        _enqueue(fresh, APPLY, **_who(actor))
        audit.record(actor, "directory.import_confirmed", "import", fresh.id)


def apply(run: Import, *, actor: Actor, advance: Advance) -> None:
    """The job: write the rows, going on where it was interrupted."""
    if run.state in (State.STAGED, State.APPLYING):
        importing.finish(run, actor=actor, advance=advance)
    if run.state not in (State.STAGED, State.APPLYING):
        forget_file(run)


def cancel(run: Import, *, actor: Actor) -> None:
    """Drop an import that waits for a person, and its file."""
    importing.cancel(run, actor=actor)
    forget_file(run)


def request_undo(run: Import, *, actor: Actor) -> None:
    """Have a finished import taken back."""
    importing.require_importer(actor)
    with transaction.atomic():
        fresh = Import.objects.select_for_update().get(pk=run.pk)
        if fresh.state != State.DONE or fresh.dry_run or is_unfinished(fresh.options.get("job", "")):
            raise Refused(_("Only a finished import can be undone, and only once."), hint=_("Look at where it is now."))
        _enqueue(fresh, UNDO, **_who(actor))


def undo(run: Import, *, actor: Actor) -> None:
    """The job: take the import back, going on where it was interrupted."""
    if run.state in (State.DONE, State.UNDOING):
        undoing.undo(run, actor=actor, resumed=run.state == State.UNDOING)


def forget_file(run: Import) -> None:
    """Delete the received file: the rows are in, or will never be."""
    if run.upload:
        with contextlib.suppress(FileNotFoundError):
            path_of(run).unlink()


def _enqueue(run: Import, job: str, **args: Any) -> None:
    """Put the job in the queue in the caller's transaction, and remember it with the import."""
    job_id = enqueue(job, import_id=str(run.pk), **args)
    run.options = {**run.options, "job": str(job_id)}
    Import.objects.filter(pk=run.pk).update(options=run.options)


def _who(actor: Actor) -> dict[str, str]:
    return {
        "user_id": str(actor.user_id or ""),
        "party_id": str(actor.party_id or ""),
        "role": actor.role.value if actor.role else "",
    }


def actor_in_job(user_id: str, party_id: str, role: str) -> Actor:
    """The person who asked for a job, as the actor of what it does: they were allowed to when they asked."""
    return Actor(
        door=Door.JOB,
        user_id=uuid.UUID(user_id) if user_id else None,
        party_id=uuid.UUID(party_id) if party_id else None,
        role=Role(role) if role else None,
        operator=not role,
    )
