"""Practices and guidance as files: what is written comes back as no change, and a wrong file changes nothing."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from convener.engines.identifiers import new_public_id
from convener.foundation.actor import OPERATOR
from convener.foundation.actor import PUBLIC as NOBODY
from convener.foundation.audit.models import AuditEntry
from convener.foundation.filters import Filters
from convener.foundation.parties.merging import merge
from convener.foundation.parties.models import Party
from convener.foundation.parties.queries import HUB_KEY
from convener.rooms.directory.models import Initiative, InitiativeMember, Profile, Tool
from convener.rooms.library.actions.exporting import export_guidance, export_practices
from convener.rooms.library.content import load_file
from convener.rooms.library.models import Guidance, Practice, PracticeResult
from tests.cast import client_for, make_cast
from tests.rooms.directory.commands import import_csv, run, run_json
from tests.rooms.library.shelf import HUB, PUBLIC, body, write_json

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-2", "LIB-3"), pytest.mark.usefixtures("shipped")]
SHELVES = ("practices", "guidance")


def picture() -> dict[str, Any]:
    """Every row of the room, and of the initiatives behind it."""
    models = (Practice, PracticeResult, Guidance, Initiative, InitiativeMember)
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def exported(shelf: str, folder: Path, **edited: Any) -> Path:
    """The export of a shelf as JSON, with values of its first record changed."""
    content = downloaded(shelf)
    content[0].update(edited)
    return write_json(folder / f"{shelf}.json", content)


def downloaded(shelf: str, query: str = "") -> Any:
    """The records of a download as JSON."""
    return json.loads(body(Client(), f"{PUBLIC}/{shelf}.json{query}"))


def rows_of(shelf: str, query: str = "") -> list[dict[str, str]]:
    """The rows of a download as CSV."""
    text = body(Client(), f"{PUBLIC}/{shelf}.csv{query}").removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("shelf", SHELVES)
def test_files_of_both_formats_hold_the_records_of_the_list(shelf: str) -> None:
    query = {"practices": "?part=financial&results=figures", "guidance": "?sector=financial&kind=tip&q=training"}[shelf]
    for asked in ("", query):
        records, rows = downloaded(shelf, asked), rows_of(shelf, asked)
        assert [one["key"] for one in records] == [row["key"] for row in rows]
        assert len(records) > 2
    everything = {"practices": Practice.objects.count(), "guidance": Guidance.objects.count()}[shelf]
    assert len(downloaded(shelf)) == everything > len(downloaded(shelf, query))
    for fmt, media in (("csv", "text/csv"), ("json", "application/json")):
        response = Client().get(f"{PUBLIC}/{shelf}.{fmt}")
        assert response["Content-Type"].startswith(media)
        assert f'filename="{shelf}.{fmt}"' in response["Content-Disposition"]
        assert not response.cookies
        assert b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_row_for_people_says_figures_members_and_titles() -> None:
    row = next(one for one in rows_of("practices") if one["key"] == "samlit")
    assert "123000000 ZAR" in row["results"]
    assert "convener:CV-" in row["members"]
    assert (row["practice"], row["part"], row["document"], row["ref"]) == (
        "16", "financial", "unodc-compendium", "Practice 16"
    )  # fmt: skip
    piece, held = rows_of("guidance")[0], Guidance.objects.all()[0]
    assert {name: piece[f"title_{name}"] for name in held.title} == held.title
    assert piece["text"] == held.text["en"]


@pytest.mark.parametrize("shelf", SHELVES)
def test_cells_are_no_formulas(shelf: str) -> None:
    Guidance.objects.filter(pk=Guidance.objects.all()[0].pk).update(title={"en": "=cmd()"}, text={"en": "@SUM(A1)"})
    Practice.objects.filter(initiative__practice=1).update(summary={"en": "=cmd()"}, purpose={"en": "+1"})
    for row in rows_of(shelf):
        assert not [cell for cell in row.values() if cell[:1] in ("=", "+", "-", "@", "\t")]


@pytest.mark.parametrize("shelf", SHELVES)
@pytest.mark.parametrize("who", ["nobody", "secretariat"])
def test_what_is_exported_comes_back_as_no_change(tmp_path: Path, shelf: str, who: str) -> None:
    cast = make_cast()
    hidden = Practice.objects.get(initiative__slug="acip").initiative.members.all()[0]
    Profile.objects.filter(party=hidden.party).update(visibility="private")
    client, door = (Client(), PUBLIC) if who == "nobody" else (client_for(cast.secretariat), HUB)
    path = tmp_path / "out.json"
    path.write_text(body(client, f"{door}/{shelf}.json"), encoding="utf-8")
    before = picture()
    assert load_file(path, shelf, dry_run=True) == 0
    assert load_file(path, shelf) == 0
    assert picture() == before


@pytest.mark.parametrize(
    ("shelf", "edited"),
    [
        ("practices", {"purpose": {"en": "Another purpose."}}),
        ("practices", {"name": "Another name"}),
        ("practices", {"lessons": []}),
        ("guidance", {"title": {"en": "Another title", "fr": "Un autre titre"}}),
        ("guidance", {"audiences": ["civil-society"]}),
    ],
)
def test_one_changed_record_is_one_change(tmp_path: Path, shelf: str, edited: dict[str, Any]) -> None:
    path = exported(shelf, tmp_path, **edited)
    before = picture()
    assert run_json("library", "content", path, "--kind", shelf, "--dry-run") in ({shelf: 1}, {shelf: 0})
    assert picture() == before
    load_file(path, shelf)
    [(name, value)] = edited.items()
    assert downloaded(shelf)[0][name] == value
    assert load_file(path, shelf) == 0


def test_a_practice_of_which_only_the_initiative_changed_counts_as_changed(tmp_path: Path) -> None:
    assert load_file(exported("practices", tmp_path, name="Another name"), "practices", dry_run=True) == 1


def test_a_figure_more_or_another_value_is_a_change(tmp_path: Path) -> None:
    content = downloaded("practices")
    told = next(one for one in content if one["key"] == "samlit")
    told["results"][0]["value"] = "27.5"
    told["results"].append({"what": {"en": "More"}, "value": "0", "unit": "percent", "qualifier": "up-to"})
    path = write_json(tmp_path / "p.json", content)
    assert load_file(path, "practices") == 1
    rows = Practice.objects.get(initiative__slug="samlit").results.all()
    assert (str(rows[0].value), rows[len(rows) - 1].unit) == ("27.50", "percent")
    assert load_file(path, "practices") == 0


def test_an_export_fills_a_hub_without_practices(tmp_path: Path) -> None:
    paths = {shelf: exported(shelf, tmp_path) for shelf in SHELVES}
    before = {shelf: downloaded(shelf) for shelf in SHELVES}
    Initiative.objects.filter(practice__isnull=False).delete()
    Guidance.objects.all().delete()
    assert (Practice.objects.count(), downloaded("practices")) == (0, [])
    assert load_file(paths["practices"], "practices") == 39
    assert load_file(paths["guidance"], "guidance") == len(before["guidance"])
    assert {shelf: downloaded(shelf) for shelf in SHELVES} == before


def become_another_hub(*, with_content: bool) -> None:
    """Make the database that of another hub: other public IDs, no practice, and perhaps no shipped organisation."""
    Initiative.objects.filter(practice__isnull=False).delete()
    if not with_content:
        Initiative.objects.all().delete()
        Tool.objects.all().delete()
        Party.objects.exclude(content_key=HUB_KEY).delete()
    for party in Party.objects.all():
        party.public_id = new_public_id(os.urandom)
        party.save()


def without_ids(path: Path) -> Any:
    """The practices of a file, but for what differs from hub to hub."""
    records = json.loads(path.read_text(encoding="utf-8"))
    for one in records:
        for member in one["members"]:
            assert member.pop("organisation")
    return records


def export(path: Path) -> Path:
    """Every practice, by the command."""
    run_json("library", "export", "--out", path)
    return path


@pytest.mark.parametrize("with_content", [True, False])
def test_an_export_loads_into_another_hub_as_the_same_practices(tmp_path: Path, with_content: bool) -> None:
    Party.objects.filter(content_key="alliance-8-7").update(
        name="Alliance 8.7 (Geneva)", name_key="alliance 8 7 geneva"
    )
    path = export(tmp_path / "first.json")
    assert run_json("library", "content", path, "--kind", "practices") == {"practices": 0}
    become_another_hub(with_content=with_content)
    before, parties = picture(), Party.objects.count()
    assert run_json("library", "content", path, "--kind", "practices", "--dry-run") == {"practices": 39}
    assert (picture(), Party.objects.count()) == (before, parties)
    assert run_json("library", "content", path, "--kind", "practices") == {"practices": 39}
    assert without_ids(export(tmp_path / "second.json")) == without_ids(path)
    named = {(one["key"], member["role"], member["key"]) for one in without_ids(path) for member in one["members"]}
    held = InitiativeMember.objects.filter(initiative__practice__isnull=False)
    assert set(held.values_list("initiative__slug", "role", "party__content_key")) == named
    assert (Party.objects.count() > parties) != with_content
    assert run_json("library", "content", path, "--kind", "practices") == {"practices": 0}


def test_a_hub_s_own_organisations_are_found_by_number_or_name_and_country(tmp_path: Path) -> None:
    import_csv(tmp_path, "name,country,registration_number\nBank of Hope,ZA,2001/1\nBank of Faith,ZA,\n")
    for name in ("Bank of Hope", "Bank of Faith"):
        InitiativeMember.objects.create(
            initiative=Initiative.objects.get(slug="samlit"), party=Party.objects.get(name=name), role="member"
        )
    path = export(tmp_path / "first.json")
    assert run_json("library", "content", path, "--kind", "practices") == {"practices": 0}
    Party.objects.filter(name="Bank of Hope").update(name="Hope Ltd", name_key="hope ltd")
    become_another_hub(with_content=True)
    assert run_json("library", "content", path, "--kind", "practices") == {"practices": 39}
    members = InitiativeMember.objects.filter(initiative__slug="samlit", role="member")
    assert {"Hope Ltd", "Bank of Faith"} <= set(members.values_list("party__name", flat=True))


def test_who_was_merged_after_the_export_is_the_organisation_that_was_kept(tmp_path: Path) -> None:
    path = export(tmp_path / "first.json")
    row = InitiativeMember.objects.filter(initiative__slug="acip").select_related("party").order_by("pk")[0]
    kept = InitiativeMember.objects.filter(initiative__slug="jmlit").select_related("party").order_by("pk")[0].party
    merge(kept, row.party, actor=OPERATOR)
    assert run_json("library", "content", path, "--kind", "practices") == {"practices": 0}
    assert InitiativeMember.objects.filter(initiative__slug="acip", party=kept, role=row.role).exists()


def test_an_export_names_no_organisation_that_its_reader_may_not_see(tmp_path: Path) -> None:
    import_csv(tmp_path, "name,country,registration_number\nSafe House Unnamed,ZA,2001/998877\n")
    own = Party.objects.get(name="Safe House Unnamed")
    InitiativeMember.objects.create(initiative=Initiative.objects.get(slug="samlit"), party=own, role="member")
    shipped = Initiative.objects.get(slug="acip").members.all()[0].party
    Profile.objects.filter(party__in=[own, shipped]).update(visibility="private")
    secrets = [own.name, own.public_id, "2001/998877", shipped.public_id, f'"{shipped.content_key}"']
    client = client_for(make_cast().secretariat)
    for fmt in ("json", "csv"):
        public = body(Client(), f"{PUBLIC}/practices.{fmt}")
        assert not [secret for secret in secrets if secret in public]
    everything = body(client, f"{HUB}/practices.json")
    assert not [secret for secret in secrets if secret not in everything]


def test_a_private_practice_stays_private_in_another_hub(tmp_path: Path) -> None:
    Initiative.objects.filter(slug="acip").update(visibility="private")
    path = tmp_path / "all.json"
    with path.open("wb") as file:
        export_practices(file, "json", actor=OPERATOR, filters=Filters())
    Initiative.objects.filter(slug="acip").delete()
    load_file(path, "practices")
    assert Initiative.objects.get(slug="acip").visibility != "public"


def test_who_exports_is_audited_with_the_number(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as file:
        assert export_guidance(file, "csv", actor=NOBODY, filters=Filters(values={"kind": ("tip",)})) > 0
    counts = list(AuditEntry.objects.filter(action="library.export").values_list("kind", "count", "door"))
    assert counts == [("guidance", Guidance.objects.filter(kind="tip").count(), "public")]


def test_the_command_writes_and_reads_its_own_files(tmp_path: Path) -> None:
    for shelf in SHELVES:
        for name in ("out.json", "out.csv"):
            told = run_json("library", "export", "--kind", shelf, "--out", tmp_path / f"{shelf}-{name}")
            assert told[shelf] == len(downloaded(shelf))
        assert run_json("library", "content", tmp_path / f"{shelf}-out.json", "--kind", shelf) == {shelf: 0}
        again = run("library", "export", "--kind", shelf, "--out", tmp_path / f"{shelf}-out.json")
        assert again.exit_code != 0  # it is there
        assert (
            run("library", "export", "--kind", shelf, "--out", tmp_path / f"{shelf}-out.json", "--force").exit_code == 0
        )
    assert AuditEntry.objects.filter(action="library.content_file").count() == 2


def test_a_member_exports_what_they_may_see_and_loads_nothing(tmp_path: Path) -> None:
    cast = make_cast()
    Initiative.objects.filter(slug="acip").update(visibility="private")
    for person, count in ((cast.ngo, 38), (cast.secretariat, 39)):
        out = tmp_path / f"{count}.json"
        assert run_json("library", "export", "--out", out, "--as", person.user.email)["practices"] == count
    path = exported("guidance", tmp_path, title={"en": "Mine"})
    for name in ("ngo", "worker"):
        person = getattr(cast, name)
        for args in ((path, "--kind", "guidance"), ()):
            assert run("library", "content", *args, "--as", person.user.email).exit_code == 1, name
    assert not Guidance.objects.filter(title={"en": "Mine"}).exists()


@pytest.mark.parametrize(
    "args",
    [
        ("--kind", "practices"),
        ("FILE",),
        ("--dry-run",),
        ("FILE", "--kind", "recipes"),
        ("none.json", "--kind", "guidance"),
    ],
)
def test_a_wrong_command_line_is_refused(tmp_path: Path, args: tuple[str, ...]) -> None:
    path = exported("guidance", tmp_path)
    told = run("library", "content", *(str(path) if one == "FILE" else one for one in args))
    assert told.exit_code == 2, told.stderr
    assert told.stderr


def test_an_export_needs_a_place_it_may_write_to(tmp_path: Path) -> None:
    for out in (tmp_path / "no" / "out.json", tmp_path):
        told = run("library", "export", "--out", out)
        assert told.exit_code in (1, 2)
        assert "Traceback" not in told.stderr
    assert list(tmp_path.iterdir()) == []
