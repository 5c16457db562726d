"""What else is known of the two: country, date of birth, number. It moves a score, and never hides what was compared."""

from __future__ import annotations

import pytest

from convener.engines.names import Answer, Entry, Hit, NameList, Query, Screener, Source, Type

pytestmark = pytest.mark.req("SCR-2")

PERSON, ORGANISATION = Type.PERSON, Type.ORGANISATION
RANKS = ("no_match", "review", "match")
ENTRIES = [
    Entry("dated", PERSON, ("Omar Haddadin", "Abu Layth"), ("SY", "JO"), ("1970-05-12",), ("N12345", "X9")),
    Entry("year", PERSON, ("Gregor Baranek",), ("CZ",), ("1988",)),
    Entry("month", PERSON, ("Tesfaye Woldu",), ("ET",), ("1961-03",)),
    Entry("several", PERSON, ("Lucia Ferrante",), (), ("1955-01-30", "1956")),
    Entry("bare", PERSON, ("Ingrid Solheim",)),
    Entry("firm", ORGANISATION, ("Haddadin Foods Ltd",), ("JO",), (), ("REG99",)),
    Entry("ship", Type.VESSEL, ("Ocean Dawn",), ("PA",), (), ("9218454",)),
]
#: People of other names, so that the words of those above are rare in their list.
OTHERS = [Entry(f"other {name}", PERSON, (name,)) for name in ("Ali Rezai", "Jon Abel", "Mei Lan", "Ada Noor")]


@pytest.fixture(scope="module")
def screener() -> Screener:
    entries = ENTRIES + OTHERS
    return Screener([NameList(Source("test", "test", "", "", "0" * 64, len(entries)), entries)])


def ask(screener: Screener, name: str, kind: Type = PERSON, **context: str) -> Answer:
    return screener.screen(Query("1", name, kind, **context), threshold=0.0)


def hit(screener: Screener, entry: str, name: str, kind: Type = PERSON, **context: str) -> Hit:
    return next(one for one in ask(screener, name, kind, **context).hits if one.entry_id == entry)


def score(screener: Screener, entry: str, name: str, **context: str) -> float:
    return hit(screener, entry, name, **context).score


def reasons(found: Hit) -> dict[str, str]:
    context = ("country", "birth_date", "identifier")
    return {part["kind"]: part["how"] for part in found.explanation["parts"] if part["kind"] in context}


# Country


def test_the_same_country_gives_and_another_takes(screener: Screener) -> None:
    same, unknown, other = (score(screener, "dated", "Omar Hadadin", country=code) for code in ("JO", "", "FR"))

    assert same > unknown > other
    assert other > 0.4


@pytest.mark.parametrize("code", ["SY", "JO", "sy", " jo "])
def test_any_country_of_an_entry_is_its_country(screener: Screener, code: str) -> None:
    found = hit(screener, "dated", "Omar Haddadin", country=code)

    assert (found.score, reasons(found)) == (1.0, {"country": "same"})


def test_another_country_alone_does_not_hide_a_name_that_is_the_same(screener: Screener) -> None:
    found = hit(screener, "dated", "Omar Haddadin", country="FR")

    assert found.score < 1.0
    assert found.decision != "no_match"
    assert reasons(found) == {"country": "other"}


@pytest.mark.parametrize("context", [{"country": "FR"}, {"birth_date": "1980"}, {"identifier": "A1"}, {"country": " "}])
def test_what_one_side_does_not_know_changes_nothing(screener: Screener, context: dict[str, str]) -> None:
    found = hit(screener, "bare", "Ingrid Solheim", **context)

    assert (found.score, reasons(found)) == (1.0, {})
    assert score(screener, "bare", "Ingrid Solhem", **context) == score(screener, "bare", "Ingrid Solhem")


# Date of birth


@pytest.mark.parametrize(
    ("entry", "name", "asked", "how"),
    [
        ("dated", "Omar Haddadin", "1970-05-12", "same"),
        ("dated", "Omar Haddadin", "1970-05", "same"),
        ("dated", "Omar Haddadin", "1970", "same"),
        ("dated", "Omar Haddadin", "1970-12-05", "turned"),
        ("dated", "Omar Haddadin", "1970-09-30", "other_day"),
        ("dated", "Omar Haddadin", "1970-09", "other_day"),
        ("dated", "Omar Haddadin", "1971-05-12", "near"),
        ("dated", "Omar Haddadin", "1969", "near"),
        ("dated", "Omar Haddadin", "1972-05-12", "other"),
        ("dated", "Omar Haddadin", "1950", "other"),
        ("year", "Gregor Baranek", "1988-02-29", "same"),
        ("year", "Gregor Baranek", "1987-12-31", "near"),
        ("year", "Gregor Baranek", "1990", "other"),
        ("month", "Tesfaye Woldu", "1961-03-09", "same"),
        ("month", "Tesfaye Woldu", "1961-04-09", "other_day"),
        ("several", "Lucia Ferrante", "1955-01-30", "same"),
        ("several", "Lucia Ferrante", "1956-07-07", "same"),
        ("several", "Lucia Ferrante", "1957", "near"),
    ],
)
def test_dates_of_birth_agree_as_far_as_both_are_known(
    screener: Screener, entry: str, name: str, asked: str, how: str
) -> None:
    found = hit(screener, entry, name, birth_date=asked)

    assert reasons(found) == {"birth_date": how}
    assert (found.score == 1.0) == (how in ("same", "turned"))


def test_the_nearer_a_date_of_birth_the_higher_the_score(screener: Screener) -> None:
    dates = ("1970-05-12", "1970-05", "1970", "", "1971-05-12", "1950-05-12")
    scores = [score(screener, "dated", "Omar Hadadin", birth_date=date) for date in dates]

    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
    assert scores[0] >= 0.6


def test_day_and_month_exchanged_are_worth_less_than_the_day_and_more_than_another_day(screener: Screener) -> None:
    dates = ("1970-05-12", "1970-12-05", "", "1970-08-30")
    scores = [score(screener, "dated", "Omar Hadadin", birth_date=date) for date in dates]

    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


@pytest.mark.parametrize("asked", ["1950-05-12", "1990", "1970-09-30", "1971-05-12"])
def test_the_same_name_with_another_date_of_birth_is_not_sure(screener: Screener, asked: str) -> None:
    found = hit(screener, "dated", "Omar Haddadin", birth_date=asked)

    assert 0.0 < found.score < 1.0
    part = next(part for part in found.explanation["parts"] if part["kind"] == "birth_date")
    assert part["gives"] < 0 or part["how"] == "other_day"
    assert (part["query"], part["entry"]) == (asked, "1970-05-12")


def test_another_date_of_birth_is_no_match_though_the_name_is_the_same(screener: Screener) -> None:
    assert hit(screener, "dated", "Omar Haddadin", birth_date="1950-05-12").decision != "match"


@pytest.mark.parametrize("name", ["Haddadin Omar", "Mr Omar Haddadin", "Omar Haddadin"])
def test_a_wrong_date_or_country_never_hides_the_same_words_in_another_order(screener: Screener, name: str) -> None:
    for context in ({"birth_date": "1930"}, {"country": "FR"}, {"birth_date": "1930", "country": "FR"}):
        found = ask(screener, name, **context).hits[0]

        assert (found.entry_id, found.decision) == ("dated", "review")


def test_facts_that_agree_leave_the_same_words_in_another_order_a_match(screener: Screener) -> None:
    known = {"birth_date": "1970-05-12", "country": "JO"}

    assert hit(screener, "dated", "Haddadin Omar", **known).score >= score(screener, "dated", "Haddadin Omar") >= 0.9


@pytest.mark.parametrize("asked", ["nonsense", "1970-13-45", "0000-00-00", "99999", "\ud800", "١٩٧٠-99", "-", " "])
def test_a_date_that_cannot_be_read_takes_nothing(screener: Screener, asked: str) -> None:
    found = hit(screener, "dated", "Omar Haddadin", birth_date=asked)

    assert (found.score, reasons(found)) == (1.0, {})


def test_a_date_of_birth_chooses_between_people_of_one_name() -> None:
    entries = [Entry(year, PERSON, ("Omar Haddadin",), (), (year,)) for year in ("1950", "1970", "1990")]
    ready = Screener([NameList(Source("test", "test", "", "", "0" * 64, 3), entries + OTHERS)])

    assert [one.entry_id for one in ask(ready, "Omar Haddadin").hits[:3]] == ["1950", "1970", "1990"]
    assert ask(ready, "Omar Haddadin", birth_date="1970-01-01").hits[0].entry_id == "1970"
    assert ask(ready, "Omar Haddadin", birth_date="1990").hits[0].entry_id == "1990"


# Number


@pytest.mark.parametrize("number", ["N12345", "n-123 45", "N 12345", "N/123.45", "x9"])
def test_an_entry_with_the_number_is_found_under_another_name(screener: Screener, number: str) -> None:
    found = ask(screener, "Matthias Unterberg", identifier=number).hits[0]

    assert found.entry_id == "dated"
    assert found.decision in RANKS[1:]
    assert reasons(found) == {"identifier": "same"}


@pytest.mark.parametrize("name", ["Zhou Ltd", "Ltd", "Bank", "Completely Different GmbH", "新しい"])
def test_a_number_is_looked_for_though_the_name_says_nothing(screener: Screener, name: str) -> None:
    found = ask(screener, name, ORGANISATION, identifier="REG-99").hits[0]

    assert (found.entry_id, found.decision == "no_match") == ("firm", False)


def test_a_number_with_the_name_is_more_than_either(screener: Screener) -> None:
    both = score(screener, "dated", "Omar Hadadin", identifier="N12345")

    assert both > score(screener, "dated", "Omar Hadadin")
    assert both > score(screener, "dated", "Matthias Unterberg", identifier="N12345")
    assert both < 1.0


def test_another_number_takes_nothing_from_the_name(screener: Screener) -> None:
    assert score(screener, "dated", "Omar Haddadin", identifier="Z77") == 1.0
    assert score(screener, "dated", "Omar Hadadin", identifier="Z77") == score(screener, "dated", "Omar Hadadin")


@pytest.mark.parametrize("number", ["", " ", "-", "/", "\ud800", "N1234", "N123456"])
def test_a_number_that_is_blank_or_another_finds_nobody(screener: Screener, number: str) -> None:
    assert not ask(screener, "Matthias Unterberg", identifier=number).hits


def test_a_ship_is_found_by_its_number_under_its_new_name(screener: Screener) -> None:
    found = ask(screener, "Silver Lagoon", Type.VESSEL, identifier="IMO 9218454").hits

    assert found[0].entry_id == "ship"
    assert found[0].decision in RANKS[1:]


# All together


def test_every_reason_is_told_and_they_sum_to_the_score(screener: Screener) -> None:
    found = hit(screener, "dated", "Omar Hadadin", country="FR", birth_date="1971", identifier="n12345")

    assert reasons(found) == {"country": "other", "birth_date": "near", "identifier": "same"}
    assert sum(part["gives"] for part in found.explanation["parts"]) == pytest.approx(found.score, abs=1e-9)
    assert all(part["says"] for part in found.explanation["parts"])
    gives = {part["kind"]: part["gives"] for part in found.explanation["parts"]}
    assert gives["identifier"] > 0 > gives["birth_date"]
    assert gives["country"] < 0


def test_context_alone_makes_nobody_a_match(screener: Screener) -> None:
    answer = ask(screener, "Matthias Unterberg", country="SY", birth_date="1970-05-12")

    assert answer.decision == "no_match"


def test_a_country_does_not_make_a_match_of_a_shared_word(screener: Screener) -> None:
    answer = ask(screener, "Omar Lindgren", country="SY", birth_date="1970-05-12")

    assert answer.decision != "match"
