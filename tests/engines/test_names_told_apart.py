"""Names that differ by little and mean others, and names that differ by a legal form and mean the same."""

from __future__ import annotations

import pytest

from convener.engines.names import MATCH, REVIEW, Entry, NameList, Query, Screener, Source, Type, analysed, compared
from convener.engines.names.linkage import Record, link

ORGANISATION, PERSON = Type.ORGANISATION, Type.PERSON


def screener(*names: str, kind: Type = ORGANISATION) -> Screener:
    """A list of these names."""
    entries = [Entry(str(at), kind, (name,)) for at, name in enumerate(names)]
    return Screener([NameList(Source("made", "csv", "", "", "", len(entries)), entries)])


@pytest.mark.req("SCR-2")
@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("General Petroleum", "GENERAL PETROLEUM CORPORATION"),
        ("General Petroleum Company", "GENERAL PETROLEUM CORPORATION"),
        ("Global Relief Foundation", "GLOBAL RELIEF FOUNDATION, INC."),
        ("Universe Shipping", "UNIVERSE SHIPPING LIMITED"),
        ("Hotelera Mundial", "HOTELERA MUNDIAL, S.A."),
        ("General Trading Company", "General Trading LLC"),
        ("Crédit Agricole", "Credit Agricole SA"),
        ("Société Générale", "Societe Generale SA"),
        ("3M", "3M Company"),
    ],
)
def test_a_name_of_trades_is_found_without_its_legal_form(asked: str, listed: str) -> None:
    others = ("General Electric Inc", "Global Shipping Ltd", "Petroleum Company", "Mundial SA", "Trading LLC")
    ready = screener(*others, listed)
    for kind in (ORGANISATION, Type.UNKNOWN):
        hits = ready.screen(Query("q", asked, kind)).hits
        assert [hit.matched_name for hit in hits] == [listed]
        assert REVIEW <= hits[0].score < MATCH
        assert sum(part["gives"] for part in hits[0].explanation["parts"]) == pytest.approx(hits[0].score, abs=0.001)


@pytest.mark.req("SCR-2")
@pytest.mark.parametrize(
    "name", ["CORP", "A", "Trading", "Bank", "Company Ltd", "A-B-C Company", "International Group"]
)
def test_trades_and_forms_alone_find_nobody(name: str) -> None:
    listed = ("Corporation Ltd", "A Ltd", "Trading Co", "Bank plc", "ABC Trading", "Group", "International Bank")
    assert not screener(*listed).screen(Query("q", name)).hits


@pytest.mark.req("SCR-2")
@pytest.mark.parametrize(
    ("one", "other"),
    [("Women's Refuge Leeds", "Men's Refuge Leeds"), ("Shaanxi Coal", "Shanxi Coal"), ("Henan Steel", "Hunan Steel"),
     ("Delta Exports Ltd", "Delta Imports Ltd"), ("Delta North Ltd", "Delta South Ltd")],
)  # fmt: skip
def test_known_words_that_say_different_things_are_no_slips(one: str, other: str) -> None:
    assert compared(analysed(one), analysed(other)).score < MATCH


@pytest.mark.req("SCR-2")
def test_md_is_mohammad_before_other_names_and_a_doctor_after_them() -> None:
    ready = screener("RAHMAN, Mohammad Jamal", "IQBAL, Muhammad", "John Smith", kind=PERSON)
    assert ready.screen(Query("q", "Md. Jamal Rahman", PERSON)).hits[0].score >= MATCH
    assert ready.screen(Query("q", "Md Iqbal", PERSON)).hits[0].entry_id == "1"
    assert ready.screen(Query("q", "John Smith, M.D.", PERSON)).hits[0].score >= MATCH


CAMP, OAK, PARK = "Camp 19, Dadaab", "12 Oak Street, Boston", "5 Park Row, Leeds"
DIFFERENT = [
    (PERSON, "Hassan Ahmed Omar", "Hussein Ahmed Omar", CAMP, "1990-05-04"),
    (PERSON, "Maria Garcia Lopez", "Marta Garcia Lopez", "", "1990-05-07"),
    (PERSON, "Amina Yusuf Ali", "Amin Yusuf Ali", CAMP, ""),
    (PERSON, "Ivan Petrov", "Ivana Petrova", CAMP, ""),
    (PERSON, "John Smith Jr", "John Smith Sr", OAK, ""),
    (PERSON, "Fatima Begum", "Fatema Begum", "", "1985-01-01"),
    (PERSON, "Ahmad Khan", "Ahmad Khan", "", "1990-01-01"),
    (ORGANISATION, "Women's Refuge Leeds", "Men's Refuge Leeds", PARK, ""),
    (ORGANISATION, "Al Noor Recruitment North", "Al Noor Recruitment South", PARK, ""),
    (ORGANISATION, "Delta Exports Ltd", "Delta Imports Ltd", PARK, ""),
    (ORGANISATION, "Vimal Exports", "Vimal Imports", "", ""),
]
SAME = [
    (PERSON, "Mohammed Hassan", "Mohamed Hasan", CAMP, "1980-02-03"),
    (PERSON, "Catherine Taylor", "Katharine Taylor", OAK, "1980-02-03"),
    (PERSON, "John Smith Jr", "John Smith", OAK, "1980-02-03"),
    (ORGANISATION, "Women's Refuge Leeds", "Refuge for Women Leeds", PARK, ""),
]
Pair = tuple[Type, str, str, str, str]


def are_joined(pair: Pair) -> bool:
    """Whether two rows with these names are one cluster, in either order."""
    kind, *names, address, born = pair
    rows = [Record(str(at), name, kind, address=address, birth_date=born, country="X") for at, name in enumerate(names)]
    found = {len({one.cluster_id for one in link(some).clusters}) for some in (rows, rows[::-1])}
    assert len(found) == 1
    return found == {1}


@pytest.mark.req("RES-3")
@pytest.mark.parametrize("pair", DIFFERENT)
def test_relatives_and_sisters_are_not_joined_without_asking(pair: Pair) -> None:
    assert not are_joined(pair)


@pytest.mark.req("RES-3")
@pytest.mark.parametrize("pair", SAME)
def test_writings_of_one_are_joined(pair: Pair) -> None:
    assert are_joined(pair)
