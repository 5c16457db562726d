"""How keys of the shared cache are written down: unreadable, because allauth puts network addresses into them."""

from __future__ import annotations

from django.utils.crypto import salted_hmac


def hashed_key(key: str, key_prefix: str, version: int) -> str:
    """``KEY_FUNCTION`` of the database cache: HMAC-SHA-256 of the key under the hub's secret, 64 hex characters."""
    return salted_hmac("convener.cache", f"{key_prefix}:{version}:{key}", algorithm="sha256").hexdigest()
