"""A tree in memory, to which entries are appended."""

from __future__ import annotations

import hashlib

from convener.engines.merkle import proving
from convener.engines.merkle.hashing import SIZE

_sha256 = hashlib.sha256
#: Bytes of hashes that are looked at together.
_AT_ONCE = 2**20


class Tree:
    """The hashes of all full subtrees: 64 bytes an entry. For one thread at a time.

    ``len(tree)`` is the number of entries. Sizes and indexes count entries from 0; hashes are 32 bytes. Appending hashes the
    entry alone; what is above it is hashed, each subtree once, when a root or a proof is asked for.
    """

    def __init__(self) -> None:
        self._count = self._filled = 0
        self._levels = [bytearray()]
        self._edge: tuple[int, list[bytes]] = (-1, [])

    def __len__(self) -> int:
        return self._count

    def append(self, entry: bytes) -> int:
        """Append an entry; its index."""
        index = self._count
        self._levels[0] += _sha256(b"\x00" + entry).digest()
        self._count = index + 1
        return index

    def append_hash(self, hashed: bytes) -> int:
        """Append an entry of which the :func:`leaf_hash` is known; its index."""
        index = self._count
        self._levels[0] += hashed
        self._count = index + 1
        return index

    def node(self, level: int, index: int) -> bytes:
        """The hash of a full subtree. Raises IndexError where it is not full."""
        if index < 0 or (index + 1) << level > self._count:
            raise IndexError(f"There is no full subtree {index} of level {level}.")
        self._fill()
        return self._node(level, index)

    def root(self, size: int | None = None) -> bytes:
        """The root of the first ``size`` entries, else of all. Raises IndexError where there are not so many."""
        return self._edges(self._size(size))[-1]

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The hashes by which an entry leads to the root of the first ``size`` entries. Raises IndexError."""
        size = self._size(size)
        return proving.inclusion(self._node, self._edges(size), index, size)

    def consistency_proof(self, old_size: int, new_size: int | None = None) -> list[bytes]:
        """The hashes by which the root of the first ``old_size`` entries leads to that of ``new_size``. Raises IndexError."""
        size = self._size(new_size)
        return proving.consistency(self._node, self._edges(size), old_size, size)

    def _node(self, level: int, index: int) -> bytes:
        start = index * SIZE
        return bytes(self._levels[level][start : start + SIZE])

    def _size(self, size: int | None) -> int:
        if size is None:
            return self._count
        if not 0 <= size <= self._count:
            raise IndexError(f"There are {self._count} entries, and not {size}.")
        return size

    def _edges(self, size: int) -> list[bytes]:
        if self._edge[0] != size:
            self._fill()
            self._edge = size, proving.edge(self._node, size)
        return self._edge[1]

    def _fill(self) -> None:
        """Hash the subtrees that became full since the last time, level by level."""
        level, levels = 0, self._levels
        while self._filled < self._count and len(levels[level]) >= 2 * SIZE:
            if level + 1 == len(levels):
                levels.append(bytearray())
            below, above = levels[level], levels[level + 1]
            end = len(below) - len(below) % (2 * SIZE)
            if 2 * len(above) == end:
                break  # nor did anything above become full
            while 2 * len(above) < end:
                above += _parents(bytes(below[2 * len(above) : min(end, 2 * len(above) + _AT_ONCE)]))
            level += 1
        self._filled = self._count


def _parents(hashes: bytes) -> bytes:
    """The hashes of the subtrees that these are the halves of, pair by pair."""
    pairs = range(0, len(hashes), 2 * SIZE)
    return b"".join([_sha256(b"\x01" + hashes[at : at + 2 * SIZE]).digest() for at in pairs])
