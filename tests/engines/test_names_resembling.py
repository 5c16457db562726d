"""Keys by which records find each other, and pairs judged by themselves: what an import asks the engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from convener.engines.names.linkage import Outcome, PairScore, Record
from convener.engines.names.linkage.keys import keys_of, writings_of
from convener.engines.names.linkage.resembling import Resembling

pytestmark = [pytest.mark.req("DIR-7"), pytest.mark.req("DIR-8")]
NAMES = st.text(min_size=1, max_size=40)


def resembling(records: list[Record], pairs: list[tuple[int, int]]) -> dict[tuple[int, int], PairScore]:
    """The pairs that may be one, all explained."""
    found = Resembling(records, pairs)
    assert all(found.explained(pair).bits == pytest.approx(bits, abs=0.01) for pair, bits in found.bits.items())
    return {pair: found.explained(pair) for pair in found.bits}


def record(name: str, at: int = 0, **values: object) -> Record:
    return Record(str(at), name, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lotus River Rice Mill", "RICE MILL, Lotus River Co. Ltd"),
        ("Надежда Фонд", "Nadezhda Fond"),
        ("Lotus River Ricemill", "Lotus River Rice Mill"),
        ("Nordlicht Hilfe", "Nordlicht-Hilfe e.V."),
        ("Quintero Fishing International", "Quintero Fishing"),
    ],
)
def test_two_writings_share_a_key(one: str, other: str) -> None:
    assert keys_of(record(one)) & keys_of(record(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trading Company", "Trading Group"),
        ("Lotus River Rice Mill", "Harbour Savings"),
        ("Lotus River Rice Mill 12", "Lotus River Rice Mill 13"),
        ("", ""),
    ],
)
def test_others_share_none(one: str, other: str) -> None:
    assert not keys_of(record(one)) & keys_of(record(other))


def test_websites_and_other_names_are_keys_too() -> None:
    one = record("Alpha", website="https://www.quintero.example/about", aliases=("Lotus River",))
    assert keys_of(one) & keys_of(record("Beta", website="quintero.example"))
    assert keys_of(one) & keys_of(record("River Lotus"))


@given(NAMES, st.sampled_from(["", "https://a.example"]))
def test_keys_are_small_whole_numbers_and_say_the_same_twice(name: str, website: str) -> None:
    keys = keys_of(record(name, website=website))
    assert all(0 <= key < 2**63 for key in keys)
    assert keys == keys_of(record(name, at=7, website=website))
    assert len(keys) <= 4


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ООО Ромашка", "OOO Romashka", True),
        ("The Acme PCL", "Acme Public Co. Ltd", True),
        ("Lotus River Ricemill", "LOTUS RIVER RICE-MILL", True),
        ("北京华兴科技", "北京华星科技", False),
        ("Women for Women", "Women to Women", False),
        ("Free the Slaves", "Free Slaves", False),
        ("Körber Stiftung", "Körber AG", False),
        ("Women's Refuge Leeds", "Men's Refuge Leeds", False),
        ("Acme Ltd", "Acme", False),
        ("Acme Ltd", "Acme GmbH", False),
        ("Royal Apparel", "Royal Garments", False),
        ("Acme Trading 4", "Acme Trading 5", False),
        ("Ministry of Labour", "Ministry of Interior", False),
    ],
)
def test_the_same_writing_is_the_same_but_for_script_form_and_articles(one: str, other: str, same: bool) -> None:
    assert bool(writings_of([one]) & writings_of([other])) is same


def test_a_pair_is_judged_by_itself() -> None:
    mill = {"country": "TH", "website": "https://lotusmill.example", "address": "1 Rim Nam, Chiang Mai"}
    pair = [record("Lotus River Rice Mill", 0, **mill), record("Lotus River Ricemill Co Ltd", 1, **mill)]
    alone = resembling(pair, [(0, 1)])
    crowd = [record(f"Lotus River Mill Number {at}", at, country="TH") for at in range(2, 60)]
    among = resembling([*pair, *crowd], [(0, 1), *((0, at) for at in range(2, 60))])
    assert among[0, 1] == alone[0, 1]
    assert alone[0, 1].outcome is Outcome.SURE
    assert sum(alone[0, 1].gives) == pytest.approx(alone[0, 1].score, abs=1e-3)
    turned = resembling(pair[::-1], [(0, 1)])
    assert turned[0, 1].bits == alone[0, 1].bits


def test_what_is_clearly_different_is_left_out() -> None:
    records = [record("Harbour Savings", 0, country="GB"), record("Quintero Fishing", 1, country="GB")]
    assert resembling(records, [(0, 1)]) == {}
    assert resembling(records, []) == {}


def test_another_number_of_one_register_is_never_sure() -> None:
    base = {"country": "GB", "website": "https://acme.example"}
    one = record("Acme Fishing", 0, registration_number="01234567", **base)
    other = record("Acme Fishing", 1, registration_number="07654321", **base)
    found = resembling([one, other], [(0, 1)])
    assert not found or found[0, 1].outcome is not Outcome.SURE


#: Words of several kinds, some of which mean the same, and ways in which a list writes them otherwise.
SOME = """
    Yıldız YILDIZ Tekstil Textile Textiles Lotus River Rivr Ricemill Rice Mill Trading Centro Golden Garment Garmnets
    Intl International Ltd Limited GmbH 12 II London Dhaka Huawei 华为 Технология and &
"""
ORGANISATIONS = st.builds(
    Record,
    st.just(""),
    st.lists(st.sampled_from(SOME.split()), min_size=1, max_size=5).map(" ".join),
    country=st.sampled_from(["", "GB", "BD"]),
    address=st.sampled_from(["", "17 Church Street, London", "Church St 17, Dhaka 1212", "Plot 3, London 1212"]),
    website=st.sampled_from(["", "lotusriver.example", "yildiztekstil.example", "golden.example/about"]),
    registration_number=st.sampled_from(["", "123456", "HRB 123456", "123465"]),
)


@given(ORGANISATIONS, ORGANISATIONS)
@example(
    Record("", "Yıldız Tekstil Ltd. Şti. Centro", website="yildiztekstil.example"),
    Record("", "YILDIZ TEKSTIL LTD. ŞTI.", website="yildiztekstil.example"),
)
@example(
    Record("", "Nouvblle SARL Construction", country="FR", address="ZI Voltaire, Lot 29, Paris"),
    Record("", "Limited NOUVELLE GROUP", country="FR", address="ZI Voltaire, lot 29, Paris 88377"),
)
@example(
    Record("", "national tetxiles ltd", country="BD", address="21 Braiur Ln, Clokpur, 6931, Bangladesh"),
    Record("", "National Textile Ltd", country="BD", address="21 BRAIUR LANE, CLOKPUR, BANGLADESH"),
)
@settings(deadline=None)  # the first pair loads the words
def test_a_pair_says_the_same_whichever_stands_first(one: Record, other: Record) -> None:
    one, other = replace(one, id="one"), replace(other, id="other")
    there, back = Resembling([one, other], [(0, 1)]).bits, Resembling([other, one], [(0, 1)]).bits
    assert there.get((0, 1), 0.0) == pytest.approx(back.get((0, 1), 0.0), abs=0.02)
