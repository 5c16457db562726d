"""Erasing an account: the person's values go, the fact that there was one stays."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, Refused
from convener.foundation.accounts.actions.memberships import end_what_hangs_on, keep_an_administrator
from convener.foundation.accounts.actions.refusals import refuse
from convener.foundation.accounts.models import ApiToken, Invitation, Mandate, Membership, User
from convener.foundation.accounts.permissions import may_erase
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record, tombstone
from convener.foundation.audit.models import Change

Erase = Callable[[User], None]
_elsewhere: dict[str, Erase] = {}


def on_erasure(name: str, erase: Erase) -> None:
    """Have ``erase`` called with the person when an account is erased, in the same transaction: for what others keep."""
    _elsewhere[name] = erase


def erase_account(*, actor: Actor, user: User, confirmed_email: str, reason: str = "asked") -> None:
    """Erase a person: name, address, password, second factor, invitations and labels of tokens; memberships end.

    ``confirmed_email`` is the account's address typed again, the answer to "are you sure". The row remains, empty and
    without a login, so that what the person did keeps pointing to somebody; the audit keeps its IDs. Raises NotAllowed,
    InvalidValue ('confirmed_email'), Refused for the last administrator or an account erased before.
    """
    if not may_erase(actor, user):
        refuse(actor, "accounts.erase", "account", user.id, _("You may not erase this account."))
    if user.erased_at:
        raise Refused(_("This account was erased already."))
    if confirmed_email.strip().lower() != user.email:
        hint = _("Type the address of the account that is to be erased.")
        raise InvalidValue("confirmed_email", _("This is not the address of the account."), hint=hint)
    with transaction.atomic():
        memberships = list(Membership.objects.current().filter(user=user))
        keep_an_administrator(actor, memberships)
        _end(memberships, user)
        tombstone(actor, "account", user.id, reason=reason).save()
        _erase_values(user)
        for erase in _elsewhere.values():
            erase(user)
        record(actor, "accounts.erase", "account", user.id, fields=["email", "name", "password"])


def _end(memberships: list[Membership], user: User) -> None:
    now = timezone.now()
    Membership.objects.filter(user=user, ended_at=None).update(ended_at=now)
    for membership in memberships:
        end_what_hangs_on(membership)
    Mandate.objects.filter(user=user, ended_at=None).update(ended_at=now)
    ApiToken.objects.filter(membership__user=user, revoked_at=None).update(revoked_at=now)


def _erase_values(user: User) -> None:
    now = timezone.now()
    nobody = f"erased-{user.id}@erased.invalid"  # .invalid never reaches anybody (RFC 2606)
    Invitation.objects.pending().filter(email=user.email).update(withdrawn_at=now)
    Invitation.objects.filter(email=user.email).update(email=nobody)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    ApiToken.objects.filter(membership__user=user).update(label="")
    Change.objects.filter(record_id=user.id).update(values={}, erased_at=now)
    user.email, user.name, user.language = nobody, "", "en"
    user.is_active, user.last_login, user.erased_at = False, None, now
    user.set_unusable_password()  # also ends every session: their mark is made of the password's hash
    user.save()
