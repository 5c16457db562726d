"""What stands in the record: a salted hash, from which nobody learns or guesses what was committed to.

    entry = commitment(salt, canonical({"kind": "evidence.accepted", "at": "2026-11-23T09:00:00Z"}))

An entry is a version byte and SHA-256(domain ‖ salt ‖ content), the content as canonical JSON (RFC 8785). The salt is 32
random bytes: once it and the content are gone, the entry says nothing of anybody. Domain and salt have a fixed length, so no
other salt and content make the same text.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import rfc8785

from convener.engines.merkle.hashing import SIZE
from convener.errors import Unreadable, sentence

VERSION = 1
SALT_BYTES = 32
#: Bytes of an entry.
ENTRY_BYTES = 1 + SIZE
_DOMAIN = b"convener record commitment v1\n"


def new_salt() -> bytes:
    """A salt of its own for each content."""
    return secrets.token_bytes(SALT_BYTES)


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way to write a content (RFC 8785). Raises Unreadable for what JSON cannot say without loss."""
    try:
        return rfc8785.dumps(dict(content))
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        told = sentence("This cannot be written as canonical JSON.")
        raise Unreadable(told, hint=sentence("Use texts, whole numbers up to 2^53, lists and objects.")) from error


def read_content(text: bytes) -> dict[str, Any]:
    """The content that canonical JSON says. Raises Unreadable where it is not canonical: else one hash had many texts."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or canonical(content) != text:
        told = sentence("The content is not canonical JSON.")
        raise Unreadable(told, hint=sentence("It was changed on its way; ask for the proof again."))
    return content


def commitment(salt: bytes, content: bytes) -> bytes:
    """The entry that commits to a content. Raises ValueError for a salt of another length."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}.")
    return bytes([VERSION]) + hashlib.sha256(_DOMAIN + salt + content).digest()
