"""Reading the audit: who may see which entries, searching them, and the names that go with their IDs."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from convener.foundation.accounts.models import ROLE_LABELS, User
from convener.foundation.actor import Actor, Door, Role
from convener.foundation.audit.models import AuditEntry
from convener.foundation.audit.naming import RecordName, action_words, kind_words, names_of
from convener.foundation.audit.own_names import people_named
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

    ``action`` is a whole action ('accounts.invite') or a room ('accounts'). ``people`` and ``records`` are IDs of which
    an entry has one; None does not narrow.
    """

    people: Collection[uuid.UUID] | None = None
    party_id: uuid.UUID | None = None
    action: str = ""
    records: Collection[str] | None = None
    first: dt.date | None = None
    last: dt.date | None = None

    def apply(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Narrow ``entries`` to what is looked for, newest first."""
        if self.people is not None:
            entries = entries.filter(user_id__in=self.people)
        if self.party_id:
            entries = entries.filter(party_id=self.party_id)
        if self.action:
            one = {"action": self.action} if "." in self.action else {"action__startswith": f"{self.action}."}
            entries = entries.filter(**one)
        if self.records is not None:
            entries = entries.filter(record__in=self.records)
        if self.first:
            entries = entries.filter(at__gte=_start_of(self.first))
        if self.last:
            entries = entries.filter(at__lt=_start_of(self.last + dt.timedelta(days=1)))
        return entries


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(settings.HUB_TIME_ZONE))


def people_meant(actor: Actor, text: str) -> list[uuid.UUID]:
    """The accounts meant by the ID that an entry shows, or by a part of a name or of an e-mail address."""
    wanted = text.strip()
    try:
        return [uuid.UUID(wanted)]
    except ValueError:
        return people_named(actor, wanted)


def actions_seen(actor: Actor) -> list[str]:
    """Every action that occurs in the entries the actor may see, sorted."""
    return sorted(visible_to(actor).order_by().values_list("action", flat=True).distinct())


@dataclass(frozen=True)
class NamedEntry:
    """An entry with the names that its keys and IDs have today; '' where the ID is empty or nobody has it any more."""

    entry: AuditEntry
    person: str
    organisation: str
    organisation_id: str
    record: RecordName

    @property
    def action(self) -> str:
        """What was done, in words."""
        return action_words(self.entry.action)

    @property
    def kind(self) -> str:
        """What kind of record it was done to, in words."""
        return kind_words(self.entry.kind)

    @property
    def role(self) -> str:
        """The role somebody acted in, or who acted where it was no person, in words."""
        if self.entry.role in ROLE_LABELS:
            return str(ROLE_LABELS[Role(self.entry.role)])
        return str(_NO_PERSON.get(self.entry.door, self.entry.door))


_NO_PERSON = {
    Door.COMMAND.value: _("Operator at the command line"),
    Door.JOB.value: _("The hub itself"),
    Door.PUBLIC.value: _("Nobody signed in"),
}


def named(entries: Iterable[AuditEntry], actor: Actor) -> list[NamedEntry]:
    """Put names to entries, as far as ``actor`` may know them; the number of queries does not grow with the entries.

    Names are for showing and are never stored in the audit.
    """
    rows = list(entries)
    people = User.objects.in_bulk({row.user_id for row in rows if row.user_id})
    parties = Party.objects.in_bulk({row.party_id for row in rows if row.party_id})
    records = names_of(actor, ((row.kind, row.record) for row in rows))
    return [
        NamedEntry(
            entry=row,
            person=str(people[row.user_id]) if row.user_id in people else "",
            organisation=parties[row.party_id].name if row.party_id in parties else "",
            organisation_id=parties[row.party_id].public_id if row.party_id in parties else "",
            record=records.get((row.kind, row.record), RecordName()),
        )
        for row in rows
    ]
