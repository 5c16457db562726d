"""Base64 as notes, checkpoints and proofs write it (RFC 4648 section 4), in the one way there is to write a value."""

from __future__ import annotations

import base64
import binascii


def coded(raw: bytes) -> str:
    """Bytes as text."""
    return base64.b64encode(raw).decode()


def decoded(text: str) -> bytes | None:
    """The bytes of a text; None where it is not what :func:`coded` makes of any."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if coded(raw) == text else None
