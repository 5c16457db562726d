"""Checkpoints (C2SP tlog-checkpoint): what a log says of itself at one size, to be signed as a note."""

from __future__ import annotations

import re
from typing import NamedTuple

from convener.engines.merkle.hashing import SIZE
from convener.engines.tlog.coding import coded, decoded
from convener.engines.tlog.notes import NoteError
from convener.errors import sentence

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
#: The largest size: what fits in 63 bits.
MOST_ENTRIES = 2**63 - 1


class Checkpoint(NamedTuple):
    """Which log (``origin``), how many entries, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text of the note."""
        return f"{self.origin}\n{self.size}\n{coded(self.root)}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in the text of a note; lines after the third are for others to read. Raises NoteError."""
    lines = text.split("\n")
    if len(lines) >= 4 and all(lines[:-1]) and not lines[-1] and _SIZE.fullmatch(lines[1]):
        size, root = int(lines[1]), decoded(lines[2])
        if root is not None and len(root) == SIZE and size <= MOST_ENTRIES:
            return Checkpoint(lines[0], size, root)
    told = sentence("This is no checkpoint of a log: it has no origin, size and root.")
    raise NoteError(told, hint=sentence("It may have been cut off or changed on its way; ask for it again."))
