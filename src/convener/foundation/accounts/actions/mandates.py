"""Mandates: who may sign for whom, granted and ended by those who run the hub."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, Refused
from convener.foundation.accounts.actions.refusals import refuse
from convener.foundation.accounts.models import Mandate, Membership, User
from convener.foundation.accounts.permissions import may_decide_mandates
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record
from convener.foundation.parties.models import Party


def grant_mandate(
    *,
    actor: Actor,
    user: User,
    party: Party,
    scope: str,
    starts: dt.date | None = None,
    ends: dt.date | None = None,
) -> Mandate:
    """Let ``user`` sign for ``party`` within ``scope`` from ``starts`` (default today) to ``ends`` (default: open).

    Raises NotAllowed; Refused where the person does not act for the organisation or holds the same mandate for some of
    these days; InvalidValue ('scope', 'ends').
    """
    if not may_decide_mandates(actor):
        refuse(actor, "accounts.grant_mandate", "party", party.id, _("Mandates are granted by the secretariat."))
    if scope not in Mandate.Scope.values:
        raise InvalidValue("scope", _("There is no such mandate."), hint=_("Choose one of the list."))
    first = starts or timezone.localdate()
    if ends is not None and ends < first:
        raise InvalidValue("ends", _("The last day is before the first."), hint=_("Check both dates."))
    with transaction.atomic():
        _check_person(user, party)
        same = Mandate.objects.select_for_update().filter(user=user, party=party, scope=scope, ended_at=None)
        overlapping = same.filter(Q(ends=None) | Q(ends__gte=first))
        if ends is not None:
            overlapping = overlapping.filter(starts__lte=ends)
        if overlapping.exists():
            raise Refused(_("This person holds this mandate for some of these days."), hint=_("End that one first."))
        mandate = Mandate.objects.create(
            user=user, party=party, scope=scope, starts=first, ends=ends, granted_by_id=actor.user_id
        )
        record(actor, "accounts.grant_mandate", "mandate", mandate.id, fields=["scope", "starts", "ends"])
    return mandate


def end_mandate(*, actor: Actor, mandate: Mandate) -> None:
    """End a mandate at once. Raises NotAllowed, or Refused where it has ended."""
    if not may_decide_mandates(actor):
        refuse(actor, "accounts.end_mandate", "mandate", mandate.id, _("Mandates are ended by the secretariat."))
    with transaction.atomic():
        if not Mandate.objects.filter(pk=mandate.pk, ended_at=None).update(ended_at=timezone.now()):
            raise Refused(_("This mandate has ended already."), hint=_("Load the page again."))
        record(actor, "accounts.end_mandate", "mandate", mandate.id, fields=["ended_at"])


def _check_person(user: User, party: Party) -> None:
    """Refuse a mandate to somebody who does not act for the organisation; holds their memberships still meanwhile."""
    memberships = Membership.objects.select_for_update().filter(user=user, party=party)
    if not any(membership.is_current() for membership in memberships):
        raise Refused(_("This person does not act for this organisation."), hint=_("Invite them to act for it first."))
