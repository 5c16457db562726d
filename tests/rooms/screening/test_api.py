"""Names against lists through the API: who may, what comes back, and what is kept (SCR-2, SCR-5)."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from convener.foundation.audit.models import AuditEntry
from convener.rooms.screening.models import WatchList
from tests.cast import Cast
from tests.contracts.hub import as_person, error
from tests.rooms.screening.lists import put_list, table

pytestmark = [pytest.mark.django_db, pytest.mark.req("SCR-2"), pytest.mark.req("SCR-5")]
MAY, MAY_NOT = (
    ("administrator", "secretariat", "ngo", "other_ngo", "company", "bank", "fiu"),
    ("donor", "worker", "outsider"),
)
NAME = "Zebulon Quartermaine"


def ask(person: Any, *queries: dict[str, Any], **more: Any) -> Any:
    """Ask as a person of the cast."""
    return as_person(person).send("POST", "/names/screen", {"queries": list(queries), **more})


def answered(person: Any, *queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The answer, which must come."""
    response = ask(person, *queries, **more)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_a_name_is_found_with_reasons_that_sum_to_its_score(cast: Cast, tmp_path: Path) -> None:
    row = put_list(tmp_path)
    told = answered(
        cast.company, {"id": "a", "name": "Quartermain, Zebulun", "type": "person", "country": "United Kingdom"}
    )
    assert told["lists"] == [{"name": "Test list", "date": "", "sha256": row.sha256, "count": 4}]
    [result] = told["results"]
    assert (result["query_id"], result["problem"]) == ("a", "")
    hit = result["hits"][0]
    assert (hit["rank"], hit["list"], hit["entry_id"]) == (1, "Test list", "E2")
    assert result["decision"] == hit["decision"] in ("match", "review")
    explanation = hit["explanation"]
    assert sum(part["gives"] for part in explanation["parts"]) == pytest.approx(hit["score"], abs=1e-4)
    assert explanation["score"] == hit["score"]
    assert {"kind": "country", "query": "GB", "entry": "GB", "how": "same"}.items() <= next(
        part for part in explanation["parts"] if part["kind"] == "country"
    ).items()
    assert all(part["says"] for part in explanation["parts"])


def test_a_country_may_be_a_name_in_any_language_of_the_hub(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path)
    scores = {
        country: answered(cast.ngo, {"name": NAME, "country": country})["results"][0]["hits"][0]["score"]
        for country in ("GB", "GBR", "Royaume-Uni", "FR", "")
    }
    assert scores["GB"] == scores["GBR"] == scores["Royaume-Uni"] > scores["FR"]


def test_what_cannot_be_used_is_told_and_the_rest_is_answered(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path)
    queries = [
        {"id": "good", "name": NAME},
        {"id": "empty", "name": "  "},
        {"id": "signs", "name": "?!…"},
        {"id": "trade", "name": "Ltd"},
        {"id": "country", "name": NAME, "country": "Atlantis"},
        {"id": "born", "name": NAME, "birth_date": "last summer"},
        {"id": "type", "name": NAME, "type": "ghost"},
        {"id": "long", "name": "x" * 5000},
        {"id": "lost", "name": f"{NAME[:-1]}\ufffd"},
        {"name": "Nobody Whatsoever Here"},
    ]
    results = {one["query_id"]: one for one in answered(cast.bank, *queries)["results"]}
    assert list(results) == [*(query["id"] for query in queries[:-1]), "10"]
    not_asked = {key for key, one in results.items() if one["decision"] == "not_asked"}
    assert not_asked == {"empty", "signs", "trade", "long"}
    assert {key for key, one in results.items() if one["problem"]} == not_asked | {"country", "born", "type", "lost"}
    assert "Atlantis" in results["country"]["problem"]
    for key in ("good", "country", "born", "type"):
        assert results[key]["decision"] == "match", key
    assert results["10"] == {"query_id": "10", "decision": "no_match", "problem": "", "hits": [], "more": 0}


def test_limits_and_thresholds_are_kept(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path, "Many", table(*(f"N{at},Zebulon Quartermaine {at},,person,,,\n" for at in range(9))))
    many = answered(cast.fiu, {"name": NAME}, limit=3)["results"][0]["hits"]
    assert [hit["rank"] for hit in many] == [1, 2, 3]
    assert answered(cast.fiu, {"name": "Zebulon Smith"}, threshold=1)["results"][0]["hits"] == []
    for wrong in (
        {"limit": 0},
        {"limit": 51},
        {"threshold": 0.1},
        {"threshold": 1.1},
        {"lists": ["No such"]},
        {"more": 1},
    ):
        assert error(ask(cast.fiu, {"name": NAME}, **wrong), 422)["message"], wrong
    assert error(ask(cast.fiu), 422)["message"]


def test_a_thousand_names_at_most(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path)
    assert len(answered(cast.bank, *[{"name": NAME}] * 1000)["results"]) == 1000
    error(ask(cast.bank, *[{"name": NAME}] * 1001), 422)


def test_lists_are_chosen_by_name(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path, "One")
    put_list(tmp_path, "Two", table("T1,Zebulon Quartermaine,,person,,,\n"))
    both = answered(cast.ngo, {"name": NAME})
    assert [one["name"] for one in both["lists"]] == ["One", "Two"]
    assert {(hit["list"], hit["entry_id"]) for hit in both["results"][0]["hits"]} == {("One", "E2"), ("Two", "T1")}
    second = answered(cast.ngo, {"name": NAME}, lists=["Two"])
    assert [one["name"] for one in second["lists"]] == ["Two"]
    assert [hit["entry_id"] for hit in second["results"][0]["hits"]] == ["T1"]
    told = error(ask(cast.ngo, {"name": NAME}, lists=["Twoo"]), 422)
    assert (told["field"], "Two" in told["hint"]) == ("lists", True)


def test_two_lists_with_the_same_bytes_answer_under_their_own_names(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path, "One")
    put_list(tmp_path, "Other")
    assert {hit["list"] for hit in answered(cast.ngo, {"name": NAME})["results"][0]["hits"]} == {"One", "Other"}


def test_without_a_list_nothing_is_called_clear(cast: Cast) -> None:
    told = error(ask(cast.ngo, {"name": NAME}), 409)
    assert "No list" in told["message"]
    assert told["hint"]
    assert as_person(cast.ngo).json("/names/lists") == {"lists": []}


def test_the_lists_that_can_be_asked(cast: Cast, tmp_path: Path) -> None:
    row = put_list(tmp_path)
    [told] = as_person(cast.fiu).json("/names/lists")["lists"]
    assert (told["name"], told["sha256"], told["count"], told["format"]) == ("Test list", row.sha256, 4, "csv")


@pytest.mark.parametrize("who", MAY)
def test_who_may_ask(cast: Cast, tmp_path: Path, who: str) -> None:
    put_list(tmp_path)
    person = getattr(cast, who)
    assert answered(person, {"name": NAME})["results"][0]["decision"] == "match"
    assert as_person(person).get("/names/lists").status_code == 200


@pytest.mark.parametrize("who", MAY_NOT)
def test_who_may_not_ask(cast: Cast, tmp_path: Path, who: str) -> None:
    """Their tokens cannot have the scope; a token of a former role that has it is of no use either."""
    put_list(tmp_path)
    person = getattr(cast, who)
    for response in (ask(person, {"name": NAME}), as_person(person).get("/names/lists")):
        told = error(response, 403)
        assert "names:screen" in told["message"]
        assert "Your role cannot have that scope" in told["hint"]


def test_a_token_that_had_the_scope_ends_with_the_role(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path)
    api = as_person(cast.ngo, "names:screen")
    type(cast.ngo.membership).objects.filter(pk=cast.ngo.membership.pk).update(role="donor")
    response = api.send("POST", "/names/screen", {"queries": [{"name": NAME}]})
    assert "may not" in error(response, 403)["message"]
    assert AuditEntry.objects.get(action="screening.ask").outcome == "refused"


def test_a_token_without_the_scope_may_not_ask(cast: Cast, tmp_path: Path) -> None:
    put_list(tmp_path)
    api = as_person(cast.bank, "directory:read")
    told = error(api.send("POST", "/names/screen", {"queries": [{"name": NAME}]}), 403)
    assert "names:screen" in told["message"]
    assert "Make a token" in told["hint"]
    error(as_person(None).send("POST", "/names/screen", {"queries": [{"name": NAME}]}), 401)


def test_the_audit_has_numbers_and_lists_and_no_name(cast: Cast, tmp_path: Path, caplog: Any) -> None:
    """Neither the database nor the log nor a file has the name, number or date that was asked for."""
    row, other = put_list(tmp_path), put_list(tmp_path, "Other", table("T1,Somebody Else,,person,,,\n"))
    secret = "Xanthippe Wolkenstein"
    with caplog.at_level(logging.DEBUG):
        answered(cast.bank, {"name": secret, "identifier": "ZZ-998877", "birth_date": "1961-02-03"}, {"name": NAME})
    entries = AuditEntry.objects.filter(action="screening.ask")
    assert {(one.record, one.count, one.outcome) for one in entries} == {
        (str(one.pk), 2, "done") for one in (row, other)
    }
    assert {tuple(one.fields) for one in entries} == {("birth_date", "identifier", "name")}
    assert {one.user_id for one in entries} == {cast.bank.user.pk}
    assert {one.sha256 for one in WatchList.objects.filter(pk__in=[one.record for one in entries])} == {
        row.sha256, other.sha256,
    }  # fmt: skip
    rows = [str(list(model._base_manager.values())) for model in apps.get_models()]
    assert any("Test list" in text for text in rows)
    kept = [
        caplog.text,
        *rows,
        *(path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()),
    ]
    for text in kept:
        assert "Xanthippe" not in text
        assert "998877" not in text
