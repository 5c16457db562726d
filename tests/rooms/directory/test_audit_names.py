"""The audit as people read it: actions in words, records by their names, and no more of them than the reader may see."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

import convener
from convener.foundation.audit import naming
from convener.foundation.audit.actions import record, tombstone
from convener.foundation.audit.models import AuditEntry
from convener.foundation.ids import new_key
from convener.rooms.directory.models import Import
from tests.cast import Cast, client_for, make_cast
from tests.rooms.directory.records import organisation, page_text

PAGE, EXPORT = "/en/hub/audit/", "/en/hub/audit/export.csv"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: The first words of a call of ``record`` or ``refuse``: who, the action, and the kind where it is written out.
CALL = re.compile(r'\b(?:record|refuse)\(\s*[\w.=(), ]+?,\s*"(\w+)\.(\w+)"(?:,\s*"(\w+)")?')

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def entries(markup: str) -> str:
    """The table of a page, without the search beside it."""
    return markup.partition("<tbody>")[2].partition("</tbody>")[0]


def rows(client: Client, **query: str) -> list[dict[str, str]]:
    answer = client.get(EXPORT, query)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_everything_that_is_recorded_has_words() -> None:
    root = Path(convener.__file__).parent
    source = "\n".join(path.read_text() for path in root.rglob("*.py"))
    found = [match.groups() for match in CALL.finditer(source)]
    actions = {f"{room}.{verb}" for room, verb, _kind in found}
    actions |= set(re.findall(r'^    \w+: "(accounts\.\w+)"', source, re.MULTILINE))  # those of allauth's signals
    actions |= {"directory.edit", "directory.add"}
    assert {"accounts.log_in", "parties.merge", "directory.import", "hub.backup"} <= actions
    with translation.override("en"):
        assert [one for one in sorted(actions) if naming.action_words(one) == one] == []
        kinds = {kind for *_names, kind in found if kind} | {"organisation"}
        assert [one for one in sorted(kinds) if naming.kind_words(one) == one] == []


def test_a_record_is_shown_by_its_name_and_leads_to_it(cast: Cast) -> None:
    party = organisation("Atlas Knitwear", country="GB")
    run = Import.objects.create(file_name="members.csv")
    record(cast.ngo.actor, "directory.edit", "organisation", party.id, fields=["city"])
    record(cast.secretariat.actor, "directory.import", "import", run.id)
    record(cast.secretariat.actor, "accounts.change", "account", cast.bank.user.id)
    record(cast.secretariat.actor, "accounts.end_membership", "membership", cast.bank.membership.id)
    shown = entries(page_text(client_for(cast.secretariat), PAGE))
    assert f'<a href="/en/hub/directory/{party.public_id}/"><bdi>Atlas Knitwear</bdi></a>' in shown
    assert f'<a href="/en/hub/directory/imports/{run.id}/"><bdi>members.csv</bdi></a>' in shown
    assert shown.count(f'<a href="/en/hub/people/{cast.bank.user.id}/">') == 2
    assert "Changed an organisation" in shown
    assert "directory.edit" not in shown
    assert not UUID.search(re.sub(r'href="[^"]*"', "", shown))


def test_members_see_of_a_record_what_they_may_see_of_it_elsewhere(cast: Cast) -> None:
    """An entry of one's own does not open what was closed since: the public ID remains, which names nobody."""
    party = organisation("Quiet House", country="GB", visibility="private")
    run = Import.objects.create(file_name="secret.csv")
    for action, kind, key in (
        ("directory.read_history", "organisation", party.id),
        ("directory.import", "import", run.id),
        ("accounts.read", "account", cast.bank.user.id),
        ("accounts.end_membership", "membership", cast.bank.membership.id),
    ):
        record(cast.ngo.actor, action, kind, key)
    shown = entries(page_text(client_for(cast.ngo), PAGE))
    assert party.public_id in shown
    bank = cast.bank
    for hidden in ("Quiet House", "secret.csv", bank.user.name, bank.user.email, bank.party.name, "/hub/directory/"):
        assert hidden not in shown
    assert re.findall(r"/hub/people/([^/]*)/", shown) == [str(cast.ngo.user.id)], (
        "only their own sign-in leads anywhere"
    )
    assert "Quiet House" in entries(page_text(client_for(cast.secretariat), PAGE))
    client = client_for(cast.ngo)
    assert rows(client, record="Quiet") == [], "nor is there an answer to who it might be"
    assert [row["record_name"] for row in rows(client, record=party.public_id)] == [""]


def test_of_a_deleted_record_the_public_id_remains(cast: Cast) -> None:
    key = new_key()
    record(cast.secretariat.actor, "directory.add", "organisation", key)
    tombstone(cast.secretariat.actor, "organisation", key, public_id="CV-7QK2M9XTA4", reason="import undone").save()
    client = client_for(cast.secretariat)
    shown = entries(page_text(client, PAGE))
    assert "CV-7QK2M9XTA4" in shown
    assert str(key) not in shown
    assert [row["record"] for row in rows(client, record="cv-7qk2m9xta4")] == [str(key)]


def test_records_and_people_are_found_by_name_and_id(cast: Cast) -> None:
    one, other = organisation("Atlas Knitwear", country="GB"), organisation("Atlantic Foods", country="GB")
    record(cast.ngo.actor, "directory.edit", "organisation", one.id)
    record(cast.bank.actor, "directory.edit", "organisation", other.id)
    client = client_for(cast.secretariat)
    found = {
        text: sorted(row["record_name"] for row in rows(client, record=text))
        for text in ("atlas", "Atla", one.public_id, one.public_id.lower(), str(one.id), "no such")
    }
    atlas = ["Atlas Knitwear"]
    assert found == {
        "atlas": atlas, "Atla": ["Atlantic Foods", *atlas], one.public_id: atlas, one.public_id.lower(): atlas,
        str(one.id): atlas, "no such": [],
    }  # fmt: skip
    assert [row["record_id"] for row in rows(client, person="shelter.ex", action="directory")] == [one.public_id]
    assert [row["record_id"] for row in rows(client, person=cast.bank.user.name, record="Atla")] == [other.public_id]


def test_names_are_looked_up_and_not_kept(cast: Cast) -> None:
    party = organisation("Atlas Knitwear", country="GB")
    record(cast.ngo.actor, "directory.edit", "organisation", party.id)
    page_text(client_for(cast.secretariat), PAGE)
    rows(client_for(cast.secretariat), record="Atlas")
    assert all("Atlas" not in str(vars(entry)) for entry in AuditEntry.objects.all())


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_the_page_in_every_language(cast: Cast, language: str) -> None:
    record(cast.ngo.actor, "accounts.invite", "party", cast.ngo.party.id, outcome="refused")
    shown = page_text(client_for(cast.secretariat), f"/{language}/hub/audit/")
    assert f"<bdi>{cast.ngo.party.name}</bdi>" in shown
    assert "accounts.invite<" not in shown


def test_the_number_of_queries_does_not_grow(cast: Cast, django_assert_max_num_queries: object) -> None:
    client = client_for(cast.secretariat)
    for number in range(3):
        record(cast.ngo.actor, "directory.edit", "organisation", organisation(f"Atlas {number}", country="GB").id)
    with django_assert_max_num_queries(30) as few:  # type: ignore[operator]
        client.get(PAGE)
    for number in range(3, 20):
        record(cast.ngo.actor, "directory.edit", "organisation", organisation(f"Atlas {number}", country="GB").id)
    with django_assert_max_num_queries(30) as many:  # type: ignore[operator]
        client.get(PAGE)
    assert len(many) <= len(few) + 1
