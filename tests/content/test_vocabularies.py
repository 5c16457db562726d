"""The shipped vocabularies follow their schema, and the sector words of real data resolve in them."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.content.shipped import (
    CONTENT,
    DOCUMENTS,
    LANGUAGES,
    STANDARDS,
    duplicates,
    facilities,
    folded,
    index,
    load,
    rows,
)

NAMES = [
    "audiences",
    "engagement-patterns",
    "evidence-kinds",
    "exploitation",
    "guidance-kinds",
    "guidance-topics",
    "industries",
    "investment-activities",
    "investment-types",
    "issues",
    "models",
    "purposes",
    "roles",
    "scopes",
    "sectors",
    "services",
    "size-bands",
    "stages",
    "stakeholder-types",
]
SECTORS = {
    "recruitment",
    "agriculture",
    "fishing",
    "construction",
    "domestic-work",
    "garment",
    "manufacturing-processing-packing",
    "transportation",
    "other",
}
# Terms of the vocabularies that a published list closes.
COUNTS = {
    "exploitation": 11,
    "models": 8,
    "purposes": 4,
    "engagement-patterns": 4,
    "investment-types": 3,
    "investment-activities": 8,
    "scopes": 3,
    "size-bands": 4,
    "audiences": 3,
    "stages": 9,
}
# Words of real sector columns, and the industry each means.
SECTOR_WORDS = {
    "Apparel": "garment-textile",
    "Footwear": "footwear",
    "Home": "furniture-home",
    "Banks": "banking",
    "Semiconductors & Semiconductor Equipment": "electronics",
    "Food & Staples Retailing": "retail",
    "Travel": "hospitality",
    "Natural resources": "extractives",
    "Sector unknown": "unknown",
    "Conglomerates": "conglomerates",
    "Charity/Non-Profit": "non-profit",
    "Shipping & handling": "transport-logistics",
}


def vocabulary(name: str) -> list[dict[str, Any]]:
    """Return a vocabulary's terms."""
    terms = load(f"vocabularies/{name}.yaml")["terms"]
    assert terms
    return list(terms)


def keys(name: str) -> set[str]:
    """Return a vocabulary's keys."""
    return {term["key"] for term in vocabulary(name)}


def test_every_vocabulary_is_there() -> None:
    assert sorted(path.stem for path in (CONTENT / "vocabularies").glob("*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_file_follows_the_schema(name: str) -> None:
    document = load(f"vocabularies/{name}.yaml")
    assert document["vocabulary"] == name
    assert document["translations"] == "to-be-reviewed"
    assert set(document["title"]) == LANGUAGES
    assert all(document["title"].values())
    allowed = {"key", "label", "definition", "broader", "maps_to", "synonyms", "source"}
    for term in document["terms"]:
        assert set(term) <= allowed, term["key"]
        assert {"key", "label", "definition", "source"} <= set(term), term["key"]


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_unique_kebab_case_strings(name: str) -> None:
    listed = [term["key"] for term in vocabulary(name)]
    assert not duplicates(listed)
    assert all(isinstance(key, str) and key == key.lower() and key.replace("-", "").isalnum() for key in listed)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("field", ["label", "definition"])
def test_labels_and_definitions_are_in_four_languages(name: str, field: str) -> None:
    for term in vocabulary(name):
        assert set(term[field]) == LANGUAGES, term["key"]
        assert all(isinstance(text, str) and text.strip() for text in term[field].values()), term["key"]
        arabic = "".join(term[field]["ar"].split())
        assert any("ARABIC" in unicodedata.name(letter, "") for letter in arabic), term["key"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_labels_are_unique_in_each_language(name: str, language: str) -> None:
    assert not duplicates(folded(term["label"][language]) for term in vocabulary(name))


@pytest.mark.parametrize("name", NAMES)
def test_definitions_are_not_copies_of_each_other(name: str) -> None:
    for language in LANGUAGES:
        assert not duplicates(folded(term["definition"][language]) for term in vocabulary(name))
    for term in vocabulary(name):
        assert len({term["definition"][language] for language in LANGUAGES}) == len(LANGUAGES), term["key"]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_belongs_to_two_terms(name: str) -> None:
    assert index(vocabulary(name), "key")
    synonyms = [folded(text) for term in vocabulary(name) for text in term.get("synonyms", [])]
    assert not duplicates(synonyms)


@pytest.mark.parametrize("name", NAMES)
def test_broader_terms_exist_and_do_not_loop(name: str) -> None:
    broader = {term["key"]: term.get("broader") for term in vocabulary(name)}
    for key in broader:
        seen = [key]
        while (parent := broader[seen[-1]]) is not None:
            assert parent in broader, parent
            assert parent not in seen, seen
            seen.append(parent)


@pytest.mark.parametrize("name", NAMES)
def test_sources_name_a_known_document_and_a_place_in_it(name: str) -> None:
    for term in vocabulary(name):
        assert set(term["source"]) == {"document", "ref"}, term["key"]
        assert term["source"]["document"] in DOCUMENTS | STANDARDS, term["key"]
        assert str(term["source"]["ref"]).strip(), term["key"]


def test_own_terms_say_that_they_were_added() -> None:
    own = [term for name in NAMES for term in vocabulary(name) if term["source"]["document"] == "convener"]
    assert own
    assert all(term["source"]["ref"].startswith("Added") for term in own)


def test_texts_never_say_rescue() -> None:
    words = ("rescue", "sauvetage", "rescate", "إنقاذ", "blacklist", "whitelist")
    for name in NAMES:
        for term in vocabulary(name):
            text = " ".join([*term["label"].values(), *term["definition"].values()]).lower()
            assert not [word for word in words if word in text], term["key"]


@pytest.mark.req("RES-3")
def test_investment_sectors_are_the_nine_published_with_two_details() -> None:
    terms = {term["key"]: term.get("broader") for term in vocabulary("sectors")}
    assert {key for key, broader in terms.items() if broader is None} == SECTORS
    details = {key: broader for key, broader in terms.items() if broader is not None}
    assert details == dict.fromkeys(("manufacturing", "processing-and-packing"), "manufacturing-processing-packing")


@pytest.mark.req("RES-3")
def test_every_industry_maps_to_a_sector_and_every_sector_is_reached() -> None:
    broader = {term["key"]: term.get("broader") for term in vocabulary("sectors")}
    targets = {term["key"]: term["maps_to"] for term in vocabulary("industries")}
    assert set(targets.values()) <= set(broader)
    assert {broader[target] or target for target in targets.values()} == SECTORS
    for key in ("hospitality", "extractives", "finance", "technology", "sex-industry"):
        assert targets[key] == "other"


@pytest.mark.req("RES-3")
def test_a_narrower_industry_counts_in_the_sector_of_its_broader_one() -> None:
    targets = {term["key"]: term["maps_to"] for term in vocabulary("industries")}
    for term in vocabulary("industries"):
        if "broader" in term:
            assert targets[term["key"]] == targets[term["broader"]], term["key"]


def test_only_industries_map_to_sectors() -> None:
    assert not [name for name in NAMES if name != "industries" for term in vocabulary(name) if "maps_to" in term]


@pytest.mark.parametrize("name", COUNTS)
def test_closed_vocabularies_have_the_published_number_of_terms(name: str) -> None:
    assert len(vocabulary(name)) == COUNTS[name]


@pytest.mark.req("DIR-1")
def test_stakeholder_types_belong_to_one_of_the_three_groups() -> None:
    groups = {"public", "private", "civil-society"}
    top = {term["key"] for term in vocabulary("stakeholder-types") if "broader" not in term}
    assert top == groups | {"multi-stakeholder-bodies"}


@pytest.mark.data
@pytest.mark.req("DIR-7")
@pytest.mark.parametrize("column", ["new_sector_name", "old_sector_name"])
def test_sectors_of_real_statements_resolve_to_an_industry(column: str, data: Path) -> None:
    found = index(vocabulary("industries"), "key")
    values = {row[column] for row in rows(data / "companies" / "modern-slavery-statements.csv")} - {""}
    assert len(values) > 20
    assert not sorted(value for value in values if folded(value) not in found)


@pytest.mark.data
@pytest.mark.req("DIR-7")
def test_sectors_of_real_facilities_resolve_to_an_industry(data: Path) -> None:
    found = index(vocabulary("industries"), "key")
    values = {part for row in facilities(data) for part in row["sector"].split("|")}
    assert {found[folded(value)] for value in values} == {"garment-textile", "care-health"}


@pytest.mark.req("DIR-7")
@pytest.mark.parametrize("spelling", SECTOR_WORDS)
def test_sector_words_mean_the_right_industry(spelling: str) -> None:
    assert index(vocabulary("industries"), "key")[folded(spelling)] == SECTOR_WORDS[spelling]


@pytest.mark.req("RES-4")
def test_evidence_kinds_mark_what_the_product_added() -> None:
    kinds = {term["key"]: term["source"]["document"] for term in vocabulary("evidence-kinds")}
    assert {key for key, document in kinds.items() if document == "convener"} == {
        "timesheet",
        "policy-document",
        "other",
    }
