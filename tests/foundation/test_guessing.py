"""Guessing passwords and codes is slow, and keeps the owner of an account out of nothing but a strange browser."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from convener.foundation.accounts.models import CacheEntry
from tests.cast import PASSWORD, Cast, Person, client_for, make_cast, totp_code
from tests.foundation.signing_in import CODE, LOGIN, RESET, inside, log_in, reset_password


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def guess(person: Person, times: int, network: str = "192.0.2.66") -> None:
    """Wrong passwords for somebody's account, each from a fresh browser."""
    for attempt in range(times):
        form = {"login": person.user.email, "password": f"wrong {attempt}"}
        client_for(None).post(LOGIN, form, REMOTE_ADDR=network)


def log_in_from(person: Person, network: str, client: Client | None = None) -> Client:
    """A login with the right password; says nothing of whether it worked."""
    client = client or client_for(None)
    client.post(LOGIN, {"login": person.user.email, "password": PASSWORD}, REMOTE_ADDR=network)
    return client


def test_passwords_cannot_be_guessed_on_and_on(cast: Cast) -> None:
    guess(cast.ngo, 5)
    assert not inside(log_in_from(cast.ngo, "192.0.2.66")), "the right password, too, waits"
    assert inside(log_in_from(cast.company, "192.0.2.66")), "another account is not locked"
    assert inside(log_in_from(cast.ngo, "198.51.100.7")), "its owner elsewhere is not kept out"


def test_twenty_guesses_an_hour_from_one_network(cast: Cast, time_machine: Callable[[float], None]) -> None:
    for start in range(5):
        guess(cast.ngo, 5)
        time_machine(start * 301.0 + 301)
    assert not inside(log_in_from(cast.ngo, "192.0.2.66"))
    time_machine(5000)
    assert inside(log_in_from(cast.ngo, "192.0.2.66"))


def test_many_networks_together_are_slowed_and_a_known_browser_gets_in(cast: Cast) -> None:
    owner = log_in(cast.ngo)
    owner.post(reverse("account_logout"))
    for network in range(20):
        guess(cast.ngo, 5, f"192.0.2.{network}")
    assert not inside(log_in_from(cast.ngo, "198.51.100.7")), "a hundred an hour for one account"
    assert inside(log_in_from(cast.ngo, "198.51.100.7", owner))


def test_a_known_browser_gets_in_from_the_network_of_who_guesses(cast: Cast) -> None:
    owner = log_in(cast.ngo)
    owner.post(reverse("account_logout"))
    for number in range(10):
        form = {"login": f"guess{number}@example.org", "password": "wrong"}
        client_for(None).post(LOGIN, form)
    assert not inside(log_in(cast.ngo))
    owner.post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD})
    assert inside(owner)


def test_a_known_browser_has_a_limit_of_its_own(cast: Cast) -> None:
    browser = log_in(cast.ngo)
    browser.post(reverse("account_logout"))
    for attempt in range(5):
        browser.post(LOGIN, {"login": cast.ngo.user.email, "password": f"wrong {attempt}"})
    browser.post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD})
    assert not inside(browser)


def test_the_cookie_of_a_known_browser_is_good_for_one_account_and_tells_nothing(cast: Cast) -> None:
    browser = log_in(cast.company)
    cookie = browser.cookies["convener_browser"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Strict", "/en/account/")
    assert int(cookie["max-age"]) == 90 * 24 * 3600
    assert "garments" not in cookie.value
    assert str(cast.company.user.pk) not in cookie.value
    browser.post(reverse("account_logout"))
    guess(cast.ngo, 5, "127.0.0.1")
    browser.post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD})
    assert not inside(browser)


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "a.1.2.3", "a.\xb2.c", "number.99999999999.signature"])
def test_a_forged_cookie_counts_as_none(cast: Cast, forged: str) -> None:
    guess(cast.ngo, 5, "127.0.0.1")
    browser = client_for(None)
    browser.cookies["convener_browser"] = forged
    browser.post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD})
    assert not inside(browser)


def test_a_known_browser_is_forgotten_after_a_while(cast: Cast, time_machine: Callable[[float], None]) -> None:
    browser = log_in(cast.ngo)
    browser.post(reverse("account_logout"))
    time_machine(91 * 24 * 3600)
    guess(cast.ngo, 5, "127.0.0.1")
    browser.post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD})
    assert not inside(browser)


def test_a_browser_is_known_after_the_code_and_not_after_the_password_alone(cast: Cast) -> None:
    client = log_in(cast.secretariat)
    assert "convener_browser" not in client.cookies
    client.post(CODE, {"code": totp_code()})
    assert "convener_browser" in client.cookies


def test_a_new_password_by_mail_lets_the_owner_in(cast: Cast) -> None:
    owner = client_for(None)
    for network in range(20):
        guess(cast.ngo, 5, f"192.0.2.{network}")
    assert not inside(log_in_from(cast.ngo, "198.51.100.7"))
    new = reset_password(owner, cast.ngo)
    for network in range(20):
        guess(cast.ngo, 5, f"203.0.113.{network}")
    owner.post(LOGIN, {"login": cast.ngo.user.email, "password": new})
    assert inside(owner)


@pytest.fixture
def time_machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock that wrong passwords are counted by to so many seconds after the test began."""
    began = time.time()
    later = [0.0]
    monkeypatch.setattr("time.time", lambda: began + later[0])

    def travel(seconds: float) -> None:
        later[0] = seconds

    return travel


def test_ten_wrong_passwords_close_one_network_address(cast: Cast) -> None:
    for attempt in range(10):
        client_for(None).post(LOGIN, {"login": f"guess{attempt}@example.org", "password": "wrong"})
    assert not inside(log_in(cast.ngo))
    other = client_for(None)
    other.post(LOGIN, {"login": cast.ngo.user.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert inside(other)


@pytest.mark.parametrize("email", ["officer@shelter.example", "nobody@example.org"])
def test_three_reset_mails_an_hour_for_one_address(cast: Cast, email: str) -> None:
    answers = [client_for(None).post(RESET, {"email": email}, REMOTE_ADDR=f"192.0.2.{one}") for one in range(5)]
    assert [answer.status_code for answer in answers] == [302] * 3 + [429] * 2
    assert "Too many attempts" in answers[-1].content.decode()
    assert [one.to for one in mail.outbox] == [[email]] * 3
    assert client_for(None).post(RESET, {"email": email.upper()}).status_code == 429
    assert client_for(None).post(RESET, {"email": "other@example.org"}).status_code == 302


def test_codes_cannot_be_guessed_on_and_on(cast: Cast) -> None:
    client = log_in(cast.secretariat)
    for attempt in range(5):
        client.post(CODE, {"code": f"{attempt:06}"})
    client.post(CODE, {"code": totp_code()})
    assert not inside(client)


def test_the_counts_are_shared_and_hold_no_address(cast: Cast) -> None:
    client_for(None).post(LOGIN, {"login": "guess@example.org", "password": "wrong"}, REMOTE_ADDR="192.0.2.7")
    entries = CacheEntry.objects.all()
    assert entries.exists()
    assert not any("192.0.2.7" in entry.cache_key + entry.value for entry in entries)
