"""Every page of the library: sound, right to left where it should be, without cookie and script, whatever is asked."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from convener.rooms.library.models import Guidance
from tests.cast import client_for, make_cast
from tests.foundation.markup import Page
from tests.rooms.library.shelf import HUB, PUBLIC, body, listed

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-2", "LIB-3"), pytest.mark.usefixtures("shipped")]
PAGES = [
    "practices/", "practices/?q=banks&part=financial", "practices/?q=nothing-like-it", "practices/samlit/",
    "practices/blue-number-initiative/", "practices/compare/", "practices/compare/?p=samlit&p=jmlit&p=unseen-app",
    "practices/none/", "guidance/", "guidance/?stage=idea&sector=financial&page=2", "guidance/?q=nothing-like-it",
    "guidance/governance-roles/", "guidance/none/",
]  # fmt: skip
#: What people and machines put into addresses: none of it may break a page.
BAD = [
    "q=" + "a" * 10_000, "q=a%00b", "q=%ff%fe", "q=%F0%9F%92%A9&q[]=1", "part=%00&kind=%27%22&nothing=1",
    "part=" + "x" * 5_000, "part=financial&part=nonsense&at=XX&stage=wedding", "topic=%3Cscript%3E&at=",
    "page=99999&sector=%F0%9F%92%A9&audience=", "page=-1", "page=" + "9" * 30, "page=%00",
    "&".join(f"issue=i{number}&topic=t{number}" for number in range(200)),
]  # fmt: skip
SHELVES = ["practices/", "guidance/"]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_public_pages_are_sound_and_need_no_cookie_and_no_script(language: str) -> None:
    slug = Guidance.objects.all()[0].slug
    for path in [*(PAGES if language in ("en", "ar") else PAGES[::3]), f"guidance/{slug}/"]:
        response = Client().get(f"/{language}/library/{path}")
        assert response.status_code in (200, 404), path
        page = Page(response.content.decode())
        assert not response.cookies, path
        assert not page.all("script"), path
        assert not page.all("style"), path
        assert not [
            attrs for _tag, attrs in page.elements if "style" in attrs or any(name.startswith("on") for name in attrs)
        ]
        assert page.all("html")[0]["lang"] == language
        assert page.all("html")[0]["dir"] == ("rtl" if language == "ar" else "ltr")
        assert len(page.all("h1")) == 1, path
        assert len(page.ids) == len(set(page.ids)), path
        labelled = {label["for"] for label in page.all("label")}
        for field in page.all("input"):
            assert field.get("type") == "hidden" or field["id"] in labelled, path


def test_pages_for_members_are_sound_too() -> None:
    cast = make_cast()
    slug = Guidance.objects.all()[0].slug
    for person in (cast.ngo, cast.secretariat):
        client = client_for(person)
        for path in [*PAGES[3:], f"guidance/{slug}/"]:
            response = client.get(f"{HUB}/{path}")
            assert response.status_code in (200, 404), path
            page = Page(response.content.decode())
            assert len(page.all("h1")) == 1, path
            assert len(page.ids) == len(set(page.ids)), path


@pytest.mark.parametrize("shelf", SHELVES)
def test_no_query_breaks_a_list(shelf: str) -> None:
    for query in BAD:
        assert len(body(Client(), f"{PUBLIC}/{shelf}?{query}")) < 800_000, query[:60]


@pytest.mark.parametrize("path", ["practices.csv", "guidance.json", "practices/compare/"])
def test_no_query_breaks_a_download_or_the_comparison(path: str) -> None:
    for query in BAD:
        assert body(Client(), f"{PUBLIC}/{path}?{query}")


def test_a_page_beyond_the_end_is_the_last_one_and_no_number_is_the_first() -> None:
    total = Guidance.objects.count()
    last = listed(body(Client(), f"{PUBLIC}/guidance/?page={-(-total // 25)}"))
    assert len(last) == (total % 25 or 25)
    for page in ("99999", "9" * 40):
        assert listed(body(Client(), f"{PUBLIC}/guidance/?page={page}")) == last
    first = listed(body(Client(), f"{PUBLIC}/guidance/"))
    for page in ("x", "-1", "0", ""):
        assert listed(body(Client(), f"{PUBLIC}/guidance/?page={page}")) == first


def test_what_is_not_a_key_is_not_found() -> None:
    for path in (
        "practices/%00/",
        f"practices/{'a' * 5_000}/",
        "guidance/%00/",
        f"guidance/{quote('é')}/",
        "practices.pdf",
    ):
        assert "<h1" in body(Client(), f"{PUBLIC}/{path}", 404)


@pytest.mark.parametrize(
    "path", [*SHELVES, "practices/samlit/", "practices/compare/", "practices.csv", "guidance.json"]
)
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_public_door_only_reads(path: str, method: str) -> None:
    assert getattr(Client(), method)(f"{PUBLIC}/{path}").status_code == 405
