"""Roots and proofs from the hashes of full subtrees, wherever these are kept: in memory or in tiles.

A node (level, index) is the root of the full subtree over the entries from ``index << level`` on, ``1 << level`` of them.
Everything else follows from nodes: what stands at the right edge of a tree of some size is put together of them.
"""

from __future__ import annotations

from collections.abc import Callable

from convener.engines.merkle.hashing import EMPTY_ROOT, node_hash

#: Gives the hash of a full subtree by its level and index.
Node = Callable[[int, int], bytes]


def edge(node: Node, size: int) -> list[bytes]:
    """The subtrees at the right edge of a tree of ``size`` entries, by their level; the last is its root.

    At each level, the last subtree: a full one, or all the entries that are left of it.
    """
    if not size:
        return [EMPTY_ROOT]
    last = size - 1
    found = [node(0, last)]
    level = 0
    while last:
        if last & 1:
            full = (size >> level + 1 << level + 1) == size
            found.append(node(level + 1, last >> 1) if full else node_hash(node(level, last - 1), found[-1]))
        else:
            found.append(found[-1])
        last >>= 1
        level += 1
    return found


def path(node: Node, edges: list[bytes], level: int, index: int, size: int) -> list[bytes]:
    """The hashes that lead from a full subtree to the root of a tree of ``size`` entries, whose ``edge`` is given."""
    found = []
    last = size - 1 >> level
    while last:
        other = index ^ 1
        if other < last:
            found.append(node(level, other))
        elif other == last:
            found.append(edges[level])
        index >>= 1
        last >>= 1
        level += 1
    return found


def inclusion(node: Node, edges: list[bytes], index: int, size: int) -> list[bytes]:
    """The inclusion proof of an entry (RFC 9162 section 2.1.3.1). Raises IndexError for an entry that is not there."""
    if not 0 <= index < size:
        raise IndexError(f"There is no entry {index} among {size}.")
    return path(node, edges, 0, index, size)


def consistency(node: Node, edges: list[bytes], old_size: int, size: int) -> list[bytes]:
    """The proof that a tree goes on from one of ``old_size`` entries (RFC 9162 section 2.1.4.1).

    Empty where there is nothing to prove: between trees of one size, and after the empty tree. Raises IndexError for a
    size that is larger than the tree.
    """
    if not 0 <= old_size <= size:
        raise IndexError(f"There is no tree of {old_size} entries in one of {size}.")
    if old_size in (0, size):
        return []
    level = (old_size & -old_size).bit_length() - 1
    index = (old_size >> level) - 1
    first = [node(level, index)] if index else []  # else it is the old root, which whoever verifies has
    return first + path(node, edges, level, index, size)
