"""Reading the audit: who may see which entries, searching them, and the names that go with their IDs."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from convener.foundation.accounts.models import User
from convener.foundation.actor import Actor
from convener.foundation.audit.models import AuditEntry
from convener.foundation.parties.models import Party


def visible_to(actor: Actor) -> QuerySet[AuditEntry]:
    """Every entry for those who run the hub, their own for everybody else, none for nobody."""
    entries = AuditEntry.objects.all()
    if actor.runs_the_hub:
        return entries
    return entries.filter(user_id=actor.user_id) if actor.user_id else entries.none()


@dataclass(frozen=True)
class AuditSearch:
    """What to look for; empty values do not narrow. Days are days of the hub's time zone, both included.

    ``action`` is a whole action ('accounts.invite') or a room ('accounts'). ``record`` is a record's ID.
    """

    user_id: uuid.UUID | None = None
    party_id: uuid.UUID | None = None
    action: str = ""
    record: str = ""
    first: dt.date | None = None
    last: dt.date | None = None

    def apply(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Narrow ``entries`` to what is looked for, newest first."""
        if self.user_id:
            entries = entries.filter(user_id=self.user_id)
        if self.party_id:
            entries = entries.filter(party_id=self.party_id)
        if self.action:
            one = {"action": self.action} if "." in self.action else {"action__startswith": f"{self.action}."}
            entries = entries.filter(**one)
        if self.record:
            entries = entries.filter(record=self.record)
        if self.first:
            entries = entries.filter(at__gte=_start_of(self.first))
        if self.last:
            entries = entries.filter(at__lt=_start_of(self.last + dt.timedelta(days=1)))
        return entries


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(settings.HUB_TIME_ZONE))


def person_id(text: str) -> uuid.UUID | None:
    """The account meant by an e-mail address or by the ID that an entry shows; None where nobody has the address."""
    wanted = text.strip().lower()
    try:
        return uuid.UUID(wanted)
    except ValueError:
        return User.objects.filter(email=wanted).values_list("id", flat=True).first()


def actions_seen(actor: Actor) -> list[str]:
    """Every action that occurs in the entries the actor may see, sorted."""
    return sorted(visible_to(actor).order_by().values_list("action", flat=True).distinct())


@dataclass(frozen=True)
class NamedEntry:
    """An entry with the names that its IDs have today; '' where the ID is empty or nobody has it any more."""

    entry: AuditEntry
    person: str
    organisation: str
    organisation_id: str


def named(entries: Iterable[AuditEntry]) -> list[NamedEntry]:
    """Put names to entries, in two queries. Names are for showing and are never stored in the audit."""
    rows = list(entries)
    people = User.objects.in_bulk({row.user_id for row in rows if row.user_id})
    parties = Party.objects.in_bulk({row.party_id for row in rows if row.party_id})
    return [
        NamedEntry(
            entry=row,
            person=str(people[row.user_id]) if row.user_id in people else "",
            organisation=parties[row.party_id].name if row.party_id in parties else "",
            organisation_id=parties[row.party_id].public_id if row.party_id in parties else "",
        )
        for row in rows
    ]
