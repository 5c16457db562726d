"""The call by which other rooms put guidance beside their work: what is in it, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convener.foundation.actor import HUB, OPERATOR, PUBLIC
from convener.foundation.vocabularies import vocabulary
from convener.rooms.library.models import Guidance, Verdict
from convener.rooms.library.queries.guidance import SECTORS, guidance_for, sector_of
from tests.cast import make_user
from tests.rooms.library.shelf import put_piece, put_pieces, raw_piece

pytestmark = [pytest.mark.django_db, pytest.mark.req("LIB-3")]
STAGES, AUDIENCES = ("idea", "active", "review"), ("public", "private", "civil-society")
bounded = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def some(values: tuple[str, ...], least: int = 0) -> st.SearchStrategy[list[str]]:
    """Some of the values, each once."""
    return st.lists(st.sampled_from(values), min_size=least, max_size=2, unique=True)


pieces = st.lists(
    st.fixed_dictionaries({
        "stages": some(STAGES, 1), "sectors": some(SECTORS), "audiences": some(AUDIENCES, 1),
        "hidden": st.booleans(), "votes": st.lists(st.booleans(), max_size=3),
    }),
    max_size=6,
)  # fmt: skip


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def naive(told: list[dict[str, Any]], stage: str, sector: str, audience: str) -> list[str]:
    """The rule of the docstring in its own words: what fits; of the sector first, then votes, then the order."""
    fits = [
        (place, one)
        for place, one in enumerate(told)
        if not one["hidden"]
        and (stage in one["stages"] if stage else True)
        and (audience in one["audiences"] if audience else True)
        and (sector in one["sectors"] if sector and one["sectors"] else True)
    ]

    def rank(row: tuple[int, dict[str, Any]]) -> tuple[bool, int, int]:
        place, one = row
        of_the_sector = bool(sector) and sector in one["sectors"]
        return (not of_the_sector, one["votes"].count(False) - one["votes"].count(True), place)

    return [f"piece-{place}" for place, _one in sorted(fits, key=rank)]


@bounded
@given(
    told=pieces,
    stage=st.sampled_from(["", *STAGES]),
    sector=st.sampled_from(["", *SECTORS]),
    audience=st.sampled_from(["", *AUDIENCES]),
)
def test_what_is_told_and_in_which_order(told: list[dict[str, Any]], stage: str, sector: str, audience: str) -> None:
    with taken_back():
        people = [make_user(f"p{number}@example.org") for number in range(3)]
        names = ("stages", "sectors", "audiences")
        rows = put_pieces(*(
            raw_piece(f"piece-{place}", **{name: one[name] for name in names}) for place, one in enumerate(told)
        ))  # fmt: skip
        for row, one in zip(rows, told, strict=True):
            Guidance.objects.filter(pk=row.pk).update(hidden=one["hidden"])
            for person, useful in zip(people, one["votes"], strict=False):
                Verdict.objects.create(guidance=row, user=person, useful=useful)
        wanted = naive(told, stage, sector, audience)
        for actor in (PUBLIC, OPERATOR, HUB):
            found = guidance_for(stage, sector, audience, actor=actor)
            assert [piece.slug for piece in found] == wanted
        for most in (0, 1, 3):
            assert [piece.slug for piece in guidance_for(stage, sector, audience, most=most)] == wanted[:most]


def test_an_industry_and_an_investment_sector_stand_for_their_part() -> None:
    for part in SECTORS:
        put_piece(f"for-{part}", sectors=[part])
    put_piece("for-all")
    for sector, first in (
        ("banking", "for-financial"), ("insurance", "for-financial"), ("online-platforms", "for-technology"),
        ("garment", "for-supply-chains"), ("fishing-seafood", "for-supply-chains"), ("financial", "for-financial"),
    ):  # fmt: skip
        assert [piece.slug for piece in guidance_for(sector=sector)] == [first, "for-all"], sector
    for sector in ("understanding", "cross-industry", "public-sector"):
        assert [piece.slug for piece in guidance_for(sector=sector)] == ["for-all"], sector
    assert len(guidance_for()) == 4


def test_every_industry_and_investment_sector_has_a_part_or_none() -> None:
    for key in [*vocabulary("industries").terms, *vocabulary("sectors").terms]:
        assert sector_of(key) in ("", *SECTORS), key
    assert {sector_of(key) for key in SECTORS} == set(SECTORS)
    assert sector_of("") == sector_of("understanding") == ""
