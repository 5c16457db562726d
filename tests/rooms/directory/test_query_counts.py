"""Queries a page: the same with ten records and with three hundred, and no more than the baseline says.

``CONVENER_WRITE_BASELINE=1`` writes tests/query_counts.json anew, for whoever changes it on purpose.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convener.foundation.parties.models import Party
from tests.cast import Cast, client_for, make_cast
from tests.rooms.directory.records import alias, entry_for, initiative, organisation, run_jobs, tool

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]
BASELINE = Path(__file__).resolve().parents[2] / "query_counts.json"
FEW, MANY = 10, 300


def fill(cast: Cast, first: int, last: int) -> None:
    """Records numbered ``first`` to ``last``, each in as many lists as a record can be."""
    hub_entry = Party.objects.get(pk=cast.ngo.party.pk)
    for number in range(first, last):
        one = organisation(
            f"Org {number:03}", type="ngos" if number % 2 else "banks", country=("TH", "GB", "KE")[number % 3],
            industries=["agriculture", "finance"], issues=["victim-support"], latitude=10 + number / 100, longitude=100,
            summary="Works with farms.", owner=hub_entry if number % 5 == 0 else None,
        )  # fmt: skip
        alias(hub_entry, f"Alias {number}", "en")
        tool(f"tool-{number}", countries=["TH"], providers=(one, hub_entry))
        initiative(f"initiative-{number}", countries=["TH"], members=((one, "member"), (hub_entry, "convener")))


def counts(addresses: dict[str, tuple[Client, str]]) -> dict[str, int]:
    """Queries of each address, once what a process keeps in memory is there."""
    found = {}
    for name, (client, path) in addresses.items():
        assert client.get(path).status_code == 200, path
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        found[name] = len(queries)
    return found


def addresses(cast: Cast, import_path: str) -> dict[str, tuple[Client, str]]:
    nobody, member, secretariat = Client(), client_for(cast.ngo), client_for(cast.secretariat)
    public_id = cast.ngo.party.public_id
    return {
        "home": (nobody, "/en/"),
        "public list": (nobody, "/en/directory/"),
        "public list, words": (nobody, "/en/directory/?q=org"),
        "public list, filters": (nobody, "/en/directory/?at=TH&type=ngos&industry=finance"),
        "public tools": (nobody, "/en/directory/tools/"),
        "public initiatives": (nobody, "/en/directory/initiatives/?at=TH"),
        "public organisation": (nobody, f"/en/directory/{public_id}/"),
        "public tool": (nobody, "/en/directory/tools/tool-1/"),
        "public initiative": (nobody, "/en/directory/initiatives/initiative-1/"),
        "embedded map": (nobody, "/en/directory/map/embed/?at=TH"),
        "hub": (member, "/en/hub/"),
        "hub of the secretariat": (secretariat, "/en/hub/"),
        "member's list": (member, "/en/hub/directory/?type=ngos"),
        "member's organisation": (member, f"/en/hub/directory/{public_id}/"),
        "member's form": (member, f"/en/hub/directory/{public_id}/edit/"),
        "history": (secretariat, f"/en/hub/directory/{public_id}/history/"),
        "imports": (secretariat, "/en/hub/directory/imports/"),
        "import": (secretariat, import_path),
        "import, errors": (secretariat, f"{import_path}?show=errors"),
    }


def bring(cast: Cast, rows: int) -> str:
    text = "name,country\n" + "".join(f"Row {number},{'GB' if number % 2 else 'Atlantis'}\n" for number in range(rows))
    file = SimpleUploadedFile("list.csv", text.encode())
    path = client_for(cast.secretariat).post("/en/hub/directory/imports/new/", {"file": file})["Location"]
    run_jobs()
    return str(path)


@pytest.mark.req("DIR-3")
def test_queries_do_not_grow_with_the_records(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    cast = make_cast()
    entry_for(cast.ngo.party, type="ngos", country="TH", website="https://shelter.example")
    fill(cast, 0, FEW)
    few = counts(addresses(cast, bring(cast, FEW)))
    fill(cast, FEW, MANY)
    for _ in range(FEW):
        bring(cast, 1)
    many = counts(addresses(cast, bring(cast, MANY)))
    assert few == many
    if os.environ.get("CONVENER_WRITE_BASELINE") and connection.vendor == "sqlite":
        BASELINE.write_text(json.dumps(many, indent=2) + "\n", encoding="utf-8")
    if connection.vendor == "sqlite":  # elsewhere the tests' counting index is loaded anew for each page
        assert many == json.loads(BASELINE.read_text(encoding="utf-8"))
