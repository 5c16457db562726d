"""Inviting people, and accepting, through a link that works once."""

from __future__ import annotations

import datetime as dt
import secrets

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, NotAllowed, NotFound, Refused
from convener.foundation.accounts.actions.refusals import refuse
from convener.foundation.accounts.models import Invitation, Membership, User
from convener.foundation.accounts.permissions import may_set_role
from convener.foundation.accounts.queries import hash_of
from convener.foundation.actor import Actor, Door, Role
from convener.foundation.audit.actions import record
from convener.foundation.parties.models import Party

MAX_DAYS = 60
#: Invitations one person may send in 24 hours: a borrowed account must not turn the hub into a sender of bulk mail.
DAILY_LIMIT = 50


def invite(*, actor: Actor, email: str, party: Party, role: Role | str, days: int = 14) -> tuple[Invitation, str]:
    """Invite ``email`` to act for ``party`` in ``role`` and send the link; valid for ``days`` (1 to 60).

    Returns the invitation and its secret, of which only a hash is kept. An earlier open invitation of the same address
    to the same role is withdrawn. What happens and what is said is the same whether or not the address has an account.
    Raises NotAllowed, InvalidValue ('email', 'role', 'days') and Refused (daily limit, merged organisation, no mail).
    """
    wanted = _role(role)
    if not may_set_role(actor, party.id, wanted):
        refuse(actor, "accounts.invite", "party", party.id, _("You may not invite people to this role."))
    address = _address(email)
    if not 1 <= days <= MAX_DAYS:
        raise InvalidValue("days", _("An invitation is valid for 1 to %(most)d days.") % {"most": MAX_DAYS})
    if party.status == Party.Status.MERGED:
        raise Refused(_("This record was merged into another."), hint=_("Invite for the organisation that remains."))
    now = timezone.now()
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        _keep_daily_limit(actor, now)
        Invitation.objects.pending().filter(email=address, party=party, role=wanted).update(withdrawn_at=now)
        invitation = Invitation.objects.create(
            email=address,
            party=party,
            role=wanted,
            secret_hash=hash_of(secret),
            invited_by_id=actor.user_id,
            expires_at=now + dt.timedelta(days=days),
        )
        record(actor, "accounts.invite", "invitation", invitation.id, fields=["party", "role", "expires_at"])
    _send(invitation, secret)
    return invitation, secret


def open_invitation(*, secret: str) -> Invitation:
    """The invitation behind a link, if it can still be accepted.

    Raises NotFound for a secret that is none, Refused where it was used, withdrawn or has expired.
    """
    invitation = Invitation.objects.filter(secret_hash=hash_of(secret)).select_related("party", "invited_by").first()
    if invitation is None:
        raise NotFound(_("There is no such invitation."), hint=_("Use the whole link as it stands in the mail."))
    if invitation.accepted_at:
        raise Refused(_("This invitation has been used already."), hint=_("Log in with the account that it made."))
    again = _("Ask the person who invited you to send another one.")
    if invitation.withdrawn_at:
        raise Refused(_("This invitation was withdrawn."), hint=again)
    if invitation.expires_at <= timezone.now():
        raise Refused(_("This invitation has expired."), hint=again)
    return invitation


def accept_invitation(*, secret: str, user: User | None = None, name: str = "", password: str = "") -> User:
    """Accept an invitation: as the logged-in ``user``, or with a new account made of ``name`` and ``password``.

    The link proves the address, so it counts as verified. Raises what :func:`open_invitation` raises, Refused where the
    address has an account and nobody is logged in, NotAllowed where somebody else is, InvalidValue for the fields.
    """
    invitation = open_invitation(secret=secret)
    _check_person(invitation, user, name, password)
    try:
        with transaction.atomic():
            _claim(invitation)
            person = user or _new_account(invitation.email, name, password)
            membership = _join(person, invitation)
            address, _made = EmailAddress.objects.get_or_create(
                user=person, email=person.email, defaults={"primary": True, "verified": True}
            )
            if not address.verified:
                EmailAddress.objects.filter(pk=address.pk).update(verified=True)
            actor = Actor(door=Door.HUB, user_id=person.id, party_id=membership.party_id, role=Role(membership.role))
            record(actor, "accounts.accept_invitation", "invitation", invitation.id)
    except IntegrityError as error:  # an account of this address was made between our look and our write
        raise _has_account() from error
    return person


def withdraw_invitation(*, actor: Actor, invitation: Invitation) -> None:
    """Make an open invitation's link useless. Raises NotAllowed, or Refused where it is no longer open."""
    if not may_set_role(actor, invitation.party_id, invitation.role):
        refuse(
            actor,
            "accounts.withdraw_invitation",
            "invitation",
            invitation.id,
            _("You may not withdraw this invitation."),
        )
    with transaction.atomic():
        if not Invitation.objects.pending().filter(pk=invitation.pk).update(withdrawn_at=timezone.now()):
            raise Refused(_("This invitation is no longer open."), hint=_("Load the list again."))
        record(actor, "accounts.withdraw_invitation", "invitation", invitation.id, fields=["withdrawn_at"])


def _role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        hint = _("Choose one of these: %(roles)s.") % {"roles": ", ".join(Role)}
        raise InvalidValue("role", _("There is no such role."), hint=hint) from error


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        hint = _("Write it like name@example.org.")
        raise InvalidValue("email", _("This is not an e-mail address."), hint=hint) from error
    return address


def _keep_daily_limit(actor: Actor, now: dt.datetime) -> None:
    if actor.operator:
        return
    since = now - dt.timedelta(hours=24)
    if Invitation.objects.filter(invited_by_id=actor.user_id, created_at__gt=since).count() >= DAILY_LIMIT:
        raise Refused(
            _("You have sent %(most)d invitations in 24 hours, which is the limit.") % {"most": DAILY_LIMIT},
            hint=_("Go on tomorrow, or ask a colleague."),
        )


def _send(invitation: Invitation, secret: str) -> None:
    """Send the link. Outside the transaction: a slow mail server must not keep the database's writer waiting."""
    values = {
        "hub_name": settings.HUB_NAME,
        "party": invitation.party,
        "role": invitation.get_role_display(),
        "language": get_language(),
        "link": f"{settings.BASE_URL}{reverse('invitation_link', args=[secret])}",
        "expires_at": invitation.expires_at,
    }
    subject = " ".join(render_to_string("accounts/mail/invitation_subject.txt", values).split())
    body = render_to_string("accounts/mail/invitation_message.txt", values)
    try:
        EmailMessage(subject, body, to=[invitation.email]).send()
    except OSError as error:  # smtplib's errors are among these
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
        hint = _("Try again later; if it goes on, tell the operator of this hub.")
        raise Refused(_("The mail could not be sent, so the invitation was withdrawn."), hint=hint) from error


def _has_account() -> Refused:
    return Refused(
        _("There is an account with this address already."), hint=_("Log in to it, then open the link again.")
    )


def _check_person(invitation: Invitation, user: User | None, name: str, password: str) -> None:
    if user is not None:
        if user.email != invitation.email or not user.is_active:
            raise NotAllowed(
                _("This invitation is for another address than that of your account."),
                hint=_("Log out, then open the link again."),
            )
        return
    if User.objects.filter(email=invitation.email).exists():
        raise _has_account()
    if not name.strip():
        raise InvalidValue("name", _("Give your name."), hint=_("Your colleagues in the hub will see it."))
    try:
        password_validation.validate_password(password, User(email=invitation.email, name=name))
    except ValidationError as error:
        raise InvalidValue("password", " ".join(error.messages)) from error


def _claim(invitation: Invitation) -> None:
    """Take the invitation: of two that try at once, the database lets one through."""
    if not Invitation.objects.pending().filter(pk=invitation.pk).update(accepted_at=timezone.now()):
        raise Refused(_("This invitation has been used already."), hint=_("Log in with the account that it made."))


def _new_account(email: str, name: str, password: str) -> User:
    return User.objects.create_user(email, password, name=name.strip()[:200], language=(get_language() or "en")[:2])


def _join(user: User, invitation: Invitation) -> Membership:
    """The membership of the invitation; one that had ended begins anew today."""
    membership, made = Membership.objects.get_or_create(user=user, party=invitation.party, role=invitation.role)
    if not made and not Membership.objects.current().filter(pk=membership.pk).exists():
        membership.starts, membership.ends, membership.ended_at = timezone.localdate(), None, None
        membership.save(update_fields=["starts", "ends", "ended_at"])
    return membership
