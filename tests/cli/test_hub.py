"""The commands ``check``, ``work`` and ``demo`` as an operator calls them: in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SAFE = {
    "CONVENER_MODE": "production",
    "CONVENER_BASE_URL": "https://hub.example.org",
    "CONVENER_ALLOWED_HOSTS": '["hub.example.org"]',
    "CONVENER_EMAIL_URL": "smtps://user:pass@mail.example.org",
    "CONVENER_BEHIND_PROXY": "true",
}


def convener(data_dir: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``convener ARGUMENTS`` with ``variables`` and no other setting of ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONVENER_")}
    inherited.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-c", "from convener.cli import main; main(prog_name='convener')", *arguments],
        env=inherited | {"CONVENER_DATA_DIR": str(data_dir)} | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def checked(data_dir: Path, **variables: str) -> dict[str, Any]:
    """The answer of ``check --json``, whose exit code must agree with it."""
    done = convener(data_dir, "check", "--json", **variables)
    content: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if content["safe"] else 1)
    assert content["safe"] == (not content["reasons"])
    assert "Traceback" not in done.stderr
    return content


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that is set up and closed to others."""
    folder = tmp_path_factory.mktemp("hub")
    assert convener(folder, "work", "--once").returncode == 0
    folder.chmod(0o700)
    return folder


def test_a_local_hub_is_told_every_reason(hub: Path) -> None:
    reasons = " ".join(checked(hub)["reasons"])
    for name in ("MODE", "BASE_URL", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_URL", "BEHIND_PROXY"):
        assert f"CONVENER_{name}" in reasons


def test_unsafe_production_settings_are_told_all_at_once_and_serve_nothing(hub: Path) -> None:
    unsafe = SAFE | {"CONVENER_BASE_URL": "http://hub.example.org", "CONVENER_SECRET_KEY": "short"}
    content = checked(hub, **unsafe)
    reasons = " ".join(content["reasons"])
    for name in ("BASE_URL", "SECRET_KEY", "DATABASE_URL"):
        assert f"CONVENER_{name}" in reasons
    assert "short" not in reasons
    assert {"subject": "migrations", "ok": True, "message": "All migrations are applied."} in content["checks"]
    refused = convener(hub, "serve", **unsafe)
    assert refused.returncode == 1
    assert "CONVENER_SECRET_KEY" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.postgres
def test_safe_settings_pass(hub: Path, postgres_url: str) -> None:
    from tests.postgres import create_database

    url = create_database(postgres_url, "checked")
    content = checked(hub, **SAFE, CONVENER_DATABASE_URL=url)
    assert len(content["reasons"]) == 1
    assert "migrations are not applied" in content["reasons"][0]
    assert convener(hub, "work", "--once", **SAFE, CONVENER_DATABASE_URL=url).returncode == 0
    assert checked(hub, **SAFE, CONVENER_DATABASE_URL=url) == {
        "safe": True,
        "reasons": [],
        "checks": [
            {"subject": "settings", "ok": True, "message": "The settings are safe."},
            {"subject": "data folder", "ok": True, "message": "The data folder is this account's alone."},
            {"subject": "database", "ok": True, "message": "The database answers (postgresql)."},
            {"subject": "migrations", "ok": True, "message": "All migrations are applied."},
            {"subject": "accounts", "ok": True, "message": "There are no demonstration accounts."},
        ],
    }


def test_values_that_cannot_be_read_are_named_and_not_shown(hub: Path) -> None:
    content = checked(hub, CONVENER_API_RATE="s3cret-typed-in-the-wrong-place")
    assert "CONVENER_API_RATE" in content["reasons"][0]
    assert "s3cret" not in json.dumps(content)
    assert "allowed_hosts" in checked(hub, CONVENER_ALLOWED_HOSTS="hub.example.org")["reasons"][0]


def test_a_database_that_does_not_answer_is_a_reason(hub: Path) -> None:
    reasons = checked(hub, CONVENER_DATABASE_URL="postgres://user:s3cret@127.0.0.1:1/hub")["reasons"]
    assert any("does not answer" in reason for reason in reasons)
    assert "s3cret" not in " ".join(reasons)


def test_a_folder_that_others_can_read_is_a_reason(hub: Path, tmp_path: Path) -> None:
    assert not any("chmod" in reason for reason in checked(hub)["reasons"])
    hub.chmod(0o755)
    assert any("chmod 700" in reason for reason in checked(hub)["reasons"])
    hub.chmod(0o700)
    (hub / "secrets.json").chmod(0o644)
    assert any("secrets.json" in reason for reason in checked(hub)["reasons"])
    (hub / "secrets.json").chmod(0o600)


def test_looking_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert any("does not exist" in reason for reason in checked(folder)["reasons"])
    assert not folder.exists()


def test_check_for_people_says_the_same(hub: Path) -> None:
    done = convener(hub, "check")
    assert done.returncode == 1
    for reason in checked(hub)["reasons"]:
        assert f"NO  {reason}" in done.stdout


def test_demo_prints_exactly_one_json_answer_and_twice_the_same(tmp_path: Path) -> None:
    first = convener(tmp_path, "demo", "--no-serve", "--json", "--port", "8123")
    assert first.returncode == 0, first.stderr
    content = json.loads(first.stdout)
    assert set(content) == {"url", "data_dir", "logins"}
    assert content["url"] == "http://127.0.0.1:8123"
    assert {frozenset(login) for login in content["logins"]} == {
        frozenset({"role", "email", "password", "totp_secret", "token"})
    }
    again = convener(tmp_path, "demo", "--no-serve", "--json", "--port", "8123")
    assert json.loads(again.stdout) == content
    for_people = convener(tmp_path, "demo", "--no-serve")
    assert for_people.returncode == 0
    assert "Invented names" in convener(tmp_path, "screening", "lists").stdout
    for login in content["logins"]:
        assert login["email"] in for_people.stdout
        assert login["password"] in for_people.stdout


def test_work_once_says_with_its_exit_code_that_a_job_failed(tmp_path: Path) -> None:
    """The app of the killed hubs has a job that cannot take these arguments."""
    make = (
        "import django; django.setup()\n"
        "from convener.foundation.jobs.actions import enqueue\n"
        "enqueue('killing.effect', wrong='argument')\n"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.killing.settings", "PYTHONPATH": _path()}
    assert convener(tmp_path, "work", "--once", **settings).returncode == 0
    environment = os.environ | settings | {"CONVENER_DATA_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", make], env=environment, cwd=ROOT, check=True)
    done = convener(tmp_path, "work", "--once", **settings)
    assert done.returncode == 3
    assert "error_type=TypeError" in done.stderr


def _path() -> str:
    return os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])


@pytest.mark.parametrize(
    "command", [("backup", "OUT/hub.zip"), ("directory", "export", "--out", "OUT/list.csv"), ("directory", "undo", "x")]
)
def test_a_mistyped_folder_is_no_empty_hub(tmp_path: Path, command: tuple[str, ...]) -> None:
    arguments = [part.replace("OUT", str(tmp_path)) for part in command]
    for folder in (tmp_path / "mistyped", tmp_path):  # one that is not there, and one without a hub
        answer = convener(folder, *arguments)
        assert answer.returncode == 2
        assert f"There is no hub in {folder}." in answer.stderr
    assert not (tmp_path / "mistyped").exists()
    assert not list(tmp_path.glob("hub.zip")) + list(tmp_path.glob("list.csv"))


def test_an_export_into_a_folder_that_is_not_there_says_so(hub: Path, tmp_path: Path) -> None:
    answer = convener(hub, "directory", "export", "--out", str(tmp_path / "none" / "list.csv"))
    assert answer.returncode == 1
    assert "does not exist" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("place", ["a-file/sub", "a-file", "/proc/none"])
def test_a_folder_that_cannot_be_one_is_said_and_no_traceback(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").write_text("x")
    for command in (("demo", "--no-serve"), ("work", "--once"), ("directory", "content")):
        answer = convener(tmp_path / place, *command)
        assert answer.returncode == 2, answer.stderr
        assert "Traceback" not in answer.stderr
        assert str(tmp_path / place) in answer.stderr


def test_a_new_hub_says_where_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name,country\nAcme,GB\n")
    answer = convener(tmp_path / "new", "directory", "import", str(tmp_path / "list.csv"))
    assert f"Making a new, empty hub in {tmp_path / 'new'}" in answer.stderr
    again = convener(tmp_path / "new", "directory", "import", str(tmp_path / "list.csv"))
    assert "hub in" not in again.stderr
