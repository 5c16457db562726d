"""Counts, filters and pages: as many as there are, each once."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from convener.foundation.actor import HUB
from convener.foundation.filters import Filters
from convener.foundation.search.asking import ask, facets
from convener.foundation.search.pages import PER_PAGE
from convener.foundation.search.writing import rebuild
from tests.foundation.search.finding import PUBLIC, answer, counted, listed, page
from tests.rooms.directory.records import initiative, organisation, tool
from tests.rooms.library.shelf import facet_counts, put_piece

pytestmark = [pytest.mark.django_db, pytest.mark.req("DIR-3")]
COUNTRIES, INDUSTRIES = ("FI", "FR", "GB", "TH"), ("agriculture", "construction", "fishing-seafood")
WORDS = ("harbour", "garden", "river")
Record = dict[str, Any]


def plenty(count: int = 60) -> list[Record]:
    """Records of every kind, indexed; what a brute-force count needs to know of each."""
    chance = random.Random(7)
    records: list[Record] = []
    for number in range(count):
        word, country = chance.choice(WORDS), chance.choice(COUNTRIES)
        industries = sorted(chance.sample(INDUSTRIES, chance.randint(0, 2)))
        name = f"{word.title()} {number}"
        kind = chance.choice(("organisation", "organisation", "tool", "initiative"))
        terms = {"at": [country], "industry": industries}
        if kind == "organisation":
            organisation(name, country=country, industries=industries)
        elif kind == "tool":
            tool(f"tool-{number}", name=name, countries=[country])
            terms = {"at": [country]}
        else:
            initiative(f"initiative-{number}", name=name, countries=[country], industries=industries)
        records.append({"kind": [kind], "word": [word], "name": name, **terms})
    rebuild()
    return records


def brute(records: list[Record], chosen: dict[str, tuple[str, ...]], word: str) -> list[Record]:
    """The records that have the word and one of each facet's values."""
    return [
        record
        for record in records
        if (not word or word in record["word"])
        and all(set(values) & set(record.get(facet, ())) for facet, values in chosen.items())
    ]


CHOICES: list[tuple[str, dict[str, tuple[str, ...]]]] = [
    ("harbour", {}),
    ("", {"kind": ("tool",)}),
    ("", {"at": ("FI", "FR")}),
    ("garden", {"kind": ("organisation",), "at": ("GB",)}),
    ("river", {"industry": ("agriculture",), "at": ("FI", "FR", "TH"), "kind": ("organisation", "initiative")}),
    ("", {"industry": ("agriculture", "construction"), "kind": ("tool",)}),
    ("", {"at": ("XX",)}),
]


@pytest.mark.parametrize(("word", "chosen"), CHOICES)
def test_counts_are_those_of_counting_one_by_one(word: str, chosen: dict[str, tuple[str, ...]]) -> None:
    """A facet with a choice counts as if that choice were not made."""
    records = plenty()
    got = ask(HUB, Filters(word, chosen), limit=100)
    assert got.total == len(got.found) == len(brute(records, chosen, word))
    for facet in ("kind", "at", "industry"):
        others = {name: values for name, values in chosen.items() if name != facet}
        expected = Counter(value for record in brute(records, others, word) for value in record.get(facet, ()))
        assert got.counts[facet] == expected, facet
    assert set(got.counts) == set(facets())


def test_the_page_shows_the_same_counts() -> None:
    records = plenty()
    markup = page(Client(), f"{PUBLIC}?q=garden&at=TH")
    here = brute(records, {"at": ("TH",)}, "garden")
    assert counted(markup) == len(here)
    shown = facet_counts(markup, [("q", "garden"), ("at", "TH")])
    for (facet, value), count in shown.items():
        pool = brute(records, {}, "garden") if facet == "at" else here
        assert count == sum(value in record.get(facet, ()) for record in pool), (facet, value)
    assert {facet for facet, _value in shown} == {"kind", "at", "industry"}


def test_pages_of_results_double_and_miss_nothing() -> None:
    records = plenty(3 * PER_PAGE + 7)
    for query, expected in (
        ("q=harbour+garden+river", records),
        ("kind=organisation&kind=tool&kind=initiative", records),
    ):
        shown: list[str] = []
        for number in range(1, 5):
            shown += listed(page(Client(), f"{PUBLIC}?{query}&page={number}"))
        assert Counter(shown) == Counter(record["name"] for record in expected)
        assert listed(page(Client(), f"{PUBLIC}?{query}&page=99")) == shown[3 * PER_PAGE :], "beyond the end: the last"
        assert listed(page(Client(), f"{PUBLIC}?{query}&page=nonsense")) == shown[:PER_PAGE]


def test_any_cut_of_the_answer_is_a_part_of_the_whole() -> None:
    plenty()
    whole = answer("harbour garden", limit=100).found
    for size in (1, 3, 7):
        parts = [
            key
            for offset in range(0, len(whole), size)
            for key in ask(HUB, Filters("harbour garden"), offset=offset, limit=size, counted=False).found
        ]
        assert parts == list(whole), size
    assert ask(HUB, Filters("harbour"), offset=500, limit=5).found == []


def test_guidance_is_counted_by_stage() -> None:
    put_piece("one", title={"en": "Harbour advice"}, stages=["idea"])
    put_piece("two", title={"en": "More harbour advice"}, stages=["idea", "scoping"])
    rebuild()
    assert answer("harbour").counts["stage"] == {"idea": 2, "scoping": 1}
    assert answer("harbour", stage="scoping").total == 1


def test_without_words_the_filters_alone_find() -> None:
    records = plenty()
    assert answer(kind="tool").total == len(brute(records, {"kind": ("tool",)}, ""))
    assert answer("?!", kind="tool").total == 0, "what has no word finds nothing"
