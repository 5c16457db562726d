"""Two or three practices side by side; fewer ask which, more and unknown ones are left out with a word about it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from convener.rooms.directory.models import Initiative
from convener.rooms.library.models import Practice
from tests.foundation.markup import Page
from tests.rooms.library.shelf import PUBLIC, body, put_practice, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-2"), pytest.mark.usefixtures("shipped")]
ADDRESS = f"{PUBLIC}/practices/compare/"
LEFT_OUT, UNKNOWN = "were left out", "Not every practice you chose is on this hub."
ASKS = "Choose two or three practices"


def compared(*slugs: str, address: str = ADDRESS) -> tuple[list[str], str]:
    """Keys of the practices in the head of the table, and the page."""
    markup = body(Client(), f"{address}?{'&'.join(f'p={slug}' for slug in slugs)}")
    return re.findall(r'<th scope="col"><a href="[^"]*/practices/([a-z0-9-]+)/">', markup), markup


@pytest.mark.parametrize(
    ("asked", "shown", "said"),
    [
        ([], [], ()),
        (["samlit"], [], ()),
        (["samlit", "jmlit"], ["samlit", "jmlit"], ()),
        (["jmlit", "samlit", "acip"], ["jmlit", "samlit", "acip"], ()),
        (["jmlit", "samlit", "acip", "fmlit"], ["jmlit", "samlit", "acip"], (LEFT_OUT,)),
        (["jmlit", "samlit", "acip", "fmlit", "none"], ["jmlit", "samlit", "acip"], (LEFT_OUT, UNKNOWN)),
        (["nobody-knows"], [], (UNKNOWN,)),
        (["samlit", "nobody-knows"], [], (UNKNOWN,)),
        (["nobody-knows", "samlit", "jmlit"], ["samlit", "jmlit"], (UNKNOWN,)),
        (["samlit", "samlit"], [], ()),
        (["samlit", "samlit", "jmlit", "jmlit"], ["samlit", "jmlit"], ()),
        (["", "samlit"], [], (UNKNOWN,)),
    ],
)
def test_what_is_compared(asked: list[str], shown: list[str], said: tuple[str, ...]) -> None:
    heads, markup = compared(*asked)
    assert heads == shown
    assert (ASKS in words_of(markup)) is not bool(shown)
    assert tuple(one for one in (LEFT_OUT, UNKNOWN) if one in words_of(markup)) == said
    Page(markup)


def test_the_form_offers_every_practice_and_ticks_those_compared() -> None:
    _heads, markup = compared("jmlit", "samlit")
    boxes = [one for one in Page(markup).all("input") if one.get("name") == "p"]
    assert len(boxes) == 39
    assert {one["value"] for one in boxes if "checked" in one} == {"jmlit", "samlit"}


def test_the_table_says_of_each_what_its_page_says() -> None:
    _heads, markup = compared("samlit", "acip")
    text = words_of(markup)
    for practice in Practice.objects.filter(initiative__slug__in=["samlit", "acip"]):
        for told in (practice.summary, practice.purpose, *practice.how, *practice.outcomes, *practice.legal_basis):
            assert told["en"] in text
        for member in practice.initiative.members.select_related("party"):
            assert member.party.name in text
    assert "more than ZAR 123,000,000" in text
    rows = re.findall(r"<tbody>.*</tbody>", markup, re.DOTALL)[0]
    names = [Initiative.objects.get(slug=slug).name for slug in ("samlit", "acip")]
    for row in re.findall(r"<tr>.*?</tr>", rows, re.DOTALL):
        short = re.findall(r'<td data-name="([^"]*)"', row)  # the whole names stand in the head
        assert [name.startswith(one.removesuffix("…")) for name, one in zip(names, short, strict=True)] == [True, True]
        assert max(map(len, short)) <= 40
    [figures] = [row for row in re.findall(r"<tr>.*?</tr>", rows, re.DOTALL) if "Results as figures" in row]
    assert ">–</td>" in figures  # one has none, and it says so


def test_figures_come_with_their_unit_and_their_period() -> None:
    text = words_of(compared("samlit", "hope-for-justice-reintegration-uganda")[1])
    for words in ("more than 37 people Accused people arrested ( first year )", "7 months Length of", "(January 2020)"):
        assert words in text, words
    assert "2020-01" not in text


def test_english_texts_run_from_left_to_right_on_an_arabic_page() -> None:
    markup = compared("samlit", "acip", address="/ar/library/practices/compare/")[1]
    for start in ("To bring banks", "To find, weigh"):
        assert f'<p lang="en" dir="ltr">{start}' in markup
    assert markup.count('<ol lang="en" dir="ltr"><li>') == 2  # how it works
    assert re.search(r'<span lang="en" dir="ltr">Accused people arrested <span class="when">\(<span lang="en"', markup)


def test_rows_that_none_of_them_has_are_left_out() -> None:
    put_practice("bare")
    put_practice("plain")
    text = words_of(compared("bare", "plain")[1])
    assert "What it is for" in text
    for title in ("Results as figures", "Legal basis", "How it works", "Countries"):
        assert title not in text


def test_a_thousand_choices_are_refused_and_many_are_read() -> None:
    heads, _markup = compared("samlit", "jmlit", *(f"x{number}" for number in range(500)))
    assert heads == ["samlit", "jmlit"]
    query = "&".join(f"p=x{number}" for number in range(5_000))
    assert Client().get(f"{ADDRESS}?{query}").status_code == 400


def test_long_and_hostile_keys_find_nothing() -> None:
    for bad in ("x" * 5_000, "%F0%9F%92%A9", "'%22%3E%3Cscript%3E"):
        heads, markup = compared(bad, "samlit", "jmlit")
        assert heads == ["samlit", "jmlit"], bad
        assert UNKNOWN in words_of(markup)
        assert "<script" not in markup


def test_nul_bytes_find_nothing() -> None:
    for bad in ("%00", "samlit%00"):
        assert compared(bad, "samlit", "jmlit")[0] == ["samlit", "jmlit"], bad
