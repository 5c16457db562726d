"""Rows that only resemble what is on record: taken for it where that is sure, asked about where it is not, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from convener.foundation.actor import HUB
from convener.foundation.parties.merging import merge, undo_merge
from convener.foundation.parties.models import Party, PartyIdentifier, PartyName
from convener.rooms.directory.actions import applying, describing, editing, likeness
from convener.rooms.directory.actions.drafts import load_drafts
from convener.rooms.directory.actions.duplicates import find_duplicates
from convener.rooms.directory.models import Import, LikenessKey, PossibleDuplicate, Profile
from tests.cast import make_cast
from tests.rooms.directory import records
from tests.rooms.directory.commands import import_csv, run

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-7")]
HEAD = "name,country,city,website\n"
MILL = {"country": "TH", "city": "Chiang Mai", "website": "https://lotusmill.example"}


def pairs() -> list[tuple[str, str]]:
    rows = PossibleDuplicate.objects.values_list("one__name", "other__name")
    return sorted((min(pair), max(pair)) for pair in rows)


def warned(summary: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["message"] for one in summary["warnings"] if one["field"] == "name"]


@pytest.mark.parametrize(
    ("on_record", "row"),
    [
        ("Acme Public Co Ltd", "The Acme PCL"),
        ("ООО Ромашка", "OOO Romashka"),
        ("Fond Nadezhda", "Фонд «Надежда»"),
        ("Αλφα Εταιρεία", "ALFA ETAIREIA"),
    ],
)
def test_the_same_but_for_the_writing_is_the_same(on_record: str, row: str, tmp_path: Path) -> None:
    party = records.organisation(on_record, country="GB")
    summary = import_csv(tmp_path, f"{HEAD}{row},GB,Leeds,\n")
    assert (summary["added"], summary["updated"]) == (0, 1)
    assert Profile.objects.get().city == "Leeds"
    assert row in PartyName.objects.filter(party=party).values_list("text", flat=True)
    assert on_record in warned(summary)[0]
    again = import_csv(tmp_path, f"{HEAD}{row},GB,Leeds,\n")
    assert (again["skipped"], again["warnings"]) == (1, [])


@pytest.mark.parametrize(
    ("on_record", "row"),
    [
        ("北京华兴科技有限公司", "北京华星科技有限公司"),
        ("広州市宏達制衣廠", "広州市鴻達制衣廠"),
        ("株式会社東洋", "株式会社東陽"),
        ("جمعية سيف", "جمعية صيف"),
        ("宏达", "Hongda"),
    ],
)
def test_what_is_only_read_alike_is_asked_about(on_record: str, row: str, tmp_path: Path) -> None:
    records.organisation(on_record, country="CN")
    assert import_csv(tmp_path, f"{HEAD}{row},CN,,\n")["added"] == 1


def test_an_acronym_that_both_have_is_no_name(tmp_path: Path) -> None:
    party = records.organisation("Action for Change Thailand", country="TH")
    records.alias(party, "ACT")
    summary = import_csv(tmp_path, "name,country,aliases\nAsian Children Trust,TH,ACT\n")
    assert (summary["added"], summary["updated"]) == (1, 0)


def test_another_country_is_no_name_alone(tmp_path: Path) -> None:
    records.organisation("Fond Nadezhda", country="GB")
    assert import_csv(tmp_path, f"{HEAD}Фонд Надежда,FR,,\n")["added"] == 1


def test_what_agrees_in_much_is_the_same_and_can_be_undone(tmp_path: Path) -> None:
    party = records.organisation("Lotus River Rice Mill", **MILL)
    PartyIdentifier.objects.create(party=party, scheme="registration", jurisdiction="TH", value="0105536000")
    summary = import_csv(tmp_path, f"{HEAD}Lotus River Ricemill,TH,Chiang Mai,www.lotusmill.example\n")
    assert summary["updated"] == 1
    assert run("directory", "undo", summary["import_id"]).exit_code == 0
    assert not PartyName.objects.exists()
    assert Party.objects.get(pk=party.pk).profile.website == MILL["website"]


def test_another_number_of_the_register_is_another_one(tmp_path: Path) -> None:
    party = records.organisation("Lotus River Rice Mill", **MILL)
    PartyIdentifier.objects.create(party=party, scheme="registration", jurisdiction="TH", value="0105536000123")
    row = "Lotus River Rice Mill Ltd,TH,Chiang Mai,www.lotusmill.example,0107777000999\n"
    summary = import_csv(tmp_path, f"name,country,city,website,registration_number\n{row}")
    assert summary["added"] == 1
    assert pairs() == []


def test_another_lei_is_another_one_however_alike(tmp_path: Path) -> None:
    party = records.organisation("Lotus River Rice Mill", **MILL)
    PartyIdentifier.objects.create(party=party, scheme="lei", value="5493001KJTIIGC8Y1R12")
    row = "Lotus River Rice Mill Ltd,TH,Chiang Mai,www.lotusmill.example,2138002DXKGH5YGXXP91\n"
    assert import_csv(tmp_path, f"name,country,city,website,lei\n{row}")["added"] == 1


def test_what_may_be_the_same_is_added_and_asked_about(tmp_path: Path) -> None:
    records.organisation("Stop Forced Labour Alliance", country="GB")
    summary = import_csv(tmp_path, f"{HEAD}Stop Forced Labour Alliance Foundation,GB,,\n")
    assert summary["added"] == 1
    assert "Possible duplicates" in warned(summary)[0]
    assert pairs() == [("Stop Forced Labour Alliance", "Stop Forced Labour Alliance Foundation")]
    assert not PossibleDuplicate.objects.get().decision
    assert run("directory", "undo", summary["import_id"]).exit_code == 0
    assert pairs() == []


def test_what_was_asked_about_is_not_dropped_the_night_after(tmp_path: Path) -> None:
    """Among all records the words of a name tell less than by themselves."""
    records.organisation("Müller GmbH", country="GB")
    for number in range(120):
        records.organisation(f"Nothing {number} Müller X{number}", country="GB")
    import_csv(tmp_path, f"{HEAD}Müller AG,GB,,\n")
    asked = pairs()
    assert ("Müller AG", "Müller GmbH") in asked
    assert find_duplicates(HUB, lambda done, total: None)["removed"] == 0
    assert {*asked} <= {*pairs()}


def test_two_that_a_row_is_sure_to_be_are_no_answer(tmp_path: Path) -> None:
    for number in ("1111111111111", "2222222222222"):
        party = records.organisation("Lotus River Rice Mill", **MILL)
        PartyIdentifier.objects.create(party=party, scheme="registration", jurisdiction="TH", value=number)
    summary = import_csv(tmp_path, f"{HEAD}Lotus River Rice Mill Ltd,TH,Chiang Mai,www.lotusmill.example\n")
    assert (summary["added"], summary["updated"]) == (1, 0)
    assert len(pairs()) == 2


def test_exact_names_take_no_row_for_what_resembles_it(tmp_path: Path) -> None:
    records.organisation("Fond Nadezhda", country="GB")
    summary = import_csv(tmp_path, f"{HEAD}Фонд Надежда,GB,,\n", "--exact")
    assert summary["added"] == 1
    assert pairs() == [("Fond Nadezhda", "Фонд Надежда")]


@pytest.mark.parametrize("rows", [1, 1000])
def test_a_file_finds_itself_and_a_dry_run_says_so_before(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "ROWS", rows)
    text = f"{HEAD}Fond Nadezhda,GB,,\nMekong Club,TH,,\nФонд Надежда,GB,Leeds,\nStop Now Alliance,GB,,\n"
    text += "Stop Now Alliance Foundation,GB,,\n"
    planned = import_csv(tmp_path, text, "--dry-run")
    assert not Party.objects.filter(name__startswith="Fond").exists()
    assert not PossibleDuplicate.objects.exists()
    done = import_csv(tmp_path, text)
    for summary in (planned, done):
        assert (summary["added"], summary["updated"]) == (4, 1)
    assert warned(planned) == warned(done)
    assert Profile.objects.get(party__name="Fond Nadezhda").city == "Leeds"
    assert pairs() == [("Stop Now Alliance", "Stop Now Alliance Foundation")]


@pytest.mark.parametrize("rows", [2, 10])
def test_a_dry_run_says_the_same_of_rows_of_which_very_many_share_a_key(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "ROWS", rows)
    names = [f"Alliance Branch {chr(65 + at % 26)}{chr(65 + at // 26)}x" for at in range(likeness.MOST_OF_A_KEY + 15)]
    text = HEAD + "".join(f"{name},GB,,https://one.example\n" for name in names)
    planned, done = import_csv(tmp_path, text, "--dry-run"), import_csv(tmp_path, text)
    for said in ("added", "updated", "warnings"):
        assert planned[said] == done[said]


def test_what_was_said_to_differ_is_not_asked_again(tmp_path: Path) -> None:
    records.organisation("Stop Forced Labour Alliance", country="GB")
    text = f"{HEAD}Stop Forced Labour Alliance Foundation,GB,,\n"
    import_csv(tmp_path, text)
    PossibleDuplicate.objects.update(decision="different")
    import_csv(tmp_path, text)
    find_duplicates(HUB, lambda done, total: None)
    assert PossibleDuplicate.objects.get().decision == "different"


def test_keys_follow_names_merges_and_removals(tmp_path: Path) -> None:
    cast = make_cast()
    kept, gone = (
        records.organisation("Harbour House", country="GB"),
        records.organisation("Nordlicht Hilfe", country="GB"),
    )
    row = f"{HEAD}Nordlicht-Hilfe e.V.,GB,,\n"
    party = Party.objects.get(pk=gone.pk)
    editing.edit(party, {"name": "Polaris Hilfe"}, actor=cast.secretariat.actor)
    assert import_csv(tmp_path, row, "--dry-run")["added"] == 1
    editing.edit(party, {"name": "Nordlicht Hilfe e.V."}, actor=cast.secretariat.actor)
    assert import_csv(tmp_path, row, "--dry-run")["added"] == 0
    merge(kept, party, actor=cast.secretariat.actor)
    import_csv(tmp_path, row)
    assert PartyName.objects.filter(party=kept, text="Nordlicht Hilfe e.V.").exists()
    assert Profile.objects.filter(party__status="active", party__country="GB").count() == 1


def test_lost_keys_come_back_when_all_is_looked_through(tmp_path: Path) -> None:
    records.organisation("Fond Nadezhda", country="GB")
    LikenessKey.objects.all().delete()
    LikenessKey.objects.create(profile=Profile.objects.get(), key=7)
    row = f"{HEAD}Фонд Надежда,GB,,\n"
    assert import_csv(tmp_path, row, "--dry-run")["added"] == 1
    find_duplicates(HUB, lambda done, total: None)
    assert not LikenessKey.objects.filter(key=7).exists()
    assert import_csv(tmp_path, row, "--dry-run")["updated"] == 1


def test_a_name_that_very_many_have_finds_nobody(tmp_path: Path) -> None:
    most = likeness.MOST_OF_A_KEY
    rows = "".join(f"Ministry of Labour,{code},,\n" for code in _codes()[: most + 1])
    assert import_csv(tmp_path, HEAD + rows)["added"] == most + 1
    assert import_csv(tmp_path, f"{HEAD}The Ministry of Labour,,,\n")["added"] == 1


def _codes() -> list[str]:
    from convener.foundation.vocabularies import countries

    return sorted(countries().terms)


def test_the_form_shows_what_resembles_and_the_demonstration_is_left_out() -> None:
    records.organisation("Fond Nadezhda", country="GB")
    records.organisation("Demo Nadezhda", country="GB", is_demo=True)
    for name, shown in (("Фонд Надежда", True), ("Демо Надежда", False)):
        found = editing.possible_duplicates({"name": name, "country": "GB"})
        assert bool(found) is shown


def test_an_import_says_how_it_was_read(tmp_path: Path) -> None:
    import_csv(tmp_path, f"{HEAD}A Name Of Its Own,GB,,\n", "--exact")
    assert Import.objects.get().options["exact"] is True


HERE = {"city": "Leeds", "address": "Ring 12", "website": "https://koerber.example"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Women's Refuge Leeds", "Men's Refuge Leeds"),
        ("Körber Stiftung", "Körber AG"),
        ("Tata Steel Ltd", "Tata Steel Foundation"),
        ("Grameen Bank", "Grameen Trust"),
        ("Amnesty International UK Section", "Amnesty International UK Section Charitable Trust"),
    ],
)
def test_sisters_at_one_address(one: str, other: str, tmp_path: Path) -> None:
    records.organisation(one, country="GB", **HERE)
    row = f"{other},GB,Leeds,Ring 12,https://koerber.example\n"
    assert import_csv(tmp_path, f"name,country,city,address,website\n{row}")["added"] == 1


@pytest.mark.parametrize(("one", "other"), [("Women for Women", "Women to Women"), ("Free the Slaves", "Free Slaves")])
def test_little_words(one: str, other: str, tmp_path: Path) -> None:
    records.organisation(one, country="US")
    assert import_csv(tmp_path, f"name,country\n{other},US\n")["added"] == 1


@pytest.mark.parametrize(
    ("column", "a", "b"),
    [("source_ids", "register:17", "register:18"), ("org_id", "GB-CHC-1234567", "GB-CHC-7654321"), ("id", "17", "18")],
)
def test_other_number_of_the_same_list(column: str, a: str, b: str, tmp_path: Path) -> None:
    rows = (
        f"Lotus River Rice Mill,GB,https://lotus.example,{a}\nLotus River Rice Mill Ltd,GB,https://lotus.example,{b}\n"
    )
    assert import_csv(tmp_path, f"name,country,website,{column}\n{rows}")["added"] == 2


def test_twice_the_same_file_adds_nothing(tmp_path: Path) -> None:
    mill = {"country": "TH", "website": "https://lotusmill.example", "city": "Chiang Mai"}
    party = records.organisation("Lotus River Rice Mill", **mill)
    PartyIdentifier.objects.create(party=party, scheme="registration", jurisdiction="TH", value="1111111111111")
    text = "name,country,city,website,registration_number\n"
    text += "Lotus River Ricemill,,Chiang Mai,https://lotusmill.example,\n"
    text += "Lotus River Rice Mill,TH,Chiang Mai,https://lotusmill.example,3333333333333\n"
    import_csv(tmp_path, text)
    assert import_csv(tmp_path, text)["added"] == 0


def test_a_row_that_says_private_brings_no_public_address(tmp_path: Path) -> None:
    cast = make_cast()
    party = records.organisation("The Harbour", country="FI", type="ngos")
    editing.edit(Party.objects.get(pk=party.pk), {"place_visibility": "public"}, actor=cast.secretariat.actor)
    text = "name,country,address,type,place_visibility\nHarbour,FI,Hidden Lane 77,ngos,private\n"
    import_csv(tmp_path, text)
    profile = Profile.objects.get(party=party)
    assert not profile.address or profile.place_visibility == "private"


def fillers(count: int) -> str:
    """Rows that resemble nothing, so that what comes after them is in a later batch."""
    return "".join(f"Filler Quagmire{at}x{at * 7919},GB,,\n" for at in range(count))


@pytest.mark.parametrize(
    ("column", "numbers"),
    [("lei", ("5493001KJTIIGC8Y1R12", "2138002DXKGH5YGXXP91")), ("registration_number", ("05369999", "05369998"))],
)
@pytest.mark.parametrize("apart", [0, applying.ROWS])
def test_a_dry_run_knows_the_numbers_of_entries_that_it_would_make(
    column: str, numbers: tuple[str, str], apart: int, tmp_path: Path
) -> None:
    one, other = numbers
    text = f"name,country,{column},city\nStop Forced Labour Alliance,GB,{one},\n{fillers(apart)}"
    text += f"Stop Forced Labour Alliance Foundation,GB,{other},\n"

    assert warned(import_csv(tmp_path, text, "--dry-run")) == warned(import_csv(tmp_path, text)) == []
    assert not pairs()


def test_entries_that_are_merged_or_of_the_demonstration_stand_in_nobodys_way(tmp_path: Path) -> None:
    many = [records.organisation("Müller Rescue GmbH", country="GB") for _number in range(25)]
    merges = [merge(many[-1], merged, actor=HUB) for merged in many[:-1]]
    assert {*LikenessKey.objects.values_list("profile_id", flat=True)} == {many[-1].pk}

    assert "Müller Rescue GmbH" in warned(import_csv(tmp_path, "name,country\nMueller Rescuue,GB\n"))[0]
    undo_merge(merges[-1], actor=HUB)
    assert LikenessKey.objects.filter(profile_id=many[-2].pk).exists(), "who stands alone again is found again"


def test_keys_of_what_is_compared_no_more_are_dropped_in_the_night() -> None:
    shown, kept = (records.organisation("Lotus Mill", country="TH") for _number in range(2))
    assert LikenessKey.objects.filter(profile_id=shown.pk).exists()
    Party.objects.filter(pk=shown.pk).update(is_demo=True)
    find_duplicates(HUB, lambda _done, _of: None)

    assert {*LikenessKey.objects.values_list("profile_id", flat=True)} == {kept.pk}


def test_of_very_many_names_the_same_are_compared_from_a_draft_and_from_the_record() -> None:
    party = records.organisation("Central Orchid Society", country="GB")
    for at in range(describing.MOST_ALIASES + 5):
        records.alias(party, f"{chr(ord('z') - at)}uu Qwer{at} Lotus")

    draft = load_drafts([party.pk])[party.pk]
    assert describing.record_of_draft(draft) == describing.records_of([party.pk])[party.pk]
