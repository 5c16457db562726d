"""The library for programs: the same records as on the pages, filters checked, pages, and who may ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convener.foundation.accounts.actions.tokens import make_token
from convener.rooms.directory.models import Profile
from convener.rooms.library.models import Guidance, Practice
from tests.cast import Person, make_cast
from tests.rooms.library.shelf import API, PUBLIC, body, listed

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-2", "LIB-3"), pytest.mark.usefixtures("shipped")]


@pytest.fixture(autouse=True)
def _no_limit(settings: Any) -> None:
    settings.CONVENER = settings.CONVENER.model_copy(update={"api_rate": 1_000_000})


def told(path: str, token: str = "", status: int = 200) -> Any:
    """The JSON that an address of the API answers, without a cookie."""
    response = Client().get(f"{API}{path}", headers={"authorization": f"Bearer {token}"} if token else {})
    assert response.status_code == status, response.content
    assert not response.cookies
    return json.loads(response.content)


def token_of(person: Person, *scopes: str) -> str:
    """A token of this person with these scopes."""
    made = make_token(actor=person.actor, membership=person.membership, label="Test", scopes=scopes, days=1)
    return made[1]


@pytest.mark.parametrize(("shelf", "total"), [("practices", 39), ("guidance", None)])
def test_pages_of_the_list_hold_each_record_once_in_order(shelf: str, total: int | None) -> None:
    keys: list[str] = []
    path = f"/{shelf}?per_page=20"
    for _ in range(100):
        page = told(path)
        keys += [one["id"] for one in page["results"]]
        if not page["next"]:
            break
        path = page["next"].partition(API)[2]
    held: Any = Practice.objects.order_by("initiative__practice").values_list("initiative__slug", flat=True)
    wanted = list(held) if shelf == "practices" else list(Guidance.objects.values_list("slug", flat=True))
    assert keys == wanted
    assert page["count"] == len(wanted) == (total or len(wanted))


def test_filters_and_words_are_those_of_the_pages() -> None:
    for shelf, query in (
        ("practices", "part=financial&results=figures"), ("practices", "q=bank"), ("practices", "at=GB&at=CA"),
        ("practices", "q=زبون"), ("guidance", "topic=risk&stage=scoping"),
        ("guidance", "sector=technology&kind=lesson&q=data"),
    ):  # fmt: skip
        found = [one["id"] for one in told(f"/{shelf}?{query}&per_page=25")["results"]]
        assert found == listed(body(Client(), f"{PUBLIC}/{shelf}/?{query}"))[:25], query


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/practices?part=moonshine", 422),
        ("/practices?at=XX", 422),
        ("/practices?stage=idea", 422),
        ("/practices?results=some", 422),
        ("/guidance?stage=wedding", 422),
        ("/guidance?sector=understanding", 422),
        ("/guidance?audience=everybody", 422),
        ("/guidance?nothing=1", 422),
        ("/practices?q=" + "a" * 10_000, 422),
        ("/practices?page=0", 422),
        ("/guidance?page=x", 422),
        ("/practices/samlit?q=1", 422),
        ("/practices/none", 404),
        ("/practices/%00", 404),
        ("/guidance/none", 404),
        ("/guidance/" + "a" * 3_000, 404),
        ("/practices?q=%00", 200),
        ("/guidance?q=%00bank", 200),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_asked_wrongly_is_told(path: str, status: int) -> None:
    answer = told(path, status=status)
    if status != 200:
        assert answer["error"]["message"]
        assert answer["error"]["hint"]


@pytest.mark.parametrize("shelf", ["practices", "guidance"])
def test_a_page_beyond_the_end_is_empty_and_leads_back(shelf: str) -> None:
    page = told(f"/{shelf}?page=99999&per_page=25")
    assert (page["results"], page["next"]) == ([], None)
    assert told(page["previous"].partition(API)[2])["results"]


def test_a_practice_is_whole() -> None:
    one = told("/practices/samlit")
    practice = Practice.objects.get(initiative__slug="samlit")
    assert (one["practice"], one["part"], one["section"]) == (16, "financial", practice.section)
    for name in ("summary", "purpose", "how", "outcomes", "legal_basis", "lessons"):
        assert one[name] == getattr(practice, name)
    rows = [(row["value"], row["unit"], row["qualifier"], row["when"]) for row in one["results"]]
    assert ("123000000", "ZAR", "more-than", "first year") in rows
    assert len(rows) == practice.results.count()
    assert {(row["name"], row["role"]) for row in one["members"]} == {
        (row.party.name, row.role) for row in practice.initiative.members.select_related("party")
    }
    assert told(one["url"].partition(API)[2]) == one


def test_a_piece_is_whole() -> None:
    piece = Guidance.objects.all()[0]
    Guidance.objects.filter(pk=piece.pk).update(note="Ask Mary.")
    one = told(f"/guidance/{piece.slug}")
    for name in ("kind", "topic", "stages", "sectors", "audiences", "title", "text", "source"):
        assert one[name] == getattr(piece, name)
    assert (one["note"], one["useful"], one["not_useful"]) == ("", 0, 0)
    member = told(f"/guidance/{piece.slug}", token_of(make_cast().ngo, "library:read"))
    assert member["note"] == "Ask Mary."


def test_hidden_organisations_are_named_to_those_only_who_may_see_them() -> None:
    cast = make_cast()
    member = Practice.objects.get(initiative__slug="acip").initiative.members.select_related("party")[0]
    Profile.objects.filter(party=member.party).update(visibility="members")
    for token, seen in (
        ("", False), (token_of(cast.outsider, "library:read"), False), (token_of(cast.ngo, "library:read"), True),
    ):  # fmt: skip
        for path in ("/practices/acip", "/practices?q=ACIP"):
            assert (member.party.public_id in json.dumps(told(path, token))) is seen


def test_a_token_needs_the_scope_of_the_library() -> None:
    token = token_of(make_cast().secretariat, "directory:read", "library:write")
    for path in ("/practices", "/practices/samlit", "/guidance", f"/guidance/{Guidance.objects.all()[0].slug}"):
        assert told(path, token, status=403)["error"]["hint"]


def sent(path: str, values: dict[str, Any], token: str, status: int = 200) -> Any:
    """What is answered to a change."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    response = Client().patch(f"{API}{path}", json.dumps(values), content_type="application/json", headers=headers)
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_members_say_what_is_useful_and_the_secretariat_keeps_notes() -> None:
    cast, piece = make_cast(), Guidance.objects.all()[0]
    path = f"/guidance/{piece.slug}"
    ngo, office = (token_of(person, "library:read", "library:write") for person in (cast.ngo, cast.secretariat))
    assert (sent(path, {"useful": True}, ngo)["useful"], sent(path, {}, ngo)["useful"]) == (1, 1)
    assert sent(path, {"useful": False}, ngo)["not_useful"] == 1
    shown = sent(path, {"useful": None}, ngo)
    assert (shown["useful"], shown["not_useful"]) == (0, 0)
    shown = sent(path, {"note": "Ask Mary.", "hidden": True}, office)
    assert (shown["note"], shown["useful"]) == ("Ask Mary.", 0)
    assert told(path, ngo, status=404)["error"]["message"]
    sent(path, {"hidden": False}, office)
    assert told(path, ngo)["note"] == "Ask Mary."


def test_who_may_not_say_it_changes_nothing() -> None:
    cast, piece = make_cast(), Guidance.objects.all()[0]
    path, every = f"/guidance/{piece.slug}", {"useful": True, "note": "Mine", "hidden": True}
    sent(path, every, "", status=401)
    sent(path, every, token_of(cast.secretariat, "library:read"), status=403)
    sent(path, every, token_of(cast.ngo, "library:read", "library:write"), status=403)
    sent(path, {"note": "x" * 2_001, "useful": True}, token_of(cast.secretariat, "library:write"), status=422)
    sent(path, {"notes": "Mine"}, token_of(cast.secretariat, "library:write"), status=422)
    sent("/guidance/none", every, token_of(cast.secretariat, "library:write"), status=404)
    piece.refresh_from_db()
    assert (piece.note, piece.hidden, piece.verdicts.count()) == ("", False, 0)


def queries(ask: Callable[[], Any]) -> int:
    """How many queries it takes, once what a process keeps in memory is there."""
    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


@pytest.mark.parametrize(
    "path",
    [
        f"{PUBLIC}/practices/?q=x",
        f"{PUBLIC}/guidance/",
        f"{PUBLIC}/practices/compare/",
        f"{PUBLIC}/practices/samlit/",
        f"{PUBLIC}/guidance.json",
        f"{API}/guidance?per_page=50",
        f"{API}/practices?per_page=39",
        f"{PUBLIC}/practices.json",
    ],
)
def test_queries_do_not_grow_with_the_records(path: str) -> None:
    assert queries(lambda: body(Client(), path)) <= 15
