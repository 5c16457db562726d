"""API tokens: seen once, kept as a hash, never more than their owner's role, dead at once when revoked."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from convener.errors import InvalidValue, NotAllowed, Refused
from convener.foundation.accounts import actions
from convener.foundation.accounts.actions import tokens
from convener.foundation.accounts.models import ApiToken, User
from convener.foundation.accounts.queries import actor_for, actor_of_token, hash_of
from convener.foundation.accounts.scopes import SCOPES, labels_of, not_allowed, scopes_for
from convener.foundation.actor import OPERATOR, PUBLIC, Door, Role
from convener.foundation.audit.models import AuditEntry
from tests.cast import PASSWORD, Cast, Person, client_for, make_cast

MAKE = "/en/hub/me/tokens/"
FIELDS = {"label": "Report script", "scopes": ["directory:read"], "days": "30"}


def asked_again(person: Person) -> Client:
    """A browser in which ``person`` has just given the password once more."""
    client = client_for(person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make(person: Person, *scopes: str) -> tuple[ApiToken, str]:
    return actions.make_token(
        actor=person.actor, membership=person.membership, label="x", scopes=scopes or ["directory:read"], days=30
    )


def test_the_secret_is_shown_once_and_kept_nowhere(cast: Cast) -> None:
    client = asked_again(cast.ngo)
    body = client.post(MAKE, FIELDS).content.decode()
    secret = re.search(r'id="new-token">([^<]+)<', body)
    assert secret is not None
    assert re.fullmatch(r"cvn_[A-Za-z0-9_-]{40}", secret[1])
    token = ApiToken.objects.get()
    assert token.secret_hash == hash_of(secret[1])
    assert secret[1] not in str(vars(token))
    assert secret[1] not in client.get(reverse("me")).content.decode()
    assert "Report script" in client.get(reverse("me")).content.decode()
    entry = AuditEntry.objects.get(action="accounts.make_token")
    assert entry.fields == ["expires_at", "scopes"]
    assert secret[1] not in str(vars(entry))


def test_a_token_acts_as_its_owner_within_its_scopes(cast: Cast) -> None:
    _token, secret = make(cast.ngo, "directory:read", "account:read")
    actor = actor_of_token(secret)
    assert actor is not None
    assert (actor.door, actor.user_id, actor.party_id, actor.role) == (
        Door.API,
        cast.ngo.user.id,
        cast.ngo.party.id,
        Role.NGO,
    )
    assert actor.has_scope("directory:read")
    assert not actor.has_scope("directory:write")
    assert ApiToken.objects.get().last_used_on == timezone.localdate()


@given(role=st.sampled_from(list(Role)), wanted=st.sets(st.sampled_from([*SCOPES, "hub:everything", ""])))
def test_scopes_come_from_the_registry_and_the_role(role: Role, wanted: set[str]) -> None:
    allowed = {scope.key for scope in scopes_for(role)}
    assert set(not_allowed(role, wanted)) == wanted - allowed
    assert "account:read" in allowed
    assert ("directory:write" in allowed) is (role not in {Role.WORKER, Role.OUTSIDER})


@pytest.mark.parametrize("name", ["worker", "outsider"])
def test_nobody_gives_a_scope_their_role_may_not_use(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    with pytest.raises(NotAllowed, match="directory:write"):
        make(person, "directory:read", "directory:write")
    assert asked_again(person).post(MAKE, {**FIELDS, "scopes": ["directory:write"]}).status_code == 422
    assert not ApiToken.objects.exists()
    assert AuditEntry.objects.get(action="accounts.make_token").outcome == "refused"


def test_nobody_makes_a_token_for_somebody_else(cast: Cast) -> None:
    actors = [cast.administrator.actor, cast.other_ngo.actor, OPERATOR, PUBLIC]
    program = actor_for(cast.ngo.user, cast.ngo.membership, Door.API, frozenset(SCOPES))
    for actor in [*actors, program]:
        with pytest.raises(NotAllowed):
            actions.make_token(actor=actor, membership=cast.ngo.membership, label="x", scopes=["account:read"], days=1)
    assert not ApiToken.objects.exists()


def test_no_token_for_access_that_has_ended(cast: Cast) -> None:
    actions.end_membership(actor=cast.secretariat.actor, membership=cast.ngo.membership)
    with pytest.raises(NotAllowed):
        make(cast.ngo)
    assert asked_again(cast.ngo).post(MAKE, FIELDS).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("label", " "), ("label", "x" * 101), ("scopes", []), ("scopes", ["hub:all"]), ("days", "0"), ("days", "x")],
)
def test_what_cannot_be_read_is_said(cast: Cast, field: str, value: object) -> None:
    assert asked_again(cast.ngo).post(MAKE, {**FIELDS, field: value}).status_code == 422
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("label", ""), ("scopes", []), ("days", 0), ("days", 367)])
def test_the_action_checks_too(cast: Cast, field: str, value: object) -> None:
    values = {"label": "x", "scopes": ["account:read"], "days": 1, field: value}
    with pytest.raises(InvalidValue) as refused:
        actions.make_token(actor=cast.ngo.actor, membership=cast.ngo.membership, **values)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_there_is_a_limit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MAX_TOKENS", 2)
    make(cast.ngo)
    make(cast.ngo)
    with pytest.raises(Refused, match="limit"):
        make(cast.ngo)
    assert asked_again(cast.ngo).post(MAKE, FIELDS).status_code == 422


@pytest.mark.parametrize("case", ["revoked", "expired", "ended", "switched off", "unknown", "empty"])
def test_a_dead_token_is_nobody(cast: Cast, case: str) -> None:
    token, secret = make(cast.ngo)
    assert actor_of_token(secret) is not None
    if case == "revoked":
        actions.revoke_token(actor=cast.ngo.actor, token=token)
    elif case == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    elif case == "ended":
        actions.end_membership(actor=cast.secretariat.actor, membership=cast.ngo.membership)
    elif case == "switched off":
        User.objects.filter(pk=cast.ngo.user.pk).update(is_active=False)
    elif case == "unknown":
        secret = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    else:
        secret = ""
    assert actor_of_token(secret) is None


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ngo", 302),
        ("secretariat", 302),
        ("administrator", 302),
        ("other_ngo", 404),
        ("worker", 404),
        ("outsider", 404),
    ],
)
def test_who_may_revoke(cast: Cast, name: str, status: int) -> None:
    token, secret = make(cast.ngo)
    address = reverse("token_revoke", args=[token.id])
    client = client_for(getattr(cast, name))
    assert client.post(address).status_code == status
    assert (actor_of_token(secret) is None) is (status == 302)
    if status == 302:
        assert client.post(address).status_code == 409


def test_a_colleague_cannot_revoke_through_the_action(cast: Cast) -> None:
    token, _secret = make(cast.ngo)
    with pytest.raises(NotAllowed):
        actions.revoke_token(actor=cast.other_ngo.actor, token=token)
    assert ApiToken.objects.get().revoked_at is None


def test_a_browser_session_is_not_opened_by_a_token(cast: Cast) -> None:
    _token, secret = make(cast.ngo)
    response = client_for(None).get(reverse("people"), headers={"authorization": f"Bearer {secret}"})
    assert response.status_code == 302


# The password, before and after


def test_a_token_asks_for_the_password_again(cast: Cast) -> None:
    client = client_for(cast.ngo)
    for answer in (client.get(MAKE), client.post(MAKE, FIELDS, follow=True).redirect_chain):
        address = answer[-1][0] if isinstance(answer, list) else answer["Location"]
        assert address.startswith(reverse("account_reauthenticate"))
        assert "next=%2Fen%2Fhub%2Fme%2Ftokens%2F" in address
    assert not ApiToken.objects.exists()
    assert "127.0.0.1" not in str(dict(client.session)), "allauth keeps a suspended request with its network address"
    client.post(reverse("account_reauthenticate"), {"password": "wrong password here"})
    assert client.post(MAKE, FIELDS).status_code == 302
    assert not ApiToken.objects.exists()
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": MAKE})
    assert answer["Location"] == MAKE
    assert 'name="scopes"' in client.get(MAKE).content.decode()
    assert client.post(MAKE, FIELDS).status_code == 200
    assert ApiToken.objects.count() == 1


def test_the_password_given_is_good_for_five_minutes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = asked_again(cast.ngo)
    late = time.time() + 301
    monkeypatch.setattr("time.time", lambda: late)
    assert client.post(MAKE, FIELDS).status_code == 302
    assert not ApiToken.objects.exists()


def test_a_new_password_revokes_the_tokens(cast: Cast) -> None:
    _first, secret = make(cast.ngo)
    _second, other = make(cast.ngo)
    _theirs, kept = make(cast.company)
    new = "another long sentence of words"
    client = client_for(cast.ngo)
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = client.post(reverse("account_change_password"), form, follow=True)
    assert "2 API tokens were revoked" in answer.content.decode()
    assert actor_of_token(secret) is None
    assert actor_of_token(other) is None
    assert actor_of_token(kept) is not None
    entries = AuditEntry.objects.filter(action="accounts.revoke_token", user_id=cast.ngo.user.id)
    assert {entry.record for entry in entries} == {str(one.id) for one in (_first, _second)}


def test_a_password_set_by_mail_revokes_the_tokens(cast: Cast) -> None:
    _token, secret = make(cast.ngo)
    client = client_for(None)
    client.post("/en/account/password/reset/", {"email": cast.ngo.user.email})
    link = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body)
    assert link is not None
    assert actor_of_token(secret) is not None, "asking for the mail is not enough"
    page = client.get(link[1])["Location"]
    new = "another long sentence of words"
    client.post(page, {"password1": new, "password2": new})
    assert actor_of_token(secret) is None


def test_my_account_says_in_words_what_a_token_may_do(cast: Cast) -> None:
    make(cast.ngo, "directory:write", "directory:read")
    body = client_for(cast.ngo).get(reverse("me")).content.decode()
    assert "Read the directory; Change and import into the directory" in body
    assert "directory:" not in body
    assert [str(one) for one in labels_of(["former:key", "account:read"])] == ["Read my own account", "former:key"]
