"""Keys of rows: UUIDv7 (RFC 9562 section 5.7), so that keys sort by the time they were made."""

from __future__ import annotations

import uuid

from uuid_utils.compat import uuid7


def new_key() -> uuid.UUID:
    """A fresh UUIDv7 of the standard library's type."""
    return uuid7()
