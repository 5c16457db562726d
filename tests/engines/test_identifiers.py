"""Identifiers: the public ID and what it catches; LEI, company numbers, org-id.guide."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from convener.engines.identifiers import (
    new_public_id,
    read_lei,
    read_org_id_guide,
    read_public_id,
    read_registration_number,
)
from convener.engines.tables import open_table
from convener.errors import InvalidValue

ALPHABET = string.digits + string.ascii_uppercase
IDS = st.builds(lambda seed: new_public_id(random.Random(seed).randbytes), st.integers(0, 10**9))


@pytest.mark.req("DIR-10")
@given(IDS)
def test_an_id_has_its_form_and_is_read_as_people_type_it(public_id: str) -> None:
    assert public_id.startswith("CV-")
    assert len(public_id) == 13
    assert not set(public_id[3:]) & set("ILOU")
    assert mod_37_36.is_valid(public_id[3:])
    body = public_id[3:]
    for typed in (
        public_id,
        public_id.lower(),
        f" cv {body} ",
        f"CV{body}",
        f"CV–{body[:4]} {body[4:]}",
        f"cv_{body}\n",
    ):
        assert read_public_id(typed) == public_id
    for letter, typed in (("0", "O"), ("0", "o"), ("1", "I"), ("1", "l")):
        if body.count(letter) == 1:
            assert read_public_id("CV-" + body.replace(letter, typed)) == public_id


@pytest.mark.req("DIR-10")
@settings(max_examples=40, deadline=None)
@given(IDS)
def test_every_wrong_character_is_caught(public_id: str) -> None:
    for index in range(3, 13):
        for letter in ALPHABET:
            wrong = public_id[:index] + letter + public_id[index + 1 :]
            meant_the_same = {letter, public_id[index]} in ({"0", "O"}, {"1", "I"}, {"1", "L"})
            if letter != public_id[index] and not meant_the_same:
                with pytest.raises(InvalidValue):
                    read_public_id(wrong)


@pytest.mark.req("DIR-10")
@settings(max_examples=300, deadline=None)
@given(IDS)
def test_every_exchange_of_neighbours_is_caught(public_id: str) -> None:
    for index in range(3, 12):
        left, right = public_id[index], public_id[index + 1]
        if left != right:
            with pytest.raises(InvalidValue):
                read_public_id(public_id[:index] + right + left + public_id[index + 2 :])


@pytest.mark.req("DIR-10")
def test_an_id_in_which_an_exchange_would_pass_is_not_issued() -> None:
    chance = random.Random(1)
    issued_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    def blind(body: str) -> bool:
        number = body + mod_37_36.calc_check_digit(body)
        others = {number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(9)} - {number}
        return any(mod_37_36.is_valid(other) for other in others)

    bodies = ("".join(chance.choices(issued_alphabet, k=9)) for _ in range(10_000))
    weak = next(body for body in bodies if blind(body))
    draws = [bytes(issued_alphabet.index(letter) for letter in weak), bytes(9)]
    assert new_public_id(lambda count: draws.pop(0)) == "CV-000000000V"
    assert draws == []
    with pytest.raises(ValueError, match="random"):
        new_public_id(lambda count: bytes(issued_alphabet.index(letter) for letter in weak))


@pytest.mark.req("DIR-10")
def test_ids_do_not_repeat_and_use_every_character() -> None:
    chance = random.Random(2)
    ids = [new_public_id(chance.randbytes) for _ in range(2_000)]
    assert len(set(ids)) == 2_000
    assert len({letter for public_id in ids for letter in public_id[3:12]}) == 32


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize(
    "text",
    ["", "CV-", "12345", "XX-000000000V", "CV-00000000", "CV-00000000000V", "CV-00000000é", "CV-٠٠٠٠٠٠٠٠٠V", "<b>"],
)
def test_what_is_no_public_id(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_public_id(text)
    assert caught.value.field == "id"
    assert caught.value.hint


@pytest.mark.req("DIR-10")
def test_a_likely_slip_is_suggested_only_where_it_is_the_only_one() -> None:
    told = set()
    chance = random.Random(3)
    for _ in range(200):
        public_id = new_public_id(chance.randbytes)
        place = chance.randrange(3, 11)
        typed = public_id[:place] + public_id[place + 1] + public_id[place] + public_id[place + 2 :]
        if typed == public_id:
            continue
        with pytest.raises(InvalidValue) as caught:
            read_public_id(typed)
        assert "looks mistyped" in caught.value.hint
        suggested = "Did you mean" in caught.value.hint
        told.add((suggested, public_id in caught.value.hint))
    assert (True, True) in told
    assert (False, True) not in told


@pytest.mark.req("DIR-7")
def test_lei() -> None:
    assert read_lei(" 2138 00ku-d8lajwsq9d15") == "213800KUD8LAJWSQ9D15"
    for wrong, said in [
        ("213800KUD8LXJWSQ9D15", "check digits are wrong"),
        ("213800KUD8LAJWSQ9D", "not an LEI"),
        ("", "not an LEI"),
        ("213800KUD8LAJWSQ9DXX", "not an LEI"),
    ]:
        with pytest.raises(InvalidValue, match=said) as caught:
            read_lei(wrong)
        assert caught.value.hint


@pytest.mark.req("DIR-7")
@pytest.mark.parametrize(
    ("given_as", "jurisdiction", "number", "warned"),
    [
        ("8231834", "GB", "08231834", 1),
        (8231834, "gb", "08231834", 1),
        (8231834.0, "GB", "08231834", 1),
        ("08231834", "GB", "08231834", 0),
        ("sc 33785", "GB", "SC033785", 1),
        ("SC033785", "GB", "SC033785", 0),
        ("R0000123", "GB", "R0000123", 0),
        ("IP00001R", "GB", "IP00001R", 0),
        ("QQ123456", "GB", "QQ123456", 1),
        ("CHA287780", "GB", "CHA287780", 1),
        ("hrb 12.345 b", "DE", "HRB12345B", 0),
        ("00123", "FR", "00123", 0),
        (None, "GB", "", 0),
    ],
)
def test_registration_numbers(given_as: object, jurisdiction: str, number: str, warned: int) -> None:
    value, warnings = read_registration_number(given_as, jurisdiction)
    assert (value, len(warnings)) == (number, warned)


@pytest.mark.req("DIR-7")
@pytest.mark.parametrize("text", ["-", "n/a<b>", "00000000", "x" * 65, "///"])
def test_what_is_no_registration_number(text: str) -> None:
    with pytest.raises(InvalidValue):
        read_registration_number(text, "GB")


@pytest.mark.req("DIR-7")
def test_org_id_guide() -> None:
    found = read_org_id_guide(" gb-coh-09506232 ")
    assert (found.list_code, found.id, str(found)) == ("GB-COH", "09506232", "GB-COH-09506232")
    assert read_org_id_guide("XI-IATI-EC_FPI").list_code == "XI-IATI"
    assert read_org_id_guide("US_DE-DOS-12-34").id == "12-34"
    for wrong in ("", "GB-COH", "09506232", "GB-COH-", "GBR-COH-1", "GB-COH---"):
        with pytest.raises(InvalidValue):
            read_org_id_guide(wrong)


@pytest.mark.req("DIR-7")
@pytest.mark.data
def test_company_numbers_of_the_real_register(data: Path) -> None:
    with open_table(data / "companies/uk-modern-slavery-registry-companies.csv") as table:
        reads = [read_registration_number(row.cells["company_number"], "GB") for row in table.rows()]
    assert len(reads) == 3_642
    kept = [read.value for read in reads if any("kept as it is" in warning for warning in read.warnings)]
    assert all(len(read.value) in (0, 8) for read in reads if read.value not in kept)
    assert len(kept) == 68
    padded = {read.value for read in reads if "was read as" in "".join(read.warnings)}
    assert "08231834" in padded
