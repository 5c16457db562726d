"""The directory in the members' hub: changing, adding, history, merging."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from convener.foundation.accounts.models import Membership
from convener.foundation.actor import Role
from convener.foundation.audit.models import AuditEntry, Change
from convener.foundation.parties.models import Merge, Party, PartyIdentifier, Source
from convener.rooms.directory import content
from convener.rooms.directory.actions import editing
from convener.rooms.directory.actions.drafts import load_drafts, values_of
from convener.rooms.directory.columns import BY_NAME
from convener.rooms.directory.forms.organisation import OrganisationForm, initial_of
from convener.rooms.directory.models import Profile
from tests.cast import Cast, client_for, make_cast
from tests.foundation.markup import Page
from tests.rooms.directory.records import entry_for, organisation, page_text, profile_of, shelter, words_of
from tests.rooms.directory.test_public_pages import results

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def edit_path(party: Party) -> str:
    return f"/en/hub/directory/{party.public_id}/edit/"


def form_data(client: Client, path: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send from the form at ``path``, with some fields changed."""
    response = client.get(path)
    assert response.status_code == 200
    form = response.context["form"]
    data = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in {**data, **changes}.items() if value not in (None, [])}


@pytest.mark.req("DIR-1")
def test_an_organisation_changes_its_entry_and_the_change_is_told(cast: Cast) -> None:
    mine = entry_for(cast.ngo.party, type="ngos", country="KE", industries=["agriculture"])
    client = client_for(cast.ngo)
    data = form_data(
        client, edit_path(mine), name="Open Shelter Trust", aliases="OST\nملجأ", registration_number="NGO-77",
        languages="en\nsw", website="shelter.example", issues=["victim-support"], last_confirmed="2026-11-01",
    )  # fmt: skip
    response = client.post(edit_path(mine), data, follow=True)
    assert response.redirect_chain[-1][0] == f"/en/hub/directory/{mine.public_id}/"
    text = words_of(response.content.decode())
    assert "The entry was saved." in text
    assert "https://" in text  # the warning that the address was completed
    profile = profile_of(mine)
    assert (profile.party.name, profile.website, profile.issues) == (
        "Open Shelter Trust", "https://shelter.example", ["victim-support"],
    )  # fmt: skip
    assert sorted(name.text for name in mine.names.all()) == ["OST", "ملجأ"]
    assert PartyIdentifier.objects.get(party=mine).jurisdiction == "KE"
    change = Change.objects.filter(record_id=mine.id).first()
    assert change is not None
    assert (change.action, change.user_id, change.party_id) == ("edit", cast.ngo.user.id, mine.id)
    assert change.values["name"] == ["Open Shelter", "Open Shelter Trust"]
    entry = AuditEntry.objects.filter(action="directory.edit").get()
    assert entry.record == str(mine.id)
    assert "name" in entry.fields
    source = Source.objects.get(pk=profile.party.provenance["website"]["source"])
    assert (source.kind, source.key) == (Source.Kind.EDIT, editing.OWN)
    assert "The organisation itself" in text
    assert results(page_text(Client(), "/en/directory/?q=trust")) == ["Open Shelter Trust"]


@pytest.mark.req("DIR-1")
def test_an_empty_field_clears_the_value(cast: Cast) -> None:
    one = organisation("One", website="https://one.example", latitude=1.5, longitude=103.8, industries=["extractives"])
    client = client_for(cast.secretariat)
    data = form_data(client, edit_path(one), website="", latitude="", longitude="", industries=[])
    assert client.post(edit_path(one), data).status_code == 302
    profile = profile_of(one)
    assert (profile.website, profile.latitude, profile.longitude, profile.industries) == ("", None, None, [])


@pytest.mark.req("DIR-1")
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(cast: Cast) -> None:
    one = organisation("One", country="TH")
    client = client_for(cast.secretariat)
    wrong = {
        "name": "<b>One</b>", "email": "nobody", "website": "javascript:alert(1)", "lei": "123", "latitude": "100.5",
        "longitude": "13.7", "last_confirmed": "someday",
    }  # fmt: skip
    response = client.post(edit_path(one), form_data(client, edit_path(one), **wrong))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name", "email", "website", "lei", "latitude", "last_confirmed"}
    page = Page(response.content.decode())
    linked = {attrs["href"] for attrs in page.all("a") if attrs.get("href", "").startswith("#id_")}
    assert linked == {f"#id_{name}" for name in response.context["form"].errors}
    assert "swapped" in page.text
    assert not Change.objects.filter(record_id=one.id, action="edit").exists()
    tampered = form_data(client, edit_path(one), type="no-such-type")
    assert client.post(edit_path(one), tampered).status_code == 422


@pytest.mark.req("DIR-1")
def test_who_saves_over_somebody_elses_change_is_stopped(cast: Cast) -> None:
    one = organisation("One", website="https://one.example")
    first, second = client_for(cast.secretariat), client_for(cast.administrator)
    mine, theirs = (form_data(client, edit_path(one)) for client in (first, second))
    assert second.post(edit_path(one), {**theirs, "website": "https://two.example"}).status_code == 302
    refused = first.post(edit_path(one), {**mine, "website": "https://three.example"})
    assert refused.status_code == 422
    assert "Somebody else saved this entry" in refused.content.decode()
    assert "https://three.example" in refused.content.decode()  # what was typed is still there
    assert profile_of(one).website == "https://two.example"
    lost = first.post(edit_path(one), {**form_data(first, edit_path(one)), "updated_at": "not a time"})
    assert lost.status_code == 422


@pytest.mark.req("DIR-1")
def test_a_number_that_another_organisation_has_is_refused(cast: Cast) -> None:
    client = client_for(cast.secretariat)
    one, other = organisation("One", country="GB"), organisation("Other", country="GB")
    assert (
        client.post(edit_path(one), form_data(client, edit_path(one), registration_number="1234567")).status_code == 302
    )
    refused = client.post(edit_path(other), form_data(client, edit_path(other), registration_number="01234567"))
    assert refused.status_code == 422
    assert "registration_number" in refused.context["form"].errors
    assert PartyIdentifier.objects.get().party_id == one.id


@pytest.mark.req("DIR-1")
def test_saving_any_shipped_entry_unchanged_changes_nothing(cast: Cast) -> None:
    content.load()
    keys = list(Profile.objects.values_list("pk", flat=True))
    assert len(keys) > 100
    for key, draft in load_drafts(keys).items():
        shown = initial_of(draft)
        form = OrganisationForm({name: value for name, value in shown.items() if value not in (None, "", [])})
        assert form.is_valid(), (draft.party.name, form.errors)
        before = values_of(draft)
        after = {name: form.values[name] for name in editing.EDITABLE}
        differing = {name for name in after if (after[name] or None) != (before[name] or None)}
        assert not differing, (draft.party.name, differing)
        assert editing.edit(draft.party, form.values, actor=cast.secretariat.actor) == frozenset(), key


@pytest.mark.req("DIR-1")
def test_every_choice_of_the_form_is_understood_by_the_rules_of_imports() -> None:
    form = OrganisationForm()
    for name, field in form.fields.items():
        for key, label in getattr(field, "choices", ()):
            if key:
                row = editing.read({"name": "x", name: [key] if BY_NAME[name].is_list else key})
                assert row.values.get(name) in (key, [key]), (name, key, label, row)


@pytest.mark.req("DIR-11")
def test_becoming_a_shelter_hides_an_address_that_nobody_chose_to_publish(cast: Cast) -> None:
    one = organisation("One", country="FI", address="Main Street 1")
    client = client_for(cast.secretariat)
    assert "Main Street 1" in page_text(Client(), f"/en/directory/{one.public_id}/")
    assert client.post(edit_path(one), form_data(client, edit_path(one), type="ngos")).status_code == 302
    assert profile_of(one).place_visibility == "private"
    assert "Main Street 1" not in page_text(Client(), f"/en/directory/{one.public_id}/")
    assert client.post(edit_path(one), form_data(client, edit_path(one), place_visibility="public")).status_code == 302
    assert client.post(edit_path(one), form_data(client, edit_path(one), type="charities")).status_code == 302
    assert profile_of(one).place_visibility == "public"  # its owner said so


@pytest.mark.req("DIR-1")
def test_the_secretariat_adds_an_organisation_after_seeing_its_doubles(cast: Cast) -> None:
    organisation("Hope Network Ltd", country="TH")
    client, path = client_for(cast.secretariat), "/en/hub/directory/add/"
    data = form_data(client, path, name="HOPE Network, Limited", country="LA", type="ngos", address="Road 5")
    asked = client.post(path, data)
    assert asked.status_code == 200
    assert "Is it one of these?" in asked.content.decode()
    assert results(asked.content.decode()) == ["Hope Network Ltd"]
    assert Profile.objects.count() == 1
    added = client.post(path, {**data, "anyway": "yes"}, follow=True)
    party = Party.objects.get(name="HOPE Network, Limited")
    assert added.redirect_chain[-1][0] == f"/en/hub/directory/{party.public_id}/"
    assert (profile_of(party).place_visibility, party.owner_id) == ("private", cast.secretariat.party.id)
    assert AuditEntry.objects.get(action="directory.add").record == str(party.id)
    taken = client.post(path, form_data(client, path, name="Third", country="GB", registration_number="1234567"))
    assert taken.status_code == 302
    again = client.post(
        path, {**form_data(client, path, name="Fourth", country="GB", registration_number="1234567"), "anyway": "y"}
    )
    assert again.status_code == 422


@pytest.mark.req("DIR-1")
def test_members_see_what_is_for_members_and_keepers_what_is_theirs(cast: Cast) -> None:
    shared = organisation("For members", visibility="members", email="desk@one.example", contact_visibility="members")
    kept = organisation("Kept by the bank", owner=cast.bank.party, visibility="private", address="Vault 1")
    assert results(page_text(client_for(cast.company), "/en/hub/directory/")) == ["For members"]
    assert results(page_text(client_for(cast.bank), "/en/hub/directory/")) == ["For members", "Kept by the bank"]
    assert results(page_text(client_for(cast.outsider), "/en/hub/directory/")) == []
    assert results(page_text(client_for(cast.worker), "/en/hub/directory/")) == []
    assert "desk@one.example" in page_text(client_for(cast.company), f"/en/hub/directory/{shared.public_id}/")
    assert "Vault 1" in page_text(client_for(cast.bank), f"/en/hub/directory/{kept.public_id}/")
    data = form_data(client_for(cast.bank), edit_path(kept), city="Basel")
    assert client_for(cast.bank).post(edit_path(kept), data).status_code == 302
    source = Source.objects.get(pk=profile_of(kept).party.provenance["city"]["source"])
    assert source.key == editing.KEEPER


@pytest.mark.req("DIR-11")
def test_history_is_told_without_persons_and_without_what_was_written_for_fewer_eyes(cast: Cast) -> None:
    one = shelter("Haven")
    client = client_for(cast.secretariat)
    secret = form_data(client, edit_path(one), summary="Behind the old mill", visibility="private")
    assert client.post(edit_path(one), secret).status_code == 302
    told = form_data(
        client, edit_path(one), summary="Legal aid", visibility="public", address="Office 1", place_visibility="public"
    )
    assert client.post(edit_path(one), told).status_code == 302
    later = form_data(client, edit_path(one), summary="Legal aid and work", phone="+358 1")
    assert client.post(edit_path(one), later).status_code == 302
    path = f"/en/hub/directory/{one.public_id}/history/"
    keeper, member = page_text(client, path), page_text(client_for(cast.company), path)
    for words in ("Behind the old mill", "Hidden Lane 77", "nurse.mary", "Office 1"):
        assert words in keeper, words
        assert words not in member, words
    assert "Legal aid and work" in member
    assert "The secretariat of this hub" in words_of(member)
    assert "+358 1" not in member
    for markup in (keeper, member):
        content_part = markup[markup.index("<main") :]
        assert cast.secretariat.user.email not in content_part
        assert cast.secretariat.user.name not in content_part
    for person in (cast.outsider, cast.worker):
        assert client_for(person).get(path).status_code == 403


@pytest.mark.req("DIR-11")
def test_looking_at_what_could_expose_people_is_audited(cast: Cast) -> None:
    one, open_one = shelter("Haven"), organisation("Open", website="https://open.example")
    client, path = client_for(cast.secretariat), f"/en/hub/directory/{one.public_id}"
    for page in ("/", "/edit/", "/history/"):
        page_text(client, f"{path}{page}")
    reads = AuditEntry.objects.filter(action="directory.read")
    assert [(entry.record, entry.user_id) for entry in reads] == [(str(one.id), cast.secretariat.user.id)] * 3
    assert reads[0].fields == ["address", "city", "email", "latitude", "longitude", "phone"]
    page_text(client, f"/en/hub/directory/{open_one.public_id}/")
    page_text(client_for(cast.company), f"{path}/")  # sees nothing private
    page_text(Client(), f"/en/directory/{one.public_id}/")
    mine = entry_for(cast.ngo.party, type="ngos", address="Ours 1", place_visibility="private")
    page_text(client_for(cast.ngo), f"/en/hub/directory/{mine.public_id}/")
    assert reads.count() == 3


@pytest.mark.req("DIR-8")
def test_two_entries_are_merged_side_by_side_and_taken_apart_again(cast: Cast) -> None:
    kept = organisation("Hope Network", country="TH", website="https://hope.example")
    double = organisation("HOPE Network", country="LA", city="Vientiane", type="smes")
    client, path = client_for(cast.secretariat), "/en/hub/directory/merge/"
    assert double.public_id in page_text(client, f"{path}?kept={kept.public_id}")  # suggested: the same name
    shown = page_text(client, f"{path}?kept={kept.public_id}&merged={double.public_id}")
    for words in ("https://hope.example", "Vientiane", "Thailand", "Lao", "Differs"):
        assert words in shown, words
    assert Merge.objects.count() == 0
    done = client.post(path, {"kept": kept.public_id, "merged": double.public_id}, follow=True)
    assert done.redirect_chain[-1][0] == f"/en/hub/directory/{kept.public_id}/"
    undo = re.search(r'href="(/en/hub/directory/merges/[^"]+/undo/)"', done.content.decode())
    assert undo is not None
    assert client.get(f"/en/hub/directory/{double.public_id}/").status_code == 301
    assert "Take it back" in page_text(client, undo.group(1))
    back = client.post(undo.group(1), follow=True)
    assert back.redirect_chain[-1][0] == f"/en/hub/directory/{double.public_id}/"
    assert results(page_text(client, "/en/hub/directory/")) == ["Hope Network", "HOPE Network"]
    same = client.get(f"{path}?kept={kept.public_id}&merged={kept.public_id}")
    assert same.status_code == 422
    assert client.get(f"{path}?kept={kept.public_id}&merged=CV-NOTHING").status_code == 422
    assert client.post(undo.group(1)).status_code == 409  # only once


@pytest.mark.req("DIR-8")
def test_the_form_of_a_merge_says_what_is_missing(cast: Cast) -> None:
    kept = organisation("Hope Network")
    client, path = client_for(cast.secretariat), "/en/hub/directory/merge/"
    assert "error-summary" not in page_text(client, path)
    assert "error-summary" not in page_text(client, f"{path}?kept={kept.public_id}"), "a link names one alone"
    both = page_text(client, f"{path}?kept=&merged=", status=422)
    for words in ("error-summary", "Give the ID of the entry that stays.", "Give the ID of the entry that is merged"):
        assert words in both, words
    one = page_text(client, f"{path}?kept={kept.public_id}&merged=", status=422)
    assert "Give the ID of the entry that is merged" in one
    assert "Give the ID of the entry that stays." not in one
    assert client.post(path, {}).status_code == 422


def test_the_hubs_first_page_names_the_tasks_of_the_role(cast: Cast) -> None:
    entry_for(cast.ngo.party, type="ngos")
    ngo = page_text(client_for(cast.ngo), "/en/hub/")
    assert "Not confirmed yet" in ngo
    assert f'href="/en/hub/directory/{cast.ngo.party.public_id}/"' in ngo
    assert "Import a list" not in ngo
    assert "Not in the directory" in page_text(client_for(cast.bank), "/en/hub/")
    secretariat = page_text(client_for(cast.secretariat), "/en/hub/")
    for words in ("Imports that wait for your yes", "Add an organisation", "Import a list", "Merge two entries"):
        assert words in secretariat, words
    outsider = page_text(client_for(cast.outsider), "/en/hub/")
    assert "What there is to do" not in outsider
    Membership.objects.filter(user=cast.outsider.user, role=Role.OUTSIDER).delete()
    assert "act for no organisation yet" in page_text(client_for(cast.outsider), "/en/hub/")
