"""Leases of imports: who works on one, and which were left behind by a killed process."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import Busy
from convener.foundation.processes import is_surely_dead, this_process
from convener.rooms.directory.models import Import

#: Long enough to read the largest workbook through; a process of this machine is known to be dead at once.
LEASE = dt.timedelta(minutes=5)
AT_WORK = (Import.State.STAGING, Import.State.APPLYING, Import.State.UNDOING)


def take(run: Import) -> None:
    """Make this process the one that works on ``run``; Busy when a living process has it, or had it meanwhile."""
    with transaction.atomic():
        fresh = Import.objects.select_for_update().get(pk=run.pk)
        if not is_free(fresh):
            raise Busy(_("Another process is working on this import."), hint=_("Wait until it has finished."))
        if fresh.state != run.state:
            raise Busy(_("Another process went on with this import meanwhile."), hint=_("Look at where it is now."))
        run.lease_holder, run.lease_until = this_process(), timezone.now() + LEASE
        Import.objects.filter(pk=run.pk).update(lease_holder=run.lease_holder, lease_until=run.lease_until)


def renew(run: Import) -> None:
    """Say that we are still at it; part of each batch's transaction. Busy when another process took over."""
    held = Import.objects.filter(pk=run.pk, lease_holder=this_process())
    if not held.update(lease_until=timezone.now() + LEASE):
        raise Busy(_("Another process took this import over."))


def release(run: Import) -> None:
    """Let go of ``run``."""
    Import.objects.filter(pk=run.pk, lease_holder=this_process()).update(lease_holder="", lease_until=None)


def left_behind() -> list[Import]:
    """Imports that were being worked on by a process that is gone.

    One that waits for a person (page) is nobody's; one that a command read is still that command's until it is applied.
    """
    of_command = Q(state=Import.State.STAGED, upload="")
    held = Import.objects.filter(~Q(lease_holder=""), Q(state__in=AT_WORK) | of_command).order_by("created_at")
    return [run for run in held if is_free(run)]


def is_free(run: Import) -> bool:
    """True when this process may take ``run``: nobody holds it, or whoever did is gone."""
    if not run.lease_holder or run.lease_holder == this_process():
        return True
    return is_surely_dead(run.lease_holder) or run.lease_until is None or run.lease_until < timezone.now()
