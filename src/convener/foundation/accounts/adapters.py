"""How allauth behaves here: no open sign-up, second-factor secrets encrypted at rest."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from nacl.secret import SecretBox

from convener.foundation.accounts import attempts
from convener.foundation.accounts.queries import roles_of
from convener.foundation.actor import NEEDS_SECOND_FACTOR


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People join by invitation only; wrong passwords are counted by :mod:`convener.foundation.accounts.attempts`."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account begins with an invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of allauth's mails; the one about an unknown address in our words, since nobody can sign up here."""
        ours = {"account/email/unknown_account": "accounts/mail/unknown_account"}
        super().send_mail(ours.get(template_prefix, template_prefix), email, context)

    def is_safe_url(self, url: str | None) -> bool:
        """True for addresses of this hub without scheme and host: pages pass on no others, and none leads to http."""
        return bool(url) and str(url).startswith("/") and bool(super().is_safe_url(url))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; raises a ValidationError where it is one too many, before the password is looked at."""
        taken = attempts.take(request, credentials.get("email", ""))
        if taken is None:
            raise self.validation_error("too_many_login_attempts")
        self._taken = taken

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account, or None where address or password are wrong; a right password does not count as an attempt."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            attempts.give_back(self._taken)
        return user


def _box() -> SecretBox:
    return SecretBox(base64.b64decode(settings.FIELD_KEY))


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps second-factor secrets encrypted under the hub's field key (libsodium secretbox)."""

    def encrypt(self, text: str) -> str:
        """Seal ``text`` for the database."""
        return base64.b64encode(_box().encrypt(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what :meth:`encrypt` sealed."""
        return _box().decrypt(base64.b64decode(encrypted_text)).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Not for people whose role demands a second factor."""
        return not (roles_of(authenticator.user) & NEEDS_SECOND_FACTOR)
