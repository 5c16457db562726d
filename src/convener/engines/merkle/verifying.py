"""Whether proofs hold: RFC 9162 sections 2.1.3.2 and 2.1.4.2, step by step. Nothing is believed: sizes, lengths, leftovers."""

from __future__ import annotations

from collections.abc import Sequence

from convener.engines.merkle.hashing import EMPTY_ROOT, SIZE, node_hash
from convener.errors import Unreadable, sentence

#: More entries than any log has; an index beyond it is no index.
_MOST = 2**63


class ProofError(Unreadable):
    """A proof that does not hold."""


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Verify that the entry with this hash is the one at ``index`` in the tree of ``size`` entries with this root.

    Raises :class:`ProofError` where it does not hold.
    """
    _refuse_unless(0 <= index < size < _MOST, sentence("The entry's place is not within the size of the tree."))
    _check_hashes((leaf_hash, root, *proof))
    at, last, hashed = index, size - 1, leaf_hash
    for other in proof:
        _refuse_unless(last > 0, sentence("The proof is longer than its tree needs."))
        if at & 1 or at == last:
            hashed = node_hash(other, hashed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hashed = node_hash(hashed, other)
        at, last = at >> 1, last >> 1
    _refuse_unless(last == 0, sentence("The proof is shorter than its tree needs."))
    _refuse_unless(hashed == root, sentence("The entry does not lead to the root: one of the two is another."))


def verify_consistency(old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Verify that the tree of ``new_size`` entries begins with all of the tree of ``old_size``.

    Raises :class:`ProofError` where it does not hold.
    """
    _refuse_unless(0 <= old_size <= new_size < _MOST, sentence("The newer tree is the smaller one."))
    _check_hashes((old_root, new_root, *proof))
    if old_size in (0, new_size):
        _refuse_unless(not proof, sentence("The proof is longer than its tree needs."))
        before = EMPTY_ROOT if old_size == 0 else new_root
        _refuse_unless(old_root == before, sentence("The older tree is another: its root is not this one's."))
        if new_size == 0:
            _refuse_unless(new_root == EMPTY_ROOT, sentence("The older tree is another: its root is not this one's."))
        return
    hashes = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    _refuse_unless(bool(hashes), sentence("The proof is shorter than its tree needs."))
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = hashes[0]
    for other in hashes[1:]:
        _refuse_unless(last > 0, sentence("The proof is longer than its tree needs."))
        if at & 1 or at == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, other)
        at, last = at >> 1, last >> 1
    _refuse_unless(last == 0, sentence("The proof is shorter than its tree needs."))
    _refuse_unless(before == old_root, sentence("The older tree is another: its root is not this one's."))
    _refuse_unless(after == new_root, sentence("The newer tree does not go on from the older: its root is another."))


def _check_hashes(hashes: Sequence[bytes]) -> None:
    _refuse_unless(all(len(one) == SIZE for one in hashes), sentence("A hash is 32 bytes; one of the proof is not."))


def _refuse_unless(holds: bool, message: str) -> None:
    if not holds:
        raise ProofError(message, hint=sentence("Ask for the proof again; if it fails again, tell who gave it to you."))
