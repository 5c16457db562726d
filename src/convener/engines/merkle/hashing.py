"""How a tree is hashed: RFC 6962 section 2.1, the same in RFC 9162. SHA-256; leaves and nodes have prefixes of their own."""

from __future__ import annotations

import hashlib

#: Bytes of a hash.
SIZE = 32
#: The root of a tree without entries.
EMPTY_ROOT = hashlib.sha256().digest()
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees, the left one full."""
    return hashlib.sha256(_NODE + left + right).digest()
