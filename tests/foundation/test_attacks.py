"""What strangers tried: heaps of accents, files where none is expected, made-up invitations, spoofed proxies."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from gunicorn.config import Config
from hypothesis import given
from hypothesis import strategies as st

from convener.cli.common import say
from convener.cli.serving import Web, open_port
from convener.engines.values import Lookup, name_key, read_choice, read_choices, read_email, read_text
from convener.engines.values.folding import MOST_MARKS, fold, with_few_marks
from convener.errors import InvalidValue, Unreadable
from convener.foundation.copies.lock import hold_shared
from convener.foundation.copies.manifest import check_name
from convener.foundation.jobs import registry
from tests.cast import PASSWORD, client_for, make_cast

pytestmark = [pytest.mark.filterwarnings("ignore:No directory at")]
#: Two kinds of marks in the wrong order: sorting them takes the square of their number.
HEAP = "a" + "\u0301" * 16_000 + "\u0316" * 16_000
#: Unsorted, each of these took between half a second and ten.
SOON_S = 0.4
COUNTRIES = Lookup([("TH", ["Thailand"]), ("FR", ["France"])])


def seconds_of_reading(text: str) -> float:
    """Processor time that the slowest of the readers takes for a text; refusing it is reading it, too."""
    slowest = 0.0
    for read in (
        lambda: read_text("name", text, max_chars=300),
        lambda: read_text("summary", text, max_chars=4000, multiline=True),
        lambda: read_choice("country", text, COUNTRIES),
        lambda: read_choices("countries", text, COUNTRIES),
        lambda: read_email("email", text),
        lambda: fold(text),
        lambda: name_key.__wrapped__(text[:300]),
    ):
        started = time.process_time()
        with contextlib.suppress(InvalidValue):
            read()
        slowest = max(slowest, time.process_time() - started)
    return slowest


@pytest.mark.parametrize(
    "text",
    [
        HEAP,
        "a" + "\u0301\u0316" * 16_000,
        "a" + ("\u0301" * MOST_MARKS + "\u200b") * 1_000,  # the invisible blank between them is taken out
        "\u0f73" * 16_000,  # a vowel sign that becomes two marks, and is called none itself
        "\uff9e" * 16_000,  # a half-width sound mark, which becomes a mark
        "x@" + "ü" * 32_000 + ".com",
        "a@" + "ü." * 16_000 + "com",
    ],
    ids=["sorted", "mixed", "with blanks", "tibetan", "katakana", "long domain", "many labels"],
)
def test_no_text_keeps_a_reader_busy(text: str) -> None:
    assert seconds_of_reading(text) < SOON_S


def test_heaps_of_accents_are_refused_and_writing_is_not() -> None:
    with pytest.raises(InvalidValue, match="accents"):
        read_text("name", HEAP, max_chars=300)
    with pytest.raises(InvalidValue, match="accents"):
        read_text("name", "a" + ("\u0301" * MOST_MARKS + "\u200b") * 100, max_chars=300)
    written = "Việt Nam — Tiếng Việt, हिन्दी, العَرَبِيَّة, བོད་ཡིག " * 60
    assert read_text("summary", written, max_chars=4000).value == written.strip()


@given(st.text(alphabet="ab\u0301\u0316\u0f73\u1100\u1161é ", min_size=1_001, max_size=1_300))
def test_what_is_left_of_a_text_has_few_marks_in_a_row(text: str) -> None:
    few = with_few_marks(text)
    assert with_few_marks(few) == few
    if len(few) == len(text):
        assert few == text
    longest = row = 0
    for letter in few:
        row = row + 1 if letter in "\u0301\u0316\u0f73" else 0
        longest = max(longest, row)
    assert longest <= MOST_MARKS


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/account/login/", "/en/account/password/reset/"])
def test_a_stranger_cannot_bring_files(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", lambda *_args: kept.append("disk")
    )
    monkeypatch.setattr(
        "django.core.files.uploadhandler.MemoryFileUploadHandler.new_file", lambda *_args: kept.append("memory")
    )
    file = SimpleUploadedFile("a.csv", b"x" * (4 << 20))
    response = client_for(None).post(path, {"login": "x@example.org", "file": file})
    assert response.status_code < 500
    assert kept == []


@pytest.mark.django_db
def test_a_form_without_files_is_read_as_before() -> None:
    cast, client = make_cast(), client_for(None)
    response = client.post("/en/account/login/", {"login": cast.donor.user.email, "password": PASSWORD})
    assert response.status_code == 302
    assert client.get("/en/hub/me/").status_code == 200


@pytest.mark.django_db
def test_made_up_invitations_leave_no_sessions() -> None:
    for number in range(3):
        response = Client().get(f"/en/account/invitation/made-up-{number}/")
        assert response.status_code == 404
        assert "convener_session" not in response.cookies
        assert "made-up" not in response.content.decode().partition("<main")[2]
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_sessions_that_ended_are_deleted() -> None:
    now = timezone.now()
    for name, left in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=name, session_data="x", expire_date=now + dt.timedelta(minutes=left))
    assert "accounts.forget_sessions" in {job.name for job in registry.scheduled()}
    registry.find("accounts.forget_sessions").function()
    assert [one.session_key for one in Session.objects.all()] == ["open"]


def test_the_web_server_takes_no_address_from_headers() -> None:
    listener = open_port("127.0.0.1", 0)
    web = Web(listener, workers=1, threads=1)
    settings: Config = web.cfg
    assert settings.forwarder_headers in ("", [])
    assert settings.secure_scheme_headers == {}


def test_the_data_folder_is_made_for_the_hub_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with hold_shared(tmp_path / "hub"):
            assert (tmp_path / "hub").stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", ["d/" * 1_500 + "f", "a" * 256, "ü" * 128], ids=["deep", "long", "long in bytes"])
def test_names_in_a_backup_that_no_folder_takes(name: str) -> None:
    check_name("files/files/uploads/0123456789abcdef")
    with pytest.raises(Unreadable):
        check_name(f"files/files/{name}")


def test_what_is_said_at_the_terminal_does_not_steer_it(capfd: pytest.CaptureFixture[str]) -> None:
    say("Convener \x1b]0;owned\x07\x9b2J\rdone\nبلد")
    assert capfd.readouterr().err == "Convener  ]0;owned  2J done\nبلد\n"
