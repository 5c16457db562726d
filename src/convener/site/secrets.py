"""Secrets the hub makes for itself on first start, kept beside the data and readable by its owner only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from convener.errors import UnsafeSettings

FILE_NAME = "secrets.json"


def load_or_create(data_dir: Path) -> dict[str, str]:
    """Read ``secrets.json`` of ``data_dir``, making it first where it is missing.

    Returns ``{"secret_key", "field_key"}``. Raises :class:`UnsafeSettings` when others on the machine can read the file.
    """
    path = data_dir / FILE_NAME
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    made = {
        "secret_key": secrets.token_urlsafe(64),
        "field_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())
    return made


def _read(path: Path) -> dict[str, str]:
    if path.stat().st_mode & 0o077:
        raise UnsafeSettings([f"{path} can be read by others on this machine: run chmod 600 on it."])
    text = path.read_text(encoding="utf-8")
    if not text:  # another process is between creating and writing it, or was killed there
        path.unlink()
        return load_or_create(path.parent)
    content: dict[str, str] = json.loads(text)
    return content
