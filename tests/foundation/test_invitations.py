"""Invitations: who may send which, the link that works once, and what it never gives away."""

from __future__ import annotations

import datetime as dt
import re
import smtplib
import threading
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from convener.errors import ConvenerError, InvalidValue, NotAllowed, NotFound, Refused
from convener.foundation.accounts import actions
from convener.foundation.accounts.actions import invitations
from convener.foundation.accounts.models import Invitation, Membership, User
from convener.foundation.accounts.queries import hash_of, roles_of
from convener.foundation.actor import OPERATOR, Actor, Role
from convener.foundation.audit.models import AuditEntry
from convener.foundation.parties.models import Party
from tests.cast import PASSWORD, Cast, client_for, make_cast, make_party, make_user
from tests.databases import HubDatabase

NEW = {"name": "Noor Example", "password": "a long sentence to get in"}
INVITE, ACCEPT = "/en/hub/people/invite/", "/en/account/invitation/"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def invited(actor: Actor, party: Party, role: Role = Role.NGO, email: str = "noor@example.org") -> str:
    """Invite, and return the secret."""
    return actions.invite(actor=actor, email=email, party=party, role=role)[1]


def path_of(message: Any) -> str:
    """The address of the link in a mail, without the host."""
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body)
    assert found is not None
    return found[1]


def open_link(client: Client, secret: str) -> HttpResponse:
    """Follow the link of the mail; returns the page it ends at."""
    return client.get(reverse("invitation_link", args=[secret]), follow=True)  # type: ignore[return-value]


# Who may invite


@pytest.mark.parametrize("name", ["ngo", "company", "bank", "fiu", "donor"])
def test_officers_invite_for_their_own_organisation_and_role(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    client = client_for(person)
    forged = {"email": "Noor@Example.org", "role": "administrator", "organisation": cast.other_ngo.party.public_id}
    assert client.post(INVITE, forged).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.party, invitation.role) == ("noor@example.org", person.party, person.role)
    for role in Role:
        for party in (person.party, cast.other_ngo.party):
            if (role, party) == (person.role, person.party):
                continue
            with pytest.raises(NotAllowed):
                actions.invite(actor=person.actor, email="x@example.org", party=party, role=role)
    assert Invitation.objects.count() == 1
    assert AuditEntry.objects.filter(action="accounts.invite", outcome="refused").exists()


@pytest.mark.parametrize("name", ["worker", "outsider"])
def test_workers_and_outsiders_invite_nobody(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    assert client_for(person).get(INVITE).status_code == 403
    assert client_for(person).post(INVITE, {"email": "x@example.org"}).status_code == 403
    with pytest.raises(NotAllowed):
        actions.invite(actor=person.actor, email="x@example.org", party=person.party, role=person.role)
    assert not Invitation.objects.exists()


def test_the_secretariat_invites_anybody_but_those_who_run_the_hub(cast: Cast) -> None:
    client = client_for(cast.secretariat)
    fields = {"email": "noor@example.org", "organisation": cast.bank.party.public_id.lower()}
    for role in Role:
        expected = 422 if role in {Role.ADMINISTRATOR, Role.SECRETARIAT} else 302
        assert client.post(INVITE, {**fields, "role": role.value}).status_code == expected
    for role in (Role.ADMINISTRATOR, Role.SECRETARIAT):
        with pytest.raises(NotAllowed):
            actions.invite(actor=cast.secretariat.actor, email="x@example.org", party=cast.secretariat.party, role=role)
        actions.invite(actor=cast.administrator.actor, email="x@example.org", party=cast.bank.party, role=role)


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "not an address", "organisation": "GOOD", "role": "ngo"},
        {"email": "x@example.org", "organisation": "CV-AAAAAAAAAA", "role": "ngo"},
        {"email": "x@example.org", "organisation": "", "role": "ngo"},
        {"email": "x@example.org", "organisation": "GOOD", "role": "emperor"},
        {"email": "x@example.org\r\nBcc: y@example.org", "organisation": "GOOD", "role": "ngo"},
        {},
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_sent(cast: Cast, fields: dict[str, str]) -> None:
    if fields.get("organisation") == "GOOD":
        fields = {**fields, "organisation": cast.ngo.party.public_id}
    assert client_for(cast.secretariat).post(INVITE, {"x": "y", **fields}).status_code == 422
    assert not Invitation.objects.exists()
    assert mail.outbox == []


@given(days=st.integers())
def test_an_invitation_is_valid_for_a_bounded_time(days: int) -> None:
    assert 0 < invitations.MAX_DAYS <= 60
    if 1 <= days <= invitations.MAX_DAYS:
        return
    with pytest.raises(InvalidValue) as refused:
        actions.invite(actor=OPERATOR, email="x@example.org", party=Party(name="X"), role=Role.NGO, days=days)
    assert refused.value.field == "days"


def test_no_bulk_mail(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "DAILY_LIMIT", 3)
    for number in range(3):
        invited(cast.ngo.actor, cast.ngo.party, email=f"x{number}@example.org")
    with pytest.raises(Refused, match="limit"):
        invited(cast.ngo.actor, cast.ngo.party, email="x9@example.org")
    assert len(mail.outbox) == 3


# The mail


def test_the_mail_has_the_link_and_the_database_has_not(cast: Cast) -> None:
    secret = invited(cast.ngo.actor, cast.ngo.party)
    message = mail.outbox[0]
    assert message.to == ["noor@example.org"]
    assert cast.ngo.party.name in message.body
    assert path_of(message) == f"{ACCEPT}{secret}/"
    assert len(secret) >= 43
    invitation = Invitation.objects.get()
    assert invitation.secret_hash == hash_of(secret)
    assert secret not in str(vars(invitation))


def test_the_inviter_never_sees_the_link(cast: Cast) -> None:
    client = client_for(cast.ngo)
    page = client.post(INVITE, {"email": "noor@example.org"}, follow=True).content.decode()
    secret = path_of(mail.outbox[0]).split("/")[-2]
    assert "noor@example.org" in page
    assert secret not in page


def test_inviting_gives_no_account_away(cast: Cast) -> None:
    make_user("known@example.org")
    client = client_for(cast.ngo)
    answers = []
    for email in ("known@example.org", "newer@example.org"):
        response = client.post(INVITE, {"email": email})
        body = client.get(reverse("people")).content.decode().replace(email, "ADDRESS")
        answers.append((response.status_code, response["Location"], re.search("The invitation was sent[^<]*", body)[0]))  # type: ignore[index]
    assert answers[0] == answers[1]
    bodies = [message.body.replace(path_of(message), "") for message in mail.outbox]
    assert bodies[0] == bodies[1]


def test_where_the_mail_server_fails_the_invitation_is_withdrawn(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    response = client_for(cast.ngo).post(INVITE, {"email": "noor@example.org"})
    assert response.status_code == 422
    assert "could not be sent" in response.content.decode()
    assert not Invitation.objects.pending().exists()


# Accepting


def test_a_new_person_makes_an_account(cast: Cast) -> None:
    client, secret = client_for(None), invited(cast.ngo.actor, cast.ngo.party)
    page = open_link(client, secret)
    assert page.status_code == 200
    assert cast.ngo.party.name in page.content.decode()
    assert not User.objects.filter(email="noor@example.org").exists(), "looking accepts nothing"
    assert client.post(ACCEPT, NEW)["Location"] == reverse("account_login")
    user = User.objects.get(email="noor@example.org")
    assert user.name == "Noor Example"
    assert EmailAddress.objects.get(user=user).verified
    assert Membership.objects.current().get(user=user).party == cast.ngo.party
    client.post(reverse("account_login"), {"login": user.email, "password": NEW["password"]})
    assert client.get(reverse("people")).status_code == 200
    assert AuditEntry.objects.get(action="accounts.accept_invitation").user_id == user.id


def test_the_secret_leaks_nowhere(cast: Cast) -> None:
    client, secret = client_for(None), invited(cast.ngo.actor, cast.ngo.party)
    link = client.get(reverse("invitation_link", args=[secret]))
    assert link.status_code == 302
    assert link["Location"] == ACCEPT
    page = client.get(ACCEPT)
    refused = client.post(ACCEPT, {"name": "", "password": ""})
    for response in (link, page, refused):
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
        assert secret not in response.content.decode()
        assert "http" not in re.sub(r"xmlns\S+|http://testserver", "", page.content.decode().partition("<main")[2])


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "password": NEW["password"]},
        {"name": "Noor", "password": "short"},
        {"name": "Noor", "password": "password1234567"[:12]},
        {"name": "Noor", "password": "noor@example.org"},
        {"name": "Noor", "password": ""},
    ],
)
def test_a_weak_password_or_no_name_is_refused_at_its_field(cast: Cast, fields: dict[str, str]) -> None:
    client = client_for(None)
    open_link(client, invited(cast.ngo.actor, cast.ngo.party))
    assert client.post(ACCEPT, fields).status_code == 422
    assert not User.objects.filter(email="noor@example.org").exists()
    assert client.post(ACCEPT, NEW).status_code == 302, "the invitation was not used up"


def test_an_existing_account_must_be_logged_in(cast: Cast) -> None:
    client, secret = client_for(None), invited(cast.ngo.actor, cast.ngo.party, email=cast.bank.user.email)
    page = open_link(client, secret)
    assert "has an account here already" in page.content.decode()
    assert client.post(ACCEPT, NEW).status_code == 200
    with pytest.raises(Refused, match="already"):
        actions.accept_invitation(secret=secret, **NEW)
    login = client.post(
        reverse("account_login") + f"?next={ACCEPT}", {"login": cast.bank.user.email, "password": PASSWORD}
    )
    assert login["Location"] == ACCEPT
    assert client.post(ACCEPT)["Location"] == reverse("hub")
    assert roles_of(cast.bank.user) == {Role.NGO, Role.BANK}
    assert client.get(reverse("people")).context["actor"].party_id == cast.ngo.party.id
    assert User.objects.get(pk=cast.bank.user.pk).check_password(PASSWORD), "the password stayed"


def test_somebody_else_cannot_accept(cast: Cast) -> None:
    client, secret = client_for(cast.other_ngo), invited(cast.ngo.actor, cast.ngo.party, email=cast.bank.user.email)
    assert open_link(client, secret).status_code == 403
    assert client.post(ACCEPT).status_code == 403
    with pytest.raises(NotAllowed):
        actions.accept_invitation(secret=secret, user=cast.other_ngo.user)
    assert Invitation.objects.pending().count() == 1


@pytest.mark.parametrize("case", ["used", "withdrawn", "expired", "unknown", "sent again"])
def test_a_dead_link_says_why(cast: Cast, case: str) -> None:
    secret = invited(cast.ngo.actor, cast.ngo.party)
    past = timezone.now() - dt.timedelta(minutes=1)
    words = {"used": "used already", "withdrawn": "withdrawn", "expired": "expired", "sent again": "withdrawn"}
    if case == "used":
        actions.accept_invitation(secret=secret, **NEW)
    elif case == "withdrawn":
        actions.withdraw_invitation(actor=cast.ngo.actor, invitation=Invitation.objects.get())
    elif case == "expired":
        Invitation.objects.update(expires_at=past)
    elif case == "sent again":
        invited(cast.ngo.actor, cast.ngo.party)
    else:
        secret = "x" * 43
    people = User.objects.count()
    page = open_link(client_for(None), secret)
    assert page.status_code == (404 if case == "unknown" else 409)
    assert words.get(case, "no such invitation") in page.content.decode()
    with pytest.raises(NotFound if case == "unknown" else Refused):
        actions.accept_invitation(secret=secret, name="Other", password=NEW["password"])
    assert User.objects.count() == people


def test_the_page_without_a_link_says_so(db: None) -> None:
    assert client_for(None).get(ACCEPT).status_code == 404
    assert client_for(None).post(ACCEPT, NEW).status_code == 404
    assert client_for(None).put(ACCEPT).status_code == 405
    assert client_for(None).post(reverse("invitation_link", args=["x"])).status_code == 405


def test_access_that_had_ended_begins_anew(cast: Cast) -> None:
    actions.end_membership(actor=cast.secretariat.actor, membership=cast.ngo.membership)
    secret = invited(cast.secretariat.actor, cast.ngo.party, email=cast.ngo.user.email)
    actions.accept_invitation(secret=secret, user=cast.ngo.user)
    membership = Membership.objects.current().get(user=cast.ngo.user)
    assert membership.pk == cast.ngo.membership.pk


def test_an_unverified_address_is_verified_by_the_link(cast: Cast) -> None:
    EmailAddress.objects.filter(user=cast.ngo.user).update(verified=False)
    secret = invited(cast.secretariat.actor, cast.bank.party, Role.BANK, email=cast.ngo.user.email)
    actions.accept_invitation(secret=secret, user=cast.ngo.user)
    assert EmailAddress.objects.get(user=cast.ngo.user).verified


def test_no_invitation_for_a_record_that_was_merged(cast: Cast) -> None:
    merged = make_party("Old Shelter")
    Party.objects.filter(pk=merged.pk).update(status=Party.Status.MERGED, merged_into=cast.ngo.party)
    merged.refresh_from_db()
    with pytest.raises(Refused, match="merged"):
        invited(cast.secretariat.actor, merged)
    assert (
        client_for(cast.secretariat)
        .post(INVITE, {"email": "x@example.org", "organisation": merged.public_id, "role": "ngo"})
        .status_code
        == 302
    )
    assert Invitation.objects.get().party == cast.ngo.party


def test_one_link_is_good_for_one_of_many_who_try_at_once(hub_database: HubDatabase) -> None:
    cast = make_cast()
    secret = invited(OPERATOR, cast.ngo.party)
    start, outcomes = threading.Barrier(4), []

    def accept() -> None:
        start.wait()
        try:
            actions.accept_invitation(secret=secret, **NEW)
            outcomes.append("done")
        except ConvenerError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]
    assert User.objects.filter(email="noor@example.org").count() == 1
    assert AuditEntry.objects.filter(action="accounts.accept_invitation").count() == 1


# Withdrawing


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ngo", 302),
        ("secretariat", 302),
        ("administrator", 302),
        ("other_ngo", 404),
        ("company", 404),
        ("worker", 404),
        ("outsider", 404),
    ],
)
def test_who_may_withdraw(cast: Cast, name: str, status: int) -> None:
    invited(cast.ngo.actor, cast.ngo.party)
    address = reverse("invitation_withdraw", args=[Invitation.objects.get().id])
    client = client_for(getattr(cast, name))
    assert client.post(address).status_code == status
    assert Invitation.objects.pending().exists() is (status == 404)
    if status == 302:
        assert client.post(address).status_code == 409


def test_the_secretariat_cannot_withdraw_what_an_administrator_decided(cast: Cast) -> None:
    invited(cast.administrator.actor, cast.administrator.party, Role.ADMINISTRATOR)
    address = reverse("invitation_withdraw", args=[Invitation.objects.get().id])
    assert client_for(cast.secretariat).post(address).status_code == 403
    assert Invitation.objects.pending().exists()
