"""How allauth behaves here: no open sign-up, second-factor secrets encrypted at rest."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from nacl.secret import SecretBox

from convener.foundation.accounts.queries import roles_of
from convener.foundation.actor import NEEDS_SECOND_FACTOR


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People join by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account begins with an invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of allauth's mails; the one about an unknown address in our words, since nobody can sign up here."""
        ours = {"account/email/unknown_account": "accounts/mail/unknown_account"}
        super().send_mail(ours.get(template_prefix, template_prefix), email, context)


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
