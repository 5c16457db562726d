"""Backup and restore: what comes back is what was there, on both databases, and nothing is touched by a refusal."""

from __future__ import annotations

import base64
import json
import os
import resource
import secrets
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from convener.errors import Busy
from convener.foundation.accounts.models import User
from convener.foundation.copies import hold_exclusive, hold_shared, recover
from convener.foundation.copies.archive import opened
from convener.foundation.copies.recovery import Journal, Staging
from convener.site import demo
from tests import postgres
from tests.databases import HubDatabase, default_database
from tests.hubs import Hub, make_hub


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Hub]:
    """A hub in use. Tests read it or copy it."""
    with django_db_blocker.unblock():
        yield make_hub(tmp_path_factory.mktemp("lived-in") / "data")


@pytest.fixture(scope="module")
def backup(lived_in: Hub, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A backup of it, and the key file."""
    folder = tmp_path_factory.mktemp("backup")
    lived_in.ok("backup", str(folder / "hub.zip"), "--keys", str(folder / "hub.keys"))
    return folder / "hub.zip", folder / "hub.keys"


def check_same(one: Hub, other: Hub) -> None:
    mine, theirs = one.rows(), other.rows()
    for label, rows in mine.items():
        assert theirs[label] == rows, label
    assert mine.keys() == theirs.keys()
    assert sum(map(len, mine.values())) > 900
    assert one.files() == other.files()


def check_lives_on(hub: Hub) -> None:
    """The counters go on where they were, and the audit cannot be changed."""
    from convener.foundation.audit.models import AuditEntry
    from convener.foundation.outbox.models import Event

    with default_database(hub.database):
        last = Event.objects.order_by("-id").values_list("id", flat=True)[0]
        assert Event.objects.create(topic="test.after", keys=[]).id > last + 1, "the deleted event’s number came again"
        assert AuditEntry.objects.filter(action="hub.restore").count() >= 1
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEntry.objects.update(count=9)
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEntry.objects.all()._raw_delete("default")
        Event.objects.filter(topic="test.after").delete()


def test_restored_hub_answers_identically(lived_in: Hub, backup: tuple[Path, Path], tmp_path: Path) -> None:
    archive, keys = backup
    hub = Hub(tmp_path / "data")
    said = hub.ok("restore", str(archive), "--keys", str(keys))
    assert said["second_factors_removed"] == 0
    check_same(lived_in, hub)
    assert hub.secrets() == lived_in.secrets()
    answers = lived_in.answers()
    assert answers["/en/"][0] == 200
    assert len(answers) > 10
    assert hub.answers() == answers
    check_lives_on(hub)
    for path in (archive, keys, hub.folder / "secrets.json", hub.folder / "convener.sqlite3"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert not (hub.folder / ".restore").exists()


@pytest.mark.postgres
def test_from_sqlite_to_postgresql_and_back(
    lived_in: Hub, backup: tuple[Path, Path], tmp_path: Path, postgres_url: str
) -> None:
    archive, keys = backup
    url = postgres.create_database(postgres_url, f"restored_{secrets.token_hex(4)}")
    middle, last = Hub(tmp_path / "middle", url), Hub(tmp_path / "last")
    middle.ok("restore", str(archive), "--keys", str(keys))
    check_same(lived_in, middle)
    assert middle.answers() == lived_in.answers()
    check_lives_on(middle)
    assert middle.run("restore", str(archive), "--keys", str(keys)).returncode == 1
    middle.ok("restore", str(archive), "--keys", str(keys), "--force")
    check_same(lived_in, middle)
    check_lives_on(middle)
    middle.ok("backup", str(tmp_path / "second.zip"))
    last.ok("restore", str(tmp_path / "second.zip"), "--keys", str(keys))
    check_same(lived_in, last)
    check_lives_on(last)


def test_without_keys_the_operator_is_told(lived_in: Hub, tmp_path: Path) -> None:
    from allauth.mfa.models import Authenticator

    from convener.foundation.audit.models import AuditEntry

    archive, hub = tmp_path / "hub.zip", Hub(tmp_path / "data")
    done = lived_in.run("backup", str(archive))
    assert done.returncode == 0, done.stderr
    assert "2 second factors" in done.stderr
    assert "--keys" in done.stderr
    assert "logs in again" in done.stderr
    done = hub.run("restore", str(archive))
    assert done.returncode == 0, done.stderr
    assert "second factors of 2 people" in done.stderr
    assert "'serve' and 'work'" in done.stderr
    assert hub.secrets() != lived_in.secrets()
    with default_database(hub.database):
        assert not Authenticator.objects.exists()
        assert AuditEntry.objects.filter(action="accounts.remove_second_factor", kind="user").count() == 2
    # Into a hub with the same secrets, nothing is lost.
    same = lived_in.copy(tmp_path / "same")
    assert same.ok("restore", str(archive), "--force")["second_factors_removed"] == 0


def test_second_factors_open_with_restored_keys(backup: tuple[Path, Path], tmp_path: Path) -> None:
    archive, keys = backup
    hub = Hub(tmp_path / "data")
    (hub.folder / "files").mkdir(parents=True)
    hub.ok("restore", str(archive), "--keys", str(keys))
    code = (
        "import django; django.setup()\n"
        "from allauth.mfa.models import Authenticator; from allauth.mfa.utils import decrypt\n"
        "print(sorted(len(decrypt(one.data['secret'])) for one in Authenticator.objects.filter(type='totp')))"
    )
    process = hub._start([code], {})
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.strip() == "[32, 32]"


def test_a_restore_after_a_killed_one_goes_by_the_keys_that_that_one_brought(
    lived_in: Hub, backup: tuple[Path, Path], tmp_path: Path
) -> None:
    hub = lived_in.copy(tmp_path / "data")
    present = json.loads((hub.folder / "secrets.json").read_text())
    other_key = base64.b64encode(os.urandom(32)).decode()
    (hub.folder / "secrets.json").write_text(json.dumps(present | {"field_key": other_key}))
    staging = Staging(hub.folder)  # killed when all was decided and nothing done
    staging.begin()
    (staging.new / "secrets.json").write_text(json.dumps(present))
    (staging.new / "secrets.json").chmod(0o600)
    staging.write_journal(Journal("1", ["secrets.json"], in_database=False))
    assert hub.ok("restore", str(backup[0]), "--force")["second_factors_removed"] == 0
    assert json.loads((hub.folder / "secrets.json").read_text()) == present


def state_of(hub: Hub) -> dict[str, Any]:
    """Everything in the data folder, byte for byte, but the lock."""
    paths = [path for path in hub.folder.rglob("*") if path.is_file() and path.name != "hub.lock"]
    return {str(path): path.read_bytes() for path in paths if not path.name.endswith(("-wal", "-shm"))}


def test_refusals_touch_nothing(lived_in: Hub, backup: tuple[Path, Path], tmp_path: Path) -> None:
    archive, keys = backup
    hub = lived_in.copy(tmp_path / "data")
    before, content = state_of(hub), archive.read_bytes()

    def refused(code: int, words: str, *arguments: str, **environment: str) -> None:
        done = hub.run(*arguments, **environment)
        assert done.returncode == code, done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr

    wrong = {"CONVENER_KEYS_PASSPHRASE": "another passphrase"}
    refused(1, "--force", "restore", str(archive))
    refused(1, "does not open", "restore", str(archive), "--keys", str(keys), "--force", **wrong)
    refused(2, "not a key file", "restore", str(archive), "--keys", str(archive), "--force")
    refused(2, "no file", "restore", str(tmp_path / "none.zip"), "--force")
    refused(1, "Only an administrator", "restore", str(archive), "--force", "--as", "ngo@demo.example")
    assert state_of(hub) == before
    refused(1, "exists already", "backup", str(archive))
    refused(1, "Only an administrator", "backup", str(tmp_path / "new.zip"), "--as", "bank@demo.example")
    assert archive.read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_files_alone_make_a_hub_not_empty(backup: tuple[Path, Path], tmp_path: Path) -> None:
    hub = Hub(tmp_path / "data")
    (hub.folder / "files").mkdir(parents=True)
    (hub.folder / "files" / "kept.pdf").write_bytes(b"%PDF")
    done = hub.run("restore", str(backup[0]))
    assert done.returncode == 1, done.stderr
    assert (hub.folder / "files" / "kept.pdf").read_bytes() == b"%PDF"
    hub.ok("restore", str(backup[0]), "--force")
    assert not (hub.folder / "files" / "kept.pdf").exists()


def test_logins_of_another_demonstration_do_not_stay(backup: tuple[Path, Path], tmp_path: Path) -> None:
    hub = Hub(tmp_path / "data")
    hub.ok("demo", "--no-serve")
    logins = hub.folder / demo.FILE_NAME
    assert logins.exists()
    assert hub.run("restore", str(backup[0])).returncode == 1
    assert logins.exists(), "a restore that was refused takes nothing away"
    hub.ok("restore", str(backup[0]), "--force")
    assert not logins.exists()
    again = {login["email"]: login["password"] for login in hub.ok("demo", "--no-serve")["logins"]}
    with default_database(hub.database):
        user = User.objects.get(email="ngo@demo.example")
        assert user.check_password(again[user.email]), "new ones are made, and work"


def test_keys_of_another_hub_are_refused(lived_in: Hub, tmp_path: Path) -> None:
    other = Hub(tmp_path / "other")
    assert other.run("work", "--once").returncode == 0
    other.ok("backup", str(tmp_path / "other.zip"), "--keys", str(tmp_path / "other.keys"))
    lived_in.ok("backup", str(tmp_path / "hub.zip"))
    hub = Hub(tmp_path / "data")
    done = hub.run("restore", str(tmp_path / "hub.zip"), "--keys", str(tmp_path / "other.keys"))
    assert done.returncode == 1
    assert "not those of the hub" in done.stderr


def test_a_broken_database_can_be_replaced(lived_in: Hub, backup: tuple[Path, Path], tmp_path: Path) -> None:
    hub = lived_in.copy(tmp_path / "data")
    (hub.folder / "convener.sqlite3").write_bytes(b"not a database, and it has a log beside it" * 100)
    (hub.folder / "convener.sqlite3-wal").write_bytes(b"old" * 1000)
    assert hub.run("restore", str(backup[0])).returncode == 1
    hub.ok("restore", str(backup[0]), "--force")
    check_same(lived_in, hub)


def test_full_disk_keeps_the_older_backup(lived_in: Hub, backup: tuple[Path, Path], tmp_path: Path) -> None:
    hub, archive = lived_in.copy(tmp_path / "data"), tmp_path / "hub.zip"
    archive.write_bytes(backup[0].read_bytes())
    (hub.folder / "files" / "big").write_bytes(os.urandom(12_000_000))

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000_000, 10_000_000))

    done = hub.run("backup", str(archive), "--force", before=no_room)
    assert done.returncode == 1, done.stderr
    assert "no room is left" in done.stderr
    assert "Exception" not in done.stderr
    assert archive.read_bytes() == backup[0].read_bytes()
    hub.ok("backup", str(tmp_path / "big.zip"))
    target = Hub(tmp_path / "target")
    done = target.run("restore", str(tmp_path / "big.zip"), before=no_room)
    assert done.returncode == 1, done.stderr
    assert "no room is left" in done.stderr
    assert not (target.folder / ".restore").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["big.zip", "data", "hub.zip", "target"]


def test_writers_are_not_locked_out_and_the_copy_is_of_one_moment(hub_database: HubDatabase, settings: Any) -> None:
    from convener.foundation.actor import OPERATOR
    from convener.foundation.copies.writing import write_backup
    from convener.foundation.jobs.models import Once
    from convener.foundation.parties.models import Source

    settings.DATA_DIR = hub_database.folder
    Source.objects.bulk_create(Source(kind="edit", key=f"old {n}", title="t" * 200) for n in range(30_000))
    stop, waits = threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            begun = time.monotonic()
            with transaction.atomic():
                Source.objects.create(kind="edit", key=f"new {number}", title="new")
                Once.objects.create(key=f"new {number}")
            waits.append(time.monotonic() - begun)
            number += 1
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    while len(waits) < 5:
        time.sleep(0.01)
    try:
        made = write_backup(hub_database.folder / "hub.zip", actor=OPERATOR)
    finally:
        stop.set()
        writer.join()
    counts = {label: table.rows for label, table in made.manifest.tables.items()}
    assert counts["parties.source"] == 30_000 + counts["jobs.once"]
    assert 5 <= counts["jobs.once"] < len(waits), "nothing was written while the backup was made"
    assert max(waits) < 1.0
    with opened(made.file) as reader:
        assert len(list(reader.rows("jobs.once"))) == counts["jobs.once"]


def test_an_older_backup_is_brought_up_to_date(
    hub_database: HubDatabase, settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from convener.foundation.actor import OPERATOR
    from convener.foundation.audit.actions import record
    from convener.foundation.audit.models import AuditEntry
    from convener.foundation.copies.writing import write_backup

    settings.DATA_DIR = hub_database.folder
    call_command("migrate", "audit", "0001", verbosity=0)  # before the triggers
    record(OPERATOR, "test.old", "hub")
    made = write_backup(hub_database.folder / "old.zip", actor=OPERATOR)
    assert made.manifest.migrations["audit"] == ["0001_initial"]
    hub = Hub(tmp_path_factory.mktemp("new"), hub_database.url if hub_database.url.startswith("postgres") else "")
    hub.ok("restore", str(made.file), *(["--force"] if hub.url else []))
    with default_database(hub.database):
        assert AuditEntry.objects.filter(action="test.old").count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEntry.objects.update(count=9)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'audit'")
            assert cursor.fetchone()[0] >= 2


def test_nobody_works_with_a_hub_that_is_being_replaced(backup: tuple[Path, Path], tmp_path: Path) -> None:
    hub = Hub(tmp_path / "data")
    with hold_shared(hub.folder), hold_shared(hub.folder):
        done = hub.run("restore", str(backup[0]), "--force")
        assert done.returncode == 1
        assert "Stop 'convener serve'" in done.stderr
    with hold_exclusive(hub.folder), pytest.raises(Busy), hold_shared(hub.folder):
        pass
    hub.ok("restore", str(backup[0]))


class Killed(BaseException):
    """Stands for the end of the process."""


NAMES = ["files", "content", "secrets.json", "convener.sqlite3"]


def prepared(data: Path) -> tuple[Staging, Journal]:
    """An old hub and a new one beside it, ready to change over."""
    staging, journal = Staging(data), Journal("1", NAMES, in_database=False)
    for where, word in ((data, "old"), (staging.new, "new")):
        (where / "files").mkdir(parents=True, exist_ok=True)
        (where / "files" / word).write_text(word)
        (where / "content").mkdir(exist_ok=True)
        for name in NAMES[2:]:
            (where / name).write_text(word)
    staging.old.mkdir()
    (data / "convener.sqlite3-wal").write_text("old")
    (data / demo.FILE_NAME).write_text("old")
    staging.write_journal(journal)
    return staging, journal


def dies_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """Let the process end at the ``step``th change to the file system."""
    left = [step]

    def counted(real: Any) -> Any:
        def change(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return real(*arguments, **options)

        return change

    for name in ("rename", "replace", "unlink"):
        patch.setattr(Path, name, counted(getattr(Path, name)))


def test_change_over_survives_an_end_at_every_step(tmp_path: Path) -> None:
    step, finished = 0, False
    while not finished:
        step += 1
        data = tmp_path / str(step)
        staging, journal = prepared(data)
        with pytest.MonkeyPatch.context() as patch:
            dies_at(step, patch)
            try:
                staging.change_over(journal)
                finished = True
            except Killed:
                pass
        assert (data / "secrets.json").exists()
        assert recover(data) is not finished
        assert {name: (data / name).read_text() for name in NAMES[2:]} == dict.fromkeys(NAMES[2:], "new")
        assert [path.name for path in (data / "files").iterdir()] == ["new"]
        assert sorted(path.name for path in data.iterdir() if path.name != "hub.lock") == sorted(NAMES)
    assert step > 8


def test_a_restore_that_was_only_prepared_is_thrown_away(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    staging.begin()
    (staging.new / "convener.sqlite3").write_text("half")
    assert recover(tmp_path) is True
    assert not staging.folder.exists()
    assert recover(tmp_path) is False
