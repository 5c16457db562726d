"""What the site itself does for safety: hosts and ports, cookies, messages, refused forms, the contact, file names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.sessions.models import Session
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from convener.foundation.uploads import shown_name
from convener.site.middleware import OwnPortMiddleware
from tests.cast import PASSWORD, Cast, client_for, make_cast
from tests.conftest import ROOT
from tests.foundation.signing_in import LOGIN, RESET

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


# Hosts and ports


def served(settings: Any, host: str, base_url: str = "https://hub.example.org", *, production: bool = True) -> bool:
    """Whether a request with this Host header gets past the check of ports."""
    settings.PRODUCTION, settings.BASE_URL, settings.ALLOWED_HOSTS = production, base_url, ["hub.example.org", "[::1]"]
    middleware = OwnPortMiddleware(lambda request: HttpResponse("in"))
    try:
        middleware(RequestFactory().get("/en/", headers={"host": host}))
    except DisallowedHost:
        return False
    return True


@pytest.mark.parametrize("host", ["hub.example.org", "hub.example.org:443", "[::1]", "[::1]:443"])
def test_the_own_port_and_none_are_served(settings: Any, host: str) -> None:
    assert served(settings, host)


@pytest.mark.parametrize("host", ["hub.example.org:8080", "hub.example.org:99999", "[::1]:80", "evil.example"])
def test_another_port_in_the_host_header_is_refused_in_production(settings: Any, host: str) -> None:
    assert not served(settings, host)


def test_a_hub_on_another_port_is_reached_there(settings: Any) -> None:
    assert served(settings, "hub.example.org:8443", "https://hub.example.org:8443")
    assert not served(settings, "hub.example.org:443", "https://hub.example.org:8443")
    assert served(settings, "hub.example.org:9000", production=False), "a forwarded port to a hub of this machine"


def test_a_refused_host_gets_a_page_without_its_name() -> None:
    answer = Client().get("/en/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


# Cookies, messages, redirects


def test_cookies_end_with_the_browser_and_hold_no_words(cast: Cast) -> None:
    client = client_for(None)
    client.get(LOGIN)
    client.post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD})
    assert set(client.cookies) == {"convener_csrf", "convener_session", "convener_browser"}
    for name in ("convener_csrf", "convener_session"):
        assert client.cookies[name]["max-age"] == ""
        assert client.cookies[name]["httponly"]
    assert "Successfully signed in" in client.get(reverse("hub")).content.decode()


def test_a_session_id_that_was_planted_is_replaced_at_login(cast: Cast) -> None:
    client = client_for(None)
    client.cookies["convener_session"] = "planted0000000000000000000000000"
    client.post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD})
    inside = client.cookies["convener_session"].value
    assert inside != "planted0000000000000000000000000"
    client.post(reverse("account_logout"))
    assert not Session.objects.filter(session_key=inside).exists()


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\t//evil.example", "http://testserver/en/hub/me/"],
)
def test_the_login_leads_to_addresses_of_the_hub_alone(cast: Cast, address: str) -> None:
    form = {"login": cast.ngo.user.email, "password": PASSWORD, "next": address}
    assert client_for(None).post(LOGIN, form)["Location"] == reverse("hub")


def test_asking_for_a_mail_leaves_no_session(db: None) -> None:
    client_for(None).post(RESET, {"email": "nobody@example.org"})
    assert not Session.objects.exists()


def test_passwords_are_hashed_within_bounds() -> None:
    """Eight threads that hash at once must leave a server with 2 GB most of its memory."""
    hashed = make_password(PASSWORD)
    assert hashed.startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")
    assert identify_hasher(hashed).verify(PASSWORD, hashed)


def test_an_older_hash_is_read_and_made_anew(cast: Cast) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    old = Argon2PasswordHasher().encode(PASSWORD, "somesaltofold")
    cast.ngo.user.password = old
    cast.ngo.user.save()
    client_for(None).post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD})
    cast.ngo.user.refresh_from_db()
    assert "m=47104" in cast.ngo.user.password


# Forms from elsewhere


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}, {"hx-request": "true", "x-csrftoken": "A" * 32}])
def test_a_form_without_the_mark_is_refused_with_a_page_of_the_hub(cast: Cast, headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ngo.user)
    answer = client.post(reverse("me"), {"name": "Taken over", "language": "en"}, headers=headers)
    assert answer.status_code == 403
    assert "This form cannot be taken" in answer.content.decode()
    assert "Django" not in answer.content.decode()
    cast.ngo.user.refresh_from_db()
    assert cast.ngo.user.name != "Taken over"


# The contact


def test_without_a_contact_no_page_says_that_one_can_write(db: None, settings: Any) -> None:
    settings.CONTACT = ""
    for path in ("/en/nothing/", "/en/directory/"):
        body = Client().get(path).content.decode()
        assert "mailto:" not in body
        assert "write to us" not in body
    assert Client().get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    ("contact", "link"),
    [("hub@example.org", "mailto:hub@example.org"), ("https://example.org/us", "https://example.org/us")],
)
def test_the_contact_stands_on_every_page_and_on_errors_with_the_number_of_the_log(
    db: None, settings: Any, contact: str, link: str
) -> None:
    settings.CONTACT = contact
    assert Client().get("/en/directory/").content.decode().count(f'href="{link}"') == 1
    answer = Client().get("/en/nothing/")
    assert answer.content.decode().count(f'href="{link}"') == 2
    assert f"mention the number {answer.wsgi_request.number}" in answer.content.decode()
    told = Client().get("/.well-known/security.txt")
    assert told["Content-Type"].startswith("text/plain")
    assert f"Contact: {link}\nExpires: 20" in told.content.decode()
    assert not told.cookies


# Files


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("members.csv", "members.csv"),
        ("list\u202evsc.exe", "list\ufffdvsc.exe"),
        ("\u2066a\u2069.csv", "\ufffda\ufffd.csv"),
        ("a\u200b\x07b\u200f.csv", "a\ufffd\ufffdb\ufffd.csv"),
        ("a\ud800.csv", "a\ufffd.csv"),
        ("../../etc/list.csv", "list.csv"),
        ("C:\\lists\\list.csv", "list.csv"),
        ("می\u200cخواهم.csv", "می\u200cخواهم.csv"),
        ("e\u0301.csv", "é.csv"),
        ("x" * 300, "x" * 200),
    ],
)
def test_names_of_received_files_hide_nothing(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_what_a_command_writes_is_for_the_hub_alone(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONVENER_")}
    command = f"umask 022; exec {sys.executable} -m convener work --once"
    subprocess.run(
        ["sh", "-c", command],
        env=environment | {"CONVENER_DATA_DIR": str(folder)}, cwd=ROOT, check=True, capture_output=True, timeout=200,
    )  # fmt: skip
    modes = {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    assert modes["convener.sqlite3"] == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {mode for mode in modes.values() if mode & 0o077} == set()
