"""The tree of the record against published vectors, the recursion of the standard, and whoever changes a proof."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.engines.merkle import (
    EMPTY_ROOT,
    ProofError,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

pytestmark = pytest.mark.req("LOG-1", "LOG-2")

# Facts of the test data of transparency-dev/merkle (proof/verify_test.go and testdata/, Apache-2.0): entries, roots of the
# first one, two … of them, and proofs between these.
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
A, B, C, D, E, F, G, H = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
)
INCLUSION = [
    (0, 1, []),
    (0, 8, [A, B, C]),
    (5, 8, [D, E, F]),
    (2, 3, [ROOTS[1].hex()]),
    (1, 5, [ROOTS[0].hex(), B, D]),
]
CONSISTENCY = [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [G, E, F]), (2, 5, [B, D]), (6, 7, [G, H, F])]
OTHER = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


def tree_of(entries: list[bytes]) -> Tree:
    """A tree with these entries."""
    tree = Tree()
    assert [tree.append(entry) for entry in entries] == list(range(len(entries)))
    return tree


class Inclusion(NamedTuple):
    """What is verified of an entry."""

    leaf: bytes
    index: int
    size: int
    proof: list[bytes]
    root: bytes


class Consistency(NamedTuple):
    """What is verified between two sizes."""

    old: int
    new: int
    proof: list[bytes]
    old_root: bytes
    new_root: bytes


def spoiled(proof: list[bytes], *roots: bytes) -> list[list[bytes]]:
    """The proof with something more, less, other or elsewhere."""
    found = [[*proof, b""], [b"", *proof], [*proof, *roots[:1]], [*roots[:1], *proof], [*proof, *roots[1:]], proof[:-1]]
    found += [proof[1:], [*proof[:1], OTHER, *proof[1:]], proof[::-1], [*proof[:1], *proof]]
    found += [[*proof[:at], bytes([one[0] ^ 8]) + one[1:], *proof[at + 1 :]] for at, one in enumerate(proof)]
    return [one for one in found if one != proof]


def test_roots_are_the_published_ones() -> None:
    tree = tree_of(ENTRIES)
    assert [tree.root(size) for size in range(1, 9)] == ROOTS
    assert tree.root() == ROOTS[-1]
    assert len(tree) == 8
    assert Tree().root() == tree.root(0) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_published_inclusion_proofs_and_what_is_made_of_them(index: int, size: int, proof: list[str]) -> None:
    hashes = [bytes.fromhex(one) for one in proof]
    tree = tree_of(ENTRIES)
    assert tree.inclusion_proof(index, size) == hashes
    right = Inclusion(leaf_hash(ENTRIES[index]), index, size, hashes, ROOTS[size - 1])
    verify_inclusion(*right)
    wrong = [right._replace(index=other) for other in (index - 1, index + 1, index ^ 2)]
    wrong += [right._replace(size=other) for other in (size * 2, size // 2)]
    wrong += [right._replace(leaf=other) for other in (b"WrongLeaf", OTHER, b"")]
    wrong += [right._replace(root=other) for other in (EMPTY_ROOT, OTHER, b"")]
    wrong += [right._replace(proof=other) for other in spoiled(hashes, right.root)]
    for one in wrong:
        with pytest.raises(ProofError):
            verify_inclusion(*one)


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_published_consistency_proofs_and_what_is_made_of_them(old: int, new: int, proof: list[str]) -> None:
    hashes = [bytes.fromhex(one) for one in proof]
    assert tree_of(ENTRIES).consistency_proof(old, new) == hashes
    right = Consistency(old, new, hashes, ROOTS[old - 1], ROOTS[new - 1])
    verify_consistency(*right)
    wrong = [right._replace(old_root=other) for other in (b"WrongRoot", OTHER, EMPTY_ROOT)]
    wrong += [right._replace(new_root=other) for other in (b"WrongRoot", OTHER, EMPTY_ROOT)]
    wrong += [right._replace(proof=other) for other in spoiled(hashes, right.old_root, right.new_root)]
    wrong += [right._replace(old=new + 1), right._replace(old=-1)]
    if old != new:
        wrong += [right._replace(old=other) for other in (old - 1, old + 1, old ^ 2)]
        wrong += [right._replace(new=other) for other in (new * 2, new // 2)]
        wrong += [right._replace(old_root=right.new_root, new_root=right.old_root), right._replace(proof=[])]
    for one in wrong:
        with pytest.raises(ProofError):
            verify_consistency(*one)


def test_an_empty_tree_comes_before_every_other_and_proves_nothing() -> None:
    verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    verify_consistency(0, 5, [], EMPTY_ROOT, ROOTS[4])
    for wrong in ((0, 5, [OTHER], EMPTY_ROOT, ROOTS[4]), (0, 5, [], OTHER, ROOTS[4]), (0, 0, [], OTHER, OTHER)):
        with pytest.raises(ProofError):
            verify_consistency(*wrong)


def by_the_book(entries: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word: the halves are split at the largest power of two below the size."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    half = 1
    while 2 * half < len(entries):
        half *= 2
    return hashlib.sha256(b"\x01" + by_the_book(entries[:half]) + by_the_book(entries[half:])).digest()


@given(st.lists(st.binary(max_size=12), min_size=1, max_size=70), st.data())
def test_every_proof_of_every_size_holds_and_for_nothing_else(entries: list[bytes], data: st.DataObject) -> None:
    tree = tree_of(entries)
    size = data.draw(st.integers(1, len(entries)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root = tree.root(size)
    assert root == by_the_book(entries[:size])
    proof = tree.inclusion_proof(index, size)
    verify_inclusion(leaf_hash(entries[index]), index, size, proof, root)
    verify_consistency(old, size, tree.consistency_proof(old, size), by_the_book(entries[:old]), root)
    elsewhere = data.draw(st.integers(0, size - 1))
    if entries[elsewhere] != entries[index]:
        with pytest.raises(ProofError):
            verify_inclusion(leaf_hash(entries[elsewhere]), index, size, proof, root)
    other = [*entries]
    other[index] += b"!"
    if old > index:
        with pytest.raises(ProofError):
            verify_consistency(old, size, tree.consistency_proof(old, size), by_the_book(other[:old]), root)


def test_what_is_not_there_is_not_proved() -> None:
    tree = tree_of(ENTRIES)
    for index, size in ((8, 8), (-1, 8), (3, 3), (0, 9), (0, -1), (0, 0)):
        with pytest.raises(IndexError):
            tree.inclusion_proof(index, size)
    for old, new in ((9, 8), (-1, 8), (3, 2), (0, 9)):
        with pytest.raises(IndexError):
            tree.consistency_proof(old, new)
    for size in (9, -1):
        with pytest.raises(IndexError):
            tree.root(size)
    with pytest.raises(IndexError):
        tree.node(3, 1)


def test_a_leaf_is_no_node() -> None:
    """Else an entry could be made that stands for two others (a second preimage)."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
