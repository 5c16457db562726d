"""Proofs as text (C2SP tlog-proof): that an entry is in a log, for whoever has the keys, without asking anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass

from convener.engines.merkle import verify_inclusion
from convener.engines.merkle.hashing import SIZE
from convener.engines.tlog.checkpoints import MOST_ENTRIES, Checkpoint
from convener.engines.tlog.coding import coded, decoded
from convener.engines.tlog.notes import Note, read_note
from convener.engines.tlog.policies import Policy
from convener.errors import Unreadable, sentence

_FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
#: A tree has no more levels.
_MOST_HASHES = 63


@dataclass(frozen=True)
class Proof:
    """Where the entry is, the hashes that lead to the root, and the signed checkpoint. ``extra`` proves nothing by itself."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def __str__(self) -> str:
        lines = [_FIRST]
        lines += [f"extra {coded(self.extra)}"] if self.extra else []
        lines += [f"index {self.index}", *map(coded, self.hashes)]
        return "\n".join([*lines, "", str(self.note)])

    def check(self, leaf_hash: bytes, policy: Policy) -> Checkpoint:
        """The checkpoint by which the entry with this hash is in a log that the policy accepts.

        Raises NoteError for the checkpoint, ProofError for the way to its root.
        """
        checkpoint = policy.check(self.note)
        verify_inclusion(leaf_hash, self.index, checkpoint.size, self.hashes, checkpoint.root)
        return checkpoint


def read_proof(text: str) -> Proof:
    """Read a proof; nothing is verified. Raises Unreadable."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    extra = b""
    if len(lines) > 1 and lines[1].startswith("extra "):
        extra = _bytes(lines.pop(1).removeprefix("extra "))
    match = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if lines[0] != _FIRST or match is None or len(lines) - 2 > _MOST_HASHES or int(match[1]) > MOST_ENTRIES:
        raise _no_proof()
    hashes = tuple(map(_bytes, lines[2:]))
    if any(len(one) != SIZE for one in hashes):
        raise _no_proof()
    return Proof(int(match[1]), hashes, read_note(note), extra)


def _bytes(text: str) -> bytes:
    raw = decoded(text)
    if raw is None:
        raise _no_proof()
    return raw


def _no_proof() -> Unreadable:
    told = sentence("This is no proof of a transparency log.")
    return Unreadable(told, hint=sentence("It may have been cut off or changed on its way; ask for it again."))
