"""The guidance that ships, as a list and as the answer to what to know at a stage of a partnership."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from django.test import Client

from convener.rooms.library.models import Guidance
from convener.rooms.library.queries.guidance import SECTORS, guidance_for
from tests.foundation.markup import Page
from tests.rooms.library.shelf import PUBLIC, body, facet_counts, listed, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-3"), pytest.mark.usefixtures("shipped")]
LIST = f"{PUBLIC}/guidance/"
STAGES = ("idea", "scoping", "formalising", "active", "review", "scaled")


def test_the_list_pages_through_everything_in_the_order_of_the_sources() -> None:
    keys = list(Guidance.objects.order_by("place").values_list("slug", flat=True))
    pages = -(-len(keys) // 25)
    shown = [listed(body(Client(), f"{LIST}?page={number}")) for number in (1, 2, pages)]
    assert shown == [keys[:25], keys[25:50], keys[(pages - 1) * 25 :]]
    assert f"{len(keys)} pieces of advice" in words_of(body(Client(), LIST))
    assert '<ol class="results" start="26">' in body(Client(), f"{LIST}?page=2")


def test_facets_count_what_a_count_by_hand_finds() -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    for one in Guidance.objects.all():
        pairs = [("kind", one.kind), ("topic", one.topic), *(("stage", key) for key in one.stages)]
        pairs += [("sector", key) for key in one.sectors or ("supply-chains", "financial", "technology")]
        wanted.update([*pairs, *(("audience", key) for key in one.audiences)])
    assert facet_counts(body(Client(), LIST)) == wanted


def test_a_search_keeps_its_filters_from_page_to_page() -> None:
    markup = body(Client(), f"{LIST}?sector=financial&kind=tip")
    following = next(one["href"] for one in Page(markup).all("a") if one.get("rel") == "next")
    second = listed(body(Client(), LIST + following))
    rows = [one for one in Guidance.objects.filter(kind="tip") if not one.sectors or "financial" in one.sectors]
    assert second == [one.slug for one in rows][25:50]


def test_there_is_something_for_every_stage_sector_and_audience_that_of_the_sector_first() -> None:
    for stage, sector in itertools.product(STAGES, ("", *SECTORS)):
        found = guidance_for(stage, sector)
        assert {key for piece in found for key in piece.audiences} == {"public", "private", "civil-society"}
        specific = [sector in piece.sectors for piece in found]
        assert specific == sorted(specific, reverse=True), (stage, sector)
