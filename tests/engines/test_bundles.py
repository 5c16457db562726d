"""Commitments and proof bundles: what is in them counts to the last byte, and nothing else may be in them."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.engines.merkle import Tree
from convener.engines.tlog.bundles import as_text, is_file_name, verify_bundle, write_bundle
from convener.engines.tlog.checkpoints import Checkpoint
from convener.engines.tlog.commitments import canonical, commitment, new_salt, read_content
from convener.engines.tlog.notes import COSIGNATURE, Signer, read_note, signed
from convener.engines.tlog.policies import Policy, read_policy
from convener.engines.tlog.proofs import Proof
from convener.errors import Unreadable

pytestmark = pytest.mark.req("LOG-1", "LOG-2")

LOG = Signer("example.org/record", bytes(range(32)))
WITNESS = Signer("witness.example/w", bytes([7]) * 32, COSIGNATURE)
POLICY = read_policy(f"log {LOG.verifier.vkey}\nwitness w {WITNESS.verifier.vkey}\nquorum w\n")
DOCUMENT = b"A signed agreement.\n" * 100


def content_of(*documents: tuple[str, bytes]) -> dict[str, Any]:
    """A content that names these documents."""
    files = [{"name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in documents]
    return {"kind": "evidence.accepted", "at": "2026-11-23T09:00:00Z"} | ({"files": files} if files else {})


def text_of(content: dict[str, Any], *, log: Signer = LOG) -> str:
    """The proof of a content that stands fourth among ten."""
    salt, tree = new_salt(), Tree()
    for at in range(10):
        tree.append(commitment(salt, canonical(content)) if at == 3 else bytes([at]))
    text = Checkpoint(LOG.name, len(tree), tree.root()).text
    note = read_note(signed(text, log) + WITNESS.line(text, time=1_700_000_000))
    return as_text(Proof(3, tuple(tree.inclusion_proof(3)), note), canonical(content), salt)


def zipped(*members: tuple[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    """A ZIP of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def verified(folder: Path, data: bytes | str, policy: Policy = POLICY) -> Any:
    """The bundle of these bytes, verified."""
    path = folder / "bundle"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return verify_bundle(path, policy)


def test_canonical_json_is_that_of_the_standard() -> None:
    """The sample of RFC 8785, sections 3.2.2 and 3.2.3."""
    sample = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical(sample).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    order = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical(order)).values()) == [2, 4, 6, 7, 1, 5, 3]


@given(
    st.dictionaries(
        st.text(max_size=5), st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=9), min_size=1, max_size=5
    )
)
def test_a_content_has_one_writing(content: dict[str, Any]) -> None:
    text = canonical(content)
    assert read_content(text) == content
    for other in (text + b" ", b" " + text, json.dumps(content, indent=1).encode()):
        with pytest.raises(Unreadable):
            read_content(other)


@pytest.mark.parametrize("content", [{"a": float("nan")}, {"a": 2**60}, {"a": "\ud800"}, {"a": b"x"}, {"a": {1: 2}}])
def test_what_json_cannot_say_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        canonical(content)


def test_an_entry_says_nothing_without_its_salt() -> None:
    one, other = new_salt(), new_salt()
    assert len(commitment(one, b"{}")) == 33
    assert commitment(one, b"{}") != commitment(other, b"{}")
    assert commitment(one, b"{}")[0] == 1
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(one[:-1], b"{}")


def test_a_text_of_one_item_is_verified(tmp_path: Path) -> None:
    content = content_of()
    found = verified(tmp_path, text_of(content))
    assert (found.content, found.index, found.checkpoint.size, found.documents) == (content, 3, 10, ())


def test_every_part_of_a_text_counts(tmp_path: Path) -> None:
    text = text_of(content_of())
    for at in range(len(text)):
        if text[at].isascii() and text[at].isalnum():
            changed = text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :]
            with pytest.raises(Unreadable) as refused:
                verified(tmp_path, changed)
            assert refused.value.message
    for length in range(0, len(text), 7):
        with pytest.raises(Unreadable):
            verified(tmp_path, text[:length])


def test_a_zip_is_verified_with_its_documents(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(DOCUMENT)
    text = text_of(content_of(("Agreement (signed).pdf", DOCUMENT), ("leer.txt", b"")))
    (tmp_path / "b.txt").write_bytes(b"")
    with (tmp_path / "bundle.zip").open("wb") as out:
        write_bundle(out, text, {"Agreement (signed).pdf": tmp_path / "a.pdf", "leer.txt": tmp_path / "b.txt"})
    found = verify_bundle(tmp_path / "bundle.zip", POLICY)
    assert [one.name for one in found.documents] == ["Agreement (signed).pdf", "leer.txt"]


def link(name: str) -> zipfile.ZipInfo:
    """A member that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_every_byte_of_a_zip_counts(tmp_path: Path) -> None:
    """What a changed byte does not touch (a time, a comment) may stay; nothing that is believed is another."""
    content = content_of(("a.pdf", DOCUMENT))
    whole = zipped(("proof.tlog-proof", text_of(content)), ("files/a.pdf", DOCUMENT))
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 0x11]) + whole[at + 1 :]
        with suppress(Unreadable):
            found = verified(tmp_path, changed)
            assert (found.content, found.index) == (content, 3), at
    for length in range(0, len(whole) - 1, 5):
        with pytest.raises(Unreadable):
            verified(tmp_path, whole[:length])


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ([("files/a.pdf", DOCUMENT + b"!")], "another than the one"),
        ([("files/a.pdf", DOCUMENT[:-1])], "another than the one"),
        ([("files/a.pdf", b"B" + DOCUMENT[1:])], "another than the one"),
        ([("files/a.pdf", bytes(20_000_000))], "another than the one"),
        ([], "missing"),
        ([("files/b.pdf", DOCUMENT)], "missing"),
        ([("files/a.pdf", DOCUMENT), ("files/b.pdf", b"")], "none that the content names"),
        ([("files/a.pdf", DOCUMENT), ("../a.pdf", b"")], "no proof bundle has"),
        ([("files/a.pdf", DOCUMENT), ("files/../../a.pdf", b"")], "no proof bundle has"),
        ([("files/a.pdf", DOCUMENT), ("/etc/passwd", b"")], "no proof bundle has"),
        ([("files/a.pdf", DOCUMENT), ("files/sub/", b"")], "no proof bundle has"),
        ([("files/a.pdf", DOCUMENT), ("files/C:a.pdf", b"")], "no proof bundle has"),
        ([(link("files/a.pdf"), "/etc/passwd")], "no proof bundle has"),
        ([("files/a.pdf", DOCUMENT), ("notes.txt", b"")], "no proof bundle has"),
    ],
)
def test_documents_are_those_that_were_recorded_and_no_others(
    members: list[tuple[str | zipfile.ZipInfo, bytes]], told: str, tmp_path: Path
) -> None:
    text = text_of(content_of(("a.pdf", DOCUMENT)))
    with pytest.raises(Unreadable, match=told):
        verified(tmp_path, zipped(("proof.tlog-proof", text), *members))


def test_what_stands_twice_or_not_at_all_is_refused(tmp_path: Path) -> None:
    text = text_of(content_of(("a.pdf", DOCUMENT)))
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(("proof.tlog-proof", text), ("files/a.pdf", b"x"), ("files/a.pdf", DOCUMENT))
    for data in (twice, zipped(("files/a.pdf", DOCUMENT)), b"PK", b"PK\x03\x04" + bytes(100), b""):
        with pytest.raises(Unreadable):
            verified(tmp_path, data)
    with pytest.raises(Unreadable, match="not with it"):
        verified(tmp_path, text)
    with pytest.raises(Unreadable, match="too long"):
        verified(tmp_path, b"a" * 5_000_000)


@pytest.mark.parametrize(
    "files",
    [[{"name": "../a", "sha256": "0" * 64, "size": 1}], [{"name": "a", "sha256": "0" * 63, "size": 1}], "a", [1], [{}],
     [{"name": "a", "sha256": "0" * 64, "size": -1}], [{"name": "a", "sha256": "0" * 64, "size": True}],
     2 * [{"name": "a", "sha256": "0" * 64, "size": 1}], [{"name": "a", "sha256": "0" * 64, "size": 1, "more": 1}]],
)  # fmt: skip
def test_a_list_of_documents_that_is_none_is_refused(files: Any, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="list of documents"):
        verified(tmp_path, zipped(("proof.tlog-proof", text_of(content_of() | {"files": files}))))


def test_another_hub_with_the_same_name_is_not_believed(tmp_path: Path) -> None:
    """The key counts, and not what it is called."""
    other = Signer(LOG.name, bytes(32))
    with pytest.raises(Unreadable, match="None of the known keys"):
        verified(tmp_path, text_of(content_of(), log=other))
    without = read_policy(f"log {LOG.verifier.vkey}\nquorum none\n")
    with pytest.raises(Unreadable, match="None of the known keys"):
        verified(tmp_path, text_of(content_of(), log=other), without)
    assert verified(tmp_path, text_of(content_of()), without).index == 3


def test_names_that_are_paths_somewhere_are_none() -> None:
    for name in ("a.pdf", "Vertrag (1) – unterschrieben.pdf", "عقد.pdf"):
        assert is_file_name(name)
    for name in ("", ".", "..", "a/b", "a\\b", "C:", "a\x00", "a\n", " a", "a.", "a" * 201, "\u202ea.pdf"):
        assert not is_file_name(name)
