"""Shipped organisations, initiatives, practices and tools: complete, resolvable, sourced, and in words of their own.

The schema is that of ``convener/content``: YAML lists of records whose coded fields hold keys of the vocabularies that
ship beside them. Checks against the source documents themselves are skipped where those are not at hand. A practice is
an initiative and more: what goes beyond is checked in ``test_library.py``.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "src" / "convener" / "content"
DATA = Path(os.environ.get("CONVENER_TEST_DATA", ROOT.parent / "shared" / "data"))
SOURCES = DATA.parent / "mission" / "sources"
DOCUMENTS = {
    "unodc-compendium",
    "indicator-private-sector-investment",
    "la-strada-assessment-2014",
    "la-strada-documentation-record",
    "interactive-map-trends-and-gaps",
}
RUN = 12  # words in a row that would be taken from a source
WORD = re.compile(r"[^\W_]+", re.UNICODE)
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

LISTS_OF_A_PRACTICE = {"how", "results", "outcomes", "legal_basis", "lessons"}
COMMON = {"key", "name", "names", "summary", "source", "sources", "exploitation", "countries", "regions"}
ALLOWED = {
    "organisations": COMMON
    | {"type", "country", "scope", "industries", "issues", "services", "models", "languages", "website"},
    "tools": COMMON
    | {
        "functions",
        "users",
        "languages",
        "cost",
        "licence",
        "maintained",
        "last_release",
        "providers",
        "practice",
        "website",
    },
    "initiatives": COMMON
    | {"practice", "part", "models", "purposes", "members", "industries", "issues", "started", "ended"},
}
ALLOWED["practices"] = ALLOWED["initiatives"] | LISTS_OF_A_PRACTICE | {"section", "purpose"}
REQUIRED = {
    "organisations": {"key", "name", "type", "summary", "source"},
    "tools": {"key", "name", "functions", "cost", "maintained", "summary", "source"},
    "initiatives": {"key", "name", "part", "summary", "source"},
    "practices": {"key", "name", "practice", "part", "section", "summary", "purpose", "source", *LISTS_OF_A_PRACTICE},
}
VOCABULARIES = {  # field -> file, from the content folder
    "type": "vocabularies/stakeholder-types",
    "users": "vocabularies/stakeholder-types",
    "scope": "vocabularies/scopes",
    "industries": "vocabularies/industries",
    "issues": "vocabularies/issues",
    "exploitation": "vocabularies/exploitation",
    "services": "vocabularies/services",
    "models": "vocabularies/models",
    "purposes": "vocabularies/purposes",
    "country": "countries",
    "countries": "countries",
    "regions": "regions",
}
CHOICES = {
    "cost": {"free", "paid", "unknown"},
    "maintained": {"yes", "no", "unknown"},
    "part": {"prevention", "supply-chains", "financial", "technology", "understanding"},
}
MEMBER_ROLES = {"convener", "implementer", "enabler", "member", "focal-point"}
NAME_KINDS = {"legal", "alias", "acronym", "former", "translation"}


@dataclass(frozen=True)
class Record:
    """One shipped record, with what is needed to point at it."""

    kind: str
    file: str
    fields: dict[str, Any]

    @property
    def where(self) -> str:
        """The file and key, for messages."""
        return f"{self.kind}/{self.file}: {self.fields.get('key')}"


class StrictLoader(yaml.SafeLoader):
    """YAML in which a field given twice is an error: the plain loader would drop the first without a word."""


def _mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    names = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise yaml.constructor.ConstructorError(None, None, f"given twice: {twice}", node.start_mark)
    return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@cache
def read(path: Path) -> Any:
    """The YAML of ``path``, read safely; fields given twice are refused."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)


def records(kind: str) -> list[Record]:
    """Every shipped record of ``kind``, from all its files; a practice has a file of its own."""
    return [
        Record(kind, path.name, item)
        for path in sorted((CONTENT / kind).glob("*.yaml"))
        for item in as_list(read(path))
    ]


def everything() -> Iterator[Record]:
    """Every shipped record of the four kinds."""
    for kind in ALLOWED:
        yield from records(kind)


def vocabulary(name: str) -> set[str]:
    """The keys of one vocabulary; for countries their two-letter codes."""
    terms = read(CONTENT / f"{name}.yaml")["terms"]
    return {term["iso2" if name == "countries" else "key"] for term in terms}


def words(text: str) -> list[str]:
    """The words of ``text``, in lower case and without punctuation."""
    return [match.group().lower() for match in WORD.finditer(text)]


def runs(tokens: list[str]) -> set[tuple[str, ...]]:
    """Every run of ``RUN`` words in ``tokens``."""
    return {tuple(tokens[i : i + RUN]) for i in range(len(tokens) - RUN + 1)}


def as_list(value: Any) -> list[Any]:
    """``value`` as a list, whether a field holds one key or several."""
    return value if isinstance(value, list) else [value]


def strings(value: Any) -> Iterator[str]:
    """Every string inside ``value``."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def cited(record: Record) -> list[dict[str, str]]:
    """The source of the record and those of its single fields."""
    return [record.fields["source"], *record.fields.get("sources", {}).values()]


@pytest.mark.req("DIR-1", "DIR-2")
@pytest.mark.parametrize("kind", ALLOWED)
def test_every_file_is_a_list_of_records(kind: str) -> None:
    files = sorted((CONTENT / kind).glob("*.yaml"))
    assert files
    for path in files:
        loaded = [read(path)] if kind == "practices" else read(path)
        assert isinstance(loaded, list), f"{path}: expected a list of records"
        assert loaded, f"{path}: no records"
        assert all(isinstance(item, dict) for item in loaded), f"{path}: every record is a mapping"


@pytest.mark.req("DIR-1", "DIR-2")
def test_fields_are_those_of_the_schema() -> None:
    wrong = []
    for record in everything():
        given = set(record.fields)
        wrong += [f"{record.where}: {name} is not a field" for name in given - ALLOWED[record.kind]]
        wrong += [f"{record.where}: {name} is missing" for name in REQUIRED[record.kind] - given]
        may_be_empty = LISTS_OF_A_PRACTICE | {"members"} if record.kind == "practices" else set()
        wrong += [
            f"{record.where}: {name} is empty"
            for name, value in record.fields.items()
            if value in (None, "", [], {}) and name not in may_be_empty
        ]
    assert wrong == []


@pytest.mark.req("DIR-1", "DIR-2")
def test_keys_are_kebab_case_and_unique_within_a_kind() -> None:
    for kind in ALLOWED:
        kinds = ("initiatives", "practices") if kind == "initiatives" else (kind,)  # one table holds both
        keys = [record.fields["key"] for one in kinds for record in records(one)]
        assert [key for key in keys if not KEBAB.fullmatch(key)] == []
        assert [key for key, count in Counter(keys).items() if count > 1] == [], f"{kind}: keys given twice"


@pytest.mark.req("DIR-8")
def test_no_organisation_is_shipped_twice_under_one_name() -> None:
    owners: dict[str, set[str]] = {}
    for record in records("organisations"):
        called = [record.fields["name"], *(n["text"] for n in record.fields.get("names", []) if n["kind"] != "acronym")]
        for text in called:
            owners.setdefault(" ".join(words(text)), set()).add(record.fields["key"])
    assert {text: keys for text, keys in owners.items() if len(keys) > 1} == {}


@pytest.mark.req("DIR-1", "DIR-2")
@pytest.mark.parametrize("field", VOCABULARIES)
def test_coded_fields_hold_known_keys(field: str) -> None:
    known = vocabulary(VOCABULARIES[field])
    wrong = []
    for record in everything():
        for key in as_list(record.fields.get(field, [])):
            if key not in known:
                wrong.append(f"{record.where}: {field} {key!r} is not a key of {VOCABULARIES[field]}")
    assert wrong == []


@pytest.mark.req("DIR-1", "DIR-2")
def test_choices_names_and_years_are_well_formed() -> None:
    wrong = []
    for record in everything():
        fields = record.fields
        wrong += [
            f"{record.where}: {f} {fields[f]!r}"
            for f, known in CHOICES.items()
            if f in fields and fields[f] not in known
        ]
        wrong += [
            f"{record.where}: name {item!r}"
            for item in fields.get("names", [])
            if set(item) != {"text", "lang", "kind"} or item["kind"] not in NAME_KINDS
        ]
        wrong += [
            f"{record.where}: {f} {fields[f]!r}"
            for f in ("started", "ended")
            if f in fields and not re.fullmatch(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?", str(fields[f]))
        ]
        wrong += [
            f"{record.where}: language {code!r}"
            for code in fields.get("languages", [])
            if not re.fullmatch("[a-z]{2}", str(code))
        ]
    assert wrong == []


@pytest.mark.req("DIR-2")
def test_members_and_providers_are_shipped_organisations() -> None:
    organisations = {record.fields["key"] for record in records("organisations")}
    roles = vocabulary("vocabularies/roles")
    assert roles >= MEMBER_ROLES
    for record in (*records("initiatives"), *records("practices")):
        members = record.fields.get("members", [])
        for member in members:
            told = set(member) - ({"does"} if record.kind == "practices" else set())
            assert told == {"organisation", "role"}, f"{record.where}: {member}"
            assert member["role"] in MEMBER_ROLES, f"{record.where}: {member}"
            assert member["organisation"] in organisations, f"{record.where}: {member}"
        listed = [member["organisation"] for member in members]
        assert len(listed) == len(set(listed)), f"{record.where}: a member is listed twice"
    for record in records("tools"):
        assert set(record.fields.get("providers", [])) <= organisations, record.where


@pytest.mark.req("LIB-2")
def test_each_of_the_39_promising_practices_has_one_file_and_no_other_initiative_its_number() -> None:
    assert Counter(record.fields["practice"] for record in records("practices")) == Counter(range(1, 40))
    assert [record.where for record in records("initiatives") if "practice" in record.fields] == []
    for record in records("practices"):
        assert record.file == f"{record.fields['practice']:02}-{record.fields['key']}.yaml"


@pytest.mark.req("LIB-2")
def test_practices_cite_their_own_number() -> None:
    for record in records("tools"):
        if "practice" in record.fields:
            assert 1 <= record.fields["practice"] <= 39, record.where
    for record in records("practices"):
        assert record.fields["source"]["ref"] == f"Practice {record.fields['practice']}", record.where


@pytest.mark.req("DIR-1", "LIB-2")
def test_every_record_says_where_it_comes_from() -> None:
    for record in everything():
        for source in cited(record):
            assert set(source) == {"document", "ref"}, record.where
            assert source["document"] in DOCUMENTS, f"{record.where}: {source}"
            assert isinstance(source["ref"], str), record.where
            assert source["ref"].strip(), record.where
            for number in re.findall(r"Practices? (\d+)", source["ref"]):
                assert 1 <= int(number) <= 39, f"{record.where}: {source}"
        unknown = set(record.fields.get("sources", {})) - set(record.fields)
        assert unknown == set(), f"{record.where}: sources of fields that are not there"


@pytest.mark.req("DIR-1")
def test_summaries_are_short_and_in_the_words_of_the_house() -> None:
    for record in everything():
        summary = record.fields["summary"]
        assert set(summary) <= {"en", "fr", "es", "ar"}, record.where
        assert 6 <= len(words(summary["en"])) <= 70, f"{record.where}: {len(words(summary['en']))} words"
        assert not [text for text in strings(record.fields) if "rescu" in text.lower()], (
            f"{record.where}: see the words of the mission"
        )


def test_a_run_of_twelve_words_is_noticed() -> None:
    text = "One two, three four (five) six seven: eight nine ten; eleven twelve thirteen."
    assert len(runs(words(text))) == 2
    assert runs(words(text)) & runs(words("zero " + text.upper()))
    assert runs(words("one two three")) == set()


def _source(name: str) -> str:
    path = SOURCES / f"{name}.txt"
    if not path.is_file():
        pytest.skip("the source documents are not at hand")
    return path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.data
@pytest.mark.req("DIR-1")
def test_no_summary_takes_its_words_from_a_source() -> None:
    known: set[tuple[str, ...]] = set()
    for name in sorted(DOCUMENTS):
        known |= runs(words(_source(name)))
    taken = [
        f"{record.where}: {' '.join(run)}"
        for record in everything()
        for run in runs(words(record.fields["summary"]["en"])) & known
    ]
    assert taken == []


@pytest.mark.data
@pytest.mark.req("DIR-1")
def test_websites_are_those_the_source_gives() -> None:
    wrong = []
    for record in everything():
        if "website" in record.fields:
            source = record.fields.get("sources", {}).get("website", record.fields["source"])
            address = urlsplit(record.fields["website"])
            if address.scheme not in {"http", "https"} or address.netloc not in _source(source["document"]):
                wrong.append(f"{record.where}: {record.fields['website']}")
    assert wrong == []
