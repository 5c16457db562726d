"""``backup``: one consistent state of the hub into one file, while the hub goes on working."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from convener.errors import NotAllowed, Refused
from convener.foundation.actor import Actor, Role
from convener.foundation.audit.actions import record
from convener.foundation.copies import keys as key_files
from convener.foundation.copies import manifest as manifests
from convener.foundation.copies import tables
from convener.foundation.copies.archive import Writer
from convener.foundation.copies.connections import snapshot
from convener.foundation.copies.keys import HubSecrets
from convener.foundation.copies.lock import hold_shared
from convener.foundation.copies.manifest import Manifest, Table
from convener.foundation.copies.refusals import in_our_words
from convener.foundation.copies.safe_file import check_free, draft
from convener.foundation.copies.values import to_line
from convener.foundation.outbox.models import Cursor, Event
from convener.foundation.outbox.queries import first_unread_id

Advance = Callable[[int, int], None]
_AT_ONCE = 2000
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Made:
    """What a backup holds: ``rows`` by table, ``notes`` for the operator, sizes in bytes."""

    file: Path
    keys: Path | None
    manifest: Manifest
    fingerprint: str
    size: int
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "file": str(self.file),
            "bytes": self.size,
            "id": str(self.manifest.id),
            "fingerprint": self.fingerprint,
            "made_at": self.manifest.made_at.isoformat(),
            "rows": self.manifest.rows(),
            "tables": {label: table.rows for label, table in self.manifest.tables.items()},
            "files": file_count(self.manifest),
            "left_out": self.manifest.left_out,
            "keys": str(self.keys) if self.keys else None,
            "keys_needed_for": self.manifest.keys_needed_for,
        }

    def summary(self) -> str:
        """For people, one line."""
        return (
            f"Backed up {self.manifest.rows():,} rows and {file_count(self.manifest):,} files to {self.file} "
            f"({self.size:,} bytes, fingerprint {self.fingerprint[:16]})."
        )


def file_count(manifest: Manifest) -> int:
    """How many of the hub's files a backup holds."""
    return sum(name.startswith("files/") for name in manifest.members)


def check_may_copy(actor: Actor) -> None:
    """A copy holds everything of everybody: operators and administrators only. Raises NotAllowed."""
    if not actor.operator and actor.role != Role.ADMINISTRATOR:
        raise NotAllowed("Only an administrator may back up or restore a hub.", hint="Ask one, or leave --as away.")


def write_backup(
    path: Path,
    *,
    actor: Actor,
    keys: Path | None = None,
    passphrase: str | None = None,
    force: bool = False,
    advance: Advance = lambda done, total: None,
) -> Made:
    """Write the whole hub to ``path``, and with ``keys`` and ``passphrase`` its sealed secrets to ``keys``.

    ``advance(done, total)`` is called with rows. Raises NotAllowed; Refused for a file that exists (without ``force``),
    a full disk and the like; InvalidValue for a short passphrase. Whatever happens, what is at ``path`` is whole.
    """
    check_may_copy(actor)
    _check_targets(path, keys, force=force)
    now = timezone.now()
    secrets = HubSecrets(settings.SECRET_KEY, settings.FIELD_KEY)
    sealed = key_files.seal(secrets, passphrase or "", now) if keys else b""
    try:
        with hold_shared(settings.DATA_DIR), draft(path) as file:
            with Writer(file) as writer:
                manifest, fingerprint = _write(writer, secrets, now, advance)
            size = file.tell()
            record(actor, "hub.backup", "backup", manifest.id, count=max(1, manifest.rows()))
            if keys:
                _write_keys(keys, sealed)
    except (OSError, DatabaseError) as error:
        raise in_our_words(error, "The backup") or error from error
    return Made(path, keys, manifest, fingerprint, size, _notes(keys, manifest))


def _check_targets(path: Path, keys: Path | None, *, force: bool) -> None:
    check_free(path, force=force)
    if keys is None:
        return
    check_free(keys, force=force)
    if keys.resolve() == path.resolve():
        raise Refused("The key file and the backup are the same file.", hint="Name two, and keep them apart.")


def _write_keys(path: Path, sealed: bytes) -> None:
    with draft(path) as file:
        file.write(sealed)


def _write(writer: Writer, secrets: HubSecrets, now: datetime, advance: Advance) -> tuple[Manifest, str]:
    with snapshot():
        # Files right after the snapshot began: each that a row of it names was there before the row was committed.
        _write_files(writer, settings.DATA_DIR)
        found = tables.backed_up(apps)
        counts = {label: _rows(label, model).count() for label, model in found.items()}
        progress = _Progress(sum(counts.values()), advance)
        described = {label: _write_table(writer, label, model, progress) for label, model in found.items()}
        manifest = Manifest(
            format=manifests.FORMAT,
            format_version=manifests.VERSION,
            convener_version=version("convener"),
            id=uuid.uuid4(),
            made_at=now,
            database=connection.vendor,
            migrations=tables.migrations_applied(MigrationLoader(connection)),
            tables=described,
            members=writer.members,
            left_out=tables.left_out(),
            field_key=secrets.fingerprint(),
            keys_needed_for=_keys_needed_for(),
        )
    return manifest, writer.finish(manifest)


class _Progress:
    """Counts rows for whoever watches."""

    def __init__(self, total: int, advance: Advance) -> None:
        self._done, self._total, self._advance = 0, total, advance

    def add(self, rows: int) -> None:
        """``rows`` more are written."""
        self._done += rows
        self._advance(self._done, self._total)


def _rows(label: str, model: tables.Model) -> Any:
    """The rows of a table, in the order the database keeps them: a restored one then keeps them so too."""
    rows = model._base_manager.order_by()
    return rows.filter(tables.ROWS_LEFT_OUT[label][1]) if label in tables.ROWS_LEFT_OUT else rows


def _write_table(writer: Writer, label: str, model: tables.Model, progress: _Progress) -> Table:
    names = [column.attname for column in tables.columns(model)]
    count = 0
    with writer.member(manifests.table_member(label)) as write:
        for batch in _batches(label, model, names):
            write(b"".join(map(to_line, batch)))
            count += len(batch)
            progress.add(len(batch))
    return Table(columns=names, rows=count, sequence=tables.sequence_of(model))


def _batches(label: str, model: tables.Model, names: list[str]) -> Iterator[list[tuple[Any, ...]]]:
    batch: list[tuple[Any, ...]] = []
    for row in _rows(label, model).values_list(*names).iterator(chunk_size=_AT_ONCE):
        batch.append(_settled(names, row) if model is Cursor else row)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    yield batch


def _settled(names: list[str], row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A cursor in the order of ids, which is the order of events after a restore."""
    values = dict(zip(names, row, strict=True))
    unread = first_unread_id(values["position"]) if connection.vendor == "postgresql" else None
    if unread is not None and unread < values["position"]:
        before = Event.objects.filter(id__lt=unread).aggregate(last=models.Max("id"))["last"]
        values["position"] = before or 0  # some events may be told twice, none is lost
    return tuple(values.values())


def _write_files(writer: Writer, data_dir: Path) -> None:
    for folder in manifests.FOLDERS:
        for path in _files_below(data_dir / folder):
            name = f"files/{path.relative_to(data_dir).as_posix()}"
            try:
                name.encode()
                handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except FileNotFoundError:
                continue  # deleted since the folder was listed
            except UnicodeEncodeError as error:
                raise Refused(f"The name of {os.fsencode(path)!r} is not text.", hint="Rename the file.") from error
            with os.fdopen(handle, "rb") as source, writer.member(name) as write:
                while chunk := source.read(_CHUNK):
                    write(chunk)


def _files_below(folder: Path) -> Iterator[Path]:
    """Every file below ``folder``, folder by folder; links are not followed and not copied."""
    for current, folders, names in os.walk(folder):
        folders.sort()
        paths = (Path(current, name) for name in sorted(names))
        yield from (path for path in paths if path.is_file() and not path.is_symlink())


def _keys_needed_for() -> dict[str, str]:
    count = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).count()
    return {
        "second_factors": f"{count} second factors (authenticator apps, recovery codes) are sealed with the field key",
        "signed_links": "links that were mailed to set a new password are signed with the secret key",
    }


def _notes(keys: Path | None, manifest: Manifest) -> list[str]:
    if keys:
        return [f"The key file {keys} opens with the passphrase only. Keep it apart from the backup."]
    return [
        "The hub's secrets are not in the backup. On a hub with other secrets these cannot be restored without "
        "'backup --keys KEYFILE':",
        f"- {manifest.keys_needed_for['second_factors']}: those people would have to set up theirs anew;",
        f"- {manifest.keys_needed_for['signed_links']}: links on their way would stop working.",
        "Logins in progress are in no backup: after any restore, everybody logs in again.",
    ]
