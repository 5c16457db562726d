"""The shipped countries and regions are consistent, and the country columns of real data resolve in them."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.content.shipped import DOCUMENTS, LANGUAGES, STANDARDS, duplicates, facilities, folded, index, load, rows

# What the sanctions list's country column holds beside countries that exist today.
NO_COUNTRY = {"-0-", "undetermined", "Netherlands Antilles"}
# Other names of a country that files use, by ISO alpha-2 code.
SPELLINGS = {
    "US": "USA; US; United States of America; Estados Unidos",
    "GB": "UK; Great Britain; England; Scotland; Northern Ireland; المملكة المتحدة",
    "KR": "South Korea; Republic of Korea; Korea (Republic of)",
    "VN": "Vietnam; Viet Nam",
    "CZ": "Czech Republic; Czechia",
    "MM": "Burma",
    "CI": "Ivory Coast; Côte d'Ivoire",
    "MK": "Macedonia",
    "SZ": "Swaziland",
    "CV": "Cape Verde",
    "HK": "Hong Kong",
    "MO": "Macau",
    "TW": "Taiwan",
    "TR": "Turkey; Türkiye",
    "RU": "Russia; Russian Federation",
    "IR": "Iran",
    "SY": "Syria",
    "LA": "Laos",
    "BO": "Bolivia",
    "VE": "Venezuela",
    "TZ": "Tanzania",
    "MD": "Moldova",
    "AE": "UAE",
    "NL": "Holland",
    "DE": "Allemagne",
    "XK": "Kosovo",
    "NE": "Niger",
    "NG": "Nigeria",
    "PK": "PAK",
}


def country_index() -> dict[str, str]:
    """Return folded country name or code to ISO alpha-2 code."""
    terms = load("countries.yaml")["terms"]
    found = index(terms, "iso2")
    for term in terms:
        for code in (term["iso2"], term["iso3"]):
            assert found.setdefault(folded(code), term["iso2"]) == term["iso2"], code
    return found


@pytest.mark.req("DIR-7")
def test_country_codes_and_names_are_unique() -> None:
    terms = load("countries.yaml")["terms"]
    assert len(terms) == 250
    for code in ("iso2", "iso3", "m49"):
        values = [term[code] for term in terms if term[code] is not None]
        assert all(isinstance(value, str) for value in values)
        assert not duplicates(values)
    assert {term["iso2"] for term in terms if term["m49"] is None} == {"XK"}
    for language in LANGUAGES:
        assert not duplicates(folded(term["label"][language]) for term in terms)
    assert all(set(term["label"]) == LANGUAGES and all(term["label"].values()) for term in terms)


def test_no_country_name_or_code_means_two_countries() -> None:
    assert country_index()["no"] == "NO"


def test_country_points_lie_where_the_country_is() -> None:
    points = {term["iso2"]: (term["latitude"], term["longitude"]) for term in load("countries.yaml")["terms"]}
    assert all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in points.values())
    assert not duplicates(map(str, points.values()))
    boxes = {
        "GB": (50, 59, -8, 2),
        "US": (25, 49, -125, -67),
        "FR": (42, 51, -5, 8),
        "ZA": (-35, -22, 16, 33),
        "CN": (18, 54, 73, 135),
        "FJ": (-21, -12, 176, 180),
        "BR": (-34, 5, -74, -34),
        "XK": (41.8, 43.3, 20, 21.8),
        "SG": (1.1, 1.5, 103.5, 104.1),
        "NO": (58, 71.5, 4, 31),
        "NZ": (-47.5, -34, 166, 179),
    }
    for iso2, (south, north, west, east) in boxes.items():
        latitude, longitude = points[iso2]
        assert south <= latitude <= north, iso2
        assert west <= longitude <= east, iso2


def test_regions_follow_the_schema() -> None:
    terms = load("regions.yaml")["terms"]
    listed = {term["key"] for term in terms}
    codes = {term["iso2"] for term in load("countries.yaml")["terms"]}
    assert len(listed) == len(terms)
    assert not duplicates(term["m49"] for term in terms if "m49" in term)
    for term in terms:
        assert set(term["label"]) == LANGUAGES
        assert all(term["label"].values())
        assert term.get("broader", "world") in listed
        assert term["members"]
        assert set(term["members"]) <= codes, term["key"]
        assert not duplicates(term["members"])
        assert set(term["source"]) == {"document", "ref"}
        assert term["source"]["document"] in DOCUMENTS | STANDARDS
    assert index(terms, "key")


def test_every_country_is_in_its_region_and_in_every_region_above() -> None:
    regions = {term["key"]: term for term in load("regions.yaml")["terms"]}
    for country in load("countries.yaml")["terms"]:
        key = country["region"]
        while key is not None:
            assert country["iso2"] in regions[key]["members"], (country["iso2"], key)
            key = regions[key].get("broader")


def test_innermost_m49_regions_share_no_country() -> None:
    regions = [term for term in load("regions.yaml")["terms"] if "m49" in term]
    inner = {country["region"] for country in load("countries.yaml")["terms"]} - {"world"}
    assert not duplicates(code for term in regions if term["key"] in inner for code in term["members"])


@pytest.mark.req("DIR-7")
@pytest.mark.parametrize("iso2", SPELLINGS)
def test_usual_spellings_of_countries_resolve(iso2: str) -> None:
    found = country_index()
    assert {found.get(folded(spelling)) for spelling in SPELLINGS[iso2].split(";")} == {iso2}


@pytest.mark.data
@pytest.mark.req("DIR-7")
def test_countries_of_real_companies_and_facilities_resolve(data: Path) -> None:
    found = country_index()
    companies = rows(data / "companies" / "modern-slavery-statements.csv")
    values = {row["country_name"] for row in companies} | {row["country"] for row in facilities(data)}
    assert len(values) > 50
    assert not sorted(value for value in values if folded(value) not in found)


@pytest.mark.data
@pytest.mark.req("DIR-7")
def test_countries_of_public_lists_resolve(data: Path) -> None:
    found = country_index()
    goods = data / "goods" / "us-dol-list-of-goods.xml"
    addresses = data / "watchlists" / "ofac-add.csv"
    values = {node.text or "" for node in ElementTree.parse(goods).iter() if node.tag.endswith("Country_Name")}
    with addresses.open(encoding="utf-8", errors="replace", newline="") as stream:
        values |= {row[4].strip() for row in csv.reader(stream) if len(row) > 4}
    stated = {value for value in values if value not in NO_COUNTRY and not value.startswith("Region:")}
    assert len(stated) > 100
    assert not sorted(value for value in stated if folded(value) not in found)


@pytest.mark.req("LIB-2")
def test_countries_that_the_compendium_names_resolve() -> None:
    named = {
        "Australia": "AU",
        "Cambodia": "KH",
        "Canada": "CA",
        "Fiji": "FJ",
        "Germany": "DE",
        "Hong Kong": "HK",
        "India": "IN",
        "Japan": "JP",
        "Liechtenstein": "LI",
        "Malaysia": "MY",
        "New Zealand": "NZ",
        "Singapore": "SG",
        "South Africa": "ZA",
        "Thailand": "TH",
        "the Netherlands": "NL",
        "U.S.": "US",
        "Uganda": "UG",
        "UK": "GB",
        "US": "US",
    }
    found = country_index()
    assert {name: found.get(folded(name)) for name in named} == named
