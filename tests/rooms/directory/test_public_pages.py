"""The directory without an account: lists, map, facets, records, files, the embedded map."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client

from convener.engines.identifiers import read_public_id
from convener.errors import InvalidValue
from convener.foundation.actor import OPERATOR
from convener.foundation.audit.models import Tombstone
from convener.foundation.parties.merging import merge, undo_merge
from convener.foundation.parties.models import Party
from tests.foundation.markup import Page
from tests.rooms.directory import records
from tests.rooms.directory.records import initiative, organisation, page_text, shelter, tool, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:No directory at")]
LISTS = ("directory/", "directory/tools/", "directory/initiatives/")


def results(markup: str) -> list[str]:
    """Names on the cards of a list, in order."""
    listed = re.search(r'<ol class="results".*?</ol>', markup, re.DOTALL)
    return re.findall(r"<h3><a [^>]*><bdi>(.*?)</bdi>", listed.group()) if listed else []


def map_numbers(markup: str) -> dict[str, int]:
    """Counts by country name, as the map's links say them."""
    found = re.findall(r'<a href="[^"]*" aria-label="([^":]+): ([\d,]+)">', markup)
    return {name: int(number.replace(",", "")) for name, number in found}


def facet_numbers(markup: str, title: str) -> dict[str, int]:
    """Counts by label of one facet."""
    for part in re.findall(r'<details class="facet".*?(?=<details class="facet"|</aside>)', markup, re.DOTALL):
        if re.search(rf"<summary>{title}<", part):
            pairs = re.findall(r'<bdi>([^<]+)</bdi>.*?<span class="count">([\d,]+)</span>', part)
            return {label: int(number) for label, number in pairs}
    return {}


@pytest.mark.req("DIR-3")
def test_list_map_and_facets_show_the_same_set() -> None:
    for number in range(3):
        organisation(f"Thai {number}", country="TH", type="ngos", industries=["fishing-seafood"])
    organisation("Briton", country="GB", type="banks")
    organisation("Closed", country="GB", type="banks", status="closed")
    organisation("Invented", country="GB", is_demo=True)
    everything = page_text(Client(), "/en/directory/")
    assert results(everything) == ["Briton", "Thai 0", "Thai 1", "Thai 2"]
    assert map_numbers(everything) == {"Thailand": 3, "United Kingdom": 1} == facet_numbers(everything, "Country")
    assert "4 organisations · 2 countries on the map" in words_of(everything)
    some = page_text(Client(), "/en/directory/?type=ngos")
    assert results(some) == ["Thai 0", "Thai 1", "Thai 2"]
    assert map_numbers(some) == {"Thailand": 3} == facet_numbers(some, "Country")
    assert facet_numbers(some, "Type")["Banks and other financial institutions"] == 1  # what another choice would bring


@pytest.mark.req("DIR-3")
def test_a_shared_address_keeps_words_filters_and_page() -> None:
    for number in range(30):
        organisation(f"Partner {number:02}", country="KE", type="ngos")
    organisation("Other", country="KE", type="banks")
    first = page_text(Client(), "/en/directory/?q=partner&type=ngos")
    assert len(results(first)) == 25
    assert "30 organisations" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = page_text(Client(), "/en/directory/" + following.group(1).replace("&amp;", "&"))
    assert results(second) == [f"Partner {number:02}" for number in range(25, 30)]
    assert re.search(r'<ol class="results" start="26">', second)
    assert results(page_text(Client(), "/en/directory/?q=partner&type=ngos&page=999999999999999999999")) == results(
        second
    )
    assert results(page_text(Client(), "/en/directory/?q=partner&type=ngos&page=x")) == results(first)


@pytest.mark.req("DIR-3")
def test_words_are_found_in_names_other_names_and_text_whatever_the_accents() -> None:
    organisation("Réseau Espoir", summary="Works with café owners.", names=(("شبكة الأمل", "translation", "ar"),))
    organisation("Something else")
    for words in ("reseau", "ESPOIR", "cafe", "شبكة", "owners café"):
        assert results(page_text(Client(), f"/en/directory/?q={words}")) == ["Réseau Espoir"], words
    assert results(page_text(Client(), "/en/directory/?q=nothing-like-it")) == []


@pytest.mark.req("DIR-3")
def test_filters_in_force_can_be_taken_away_one_by_one() -> None:
    organisation("One", country="TH", type="ngos")
    markup = page_text(Client(), "/en/directory/?q=one&at=TH&type=ngos")
    chips = re.search(r'<ul class="chips".*?</ul>', markup, re.DOTALL)
    assert chips is not None
    hrefs = [href.replace("&amp;", "&") for href in re.findall(r'href="([^"]+)"', chips.group())]
    assert hrefs == ["?at=TH&type=ngos", "?q=one&type=ngos", "?q=one&at=TH", "/en/directory/"]
    fields = [(one["name"], one.get("value", "")) for one in Page(markup).all("input")]
    assert fields == [("q", "one"), ("at", "TH"), ("type", "ngos")]


@pytest.mark.req("DIR-3")
def test_one_country_is_shown_in_detail_with_its_places_as_clusters() -> None:
    for number in range(4):
        organisation(f"Works {number}", country="TH", latitude=13.75 + number / 100, longitude=100.5)
    world, country = page_text(Client(), "/en/directory/"), page_text(Client(), "/en/directory/?at=TH")
    assert "Back to the map of the world" not in world
    assert "Back to the map of the world" in country
    views = [re.search(r'class="map-drawing"[^>]*viewBox="([^"]+)"', one) for one in (world, country)]
    assert views[0] is not None
    assert views[1] is not None
    assert views[0].group(1) != views[1].group(1)
    for markup in (world, country):
        circles = re.search(r'<g class="map-clusters".*?</g>', markup)
        assert circles is not None
        assert ">4<" in circles.group()


@pytest.mark.req("DIR-3")
def test_empty_lists_say_what_to_do() -> None:
    assert "Nothing is recorded here yet" in page_text(Client(), "/en/directory/")
    organisation("One")
    assert "Nothing matches" in page_text(Client(), "/en/directory/?q=two")


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_public_pages_are_sound_and_need_no_cookie_and_no_script(language: str) -> None:
    one = organisation(
        "<script>alert(1)</script> <u>&</u> Co", country="TH", type="ngos", summary='Says "hello" <u>here</u>',
        summary_language="en",
        website="https://example.org/?a=1&b=2", latitude=13.75, longitude=100.5, place_visibility="public",
        names=(("الأمل", "translation", "ar"), ("HOPE", "acronym", "")),
    )  # fmt: skip
    tool(providers=(one,), summary="<u>x</u>", practice=3, website="https://example.org")
    initiative(members=((one, "convener"),), source={"document": "unodc-compendium", "ref": "Practice 4"}, practice=4)
    paths = [
        "", *LISTS, f"directory/{one.public_id}/", "directory/tools/finder/", "directory/initiatives/alliance/",
        "directory/?at=TH&q=co", "directory/?q=nothing", "directory/map/embed/", "directory/CV-WRONG/",
    ]  # fmt: skip
    for path in paths:
        response = Client().get(f"/{language}/{path}")
        markup = response.content.decode()
        page = Page(markup)
        assert not response.cookies, path
        suggesting = [{"src": "/static/search/suggest.js", "defer": ""}]  # for comfort: the box works without it
        assert page.all("script") == ([] if path else suggesting), path
        assert not page.all("style"), path
        assert not [
            attrs for _tag, attrs in page.elements if "style" in attrs or any(n.startswith("on") for n in attrs)
        ]
        assert page.all("html")[0]["lang"] == language
        assert page.all("html")[0]["dir"] == ("rtl" if language == "ar" else "ltr")
        assert len(page.all("h1")) == 1, path
        assert len(page.ids) == len(set(page.ids)), path
        assert "<u>" not in markup, path  # what people wrote is text, never markup


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize("path", ["/en/", "/en/directory/", "/en/directory/tools/", "/en/directory/map/embed/"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_public_door_only_reads(path: str, method: str) -> None:
    assert getattr(Client(), method)(path).status_code == 405


@pytest.mark.req("DIR-1")
def test_an_entry_shows_its_parts_with_their_sources_and_names_in_their_scripts() -> None:
    one = organisation(
        "Hope Network", type="ngos", country="LB", industries=["agriculture"], website="https://hope.example",
        summary="Legal aid.", summary_language="en", languages=["ar", "fr"], last_confirmed="2026-05-01",
        names=(("شبكة الأمل", "translation", "ar"), ("Réseau Espoir", "translation", "fr"), ("HN", "acronym", "")),
    )  # fmt: skip
    markup = page_text(Client(), f"/en/directory/{one.public_id}/")
    assert '<span lang="ar" dir="rtl">شبكة الأمل</span>' in markup
    assert '<span lang="fr" dir="ltr">Réseau Espoir</span>' in markup
    assert '<a href="https://hope.example" rel="nofollow noopener external">hope.example</a>' in markup
    text = words_of(markup)
    for words in ("Hope Network", "Lebanon", "Legal aid.", "Arabic", "French", "1 May 2026", one.public_id, "Acronym"):
        assert words in text, words
    assert '<li id="source-1"><bdi>A Study of Partnerships, page 7</bdi></li>' in markup
    assert markup.count('href="#source-1"') >= 5
    assert f'href="/api/v1/organisations/{one.public_id}"' in markup


@pytest.mark.req("DIR-1")
@pytest.mark.req("DIR-2")
def test_organisations_tools_and_initiatives_lead_to_each_other() -> None:
    one, hidden = organisation("Seen"), organisation("Unseen", visibility="private")
    tool("helper", name="Helper", providers=(one, hidden), functions=["reporting"], cost="free", maintained="yes")
    initiative(
        "pact", name="Pact", members=((one, "convener"), (one, "implementer"), (hidden, "member")), practice=12,
        models_used=["innovation"], part="technology",
    )  # fmt: skip
    entry = page_text(Client(), f"/en/directory/{one.public_id}/")
    assert '<a href="/en/directory/tools/helper/"><bdi>Helper</bdi></a>' in entry
    assert 'Pact</bdi></a> <span class="muted">(Convener, Implementer)</span>' in entry
    for path, words in (
        ("tools/helper", ("reporting", "Free", "Maintained")),
        ("initiatives/pact", ("Promising practice 12",)),
    ):
        markup = page_text(Client(), f"/en/directory/{path}/")
        assert f'<a href="/en/directory/{one.public_id}/"><bdi>Seen</bdi></a>' in markup
        assert "Unseen" not in markup
        for word in words:
            assert word in words_of(markup)
    assert results(page_text(Client(), "/en/directory/tools/?cost=free")) == ["Helper"]
    assert results(page_text(Client(), "/en/directory/tools/?cost=paid")) == []
    assert results(page_text(Client(), "/en/directory/initiatives/?part=technology&model=innovation")) == ["Pact"]
    assert Client().get("/en/directory/tools/unknown/").status_code == 404


@pytest.mark.req("DIR-1")
def test_a_mistyped_id_is_refused_with_a_hint_and_other_writings_lead_to_the_page() -> None:
    one = organisation("One")
    digits = one.public_id[3:]
    wrong = f"CV-{digits[:-1]}{'A' if digits[-1] != 'A' else 'B'}"  # another check character
    with pytest.raises(InvalidValue):
        read_public_id(wrong)
    markup = page_text(Client(), f"/en/directory/{wrong}/", 404)
    assert f"Did you mean {one.public_id}?" in markup or "mistyped" in markup
    for written in (one.public_id.lower(), digits.join(("cv", "")), one.public_id.replace("CV-", "CV–")):
        response = Client().get(f"/en/directory/{written}/")
        assert (response.status_code, response["Location"]) == (301, f"/en/directory/{one.public_id}/")


@pytest.mark.req("DIR-8")
def test_a_merged_id_leads_to_the_kept_entry_until_the_merge_is_undone() -> None:
    kept, merged = organisation("Kept"), organisation("Double")
    row = merge(kept, merged, actor=OPERATOR)
    response = Client().get(f"/en/directory/{merged.public_id}/")
    assert (response.status_code, response["Location"]) == (301, f"/en/directory/{kept.public_id}/")
    assert results(page_text(Client(), "/en/directory/")) == ["Kept"]
    undo_merge(row, actor=OPERATOR)
    assert "Double" in page_text(Client(), f"/en/directory/{merged.public_id}/")
    assert results(page_text(Client(), "/en/directory/")) == ["Double", "Kept"]


@pytest.mark.req("DIR-1")
def test_a_removed_entry_is_said_to_be_gone() -> None:
    one = organisation("Gone")
    Tombstone.objects.create(kind="organisation", record_id=one.id, public_id=one.public_id, reason="test")
    Party.objects.filter(pk=one.pk).delete()
    assert "This entry was removed" in page_text(Client(), f"/en/directory/{one.public_id}/", 410)


@pytest.mark.req("DIR-11")
@pytest.mark.parametrize("visibility", ["members", "private"])
def test_what_may_not_be_seen_looks_like_what_is_not_there(visibility: str) -> None:
    hidden = organisation("Hidden", visibility=visibility, country="TH")
    absent = organisation("Absent")
    absent_id = absent.public_id
    Party.objects.filter(pk=absent.pk).delete()
    not_seen, not_there = (Client().get(f"/en/directory/{one}/") for one in (hidden.public_id, absent_id))
    assert not_seen.status_code == not_there.status_code == 404
    assert not_seen.content.replace(hidden.public_id.encode(), b"") == not_there.content.replace(
        absent_id.encode(), b""
    )
    assert map_numbers(page_text(Client(), "/en/directory/")) == {}
    merged = organisation("Merged away")
    merge(hidden, merged, actor=OPERATOR)
    assert Client().get(f"/en/directory/{merged.public_id}/").status_code == 404
    slug = tool("secret-tool", visibility=visibility).slug
    assert Client().get(f"/en/directory/tools/{slug}/").content == Client().get(
        "/en/directory/tools/none/"
    ).content.replace(b"/tools/none/", f"/tools/{slug}/".encode())


@pytest.mark.req("DIR-3")
def test_files_hold_the_same_set_in_every_format() -> None:
    organisation("Alpha", country="TH", type="ngos")
    organisation("=cmd()", country="TH", type="banks", website="https://example.org")
    shelter()
    for fmt in ("csv", "xlsx", "json", "geojson"):
        response = Client().get(f"/en/directory/organisations.{fmt}?at=TH")
        assert response.status_code == 200
        assert f'filename="organisations.{fmt}"' in response["Content-Disposition"]
        assert b"".join(response.streaming_content)
    rows = list(
        csv.DictReader(io.StringIO(page_text(Client(), "/en/directory/organisations.csv?at=TH").lstrip("\ufeff")))
    )
    assert {row["name"] for row in rows} == {"Alpha", "'=cmd()"}
    data = json.loads(page_text(Client(), "/en/directory/organisations.json?q=alpha"))
    listed = data if isinstance(data, list) else next(value for value in data.values() if isinstance(value, list))
    assert [one["name"] for one in listed] == ["Alpha"]
    assert Client().get("/en/directory/organisations.pdf").status_code == 404


@pytest.mark.req("DIR-3")
def test_the_embedded_map_may_stand_in_any_page_and_only_it() -> None:
    organisation("One", country="TH")
    organisation("Two", country="GB")
    embedded, listed = Client().get("/en/directory/map/embed/?at=TH"), Client().get("/en/directory/?at=TH")
    assert "frame-ancestors *" in embedded["Content-Security-Policy"]
    assert "X-Frame-Options" not in embedded.headers
    assert "frame-ancestors 'none'" in listed["Content-Security-Policy"]
    assert listed["X-Frame-Options"] == "DENY"
    markup = embedded.content.decode()
    assert map_numbers(markup) == {"Thailand": 1}
    assert 'href="/en/directory/?at=TH"' in markup
    assert "/en/directory/map/embed/?at=TH" in listed.content.decode()


@pytest.mark.req("DIR-11")
def test_private_places_and_contacts_are_nowhere_on_the_public_door() -> None:
    one = shelter()
    paths = ["", *LISTS, f"directory/{one.public_id}/", "directory/?at=FI", "directory/map/embed/?at=FI"]
    paths += [f"directory/organisations.{fmt}" for fmt in ("csv", "json", "geojson")]
    paths += [f"directory/?q={words}" for words in ("Hidden", "quietville", "nurse")]
    for path in paths:
        markup = page_text(Client(), f"/en/{path}")
        for secret in records.SECRETS:
            assert secret not in markup, (path, secret)
    assert results(page_text(Client(), "/en/directory/?q=quietville")) == []
    circles = re.search(r'<g class="map-clusters".*?</g>', page_text(Client(), "/en/directory/?at=FI"))
    assert circles is None or "<circle" not in circles.group()


@pytest.mark.req("DIR-3")
def test_the_first_page_says_true_numbers_and_leads_on() -> None:
    organisation("One", country="TH")
    organisation("Two", country="GB")
    organisation("Hidden", country="FR", visibility="members")
    tool()
    markup = page_text(Client(), "/en/")
    stats = dict(re.findall(r'<p class="stat"><b>([^<]+)</b>\s*(?:<a [^>]+>)?([^<]+)', markup))
    assert {name.strip(): number for number, name in stats.items()}["countries where they work"] == "2"
    assert map_numbers(markup) == {"Thailand": 1, "United Kingdom": 1}
    for href in ("/en/directory/", "/en/directory/tools/", "/en/directory/initiatives/", "/en/hub/"):
        assert f'href="{href}"' in markup
