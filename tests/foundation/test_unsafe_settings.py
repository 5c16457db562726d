"""What production refuses: one unsafe case for each reason, and that a safe configuration has none."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from convener.cli import checks, hub
from convener.errors import UnsafeSettings
from convener.foundation.accounts.models import User
from convener.site.config import Config, reasons_against

SAFE: dict[str, Any] = {
    "mode": "production",
    "base_url": "https://hub.example.org",
    "allowed_hosts": ["hub.example.org"],
    "database_url": "postgres://convener:secret@127.0.0.1/convener",
    "email_url": "smtps://user:secret@mail.example.org:465",
    "behind_proxy": True,
    "secret_key": "".join(chr(65 + number) for number in range(50)),
    "field_key": base64.b64encode(bytes(range(32))).decode(),
}


def reasons(**changed: Any) -> list[str]:
    """The reasons against the safe configuration with some settings changed."""
    return reasons_against(Config(**{**SAFE, **changed}))


def test_a_safe_configuration_has_no_reason_against_it() -> None:
    assert reasons() == []
    assert reasons(secret_key="", field_key="") == [], "the hub's own are made by it"
    for url in ("smtp://localhost:25", "smtp://127.0.0.1", "smtp://[::1]:25"):
        assert reasons(email_url=url) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"mode": "local"}, "CONVENER_MODE is 'local'"),
        ({"base_url": "http://hub.example.org"}, "CONVENER_BASE_URL does not begin with https://"),
        ({"base_url": "https://other.example.org"}, "lacks the host of CONVENER_BASE_URL"),
        ({"allowed_hosts": ["hub.example.org", "*"]}, "wildcard"),
        ({"allowed_hosts": ["hub.example.org", ".example.org"]}, "wildcard"),
        ({"allowed_hosts": ["hub.example.org", ""]}, "wildcard"),
        ({"secret_key": "x" * 50}, "CONVENER_SECRET_KEY is weak"),
        ({"secret_key": "Aa1!Bb2?Cc3"}, "CONVENER_SECRET_KEY is weak"),
        ({"field_key": "not base64 at all!"}, "CONVENER_FIELD_KEY is not"),
        ({"field_key": base64.b64encode(b"short").decode()}, "CONVENER_FIELD_KEY is not"),
        ({"field_key": base64.b64encode(b"a" * 32).decode()}, "CONVENER_FIELD_KEY is not"),
        ({"database_url": ""}, "CONVENER_DATABASE_URL is not PostgreSQL"),
        ({"database_url": "sqlite:///hub.sqlite3"}, "CONVENER_DATABASE_URL is not PostgreSQL"),
        ({"email_url": ""}, "CONVENER_EMAIL_URL is empty"),
        ({"email_url": "smtp://mail.example.org"}, "CONVENER_EMAIL_URL is smtp:// to another machine"),
        ({"email_url": "smtp://localhost.example.org"}, "CONVENER_EMAIL_URL is smtp:// to another machine"),
        ({"email_url": "smtp://localhost:secret@mail.example.org"}, "CONVENER_EMAIL_URL is smtp:// to another machine"),
        ({"email_url": "mail.example.org"}, "CONVENER_EMAIL_URL cannot be read"),
        ({"email_url": "http://mail.example.org"}, "CONVENER_EMAIL_URL cannot be read"),
        ({"behind_proxy": False}, "CONVENER_BEHIND_PROXY is false"),
    ],
)
def test_each_unsafe_setting_is_one_reason(changed: dict[str, Any], words: str) -> None:
    [reason] = reasons(**changed)
    assert words in reason
    assert not any(str(value) in reason for name, value in changed.items() if value and name.endswith(("key", "_url")))


def test_hosts_of_this_machine_only() -> None:
    local = reasons(allowed_hosts=["127.0.0.1", "localhost"], base_url="https://localhost")
    assert len(local) == 1
    assert "names this machine only" in local[0]


@pytest.mark.parametrize("contact", ["hub@example.org", "https://example.org/contact", ""])
def test_a_contact_is_an_address(contact: str) -> None:
    assert Config(contact=contact).contact == contact


@pytest.mark.parametrize("contact", ["javascript:alert(1)", "http://example.org", "a@b?cc=c@d", "Ask Mary", 'a@b"x'])
def test_another_contact_is_refused(contact: str) -> None:
    with pytest.raises(ValidationError):
        Config(contact=contact)


@pytest.mark.django_db
def test_a_demonstration_is_not_served_in_production(settings: Any) -> None:
    assert checks.demo_accounts().ok is True
    User.objects.create_user("ngo@demo.example", "a long demo password", is_demo=True)
    assert checks.demo_accounts().ok is False
    hub._refuse_demonstration()
    settings.PRODUCTION = True
    with pytest.raises(UnsafeSettings) as refused:
        hub._refuse_demonstration()
    assert "1 demonstration accounts can sign in" in refused.value.reasons[0]


def test_a_folder_open_to_others_is_a_reason(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert [finding.ok for finding in checks._data_folder(tmp_path)] == [False]
    tmp_path.chmod(0o700)
    assert [finding.ok for finding in checks._data_folder(tmp_path)] == [True]
    assert [finding.ok for finding in checks._data_folder(tmp_path / "none")] == [False]
