"""What a hub exported comes back without a word: nothing added, nothing changed, nothing odd."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.test import Client

from convener.foundation.accounts.actions.tokens import make_token
from convener.rooms.directory import content
from convener.rooms.directory.models import Profile
from tests.cast import make_cast
from tests.rooms.directory.commands import import_csv, run_json
from tests.rooms.directory.records import organisation

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-7")]
READ = "directory:read"
FORMATS = ("csv", "xlsx", "json", "geojson")
#: Each with something odd that is kept: a charity's number, a place in the sea, a day to come, an address without https.
ODD = """name,country,registration_number,latitude,longitude,last_confirmed,website
Charity,GB,CHASC039557,,,,
Far Off,TH,,0.5,-30.5,,
Early,GB,,,,2031-05-01,
Bare,GB,989239,,,,www.example.org
"""


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_shipped_content_and_odd_values_come_back_as_nothing(tmp_path: Path, fmt: str) -> None:
    content.load()
    assert len(import_csv(tmp_path, ODD)["warnings"]) >= 5
    out = tmp_path / f"out.{fmt}"
    count = run_json("directory", "export", "--format", fmt, "--out", out)["organisations"]
    for options in (("--dry-run",), ()):
        again = run_json("directory", "import", out, *options)
        assert (again["rows"], again["added"], again["updated"], again["skipped"]) == (count, 0, 0, count)
        assert (again["errors"], again["warnings"]) == ([], [])


def test_the_pages_of_the_api_saved_to_files_come_back_as_nothing(tmp_path: Path) -> None:
    content.load()
    import_csv(tmp_path, ODD)
    organisation("Named Twice", names=(("Nom", "translation", "fr"),), website="https://one.example", languages=["fr"])
    secretariat = make_cast().secretariat
    _token, secret = make_token(
        actor=secretariat.actor, membership=secretariat.membership, label="t", scopes=[READ], days=1
    )
    who = {"public": {}, "secretariat": {"Authorization": f"Bearer {secret}"}}
    for name, headers in who.items():
        address, rows = "/api/v1/organisations?per_page=100", 0
        while address:
            page = Client().get(address, headers=headers).json()
            out = tmp_path / f"{name}.json"
            out.write_text(json.dumps(page), encoding="utf-8")
            again = run_json("directory", "import", out)
            assert (again["added"], again["updated"], again["skipped"]) == (0, 0, len(page["results"])), name
            assert (again["errors"], again["warnings"]) == ([], []), name
            rows += again["rows"]
            address = page["next"]
        assert rows == page["count"] > 100


def test_an_address_in_others_lists_is_still_a_website(tmp_path: Path) -> None:
    """``url`` is passed over in our own answers only."""
    (tmp_path / "list.json").write_text(json.dumps([{"name": "One", "url": "https://one.example", "names": "x"}]))
    run_json("directory", "import", tmp_path / "list.json")
    assert Profile.objects.get(party__name="One").website == "https://one.example"


def test_what_is_left_out_of_an_edited_export_is_still_said(tmp_path: Path) -> None:
    import_csv(tmp_path, ODD)
    run_json("directory", "export", "--format", "csv", "--out", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["name"] == "Charity":
            row["issues"] = "Something unheard of"
        if row["name"] == "Bare":
            row["latitude"], row["longitude"] = "140", "13"  # swapped: left out
        if row["name"] == "Early":
            row["last_confirmed"], row["city"] = "2032-01-01", "Leeds"
    with (tmp_path / "edited.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    again = run_json("directory", "import", tmp_path / "edited.csv")
    assert (again["updated"], again["skipped"]) == (1, 3)
    said = sorted(problem["field"] for problem in again["warnings"])
    assert said == ["issues", "last_confirmed", "latitude"], again["warnings"]
