"""The description of the API is valid OpenAPI 3.1, complete, and true: whatever is sent, answers are as it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks, definitions

from convener.foundation.actor import HUB
from convener.foundation.search import writing
from convener.rooms.directory.actions import importing
from convener.rooms.directory.columns import NAMES
from tests.contracts.hub import API, Hub, token_for
from tests.rooms.screening.lists import put_list

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-10"), pytest.mark.usefixtures("no_limit")]
ADDRESS = f"{API}/openapi.json"
#: Their bodies can be wrong in ways that a JSON schema cannot say: a check digit, a country, a file that is no table.
RULES_BEYOND_TYPES = {"addOrganisation", "changeOrganisation", "importOrganisations", "search", "screenNames"}
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Requests leave the connection of the test open, in whose transaction everything happens."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def _check_all(token: str, mode: GenerationMode, held: dict[str, str]) -> set[str]:
    """Send what the description lets through, or what it does not, to every operation, and check each answer.

    ``held`` maps the first part of an address to an ID that the hub has, which half of the requests name. Returns the
    operations tried; those without anything that could be wrong are left out of the second mode.
    """
    schema = schemathesis.openapi.from_wsgi(ADDRESS, get_wsgi_application())
    tried = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        try:
            _check(operation, token, mode, held.get(operation.path.removeprefix(API).split("/")[1], ""))
        except Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE
        else:
            tried.add(operation.definition.raw["operationId"])
    return tried


def _check(operation: Any, token: str, mode: GenerationMode, known: str) -> None:
    headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {token}"} if token else {})
    beyond = operation.definition.raw["operationId"] in RULES_BEYOND_TYPES
    excluded = [checks.positive_data_acceptance] if beyond else []

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
    def every_answer_is_as_described(case: schemathesis.Case, is_known: bool) -> None:
        if is_known and known and mode == GenerationMode.POSITIVE and "id" in case.path_parameters:
            case.path_parameters["id"] = known
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    every_answer_is_as_described()


@pytest.fixture
def _index(hub: Hub, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search index of the hub, without a dictionary, and a list of names."""
    settings.DATA_DIR = tmp_path
    put_list(tmp_path)
    monkeypatch.setattr("convener.foundation.search.translating.build", str)
    writing.rebuild()


@pytest.mark.usefixtures("_one_connection", "_index")
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("who", ["nobody", "ngo", "secretariat"])
def test_every_answer_is_as_described(hub: Hub, who: str, mode: GenerationMode, tmp_path: Path) -> None:
    """Whatever is sent, by whomever: no error of ours, and status, type and shape are as the description declares."""
    path = tmp_path / "first.csv"
    path.write_text("name,country\nFirst,GB\n")
    run = importing.import_file(path, actor=HUB, options=importing.Options())
    held = {"organisations": hub.shelter.public_id, "imports": str(run.pk)}
    tried = _check_all("" if who == "nobody" else token_for(getattr(hub.cast, who)), mode, held)
    if mode == GenerationMode.POSITIVE:
        assert len(tried) == len(operations())
    else:
        assert {"listOrganisations", "addOrganisation", "changeOrganisation", "downloadOrganisations"} <= tried


def operations() -> dict[str, dict[str, Any]]:
    """Every operation of the description by its ID."""
    return {
        operation["operationId"]: operation for path in described()["paths"].values() for operation in path.values()
    }


def described() -> dict[str, Any]:
    """The description as it is served."""
    found: dict[str, Any] = json.loads(Client().get(ADDRESS).content)
    return found


def test_the_description_is_valid_openapi() -> None:
    errors = [error.message for error in definitions.OPENAPI_31_VALIDATOR.iter_errors(described())]
    assert errors == []
    assert described()["openapi"].startswith("3.1")


def test_every_operation_declares_what_holds_for_all() -> None:
    for name, operation in operations().items():
        assert {"400", "401", "422", "429", "500"} <= set(operation["responses"]), name
        assert "Retry-After" in operation["responses"]["429"]["headers"], name
        assert operation["summary"], name
        assert operation["security"] in ([{}, {"bearer": []}], [{"bearer": []}]), name
        for status, answer in operation["responses"].items():
            assert answer["description"], name
            if int(status) >= 400:
                reference = answer["content"]["application/json"]["schema"]["$ref"]
                assert reference == "#/components/schemas/ErrorAnswer", (name, status)


def test_every_parameter_and_field_is_explained() -> None:
    for name, operation in operations().items():
        for parameter in operation["parameters"]:
            assert parameter.get("description") or parameter["in"] == "path", (name, parameter["name"])
    for name, shape in described()["components"]["schemas"].items():
        for field, told in shape.get("properties", {}).items():
            assert told.get("description"), (name, field)


def test_an_organisation_has_every_canonical_column() -> None:
    shapes = described()["components"]["schemas"]
    assert set(NAMES) <= set(shapes["Organisation"]["properties"])
    assert shapes["Organisation"]["additionalProperties"] is False
    assert set(shapes["OrganisationValues"]["properties"]) == set(NAMES) - {"id", "source_ids"}


@settings(BOUNDED, max_examples=150)
@given(
    path=st.sampled_from(["/organisations", "/organisations.csv", "/tools", "/initiatives", "/status", "/imports/1"]),
    names=st.lists(st.sampled_from(["q", "page", "per_page", "country", "type", "language", "scope"]), max_size=4),
    values=st.lists(
        st.one_of(
            st.binary(max_size=12), st.integers().map(lambda number: str(number).encode()),
            st.sampled_from([b"\x00", b"\xff\xfe", b"GB", b"", b"9" * 400, b"1e9", b"%00", b"\xed\xa0\x80", b"NaN"]),
        ),
        min_size=4, max_size=4,
    ),
    tail=st.binary(max_size=6),
)  # fmt: skip
def test_no_query_string_is_an_error_of_ours(
    hub: Hub, path: str, names: list[str], values: list[bytes], tail: bytes
) -> None:
    """NUL bytes, broken UTF-8, huge pages, names given often: refused or answered."""
    pairs = [f"{name}={quote_from_bytes(value)}" for name, value in zip(names, values, strict=False)]
    response = Client().generic("GET", f"{API}{path}", QUERY_STRING="&".join(pairs) + quote_from_bytes(tail))
    assert response.status_code < 500
    if response.status_code >= 400:
        assert json.loads(response.content)["error"]["message"]


@settings(BOUNDED, max_examples=60)
@given(
    tail=st.binary(max_size=20),
    prefix=st.sampled_from(["organisations/", "organisations.", "tools/", "vocabularies/", "imports/", ""]),
)
def test_no_address_is_an_error_of_ours(hub: Hub, tail: bytes, prefix: str) -> None:
    """Any bytes as the last part of an address."""
    response = Client().get(f"{API}/{prefix}{quote_from_bytes(tail)}")
    assert response.status_code < 500


@settings(BOUNDED, max_examples=80)
@given(body=st.one_of(st.binary(max_size=60), st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "x"]), inner, max_size=4),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_no_body_is_an_error_of_ours(hub: Hub, secretariat_token: str, body: bytes) -> None:
    """Any bytes and any JSON, sent by somebody who may write."""
    headers = {"authorization": f"Bearer {secretariat_token}"}
    for method, path in (("POST", "/organisations"), ("PATCH", f"/organisations/{hub.public.public_id}")):
        response = Client().generic(method, API + path, body, content_type="application/json", headers=headers)
        assert response.status_code < 500
    for media in ("text/csv", "application/json", "application/octet-stream"):
        response = Client().generic("POST", f"{API}/imports", body, content_type=media, headers=headers)
        assert response.status_code < 500


@pytest.fixture
def secretariat_token(hub: Hub) -> str:
    """A token that may do everything."""
    return token_for(hub.cast.secretariat)
