"""Backup and restore killed at any moment: there is always one whole backup, and one whole hub.

``CONVENER_KILLS`` says how many times each is killed (default 5).
"""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from convener.foundation.copies import recover
from convener.foundation.copies.archive import opened
from tests import postgres
from tests.databases import default_database
from tests.hubs import Hub, make_hub

pytestmark = pytest.mark.timeout(1800)
KILLS = int(os.environ.get("CONVENER_KILLS", "5"))
#: Files of the other hub besides its rows: unpacking them takes a restore some time too.
FILES = 200


@pytest.fixture(scope="module")
def hubs(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[tuple[Hub, Hub, Path]]:
    """A hub, another one in its place later, and a backup of that other one with its keys beside it."""
    from convener.foundation.parties.models import Source

    with django_db_blocker.unblock():
        folder = tmp_path_factory.mktemp("hubs")
        one = make_hub(folder / "one")
        other = one.copy(folder / "other")
        with default_database(other.database):
            Source.objects.bulk_create(Source(kind="edit", key=f"other {n}", title="t" * 100) for n in range(20_000))
        for number in range(FILES):
            (other.folder / "files" / f"other-{number}").write_bytes(os.urandom(500))
        (other.folder / "files" / "empty").unlink()
        path = other.folder / "secrets.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"secret_key": secrets.token_urlsafe(64)}))
        other.ok("backup", str(folder / "other.zip"), "--keys", str(folder / "other.keys"))
        yield one, other, folder / "other.zip"


def kill_sometime(process: subprocess.Popen[str], longest: float, seen: Callable[[], bool] | None) -> bool:
    """Kill ``process`` at a random moment within ``longest`` seconds, or soon after ``seen()``; False: too late."""
    deadline = time.monotonic() + (longest * 2 if seen else random.uniform(0.3, longest))
    while time.monotonic() < deadline and process.poll() is None and not (seen and seen()):
        time.sleep(0.001)
    if seen:
        time.sleep(random.choice([0, 0, 0.001, 0.003, 0.01]))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def check_whole(path: Path) -> str:
    with opened(path) as reader:
        reader.verify(lambda size: None)
        return reader.fingerprint


def test_a_killed_backup_never_takes_the_older_one(hubs: tuple[Hub, Hub, Path], tmp_path: Path) -> None:
    _, hub, _ = hubs
    target = tmp_path / "hub.zip"
    begun = time.monotonic()
    hub.ok("backup", str(target))
    longest, whole, killed = time.monotonic() - begun, check_whole(target), 0
    rows = hub.rows()
    for number in range(KILLS):
        part = tmp_path / ".hub.zip.part"
        seen = part.exists if number % 2 else None
        killed += kill_sometime(hub.start("backup", str(target), "--force"), longest, seen)
        now = check_whole(target)
        assert now == whole or not part.exists(), "a backup that was not finished took the place of the older one"
        whole = now
    assert killed > 0
    assert hub.rows() == rows
    hub.ok("backup", str(target), "--force")
    assert check_whole(target) != whole
    assert [path.name for path in tmp_path.iterdir()] == ["hub.zip"]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_restore_leaves_the_old_hub_or_the_new_one(
    hubs: tuple[Hub, Hub, Path], tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    one, other, archive = hubs
    command = ["restore", str(archive), "--keys", str(archive.with_suffix(".keys")), "--force"]
    states = [state_of(one), state_of(other)]
    url = ""
    if database == "postgres":
        url = postgres.create_database(request.getfixturevalue("postgres_url"), f"killed_{secrets.token_hex(4)}")
        one.ok("backup", str(tmp_path / "one.zip"), "--keys", str(tmp_path / "one.keys"))
    found = []
    longest = 0.0
    for number in range(-1, KILLS):
        hub = Hub(tmp_path / f"data{number}", url)
        if url:
            again = ["restore", str(tmp_path / "one.zip"), "--keys", str(tmp_path / "one.keys"), "--force"]
            hub.ok(*again)
        else:
            hub = one.copy(hub.folder)
        begun = time.monotonic()
        if number < 0:  # one that is let alone says how long it takes
            hub.ok(*command)
            longest = time.monotonic() - begun
            assert state_of(hub) == states[1]
            continue
        journal = hub.folder / ".restore" / "journal.json"
        kill_sometime(hub.start(*command), longest, journal.exists if number % 2 else None)
        recover(hub.folder, url)
        assert not (hub.folder / ".restore").exists()
        state = state_of(hub)
        assert state in states, "the hub is neither the old one nor the new one"
        found.append(states.index(state))
        hub.ok(*command)  # and it can be done again
    assert state_of(hub) == states[1]
    assert len(found) == KILLS
    print(f"old hub after {found.count(0)} kills, new one after {found.count(1)}")


def state_of(hub: Hub) -> tuple[Any, ...]:
    return hub.rows(), hub.files(), hub.secrets()
