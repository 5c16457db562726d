"""The demonstration: every login works, a second run changes nothing, a killed one is finished; not in production."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from convener.errors import Refused
from convener.foundation.accounts.models import ApiToken, Membership, User
from convener.foundation.accounts.queries import actor_of_token
from convener.foundation.accounts.scopes import scopes_for
from convener.foundation.actor import NEEDS_SECOND_FACTOR, Role
from convener.foundation.parties.models import Party
from convener.foundation.parties.queries import HUB_KEY
from convener.site import demo
from tests.cast import client_for, totp_code

URL = "http://127.0.0.1:8000"


@pytest.fixture
def prepared(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The demonstration's logins in the test's database; what ships as content has tests of its own."""
    settings.DATA_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
    monkeypatch.setattr("convener.rooms.directory.content.load", dict)
    monkeypatch.setattr("convener.rooms.library.content.load", dict)
    return demo.prepare(tmp_path, URL)


def test_one_login_for_each_role(prepared: dict[str, Any], tmp_path: Path) -> None:
    assert (prepared["url"], prepared["data_dir"]) == (URL, str(tmp_path))
    assert [login["role"] for login in prepared["logins"]] == [role.value for role in Role]
    for login in prepared["logins"]:
        assert set(login) == {"role", "email", "password", "totp_secret", "token"}
        assert login["email"] == f"{login['role']}@demo.example"
        assert (login["totp_secret"] is None) is (login["role"] not in NEEDS_SECOND_FACTOR)
    assert len({login["password"] for login in prepared["logins"]}) == len(Role)


@pytest.mark.parametrize("role", list(Role))
def test_each_login_works(prepared: dict[str, Any], role: Role) -> None:
    login = next(one for one in prepared["logins"] if one["role"] == role)
    client: Client = client_for(None)
    client.post(reverse("account_login"), {"login": login["email"], "password": login["password"]})
    if login["totp_secret"]:
        assert client.get(reverse("hub")).status_code == 302
        client.post(reverse("mfa_authenticate"), {"code": totp_code(login["totp_secret"])})
    page = client.get(reverse("hub"))
    assert page.status_code == 200
    assert page.context["actor"].role == role
    actor = actor_of_token(login["token"])
    assert actor is not None
    assert actor.role == role
    assert actor.scopes == {scope.key for scope in scopes_for(role)}


def test_everything_is_marked_demo(prepared: dict[str, Any]) -> None:
    assert not User.objects.filter(is_demo=False).exists()
    acted_for = Party.objects.filter(pk__in=Membership.objects.values("party_id"))
    assert not acted_for.filter(is_demo=False).exists()
    assert acted_for.count() == 8
    hub = Party.objects.get(content_key=HUB_KEY)
    running = Membership.objects.filter(party=hub).values_list("role", flat=True)
    assert set(running) == {Role.ADMINISTRATOR, Role.SECRETARIAT}


def everything() -> list[Any]:
    """Every row that the demonstration makes, with every value."""
    return [list(model.objects.order_by("pk").values()) for model in (User, Membership, ApiToken, Party)]


def test_a_second_run_changes_nothing(prepared: dict[str, Any], tmp_path: Path) -> None:
    before, kept = everything(), (tmp_path / demo.FILE_NAME).read_bytes()
    assert demo.prepare(tmp_path, URL) == prepared
    assert everything() == before
    assert (tmp_path / demo.FILE_NAME).read_bytes() == kept


def test_the_printed_logins_work_again_after_somebody_changed_a_password(
    prepared: dict[str, Any], tmp_path: Path
) -> None:
    user = User.objects.get(email="ngo@demo.example")
    user.set_password("something else entirely")
    user.save()
    assert demo.prepare(tmp_path, URL) == prepared
    user.refresh_from_db()
    assert user.check_password(next(one["password"] for one in prepared["logins"] if one["role"] == "ngo"))


def test_tokens_have_an_end_and_are_renewed_when_they_are_printed_again(
    prepared: dict[str, Any], tmp_path: Path
) -> None:
    now = timezone.now()
    assert {0 < (one.expires_at - now).days <= 366 for one in ApiToken.objects.all() if one.expires_at} == {True}
    assert not ApiToken.objects.filter(expires_at=None).exists()
    ApiToken.objects.update(expires_at=now, revoked_at=now)
    assert demo.prepare(tmp_path, URL) == prepared
    assert all(actor_of_token(login["token"]) for login in prepared["logins"])


def test_the_logins_are_for_their_owner_only(prepared: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / demo.FILE_NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["logins"] == prepared["logins"]
    assert [one.name for one in tmp_path.iterdir() if "part" in one.name] == []


def test_not_in_production(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.PRODUCTION = True
    with pytest.raises(Refused):
        demo.prepare(tmp_path, URL)
    assert not User.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_not_for_another_data_folder(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    with pytest.raises(Refused):
        demo.prepare(tmp_path / "other", URL)
    assert not User.objects.exists()


PROGRAM = """
import json, os, sys
from pathlib import Path
import django
django.setup()
from convener.rooms.directory import content
from convener.rooms.library import content as library
from convener.site import demo
content.load = library.load = dict
kill_at = int(sys.argv[1])
ensure, done = demo._ensure, []
def killing(login):
    if len(done) == kill_at:
        os.kill(os.getpid(), 9)
    ensure(login)
    done.append(login)
demo._ensure = killing
print(json.dumps(demo.prepare(Path(os.environ["CONVENER_DATA_DIR"]), "http://x")))
"""


def run(folder: Path, kill_at: int) -> subprocess.CompletedProcess[str]:
    """Prepare a demonstration in a process of its own that kills itself before the login number ``kill_at``."""
    environment = {
        **os.environ,
        "CONVENER_DATA_DIR": str(folder),
        "CONVENER_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "convener.site.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(kill_at)], env=environment, capture_output=True, text=True, check=False
    )


def test_a_killed_run_is_finished_by_the_next(tmp_path: Path) -> None:
    assert run(tmp_path, 4).returncode == -signal.SIGKILL
    kept = json.loads((tmp_path / demo.FILE_NAME).read_text())["logins"]
    finished = run(tmp_path, 99)
    assert finished.returncode == 0, finished.stderr
    answer = json.loads(finished.stdout)
    assert answer["logins"] == kept
    assert len(answer["logins"]) == len(Role)
