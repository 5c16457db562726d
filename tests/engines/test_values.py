"""Texts, addresses, known sets and names from cells; no cell breaks a reader; real lists; speed."""

from __future__ import annotations

import contextlib
import datetime
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convener.engines.tables import open_table
from convener.engines.values import (
    Lookup,
    infer_date_order,
    name_key,
    read_bool,
    read_choice,
    read_choices,
    read_date,
    read_email,
    read_latitude_longitude,
    read_text,
    read_url,
)
from convener.errors import InvalidValue

pytestmark = pytest.mark.req("DIR-7")
TODAY = datetime.date(2026, 11, 21)


def date(cell: object):
    return read_date("date_seen", cell, order="dmy", today=TODAY)


# Texts


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Acme  Ltd ", "Acme Ltd"),
        ("Zoe\u0308\u00a0\u2009Café", "Zoë Café"),
        ("A\u200bc\u200dme\u202eX\ufeff", "AcmeX"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\tb\r\nc\x07d\x00", "a b cd"),
        (4471.0, "4471"),
        (8231834, "8231834"),
        (0.1, "0.1"),
        (True, "true"),
        (datetime.date(2020, 1, 2), "2020-01-02"),
        (["one"], "one"),
        (None, ""),
        ("a < b and b > c, <3", "a < b and b > c, <3"),
        ("x\ud800y", "xy"),
    ],
)
def test_texts(cell: object, text: str) -> None:
    assert read_text("name", cell, max_chars=100) == (text, ())


def test_texts_of_several_lines() -> None:
    text = " a \r\n\r\n\r\n\r\nb\u2028 c\x0b "
    assert read_text("note", text, max_chars=100, multiline=True).value == "a\n\nb\nc"
    assert read_text("note", text, max_chars=100).value == "a b c"


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", "<b", "a</i>", "<!-- x", "<?php", "<\u200bscript>"])
def test_markup_is_refused_and_shown(markup: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_text("name", f"Acme {markup}", max_chars=100)
    assert caught.value.field == "name"
    assert "<" in caught.value.message


def test_long_texts_and_lists_are_refused() -> None:
    assert read_text("name", "x" * 100, max_chars=100).value == "x" * 100
    with pytest.raises(InvalidValue, match="101 characters"):
        read_text("name", "x" * 101, max_chars=100)
    with pytest.raises(InvalidValue, match="list of 2"):
        read_text("name", ["a", "b"], max_chars=100)


@given(st.text(), st.booleans())
def test_a_text_that_was_read_reads_the_same_again(text: str, multiline: bool) -> None:
    try:
        once = read_text("name", text, max_chars=1_000, multiline=multiline).value
    except InvalidValue:
        return
    assert read_text("name", once, max_chars=1_000, multiline=multiline).value == once
    assert unicodedata.is_normalized("NFC", once)
    allowed = "\n" if multiline else ""
    assert all(unicodedata.category(letter) not in ("Cc", "Cs") or letter in allowed for letter in once)


# Addresses


@pytest.mark.parametrize(
    ("cell", "url", "warned"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d", 0),
        ("HTTP://Example.ORG/Path", "http://example.org/Path", 0),
        ("www.example.org", "https://www.example.org", 1),
        ("example.org:8080/x", "https://example.org:8080/x", 1),
        ("https://münchen.example/ü", "https://münchen.example/ü", 0),
        ("http://www.3i.com/~/media/x%20y.pdf", "http://www.3i.com/~/media/x%20y.pdf", 0),
        ("http://8.8.8.8/", "http://8.8.8.8/", 0),
        (None, "", 0),
    ],
)
def test_urls(cell: object, url: str, warned: int) -> None:
    value, warnings = read_url("website", cell)
    assert (value, len(warnings)) == (url, warned)


@pytest.mark.parametrize(
    "cell",
    [
        *("javascript:alert(1)", "ftp://example.org", "data:text/html,x", "mailto:a@example.org", "//", "not a url"),
        *("https://user:pw@example.org", "https://user@example.org", "http://localhost/", "http://127.0.0.1/"),
        *("http://10.0.0.1", "http://[::1]/", "https://example", "https://exa mple.org", "https://example.org\\@x"),
        *("https://example.org:99999/", "https://-x.org", "https://a..org", "http:/https://a.org/x", "https://"),
        "https://example.org/" + "x" * 2_000,
    ],
)
def test_what_is_no_url(cell: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_url("website", cell)
    assert caught.value.hint


def test_emails() -> None:
    assert read_email("email", " mailto:Info@Example.ORG ").value == "Info@example.org"
    assert read_email("email", "o'neil+a@sub.example.org").value == "o'neil+a@sub.example.org"
    assert read_email("email", "jörg@münchen.example").value == "jörg@münchen.example"
    assert read_email("email", None).value == ""


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "info",
            "@example.org",
            "a@",
            "a@example",
            "a b@example.org",
            "a@example.org, b@example.org",
            ".a@example.org",
        ),
        *("a..b@example.org", "A <a@example.org>", "a@b@example.org", "a@ex_ample.org", "x" * 65 + "@example.org"),
        *("a\n@example.org", "a@example.org\nBcc: b@example.org"),
    ],
)
def test_what_is_no_email(cell: str) -> None:
    with pytest.raises(InvalidValue):
        read_email("email", cell)


# Known sets

COUNTRIES = Lookup(
    [
        ("GB", ["United Kingdom", "Royaume-Uni", "Reino Unido", "المملكة المتحدة", "GBR", "Great Britain"]),
        ("CI", ["Côte d'Ivoire", "Ivory Coast", "CIV"]),
        ("CD", ["Congo (Kinshasa)", "Congo"]),
        ("CG", ["Congo (Brazzaville)", "Congo"]),
        ("IN", ["India", "भारत"]),
    ]
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("gb", "GB"),
        ("G.B.R.", "GB"),
        ("UNITED  KINGDOM", "GB"),
        ("royaume uni", "GB"),
        ("المملكة المتحده", "GB"),
        ("cote d’ivoire", "CI"),
        ("COTE DIVOIRE", "CI"),
        ("भारत", "IN"),
        ("भरत", None),
        ("Congo", None),
        ("", None),
        ("Atlantis", None),
    ],
)
def test_lookup(text: str, key: str | None) -> None:
    assert COUNTRIES.find(text) == key
    assert COUNTRIES.get(text) == key


def test_lookup_suggests_names() -> None:
    assert COUNTRIES.suggest("Untied Kingdom") == ["United Kingdom"]
    assert set(COUNTRIES.suggest("congo")) == {"Congo (Kinshasa)", "Congo (Brazzaville)"}
    assert COUNTRIES.suggest("zzzz") == []


def test_choices() -> None:
    assert read_choice("country", " great britain ", COUNTRIES).value == "GB"
    assert read_choice("country", None, COUNTRIES).value is None
    assert read_choice("size", "big", {"big": "L"}).value == "L"
    with pytest.raises(InvalidValue, match='Did you mean "United Kingdom"') as caught:
        read_choice("country", "Unitd Kingdom", COUNTRIES)
    assert caught.value.field == "country"
    with pytest.raises(InvalidValue, match="Choose from: L, S"):
        read_choice("size", "medium", {"big": "L", "small": "S"})


def test_lists_of_choices() -> None:
    assert read_choices("countries", "GB|india||gbr", COUNTRIES).value == ("GB", "IN")
    assert read_choices("countries", "GB; India;", COUNTRIES).value == ("GB", "IN")
    assert read_choices("countries", ["GB", None, "India"], COUNTRIES).value == ("GB", "IN")
    assert read_choices("countries", None, COUNTRIES).value == ()
    with pytest.raises(InvalidValue, match='"Narnia", "Oz" are not values'):
        read_choices("countries", "GB|Narnia|Oz", COUNTRIES)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["Yes", "y", "TRUE", "t", "1", 1, 1.0, True, "Oui", "sí", "SI", "نعم", "vrai"], True),
        (["No", "n", "False", "f", "0", 0, False, "non", "faux", "لا"], False),
        (["", None, "  "], None),
    ],
)
def test_yes_and_no(words: list[object], value: bool | None) -> None:
    assert [read_bool("published", word).value for word in words] == [value] * len(words)


def test_what_is_neither_yes_nor_no() -> None:
    with pytest.raises(InvalidValue, match="neither yes nor no"):
        read_bool("published", "Not explicit")


# Names


@pytest.mark.parametrize(
    "writings",
    [
        ["DC Thomson & Company Limited", "D.C. Thomson & Co. Ltd", "D C THOMSON AND CO LTD."],
        ["Acme PLC", "ACME P.L.C.", "Acme Public Limited Company", "Acme p l c", "The Acme plc", "Acme plc (The)"],
        ["Foo, Inc.", "foo incorporated"],
        ["Foo L.L.C.", "Foo LLC", "Foo Limited Liability Company"],
        ["Foo S.A.", "FOO SA", "Foo S. A.", "Foo Société Anonyme", "Foo sociedad anónima"],
        ["Foo S.r.l.", "Foo SRL"],
        ["Müller GmbH", "Muller G.m.b.H.", "Müller Gesellschaft mit beschränkter Haftung"],
        ["Foo B.V.", "Foo BV"],
        ["Foo Pty Limited", "Foo Pty. Ltd.", "Foo Proprietary Limited"],
        ["Foo Sdn. Bhd.", "Foo Sendirian Berhad"],
        ["Foo Corp.", "Foo Corporation"],
        ["ООО «Ромашка»", 'Общество с ограниченной ответственностью "Ромашка"'],
        ["深圳某某有限公司", "深圳某某 有限公司", "深圳某某有限责任公司"],
        ["㈱トヨタ", "株式会社トヨタ", "(株)トヨタ"],
        ["Sainsbury’s", "SAINSBURY'S", "Sainsburys"],
        ["Łódź Sp. z o.o.", "Lodz sp. z o. o."],
        ["ﬁrst Café", "First Cafe"],
    ],
)
def test_writings_of_one_name_have_one_key(writings: list[str]) -> None:
    assert len({name_key(name) for name in writings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd", "Acme PLC"),
        ("Acme Ltd", "Acme"),
        ("Acme Limited Partners", "Acme Ltd Partners"),
        ("Foo AB", "Foo AG"),
        ("कि संस्था", "कु संस्था"),
        ("ガ", "カ"),
        ("Limited Brands", "Ltd Brands"),
    ],
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_keys() -> None:
    assert name_key("The A.B.C. Company, Ltd.") == "abc co ltd"
    assert name_key("The") == "the"
    assert name_key("Limited") == "ltd"
    assert name_key("!!!") == ""


@given(st.text())
@example("\ufe70")
@example("ـ")
@example("The The")
@example("§1")
def test_a_name_with_a_letter_or_digit_has_a_key_of_words(name: str) -> None:
    key = name_key(name)
    assert key == " ".join(key.split())
    if any(letter.isalnum() for letter in name):
        assert key


@given(st.text(st.characters(max_codepoint=127)))
def test_case_punctuation_and_blanks_do_not_matter(name: str) -> None:
    assert name_key(f" {name.upper()},  ") == name_key(name.lower())


# Any cell


@given(st.text() | st.integers() | st.floats())
def test_anything_is_read_or_refused_and_nothing_breaks(cell: str | int | float) -> None:
    for read in (
        lambda: date(cell),
        lambda: read_latitude_longitude(cell, "5"),
        lambda: read_url("u", cell),
        lambda: read_email("e", cell),
        lambda: read_bool("b", cell),
        lambda: read_text("t", cell, max_chars=50),
        lambda: infer_date_order([cell]),
    ):
        result: object = None
        with contextlib.suppress(InvalidValue):
            result = read()
        assert result is None or isinstance(result, tuple | str)


@given(st.text())
def test_a_refusal_shows_the_value_on_one_line_with_nothing_invisible(text: str) -> None:
    try:
        read_bool("published", text)
    except InvalidValue as refused:
        shown = refused.message
    else:
        shown = ""
    assert shown.isprintable()
    assert len(shown) < 100


# Real lists, and speed


@pytest.mark.data
def test_real_lists_of_companies_are_read(data: Path) -> None:
    with open_table(data / "companies/modern-slavery-statements.csv") as table:
        order = infer_date_order(row.cells["date_seen"] for row in table.rows())
        assert order == "dmy"
        days = [read_date("date_seen", row.cells["date_seen"], order=order, today=TODAY) for row in table.rows()]
        assert [read for read in days if read.warnings] == []
        assert sum(1 for read in days if read.value) == 1_680  # the others are blank
        names = [read_text("name", row.cells["company_name"], max_chars=300).value for row in table.rows()]
        assert len({name_key(name) for name in names}) == 1_809  # one company under two names
        urls = [row.cells["statement_url"] for row in table.rows()]
    assert len(days) == 1_810
    assert sum(1 for url in urls if not _is_url(url)) == 1  # "http:/https://…"
    with open_table(data / "companies/modern-slavery-statements-excel-dates.csv") as table:
        days = [read_date("date_seen", row.cells["date_seen"], order="dmy", today=TODAY) for row in table.rows()]
    assert all("Excel" in read.warnings[0] for read in days)
    assert {read.value.year for read in days if read.value} <= {2016, 2017, 2018, 2019, 2020}


def _is_url(cell: object) -> bool:
    try:
        return bool(read_url("statement_url", cell).value)
    except InvalidValue:
        return False


@pytest.mark.data
def test_real_lists_of_facilities_have_places(data: Path) -> None:
    for path in sorted((data / "facilities").glob("*.csv")):
        with open_table(path) as table:
            reads = [read_latitude_longitude(row.cells["lat"], row.cells["lng"]) for row in table.rows()]
        assert all(read.value and not read.warnings for read in reads)
