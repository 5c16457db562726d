"""The directory's work in the background: reading, applying and undoing imports, mending interrupted ones,
and looking for duplicates."""

from __future__ import annotations

from datetime import timedelta

from convener.errors import ConvenerError
from convener.foundation.jobs.registry import job
from convener.foundation.jobs.running import progress


@job("directory.stage_import")
def stage_import(import_id: str) -> None:
    """Read a received file and compare it with the directory. A bad file ends the import, and the job is done."""
    from convener.rooms.directory.actions import uploads
    from convener.rooms.directory.models import Import

    run = Import.objects.get(pk=import_id)
    try:
        uploads.read(run, advance=progress)
    except ConvenerError:
        run.refresh_from_db()
        if run.state != Import.State.REFUSED:
            raise  # not the file's fault: another attempt follows
        uploads.forget_file(run)


@job("directory.apply_import")
def apply_import(import_id: str, user_id: str, party_id: str, role: str) -> None:
    """Write the rows of a confirmed import."""
    from convener.rooms.directory.actions import uploads
    from convener.rooms.directory.models import Import

    actor = uploads.actor_in_job(user_id, party_id, role)
    uploads.apply(Import.objects.get(pk=import_id), actor=actor, advance=progress)


@job("directory.undo_import")
def undo_import(import_id: str, user_id: str, party_id: str, role: str) -> None:
    """Take a whole import back."""
    from convener.rooms.directory.actions import uploads
    from convener.rooms.directory.models import Import

    uploads.undo(Import.objects.get(pk=import_id), actor=uploads.actor_in_job(user_id, party_id, role))


@job("directory.recover_imports", every=timedelta(minutes=1))
def recover_imports() -> None:
    """Finish or reverse what killed processes left half done."""
    from convener.rooms.directory.actions import importing, uploads

    importing.recover()
    uploads.resume_comparisons()


@job("directory.find_duplicates", every=timedelta(days=1))
def find_duplicates() -> None:
    """Look through the directory for entries of one organisation. Begun again, it finds the same."""
    from convener.foundation.actor import HUB
    from convener.rooms.directory.actions import duplicates

    duplicates.find_duplicates(HUB, progress)
