"""Linking records: names that look like one and are not; from lists in which such rows stood under each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from convener.engines.names.linkage import Outcome, Record, Type, link, score_pair

pytestmark = [pytest.mark.req("DIR-8"), pytest.mark.req("RES-3")]

#: A collection of these numbers of records; what is sure in few is sure because little is known of how rare it is.
SIZES = (1_000, 100_000)


def outcome(one: Record, other: Record, records: int) -> Outcome:
    """What becomes of a pair in a collection of so many; the same both ways round."""
    found, turned = (score_pair(*pair, records=records) for pair in ((one, other), (other, one)))
    assert (found.score, found.outcome) == (turned.score, turned.outcome)
    return found.outcome


@pytest.mark.parametrize("records", SIZES)
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Brannock Homes (England) Ltd", "Brannock Homes (Scotland) Ltd"),  # parts of one country
        ("Scottish Curling Union", "Welsh Curling Union"),
        ("Oldmere Cars Ltd", "Oldmere Motor Company Ltd"),  # one meaning
        ("QVC Group plc", "QEC Group plc"),  # an acronym is its letters
        ("SR Group UK", "DE Group (UK) Ltd"),  # two letters are the name where nothing else is
        ("MP Trading Ltd", "KC Trading Ltd"),
        ("Oldmere Spa University", "University of Oldmere"),  # a form inside a name is a word
        ("Brannock Partnership Homes Ltd", "Brannock Homes Ltd"),
        ("Oldmere Airport Holdings II Ltd", "Oldmere Airport Holdings III Ltd"),  # numerals are numbers
        ("Oldmere Airport Holdings 2 Ltd", "Oldmere Airport Holdings III Ltd"),
        ("Brannock Garments Branch MXP1", "Brannock Garments Branch MXP8"),  # and so are digits in a word
    ],
)
def test_names_that_look_alike_are_not_sure(name: str, other: str, records: int) -> None:
    assert outcome(Record("a", name, country="GB"), Record("b", other, country="GB"), records) is not Outcome.SURE


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Oldmere Airport Holdings II Ltd", "Oldmere Airport Holdings 2 Limited"),
        ("The Brannock Council", "Brannock Council"),
        ("Zuider Garment Factory BV", "Zuider Garments Factory"),
        ("Brannock Homes (UK) Ltd", "Brannock Homes (United Kingdom) Limited"),
    ],
)
def test_other_writings_of_one_name_are_sure(name: str, other: str) -> None:
    assert outcome(Record("a", name, country="GB"), Record("b", other, country="GB"), 1_000) is Outcome.SURE


@pytest.mark.parametrize("town", ["Dongguan", "DONG GUAN"])
def test_a_town_in_names_and_addresses_counts_once(town: str) -> None:
    one = Record("a", f"{town} Zushang Footwear", country="CN", address="Liang Wu Road, Hou Jie Town, Dongguan")
    other = Record("b", "Dongguan Luyang Shoes", country="CN", address="Chi Ling, Hou Jie Town, Dongguan City")

    assert outcome(one, other, 1_000) is not Outcome.SURE
    assert score_pair(one, other).bits < score_pair(one, replace(one, id="b", name="Dongguan Zushang Shoes")).bits


def test_a_town_in_the_name_does_not_keep_one_factory_apart() -> None:
    one = Record(
        "a", "Dongguan Zushang Footwear Co Ltd", country="CN", address="8 Liang Wu Road, Hou Jie, Dongguan 523940"
    )
    other = Record("b", "Zushang Footwear (Dong Guan)", country="CN", address="No. 8 Liang Wu Rd, Dongguan 523940")

    assert outcome(one, other, 1_000) is Outcome.SURE


@pytest.mark.parametrize("records", SIZES)
@pytest.mark.parametrize(
    "other", ["Brannock Foods (Holdings) Ltd", "Brannock Foods Group Ltd", "Brannock Foods Services"]
)
def test_firms_of_one_group_share_a_website_and_are_for_people(other: str, records: int) -> None:
    one = Record("a", "Brannock Foods Ltd", country="GB", website="https://brannockfoods.co.uk")

    assert outcome(one, replace(one, id="b", name=other), records) is Outcome.UNSURE
    assert outcome(one, replace(one, id="b", name="Brannock Foods Limited"), 1_000) is Outcome.SURE


def test_sisters_with_names_of_their_own_at_one_door_are_for_people() -> None:
    one = Record("a", "Hamzani Textiles Ltd", country="BD", address="12 Nayapara Road, Kashimpur, Gazipur 1346")
    other = replace(one, id="b", name="Debitex Textiles Ltd")

    assert outcome(one, other, 1_000) in (Outcome.UNSURE, Outcome.DIFFERENT)


def test_a_surname_that_is_a_street_too_is_still_a_surname() -> None:
    one = Record("a", "Ines Oldmere", Type.PERSON, address="12 Oldmere Road, Brannock", birth_date="1980-05-01")
    other = replace(one, id="b", name="Ines Brannock")

    assert score_pair(one, replace(one, id="b")).bits > score_pair(one, other).bits + 5


@pytest.mark.parametrize(
    ("name", "address", "other", "elsewhere"),
    [
        (
            "Sahiran Exports Unit 12",
            "Plot 12, Peenya, Bengaluru",
            "Sahiran Exports Unit 7",
            "Plot 7, Peenya, Bengaluru",
        ),
        ("Oldmere Unit 14", "14 Station Road, Surat", "Oldmere Unit 9", "9 Station Road, Surat"),
        ("Oldmere Textiles", "3 Textiles Road, Surat", "Oldmere Chemicals", "3 Chemicals Road, Surat"),
        ("Kosari Industries", "Kosari House, 5 Marine Road", "Lodar Industries", "Lodar House, 5 Marine Road"),
    ],
)
def test_numbers_trades_and_the_only_word_are_no_towns(name: str, address: str, other: str, elsewhere: str) -> None:
    one = Record("a", name, country="IN", address=address)
    assert outcome(one, Record("b", other, country="IN", address=elsewhere), 1_000) is not Outcome.SURE


@pytest.mark.parametrize(
    "names",
    [
        ("Jack Oldmere", "Jack Brannock"),
        ("Nguyen Van Anh", "Nguyen Van Binh"),
        ("Ahmed Hassan", "Ahmed Hussein"),
        ("Maria Garcia Lopez", "Maria Gomez"),
    ],
)
def test_one_given_name_and_one_date_of_birth_are_for_people(names: tuple[str, str]) -> None:
    one, other = (Record(name, name, Type.PERSON, country="VN", birth_date="1980-01-12") for name in names)
    assert outcome(one, other, 1_000) is not Outcome.SURE
    assert outcome(one, replace(one, id="b"), 1_000) is Outcome.SURE


@pytest.mark.parametrize(("name", "other"), [("NCC Ltd", "NEC Ltd"), ("ABC Ltd", "ABD Ltd"), ("SGS Ltd", "SAS Ltd")])
def test_acronyms_of_another_letter_at_one_address_are_for_people(name: str, other: str) -> None:
    one = Record("a", name, country="BD", address="12 Mill Lane, Dhaka 1212")

    assert outcome(one, replace(one, id="b", name=other), 1_000) is not Outcome.SURE
    assert outcome(one, replace(one, id="b", name=name.replace("Ltd", "Limited")), 1_000) is Outcome.SURE


def test_one_city_has_one_name_in_addresses_of_two_scripts() -> None:
    one = Record("a", "ООО Ромашка", country="RU", address="Москва")

    assert outcome(one, Record("b", "OOO Romashka", country="RU", address="Moscow"), 1_000) is Outcome.SURE
    assert outcome(one, Record("b", "OOO Romashka", country="RU", address="Kazan"), 1_000) is not Outcome.SURE


def test_who_has_one_name_and_one_address_and_is_mapped_elsewhere_is_for_people() -> None:
    park = "808 Third Industry Park, Guoyuan, Nantong"
    one = Record("a", "Jackbeany Headwear Co Ltd", country="CN", address=park, latitude=32.02, longitude=120.86)
    middle_of_the_country = replace(one, id="b", latitude=35.86166, longitude=104.195397)

    assert outcome(one, middle_of_the_country, 1_000) is Outcome.UNSURE
    assert outcome(one, replace(middle_of_the_country, address="5 Silk Road, Lanzhou"), 1_000) is Outcome.DIFFERENT
    summary = link([one, middle_of_the_country])
    assert len(summary.review) == 1, "such pairs are compared in a whole list too"
