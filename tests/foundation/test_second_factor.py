"""Logging in over real HTTP: second factor, used codes, rate limits, and what a stranger can find out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from convener.foundation.accounts import actions
from convener.foundation.accounts.models import CacheEntry, User
from convener.foundation.accounts.queries import memberships_of
from convener.foundation.actor import Role
from convener.foundation.audit.models import AuditEntry
from tests.cast import PASSWORD, TOTP_SECRET, Cast, client_for, make_cast, make_person, totp_code
from tests.databases import HubDatabase
from tests.foundation.signing_in import CODE, LOGIN, RESET, inside, log_in, reset_password


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


# Logging in


def test_a_member_logs_in_with_address_and_password(cast: Cast) -> None:
    client = client_for(None)
    response = client.post(LOGIN, {"login": " Officer@Shelter.example", "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == reverse("hub")
    assert inside(client)
    assert AuditEntry.objects.filter(action="accounts.log_in", user_id=cast.ngo.user.id).count() == 1
    client.post(reverse("account_logout"))
    assert not inside(client)


def test_a_wrong_password_lets_nobody_in(cast: Cast) -> None:
    client = log_in(cast.ngo, "wrong password here")
    assert not inside(client)
    assert not AuditEntry.objects.filter(action="accounts.log_in").exists()


def test_the_login_goes_on_to_where_one_was_going_and_nowhere_else(cast: Cast) -> None:
    wanted = client_for(None).get(reverse("people") + "?q=a&page=2")["Location"]
    form = {"login": cast.ngo.user.email, "password": PASSWORD}
    assert client_for(None).post(wanted, form)["Location"] == reverse("people") + "?q=a&page=2"
    elsewhere = client_for(None).post(f"{LOGIN}?next=https://evil.example/", form)
    assert elsewhere["Location"] == reverse("hub")


def test_the_code_is_asked_for_at_login(cast: Cast) -> None:
    client = client_for(None)
    response = client.post(LOGIN, {"login": cast.secretariat.user.email, "password": PASSWORD})
    assert response["Location"] == CODE
    assert not inside(client)
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert not inside(client)
    assert client.post(CODE, {"code": totp_code()})["Location"] == reverse("hub")
    assert inside(client)


def test_a_code_is_good_once(cast: Cast) -> None:
    first, second = log_in(cast.secretariat), log_in(cast.secretariat)
    code = totp_code()
    first.post(CODE, {"code": code})
    second.post(CODE, {"code": code})
    assert inside(first)
    assert not inside(second)


def test_an_old_code_is_not_good(cast: Cast) -> None:
    client = log_in(cast.secretariat)
    client.post(CODE, {"code": totp_code(periods_ago=1)})
    assert not inside(client)


def test_used_codes_are_known_to_every_process(cast: Cast) -> None:
    client = log_in(cast.secretariat)
    before = CacheEntry.objects.count()
    client.post(CODE, {"code": totp_code()})
    assert CacheEntry.objects.count() > before - 2  # the failed-login count goes, the used code comes
    keys = list(CacheEntry.objects.values_list("cache_key", flat=True))
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
    assert cache.get(f"allauth.mfa.totp.used?user={cast.secretariat.user.pk}&code={totp_code()}") == "y"


def test_recovery_codes_are_a_second_factor_too(cast: Cast) -> None:
    client = log_in(cast.secretariat)
    client.post(CODE, {"code": totp_code()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_generate_recovery_codes"))
    body = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r"\b\d{8}\b", body)
    assert len(codes) == 10
    other = log_in(cast.secretariat)
    other.post(CODE, {"code": codes[0]})
    assert inside(other)
    third = log_in(cast.secretariat)
    third.post(CODE, {"code": codes[0]})
    assert not inside(third)


# Having to set one up


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECRETARIAT])
@pytest.mark.parametrize("page", ["hub", "people", "me", "audit", "account_change_password"])
def test_who_runs_the_hub_must_set_one_up_first(cast: Cast, role: Role, page: str) -> None:
    person = make_person("new@hub.example", role, cast.secretariat.party, second_factor=False)
    client = log_in(person)
    response = client.get(reverse(page))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("mfa_activate_totp"))


def activate(client: Client) -> str:
    """Set up an authenticator app as a person does; returns its secret.

    allauth tells of it when its transaction commits, so the tests that need that run on a real database.
    """
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret: str = client.session["mfa.totp.secret"]
    response = client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    assert response.status_code == 302
    return secret


def test_setting_one_up_opens_the_hub(hub_database: HubDatabase) -> None:
    cast = make_cast()
    person = make_person("new@hub.example", Role.SECRETARIAT, cast.secretariat.party, second_factor=False)
    client = log_in(person)
    secret = activate(client)
    assert inside(client)
    kept = Authenticator.objects.get(user=person.user, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept  # sealed in the database
    assert AuditEntry.objects.filter(action="accounts.add_second_factor", user_id=person.user.id).exists()
    later = log_in(person)
    assert not inside(later)
    later.post(CODE, {"code": totp_code(secret)})
    assert inside(later)


def test_an_older_session_of_the_password_alone_is_asked_for_the_code(hub_database: HubDatabase) -> None:
    cast = make_cast()
    person = make_person("new@hub.example", Role.SECRETARIAT, cast.secretariat.party, second_factor=False)
    thief, owner = log_in(person), log_in(person)
    secret = activate(owner)
    assert inside(owner)
    for page in ("people", "mfa_view_recovery_codes", "mfa_deactivate_totp", "account_change_password", "me"):
        response = thief.get(reverse(page))
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("mfa_reauthenticate"))
    thief.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert thief.get(reverse("mfa_view_recovery_codes")).status_code == 302  # the password again is not enough
    thief.post(reverse("mfa_reauthenticate"), {"code": "123456"})
    assert not inside(thief)
    thief.post(reverse("mfa_reauthenticate"), {"code": next_code(secret)})
    assert inside(thief)


def next_code(secret: str) -> str:
    """A code that was not used yet: the cache forgets the used one, as it does after its 30 seconds."""
    CacheEntry.objects.all().delete()
    return totp_code(secret)


def test_a_member_may_do_without_and_is_held_to_it_once_set_up(hub_database: HubDatabase) -> None:
    cast = make_cast()
    client = log_in(cast.ngo)
    assert inside(client)
    secret = activate(client)
    assert inside(client)
    other = log_in(cast.ngo)
    assert not inside(other)
    other.post(CODE, {"code": next_code(secret)})
    assert inside(other)


def test_who_runs_the_hub_cannot_take_it_off(cast: Cast) -> None:
    client = log_in(cast.secretariat)
    client.post(CODE, {"code": totp_code()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=cast.secretariat.user, type=Authenticator.Type.TOTP).exists()


def test_becoming_secretariat_asks_for_it_at_the_next_page(cast: Cast) -> None:
    client = log_in(cast.ngo)
    assert inside(client)
    _invitation, secret = actions.invite(
        actor=cast.administrator.actor, email=cast.ngo.user.email, party=cast.secretariat.party, role=Role.SECRETARIAT
    )
    actions.accept_invitation(secret=secret, user=cast.ngo.user)
    response = client.get(reverse("people"))
    assert response["Location"].startswith(reverse("mfa_activate_totp"))


def test_resetting_the_password_does_not_pass_the_second_factor(cast: Cast) -> None:
    client = client_for(None)
    new = reset_password(client, cast.secretariat)
    assert not inside(client)
    client.post(LOGIN, {"login": cast.secretariat.user.email, "password": new})
    assert not inside(client)
    client.post(CODE, {"code": totp_code()})
    assert inside(client)
    assert AuditEntry.objects.filter(action="accounts.reset_password").exists()


# What a stranger can find out


def without_tokens(body: bytes) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", body.decode())


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        (LOGIN, lambda email: {"login": email, "password": "wrong password"}),
        (RESET, lambda email: {"email": email}),
    ],
)
def test_known_and_unknown_addresses_are_answered_alike(
    cast: Cast, page: str, fields: Callable[[str], dict[str, str]]
) -> None:
    known = client_for(None).post(page, fields("officer@shelter.example"))
    unknown = client_for(None).post(page, fields("officer@nowhere.example"))
    assert known.status_code == unknown.status_code
    assert known.get("Location") == unknown.get("Location")
    alike = without_tokens(known.content).replace("officer@shelter", "officer@nowhere")
    assert alike == without_tokens(unknown.content)


def test_an_unknown_address_costs_the_server_a_hash_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    set_password = User.set_password
    monkeypatch.setattr(User, "set_password", lambda self, raw: (hashed.append(raw), set_password(self, raw)))
    client_for(None).post(LOGIN, {"login": "nobody@example.org", "password": "wrong password"})
    assert hashed == ["wrong password"]


def test_resetting_an_unknown_address_sends_a_mail_without_a_sign_up_link(cast: Cast) -> None:
    client_for(None).post(RESET, {"email": "nobody@example.org"})
    assert mail.outbox[0].to == ["nobody@example.org"]
    assert "signup" not in mail.outbox[0].body
    assert "by invitation" in mail.outbox[0].body


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("logged_in", [True, False])
def test_nobody_signs_up(cast: Cast, method: str, logged_in: bool) -> None:
    client = client_for(cast.ngo if logged_in else None)
    fields = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    response = getattr(client, method)(reverse("account_signup"), fields)
    assert response.status_code == 403
    assert "by invitation" in response.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_no_second_address_can_be_added(cast: Cast) -> None:
    client = client_for(cast.ngo)
    response = client.post(reverse("account_email"), {"action_add": "", "email": "second@example.org"})
    assert response["Location"] == reverse("me")
    assert EmailAddress.objects.filter(user=cast.ngo.user).count() == 1


def test_the_account_folder_leads_to_my_account(cast: Cast) -> None:
    assert client_for(cast.ngo).get("/en/account/")["Location"] == reverse("me")


def test_pages_of_the_hub_are_kept_nowhere(cast: Cast) -> None:
    client = client_for(cast.ngo)
    for page in ("people", "me", "account_login", "audit"):
        assert "no-store" in client.get(reverse(page))["Cache-Control"]


def test_an_account_that_is_switched_off_is_out_at_once(cast: Cast) -> None:
    client = log_in(cast.ngo)
    assert inside(client)
    User.objects.filter(pk=cast.ngo.user.pk).update(is_active=False)
    assert not inside(client)
    assert not inside(log_in(cast.ngo))


def test_a_session_holds_no_secret_of_the_person(cast: Cast) -> None:
    log_in(cast.secretariat)
    texts = [str(session.get_decoded()) for session in Session.objects.all()]
    assert texts
    assert not any(PASSWORD in text or TOTP_SECRET in text for text in texts)


def test_roles_are_asked_of_the_memberships_in_force(cast: Cast) -> None:
    assert [one.party for one in memberships_of(cast.ngo.user)] == [cast.ngo.party]
