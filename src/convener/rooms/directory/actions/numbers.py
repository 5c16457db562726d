"""A number belongs to one organisation on the hub, so refusing one tells that some entry has it, perhaps a hidden one.

That cannot be avoided: numbers must be unique for counting and matching. So a refusal says nothing else (not whose the
number is, nor whether that entry can be seen), it is written into the audit without the number, and a few of them a day
close the way for that person. Those who run the hub see every entry, and are told plainly.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, Refused
from convener.foundation.actor import Actor
from convener.foundation.audit import actions as audit
from convener.foundation.audit.models import AuditEntry
from convener.foundation.parties.models import PartyIdentifier
from convener.rooms.directory.actions.drafts import KIND

COLUMNS = ("registration_number", "lei", "org_id")
ACTION = "directory.enter_number"
#: Refused numbers of one person in 24 hours, after which no new number of theirs is looked at. People mistype; who tries
#: a list of numbers to find out which are here learns this many answers a day, and is seen in the audit.
REFUSALS_A_DAY = 5


def refuse_taken(party_id: uuid.UUID | None, values: Mapping[str, Any], *, actor: Actor) -> None:
    """Refuse numbers in ``values`` that another organisation has. Call it outside a transaction: the audit must stay.

    ``party_id`` is the organisation that is changed, None for a new one. Raises InvalidValue naming the column, or
    Refused where the actor has had too many refusals.
    """
    for name in COLUMNS:
        for scheme, jurisdiction, value in values.get(name) or []:
            same = PartyIdentifier.objects.filter(scheme=scheme, jurisdiction=jurisdiction, value=value)
            if party_id is not None and same.filter(party_id=party_id).exists():
                continue
            _refuse_who_tries(actor)
            if same.exists():
                raise _taken(party_id, name, str(value), actor)


def _refuse_who_tries(actor: Actor) -> None:
    if actor.runs_the_hub:
        return
    since = timezone.now() - dt.timedelta(hours=24)
    refused = AuditEntry.objects.filter(action=ACTION, user_id=actor.user_id, at__gt=since)
    if refused.count() >= REFUSALS_A_DAY:
        raise Refused(
            _("Too many of the numbers that you entered were refused, so no new one is accepted today."),
            hint=_("Send the number to the secretariat of this hub, or go on tomorrow. Everything else can be saved."),
        )


def _taken(party_id: uuid.UUID | None, name: str, value: str, actor: Actor) -> InvalidValue:
    audit.record(actor, ACTION, KIND, party_id or "", fields=[name], outcome="refused")
    if actor.runs_the_hub:
        return InvalidValue(
            name,
            _("Another organisation on this hub has the number %(number)s.") % {"number": value},
            hint=_("Check the number. If both are one organisation, the secretariat can merge the two entries."),
        )
    return InvalidValue(
        name,
        _("This number cannot be entered here."),
        hint=_("Check it. If it is right, send it to the secretariat of this hub."),
    )
