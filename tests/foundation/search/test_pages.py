"""The pages of the search, and the searches that members keep."""

from __future__ import annotations

import json
import re
import uuid
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from convener.foundation.accounts.actions.erasure import erase_account
from convener.foundation.search.models import SavedSearch
from convener.foundation.search.saving import MOST_KEPT
from convener.foundation.search.urls import hub_urlpatterns, public_urlpatterns
from convener.foundation.search.writing import rebuild
from tests.cast import Cast, Person, client_for, make_cast
from tests.foundation.markup import Page
from tests.foundation.search.finding import MEMBERS, PUBLIC, counted, listed, main_part, page
from tests.rooms.directory.records import organisation, tool
from tests.rooms.library.shelf import put_practice

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-3")]
SAVED = f"{MEMBERS}saved/"
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=y>"
ADDRESSES = {
    "search:results": (200, 200), "search:suggest": (200, 200),
    "hub_search:results": (302, 200), "hub_search:suggest": (302, 200), "hub_search:saved": (302, 200),
    "hub_search:keep": (302, 405), "hub_search:look": (302, 405), "hub_search:forget": (302, 405),
}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def marks(markup: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", markup)


def messages_of(markup: str) -> str:
    return " ".join(Page(markup).text.split())


# Results


def test_found_words_are_marked_in_names_and_excerpts() -> None:
    organisation("Haven House", summary="A shelter. " + "Nothing here. " * 60 + "Two shelters of a haven stand here.")
    rebuild()
    markup = main_part(page(Client(), f"{PUBLIC}?q=the+haven+shelter"))
    assert marks(markup) == ["Haven", "shelters", "haven"]
    assert "… " in markup
    assert listed(markup) == ["Haven House"]
    Page(page(Client(), f"{PUBLIC}?q=haven"))


def test_an_excerpt_is_of_the_whole_text_where_the_summary_lacks_the_words() -> None:
    put_practice(
        "pact",
        name="Haven Pact",
        summary={"en": "In short.", "fr": "En bref."},
        how=[{"en": "Brick kilns are visited every month."}],
    )
    rebuild()
    markup = main_part(page(Client(), "/fr/search/?q=kilns"))
    assert marks(markup) == ["kilns"]
    assert re.search(r'<p dir="auto" lang="en">[^<]*Brick <mark>kilns</mark> are visited', markup)
    markup = main_part(page(Client(), "/fr/search/?q=pact"))
    assert "En bref." in markup
    assert "Brick" not in markup


def test_who_finds_more_than_are_listed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(45):
        organisation(f"Haven {number}")
    rebuild()
    assert "are listed" not in page(Client(), f"{PUBLIC}?q=haven")
    monkeypatch.setattr("convener.foundation.search.pages.DEEPEST", 40)
    for address in (f"{PUBLIC}?q=haven", f"{PUBLIC}?q=haven&page=9"):
        markup = page(Client(), address)
        assert counted(markup) == 45
        assert "The best 40 are listed" in markup
    assert len(listed(markup)) == 20


def test_results_say_their_kind_and_lead_to_their_page() -> None:
    party = organisation("Haven House", country="FI")
    tool("haven-tool", name="Haven Tool")
    put_practice("haven-pact", name="Haven Pact")
    rebuild()
    markup = page(Client(), f"{PUBLIC}?q=haven")
    links = re.findall(r'<h3><a href="([^"]*)">', markup)
    assert set(links) == {
        f"/en/directory/{party.public_id}/",
        "/en/directory/tools/haven-tool/",
        "/en/library/practices/haven-pact/",
    }
    assert set(re.findall(r'<p class="meta muted"><span><b>(.*?)</b>', markup)) == {
        "Organisations",
        "Tools",
        "Practices",
    }
    for link in links:
        page(Client(), link)
    assert counted(markup) == 3


def test_an_empty_box_and_a_search_without_results() -> None:
    rebuild()
    for query in ("", "?q=", "?q=+++", "?unknown=1"):
        markup = page(Client(), f"{PUBLIC}{query}")
        assert "One box for" in markup
        assert 'class="counted"' not in markup
    for query in ("?q=haven", "?q=%3F%21", "?q=!&kind=tool", "?at=FI&kind=nonsense&page=7"):
        markup = page(Client(), f"{PUBLIC}{query}")
        assert "Nothing was found" in markup
        Page(markup)


def test_arabic_reads_from_right_to_left() -> None:
    organisation("شركة البحر", summary="شركات صغيرة", summary_language="ar")
    rebuild()
    markup = page(Client(), f"/ar/search/?q={quote('الشركات')}")
    assert re.search(r'<html[^>]* lang="ar"[^>]* dir="rtl"|<html[^>]* dir="rtl"[^>]* lang="ar"', markup)
    assert listed(markup) == ["شركة البحر"]
    assert marks(main_part(markup)) == ["شركة", "شركات"]
    for language in ("fr", "es"):
        assert listed(page(Client(), f"/{language}/search/?q={quote('شركة')}")) == ["شركة البحر"]


def test_slips_are_said() -> None:
    organisation("Haven House", summary="A shelter.")
    rebuild()
    markup = page(Client(), f"{PUBLIC}?q=shetler")
    assert "“<bdi>shetler</bdi>” is written nowhere. Similar words were looked for." in markup
    assert marks(main_part(markup)) == ["shelter"]
    assert "These words are written nowhere: <bdi>shetler</bdi> · <bdi>hvaen</bdi>." in page(
        Client(), f"{PUBLIC}?q=shetler+hvaen"
    )
    assert "written nowhere" not in page(Client(), f"{PUBLIC}?q=shelter")


def test_hostile_names_and_questions_stay_text() -> None:
    organisation(f"Haven {HOSTILE}", summary=f"About haven {HOSTILE} and <b>more</b>")
    rebuild()
    for side in (PUBLIC, f"/fr/{PUBLIC.removeprefix('/en/')}"):
        for asked in ("haven script", HOSTILE, f"haven {HOSTILE}", "haven&kind=" + quote(HOSTILE)):
            query = asked if asked.startswith("haven&") else quote(asked)
            markup = page(Client(), f"{side}?q={query}")
            Page(markup)
            assert "<script>alert" not in markup
            assert "<img src=x" not in markup
            assert "<b>more</b>" not in markup
    assert listed(page(Client(), f"{PUBLIC}?q=haven")) == [f"Haven {HOSTILE}"]
    assert [unescape(one) for one in marks(main_part(page(Client(), f"{PUBLIC}?q=script")))] == ["script"] * 4


@pytest.mark.parametrize("asked", ["AND OR NOT", '( ) : * ~ ^ "', "a", "h" * 4_000, "\x00", "🧑‍⚖️", "é́", "' OR 1=1 --"])
def test_pages_answer_whatever_is_typed(cast: Cast, asked: str) -> None:
    organisation("Haven House")
    rebuild()
    for client, side in ((Client(), PUBLIC), (client_for(cast.ngo), MEMBERS)):
        assert Page(page(client, f"{side}?q={quote(asked)}")).all("h1")
        assert set(json.loads(page(client, f"{side}suggest/?q={quote(asked)}"))) == {"suggestions"}


def test_suggestions_are_json_with_names_that_begin_so_first(cast: Cast) -> None:
    organisation("Old Haven")
    organisation(f"Haven {HOSTILE}")
    organisation("Haven Members", visibility="members")
    organisation("Haven Private", visibility="private")
    tool("haven-tool", name="Haven Tool")
    rebuild()
    response = Client().get(f"{PUBLIC}suggest/?q=have")
    assert response["Content-Type"] == "application/json"
    told = response.json()["suggestions"]
    assert {one["name"] for one in told[:2]} == {f"Haven {HOSTILE}", "Haven Tool"}
    assert [one["name"] for one in told[2:]] == ["Old Haven"]
    assert told[0].keys() == {"name", "kind", "href"}
    names = {one["name"] for one in client_for(cast.ngo).get(f"{MEMBERS}suggest/?q=have").json()["suggestions"]}
    assert "Haven Members" in names
    assert "Haven Private" not in names


def test_the_public_door_reads_only_and_sets_no_cookie() -> None:
    rebuild()
    for name in ("results", "suggest"):
        response = Client().get(reverse(f"search:{name}"), {"q": "haven"})
        assert not response.cookies
        assert Client().post(reverse(f"search:{name}"), {"q": "haven"}).status_code == 405


def test_every_address_is_tried_by_nobody_and_by_a_member(cast: Cast) -> None:
    rebuild()
    patterns = {"search": public_urlpatterns, "hub_search": hub_urlpatterns}
    assert set(ADDRESSES) == {f"{space}:{one.name}" for space, found in patterns.items() for one in found}
    for name, answers in ADDRESSES.items():
        arguments = (uuid.uuid4(),) if name.rpartition(":")[2] in ("look", "forget") else ()
        for person, status in zip((None, cast.ngo), answers, strict=True):
            response = client_for(person).get(reverse(name, args=arguments))
            assert response.status_code == status, (name, person)
            if status == 302:
                assert "/account/login/" in response["Location"]


# Kept searches


def keep(person: Person, query: str, name: str, status: int = 302) -> str:
    """Keep a search as the form does; where it leads."""
    response = client_for(person).post(f"{SAVED}keep/", {"query": query, "name": name})
    assert response.status_code == status
    return response.get("Location", "")


def kept_of(person: Person) -> list[str]:
    return list(SavedSearch.objects.filter(user=person.user).values_list("name", flat=True))


def test_a_search_is_kept_listed_looked_at_and_deleted(cast: Cast) -> None:
    organisation("Haven House", country="FI")
    rebuild()
    client = client_for(cast.ngo)
    form = page(client, f"{MEMBERS}?q=haven&at=FI")
    assert 'name="query" value="q=haven&amp;at=FI"' in form
    assert 'value="haven"' in form.partition('id="keep-name"')[2]
    assert keep(cast.ngo, "q=haven&at=FI", "  Our   haven ") == SAVED
    markup = page(client, SAVED)
    assert listed(markup) == ["Our haven"]
    assert "1 result" in markup
    assert "when you last looked" not in markup
    organisation("Haven Hall", country="FI")
    organisation("Haven Hut", country="FI", visibility="private")
    rebuild()
    markup = page(client, SAVED)
    assert "1 more than when you last looked" in markup
    assert "2 results" in markup
    [search] = SavedSearch.objects.all()
    assert client.get(f"{SAVED}{search.pk}/").status_code == 405, "a page that is only fetched changes nothing"
    response = client.post(f"{SAVED}{search.pk}/")
    assert (response.status_code, response["Location"]) == (302, f"{MEMBERS}?q=haven&at=FI")
    assert "when you last looked" not in page(client, SAVED)
    assert client.post(f"{SAVED}{search.pk}/forget/").status_code == 302
    assert "You keep no searches yet" in page(client, SAVED)


@pytest.mark.req("DIR-11")
def test_other_peoples_searches_are_not_there(cast: Cast) -> None:
    rebuild()
    keep(cast.ngo, "q=haven", "Zq mine")
    [search] = SavedSearch.objects.all()
    for other in (cast.other_ngo, cast.secretariat, cast.administrator):
        client = client_for(other)
        assert client.post(f"{SAVED}{search.pk}/").status_code == 404
        assert client.post(f"{SAVED}{search.pk}/forget/").status_code == 404
        assert "Zq mine" not in page(client, SAVED)
    hidden, absent = (
        client_for(cast.other_ngo).post(f"{SAVED}{key}/").content.decode() for key in (search.pk, uuid.uuid4())
    )
    assert Page(hidden).text == Page(absent).text
    assert client_for(None).post(f"{SAVED}{search.pk}/").status_code == 302
    assert kept_of(cast.ngo) == ["Zq mine"]


def test_another_search_of_the_same_name_is_refused_and_the_same_is_counted_anew(cast: Cast) -> None:
    rebuild()
    keep(cast.ngo, "q=haven", "Mine")
    response = client_for(cast.ngo).post(f"{SAVED}keep/", {"query": "q=harbour", "name": " Mine"}, follow=True)
    assert "You keep another search under this name. Choose another name" in messages_of(response.content.decode())
    keep(cast.other_ngo, "q=house", "Mine")
    assert SavedSearch.objects.get(user=cast.ngo.user).query == "q=haven"
    organisation("Haven House")
    rebuild()
    keep(cast.ngo, "q=haven", "Mine")
    assert SavedSearch.objects.get(user=cast.ngo.user).seen_total == 1
    assert SavedSearch.objects.get(user=cast.other_ngo.user).query == "q=house"


@pytest.mark.parametrize(
    ("query", "name"), [("q=haven", ""), ("q=haven", "  \x00 "), ("q=haven", "x" * 121), ("", "Mine"), ("a=b", "Mine")]
)
def test_what_cannot_be_kept_is_said(cast: Cast, query: str, name: str) -> None:
    rebuild()
    response = client_for(cast.ngo).post(f"{SAVED}keep/", {"query": query, "name": name}, follow=True)
    said = messages_of(response.content.decode())
    assert "A name has 1 to 120 characters." in said or "There is nothing to keep in this search." in said
    assert kept_of(cast.ngo) == []


def test_hostile_searches_are_kept_as_text(cast: Cast) -> None:
    rebuild()
    keep(cast.ngo, f"q={quote(HOSTILE)}&at={quote(HOSTILE)}&next=//evil.example", HOSTILE)
    markup = page(client_for(cast.ngo), SAVED)
    Page(markup)
    assert "<script>alert" not in markup
    assert listed(markup) == [HOSTILE]
    location = client_for(cast.ngo).post(f"{SAVED}{SavedSearch.objects.get().pk}/")["Location"]
    assert location.startswith(f"{MEMBERS}?q=")
    assert "evil.example" not in location


def test_fifty_are_the_most(cast: Cast) -> None:
    rebuild()
    SavedSearch.objects.bulk_create(
        SavedSearch(user=cast.ngo.user, name=f"Search {number}", query="q=haven") for number in range(MOST_KEPT)
    )
    response = client_for(cast.ngo).post(f"{SAVED}keep/", {"query": "q=more", "name": "One more"}, follow=True)
    assert "50 searches, which are the most" in messages_of(response.content.decode())
    assert SavedSearch.objects.filter(user=cast.ngo.user).count() == MOST_KEPT == 50
    keep(cast.ngo, "q=haven", "Search 7")
    assert SavedSearch.objects.get(name="Search 7").seen_at is not None
    keep(cast.other_ngo, "q=more", "One more")
    assert kept_of(cast.other_ngo) == ["One more"]


def test_searches_go_with_their_account(cast: Cast) -> None:
    rebuild()
    keep(cast.ngo, "q=haven", "Mine")
    keep(cast.other_ngo, "q=haven", "Theirs")
    user = cast.ngo.user
    erase_account(actor=cast.ngo.actor, user=user, confirmed_email=user.email)
    assert kept_of(cast.ngo) == []
    assert kept_of(cast.other_ngo) == ["Theirs"]


def test_without_an_index_kept_searches_are_listed_and_can_be_deleted(cast: Cast) -> None:
    search = SavedSearch.objects.create(user=cast.ngo.user, name="Mine", query="q=haven", seen_total=3)
    client = client_for(cast.ngo)
    assert "3 results" in page(client, SAVED)
    assert keep(cast.ngo, "q=harbour", "Other", 503) == ""
    assert client.post(f"{SAVED}{search.pk}/").status_code == 503
    assert "The search is being prepared." in page(client, f"{MEMBERS}?q=haven", 503)
    assert client.post(f"{SAVED}{search.pk}/forget/").status_code == 302
    assert kept_of(cast.ngo) == []


def test_a_form_without_its_token_is_refused(cast: Cast) -> None:
    rebuild()
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_for(cast.ngo).cookies
    assert client.post(f"{SAVED}keep/", {"query": "q=haven", "name": "Mine"}).status_code == 403
    assert kept_of(cast.ngo) == []
