"""Frequent names, numbers that are no initials, and readings to which kept lists are bound."""

from __future__ import annotations

import hashlib

import pytest

from convener.engines.names import Entry, NameList, Query, Screener, Source, Type, analysed, compared
from convener.engines.names.romanising import romanised
from convener.engines.names.sounds import bones, sound
from convener.engines.names.vocabulary import VERSION

pytestmark = pytest.mark.req("SCR-2")


@pytest.mark.parametrize("limit", [1, 5, 50])
def test_the_same_words_in_another_spelling_are_found_among_very_many_of_them(limit: int) -> None:
    names = [
        f"ALI, Ahmed {word}" for word in ["Mohammed", "Hassan", "Omar", "Yusuf", "Karim", "Salim", "Nasser", "Tariq"]
    ] * 6
    names.append("'ALI, Ahmad")
    entries = [Entry(str(at), Type.PERSON, (name,)) for at, name in enumerate(names)]
    screener = Screener([NameList(Source("made", "csv", "", "", "", len(entries)), entries)])
    answer = screener.screen(Query("q", "Ali Ahmed", Type.PERSON), limit=limit)

    assert answer.hits[0].entry_id == str(len(names) - 1)


@pytest.mark.parametrize("kind", [Type.VESSEL, Type.ORGANISATION])
@pytest.mark.parametrize(
    ("one", "other"),
    [("Ocean Star 7", "Ocean Star 71"), ("Ocean Star 2", "Ocean Star II 2655"), ("Zodiac II", "Zodiac III")],
)
def test_other_numbers_are_no_match(one: str, other: str, kind: Type) -> None:
    assert compared(analysed(one, kind), analysed(other, kind), kind).score < 0.6


def test_names_that_differ_after_the_words_that_are_compared_are_not_the_same() -> None:
    words = [f"Zorba{first}{second}k" for first in "abcdef" for second in "aeioumn"]
    whole, longer = " ".join(words), " ".join([*words, "Beta"])
    assert compared(analysed(whole), analysed(longer)).score < 1
    assert compared(analysed(longer), analysed(longer)).score == 1


def test_kept_lists_are_bound_to_how_words_are_read() -> None:
    """A list made ready is used as long as VERSION is the same: raise it, and then the digest here, with every change."""
    words = [
        "1100",
        "00",
        "mohammed",
        "youssef",
        "schtschukin",
        "wright",
        "gyeongsu",
        "bbc",
        "mxp11",
        "yildiz",
        "ng",
        "li",
    ]
    read = [(word, sound(word), bones(word)) for word in words]
    read += [(word, romanised(word)) for word in ("정은", "강", "華為", "Надежда", "قاسم", "שלום", "กรุงเทพ", "Ελλάδα")]

    assert (VERSION, hashlib.sha256(repr(read).encode()).hexdigest()[:16]) == ("8", "80039282e703235b")
