"""Second factors in a restored hub that its field key does not open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.conf import settings
from nacl.exceptions import CryptoError

from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record


def remove_unreadable(actor: Actor, field_key: str) -> int:
    """Delete the second factors that ``field_key`` does not open; return of how many people.

    A factor that nobody can check locks its owner out. Without one, people log in with their password and, where their
    role demands a second factor, must set one up before they reach anything. Call it inside a transaction.
    """
    people = set()
    with _field_key(field_key):
        for factor in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).iterator():
            if not _opens(factor.data):
                people.add(factor.user_id)
    Authenticator.objects.filter(user_id__in=people).exclude(type=Authenticator.Type.WEBAUTHN).delete()
    for user_id in people:
        record(actor, "accounts.remove_second_factor", "user", user_id, fields=["second_factor"])
    return len(people)


def _opens(data: dict[str, Any]) -> bool:
    try:
        sealed = [data[name] for name in ("secret", "seed") if name in data] + list(data.get("migrated_codes", []))
        return bool(sealed) and all(decrypt(one) is not None for one in sealed)
    except (CryptoError, ValueError, TypeError, AttributeError):  # a forged backup can have anything here
        return False


@contextmanager
def _field_key(key: str) -> Iterator[None]:
    """The restored hub's key instead of this process's, which began with the old one's."""
    before = settings.FIELD_KEY
    settings.FIELD_KEY = key
    try:
        yield
    finally:
        settings.FIELD_KEY = before
