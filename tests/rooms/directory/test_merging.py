"""Two records of one organisation become one: nothing is lost, nothing shows more, and all of it can be taken back."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convener.errors import NotAllowed, Refused
from convener.foundation.accounts.actions.tokens import make_token
from convener.foundation.actor import HUB, OPERATOR, PUBLIC
from convener.foundation.audit.models import AuditEntry, Change, Tombstone
from convener.foundation.filters import Filters
from convener.foundation.parties.merging import last_merge_of, merge, undo_merge
from convener.foundation.parties.models import Merge, Party, PartyIdentifier, PartyName, Source
from convener.foundation.parties.queries import by_public_id, hub_party
from convener.foundation.parties.sources import source_for
from convener.rooms.directory import content
from convener.rooms.directory.actions import exporting, importing, writing
from convener.rooms.directory.models import Import, Kind, Profile
from convener.rooms.directory.queries import index, listing
from tests.cast import Cast, make_cast
from tests.rooms.directory import records
from tests.rooms.directory.generated import assert_same, bring_in, cells, picture, thrown_away, write_csv

EXAMPLES = int(os.environ.get("CONVENER_EXAMPLES", "20"))
pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-8")]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def everything() -> dict[str, Any]:
    """The picture of all organisations, and every pointer to one."""
    rows = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.related_model is Party and model is not Merge:
                rows += [
                    (model._meta.label, str(pk), field.name, str(to))
                    for pk, to in model._base_manager.values_list("pk", field.attname)
                ]
    return picture() | {"pointers": sorted(map(repr, rows))}


def listed(words: str = "") -> set[str]:
    """Names in the secretariat's list for these words."""
    found = listing.listing(HUB, Kind.ORGANISATION, Filters(q=words), per_page=200)
    assert found.total == len(found.records)
    return {profile.party.name for profile in found.records}


def identified(party: Party, value: str) -> None:
    PartyIdentifier.objects.create(party=party, scheme="registration", jurisdiction="GB", value=value)
    writing.refresh([party.pk])


def test_every_pointer_comes_along_and_goes_back(cast: Cast, tmp_path: Path) -> None:
    kept = records.organisation("Kept Ltd", country="GB")
    member = cast.company
    merged = records.entry_for(member.party, country="GB", city="Leeds")
    records.alias(merged, "Merged Again")
    identified(merged, "01234567")
    tool, initiative = records.tool(providers=(merged,)), records.initiative(members=((merged, "founder"),))
    make_token(actor=member.actor, membership=member.membership, label="Mine", scopes=["directory:read"], days=1)
    importing.begin("a.csv", actor=member.actor if member.actor.runs_the_hub else OPERATOR, options=importing.Options())
    Import.objects.update(owner=merged)
    owned = records.organisation("Daughter", owner=merged)
    before = everything()

    row = merge(kept, merged, actor=cast.secretariat.actor)

    member.membership.refresh_from_db()
    assert member.membership.party_id == kept.id
    assert member.membership.tokens.get().membership.party_id == kept.id
    assert list(tool.providers.all()) == [kept]
    assert initiative.members.get().party_id == kept.id
    assert Import.objects.get().owner_id == kept.id
    assert Party.objects.get(pk=owned.pk).owner_id == kept.id
    assert PartyIdentifier.objects.get(value="01234567").party_id == kept.id
    assert set(kept.names.values_list("text", flat=True)) == {"Merged Again", "Garments plc"}
    left = [pointer for pointer in everything()["pointers"] if pointer.endswith(f"'{merged.pk}')")]
    assert left == [repr(("directory.Profile", str(merged.pk), "party", str(merged.pk)))]  # its own entry, out of sight
    assert Profile.objects.get(pk=kept.pk).city == "Leeds"

    undo_merge(row, actor=cast.secretariat.actor)
    assert_same(before, everything())


def test_gaps_are_filled_and_what_is_there_stays() -> None:
    kept = records.organisation(
        "Kept", country="GB", summary="Ours.", industries=["construction"], website="https://a.example"
    )
    merged = records.organisation(
        "Merged", country="FR", type="smes", summary="Theirs.", summary_language="fr", industries=["fishing-seafood"],
        phone="+33 1", address="1 Rue", last_confirmed="2024-05-01",
    )  # fmt: skip
    merge(kept, merged, actor=HUB)
    profile = records.profile_of(kept)
    assert (profile.party.country, profile.party.type) == ("GB", "smes")
    assert (profile.summary, profile.summary_language) == ("Ours.", "")
    assert profile.industries == ["construction", "fishing-seafood"]
    assert {"construction", "fishing"} <= set(profile.sectors)
    assert (profile.website, profile.phone, profile.address) == ("https://a.example", "+33 1", "1 Rue")
    assert str(profile.last_confirmed) == "2024-05-01"
    assert profile.party.provenance["phone"] == merged.provenance["phone"]
    assert Change.objects.filter(record_id=kept.pk, action="merge").get().values["phone"] == ["", "+33 1"]


def test_names_and_numbers_that_move_keep_their_own_source_and_date() -> None:
    """The kept entry has a name and a number from elsewhere: one column, but not one source."""
    kept, merged = records.organisation("Kept", names=(("K", "alias", ""),)), records.organisation("Merged")
    for party, number, alias, day in ((kept, "1111111", None, "2020-01-01"), (merged, "2222222", "M", "2021-02-02")):
        identified(party, number)
        if alias:
            records.alias(party, alias)
        source = source_for(Source.Kind.IMPORT, f"import:{party.name}", f"list-of-{party.name}")
        entry = {"source": str(source.pk), "ref": "row 2", "on": day}
        party.provenance = party.provenance | {"registration_number": entry, "aliases": entry}
        party.save()
    PartyIdentifier.objects.create(party=merged, scheme="lei", value="5493001KJTIIGC8Y1R12")
    writing.refresh([kept.pk, merged.pk])
    theirs, before = merged.provenance, everything()

    row = merge(kept, merged, actor=HUB)

    now = Party.objects.get(pk=kept.pk).provenance
    assert now["registration_number"]["on"] == "2020-01-01"
    assert now["registration_number=registration:GB:2222222"] == theirs["registration_number"]
    assert now["aliases"]["on"] == "2020-01-01"
    assert now["aliases=M"] == theirs["aliases"]
    assert now["aliases=Merged"] == theirs["name"], "what was its name is from where the name was"
    assert now["lei"] == {"source": "", "ref": "", "on": None}, "it had no source, and gets none"
    page = records.words_of(records.page_text(Client(), f"/en/directory/{kept.public_id}/"))
    assert re.search(r"2222222 \(United Kingdom[^)]*\) Source: \d", page), page
    assert "list-of-Merged" in page
    assert "list-of-Kept" in page

    undo_merge(row, actor=HUB)
    assert_same(before, everything())


def test_a_number_that_moves_to_an_entry_without_one_brings_its_source() -> None:
    kept, merged = records.organisation("Same"), records.organisation("Same", country="GB")
    identified(merged, "2222222")
    merged.provenance = merged.provenance | {"registration_number": merged.provenance["name"]}
    merged.save()
    merge(kept, merged, actor=HUB)
    assert Party.objects.get(pk=kept.pk).provenance["registration_number"] == merged.provenance["name"]


@pytest.mark.req("DIR-11")
@pytest.mark.parametrize("kept_for", ["public", "members", "private"])
@pytest.mark.parametrize("merged_for", ["public", "members", "private"])
@pytest.mark.parametrize("part_for", ["public", "private"])
def test_nobody_sees_more_by_a_merge(cast: Cast, kept_for: str, merged_for: str, part_for: str) -> None:
    kept = records.organisation("Kept", visibility=kept_for)
    merged = records.organisation(
        "Secret Name", visibility=merged_for, summary="Secret text", city="Secretville", phone="+1 555",
        place_visibility=part_for, contact_visibility=part_for, latitude=1.5, longitude=2.5,
    )  # fmt: skip
    records.alias(merged, "Secret alias")
    identified(merged, "07654321")
    watchers = (PUBLIC, cast.donor.actor, cast.worker.actor)
    before = [_seen(actor) for actor in watchers]
    merge(kept, merged, actor=HUB)
    for actor, seen in zip(watchers, before, strict=True):
        assert _seen(actor) <= seen | {"Kept"}
    assert "Secretville" in str(cells())


def _seen(actor: Any) -> set[str]:
    """Which of the secrets an actor's export tells."""
    index.forget()
    keys = listing.keys(actor, Kind.ORGANISATION, Filters())
    told = str(list(exporting.rows(keys, actor=actor)))
    secrets = ("Secret Name", "Secret text", "Secret alias", "Secretville", "+1 555", "07654321", "1.5", "Kept")
    return {secret for secret in secrets if secret in told}


def test_an_organisation_without_an_entry_takes_the_others(cast: Cast) -> None:
    kept = cast.ngo.party
    merged = records.shelter("Shelter as a list has it")
    before = everything()
    row = merge(kept, merged, actor=HUB)
    profile = records.profile_of(kept)
    assert (profile.city, profile.place_visibility) == ("Quietville", "private")
    assert listed() == {"Open Shelter"}
    undo_merge(row, actor=HUB)
    assert_same(before, everything())
    assert listed() == {"Shelter as a list has it"}


def test_the_merged_record_is_in_no_list_count_or_export(tmp_path: Path) -> None:
    kept, merged = records.organisation("Kept", country="GB"), records.organisation("Gone", country="GB", type="smes")
    assert listed() == {"Kept", "Gone"}
    row = merge(kept, merged, actor=HUB)
    assert listed() == listed("gone") == {"Kept"}  # found by its former name
    counts = listing.listing(PUBLIC, Kind.ORGANISATION, Filters(), cell_level=0)
    assert (counts.total, counts.counts["type"], counts.places["GB"]) == (1, {"smes": 1}, 1)
    assert [row["name"] for row in _exported()] == ["Kept"]
    undo_merge(row, actor=HUB)
    assert listed() == {"Kept", "Gone"}
    assert listed("gone") == {"Gone"}


def _exported() -> list[Any]:
    return list(exporting.rows(listing.keys(HUB, Kind.ORGANISATION, Filters()), actor=HUB))


def test_the_old_id_leads_to_the_kept_record_however_often_it_was_merged() -> None:
    first, second, third = (records.organisation(name) for name in ("First", "Second", "Third"))
    merge(second, first, actor=HUB)
    row = merge(third, second, actor=HUB)
    assert by_public_id(first.public_id.lower()) == third
    answer = Client().get(f"/en/directory/{first.public_id}/")
    assert answer.headers["Location"].endswith(f"/en/directory/{third.public_id}/")
    undo_merge(row, actor=HUB)
    assert by_public_id(first.public_id) == second


def test_a_list_that_names_the_merged_record_updates_the_kept_one(tmp_path: Path) -> None:
    kept, merged = records.organisation("Kept Ltd", country="GB"), records.organisation("Gone Ltd", country="GB")
    identified(merged, "01234567")
    merge(kept, merged, actor=HUB)
    rows = [
        {"id": merged.public_id, "name": "Gone Ltd", "city": "Leeds"},
        {"registration_number": "GB:1234567", "name": "Gone Limited", "phone": "1"},
        {"name": "Gone Ltd", "country": "GB", "website": "https://gone.example"},
    ]
    summary = bring_in(write_csv(tmp_path / "a.csv", rows))
    assert (summary["added"], summary["updated"], summary["errors"]) == (0, 3, [])
    profile = records.profile_of(kept)
    assert (profile.city, profile.phone, profile.website) == ("Leeds", "1", "https://gone.example")
    assert profile.party.name == "Kept Ltd"  # the old name is no reason to rename it
    assert not Profile.objects.get(pk=merged.pk).city


def test_only_the_secretariat_merges_and_every_merge_is_audited(cast: Cast) -> None:
    kept, merged = records.organisation("A"), records.organisation("B")
    for name, person in cast.everybody().items():
        if not person.actor.runs_the_hub:
            with pytest.raises(NotAllowed):
                merge(kept, merged, actor=person.actor)
            assert not Merge.objects.exists(), name
    row = merge(kept, merged, actor=cast.secretariat.actor)
    with pytest.raises(NotAllowed):
        undo_merge(row, actor=cast.ngo.actor)
    undo_merge(row, actor=cast.administrator.actor)
    entries = AuditEntry.objects.filter(action__startswith="parties.").order_by("at", "id")
    who = {cast.secretariat.user.pk: "secretariat", cast.administrator.user.pk: "administrator"}
    assert [(entry.action, entry.record, who[entry.user_id]) for entry in entries] == [
        ("parties.merge", str(kept.pk), "secretariat"),
        ("parties.merged_away", str(merged.pk), "secretariat"),
        ("parties.merge_undone", str(kept.pk), "administrator"),
        ("parties.merge_undone", str(merged.pk), "administrator"),
    ]


def test_what_was_merged_or_undone_before_is_refused() -> None:
    one, two, three = (records.organisation(name) for name in ("One", "Two", "Three"))
    with pytest.raises(Refused, match="one record already"):
        merge(one, one, actor=HUB)
    first = merge(one, two, actor=HUB)
    for pair in ((one, two), (two, three), (three, two)):
        with pytest.raises(Refused, match="merged before"):
            merge(*pair, actor=HUB)
    second = merge(three, one, actor=HUB)
    with pytest.raises(Refused, match="Undo that merge first"):
        undo_merge(first, actor=HUB)
    undo_merge(second, actor=HUB)
    undo_merge(first, actor=HUB)
    with pytest.raises(Refused, match="undone before"):
        undo_merge(first, actor=HUB)
    assert last_merge_of(two.pk) is None


def test_shipped_content_stays_where_the_hub_merged_it() -> None:
    content.load()
    party = Party.objects.filter(initiative_memberships__isnull=False, content_key__isnull=False).first()
    assert party is not None
    row = merge(records.organisation("Kept"), party, actor=HUB)
    before = everything()
    assert content.load() == {"organisations": 0, "tools": 0, "initiatives": 0}
    assert_same(before, everything())
    undo_merge(row, actor=HUB)
    assert content.load() == {"organisations": 0, "tools": 0, "initiatives": 0}


def test_an_import_that_was_merged_into_cannot_be_undone_under_it(tmp_path: Path) -> None:
    from convener.rooms.directory.actions import undoing

    summary = bring_in(
        write_csv(tmp_path / "a.csv", [{"name": "Listed", "country": "GB"}, {"name": "Alone", "country": "GB"}])
    )
    merge(Party.objects.get(name="Listed"), records.organisation("Double"), actor=HUB)
    undone = undoing.undo(Import.objects.get(pk=summary["import_id"]), actor=HUB)
    assert (undone["removed"], [kept["row"] for kept in undone["kept"]]) == (1, [2])


def test_what_an_import_changed_of_a_merged_organisation_stays_and_is_said(tmp_path: Path) -> None:
    from convener.rooms.directory.actions import undoing

    bring_in(write_csv(tmp_path / "a.csv", [{"name": "House", "country": "GB"}, {"name": "Trust", "country": "GB"}]))
    house, trust = Party.objects.get(name="House"), Party.objects.get(name="Trust")
    more = [{"name": "House", "country": "GB", "city": "Leeds"}, {"name": "Trust", "country": "GB", "aliases": "Bad"}]
    summary = bring_in(write_csv(tmp_path / "b.csv", more))
    merged = merge(house, trust, actor=HUB)
    undone = undoing.undo(Import.objects.get(pk=summary["import_id"]), actor=HUB)
    assert (undone["removed"], undone["restored"]) == (0, 1)
    assert [(one["row"], "merged into another" in one["message"]) for one in undone["kept"]] == [(3, True)]
    assert not Profile.objects.get(party=house).city
    undo_merge(merged, actor=HUB)
    assert [name.text for name in PartyName.objects.filter(party=trust)] == ["Bad"]
    assert not PartyName.objects.filter(party=house).exists()


@pytest.mark.parametrize("imported_is_kept", [True, False])
def test_a_merge_that_was_taken_back_does_not_hold_an_import(tmp_path: Path, imported_is_kept: bool) -> None:
    from convener.rooms.directory.actions import undoing

    summary = bring_in(write_csv(tmp_path / "a.csv", [{"name": "Listed", "country": "GB"}]))
    pair = [Party.objects.get(name="Listed"), records.organisation("Double", industries=["construction"])]
    kept, merged = pair if imported_is_kept else reversed(pair)
    undo_merge(merge(kept, merged, actor=HUB), actor=HUB)
    undone = undoing.undo(Import.objects.get(pk=summary["import_id"]), actor=HUB)
    assert (undone["removed"], undone["kept"]) == (1, [])
    assert not Party.objects.filter(name="Listed").exists()
    assert Party.objects.filter(name="Double").exists()
    assert not Merge.objects.exists()
    assert AuditEntry.objects.filter(action="parties.merge_undone").count() == 2
    assert Tombstone.objects.filter(record_id=pair[0].pk).exists()


def test_a_change_after_a_merge_that_was_taken_back_still_holds_an_import(tmp_path: Path) -> None:
    from convener.rooms.directory.actions import undoing

    summary = bring_in(write_csv(tmp_path / "a.csv", [{"name": "Listed", "country": "GB"}]))
    listed_one = Party.objects.get(name="Listed")
    undo_merge(merge(listed_one, records.organisation("Double"), actor=HUB), actor=HUB)
    bring_in(write_csv(tmp_path / "b.csv", [{"name": "Listed", "country": "GB", "city": "Leeds"}]))
    undone = undoing.undo(Import.objects.get(pk=summary["import_id"]), actor=HUB)
    assert (undone["removed"], [kept["row"] for kept in undone["kept"]]) == (0, [2])


def test_values_of_a_list_that_come_along_keep_their_own_source(tmp_path: Path) -> None:
    lists = (("Kept", "construction", "a"), ("Merged", "fishing-seafood|construction", "b"))
    for name, industries, file in lists:
        bring_in(write_csv(tmp_path / f"{file}.csv", [{"name": name, "country": "GB", "industries": industries}]))
    kept, merged = Party.objects.get(name="Kept"), Party.objects.get(name="Merged")
    before = everything()
    row = merge(kept, merged, actor=HUB)
    now = Party.objects.get(pk=kept.pk).provenance
    assert now["industries"] == kept.provenance["industries"]
    assert now["industries=fishing-seafood"] == merged.provenance["industries"]
    assert "industries=construction" not in now, "the kept record said so before"
    told = Client().get(f"/api/v1/organisations/{kept.public_id}").json()["provenance"]
    assert told["industries=fishing-seafood"]["source"] != told["industries"]["source"]
    page = records.words_of(records.page_text(Client(), f"/en/directory/{kept.public_id}/"))
    assert re.search(r"Fish[^.]*? Source: \d", page), page

    replaced = [{"id": kept.public_id, "name": "Kept", "industries": "construction|agriculture"}]
    with thrown_away():
        bring_in(write_csv(tmp_path / "c.csv", replaced))
        assert "industries=fishing-seafood" not in Party.objects.get(pk=kept.pk).provenance, "the value is gone"
    undo_merge(row, actor=HUB)
    assert_same(before, everything())


SIZE = 4
COLUMNS = {
    "country": ("GB", "DE"), "type": ("ngos", "smes"), "summary": ("Text",), "summary_language": ("en",), "city": ("Leeds",),
    "phone": ("1",), "visibility": ("members", "private"), "place_visibility": ("private",),
    "contact_visibility": ("public", "members"), "last_confirmed": ("2024-01-01",),
}  # fmt: skip
RECORD = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(values) for name, values in COLUMNS.items()}
    | {"industries": st.sets(st.sampled_from(("construction", "fishing-seafood")), min_size=1).map(sorted)},
)
STEP = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.booleans())


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    values=st.lists(RECORD, min_size=SIZE, max_size=SIZE),
    names=st.lists(st.sampled_from("ABC"), min_size=2 * SIZE),
    steps=st.lists(STEP, min_size=1),
)
def test_merges_undone_in_reverse_order_leave_no_trace(values: list[Any], names: list[str], steps: list[Any]) -> None:
    with thrown_away():
        parties = [records.organisation(names[place], **one) for place, one in enumerate(values)]
        parties.append(hub_party())  # one that has no entry
        for place, party in enumerate(parties[:SIZE]):
            if names[SIZE + place] != party.name:
                records.alias(party, names[SIZE + place])
                writing.refresh([party.pk])
        records.tool(providers=tuple(parties[:2]))
        records.initiative(members=((parties[1], "founder"), (parties[2], "founder")))
        stack: list[tuple[Merge, dict[str, Any]]] = []
        for one, other, is_undo in steps:
            if is_undo and stack:
                row, before = stack.pop()
                undo_merge(row, actor=HUB)
                assert_same(before, everything())
                continue
            before = everything()
            try:
                stack.append((merge(parties[one], parties[(other + 1) % len(parties)], actor=HUB), before))
            except Refused:
                assert_same(before, everything())
        while stack:
            row, before = stack.pop()
            undo_merge(row, actor=HUB)
            assert_same(before, everything())
        assert PartyName.objects.count() <= SIZE
