"""Tools and initiatives as files: from the page and the command, and back as no change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from convener.errors import Refused
from convener.foundation.actor import OPERATOR
from convener.foundation.parties.models import Party
from convener.rooms.directory import content
from convener.rooms.directory.actions import exporting
from convener.rooms.directory.actions.shared_files import COLUMNS
from convener.rooms.directory.models import Initiative, Kind, Tool
from convener.rooms.library import content as library
from tests.cast import client_for, make_cast
from tests.rooms.directory.commands import run, run_json
from tests.rooms.directory.records import initiative, organisation, page_text, tool

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-7")]
KINDS = {"tools": Tool, "initiatives": Initiative}


def everything(kind: str) -> list[Any]:
    """Every value of the records of a kind, and what they point to."""
    rows: Any = KINDS[kind].objects.order_by("pk")
    links = "providers" if kind == "tools" else "members__party"
    return [*rows.values(), *rows.values_list("pk", links).order_by("pk", links)]


@pytest.mark.parametrize("fmt", ["csv", "json"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_the_shipped_records_come_back_as_no_change(tmp_path: Path, kind: str, fmt: str) -> None:
    content.load()
    library.load()  # every practice is an initiative
    provider = organisation("Hidden Provider", visibility="private")
    tool("mine", providers=(provider,), visibility="private", summary="Ours.")
    initiative("ours", members=((provider, "member"),), visibility="members")
    before, out = everything(kind), tmp_path / f"out.{fmt}"
    count = run_json("directory", "export", "--kind", kind, "--format", fmt, "--out", out)[kind]
    assert count == KINDS[kind].objects.count() > 30
    assert run_json("directory", "content", out, "--kind", kind) == {kind: 0}
    assert everything(kind) == before


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_changed_and_a_new_record_are_taken_and_nothing_is_lost(tmp_path: Path, kind: str) -> None:
    provider, other = organisation("Provider"), organisation("Other")
    tool("mine", name="Mine", providers=(provider,), visibility="private")
    initiative("mine", name="Mine", members=((provider, "founder"),), visibility="private")
    run_json("directory", "export", "--kind", kind, "--format", "json", "--out", tmp_path / "out.json")
    rows = json.loads((tmp_path / "out.json").read_text())
    link = other.public_id if kind == "tools" else f"member:{other.public_id}"
    named = "providers" if kind == "tools" else "members"
    rows[0] |= {"summary": "More.", named: [link], "visibility": ""}
    rows.append({"id": "new-one", "name": "New One", "countries": ["TH"]})
    (tmp_path / "in.json").write_text(json.dumps(rows))
    assert run_json("directory", "content", tmp_path / "in.json", "--kind", kind) == {kind: 2}
    mine = KINDS[kind].objects.get(slug="mine")
    assert (mine.summary, mine.visibility) == ("More.", "private")
    parties = mine.providers.all() if isinstance(mine, Tool) else [one.party for one in mine.members.all()]
    assert {one.name for one in parties} == {"Provider", "Other"}
    assert "New One" in page_text(Client(), f"/en/directory/{kind}/?at=TH")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"id": "a", "name": ""}, "nothing in this column"),
        ({"id": "No Slug", "name": "A"}, "No Slug"),
        ({"id": "a", "name": "A", "users": ["dragons"]}, "dragons"),
        ({"id": "a", "name": "A", "website": "javascript:alert(1)"}, "javascript"),
        ({"id": "a", "name": "A", "languages": ["en\ncell:x"]}, "en cell:x"),
        ({"id": "a", "name": "<script>x</script>"}, "markup"),
        ({"id": "a", "name": "A", "practice": "²"}, "²"),
        ({"id": "a", "name": "A", "practice": "9" * 20}, "999"),
        ({"id": "a", "name": "A", "providers": ["CV-NOTHING"]}, "CV-NOTHING"),
    ],
)
def test_a_wrong_value_refuses_the_whole_file(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    columns = dict.fromkeys(COLUMNS[Kind.TOOL], "")
    (tmp_path / "in.json").write_text(json.dumps([{**columns, "id": "good", "name": "Good"}, {**columns, **row}]))
    result = run("directory", "content", tmp_path / "in.json", "--kind", "tools")
    assert result.exit_code in (1, 2)
    assert says in result.stderr
    assert not Tool.objects.exists()


def test_pages_give_what_the_reader_may_see(tmp_path: Path) -> None:
    hidden = organisation("Hidden Provider", visibility="private")
    tool("open", name="Open Tool", providers=(hidden,))
    tool("closed", name="Closed Tool", visibility="private")
    initiative("pact", name="Pact", members=((hidden, "founder"),))
    for address in ("/en/directory/tools/", "/en/directory/initiatives/"):
        assert f"{address.rstrip('/')}.csv" in page_text(Client(), address)
    public = json.loads(page_text(Client(), "/en/directory/tools.json"))
    assert [(row["name"], row["providers"], row["visibility"]) for row in public] == [("Open Tool", [], "")]
    assert json.loads(page_text(Client(), "/en/directory/initiatives.json"))[0]["members"] == []
    assert json.loads(page_text(Client(), "/en/directory/tools.json?q=nothing")) == []
    ours = json.loads(page_text(client_for(make_cast().secretariat), "/en/hub/directory/tools.json"))
    assert {row["name"]: row["visibility"] for row in ours} == {"Open Tool": "public", "Closed Tool": "private"}
    assert Client().get("/en/directory/tools.xlsx").status_code == 404


def test_a_workbook_has_a_limit_where_somebody_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        organisation(f"Org {number}")
    monkeypatch.setitem(exporting.MOST_WAITED_FOR, "xlsx", 2)
    refused = Client().get("/en/directory/organisations.xlsx")
    assert refused.status_code == 409
    assert "CSV" in refused.content.decode()
    assert Client().get("/api/v1/organisations.xlsx").status_code == 409
    assert Client().get("/en/directory/organisations.xlsx?q=0").status_code == 200
    assert Client().get("/en/directory/organisations.csv").status_code == 200
    assert run_json("directory", "export", "--format", "xlsx", "--out", tmp_path / "o.xlsx")["organisations"] == 3
    with (tmp_path / "t.xlsx").open("wb") as file, pytest.raises(Refused):
        exporting.export(file, "xlsx", actor=OPERATOR, kind=exporting.Kind.TOOL)


@pytest.mark.parametrize(("kind", "other"), [("tools", "initiatives"), ("initiatives", "tools")])
def test_a_file_of_another_kind_or_without_a_column_is_refused(tmp_path: Path, kind: str, other: str) -> None:
    content.load()
    before = [everything(one) for one in KINDS]
    run_json("directory", "export", "--kind", other, "--out", tmp_path / "other.csv")
    refused = run("directory", "content", tmp_path / "other.csv", "--kind", kind)
    assert refused.exit_code == 2
    assert "another kind" in refused.stderr
    (tmp_path / "less.json").write_text(json.dumps([{"id": "photodna", "name": "PhotoDNA"}]))
    refused = run("directory", "content", tmp_path / "less.json", "--kind", kind)
    assert refused.exit_code == 2
    assert "are missing: other_names" in refused.stderr
    assert [everything(one) for one in KINDS] == before


@pytest.mark.parametrize("kind", list(KINDS))
def test_tools_and_initiatives_do_not_become_organisations(tmp_path: Path, kind: str) -> None:
    content.load()
    before = Party.objects.count()
    run_json("directory", "export", "--kind", kind, "--out", tmp_path / "out.json")
    refused = run("directory", "import", tmp_path / "out.json")
    assert refused.exit_code == 2
    assert f"--kind {kind}" in refused.stderr
    assert Party.objects.count() == before


def test_a_file_is_what_its_name_says(tmp_path: Path) -> None:
    organisation("Org")
    for fmt, name in (("xlsx", "one.xlsx"), ("geojson", "one.geojson"), ("csv", "one"), ("json", "two.JSON")):
        assert run_json("directory", "export", "--out", tmp_path / name)["format"] == fmt
    assert run_json("directory", "export", "--format", "geojson", "--out", tmp_path / "g.json")["format"] == "geojson"
    refused = run("directory", "export", "--format", "json", "--out", tmp_path / "three.csv")
    assert refused.exit_code == 2
    assert "ending .json" in refused.stderr
    assert not (tmp_path / "three.csv").exists()


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    tool("mine", name="Mine")
    run_json("directory", "export", "--kind", "tools", "--format", "json", "--out", tmp_path / "out.json")
    rows = json.loads((tmp_path / "out.json").read_text())
    (tmp_path / "in.json").write_text(json.dumps([{**rows[0], "summary": "More."}]))
    before = everything("tools")
    assert run_json("directory", "content", tmp_path / "in.json", "--kind", "tools", "--dry-run") == {"tools": 1}
    assert everything("tools") == before
