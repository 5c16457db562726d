"""The name of this node: one data folder, and so one search index, is one node."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE_NAME = "node"


def node_of(folder: Path) -> str:
    """The node's name, kept in ``folder`` and made at random the first time: host names change, folders stay."""
    path = folder / FILE_NAME
    try:
        return path.read_text(encoding="ascii").strip() or _make(path)
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    """Write a name beside the file and link it into place, so that no other process ever reads half of one."""
    draft = path.with_name(f"{FILE_NAME}.{secrets.token_hex(4)}")
    draft.write_text(f"node-{secrets.token_hex(4)}\n", encoding="ascii")
    try:
        if path.exists() and path.stat().st_size == 0:
            draft.replace(path)
        else:
            os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its name counts
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
