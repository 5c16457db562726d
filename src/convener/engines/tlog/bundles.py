"""Proof bundles: a content of the record with its salt, proof and documents, for people without this hub.

A text of one item is a proof (:mod:`proofs`) with content and salt as its extra data. A ZIP has the same text as
``proof.tlog-proof``, and the documents that the content names beside it, as ``files/NAME``. The content lists them:
``"files": [{"name", "sha256", "size"}]``.
"""

from __future__ import annotations

import errno
import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from convener.engines.merkle import leaf_hash
from convener.engines.tlog.checkpoints import Checkpoint
from convener.engines.tlog.coding import coded, decoded
from convener.engines.tlog.commitments import SALT_BYTES, canonical, commitment, read_content
from convener.engines.tlog.policies import Policy
from convener.engines.tlog.proofs import Proof, read_proof
from convener.errors import Sentence, Unreadable, sentence

PROOF, FILES = "proof.tlog-proof", "files/"
#: Bytes of a proof with its content, documents of one bundle, and bytes of one of them.
MOST_PROOF, MOST_FILES, MOST_FILE = 4_000_000, 1_000, 8 * 2**30
_PIECE = 2**20
_ZIP = b"PK"
_HASH = re.compile("[0-9a-f]{64}")
#: A name that is one on every system: no folders, no drives, nothing that cannot be seen.
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]{1,200}")


class BundleError(Unreadable):
    """A bundle that is damaged, forged or no bundle; the message says which part."""


@dataclass(frozen=True)
class Document:
    """A document that a content names: what it is called, its SHA-256 in hexadecimal, its bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Verified:
    """What holds: the content, where it stands in which log, and the documents that are the ones it names."""

    content: Mapping[str, Any]
    index: int
    checkpoint: Checkpoint
    documents: tuple[Document, ...] = ()


def as_text(proof: Proof, content: bytes, salt: bytes) -> str:
    """The proof of one item with its content and salt, as a text."""
    extra = canonical({"content": read_content(content), "salt": coded(salt)})
    return str(Proof(proof.index, proof.hashes, proof.note, extra))


def write_bundle(out: BinaryIO, text: str, documents: Mapping[str, Path]) -> None:
    """Write the ZIP of a text of :func:`as_text` and the documents that its content names. Raises OSError."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PROOF, text)
        for name, path in documents.items():
            archive.write(path, f"{FILES}{name}")


def verify_bundle(path: Path, policy: Policy) -> Verified:
    """Verify a text or a ZIP, reading no more than it should have. Nothing is written, and nobody is asked.

    Raises BundleError, NoteError, ProofError or Unreadable with the reason; OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        if file.read(2) != _ZIP:
            file.seek(0)
            verified = _verified(_read_whole(file), policy)
            if documents_of(verified.content):
                raise _refused(sentence("The documents that the content names are not with it."))
            return verified
        file.seek(0)
        with _opened(file) as archive:
            members = _members(archive)
            with archive.open(members.pop(PROOF)) as text:
                verified = _verified(_read_whole(text), policy)
            documents = documents_of(verified.content)
            _check_documents(archive, members, documents)
    return Verified(verified.content, verified.index, verified.checkpoint, documents)


def documents_of(content: Mapping[str, Any]) -> tuple[Document, ...]:
    """The documents that a content names. Raises BundleError where its list is none."""
    listed = content.get("files", [])
    found = [_document(one) for one in listed] if isinstance(listed, list) and len(listed) <= MOST_FILES else [None]
    documents = tuple(one for one in found if one is not None)
    if len(documents) < len(found) or len({one.name for one in documents}) < len(documents):
        raise _refused(sentence("The content's list of documents cannot be read."))
    return documents


def _document(said: Any) -> Document | None:
    if not isinstance(said, dict) or said.keys() != {"name", "sha256", "size"}:
        return None
    name, digest, size = said["name"], said["sha256"], said["size"]
    is_one = isinstance(name, str) and isinstance(digest, str) and type(size) is int
    if not is_one or not is_file_name(name) or not _HASH.fullmatch(digest) or not 0 <= size <= MOST_FILE:
        return None
    return Document(name, digest, size)


def is_file_name(name: str) -> bool:
    """Whether a document may be called so in a bundle: one name, and no path, on any system."""
    return bool(_NAME.fullmatch(name)) and name == name.strip(" .") and name.isprintable()


def _verified(text: bytes, policy: Policy) -> Verified:
    try:
        proof = read_proof(text.decode())
    except UnicodeDecodeError:
        raise _refused(sentence("The proof is not a text.")) from None
    extra = read_content(proof.extra)
    salt = decoded(extra["salt"]) if isinstance(extra.get("salt"), str) else None
    if extra.keys() != {"content", "salt"} or salt is None or len(salt) != SALT_BYTES:
        raise _refused(sentence("The proof has no content and salt with it."))
    content = extra["content"]
    if not isinstance(content, dict):
        raise _refused(sentence("The proof has no content and salt with it."))
    checkpoint = proof.check(leaf_hash(commitment(salt, canonical(content))), policy)
    return Verified(content, proof.index, checkpoint)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The ZIP; whatever is wrong with it while it is read is a BundleError."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _refused(sentence("The ZIP is damaged or cut off.")) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the file's beginning
            raise
        raise _refused(sentence("The ZIP is damaged or cut off.")) from error


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of the ZIP by name. Raises BundleError where one does not belong there."""
    listed = archive.infolist()
    members = {one.filename: one for one in listed}
    if len(members) < len(listed) or len(listed) > MOST_FILES + 1 or PROOF not in members:
        raise _refused(sentence("The ZIP is no proof bundle."))
    for name, one in members.items():
        kind = stat.S_IFMT(one.external_attr >> 16)
        is_plain = kind in (0, stat.S_IFREG) and not one.flag_bits & 1
        is_here = name == PROOF or (name.startswith(FILES) and is_file_name(name.removeprefix(FILES)))
        if not is_plain or not is_here:
            raise _refused(sentence("There is something in the ZIP that no proof bundle has: %(name)s.", name=name))
    return members


def _check_documents(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], documents: tuple[Document, ...]
) -> None:
    names = {f"{FILES}{one.name}" for one in documents}
    for name in sorted(members.keys() ^ names):
        short = name.removeprefix(FILES)
        if name in names:
            raise _refused(sentence("The document %(name)s is missing.", name=short))
        raise _refused(sentence("The document %(name)s is none that the content names.", name=short))
    for one in documents:
        if _hashed(archive, members[f"{FILES}{one.name}"], one.size) != one.sha256:
            raise _refused(sentence("The document %(name)s is another than the one that was recorded.", name=one.name))


def _hashed(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> str:
    """The SHA-256 of a document; "" where it has not so many bytes, of which no more is unpacked than that."""
    digest, left = hashlib.sha256(), size
    with archive.open(member) as file:
        while piece := file.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                return ""
            digest.update(piece)
    return digest.hexdigest() if not left else ""


def _read_whole(file: IO[bytes]) -> bytes:
    content = file.read(MOST_PROOF + 1)
    if len(content) > MOST_PROOF:
        raise _refused(sentence("The proof is too long to be one."))
    return content


def _refused(told: Sentence) -> BundleError:
    return BundleError(told, hint=sentence("Ask for the proof again; if it fails again, tell who gave it to you."))
