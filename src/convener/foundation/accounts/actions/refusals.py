"""Refusing for want of permission, so that the attempt is on record."""

from __future__ import annotations

import uuid
from typing import NoReturn

from django.utils.translation import gettext as _

from convener.errors import NotAllowed
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record


def refuse(actor: Actor, action: str, kind: str, record_id: uuid.UUID | str, message: str) -> NoReturn:
    """Write the refused attempt into the audit and raise NotAllowed. Call it outside the action's transaction."""
    record(actor, action, kind, record_id, outcome="refused")
    raise NotAllowed(message, hint=_("Ask the secretariat of this hub if you think you should be able to."))
