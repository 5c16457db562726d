"""The description of the API is valid OpenAPI 3.1, complete, and true: whatever is sent, answers are as it says."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks, definitions

from convener.rooms.directory.columns import NAMES
from tests.contracts.hub import API, Hub, as_person, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-10"), pytest.mark.usefixtures("no_limit")]
ADDRESS = f"{API}/openapi.json"
#: Their bodies can be wrong in ways that a JSON schema cannot say: a check digit, a country, a file that is no table.
RULES_BEYOND_TYPES = {"addOrganisation", "changeOrganisation", "importOrganisations"}
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    """The description as it is served."""
    from convener.site.api import api

    described: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return described


def _check_all(token: str, mode: GenerationMode) -> set[str]:
    """Send what the description lets through, or what it does not, to every operation, and check each answer.

    The operations tried; those without anything that could be wrong are left out of the second.
    """
    schema = schemathesis.openapi.from_wsgi(ADDRESS, get_wsgi_application())
    headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {token}"} if token else {})
    tried = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        excluded = [checks.positive_data_acceptance] if name in RULES_BEYOND_TYPES else []

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def every_answer_is_as_described(case: schemathesis.Case, excluded: Any = excluded) -> None:
            case.call_and_validate(headers=headers, excluded_checks=excluded)

        try:
            every_answer_is_as_described()
        except Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE
        else:
            tried.add(name)
    return tried


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_everybody(hub: Hub, mode: GenerationMode) -> None:
    """Whatever is sent without a token, the answer is one that the description declares."""
    print(_check_all("", mode))


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_secretariat(hub: Hub, mode: GenerationMode) -> None:
    """So it is for the secretariat, who may do everything."""
    print(_check_all(token_for(hub.cast.secretariat), mode))
