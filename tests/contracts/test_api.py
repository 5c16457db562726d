"""What the endpoints answer."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from convener.foundation.actor import HUB, PUBLIC
from convener.foundation.audit.models import AuditEntry
from convener.foundation.parties.merging import merge
from convener.foundation.parties.models import Party
from convener.rooms.directory import content
from convener.rooms.directory.actions import importing, staging, undoing
from convener.rooms.directory.actions.exporting import export
from convener.rooms.directory.columns import NAMES
from convener.rooms.directory.queries import index
from tests.contracts.hub import API, SECRET, SECRET_LATITUDE, Api, Hub, add, as_person, body, error, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-10"), pytest.mark.usefixtures("no_limit")]
FORMATS = ("csv", "json", "xlsx", "geojson")


@pytest.mark.req("DIR-3")
def test_a_list_is_walked_through_by_its_links_and_keeps_its_filters(hub: Hub) -> None:
    for number in range(7):
        add(f"Walk {number}", owner_id=hub.public.owner_id, country="KE", type="smes")
    seen, address = [], f"{API}/organisations?country=KE&type=smes&per_page=3"
    while address:
        page = json.loads(Client().get(address).content)
        assert page["count"] == 7
        assert set(page) == {"count", "next", "previous", "results"}
        seen += [one["name"] for one in page["results"]]
        if page["next"]:
            assert "country=KE" in page["next"]
            assert "type=smes" in page["next"]
        address = page["next"]
    assert seen == [f"Walk {number}" for number in range(7)]


def test_a_page_beyond_the_end_is_empty_and_leads_back(hub: Hub) -> None:
    for page in ("99", "9" * 40):
        answer = Api().json(f"/organisations?page={page}")
        assert answer["results"] == []
        assert answer["count"] > 0
        assert answer["next"] is None
        assert "page=1" in answer["previous"]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("country=XX", "country", "vocabularies/countries"),
        ("country=GBR", "country", "Use the key: GB"),
        ("type=smes&type=nobody", "type", "stakeholder-types"),
        ("scope=everywhere", "scope", "scopes"),
        ("page=0", "page", "Put right"),
        ("page=one", "page", "Put right"),
        ("per_page=201", "per_page", "Put right"),
        ("per_page=-1", "per_page", "Put right"),
        ("contry=GB", "contry", "country"),
        ("q=" + "x" * 201, "q", "Put right"),
        ("language=../..", "language", "Put right"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(db: None, query: str, field: str, words: str) -> None:
    told = error(Api().get(f"/organisations?{query}"), 422)
    assert told["field"] == field
    assert words in told["hint"]


@pytest.mark.req("DIR-3")
def test_filters_take_any_of_a_facet_and_all_of_the_facets(hub: Hub) -> None:
    def names(query: str) -> set[str]:
        return {one["name"] for one in Api().json(f"/organisations?{query}")["results"]}

    assert names("country=GB") == {"Aardvark Ltd", "Open Shelter", "Garments plc"}
    assert names("country=GB&industry=agriculture") == {"Aardvark Ltd"}
    assert names("type=ngos&type=smes&country=GB") == {"Aardvark Ltd", "Open Shelter", "Garments plc"}
    assert names("country=") == names("")
    assert names("q=AVL") == {"Aardvark Ltd"}
    assert names("q=legal%20shelter") == {"Open Shelter"}
    assert names("q=nothing%20like%20it") == set()


def test_an_organisation_holds_what_its_export_holds_and_where_it_is_from(hub: Hub) -> None:
    found = Api().json(f"/organisations/{hub.public.public_id}")
    out = io.BytesIO()
    export(out, "json", actor=PUBLIC)
    row = next(row for row in json.loads(out.getvalue()) if row["id"] == hub.public.public_id)
    seen = {name: found[name] for name in NAMES if name in found}
    assert seen == {name: value for name, value in row.items() if name in seen}
    hidden = {"source_ids", "visibility", "place_visibility", "contact_visibility", "email", "phone"}
    assert set(NAMES) - set(seen) == hidden
    assert found["names"] == [{"text": "AVL", "kind": "alias", "language": ""}]
    assert found["provenance"]["city"] == {"source": "A document", "ref": "page 1", "on": None}
    assert found["demo"] is False
    assert found["url"].endswith(f"{API}/organisations/{hub.public.public_id}")


def test_an_id_is_read_as_people_type_it_and_a_mistyped_one_is_refused_with_a_hint(hub: Hub) -> None:
    right = hub.public.public_id
    assert Api().json(f"/organisations/{right.lower()}")["id"] == right
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    assert "mistyped" in error(Api().get(f"/organisations/{wrong}"), 404)["hint"]
    assert "ten" in error(Api().get("/organisations/CV-12"), 404)["message"]


def test_merged_records_lead_on_and_deleted_ones_are_gone(hub: Hub, tmp_path: Path) -> None:
    other = add("Aardvark Limited", owner_id=hub.public.owner_id, country="GB")
    merge(hub.public, other, actor=HUB)
    response = Api().get(f"/organisations/{other.public_id}")
    assert response.status_code == 308
    assert response["Location"] == f"{API}/organisations/{hub.public.public_id}"
    assert json.loads(response.content)["id"] == hub.public.public_id

    path = tmp_path / "list.csv"
    path.write_text("name,country\nShort Lived,GB\n")
    run = importing.import_file(path, actor=HUB, options=importing.Options())
    public_id = Party.objects.get(name="Short Lived").public_id
    undoing.undo(run, actor=HUB)
    assert "deleted" in error(Api().get(f"/organisations/{public_id}"), 410)["message"]


@pytest.mark.req("DIR-11")
def test_a_record_merged_into_a_hidden_one_does_not_betray_it(hub: Hub) -> None:
    other = add("Was Public", owner_id=hub.public.owner_id, country="DE")
    merge(hub.private, other, actor=HUB)
    response = Api().get(f"/organisations/{other.public_id}")
    assert response.status_code == 404
    assert hub.private.public_id.encode() not in response.content


def test_demo_organisations_are_in_no_list_and_can_be_opened(hub: Hub) -> None:
    assert Api().json(f"/organisations/{hub.demo.public_id}")["demo"] is True
    assert "Demo Company" not in {one["name"] for one in Api().json("/organisations?per_page=200")["results"]}
    assert b"Demo Company" not in body(Api().get("/organisations.csv"))


@pytest.mark.req("DIR-11")
def test_what_is_hidden_is_in_no_answer(hub: Hub) -> None:
    """Every address that reads, for everybody, an outsider and another member: no trace of place, contact or list."""
    shelter = hub.shelter.public_id
    addresses = [
        f"/organisations/{shelter}", "/organisations?per_page=200", f"/organisations?q={SECRET}", "/organisations?q=77",
        *(f"/organisations.{fmt}" for fmt in FORMATS), "/tools", "/initiatives", "/status",
        f"/organisations/{hub.private.public_id}", f"/organisations/{shelter}/history",
    ]  # fmt: skip
    for person in (None, hub.cast.outsider, hub.cast.worker, hub.cast.other_ngo, hub.cast.company):
        api = as_person(person)
        for address in addresses:
            told = body(api.get(address))
            if told[:2] == b"PK":
                with zipfile.ZipFile(io.BytesIO(told)) as book:
                    told = b"".join(book.read(name) for name in book.namelist())
            if person and person.role in ("ngo", "company"):
                told = told.replace(f"{SECRET} members".encode(), b"")
            assert SECRET.encode() not in told, (address, person)
            assert str(SECRET_LATITUDE).encode() not in told, (address, person)
            assert b"zq-hidden" not in told, (address, person)
    mine = as_person(hub.cast.ngo).json(f"/organisations/{shelter}")
    assert mine["latitude"] == SECRET_LATITUDE
    assert mine["source_ids"] == [f"{SECRET}-list:77"]


def test_the_history_is_told_to_keepers_and_its_reading_is_audited(hub: Hub) -> None:
    officer = as_person(hub.cast.ngo)
    changed = officer.send("PATCH", f"/organisations/{hub.shelter.public_id}", {"summary": "New words."})
    assert changed.status_code == 200
    page = officer.json(f"/organisations/{hub.shelter.public_id}/history?per_page=1")
    assert page["count"] == 2
    first = page["results"][0]
    assert first["values"]["summary"] == {"before": "Shelter and legal aid.", "after": "New words."}
    assert (first["action"], first["door"], first["by"]) == ("edit", "api", "Open Shelter")
    assert AuditEntry.objects.filter(action="directory.read_history", record=str(hub.shelter.pk)).count() == 1
    assert hub.cast.ngo.user.email not in json.dumps(page)


@pytest.mark.req("DIR-2")
def test_tools_and_initiatives_with_the_organisations_that_may_be_seen(hub: Hub) -> None:
    content.load()
    page = Api().json("/tools?per_page=200")
    assert page["count"] == len(page["results"]) > 30
    tool = next(one for one in page["results"] if one["providers"])
    assert Api().json(f"/tools/{tool['id']}") == tool
    provider = Party.objects.get(public_id=tool["providers"][0]["id"])
    provider.profile.visibility = "private"
    provider.profile.save()
    assert provider.name not in json.dumps(Api().json(f"/tools/{tool['id']}")["providers"])

    initiative = Api().json("/initiatives?part=financial&per_page=1")["results"][0]
    assert initiative["part"] == "financial"
    assert Api().json(f"/initiatives/{initiative['id']}") == initiative
    assert error(Api().get("/initiatives/none"), 404)
    assert error(Api().get("/tools?cost=dear"), 422)["field"] == "cost"


def test_vocabularies_in_four_languages(db: None) -> None:
    listed = Api().json("/vocabularies")
    names = {one["name"] for one in listed["results"]}
    assert {"countries", "regions", "industries", "stakeholder-types"} <= names
    for one in listed["results"]:
        terms = Api().json(f"/vocabularies/{one['name']}")["terms"]
        assert len(terms) == one["terms"]
        assert all(set(term["label"]) >= {"en", "fr", "es", "ar"} for term in terms), one["name"]
    britain = next(term for term in Api().json("/vocabularies/countries")["terms"] if term["key"] == "GB")
    assert britain["codes"]["iso3"] == "GBR"
    assert error(Api().get("/vocabularies/..%2F..%2Fsecrets"), 404)


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize("fmt", FORMATS)
def test_downloads_hold_the_filtered_list_and_import_again_as_no_change(hub: Hub, fmt: str, tmp_path: Path) -> None:
    response = Api().get(f"/organisations.{fmt}?country=GB")
    assert f'filename="organisations.{fmt}"' in response["Content-Disposition"]
    path = tmp_path / f"list.{fmt}"
    path.write_bytes(body(response))
    assert int(response["Content-Length"]) == path.stat().st_size
    run = importing.import_file(path, actor=HUB, options=importing.Options())
    summary = staging.summary_of(run)
    assert (summary["rows"], summary["skipped"], summary["errors"]) == (3, 3, [])
    if fmt == "csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
        assert {row["name"] for row in rows} == {"Aardvark Ltd", "Open Shelter", "Garments plc"}
    assert error(Api().get(f"/organisations.{fmt}?country=XX"), 422)["field"] == "country"
    assert error(Api().get("/organisations.pdf"), 422)["field"] == "format"


def test_who_a_token_is_and_what_the_hub_holds(hub: Hub) -> None:
    me = as_person(hub.cast.ngo).json("/me")
    assert me["organisation"] == {"id": hub.shelter.public_id, "name": "Open Shelter"}
    assert me["role"] == "ngo"
    assert me["email"] == hub.cast.ngo.user.email
    assert as_person(hub.cast.ngo, "directory:read").json("/me")["email"] is None
    public, member = Api().json("/status"), as_person(hub.cast.company).json("/status")
    assert public["organisations"] == Api().json("/organisations")["count"] == 3
    assert member["organisations"] == 4
    assert as_person(hub.cast.secretariat).json("/status")["organisations"] == 5


@pytest.mark.parametrize("path", ["/nope", "/", "", "/organisations/", "/organisations/a/b/c", "/imports"])
def test_unknown_addresses_are_told_in_the_same_shape(db: None, path: str) -> None:
    response = Api().get(path)
    if path == "/imports":
        error(response, 405)
        assert response["Allow"] == "OPTIONS, POST"
    else:
        assert "openapi.json" in error(response, 404)["hint"]
    assert error(Client().get("/api/v2/organisations"), 404)


def test_methods_heads_and_preflights(hub: Hub) -> None:
    refused = Api().send("DELETE", f"/organisations/{hub.public.public_id}")
    assert error(refused, 405)["hint"].endswith("GET, HEAD, OPTIONS, PATCH.")
    assert refused["Allow"] == "GET, HEAD, OPTIONS, PATCH"
    get, head = Api().get("/organisations"), Api().send("HEAD", "/organisations")
    assert head.status_code == 200
    assert head.content == b""
    assert head["Content-Length"] == str(len(get.content))
    preflight = Api().send("OPTIONS", "/organisations", origin="https://elsewhere.example")
    assert preflight.status_code == 204
    assert "PATCH" not in preflight["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Headers" not in preflight
    assert "Access-Control-Allow-Credentials" not in preflight


def test_pages_elsewhere_may_read_without_a_token_only(hub: Hub) -> None:
    public = Api().get("/organisations")
    assert public["Access-Control-Allow-Origin"] == "*"
    assert public["Cache-Control"] == "public, max-age=60"
    assert "Authorization" in public["Vary"]
    assert Api().get("/nope")["Access-Control-Allow-Origin"] == "*"
    private = as_person(hub.cast.ngo).get("/organisations")
    assert "Access-Control-Allow-Origin" not in private
    assert private["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in Api().send("POST", "/organisations", {})


def test_an_error_of_ours_says_nothing_of_what_it_was(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from convener.rooms.directory.api import rendering

    def broken(*_args: Any) -> None:
        raise RuntimeError("SELECT password FROM table")

    monkeypatch.setattr(rendering, "load_drafts", broken)
    with capture_logs() as events:
        response = Client(raise_request_exception=False).get(f"{API}/organisations")
    told = error(response, 500)
    assert "password" not in response.content.decode()
    assert "Try again" in told["hint"]
    logged = next(event for event in events if event["event"] == "api_error")
    assert logged["error_type"] == "RuntimeError"
    assert logged["where"].startswith("tests.contracts.test_api:")
    assert "password" not in str(events)


def test_a_token_is_never_taken_for_nobody(hub: Hub) -> None:
    """What is no token of ours is refused, on public addresses too."""
    for header in ("Bearer cvn_wrong", "Bearer ", "Bearer", "Basic Zm9vOmJhcg==", "cvn_x", "", "Bearer \xff\xfe"):
        response = Client().get(f"{API}/organisations", headers={"authorization": header})
        assert error(response, 401)["hint"]
        assert response["WWW-Authenticate"].startswith("Bearer")
    secret = token_for(hub.cast.ngo)
    assert Client().get(f"{API}/me", headers={"authorization": f"bearer  {secret} "}).status_code == 200


def test_queries_do_not_grow_with_the_records(hub: Hub, django_assert_max_num_queries: Any) -> None:
    """A page of five and a page of sixty take the same number of queries: names, numbers and sources come at once."""
    counts = []
    for wanted in (5, 60):
        present = Api().json("/organisations")["count"]
        for number in range(wanted - present):
            add(f"Many {wanted} {number}", owner_id=hub.public.owner_id, aliases=[f"M{wanted}-{number}"], country="GB")
        index.forget()  # PostgreSQL tells of an event when its transaction is over, and a test's never is
        Api().get("/organisations")  # the index is read
        with django_assert_max_num_queries(8) as queries:
            assert len(Api().json("/organisations?per_page=200")["results"]) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]
