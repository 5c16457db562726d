"""Acting for organisations: choosing for whom, ending it, and what a person says about themselves."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, NotFound, Refused
from convener.foundation.accounts.actions.refusals import refuse
from convener.foundation.accounts.models import ApiToken, Invitation, Mandate, Membership, User
from convener.foundation.accounts.permissions import is_person, may_end
from convener.foundation.accounts.queries import SESSION_KEY, actor_for
from convener.foundation.actor import RUNS_THE_HUB, Actor, Door, Role
from convener.foundation.audit.actions import record


def choose_membership(*, request: HttpRequest, membership_id: uuid.UUID) -> Membership:
    """Act for another of one's own organisations from now on; kept in the session.

    Raises NotFound for a membership that is not the person's, or not in force today.
    """
    mine = Membership.objects.current().filter(user_id=request.user.pk, pk=membership_id)
    membership: Membership | None = mine.select_related("party").first()
    if membership is None:
        raise NotFound(_("You do not act for this organisation."), hint=_("Choose one from the list."))
    request.session[SESSION_KEY] = str(membership.id)
    record(actor_for(request.user, membership, Door.HUB), "accounts.choose", "membership", membership.id)
    return membership


def end_membership(*, actor: Actor, membership: Membership) -> None:
    """End a membership at once, with what hangs on it: its tokens, mandates without a membership, open invitations.

    Raises NotAllowed; Refused where it has ended, where the hub would be left without an administrator, and for one's
    own last administrator membership.
    """
    if not may_end(actor, membership):
        refuse(actor, "accounts.end_membership", "membership", membership.id, _("You may not end this membership."))
    with transaction.atomic():
        keep_an_administrator(actor, [membership])
        if not Membership.objects.current().filter(pk=membership.pk).update(ended_at=timezone.now()):
            raise Refused(_("This membership has ended already."), hint=_("Load the page again."))
        end_what_hangs_on(membership)
        record(actor, "accounts.end_membership", "membership", membership.id, fields=["ended_at"])


def keep_an_administrator(actor: Actor, ending: list[Membership]) -> None:
    """Refuse to end the hub's last administrator membership, or the actor's own last one. Call inside a transaction."""
    going = {membership.pk for membership in ending if membership.role == Role.ADMINISTRATOR}
    if not going:
        return
    current = Membership.objects.current().filter(role=Role.ADMINISTRATOR, user__is_active=True)
    locked = list(current.select_for_update(of=("self",)).order_by("pk"))  # in one order, so that two cannot deadlock
    staying = [membership for membership in locked if membership.pk not in going]
    own = any(membership.user_id == actor.user_id for membership in ending)
    if not staying or (own and not any(membership.user_id == actor.user_id for membership in staying)):
        raise Refused(
            _("This is the last administrator's access, which its holder cannot end."),
            hint=_("Make somebody else an administrator, who can then end it."),
        )


def end_what_hangs_on(membership: Membership) -> None:
    """Revoke tokens, end mandates and withdraw invitations that no other membership of the person carries."""
    now = timezone.now()
    ApiToken.objects.filter(membership=membership, revoked_at=None).update(revoked_at=now)
    others = Membership.objects.current().filter(user_id=membership.user_id).exclude(pk=membership.pk)
    if not others.filter(party_id=membership.party_id).exists():
        mandates = Mandate.objects.filter(user_id=membership.user_id, party_id=membership.party_id, ended_at=None)
        mandates.update(ended_at=now)
    sent = Invitation.objects.pending().filter(invited_by_id=membership.user_id)
    if membership.role not in RUNS_THE_HUB:
        sent = sent.filter(party_id=membership.party_id, role=membership.role)
    sent.update(withdrawn_at=now)


def update_profile(*, actor: Actor, user: User, name: str, language: str) -> None:
    """Change one's own name and language. Raises NotAllowed for somebody else's, InvalidValue for the fields."""
    if not is_person(actor) or actor.user_id != user.id:
        refuse(actor, "accounts.change", "account", user.id, _("This is somebody else’s account."))
    if not name.strip():
        raise InvalidValue("name", _("Give your name."), hint=_("Your colleagues in the hub see it."))
    if language not in dict(settings.LANGUAGES):
        raise InvalidValue("language", _("The hub does not speak this language."), hint=_("Choose one of the list."))
    values = {"name": name.strip()[:200], "language": language}
    changed = [field for field, value in values.items() if getattr(user, field) != value]
    if not changed:
        return
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(**values)
        record(actor, "accounts.change", "account", user.id, fields=changed)
