"""Whole hubs for tests of backup and restore: a data folder, a database, and commands in processes of their own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps

from tests.databases import default_database

ROOT = Path(__file__).resolve().parent.parent
MAIN = "from convener.cli import main; main(prog_name='convener')"
PASSPHRASE = "twelve grey herons at dawn"
#: Left out of backups on purpose, or written by backup and restore themselves.
NOT_COMPARED = {"sessions.session", "accounts.cacheentry"}
OWN_ACTIONS = {"hub.backup", "hub.restore"}

#: Run in a process with the hub's own settings: asks for the addresses it finds on the public pages and in the API.
CRAWL = """
import hashlib, json, re, sys
import django
django.setup()
from django.test import Client
client, answers = Client(headers={"host": "127.0.0.1"}), {}
waiting = ["/en/", "/api/v1/organisations?per_page=50", "/api/v1/openapi.json", "/fr/", "/ar/"]
while waiting and len(answers) < 40:
    address = waiting.pop(0)
    if address in answers or address.startswith("/static/"):
        continue
    got = client.get(address)
    body = b"".join(got.streaming_content) if got.streaming else got.content
    body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", body)
    answers[address] = [got.status_code, got.get("Location", ""), hashlib.sha256(body).hexdigest()]
    if got.get("Content-Type", "").startswith("text/html"):
        found = re.findall(r'href="(/[^"#]*)"', body.decode())
        waiting += [one.replace("&amp;", "&") for one in found]
print(json.dumps(answers), file=sys.stdout)
"""


@dataclass(frozen=True)
class Hub:
    """One hub; ``url`` is that of a PostgreSQL database, or empty for SQLite in ``folder``."""

    folder: Path
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What its commands have set."""
        return {
            "CONVENER_DATA_DIR": str(self.folder),
            "CONVENER_DATABASE_URL": self.url,
            "CONVENER_KEYS_PASSPHRASE": PASSPHRASE,
            "DJANGO_SETTINGS_MODULE": "convener.site.settings",
        }

    @property
    def database(self) -> str:
        """Its database as :func:`tests.databases.default_database` wants it."""
        return self.url or f"sqlite:///{self.folder / 'convener.sqlite3'}"

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start ``convener ARGUMENTS`` on it."""
        return self._start([MAIN, *arguments], environment)

    def run(
        self, *arguments: str, before: Callable[[], None] | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``convener ARGUMENTS`` on it to its end."""
        process = self._start([MAIN, *arguments], environment, before)
        out, err = process.communicate(timeout=240)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ok(self, *arguments: str, **environment: str) -> dict[str, Any]:
        """Run ``convener ARGUMENTS --json`` on it; it must succeed. Returns its answer."""
        done = self.run(*arguments, "--json", **environment)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def answers(self) -> dict[str, list[Any]]:
        """What it answers at the addresses its public pages lead to: status, Location, hash of the body."""
        process = self._start([CRAWL], {})
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        found: dict[str, list[Any]] = json.loads(out.splitlines()[-1])
        return found

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table that a backup holds, as JSON, in an order that does not depend on the database."""
        with default_database(self.database):
            return {
                model._meta.label_lower: _rows(model)
                for model in apps.get_models(include_auto_created=True)
                if model._meta.label_lower not in NOT_COMPARED
            }

    def files(self) -> dict[str, str]:
        """The hub's own files: path in the data folder → hash of the content."""
        paths = [
            path
            for name in ("files", "content", "locale")
            for path in (self.folder / name).rglob("*")
            if path.is_file()
        ]
        return {str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    def secrets(self) -> str:
        """The content of its secrets file."""
        return (self.folder / "secrets.json").read_text()

    def copy(self, folder: Path) -> Hub:
        """Another SQLite hub with the same content."""
        shutil.copytree(self.folder, folder)
        return Hub(folder)

    def _start(
        self, code: list[str], environment: dict[str, str], before: Callable[[], None] | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", *code],
            env=os.environ | self.environment | environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )


def _rows(model: Any) -> list[str]:
    found = model._base_manager.order_by()
    if model._meta.label_lower == "audit.auditentry":
        found = found.exclude(action__in=OWN_ACTIONS)
    if model._meta.label_lower == "outbox.cursor":
        found = found.filter(node="*")  # those of machines are theirs, and in no backup
    names = sorted(field.attname for field in model._meta.concrete_fields)
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in found.values_list(*names))


def furnish(hub: Hub) -> None:
    """Give a demonstration hub what a hub in use has besides: jobs, groups, odd texts and JSON, deleted rows, files."""
    from django.contrib.auth.models import Group, Permission
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from convener.foundation.accounts.models import User
    from convener.foundation.actor import OPERATOR
    from convener.foundation.audit.actions import record
    from convener.foundation.audit.models import Change
    from convener.foundation.ids import new_key
    from convener.foundation.outbox.models import Cursor, Event
    from convener.foundation.parties.models import Source

    with default_database(hub.database):
        group = Group.objects.create(name="Readers — قرّاء")
        group.permissions.add(*Permission.objects.order_by("pk")[:3])
        user = User.objects.order_by("email").first()
        assert user is not None
        user.groups.add(group)
        user.user_permissions.add(Permission.objects.order_by("-pk")[0])
        Source.objects.create(kind="document", key="odd", title='"quotes",\n\ttabs \\ and 人身取引 \u2028', date=None)
        odd = {"z": [1.5, None, True, {"deep": ["é", 10**15]}], "a": "x" * 5000}
        values = {"name": [odd, None]}
        Change.objects.create(door="hub", action="edit", kind="party", record_id=new_key(), values=values)
        record(OPERATOR, "test.furnish", "hub", count=3)
        DBTaskResult.objects.create(
            args_kwargs={"args": [], "kwargs": {}}, run_after=timezone.now(), backend_name="default", task_path="x.y"
        )
        for number in range(5):
            Event.objects.create(topic="test.made", keys=[str(number)])
        Event.objects.order_by("-id").first().delete()  # type: ignore[union-attr]  # its number must not come again
        Cursor.objects.create(consumer="mail", node="*", position=3)
        Cursor.objects.create(consumer="index", node="node-1", position=3)
    files = {"files/a/one.bin": os.urandom(3000), "files/empty": b"", "content/x.yaml": b"a: 1\n"}
    for name, content in {**files, "locale/fr/LC_MESSAGES/django.po": b"# ours\n"}.items():
        path = hub.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def make_hub(folder: Path) -> Hub:
    """A demonstration hub, furnished, on SQLite. Takes some seconds: copy it."""
    hub = Hub(folder)
    done = hub.run("demo", "--no-serve", "--json")
    assert done.returncode == 0, done.stderr
    furnish(hub)
    return hub
