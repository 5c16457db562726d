"""``restore``: make this hub what it was when the backup was written, as a whole or not at all.

Order: look at everything about the backup and the hub without changing a thing; prepare the new hub beside the old one;
change over (see ``recovery.py``). The audit's triggers stay in force: new tables are filled, and come with theirs.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

from convener.errors import Refused, Unreadable
from convener.foundation.accounts.models import User
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record
from convener.foundation.copies import keys as key_files
from convener.foundation.copies import manifest as manifests
from convener.foundation.copies import recovery
from convener.foundation.copies.archive import Reader, opened, require_plain_file
from convener.foundation.copies.connections import new_sqlite_file
from convener.foundation.copies.keys import HubSecrets
from convener.foundation.copies.loading import Plan, drop_tables, fill
from convener.foundation.copies.lock import hold_exclusive
from convener.foundation.copies.manifest import Manifest, not_a_backup
from convener.foundation.copies.recovery import Journal, Staging
from convener.foundation.copies.refusals import in_our_words
from convener.foundation.copies.safe_file import draft, sync_folder
from convener.foundation.copies.second_factors import remove_unreadable
from convener.foundation.copies.writing import check_may_copy, file_count
from convener.foundation.parties.models import Party

Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """What was restored; ``second_factors_removed`` counts people."""

    file: Path
    manifest: Manifest
    fingerprint: str
    with_keys: bool
    second_factors_removed: int
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "file": str(self.file),
            "id": str(self.manifest.id),
            "fingerprint": self.fingerprint,
            "made_at": self.manifest.made_at.isoformat(),
            "rows": self.manifest.rows(),
            "tables": {label: table.rows for label, table in self.manifest.tables.items()},
            "files": file_count(self.manifest),
            "keys": self.with_keys,
            "second_factors_removed": self.second_factors_removed,
            "restart": ["serve", "work"],
        }

    def summary(self) -> str:
        """For people, one line."""
        return (
            f"Restored {self.manifest.rows():,} rows and {file_count(self.manifest):,} files: this hub is as it was on "
            f"{self.manifest.made_at:%Y-%m-%d at %H:%M} UTC."
        )


class _Progress:
    """Bytes looked at and bytes loaded, of twice the backup's bytes."""

    def __init__(self, manifest: Manifest, advance: Advance) -> None:
        self._done, self._total, self._advance = 0, 2 * manifest.bytes(), advance

    def add(self, size: int) -> None:
        """``size`` more bytes are done."""
        self._done += size
        self._advance(self._done, self._total)


def restore_backup(
    path: Path,
    *,
    actor: Actor,
    keys: Path | None = None,
    passphrase: str | None = None,
    force: bool = False,
    advance: Advance = lambda done, total: None,
) -> Restored:
    """Replace this hub by the one in the backup at ``path``; with ``keys`` and ``passphrase``, its secrets too.

    ``advance(done, total)`` is called with bytes. Raises NotAllowed; Unreadable for what is no whole backup or key
    file; Refused for a hub that is not empty (without ``force``) or in use, a newer backup, a wrong passphrase, keys of
    another hub, a full disk. After any of these the hub is as it was.
    """
    check_may_copy(actor)
    secrets = _read_keys(keys, passphrase or "") if keys else None
    data_dir: Path = settings.DATA_DIR
    with hold_exclusive(data_dir), opened(path) as reader:
        staging = Staging(data_dir)
        recovery.settle(staging, _database_url())
        _check_keys(reader.manifest, secrets)
        _check_hub(data_dir, reader.manifest, force=force)
        plan, progress = Plan(reader.manifest), _Progress(reader.manifest, advance)
        reader.verify(progress.add)
        try:
            staging.begin()
            removed = _replace(staging, reader, plan, secrets, actor, progress)
        except BaseException as error:
            with suppress(Refused, OSError):  # then the next command does it
                recovery.settle(staging, _database_url())
            refusal = in_our_words(error, "The restore")
            if refusal is None:
                raise
            raise refusal from error
    notes = _notes(reader.manifest, secrets, removed)
    return Restored(path, reader.manifest, reader.fingerprint, secrets is not None, removed, notes)


def _replace(
    staging: Staging, reader: Reader, plan: Plan, secrets: HubSecrets | None, actor: Actor, progress: _Progress
) -> int:
    """Prepare everything, then change over; returns how many people lost their second factor."""
    restore_id = uuid.uuid4()
    names = [*manifests.FOLDERS]
    _extract(staging, reader, progress)
    if secrets:
        _write_secrets(staging.new / recovery.SECRETS, secrets)
        names.append(recovery.SECRETS)

    def load() -> int:
        fill(reader, plan, progress.add)
        with transaction.atomic():
            removed = remove_unreadable(actor, _effective_field_key(secrets))
            record(actor, recovery.AUDITED_AS, "backup", str(restore_id), count=max(1, reader.manifest.rows()))
        return removed

    if connection.vendor == "postgresql":
        journal = Journal(str(restore_id), names, in_database=True)
        with transaction.atomic(durable=True):
            drop_tables()
            removed = load()
            staging.write_journal(journal)
    else:
        database = Path(connection.settings_dict["NAME"])
        with new_sqlite_file(staging.new / database.name):
            removed = load()
        connections.close_all()
        _sync_file(staging.new / database.name)
        journal = Journal(str(restore_id), [*names, database.name], in_database=False)
        staging.write_journal(journal)
    staging.change_over(journal)
    return removed


def _read_keys(path: Path, passphrase: str) -> HubSecrets:
    require_plain_file(path)
    try:
        with path.open("rb") as file:
            content = file.read(key_files.LARGEST_FILE)
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise Unreadable(f"The key file {path} cannot be read: {reason}.", hint="Check the name.") from error
    return key_files.open_sealed(content, passphrase)


def _check_keys(manifest: Manifest, secrets: HubSecrets | None) -> None:
    if secrets and secrets.fingerprint() != manifest.field_key:
        raise Refused(
            "These keys are not those of the hub that was backed up.",
            hint="Name the key file that was written with this backup, or restore without --keys.",
        )


def _check_hub(data_dir: Path, manifest: Manifest, *, force: bool) -> None:
    """Raise Refused unless this hub may be replaced, and can be."""
    _check_places(data_dir)
    if not force and (any(_has_files(data_dir / name) for name in manifests.FOLDERS) or _has_rows()):
        raise Refused(
            "This hub is not empty, and a restore replaces all of it.",
            hint="Restore into an empty data folder and database, or give up what is here with --force.",
        )
    for name in manifests.FOLDERS:
        if (data_dir / name).is_mount():
            raise Refused(
                f"{data_dir / name} is a file system of its own, which cannot be exchanged in one step.",
                hint="Mount the whole data folder instead.",
            )
    needed = sum(
        member.bytes
        for name, member in manifest.members.items()
        if name.startswith("files/") or connection.vendor == "sqlite"
    )
    free = shutil.disk_usage(data_dir).free
    if needed > free:
        raise Refused(
            f"The backup unpacks to {needed:,} bytes; {free:,} are free in {data_dir}.", hint="Make room first."
        )


def _check_places(data_dir: Path) -> None:
    """Raise Refused where a file is in a folder's place or the other way round: that is not ours to throw away."""
    files = [recovery.SECRETS, recovery.DEMO_LOGINS]
    if connection.vendor == "sqlite":
        files.append(Path(connection.settings_dict["NAME"]).name)
    for name, is_folder in {**dict.fromkeys(manifests.FOLDERS, True), **dict.fromkeys(files, False)}.items():
        path = data_dir / name
        if path.exists() and path.is_dir() is not is_folder:
            there, wanted = ("a folder", "a file") if path.is_dir() else ("a file", "a folder")
            raise Refused(
                f"{path} is {there}; a hub has {wanted} of that name.",
                hint="Move it away, and start again. Nothing was changed.",
            )


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each for the hub's own account only."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700)


def _has_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))


def _has_rows() -> bool:
    """Whether anybody or anything is in the database; one that cannot be read counts as full."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        if not path.exists() or path.stat().st_size == 0:
            return False
    try:
        with connection.cursor() as cursor:
            there = connection.introspection.table_names(cursor)
        return any(model._meta.db_table in there and model._default_manager.exists() for model in (Party, User))
    except DatabaseError:
        return True


def _extract(staging: Staging, reader: Reader, progress: _Progress) -> None:
    for folder in manifests.FOLDERS:
        (staging.new / folder).mkdir(mode=0o700)
    for name, chunks in reader.files():
        target = staging.new / name
        if not target.resolve().is_relative_to(staging.new.resolve()):
            raise not_a_backup("It has a file that would land outside the data folder.")
        _make_folder(target.parent)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                progress.add(len(chunk))
            file.flush()
            os.fsync(file.fileno())
    for folder_path, _folders, _names in os.walk(staging.new):
        sync_folder(Path(folder_path))


def _write_secrets(path: Path, secrets: HubSecrets) -> None:
    with draft(path) as file:
        file.write(json.dumps(asdict(secrets)).encode())


def _sync_file(path: Path) -> None:
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _database_url() -> str:
    url: str = settings.CONVENER.database_url.get_secret_value()
    return url


def _effective_field_key(secrets: HubSecrets | None) -> str:
    """The key the restored hub will have: the environment's where it names one, else the restored, else the present."""
    from_environment: str = settings.CONVENER.field_key.get_secret_value()
    present: str = settings.FIELD_KEY
    return from_environment or (secrets.field_key if secrets else present)


def _notes(manifest: Manifest, secrets: HubSecrets | None, removed: int) -> list[str]:
    notes = []
    if removed:
        notes.append(
            f"The second factors of {removed} people are sealed with a key this hub does not have, and were removed. "
            "Where their role demands one, they set it up anew when they next log in."
        )
    if secrets is None and manifest.field_key != HubSecrets(settings.SECRET_KEY, settings.FIELD_KEY).fingerprint():
        notes.append(
            "The backup was made with other secrets: links mailed before it to set a new password no longer work. "
            "'restore --keys KEYFILE' would have brought the secrets back."
        )
    overridden = settings.CONVENER.field_key.get_secret_value() or settings.CONVENER.secret_key.get_secret_value()
    if secrets and overridden:
        notes.append("CONVENER_SECRET_KEY or CONVENER_FIELD_KEY is set: it goes before the restored key of that name.")
    notes.append("Everybody has to log in again. Now start 'serve' and 'work' again where they ran.")
    return notes
