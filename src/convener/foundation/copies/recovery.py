"""Changing from the old hub to the restored one, so that a kill at any moment leaves one of them, whole.

A restore builds everything new in ``DATA_DIR/.restore/new``. Then it writes a journal, and from there the change can
only go forward: each thing is renamed away to ``.restore/old`` and its successor renamed into its place, steps that can
be repeated. Whoever comes next after a kill finds the journal and does what is left of them; without a journal, the
folder is thrown away.

On PostgreSQL the tables change with the commit of a transaction, after the journal is written. Whether that commit took
place is asked of the database: the audit of the restored hub has an entry with the restore's own number.

Nothing here needs Django: it is done before settings are read, because the secrets may be among what changes.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from convener.errors import Busy, Refused
from convener.foundation.copies.lock import hold_exclusive
from convener.foundation.copies.safe_file import draft, sync_folder

AUDITED_AS = "hub.restore"
SECRETS = "secrets.json"
#: Logins of a demonstration open the hub they were made for; beside another one they would only mislead.
DEMO_LOGINS = "demo-logins.json"
#: What SQLite keeps beside a database file; it belongs to the old file and must never meet the new one.
_SIDE_FILES = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Journal:
    """What changes: names in the data folder. ``in_database`` on PostgreSQL, where the commit decides."""

    id: str
    names: list[str]
    in_database: bool


class Staging:
    """The folder beside the hub's things in which a restore is prepared."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / ".restore"
        self.new = self.folder / "new"
        self.old = self.folder / "old"
        self._journal = self.folder / "journal.json"

    def begin(self) -> None:
        """Make it, empty."""
        self.throw_away()
        self.folder.mkdir(mode=0o700)
        self.new.mkdir(mode=0o700)
        self.old.mkdir(mode=0o700)

    def throw_away(self) -> None:
        """Remove it and all in it; the journal first, so that a kill here leaves nothing to be finished."""
        if self.folder.exists():
            self._journal.unlink(missing_ok=True)
            sync_folder(self.folder)
            shutil.rmtree(self.folder)

    def write_journal(self, journal: Journal) -> None:
        """From here on, everything that is needed for the change is on disk. Without database: it is decided."""
        sync_folder(self.new)
        with draft(self._journal) as file:
            file.write(json.dumps(asdict(journal)).encode())
        sync_folder(self.data_dir)

    def journal(self) -> Journal | None:
        """The journal, where there is one."""
        try:
            return Journal(**json.loads(self._journal.read_bytes()))
        except FileNotFoundError:
            return None

    def change_over(self, journal: Journal) -> None:
        """Put everything new in place of the old. Can be interrupted and called again until it has returned."""
        for name in journal.names:
            new, live = self.new / name, self.data_dir / name
            if not new.exists():
                continue  # done by an earlier call
            if name == SECRETS:
                new.replace(live)  # in one step: whoever reads settings must find one
                continue
            for there in (live, *(live.with_name(name + ending) for ending in _SIDE_FILES)):
                if there.exists():
                    there.rename(self.old / there.name)
            sync_folder(self.data_dir)
            new.rename(live)
        if (self.data_dir / DEMO_LOGINS).exists():
            (self.data_dir / DEMO_LOGINS).rename(self.old / DEMO_LOGINS)
        sync_folder(self.data_dir)
        self.throw_away()


def recover(data_dir: Path, database_url: str = "") -> bool:
    """Finish or reverse a restore of the hub in ``data_dir`` that was interrupted; True when there was one.

    Call it before settings are read. ``database_url`` is asked where the hub's database is PostgreSQL. Costs one look
    at the file system where nothing is to be done. Raises Refused while the database cannot be asked, or another
    process works with a hub that is half changed.
    """
    staging = Staging(data_dir)
    if not staging.folder.exists():
        return False
    try:
        with hold_exclusive(data_dir):
            return settle(staging, database_url)
    except Busy:
        if staging.journal() is None:
            return False  # a restore is being prepared by another process, or an abandoned one is in nobody's way
        raise


def settle(staging: Staging, database_url: str) -> bool:
    """:func:`recover` for who holds the lock already."""
    if not staging.folder.exists():
        return False
    journal = staging.journal()
    if journal is None or (journal.in_database and not _was_committed(database_url, journal.id)):
        staging.throw_away()
    else:
        staging.change_over(journal)
    return True


def _was_committed(database_url: str, restore_id: str) -> bool:
    """Whether the database has the restore's audit entry; waits for a commit that is still on its way."""
    import psycopg

    query = "SELECT 1 FROM audit_auditentry WHERE action = %s AND record = %s"
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            return connection.execute(query, [AUDITED_AS, restore_id]).fetchone() is not None
    except psycopg.errors.UndefinedTable:
        return False  # the hub had no tables before, and has none now
    except psycopg.OperationalError as error:
        raise Refused(
            "A restore of this hub was interrupted, and its database cannot be reached to finish or reverse it.",
            hint="Start the database, check CONVENER_DATABASE_URL, and run the command again.",
        ) from error
