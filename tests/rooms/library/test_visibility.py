"""A practice whose initiative is not for everybody: there for those who may see it, and nowhere for all others."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from convener.rooms.directory.models import Initiative
from tests.cast import Cast, client_for, make_cast
from tests.foundation.markup import Page
from tests.rooms.library.shelf import API, HUB, PUBLIC, body, facet_counts, figure, listed, put_practice, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-2", "DIR-11")]
SECRET = "Zq-secret"
#: Keys of the practices that each sees, in the order of their numbers.
SEEN = {
    "nobody": ["open"], "outsider": ["open"], "worker": ["open"], "ngo": ["open", "members"],
    "donor": ["open", "members"], "secretariat": ["open", "members", "private"],
}  # fmt: skip
KEYS = ("open", "members", "private")


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast()
    for number, (key, visibility) in enumerate(zip(KEYS, ("public", "members", "private"), strict=True), start=1):
        put_practice(
            key, visibility=visibility, name=f"{SECRET} {key}", practice=number, models=["innovation"],
            summary={"en": f"{SECRET} text {key}"}, results=[figure(what={"en": f"{SECRET} figure {key}"})],
            countries=["TH"], started="2019", outcomes=[{"en": f"{SECRET} outcome {key}"}],
        )  # fmt: skip
    return cast


def door_of(cast: Cast, who: str) -> tuple[Client, str]:
    """A browser and the beginning of its addresses."""
    return (Client(), PUBLIC) if who == "nobody" else (client_for(getattr(cast, who)), HUB)


@pytest.mark.parametrize("who", SEEN)
def test_lists_counts_words_and_maps_hold_what_each_may_see(cast: Cast, who: str) -> None:
    client, door = door_of(cast, who)
    seen = SEEN[who]
    for query in ("", "?q=zq-secret", "?at=TH&part=financial&results=figures"):
        markup = body(client, f"{door}/practices/{query}")
        assert listed(markup) == seen, query
        for key in set(KEYS) - set(seen):
            assert f"{SECRET} {key}" not in words_of(markup), query
            assert f"text {key}" not in words_of(markup), query
    counts = facet_counts(body(client, f"{door}/practices/"))
    assert set(counts.values()) == {len(seen)}
    assert listed(body(client, f"{door}/practices/?q=private")) == (["private"] if "private" in seen else [])


@pytest.mark.parametrize("who", SEEN)
def test_pages_the_comparison_and_files_too(cast: Cast, who: str) -> None:
    client, door = door_of(cast, who)
    seen = SEEN[who]
    for key in KEYS:
        body(client, f"{door}/practices/{key}/", 200 if key in seen else 404)
    compared = body(client, f"{door}/practices/compare/?p=open&p=members&p=private")
    boxes = [one["value"] for one in Page(compared).all("input") if one.get("name") == "p"]
    assert boxes == seen
    assert [key for key in KEYS if f"{SECRET} outcome {key}" in compared] == (seen if len(seen) > 1 else [])
    assert [one["key"] for one in json.loads(body(client, f"{door}/practices.json"))] == seen
    csv = body(client, f"{door}/practices.csv")
    for key in KEYS:
        assert (f"{SECRET} text {key}" in csv) is (key in seen)
        assert (f"/{key}/" in body(client, f"{door}/practices/open/")) is (key in seen)  # practices like this one


def test_a_hidden_practice_and_none_read_the_same(cast: Cast) -> None:
    hidden, none = (body(Client(), f"{PUBLIC}/practices/{key}/", 404) for key in ("private", "absent"))
    assert hidden.replace("private", "absent") == none.replace("private", "absent")
    hidden, none = (body(Client(), f"{API}/practices/{key}", 404) for key in ("private", "absent"))
    assert hidden == none
    compared = [body(Client(), f"{PUBLIC}/practices/compare/?p=open&p={key}") for key in ("private", "absent")]
    assert compared[0].replace("private", "absent") == compared[1].replace("private", "absent")


def test_the_api_knows_of_public_ones_only_without_a_token(cast: Cast) -> None:
    told = json.loads(body(Client(), f"{API}/practices"))
    assert [one["id"] for one in told["results"]] == ["open"]
    assert told["count"] == 1
    for key in ("members", "private"):
        body(Client(), f"{API}/practices/{key}", 404)
    body(Client(), f"{API}/practices/open")


def test_who_sees_it_is_said_to_those_who_see_it(cast: Cast) -> None:
    for key, words in (("private", True), ("open", False)):
        markup = body(client_for(cast.secretariat), f"{HUB}/practices/{key}/")
        badges = markup.partition('<div class="badges">')[2].partition("</div>")[0]
        assert ("Not shown to others" in badges) is words


def test_the_organisation_that_keeps_an_initiative_sees_its_practice(cast: Cast) -> None:
    Initiative.objects.filter(slug="private").update(owner=cast.ngo.party)
    assert "private" in listed(body(client_for(cast.ngo), f"{HUB}/practices/"))
    assert "private" not in listed(body(client_for(cast.donor), f"{HUB}/practices/"))
    body(client_for(cast.ngo), f"{HUB}/practices/private/")


def test_the_members_hub_is_for_those_who_are_signed_in(cast: Cast) -> None:
    for path in (
        "",
        "practices/",
        "practices/open/",
        "practices/compare/",
        "practices.csv",
        "guidance/",
        "guidance.json",
    ):
        response = Client().get(f"{HUB}/{path}")
        assert response.status_code == 302
        assert "/account/login/" in response["Location"]
    half = client_for(cast.secretariat, second_factor=False)
    assert half.get(f"{HUB}/practices/private/").status_code == 302
