"""Copies of a whole hub: ``backup`` writes one, ``restore`` reads it, on SQLite and on PostgreSQL alike.

A backup is a ZIP file: ``manifest.json`` (what is in it, for which migrations, with a SHA-256 for every member),
``tables/<app.model>.jsonl`` (one JSON array a row, in the order of the columns that the manifest names) and ``files/…``
(the hub's own files, by their path in the data folder). The hub's secrets are not in it: ``keys.py`` seals them into a
file of their own.

Here are only the names that are needed before Django is loaded; the rest is in ``writing.py`` and ``restoring.py``.
"""

from convener.foundation.copies.lock import hold_exclusive, hold_shared
from convener.foundation.copies.recovery import recover

__all__ = ["hold_exclusive", "hold_shared", "recover"]
