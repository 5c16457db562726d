"""The search through the API: its shape, its refusals, its pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from convener.foundation.search.asking import DEEPEST, facets
from convener.foundation.search.writing import rebuild
from convener.site.api import api as described
from tests.cast import Cast, Person, client_for, make_cast
from tests.contracts.hub import as_person
from tests.foundation.search.finding import API
from tests.rooms.directory.records import organisation, tool
from tests.rooms.library.shelf import put_piece, put_practice

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-3"), pytest.mark.usefixtures("no_limit")]


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    organisation("Haven House", country="FI", summary="A shelter <b>for</b> & of the haven.")
    organisation("Haven Members", country="FR", visibility="members")
    tool("haven-tool", name="Haven Tool", countries=["FI"])
    put_practice("haven-pact", name="Haven Pact")
    put_piece("haven-hint", title={"en": "Haven Hint"})
    rebuild()
    return cast


def told(query: str, status: int = 200, person: Person | None = None, *scopes: str) -> Any:
    return as_person(person, *scopes).json(f"/search?{query}", status)


def names(answer: Any) -> list[str]:
    return [one["name"] for one in answer["results"]]


def test_the_answer_has_its_shape_and_its_addresses_open(cast: Cast) -> None:
    answer = told("q=haven")
    assert set(answer) == {"count", "next", "previous", "slips", "facets", "results"}
    assert answer["count"] == 4
    assert (answer["next"], answer["previous"], answer["slips"]) == (None, None, [])
    assert {one["kind"] for one in answer["results"]} == {"organisation", "tool", "practice", "guidance"}
    for one in answer["results"]:
        assert set(one) == {"kind", "id", "name", "excerpt", "url"}
        assert Client().get(one["url"].removeprefix("http://testserver")).status_code == 200, one
    [house] = [one for one in answer["results"] if one["kind"] == "organisation"]
    assert house["excerpt"] == "A shelter <b>for</b> & of the haven.", "text, not markup"


def test_facets_count_and_narrow(cast: Cast) -> None:
    answer = told("q=haven")
    assert answer["facets"]["kind"] == {"organisation": 1, "tool": 1, "practice": 1, "guidance": 1}
    assert answer["facets"]["at"] == {"FI": 2}
    assert answer["facets"]["stage"] == {"idea": 1}
    narrowed = told("q=haven&at=FI&kind=tool")
    assert names(narrowed) == ["Haven Tool"]
    assert narrowed["facets"]["kind"] == {"organisation": 1, "tool": 1}
    assert set(names(told("kind=tool&kind=guidance"))) == {"Haven Tool", "Haven Hint"}
    assert told("at=SE&kind=")["count"] == 0


def test_members_with_a_token_find_more(cast: Cast) -> None:
    assert told("q=haven", 200, cast.bank)["count"] == 5
    assert told("q=haven", 200, cast.bank, "search:read")["count"] == 5
    assert told("q=haven", 200, cast.outsider)["count"] == 4


def test_a_token_without_the_scope_is_refused(cast: Cast) -> None:
    error = told("q=haven", 403, cast.ngo, "directory:read")["error"]
    assert error["message"]
    assert error["hint"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"), ("q=", "q"), ("q=%20", "q"), ("q=%00", "q"), ("kind=", "q"), ("q=haven&kinds=tool", "kinds"),
        ("q=haven&country=FI", "country"), ("q=haven&lang=de", "lang"), ("q=haven&lang=EN", "lang"),
        ("q=haven&per_page=0", "per_page"), ("q=haven&per_page=100000", "per_page"), ("q=haven&page=0", "page"),
        ("q=haven&page=x", "page"), ("q=" + "h" * 10_000, "q"), ("q=haven&at=XX", "at"), ("kind=person", "kind"),
        ("q=haven&stage=late", "stage"), ("q=haven&industry=" + "x" * 5_000, "industry"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_field(cast: Cast, query: str, field: str) -> None:
    error = told(query, 422)["error"]
    assert error["field"] == field or any(field in one["field"] for one in error.get("errors", []))
    assert error["message"]


def test_the_facets_and_their_values_are_described(cast: Cast) -> None:
    [operation] = [one for path, one in described.get_openapi_schema()["paths"].items() if path.endswith("/search")]
    parameters = {one["name"]: one["schema"] for one in operation["get"]["parameters"]}
    assert set(told("q=haven")["facets"]) < set(parameters)
    assert set(parameters["kind"]["items"]["enum"]) == {
        "organisation",
        "tool",
        "initiative",
        "practice",
        "guidance",
        "",
    }
    assert {"FI", "TH", ""} <= set(parameters["at"]["items"]["enum"])
    assert "Did you mean “practice”?" in told("kind=practise", 422)["error"]["hint"]


def test_a_misspelt_parameter_is_answered_with_the_right_one(cast: Cast) -> None:
    assert "kind" in told("q=haven&kinds=tool", 422)["error"]["hint"]


def test_words_are_read_in_the_language_given(cast: Cast) -> None:
    assert told("q=qui+est+haven&lang=fr")["count"] == 4
    assert told("q=Finlande&lang=fr")["count"] == 2
    assert told("q=هافن&lang=ar")["count"] == 0


def test_slips_are_told(cast: Cast) -> None:
    answer = told("q=haevn")
    assert (answer["count"], answer["slips"]) == (4, ["haevn"])


@pytest.mark.parametrize("asked", ["AND", '"', "(", "*", "%F0%9F%A7%91", "'", "%5C", "%ED%A0%80", "haven%00"])
def test_whatever_is_asked_is_answered(cast: Cast, asked: str) -> None:
    assert told(f"q={asked}")["count"] in (0, 4)


def test_pages_follow_each_other_without_doubles_or_gaps(cast: Cast) -> None:
    for number in range(23):
        organisation(f"Harbour {number}")
    rebuild()
    shown: list[str] = []
    address: str | None = f"{API}?q=harbour&per_page=5&kind=organisation"
    while address:
        page = json.loads(Client().get(address.removeprefix("http://testserver")).content)
        assert page["count"] == 23
        shown += names(page)
        address = page["next"]
    assert sorted(shown) == sorted(f"Harbour {number}" for number in range(23))
    last = told("q=harbour&per_page=5&page=5")
    assert (len(last["results"]), last["next"]) == (3, None)
    assert "page=4" in last["previous"]


@pytest.mark.parametrize("number", [7, 500, 10**6, 10**18])
def test_pages_beyond_the_end_are_empty(cast: Cast, number: int) -> None:
    answer = told(f"q=haven&page={number}")
    assert (answer["results"], answer["next"], answer["count"]) == ([], None, 4)
    assert answer["previous"]


def test_nothing_deeper_than_the_deepest_is_given(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    deepest = 13
    assert deepest < DEEPEST
    for module in ("api", "asking"):
        monkeypatch.setattr(f"convener.foundation.search.{module}.DEEPEST", deepest)
    for number in range(23):
        organisation(f"Harbour {number}")
    rebuild()
    shown: list[str] = []
    for number in range(1, 6):
        answer = told(f"q=harbour&per_page=5&page={number}")
        shown += names(answer)
        assert answer["count"] == 23
        assert bool(answer["next"]) is (number < 3)
    assert len(shown) == len(set(shown)) == deepest


def test_a_question_is_read_to_its_end(cast: Cast) -> None:
    assert told("q=" + "zz+" * 110 + "haven")["count"] == 4


def test_the_address_of_what_only_members_see_opens_for_a_member(cast: Cast) -> None:
    [one] = told("q=haven+members&kind=organisation&at=FR", 200, cast.ngo)["results"]
    assert client_for(cast.ngo).get(one["url"].removeprefix("http://testserver")).status_code == 200


def test_the_description_says_what_it_is() -> None:
    operation = described.get_openapi_schema()["paths"][API]["get"]
    assert {one["name"] for one in operation["parameters"]} == {"q", "lang", "page", "per_page", *facets()}
    assert {str(status) for status in operation["responses"]} >= {"200", "403", "503"}
