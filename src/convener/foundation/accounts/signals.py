"""What follows from what allauth and Django do with accounts.

Audit entries, the session's mark of a second factor, tokens that end with the password, and browsers that are known.
"""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import Signal, receiver
from django.http import HttpRequest
from django.utils.translation import ngettext

from convener.foundation.accounts import attempts, known_browsers
from convener.foundation.accounts.actions.tokens import revoke_all
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


@receiver([password_changed, password_set, password_reset], dispatch_uid="accounts.tokens")
def revoke_tokens(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A new password often means that the old one is known to somebody, who may have made tokens with it."""
    revoked = revoke_all(actor=Actor(door=Door.HUB, user_id=user.id), user=user)
    if revoked:
        text = ngettext(
            "Your API token was revoked with the old password. Make a new one where a program needs it.",
            "Your %(count)d API tokens were revoked with the old password. Make new ones where programs need them.",
            revoked,
        )
        messages.info(request, text % {"count": revoked})


@receiver(user_logged_in, dispatch_uid="accounts.known_browser")
def know_browser(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Password and second factor were given: wrong passwords from elsewhere must not keep this browser out."""
    known_browsers.remember(request, user.email)


@receiver(password_reset, dispatch_uid="accounts.reset_browser")
def know_browser_after_reset(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """The mail was read in this browser: its owner can go on to log in, whoever goes on guessing."""
    attempts.forget(request, user.email)
    known_browsers.remember(request, user.email)
