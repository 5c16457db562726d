"""Imports as people see them: only who may import sees any."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from convener.errors import NotFound
from convener.foundation.actor import Actor
from convener.rooms.directory.models import Import


def visible_to(actor: Actor) -> QuerySet[Import]:
    """All imports for the secretariat and operators, none for others: lists may hold what members must not see."""
    return Import.objects.all() if actor.runs_the_hub else Import.objects.none()


def waiting(actor: Actor) -> int:
    """How many imports wait for a person: to say what columns mean, or to confirm."""
    waiting_ones = visible_to(actor).filter(state__in=[Import.State.MAPPING, Import.State.STAGED])
    return waiting_ones.filter(options__confirmed__isnull=True).count()


def import_by_id(text: str, actor: Actor) -> Import:
    """The import with this id; NotFound when there is none or the actor may not know of it."""
    try:
        key = uuid.UUID(text)
    except ValueError:
        key = None
    run = visible_to(actor).filter(pk=key).first() if key else None
    if run is None:
        hint = _("The list of imports has all of them; a command prints the ID when it has imported a file.")
        raise NotFound(_("There is no import with this ID."), hint=hint)
    return run
