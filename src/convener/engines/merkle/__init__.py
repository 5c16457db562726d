"""The Merkle tree of transparency logs (RFC 6962, RFC 9162): entries, roots, proofs, and whether proofs hold.

tree = Tree()
index = tree.append(b"an entry")
verify_inclusion(leaf_hash(b"an entry"), index, len(tree), tree.inclusion_proof(index), tree.root())
"""

from convener.engines.merkle.hashing import EMPTY_ROOT, leaf_hash, node_hash
from convener.engines.merkle.tree import Tree
from convener.engines.merkle.verifying import ProofError, verify_consistency, verify_inclusion

__all__ = [
    "EMPTY_ROOT",
    "ProofError",
    "Tree",
    "leaf_hash",
    "node_hash",
    "verify_consistency",
    "verify_inclusion",
]
