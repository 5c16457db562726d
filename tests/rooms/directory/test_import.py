"""Imports through the command: what goes in, what stays out and why, and what a second time does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from convener.engines.tables import Row
from convener.foundation import cores
from convener.foundation.audit.models import AuditEntry, Change
from convener.foundation.parties.models import Party, PartyIdentifier
from convener.rooms.directory.actions import staging
from convener.rooms.directory.models import Import, Profile, StagedRow
from tests.rooms.directory.commands import import_csv, run, run_json

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-7")]


def test_rows_become_organisations_with_identifiers_and_provenance(tmp_path: Path) -> None:
    summary = import_csv(tmp_path, "name,country,registration_number,sector\nAcme Fishing Ltd,UK,1234567,Fishing\n")
    assert (summary["added"], summary["updated"], summary["skipped"], summary["errors"]) == (1, 0, 0, [])
    party = Party.objects.get(name="Acme Fishing Ltd")
    assert party.country == "GB"
    assert party.profile.sectors == ["fishing"]
    assert PartyIdentifier.objects.get(party=party).value == "01234567"
    assert party.provenance["name"]["ref"] == "row 2"
    assert summary["warnings"][0]["field"] == "registration_number"
    assert Change.objects.get(record_id=party.id).values["name"] == ["", "Acme Fishing Ltd"]


def test_the_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    text = "name,country,aliases,industries\nAcme,GB,Acme Co|ACME Group,Hospitality|Retail\nBeta,FR,,\n"
    import_csv(tmp_path, text)
    before = Change.objects.count()
    again = import_csv(tmp_path, text)
    assert (again["added"], again["updated"], again["skipped"]) == (0, 0, 2)
    assert Change.objects.count() == before


def test_bad_rows_stay_out_with_all_their_errors_and_the_others_go_in(tmp_path: Path) -> None:
    text = "name,country,email,website\nGood,GB,,\n<b>Bad</b>,Atlantis,not-an-address,javascript:alert(1)\n,GB,,\n"
    summary = import_csv(tmp_path, text, exit_code=3)
    assert summary["added"] == 1
    wrong = {(error["row"], error["field"]) for error in summary["errors"]}
    assert wrong == {(3, "name"), (3, "country"), (3, "email"), (3, "website"), (4, "name")}
    assert all(error["message"] for error in summary["errors"])
    assert summary["failed"] == 2


def test_two_cores_read_a_list_as_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = ["<b>Bad</b>,Atlantis,3/4/2019,x", "Société Générale,FR,,", ",GB,,", "Half a place,KE,1999,1.5", "Acme,,,"]
    text = "name,country,last_confirmed,latitude\n" + "".join(
        f"{odd[number % 9]}\n" if number % 9 < len(odd) else f"Company {number},Kenya,2020-02-0{number % 9},\n"
        for number in range(120)
    )
    by_one = import_csv(tmp_path, text, "--dry-run", exit_code=3)
    here: list[int] = []
    check = staging.CheckRows.__call__

    def counted(self: staging.CheckRows, rows: Sequence[Row]) -> staging.CheckedRows:
        here.append(len(rows))
        return check(self, rows)

    monkeypatch.setattr(staging.CheckRows, "__call__", counted)  # in this process, not in the other
    monkeypatch.setattr(staging, "ROWS", 2)
    monkeypatch.setattr(staging, "ALONE", 3)
    monkeypatch.setattr(cores, "_cores", lambda: 2)
    monkeypatch.setattr(cores._Helper, "__init__", _begun_and_ready)  # or all is read before it is there
    by_two = import_csv(tmp_path, text, "--dry-run", exit_code=3)
    assert 3 * 2 <= sum(here) < 120
    assert by_one["errors"]
    assert by_one["warnings"]
    assert {**by_two, "import_id": ""} == {**by_one, "import_id": ""}


_begun = cores._Helper.__init__


def _begun_and_ready(self: cores._Helper, work: Callable[[Any], Any]) -> None:
    _begun(self, work)
    end = time.monotonic() + 60
    while not self.is_ready and time.monotonic() < end:
        time.sleep(0.02)


def test_strict_is_all_or_nothing(tmp_path: Path) -> None:
    summary = import_csv(tmp_path, "name,country\nGood,GB\nBad,Atlantis\n", "--strict", exit_code=1)
    assert summary["added"] == 0
    assert summary["errors"][0]["row"] == 3
    assert not Profile.objects.exists()
    assert not StagedRow.objects.exists()


def test_dry_run_says_what_would_happen_and_writes_nothing(tmp_path: Path) -> None:
    import_csv(tmp_path, "name,country\nHere Already,GB\n")
    text = "name,country,city\nHere Already,GB,\nHere Already,GB,Leeds\nNew One,FR,\nnew one,FR,Lyon\n"
    planned = import_csv(tmp_path, text, "--dry-run")
    assert (planned["added"], planned["updated"], planned["skipped"]) == (1, 2, 1)
    assert Party.objects.filter(name="New One").count() == 0
    done = import_csv(tmp_path, text)
    assert (done["added"], done["updated"], done["skipped"]) == (1, 2, 1)


def test_headings_of_others_are_mapped_and_values_set_for_all_rows(tmp_path: Path) -> None:
    text = "Firma,HRB,Branche\nNordlicht GmbH,HRB 1234,Hotels\n"
    refused = import_csv_refused(tmp_path, text)
    assert "--map" in refused
    options = ("--map", "Firma=name", "--map", "HRB=registration_number", "--set", "country=Atlantis")
    wrong = run("directory", "import", tmp_path / "list.csv", *options)
    assert wrong.exit_code == 2
    assert "country" in wrong.stderr
    summary = import_csv(tmp_path, text, *options[:-1], "country=Germany")
    assert summary["added"] == 1
    assert PartyIdentifier.objects.get().jurisdiction == "DE"


def import_csv_refused(folder: Path, text: str) -> str:
    """Import and return what the refusal says."""
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    result = run("directory", "import", path, "--json")
    assert result.exit_code == 2
    assert not Party.objects.filter(profile__isnull=False).exists()
    return result.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--map", "Nome=name"), "Nome"),
        (("--map", "name=nmae"), "name"),
        (("--set", "contry=GB"), "country"),
        (("--map", "name"), "NAME=VALUE"),
    ],
)
def test_slips_in_options_are_refused_with_a_hint(tmp_path: Path, options: tuple[str, ...], says: str) -> None:
    (tmp_path / "a.csv").write_text("name,country\nA,GB\n", encoding="utf-8")
    result = run("directory", "import", tmp_path / "a.csv", *options)
    assert result.exit_code == 2
    assert says in result.stderr


def test_foreign_ids_are_kept_as_identifiers_of_their_source(tmp_path: Path) -> None:
    import_csv(tmp_path, "id,name,country\nNEW5335,2 Moto Limited,GB\n", name="registry.csv")
    assert PartyIdentifier.objects.get().scheme == "source:registry"
    renamed = import_csv(tmp_path, "id,name,country\nNEW5335,Two Moto Ltd,GB\n", name="registry.csv")
    assert (renamed["added"], renamed["updated"]) == (0, 1)
    party = Party.objects.get(profile__isnull=False)
    assert party.name == "2 Moto Limited"
    assert [name.text for name in party.names.all()] == ["Two Moto Ltd"]


def test_a_mistyped_public_id_is_refused_with_a_hint(tmp_path: Path) -> None:
    import_csv(tmp_path, "name,country\nAcme,GB\n")
    public_id = Party.objects.get(name="Acme").public_id
    mistyped = public_id[:-1] + ("A" if public_id[-1] != "A" else "B")
    summary = import_csv(tmp_path, f"id,city\n{mistyped},Leeds\n", exit_code=3)
    assert summary["errors"][0]["field"] == "id"
    right = import_csv(tmp_path, f"id,city\n{public_id},Leeds\n")
    assert right["updated"] == 1


def test_one_number_in_one_jurisdiction_is_one_company_whatever_its_name(tmp_path: Path) -> None:
    text = (
        "name,country,registration_number\nAcme Ltd,GB,1234567\nAcme Trading,GB,01234567\n"
        "Acme Ltd,GB,7654321\nAcme Ltd,IE,1234567\n"
    )
    summary = import_csv(tmp_path, text)
    assert (summary["added"], summary["updated"]) == (3, 1)


def test_identifiers_of_different_organisations_in_one_row_are_an_error(tmp_path: Path) -> None:
    import_csv(tmp_path, "name,country,registration_number\nA,GB,11111111\nB,GB,22222222\n")
    text = "id,name,country,registration_number\nx1,A,GB,11111111\n"
    import_csv(tmp_path, text, name="other.csv")
    clash = import_csv(
        tmp_path, "id,name,country,registration_number\nx1,B,GB,22222222\n", name="other.csv", exit_code=3
    )
    assert "different organisations" in clash["errors"][0]["message"]


def test_swapped_and_misplaced_coordinates_are_said_and_not_fixed(tmp_path: Path) -> None:
    text = (
        "name,country,latitude,longitude\nBangkok Works,TH,100.5,13.75\nHanoi Works,VN,105.85,21.03\n"
        "Paris Works,DE,48.85,2.35\nRight,TH,13.75,100.5\nAddis Works,ET,38.74,9.03\n"
    )
    summary = import_csv(tmp_path, text)
    by_row = {warning["row"]: warning["message"] for warning in summary["warnings"]}
    assert "swapped" in by_row[2]
    assert "swapped" in by_row[3]
    assert "swapped" in by_row[6]
    assert 4 in by_row
    assert 5 not in by_row
    kept = Profile.objects.get(party__name="Addis Works")
    assert (kept.latitude, kept.longitude) == (38.74, 9.03)


def test_dates_in_any_usual_form(tmp_path: Path) -> None:
    text = "name,last_confirmed\nA,2019-07-11\nB,11/07/2019\nC,25.12.2019\nD,43657\nE,11 July 2019\nF,31/31/2019\n"
    summary = import_csv(tmp_path, text, exit_code=3)
    dates = {profile.party.name: str(profile.last_confirmed) for profile in Profile.objects.select_related("party")}
    assert dates == {"A": "2019-07-11", "B": "2019-07-11", "C": "2019-12-25", "D": "2019-07-11", "E": "2019-07-11"}
    assert summary["errors"][0] | {"message": ""} == {"row": 7, "field": "last_confirmed", "message": ""}


def test_countries_by_name_in_four_languages_and_by_code(tmp_path: Path) -> None:
    cells = ["Germany", "Allemagne", "Alemania", "ألمانيا", "DE", "deu", "GERMANY "]
    rows = "".join(f"Org {number},{cell}\n" for number, cell in enumerate(cells))
    assert import_csv(tmp_path, "name,country\n" + rows)["added"] == len(cells)
    assert set(Profile.objects.values_list("party__country", flat=True)) == {"DE"}


def test_shelters_are_private_unless_their_owner_says_otherwise(tmp_path: Path) -> None:
    text = "name,type,country,address,email\nSafe House,ngos,GB,1 Hidden Lane,jane@shelter.example\nShop,smes,GB,2 High St,\n"
    import_csv(tmp_path, text)
    visibility = dict(Profile.objects.values_list("party__name", "place_visibility"))
    assert visibility == {"Safe House": "private", "Shop": "public"}
    assert set(Profile.objects.values_list("contact_visibility", flat=True)) == {"private"}


def test_what_people_entered_is_not_overwritten_by_a_list(tmp_path: Path) -> None:
    import_csv(tmp_path, "name,country,city\nAcme,GB,Leeds\n")
    party = Party.objects.get(name="Acme")
    from convener.foundation.parties.models import Source
    from convener.foundation.parties.sources import source_for

    edit = source_for(Source.Kind.EDIT, "edit", "Edited on this hub")
    party.provenance = {**party.provenance, "city": {"source": str(edit.id), "ref": "", "on": None}}
    party.save()
    summary = import_csv(tmp_path, "name,country,city\nAcme,GB,York\n", name="other.csv")
    assert "kept" in summary["warnings"][0]["message"]
    assert Profile.objects.get(party=party).city == "Leeds"


def test_undo_takes_back_all_of_an_import_and_only_that(tmp_path: Path) -> None:
    import_csv(tmp_path, "name,country,city\nAcme,GB,Leeds\n")
    second = import_csv(tmp_path, "name,country,city,aliases\nAcme,GB,York,Acme Co\nNew,FR,,\n", name="b.csv")
    undone = run_json("directory", "undo", second["import_id"])
    assert (undone["removed"], undone["restored"], undone["kept"]) == (1, 1, [])
    party = Party.objects.get(profile__isnull=False)
    assert (party.name, party.profile.city, list(party.names.all())) == ("Acme", "Leeds", [])
    again = run("directory", "undo", second["import_id"])
    assert again.exit_code == 1
    assert AuditEntry.objects.filter(action="directory.import_undo").count() == 1


def test_undo_does_not_say_restored_of_what_is_gone(tmp_path: Path) -> None:
    """The second list changed an entry there and back again, so the undo of the first may take it away."""
    first = import_csv(tmp_path, "id,name,country,city\n1,Acme,GB,Leeds\n")
    second = import_csv(tmp_path, "id,name,country,city\n1,Acme,GB,York\n1,Acme,GB,Leeds\n")
    assert second["updated"] == 2
    assert run_json("directory", "undo", first["import_id"])["removed"] == 1
    again = run_json("directory", "undo", second["import_id"])
    assert (again["removed"], again["restored"], again["kept"]) == (0, 0, [])


def test_undo_keeps_what_others_built_on(tmp_path: Path) -> None:
    first = import_csv(tmp_path, "name,country\nAcme,GB\nBeta,GB\n")
    import_csv(tmp_path, "name,country,city\nAcme,GB,York\n", name="later.csv")
    undone = run_json("directory", "undo", first["import_id"], exit_code=3)
    assert undone["removed"] == 1
    assert undone["kept"][0]["row"] == 2
    assert Party.objects.filter(name="Acme", profile__city="York").exists()


def test_only_the_secretariat_and_operators_import(tmp_path: Path) -> None:
    from convener.foundation.accounts.models import User

    User.objects.create_user("somebody@example.org", "x" * 20)
    (tmp_path / "a.csv").write_text("name\nA\n", encoding="utf-8")
    for email, code in (("somebody@example.org", 1), ("nobody@example.org", 1)):
        assert run("directory", "import", tmp_path / "a.csv", "--as", email).exit_code == code
    assert not Import.objects.exists()


def test_xlsx_as_a_person_makes_it(tmp_path: Path) -> None:
    import datetime as dt

    book = Workbook()
    sheet = book.active
    sheet.append(["Company Name", "Country", "Company Number", "Last confirmed"])
    sheet.append(["Acme Ltd", "GB", 1234567, dt.date(2024, 5, 1)])
    book.save(tmp_path / "list.xlsx")
    summary = run_json("directory", "import", tmp_path / "list.xlsx")
    assert summary["added"] == 1
    assert PartyIdentifier.objects.get().value == "01234567"
    assert str(Profile.objects.get().last_confirmed) == "2024-05-01"


def test_half_a_character_is_an_error_of_its_row(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (
        ["name", "email", "org_id"],
        ["One", "a_xD800_b@example.org", ""],
        ["Two", "", "GB-COH-_xD800_123"],
        ["Three", "c@example.org", ""],
    ):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    summary = run_json("directory", "import", tmp_path / "list.xlsx", exit_code=3)
    assert summary["added"] == 1
    assert [(error["row"], error["field"]) for error in summary["errors"]] == [(2, "email"), (3, "org_id")]


def test_a_missing_or_hostile_file_is_a_clear_refusal(tmp_path: Path) -> None:
    assert run("directory", "import", tmp_path / "none.csv").exit_code == 2
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "wide.csv").write_text(",".join(f"c{n}" for n in range(10_000)) + "\n", encoding="utf-8")
    (tmp_path / "cell.csv").write_text("name\n" + "x" * 4_000_000 + "\n", encoding="utf-8")
    for name in ("empty.csv", "binary.csv", "wide.csv", "cell.csv"):
        result = run("directory", "import", tmp_path / name)
        assert result.exit_code == 2, name
        assert result.stderr.strip(), name
    assert not Profile.objects.exists()
    assert not StagedRow.objects.exists()
