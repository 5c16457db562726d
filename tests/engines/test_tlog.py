"""Notes, checkpoints, tiles, policies and proofs against the examples of their specifications, and changed by a stranger."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.engines.merkle import ProofError, Tree, leaf_hash, proving
from convener.engines.tlog.checkpoints import Checkpoint, read_checkpoint
from convener.engines.tlog.notes import (
    COSIGNATURE,
    Note,
    NoteError,
    Signer,
    Verifier,
    read_note,
    read_signatures,
    read_vkey,
    signed,
    verify,
)
from convener.engines.tlog.policies import Policy, read_policy
from convener.engines.tlog.proofs import Proof, read_proof
from convener.engines.tlog.tiles import WIDTH, Tile, TileReader, bundle, entries_of, new_tiles, read_path
from convener.errors import Unreadable

pytestmark = pytest.mark.req("LOG-1", "LOG-2")

# The key and the note of the reference implementation's tests (golang.org/x/mod, sumdb/note/note_test.go, BSD-3-Clause).
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
NOTE = f"{TEXT}\n{LINE}"
# The example of C2SP signed-note (CC BY 4.0), whose key is not published: empty lines inside, letters outside ASCII.
SALVATORE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
# The example of C2SP tlog-cosignature: a checkpoint, signed by its log and by a witness.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
LOG = Signer("example.org/record", bytes(range(32)))


def witness(number: int) -> Signer:
    """A witness with a key of its own."""
    return Signer(f"witness.example/w{number}", bytes([number]) * 32, COSIGNATURE)


def test_the_reference_note_verifies_and_is_made_byte_for_byte() -> None:
    verifier = read_vkey(VKEY)
    assert verify(read_note(NOTE), [verifier]) == (verifier,)
    assert verify(read_note(NOTE.encode()), [verifier]) == (verifier,)
    assert str(read_note(NOTE)) == NOTE
    signer = Signer("PeterNeumann", SEED)
    assert signer.verifier == verifier
    assert signer.verifier.vkey == VKEY
    assert signed(TEXT, signer) == NOTE
    assert base64.b64encode(SEED).decode() not in repr(signer)
    assert repr(SEED) not in repr(signer)


def test_every_part_of_a_key_counts() -> None:
    parts = [VKEY[start:end] for start in range(len(VKEY)) for end in range(start + 1, len(VKEY) + 1)]
    for text in parts[:-1] + [VKEY[:at] + chr(ord(VKEY[at]) + 1) + VKEY[at + 1 :] for at in range(len(VKEY))]:
        if text != VKEY:
            with pytest.raises(NoteError):
                read_vkey(text)


def test_every_byte_of_a_note_counts() -> None:
    verifier, raw = read_vkey(VKEY), NOTE.encode()
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(NoteError):
            verify(read_note(changed), [verifier])
    for length in range(len(raw)):
        with pytest.raises(NoteError):
            verify(read_note(raw[:length]), [verifier])


def test_the_examples_of_the_specifications_are_read() -> None:
    note = read_note(SALVATORE)
    assert note.text.count("\n") == 4
    assert [one.name for one in note.signatures] == ["quasimodo.example/salvatore"]
    sofa = read_note(SOFA)
    checkpoint = read_checkpoint(sofa.text)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root[:2].hex()) == (
        "example.com/behind-the-sofa",
        20852163,
        "0ac5",
    )
    assert checkpoint.text == sofa.text
    assert sofa.signatures[1].time == 1679315147
    assert str(sofa) == SOFA


def test_signatures_of_others_are_passed_over_and_those_that_do_not_hold_are_not() -> None:
    other = Signer("PeterNeumann", bytes(32))  # the same name, another key
    both = signed(TEXT, other, Signer("PeterNeumann", SEED))
    assert verify(read_note(both), [read_vkey(VKEY)]) == (read_vkey(VKEY),)
    with pytest.raises(NoteError, match="None of the known keys"):
        verify(read_note(NOTE), [other.verifier])
    with pytest.raises(NoteError, match="None of the known keys"):
        verify(read_note(NOTE), [])
    forged = read_note(NOTE.replace("answer", "answers"))
    with pytest.raises(NoteError, match="does not hold"):
        verify(forged, [read_vkey(VKEY)])


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "text", "text\n", "text\n\n", f"text\r\n\n{LINE}", f"te\x00xt\n\n{LINE}", f"text\n\n{LINE}rest",
        f"\ud800\n\n{LINE}", f"text\n\n{LINE[1:]}", "text\n\n— \n", "text\n\n— a b\n", "text\n\n— a+b eHl6YWI=\n",
        f"text\n\n{LINE}" + 200 * LINE,
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_note(text)


def test_a_text_that_no_note_can_hold_is_not_signed() -> None:
    for text in ("", "no end", "tab\t\n", "\ud800\n"):
        with pytest.raises(NoteError):
            signed(text, LOG)


def test_a_witness_signs_the_time_with_the_text() -> None:
    by = witness(1)
    note = read_note(signed("a\n", LOG) + by.line("a\n", time=1_700_000_000))
    assert verify(note, [by.verifier]) == (by.verifier,)
    (signature,) = read_signatures(by.line("a\n", time=1_700_000_000))
    assert (signature.name, signature.time) == (by.name, 1_700_000_000)
    later = signature._replace(signature=bytes([1]) + signature.signature[1:])
    short = signature._replace(signature=signature.signature[8:])
    for wrong in (later, short):
        with pytest.raises(NoteError):
            verify(Note("a\n", (wrong,)), [by.verifier])
    as_log = Verifier(by.name, by.verifier.public)
    with pytest.raises(NoteError):
        verify(note, [as_log])


@pytest.mark.parametrize(
    "text",
    ["a\n1\n", "a\n01\n{root}\n", "a\n-1\n{root}\n", "a\n1\n{root}", "a\n1\nAAAA\n", "\n1\n{root}\n", "a\n1\n{root}\n\n",
     "a\nx\n{root}\n", "a\n9223372036854775808\n{root}\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    root = base64.b64encode(bytes(32)).decode()
    with pytest.raises(NoteError):
        read_checkpoint(text.format(root=root))
    assert read_checkpoint(f"a\n1\n{root}\nmore\n") == Checkpoint("a", 1, bytes(32))


def test_paths_of_tiles_are_those_of_the_specification() -> None:
    assert Tile(0, 1_234_067).path == "0/x001/x234/067"
    assert Tile(3, 5, 17).path == "3/005.p/17"
    assert Tile(0, 0, is_entries=True).path == "entries/000"
    for path in ("0/x001/x234/067", "3/005.p/17", "entries/x001/000.p/1", "7/000"):
        tile = read_path(path)
        assert tile is not None
        assert tile.path == path
    for path in ("", "0", "0/", "0/0", "00/000", "8/000", "64/000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/x000/001",
                 "0/../000", "entries/1/000", "0/x001/x002/x003/x004/x005/x006/007", "0/000\n", "0/٠٠٠", "-1/000"):  # fmt: skip
        assert read_path(path) is None, path


def test_the_tiles_of_70_000_entries_are_those_of_the_specification() -> None:
    tiles = list(new_tiles(0, 70_000))
    assert sum(tile.level == 0 and tile.width == WIDTH for tile in tiles) == 273
    assert [tile for tile in tiles if tile.width < WIDTH] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(new_tiles(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(new_tiles(255, 257)) == [Tile(0, 0), Tile(0, 1, 1), Tile(1, 0, 1)]
    assert list(new_tiles(5, 5)) == []


def stored(tree: Tree, size: int) -> dict[str, bytes]:
    """The tiles of a tree, by the path."""
    return {
        tile.path: b"".join(tree.node(8 * tile.level, tile.number * WIDTH + at) for at in range(tile.width))
        for tile in new_tiles(0, size)
    }


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 700, 65_536, 66_000])
def test_from_tiles_come_the_same_roots_and_proofs(size: int) -> None:
    tree = Tree()
    for at in range(size):
        tree.append(at.to_bytes(4))
    tiles = stored(tree, size)
    reader = TileReader(lambda tile: tiles[tile.path], size)
    edges = proving.edge(reader.node, size)
    assert edges[-1] == tree.root()
    for at in {0, 1, size // 3, size // 2, size - 1} & {*range(size)}:
        assert proving.inclusion(reader.node, edges, at, size) == tree.inclusion_proof(at)
        assert proving.consistency(reader.node, edges, at, size) == tree.consistency_proof(at)
    with pytest.raises(IndexError):
        reader.node(0, size)


def test_a_tile_that_is_cut_is_not_read() -> None:
    reader = TileReader(lambda tile: bytes(31), 1)
    with pytest.raises(Unreadable, match="damaged"):
        reader.node(0, 0)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_hold_their_entries(entries: list[bytes]) -> None:
    content = bundle(entries)
    assert list(entries_of(content)) == entries
    if content:
        with pytest.raises(Unreadable):
            entries_of(content[:-1] if len(entries[-1]) else content + b"\x00")
    with pytest.raises(ValueError, match="65536 bytes"):
        bundle([bytes(65_536)])


def policy(quorum: str, *more: str) -> Policy:
    """A policy with our log and six witnesses."""
    lines = [f"log {LOG.verifier.vkey}", "# a comment", ""]
    lines += [f"  witness\tw{number} {witness(number).verifier.vkey} https://example.org" for number in range(1, 7)]
    return read_policy("\n".join([*lines, *more, f"quorum {quorum}\n"]))


def checkpoint_of(*witnesses: int, origin: str = LOG.name) -> Note:
    """A checkpoint of our log that these witnesses signed."""
    text = Checkpoint(origin, 7, bytes(32)).text
    return read_note(signed(text, LOG) + "".join(witness(number).line(text, time=5) for number in witnesses))


GROUPS = ("group x 2 w1 w2 w3", "group y any w4 w5 w6", "group both all x y")


@pytest.mark.parametrize(
    ("quorum", "enough", "too_few"),
    [
        ("none", [[], [1]], []),
        ("w1", [[1], [1, 2]], [[], [2]]),
        ("x", [[1, 2], [2, 3], [1, 2, 3]], [[], [1], [4, 5, 6]]),
        ("both", [[1, 2, 4], [2, 3, 6], [1, 2, 3, 4, 5, 6]], [[1, 2], [1, 4, 5, 6], [4]]),
    ],
)
def test_so_many_witnesses_must_have_signed(
    quorum: str, enough: Sequence[Sequence[int]], too_few: Sequence[Sequence[int]]
) -> None:
    read = policy(quorum, *GROUPS)
    for witnesses in enough:
        assert read.check(checkpoint_of(*witnesses)).size == 7
    for witnesses in too_few:
        with pytest.raises(NoteError, match="Not enough witnesses"):
            read.check(checkpoint_of(*witnesses))


def test_a_log_signs_under_its_own_name_only() -> None:
    with pytest.raises(NoteError, match="None of the known keys"):
        policy("none").check(checkpoint_of(origin="example.org/another"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "no line"),
        ("quorum w1", "not named"),
        ("quorum none\nquorum none", "one line"),
        ("nonsense x\nquorum none", "begins with none"),
        ("witness w1\nquorum none", "a name and a key"),
        ("witness w1 {log}\nquorum none", "another use"),
        ("log {w1}\nquorum none", "another use"),
        ("log {log}\nlog {log}\nquorum none", "stands in a line before"),
        ("witness none {w1}\nquorum none", "taken"),
        ("witness a {w1}\ngroup a 1 a\nquorum none", "taken"),
        ("witness a {w1}\ngroup g 2 a\nquorum none", "How many"),
        ("witness a {w1}\ngroup g 0 a\nquorum none", "How many"),
        ("witness a {w1}\ngroup g ٢ a\nquorum none", "How many"),
        ("witness a {w1}\ngroup g 1 a\ngroup h 1 a\nquorum h", "in a group already"),
        ("group g 1 b\nquorum g", "not named"),
        ("log x+00000000+AAAA\nquorum none", "key is none"),
        ("log {log}\x07\nquorum none", "control"),
    ],
)
def test_a_policy_that_is_wrong_is_refused_with_its_line(line: str, told: str) -> None:
    text = line.format(log=LOG.verifier.vkey, w1=witness(1).verifier.vkey)
    with pytest.raises(Unreadable, match=told) as refused:
        read_policy(text)
    assert "line " in refused.value.message


def test_a_proof_is_whole_in_its_text() -> None:
    tree = Tree()
    entries = [bytes([at]) for at in range(11)]
    for entry in entries:
        tree.append(entry)
    text = Checkpoint(LOG.name, len(tree), tree.root()).text
    note = read_note(signed(text, LOG) + witness(1).line(text, time=5))
    proof = Proof(4, tuple(tree.inclusion_proof(4)), note, b"extra")
    read = read_proof(str(proof))
    assert read == proof
    assert read.check(leaf_hash(entries[4]), policy("w1")).size == 11
    with pytest.raises(ProofError):
        read.check(leaf_hash(entries[5]), policy("w1"))
    with pytest.raises(NoteError):
        read.check(leaf_hash(entries[4]), policy("w2"))
    alone = read_proof(str(Proof(0, (), note)))
    assert (alone.index, alone.hashes, alone.extra) == (0, (), b"")
    for wrong in ("", "c2sp.org/tlog-proof@v1\n", str(proof).replace("@v1", "@v2"), str(proof).replace("index 4", "index 04"),
                  str(proof).replace("index 4\n", "index 4\nAAAA\n"), str(proof).replace("extra ", "extra !")):  # fmt: skip
        with pytest.raises(Unreadable):
            read_proof(wrong)
