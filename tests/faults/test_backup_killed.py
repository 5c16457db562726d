"""Backup and restore killed at any moment: there is always one whole backup, and one whole hub.

``CONVENER_KILLS`` says how many times each is killed (default 5).
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from convener.foundation.copies import recover
from convener.foundation.copies.archive import opened
from tests import postgres
from tests.databases import default_database
from tests.faults.forking import Forked, forking
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


def kill_sometime(process: Forked, longest: float, seen: Callable[[], bool] | None) -> bool:
    """Kill ``process`` at a random moment within ``longest`` seconds, or soon after ``seen()``; False: too late."""
    deadline = time.monotonic() + (longest * 2 if seen else random.uniform(0, longest))
    while time.monotonic() < deadline and process.poll() is None and not (seen and seen()):
        time.sleep(0.001)
    if seen:
        time.sleep(random.choice([0, 0, 0.001, 0.003, 0.01]))
    process.kill()
    return process.wait() == -signal.SIGKILL


def check_whole(path: Path) -> str:
    with opened(path) as reader:
        reader.verify(lambda size: None)
        return reader.fingerprint


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def completed(process: Forked) -> None:
    """Wait for a command that must succeed."""
    assert process.wait(240) == 0


def test_a_killed_backup_never_takes_the_older_one(hubs: tuple[Hub, Hub, Path], tmp_path: Path) -> None:
    _, hub, _ = hubs
    (tmp_path / "backups").mkdir()
    target = tmp_path / "backups" / "hub.zip"
    command = ["backup", str(target), "--force"]
    rows, killed = hub.rows(), 0
    with forking(hub.environment, tmp_path / "log") as fork:
        longest = seconds(lambda: completed(fork(*command)))
        whole = check_whole(target)
        for number in range(KILLS):
            part = target.with_name(".hub.zip.part")
            killed += kill_sometime(fork(*command), longest, part.exists if number % 2 else None)
            now = check_whole(target)
            assert now == whole or not part.exists(), "a backup that was not finished took the place of the older one"
            whole = now
        assert killed > 0
        assert hub.rows() == rows
        completed(fork(*command))
    assert check_whole(target) != whole
    assert [path.name for path in target.parent.iterdir()] == ["hub.zip"]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_restore_leaves_the_old_hub_or_the_new_one(
    hubs: tuple[Hub, Hub, Path], tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    one, other, archive = hubs
    command = ["restore", str(archive), "--keys", str(archive.with_suffix(".keys")), "--force"]
    states, found = [state_of(one), state_of(other)], []
    server = request.getfixturevalue("postgres_url") if database == "postgres" else ""
    hub, renew = old_hub(one, tmp_path, server)
    # The process that forks has read the old hub's secrets, as each command on the old hub does.
    with forking(hub.environment, tmp_path / "log") as fork:
        longest = seconds(lambda: completed(fork(*command)))  # one that is let alone says how long it takes
        assert state_of(hub) == states[1]
        for number in range(KILLS):
            renew()
            journal = hub.folder / ".restore" / "journal.json"
            kill_sometime(fork(*command), longest, journal.exists if number % 2 else None)
            recover(hub.folder, hub.url)
            assert not (hub.folder / ".restore").exists()
            state = state_of(hub)
            assert state in states, "the hub is neither the old one nor the new one"
            first_time, found = states.index(state) not in found, [*found, states.index(state)]
            if first_time or number == KILLS - 1:
                hub.ok(*command)  # and it can be done again
                assert state_of(hub) == states[1]
    assert len(found) == KILLS
    print(f"old hub after {found.count(0)} kills, new one after {found.count(1)}")


def old_hub(one: Hub, folder: Path, server: str) -> tuple[Hub, Callable[[], None]]:
    """A copy of ``one`` on the PostgreSQL ``server``, or on SQLite where that is empty; and how to make it anew."""
    data, name = folder / "data", f"killed_{secrets.token_hex(4)}"
    if not server:

        def copy() -> None:
            shutil.rmtree(data, ignore_errors=True)
            one.copy(data)

        copy()
        return Hub(data), copy
    template = Hub(folder / "template", postgres.create_database(server, f"{name}_template"))
    keys = ["--keys", str(folder / "one.keys")]
    one.ok("backup", str(folder / "one.zip"), *keys)
    template.ok("restore", str(folder / "one.zip"), *keys)

    def renew() -> None:
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(template.folder, data)
        postgres.drop_database(server, name)
        postgres.create_database(server, name, f"{name}_template")

    renew()
    return Hub(data, f"{server.rpartition('/')[0]}/{name}"), renew


def state_of(hub: Hub) -> tuple[Any, ...]:
    return hub.rows(), hub.files(), hub.secrets()
