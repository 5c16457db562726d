"""What allauth and Django do with accounts, written into the audit; and the session's mark of a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from convener.foundation.accounts.models import User
from convener.foundation.accounts.second_factor import mark_set_up
from convener.foundation.actor import Actor, Door
from convener.foundation.audit.actions import record

AUDITED: dict[Signal, str] = {
    user_logged_in: "accounts.log_in",
    password_changed: "accounts.change_password",
    password_set: "accounts.change_password",
    password_reset: "accounts.reset_password",
    authenticator_added: "accounts.add_second_factor",
    authenticator_removed: "accounts.remove_second_factor",
    authenticator_reset: "accounts.renew_recovery_codes",
}


@receiver(list(AUDITED), dispatch_uid="accounts.audit")
def audit_account_event(sender: Any, signal: Signal, user: User, **kwargs: Any) -> None:
    """Write one audit entry about the person's own account."""
    record(Actor(door=Door.HUB, user_id=user.id), AUDITED[signal], "account", user.id)


@receiver(authenticator_added, dispatch_uid="accounts.second_factor")
def remember_second_factor(sender: Any, request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    """The session in which the authenticator app was set up has shown that it holds it."""
    if authenticator.type == Authenticator.Type.TOTP:
        mark_set_up(request)
