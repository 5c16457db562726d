"""The audit: nobody changes it, everybody sees their own part, reading and exporting are in it too."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from unittest import mock

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from convener.errors import Refused
from convener.foundation.accounts import actions
from convener.foundation.accounts.models import User
from convener.foundation.actor import HUB, OPERATOR, PUBLIC, Actor, Door, Role
from convener.foundation.audit import triggers, views
from convener.foundation.audit.actions import record
from convener.foundation.audit.models import AuditEntry
from convener.foundation.audit.queries import AuditSearch, named, people_meant, visible_to
from tests.cast import Cast, client_for, make_cast
from tests.databases import HubDatabase

PAGE, EXPORT = "/en/hub/audit/", "/en/hub/audit/export.csv"
OTHERS = ["ngo", "other_ngo", "company", "bank", "fiu", "donor", "worker", "outsider"]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def exported(client: Client, **query: str) -> list[dict[str, str]]:
    """The rows of the export."""
    response = client.get(EXPORT, query)
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


# Nobody changes it


def test_our_code_refuses_to_change_an_entry(cast: Cast) -> None:
    entry = record(cast.ngo.actor, "test.write", "thing")
    entry.action = "test.other"
    with pytest.raises(Refused):
        entry.save()
    with pytest.raises(Refused):
        entry.delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET action = 'x'",
        "UPDATE audit_auditentry SET count = count WHERE action = 'test.write'",
        "DELETE FROM audit_auditentry",
        "DELETE FROM audit_auditentry WHERE action = 'test.write'",
    ],
)
def test_the_database_refuses_too(hub_database: HubDatabase, statement: str) -> None:
    record(OPERATOR, "test.write", "thing")
    with pytest.raises(DatabaseError, match="cannot be changed or deleted"), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(DatabaseError):
        AuditEntry.objects.update(outcome="refused")
    with pytest.raises(DatabaseError):
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.filter(action="test.write", outcome="done", count=1).count() == 1


def test_the_table_cannot_be_emptied_in_one_go(hub_database: HubDatabase) -> None:
    record(OPERATOR, "test.write", "thing")
    if connection.vendor != "postgresql":
        return  # SQLite has no TRUNCATE: emptying is the DELETE of the test above
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_auditentry")
    assert AuditEntry.objects.count() == 1


def test_triggers_can_be_lifted_to_replace_a_database(hub_database: HubDatabase) -> None:
    record(OPERATOR, "test.write", "thing")
    with triggers.lifted(connection):
        AuditEntry.objects.all().delete()
    assert not AuditEntry.objects.exists()
    record(OPERATOR, "test.write", "thing")
    triggers.lay(connection)  # laying them twice is harmless
    with pytest.raises(DatabaseError):
        AuditEntry.objects.all().delete()


def test_an_entry_goes_with_its_action_or_not_at_all(hub_database: HubDatabase) -> None:
    with transaction.atomic():
        record(OPERATOR, "test.write", "thing")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


# Who sees what


def test_everybody_sees_their_own_entries_only(cast: Cast) -> None:
    for person in cast.everybody().values():
        record(person.actor, "test.write", "thing")
    record(HUB, "test.job", "thing")
    for name in OTHERS:
        person = getattr(cast, name)
        assert {entry.user_id for entry in visible_to(person.actor)} == {person.user.id}
        rows = exported(client_for(person))
        assert {row["person_id"] for row in rows} == {str(person.user.id)}
        body = client_for(person).get(PAGE).content.decode()
        others = [other for other in cast.everybody().values() if other.user != person.user]
        assert all(str(other.user.id) not in body and other.user.email not in body for other in others)
    assert not visible_to(PUBLIC).exists()
    for actor in (cast.secretariat.actor, cast.administrator.actor, OPERATOR):
        assert visible_to(actor).count() == AuditEntry.objects.count()


def test_others_cannot_ask_about_somebody_else(cast: Cast) -> None:
    record(cast.bank.actor, "test.write", "thing")
    client = client_for(cast.ngo)
    for query in ({"person": cast.bank.user.email}, {"organisation": cast.bank.party.public_id}):
        assert {row["person_id"] for row in exported(client, **query)} == {str(cast.ngo.user.id)}
    assert client.get(EXPORT, {"action": "test"}).status_code == 422  # an action they have no entry of is not offered
    known = client.get(PAGE, {"person": cast.bank.user.email})
    unknown = client.get(PAGE, {"person": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 200


@pytest.mark.parametrize("address", [PAGE, EXPORT])
def test_nobody_and_the_wrong_method(cast: Cast, address: str) -> None:
    assert client_for(None).get(address).status_code == 302
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client_for(cast.administrator), method)(address).status_code == 405
    without_code = client_for(cast.administrator, second_factor=False).get(address)
    assert without_code["Location"].startswith("/en/account/2fa/")


# Searching


@pytest.fixture
def searched(cast: Cast) -> Cast:
    record(cast.ngo.actor, "test.write", "thing", "one")
    record(cast.bank.actor, "test.write", "thing", "two")
    record(cast.bank.actor, "test.read", "thing", "one")
    record(cast.bank.actor, "testing.read", "thing", "three")
    return cast


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"action": "test.write"}, ["one", "two"]),
        ({"action": "test"}, ["one", "one", "two"]),
        ({"record": "one"}, ["one", "one"]),
        ({"record": "nothing"}, []),
        ({"person": "BANK"}, ["one", "three", "two"]),
        ({"person": "BANK-ID", "action": "test.read"}, ["one"]),
        ({"organisation": "NGO"}, ["one"]),
        ({"first": "TODAY", "last": "TODAY", "action": "test.write"}, ["one", "two"]),
        ({"first": "TOMORROW"}, []),
        ({"last": "YESTERDAY"}, []),
    ],
)
def test_the_secretariat_finds(searched: Cast, query: dict[str, str], found: list[str]) -> None:
    today = timezone.localdate()
    words = {
        "BANK": searched.bank.user.email.upper(),
        "BANK-ID": str(searched.bank.user.id),
        "NGO": searched.ngo.party.public_id,
        "TODAY": today.isoformat(),
        "TOMORROW": (today + dt.timedelta(days=1)).isoformat(),
        "YESTERDAY": (today - dt.timedelta(days=1)).isoformat(),
    }
    query = {key: words.get(value, value) for key, value in query.items()}
    rows = exported(client_for(searched.secretariat), **query)
    assert sorted(row["record"] for row in rows if row["kind"] == "thing") == found


@pytest.mark.parametrize(
    "query",
    [
        {"person": "nobody@example.org"},
        {"organisation": "CV-AAAAAAAAAA"},
        {"organisation": "Open Shelter"},
        {"action": "no.such"},
        {"first": "yesterday"},
        {"first": "2026-02-02", "last": "2026-02-01"},
    ],
)
def test_what_cannot_be_searched_is_said(searched: Cast, query: dict[str, str]) -> None:
    client = client_for(searched.secretariat)
    page = client.get(PAGE, query)
    assert page.status_code == 422
    assert "test.write" not in page.content.decode().partition("<aside")[0]
    assert client.get(EXPORT, query).status_code == 422
    assert not AuditEntry.objects.filter(action="audit.export").exists()


def test_days_are_those_of_the_hub(cast: Cast, settings: object) -> None:
    settings.HUB_TIME_ZONE = "Asia/Tokyo"  # type: ignore[attr-defined]
    moment = dt.datetime(2026, 3, 1, 16, 0, tzinfo=dt.UTC)  # already 2 March in Tokyo
    with mock.patch("django.utils.timezone.now", return_value=moment):
        record(OPERATOR, "test.write", "thing")
    for day, count in ((1, 0), (2, 1), (3, 0)):
        search = AuditSearch(first=dt.date(2026, 3, day), last=dt.date(2026, 3, day))
        assert search.apply(visible_to(OPERATOR)).count() == count


# Reading is in it, names are not


def test_reading_and_exporting_are_audited(cast: Cast) -> None:
    record(cast.ngo.actor, "test.write", "thing")
    client = client_for(cast.secretariat)
    client.get(PAGE, {"action": "test"})
    entry = AuditEntry.objects.get(action="audit.read")
    assert (entry.user_id, entry.count) == (cast.secretariat.user.id, 1)
    assert len(exported(client, action="test")) == 1
    entry = AuditEntry.objects.get(action="audit.export")
    assert (entry.user_id, entry.count) == (cast.secretariat.user.id, 1)


def test_names_are_shown_and_never_stored(cast: Cast) -> None:
    actions.update_profile(actor=cast.ngo.actor, user=cast.ngo.user, name="Noor Example", language="fr")
    row = next(row for row in exported(client_for(cast.secretariat)) if row["action"] == "accounts.change")
    assert (row["person"], row["organisation"]) == ("Noor Example", cast.ngo.party.name)
    assert row["fields"] == "language|name"
    stored = str([vars(entry) for entry in AuditEntry.objects.all()])
    assert all(word not in stored for word in ("Noor", "example.org", "shelter", cast.ngo.party.name))
    actions.erase_account(actor=cast.ngo.actor, user=cast.ngo.user, confirmed_email=cast.ngo.user.email)
    row = next(row for row in exported(client_for(cast.secretariat)) if row["action"] == "accounts.change")
    assert (row["person"], row["person_id"]) == ("Erased account", str(cast.ngo.user.id))


def test_the_entries_of_somebody_who_is_gone_keep_their_ids(db: None) -> None:
    gone = uuid.uuid4()
    record(Actor(door=Door.HUB, user_id=gone, party_id=gone, role=Role.NGO), "test.write", "thing")
    row = named(AuditEntry.objects.all(), OPERATOR)[0]
    assert (row.person, row.organisation, row.entry.user_id) == ("", "", gone)
    assert people_meant(OPERATOR, str(gone)) == [gone]


def test_a_name_that_looks_like_a_formula_stays_a_text(cast: Cast) -> None:
    User.objects.filter(pk=cast.ngo.user.pk).update(name='=HYPERLINK("http://evil.example")')
    record(cast.ngo.actor, "test.write", "thing")
    rows = exported(client_for(cast.secretariat), action="test")
    assert rows[0]["person"] == '\'=HYPERLINK("http://evil.example")'


def test_a_long_audit_is_paged_and_streamed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "CHUNK", 25)
    for number in range(120):
        record(cast.ngo.actor, "test.write", "thing", str(number))
    client = client_for(cast.secretariat)
    first = client.get(PAGE, {"action": "test"}).content.decode()
    assert first.count("<tr><td>") == 50
    assert "page=3" in first
    assert client.get(PAGE, {"action": "test", "page": "3"}).content.decode().count("<tr><td>") == 20
    rows = exported(client, action="test")
    assert [row["record"] for row in rows] == [str(number) for number in reversed(range(120))]


def test_the_page_asks_a_constant_number_of_questions(cast: Cast, django_assert_max_num_queries: object) -> None:
    client = client_for(cast.secretariat)
    client.get(PAGE)
    with django_assert_max_num_queries(20) as few:  # type: ignore[operator]
        client.get(PAGE)
    for person in cast.everybody().values():
        for number in range(10):
            record(person.actor, "test.write", "thing", str(number))
    with django_assert_max_num_queries(20) as many:  # type: ignore[operator]
        client.get(PAGE)
    assert len(many) <= len(few) + 1
