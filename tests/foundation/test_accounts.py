"""People, the organisations they act for, mandates and erasure: what each may do, and what everybody else gets."""

from __future__ import annotations

import datetime as dt
import threading
import uuid

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from convener.errors import InvalidValue, NotAllowed, Refused
from convener.foundation.accounts import actions, permissions, queries
from convener.foundation.accounts.models import Invitation, Mandate, Membership, User
from convener.foundation.actor import OPERATOR, PUBLIC, RUNS_THE_HUB, Actor, Door, Role
from convener.foundation.audit.models import AuditEntry, Change, Tombstone
from convener.foundation.parties.models import Party
from tests.cast import PASSWORD, Cast, Person, client_for, make_cast, make_party, make_person, make_user
from tests.databases import HubDatabase

PAGES = ["people", "people_invite", "me", "audit", "audit_export"]
MEMBER_NAMES = ["ngo", "other_ngo", "company", "bank", "fiu", "donor"]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def token_actor(person: Person) -> Actor:
    """The actor of a program with every scope that the person could give."""
    return queries.actor_for(person.user, person.membership, Door.API, frozenset({"account:read", "directory:write"}))


# Nobody, and the wrong method


@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_sent_to_the_login(db: None, name: str) -> None:
    response = client_for(None).get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith("/en/account/login/?next=%2Fen%2Fhub%2F")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("invitation_withdraw", [uuid.uuid4()]),
        ("membership_end", [uuid.uuid4()]),
        ("mandate_end", [uuid.uuid4()]),
        ("mandate_grant", [uuid.uuid4()]),
        ("me_acting", []),
        ("token_revoke", [uuid.uuid4()]),
    ],
)
def test_what_changes_something_is_not_done_by_reading(cast: Cast, name: str, arguments: list[uuid.UUID]) -> None:
    address = reverse(name, args=arguments)
    assert client_for(cast.administrator).get(address).status_code == 405
    assert client_for(None).post(address).status_code == 302
    assert AuditEntry.objects.exclude(action="accounts.log_in").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_pages_take_only_their_methods(cast: Cast, name: str) -> None:
    client = client_for(cast.administrator)
    assert client.delete(reverse(name)).status_code == 405
    assert client.put(reverse(name)).status_code == 405


def test_a_form_without_its_token_is_refused(cast: Cast) -> None:
    client = client_for(cast.ngo)
    client.handler.enforce_csrf_checks = True
    assert client.post(reverse("me"), {"name": "X", "language": "fr"}).status_code == 403
    assert User.objects.get(pk=cast.ngo.user.pk).name == "Officer"


# Who sees whom


@pytest.mark.parametrize("name", MEMBER_NAMES)
def test_members_see_their_own_organisation(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    colleague = make_person("colleague@example.org", person.role, person.party)
    body = client_for(person).get(reverse("people")).content.decode()
    assert colleague.user.email in body
    for other in cast.everybody().values():
        assert (other.user.email in body) == (other.party == person.party)


@pytest.mark.parametrize("name", ["worker", "outsider"])
def test_workers_and_outsiders_see_themselves_only(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    make_person("colleague@example.org", person.role, person.party)
    assert list(queries.people_visible_to(person.actor)) == [person.user]
    assert "colleague@example.org" not in client_for(person).get(reverse("people")).content.decode()


def test_those_who_run_the_hub_see_everybody_by_filter(cast: Cast) -> None:
    client = client_for(cast.secretariat)
    everybody = client.get(reverse("people")).content.decode()
    assert all(person.user.email in everybody for person in cast.everybody().values())
    only = client.get(reverse("people"), {"organisation": cast.bank.party.public_id.lower()}).content.decode()
    assert cast.bank.user.email in only
    assert cast.ngo.user.email not in only
    assert cast.ngo.user.email in client.get(reverse("people"), {"q": "shelter.ex"}).content.decode()
    mistyped = client.get(reverse("people"), {"organisation": "CV-AAAAAAAAAA"})
    assert mistyped.status_code == 422
    assert cast.bank.user.email not in mistyped.content.decode()


def test_the_filters_of_those_who_run_the_hub_do_nothing_for_others(cast: Cast) -> None:
    body = client_for(cast.ngo).get(reverse("people"), {"organisation": cast.bank.party.public_id}).content.decode()
    assert cast.bank.user.email not in body
    assert cast.ngo.user.email in body


def test_the_list_is_paged_with_a_constant_number_of_queries(cast: Cast, django_assert_max_num_queries: object) -> None:
    client = client_for(cast.secretariat)
    with django_assert_max_num_queries(20) as few:  # type: ignore[operator]
        client.get(reverse("people"))
    for number in range(60):
        make_person(f"person{number}@many.example", Role.DONOR, cast.donor.party)
    with django_assert_max_num_queries(20) as many:  # type: ignore[operator]
        body = client.get(reverse("people")).content.decode()
    assert len(many) == len(few)
    assert body.count('<th scope="row">') == 50
    assert "page=2" in body


@pytest.mark.parametrize("name", [*MEMBER_NAMES, "worker", "outsider"])
def test_a_person_of_another_organisation_is_not_there(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    client = client_for(person)
    for other in cast.everybody().values():
        expected = 200 if other.party == person.party else 404
        assert client.get(reverse("person", args=[other.user.id])).status_code == expected
        if expected == 404:
            assert client.post(reverse("membership_end", args=[other.membership.id])).status_code == 404
            assert client.get(reverse("person_erase", args=[other.user.id])).status_code == 404
    assert client.get(reverse("person", args=[uuid.uuid4()])).status_code == 404
    assert Membership.objects.current().count() == 10


def test_what_a_colleague_does_elsewhere_is_not_shown(cast: Cast) -> None:
    Membership.objects.create(user=cast.ngo.user, party=cast.other_ngo.party, role=Role.NGO)
    colleague = make_person("colleague@shelter.example", Role.NGO, cast.ngo.party)
    body = client_for(colleague).get(reverse("person", args=[cast.ngo.user.id])).content.decode()
    assert cast.ngo.party.name in body
    assert cast.other_ngo.party.name not in body


def test_reading_about_another_person_is_audited(cast: Cast) -> None:
    client_for(cast.secretariat).get(reverse("person", args=[cast.bank.user.id]))
    entry = AuditEntry.objects.get(action="accounts.read")
    assert (entry.user_id, entry.record) == (cast.secretariat.user.id, str(cast.bank.user.id))


def test_nobody_may_know_of_nobody(db: None) -> None:
    make_cast()
    assert not queries.people_visible_to(PUBLIC).exists()
    assert not queries.memberships_visible_to(PUBLIC).exists()
    assert not queries.mandates_visible_to(PUBLIC).exists()
    assert not queries.invitations_visible_to(PUBLIC).exists()
    assert not queries.tokens_visible_to(PUBLIC).exists()


# Memberships


@pytest.mark.parametrize(
    ("who", "whose", "may"),
    [
        ("administrator", "secretariat", True),
        ("administrator", "ngo", True),
        ("secretariat", "ngo", True),
        ("secretariat", "administrator", False),
        ("ngo", "ngo", True),
        ("ngo", "other_ngo", False),
        ("ngo", "company", False),
        ("bank", "fiu", False),
        ("worker", "worker", True),
        ("worker", "ngo", False),
        ("outsider", "outsider", True),
        ("outsider", "company", False),
    ],
)
def test_who_may_end_whose_access(cast: Cast, who: str, whose: str, may: bool) -> None:
    actor, membership = getattr(cast, who).actor, getattr(cast, whose).membership
    if may:
        actions.end_membership(actor=actor, membership=membership)
    else:
        with pytest.raises(NotAllowed):
            actions.end_membership(actor=actor, membership=membership)
    entry = AuditEntry.objects.get(action="accounts.end_membership")
    assert entry.outcome == ("done" if may else "refused")
    assert Membership.objects.current().filter(pk=membership.pk).exists() is not may


def test_an_officer_ends_the_access_of_a_colleague_in_the_same_role_only(cast: Cast) -> None:
    colleague = make_person("colleague@shelter.example", Role.NGO, cast.ngo.party)
    donor = make_person("donor@shelter.example", Role.DONOR, cast.ngo.party)
    client = client_for(cast.ngo)
    assert client.post(reverse("membership_end", args=[colleague.membership.id])).status_code == 302
    assert client.post(reverse("membership_end", args=[donor.membership.id])).status_code == 403
    assert not Membership.objects.current().filter(user=colleague.user).exists()
    assert Membership.objects.current().filter(user=donor.user).exists()
    assert client_for(colleague).get(reverse("person", args=[cast.ngo.user.id])).status_code == 404


def test_ending_access_ends_what_hangs_on_it(cast: Cast) -> None:
    _token, secret = actions.make_token(
        actor=cast.ngo.actor, membership=cast.ngo.membership, label="x", scopes=["directory:read"], days=7
    )
    actions.grant_mandate(actor=cast.secretariat.actor, user=cast.ngo.user, party=cast.ngo.party, scope="all")
    invitation, _link = actions.invite(
        actor=cast.ngo.actor, email="friend@example.org", party=cast.ngo.party, role=Role.NGO
    )
    actions.end_membership(actor=cast.secretariat.actor, membership=cast.ngo.membership)
    assert queries.actor_of_token(secret) is None
    assert not queries.may_sign(cast.ngo.user, cast.ngo.party.id, "agreements")
    assert not Invitation.objects.pending().filter(pk=invitation.pk).exists()
    # a renewed membership does not bring the old token back
    Membership.objects.filter(pk=cast.ngo.membership.pk).update(ended_at=None)
    assert queries.actor_of_token(secret) is None


def test_the_last_administrator_stays(cast: Cast) -> None:
    for actor in (cast.administrator.actor, OPERATOR):
        with pytest.raises(Refused, match="last administrator"):
            actions.end_membership(actor=actor, membership=cast.administrator.membership)
    second = make_person("second@hub.example", Role.ADMINISTRATOR, cast.administrator.party)
    with pytest.raises(Refused, match="last administrator"):
        actions.end_membership(actor=second.actor, membership=second.membership)
    actions.end_membership(actor=second.actor, membership=cast.administrator.membership)
    assert Membership.objects.current().filter(role=Role.ADMINISTRATOR).get().user == second.user


def test_access_that_has_ended_cannot_be_ended_again(cast: Cast) -> None:
    actions.end_membership(actor=cast.secretariat.actor, membership=cast.ngo.membership)
    with pytest.raises(Refused, match="ended already"):
        actions.end_membership(actor=cast.secretariat.actor, membership=cast.ngo.membership)


def test_two_administrators_cannot_end_each_other_at_once(hub_database: HubDatabase) -> None:
    cast = make_cast()
    second = make_person("second@hub.example", Role.ADMINISTRATOR, cast.administrator.party)
    pairs = [(cast.administrator.actor, second.membership), (second.actor, cast.administrator.membership)]
    start, outcomes = threading.Barrier(2), []

    def end(actor: Actor, membership: Membership) -> None:
        start.wait()
        try:
            actions.end_membership(actor=actor, membership=membership)
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    assert Membership.objects.current().filter(role=Role.ADMINISTRATOR).count() == 1


@given(
    starts=st.integers(-3, 3),
    ends=st.none() | st.integers(-3, 3),
    ended=st.booleans(),
    role=st.sampled_from(list(Role)),
)
@pytest.mark.django_db
def test_current_means_the_same_in_the_database_and_in_a_row(
    starts: int, ends: int | None, ended: bool, role: Role
) -> None:
    today = timezone.localdate()
    user, _made = User.objects.get_or_create(email="somebody@example.org")
    Membership.objects.filter(user=user).delete()
    party = Party.objects.first() or make_party("Any")
    membership = Membership.objects.create(
        user=user,
        party=party,
        role=role,
        starts=today + dt.timedelta(days=starts),
        ends=None if ends is None else today + dt.timedelta(days=ends),
        ended_at=timezone.now() if ended else None,
    )
    expected = starts <= 0 and (ends is None or ends >= 0) and not ended
    assert membership.is_current() is expected
    assert Membership.objects.current().filter(pk=membership.pk).exists() is expected
    assert queries.roles_of(user) == (frozenset({role}) if expected else frozenset())


# Acting for


def test_a_person_chooses_for_whom_to_act(cast: Cast) -> None:
    second = Membership.objects.create(user=cast.ngo.user, party=cast.donor.party, role=Role.DONOR)
    client = client_for(cast.ngo)
    assert client.get(reverse("people")).context["actor"].party_id == cast.ngo.party.id
    assert client.post(reverse("me_acting"), {"membership": str(second.id)}).status_code == 302
    actor = client.get(reverse("people")).context["actor"]
    assert (actor.party_id, actor.role) == (cast.donor.party.id, Role.DONOR)
    actions.end_membership(actor=cast.secretariat.actor, membership=second)
    assert client.get(reverse("people")).context["actor"].party_id == cast.ngo.party.id


@pytest.mark.parametrize("choice", ["other", "unknown", "nonsense", "ended"])
def test_nobody_acts_for_whom_they_do_not_act(cast: Cast, choice: str) -> None:
    ended = Membership.objects.create(
        user=cast.ngo.user, party=cast.donor.party, role=Role.DONOR, ended_at=timezone.now()
    )
    others = {"other": cast.other_ngo.membership.id, "unknown": uuid.uuid4(), "nonsense": "1;", "ended": ended.id}
    client = client_for(cast.ngo)
    assert client.post(reverse("me_acting"), {"membership": str(others[choice])}).status_code == 404
    assert client.get(reverse("people")).context["actor"].party_id == cast.ngo.party.id


def test_who_acts_for_nobody_is_an_outsider(db: None) -> None:
    user = make_user("alone@example.org")
    assert queries.actor_for(user, None, Door.HUB).role is Role.OUTSIDER


# About oneself


def test_people_change_their_own_name_and_language(cast: Cast) -> None:
    client = client_for(cast.worker)
    assert client.post(reverse("me"), {"name": " Amina ", "language": "ar"}).status_code == 302
    assert User.objects.values_list("name", "language").get(pk=cast.worker.user.pk) == ("Amina", "ar")
    entry = AuditEntry.objects.get(action="accounts.change")
    assert entry.fields == ["language", "name"]
    assert client.post(reverse("me"), {"name": " ", "language": "tlh"}).status_code == 422
    with pytest.raises(NotAllowed):
        actions.update_profile(actor=cast.administrator.actor, user=cast.worker.user, name="X", language="en")
    with pytest.raises(NotAllowed):
        actions.update_profile(actor=token_actor(cast.worker), user=cast.worker.user, name="X", language="en")


# Mandates


@pytest.mark.parametrize("name", [*MEMBER_NAMES, "worker", "outsider"])
def test_only_those_who_run_the_hub_decide_mandates(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    values = {"party": str(person.party.id), "scope": "all", "starts": "2026-01-01"}
    client = client_for(person)
    assert client.post(reverse("mandate_grant", args=[person.user.id]), values).status_code == 403
    with pytest.raises(NotAllowed):
        actions.grant_mandate(actor=person.actor, user=person.user, party=person.party, scope="all")
    assert not Mandate.objects.exists()
    mandate = actions.grant_mandate(
        actor=cast.secretariat.actor, user=person.user, party=person.party, scope="evidence"
    )
    assert client.post(reverse("mandate_end", args=[mandate.id])).status_code == 403
    assert queries.may_sign(person.user, person.party.id, "evidence")
    assert not queries.may_sign(person.user, person.party.id, "agreements")


def test_the_secretariat_grants_and_ends_a_mandate(cast: Cast) -> None:
    client = client_for(cast.secretariat)
    page = reverse("mandate_grant", args=[cast.company.user.id])
    today = timezone.localdate()
    good = {"party": str(cast.company.party.id), "scope": "all", "starts": today.isoformat(), "ends": ""}
    assert client.post(page, {**good, "party": str(cast.bank.party.id)}).status_code == 422  # not theirs
    assert client.post(page, {**good, "ends": (today - dt.timedelta(days=1)).isoformat()}).status_code == 422
    assert client.post(page, good).status_code == 302
    assert client.post(page, good).status_code == 422  # they have it
    mandate = Mandate.objects.get()
    assert mandate.granted_by == cast.secretariat.user
    assert queries.may_sign(cast.company.user, cast.company.party.id, "agreements")
    assert client.post(reverse("mandate_end", args=[mandate.id])).status_code == 302
    assert not queries.may_sign(cast.company.user, cast.company.party.id, "agreements")
    with pytest.raises(Refused, match="ended already"):
        actions.end_mandate(actor=cast.secretariat.actor, mandate=mandate)


def test_a_mandate_holds_on_its_days(cast: Cast) -> None:
    today = timezone.localdate()
    later = {"actor": OPERATOR, "user": cast.ngo.user, "party": cast.ngo.party, "scope": "agreements"}
    actions.grant_mandate(**later, starts=today + dt.timedelta(days=2), ends=today + dt.timedelta(days=4))
    assert not queries.may_sign(cast.ngo.user, cast.ngo.party.id, "agreements")
    actions.grant_mandate(**later, starts=today, ends=today + dt.timedelta(days=1))
    assert queries.may_sign(cast.ngo.user, cast.ngo.party.id, "agreements")
    with pytest.raises(Refused, match="some of these days"):
        actions.grant_mandate(**later, starts=today + dt.timedelta(days=4))
    with pytest.raises(InvalidValue):
        actions.grant_mandate(**{**later, "scope": "everything"})


# Erasure


def test_a_person_erases_their_own_account(cast: Cast) -> None:
    user = cast.company.user
    _token, secret = actions.make_token(
        actor=cast.company.actor, membership=cast.company.membership, label="Anna", scopes=["account:read"], days=7
    )
    Change.objects.create(door="hub", action="edit", kind="account", record_id=user.id, values={"name": ["A", "B"]})
    before = AuditEntry.objects.filter(user_id=user.id).count()
    client, page = client_for(cast.company), reverse("person_erase", args=[user.id])
    assert client.get(page).status_code == 200
    assert client.post(page, {"confirmed_email": "other@example.org"}).status_code == 422
    assert User.objects.get(pk=user.pk).is_active
    assert client.post(page, {"confirmed_email": user.email.upper()}).status_code == 302
    row = User.objects.get(pk=user.pk)
    assert (row.name, row.is_active, row.has_usable_password()) == ("", False, False)
    assert row.email.endswith("@erased.invalid")
    assert not EmailAddress.objects.filter(user=row).exists()
    assert not Membership.objects.current().filter(user=row).exists()
    assert queries.actor_of_token(secret) is None
    assert list(row.memberships.get().tokens.values_list("label", flat=True)) == [""]
    change = Change.objects.get(record_id=user.id)
    assert change.values == {}
    assert change.erased_at is not None
    tomb = Tombstone.objects.get(record_id=user.id)
    assert (tomb.kind, tomb.user_id, tomb.reason) == ("account", user.id, "asked")
    assert AuditEntry.objects.filter(user_id=user.id).count() > before
    assert client.get(reverse("me")).status_code == 302  # the session is over
    login = client_for(None).post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert login.status_code == 200
    assert user.email not in client_for(cast.administrator).get(reverse("people")).content.decode()


@pytest.mark.parametrize(
    ("who", "whose", "may"),
    [
        ("administrator", "secretariat", True),
        ("secretariat", "ngo", True),
        ("secretariat", "administrator", False),
        ("ngo", "bank", False),
        ("outsider", "ngo", False),
    ],
)
def test_who_may_erase_whom(cast: Cast, who: str, whose: str, may: bool) -> None:
    actor, user = getattr(cast, who).actor, getattr(cast, whose).user
    email = user.email
    if may:
        actions.erase_account(actor=actor, user=user, confirmed_email=email)
        with pytest.raises(Refused, match="already"):
            actions.erase_account(actor=actor, user=user, confirmed_email=email)
    else:
        with pytest.raises(NotAllowed):
            actions.erase_account(actor=actor, user=user, confirmed_email=email)
    assert User.objects.filter(email=email).exists() is not may


def test_erasing_takes_the_second_factor_and_the_invitations(cast: Cast) -> None:
    email = cast.secretariat.user.email
    actions.invite(actor=cast.administrator.actor, email=email, party=cast.ngo.party, role=Role.NGO)
    actions.erase_account(actor=cast.administrator.actor, user=cast.secretariat.user, confirmed_email=email)
    assert not Authenticator.objects.filter(user=cast.secretariat.user).exists()
    assert not Invitation.objects.filter(email=email).exists()
    assert not Invitation.objects.pending().exists()


def test_the_last_administrator_cannot_be_erased(cast: Cast) -> None:
    with pytest.raises(Refused, match="last administrator"):
        actions.erase_account(actor=OPERATOR, user=cast.administrator.user, confirmed_email="administrator@hub.example")
    assert User.objects.get(pk=cast.administrator.user.pk).is_active


# Programs


def test_a_token_manages_nobody(cast: Cast) -> None:
    actor = token_actor(cast.administrator)
    assert not permissions.may_invite(actor)
    assert not permissions.may_decide_mandates(actor)
    assert not permissions.may_erase(actor, cast.ngo.user)
    assert not permissions.may_end(actor, cast.ngo.membership)
    with pytest.raises(NotAllowed):
        actions.end_membership(actor=actor, membership=cast.ngo.membership)


@given(role=st.sampled_from(list(Role)), wanted=st.sampled_from(list(Role)), same=st.booleans())
def test_nobody_gives_more_than_they_have(role: Role, wanted: Role, same: bool) -> None:
    mine = uuid.uuid4()
    actor = Actor(door=Door.HUB, user_id=uuid.uuid4(), party_id=mine, role=role)
    allowed = permissions.may_set_role(actor, mine if same else uuid.uuid4(), wanted)
    if wanted in RUNS_THE_HUB:
        assert allowed is (role is Role.ADMINISTRATOR)
    elif role not in RUNS_THE_HUB:
        assert allowed is (same and role == wanted and role not in {Role.WORKER, Role.OUTSIDER})
    else:
        assert allowed


def test_unknown_memberships_are_not_there(cast: Cast) -> None:
    client = client_for(cast.administrator)
    for name in ("membership_end", "mandate_end", "invitation_withdraw", "token_revoke"):
        assert client.post(reverse(name, args=[uuid.uuid4()])).status_code == 404
