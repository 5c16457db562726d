"""Writing through the API: organisations and imports."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from convener.foundation.parties.models import Party
from convener.rooms.directory import jobs
from convener.rooms.directory.columns import NAMES
from convener.rooms.directory.models import Import
from tests.contracts.hub import API, Api, Hub, as_person, error

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-10"), pytest.mark.usefixtures("no_limit")]


def test_an_organisation_is_added_by_the_rules_of_imports(hub: Hub) -> None:
    api = as_person(hub.cast.secretariat)
    sent = {
        "name": "New Company", "country": "France", "industries": ["Agriculture"], "aliases": ["NC"],
        "registration_number": ["732829320"], "last_confirmed": "2026-11-01",
    }  # fmt: skip
    response = api.send("POST", "/organisations", sent)
    assert response.status_code == 201, response.content
    made = json.loads(response.content)
    assert response["Location"] == made["url"]
    assert (made["country"], made["industries"], made["registration_number"]) == ("FR", ["agriculture"], ["732829320"])
    assert made["provenance"]["name"]["source"] == "The secretariat of this hub"
    assert Api().json(f"/organisations/{made['id']}")["name"] == "New Company"
    again = error(api.send("POST", "/organisations", sent), 409)
    assert made["id"] in again["message"]
    alike = json.loads(api.send("POST", "/organisations", {"name": "New Companies", "country": "FR"}).content)
    assert made["id"] in alike["warnings"][0]["message"]


def test_everything_wrong_with_values_is_told_by_field(hub: Hub) -> None:
    api = as_person(hub.cast.secretariat)
    bad = {"name": "Bad", "country": "Atlantis", "lei": ["123"], "latitude": 200.0, "longitude": 10.0, "email": "no"}
    told = error(api.send("POST", "/organisations", bad), 422)
    assert {one["field"] for one in told["errors"]} >= {"country", "lei", "email"}
    for wrong, field in (({"name": 5}, "name"), ({}, "name"), ({"name": "X", "id": "CV-1"}, "id"),
                         ({"name": "X", "languages": "en"}, "languages"), ({"name": "\ud800"}, "name")):  # fmt: skip
        assert error(api.send("POST", "/organisations", wrong), 422)["field"] == field
    assert not Party.objects.filter(name__in=["Bad", "X"]).exists()
    raw = Client().post(
        f"{API}/organisations", b'{"name": ', content_type="application/json",
        headers={"authorization": f"Bearer {api.token}"},
    )  # fmt: skip
    error(raw, 400)
    huge = api.send("POST", "/organisations", {"name": "X", "summary": "x" * 3_000_000})
    error(huge, 413)


def test_a_change_touches_what_is_sent_and_null_clears(hub: Hub) -> None:
    api = as_person(hub.cast.ngo)
    address = f"/organisations/{hub.shelter.public_id}"
    before = api.json(address)
    after = json.loads(api.send("PATCH", address, {"website": "https://shelter.example", "phone": None}).content)
    assert after["website"] == "https://shelter.example"
    assert after["phone"] == ""
    for name in set(NAMES) - {"website", "phone"}:
        assert after[name] == before[name]
    assert after["provenance"]["website"]["source"] == "The organisation itself"
    assert error(api.send("PATCH", address, {"name": None}), 422)["field"] == "name"
    assert error(api.send("PATCH", address, {"sumary": "x"}), 422)["field"] == "sumary"
    odd = json.loads(api.send("PATCH", address, {"latitude": 10.5, "longitude": 106.5}).content)
    assert odd["warnings"], "coordinates in another country are said"


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("column", ["status", "visibility", "place_visibility", "contact_visibility"])
def test_who_may_see_what_is_never_left_open(hub: Hub, column: str, empty: str | None) -> None:
    api = as_person(hub.cast.ngo)
    address = f"/organisations/{hub.shelter.public_id}"
    before = api.json(address)
    assert error(api.send("PATCH", address, {column: empty}), 422)["field"] == column
    assert api.json(address) == before
    secretariat = as_person(hub.cast.secretariat)
    assert error(secretariat.send("POST", "/organisations", {"name": "New", column: empty}), 422)["field"] == column
    assert not Party.objects.filter(name="New").exists()


def test_a_token_without_the_directory_counts_what_everybody_sees(hub: Hub) -> None:
    everybody = Api().json("/status")
    assert as_person(hub.cast.ngo, "account:read").json("/status") == everybody


def test_a_change_of_an_entry_that_was_changed_since_is_a_conflict(hub: Hub) -> None:
    api = as_person(hub.cast.ngo)
    address = f"/organisations/{hub.shelter.public_id}"
    seen = api.get(address)["ETag"]
    first = api.send("PATCH", address, {"summary": "One"}, **{"if-match": seen})
    assert first.status_code == 200
    error(api.send("PATCH", address, {"summary": "Two"}, **{"if-match": seen}), 409)
    assert api.send("PATCH", address, {"summary": "Two"}, **{"if-match": first["ETag"]}).status_code == 200
    assert error(api.send("PATCH", address, {"summary": "3"}, **{"if-match": "x"}), 422)["field"] == "If-Match"


def send_list(api: Api, data: bytes, media: str = "text/csv", query: str = "") -> Any:
    """POST a file as the body of an import."""
    return Client().post(
        f"{API}/imports{query}", data, content_type=media, headers={"authorization": f"Bearer {api.token}"}
    )


def test_a_list_is_imported_at_once_and_can_be_undone(hub: Hub) -> None:
    api = as_person(hub.cast.secretariat)
    data = "Firm;Town\nListed One;Leeds\nListed Two;York\n;Nowhere\n".encode("cp1252")
    query = "?map=Firm%3Dname&map=Town%3Dcity&set=country%3DGB&source=towns"
    tried = json.loads(send_list(api, data, query=query + "&dry_run=true").content)
    assert (tried["added"], tried["dry_run"], Party.objects.filter(name="Listed One").exists()) == (2, True, False)
    strict = json.loads(send_list(api, data, query=query + "&strict=true").content)
    assert (strict["state"], strict["added"]) == ("refused", 0)
    assert strict["message"]
    done = send_list(api, data, query=query)
    assert done.status_code == 200, done.content
    summary = json.loads(done.content)
    assert (summary["added"], summary["failed"], summary["state"]) == (2, 1, "done")
    assert summary["errors"][0]["row"] == 4
    assert api.json(f"/imports/{summary['import_id']}") == summary
    upload = SimpleUploadedFile("towns.csv", data)
    again = Client().post(f"{API}/imports{query}", {"file": upload}, headers={"authorization": f"Bearer {api.token}"})
    assert json.loads(again.content)["skipped"] == 2
    assert api.send("POST", f"/imports/{summary['import_id']}/undo").status_code == 202
    error(api.send("POST", f"/imports/{summary['import_id']}/confirm"), 409)


def test_a_large_list_is_read_in_the_background_and_confirmed(hub: Hub) -> None:
    api = as_person(hub.cast.secretariat)
    rows = "".join(f"Large {number},GB,{'x' * 3000}\n" for number in range(800))
    response = send_list(api, f"name,country,summary\n{rows}".encode())
    assert response.status_code == 202, response.content
    summary = json.loads(response.content)
    assert response["Location"].endswith(f"{API}/imports/{summary['import_id']}")
    jobs.stage_import(summary["import_id"])
    read = api.json(f"/imports/{summary['import_id']}")
    assert (read["state"], read["added"]) == ("staged", 800)
    assert api.send("POST", f"/imports/{summary['import_id']}/confirm").status_code == 202
    actor = hub.cast.secretariat.actor
    jobs.apply_import(summary["import_id"], str(actor.user_id), str(actor.party_id), str(actor.role))
    assert Import.objects.get(pk=summary["import_id"]).state == "done"
    assert Api().json("/organisations?q=large")["count"] == 800


@pytest.mark.parametrize(
    ("data", "media", "query", "status"),
    [
        (b"\n", "text/csv", "", 400),
        (b"\x89PNG\r\n\x1a\n", "application/octet-stream", "", 400),
        (b"name\nx\n", "text/html", "", 415),
        (b"name\nx\n", "text/csv", "?map=nonsense", 422),
        (b"name\nx\n", "text/csv", "?set=nocolumn%3D1", 400),
        (b"name\nx\n", "text/csv", "?set=country%3DAtlantis", 422),
        (b"name\nx\n", "text/csv", "?unknown=1", 422),
        (b"town\nx\n", "text/csv", "", 400),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_nothing_written(
    hub: Hub, data: bytes, media: str, query: str, status: int
) -> None:
    before = Party.objects.count()
    error(send_list(as_person(hub.cast.secretariat), data, media, query), status)
    assert Party.objects.count() == before


def test_a_list_that_is_too_large_is_refused_unread(hub: Hub, settings: Any) -> None:
    settings.CONVENER = settings.CONVENER.model_copy(update={"max_upload_mb": 1})
    told = error(send_list(as_person(hub.cast.secretariat), b"name\n" + b"x" * (1 << 20)), 413)
    assert "1 MB" in told["message"]
