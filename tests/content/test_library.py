"""Shipped practices and guidance: whole, in four languages, every figure and heading as the source has it, in own words.

``test_compendium.py`` checks what a practice shares with other initiatives.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from convener.rooms.directory.pages.labels import PARTS
from convener.rooms.library.models import GuidanceKind
from convener.rooms.library.queries.guidance import SECTORS
from convener.rooms.library.schema import checked
from tests.content.test_compendium import (
    DOCUMENTS,
    KEBAB,
    SOURCES,
    Record,
    records,
    runs,
    strings,
    vocabulary,
    words,
)

LANGUAGES = {"en", "fr", "es", "ar"}
SHELVES = ("practices", "guidance")
NUMBERS = {"two": 2, "three": 3, "ninefold": 9, "eight-fold": 8, "double": 2}
QUALIFIERS = {"over": "more-than", "more than": "more-than", "+": "more-than", "around": "about", "nearly": "about"}
MILLION = 1_000_000
#: Places of a source that come before its first heading.
WITHOUT_HEADING = {"Opening paragraph", "Introduction"}


def shelf() -> list[Record]:
    """Every practice and piece of guidance."""
    return [record for kind in SHELVES for record in records(kind)]


def figures() -> list[tuple[Record, dict[str, Any]]]:
    """Every figure with the practice that tells it."""
    return [(record, figure) for record in records("practices") for figure in record.fields["results"]]


@cache
def source(document: str) -> str:
    """A source document; the test is skipped where it is not at hand."""
    path = SOURCES / f"{document}.txt"
    if not path.is_file():
        pytest.skip("the source documents are not at hand")
    return path.read_text(encoding="utf-8", errors="replace")


def sections() -> dict[str, list[str]]:
    """The lines of the Compendium by section ('1.3'); lines of its tables of contents, with page numbers, are none."""
    found: dict[str, list[str]] = {}
    here: list[str] = []
    for line in source("unodc-compendium").splitlines():
        heading = re.match(r"([1-4]\.[1-5])\. [^\t]+$", line)
        if heading:
            here = found.setdefault(heading[1], [])
        here.append(line.strip())
    return found


def section_of(ref: str) -> str:
    """The 'N.N' of a place in the Compendium."""
    found = re.match(r"section (\d\.\d), ", ref)
    assert found is not None, ref
    return found[1]


def plain(text: str) -> str:
    """Text for comparing: small, straight apostrophes, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())


def spelt(as_written: str) -> tuple[Decimal, str, str]:
    """Value, qualifier and kind of unit ('percent', 'times', 'ZAR', '' for anything counted) of a figure in words."""
    text = as_written.casefold()
    qualifier = next((meant for word, meant in QUALIFIERS.items() if text.startswith(word)), "exact")
    digits = re.search(r"\d[\d,]*(\.\d+)?", text)
    if digits is None:
        number = next(value for word, value in NUMBERS.items() if re.search(rf"\b{word}\b", text))
        return Decimal(number), qualifier, "times" if re.search("fold|double", text) else ""
    value = Decimal(digits[0].replace(",", ""))
    if re.search(r"\d mill(ion)?\b", text):
        value *= MILLION
    rand = re.search(r"\br\d", text)
    return value, qualifier, "percent" if f"{digits[0]}%" in text else "ZAR" if rand else ""


@pytest.mark.req("LIB-2", "LIB-3")
@pytest.mark.parametrize("kind", SHELVES)
def test_every_record_follows_the_schema(kind: str) -> None:
    held = records(kind)
    assert len(held) >= 39
    for record in held:
        assert checked(kind, record.fields, record.where)["key"] == record.fields["key"]


@pytest.mark.req("LIB-2", "LIB-3")
def test_keys_are_unique_in_kebab_case_and_no_address_of_the_room_itself() -> None:
    for kind in SHELVES:
        counts = Counter(record.fields["key"] for record in records(kind))
        assert [key for key, count in counts.items() if count > 1 or not KEBAB.fullmatch(key)] == []
        assert "compare" not in counts


@pytest.mark.req("LIB-2", "LIB-3")
def test_summaries_and_titles_are_in_four_languages_arabic_in_its_script() -> None:
    for record in shelf():
        texts = record.fields["summary" if record.kind == "practices" else "title"]
        assert set(texts) == LANGUAGES, record.where
        assert all(text.strip() for text in texts.values()), record.where
        letters = [letter for letter in texts["ar"] if letter.isalpha()]
        arabic = [letter for letter in letters if "ARABIC" in unicodedata.name(letter, "")]
        assert len(arabic) > len(letters) / 2, record.where
        assert len({plain(text) for text in texts.values()}) == 4, f"{record.where}: the same text in two languages"


@pytest.mark.req("LIB-2")
def test_a_practice_says_what_it_is_for_how_it_works_and_what_to_learn() -> None:
    for record in records("practices"):
        fields = record.fields
        assert fields["purpose"]["en"].strip(), record.where
        assert fields["how"], record.where
        assert fields["lessons"], record.where
        assert fields["part"] in PARTS, record.where
        assert fields["models"], record.where


@pytest.mark.req("LIB-2", "LIB-3")
def test_texts_are_in_the_words_of_the_house() -> None:
    wrong = ("rescu", "blacklist", "whitelist", "<", "&amp;")
    for record in shelf():
        told = [text for text in strings(record.fields) for word in wrong if word in text.casefold()]
        assert told == [], record.where


@pytest.mark.req("LIB-3")
def test_kinds_and_sectors_of_guidance_are_those_of_the_code() -> None:
    assert set(GuidanceKind.values) == vocabulary("vocabularies/guidance-kinds")
    assert set(SECTORS) <= set(PARTS)
    used = {record.fields["topic"] for record in records("guidance")}
    assert used == vocabulary("vocabularies/guidance-topics")
    assert {record.fields["kind"] for record in records("guidance")} == set(GuidanceKind.values)


@pytest.mark.req("LIB-3")
def test_guidance_of_a_part_is_for_that_sector_and_no_piece_is_told_twice() -> None:
    parts = {"2": ["supply-chains"], "3": ["financial"], "4": ["technology"]}
    for record in records("guidance"):
        origin = record.fields["source"]
        assert origin["document"] in DOCUMENTS, record.where
        if origin["document"] == "unodc-compendium":
            wanted = parts.get(section_of(origin["ref"])[0])
            assert wanted is None or record.fields["sectors"] == wanted, record.where
    texts = Counter(plain(record.fields["text"]["en"]) for record in records("guidance"))
    assert [text for text, count in texts.items() if count > 1] == []


@pytest.mark.req("LIB-2")
def test_the_value_of_every_figure_agrees_with_how_the_source_writes_it() -> None:
    assert len(figures()) > 40
    for record, figure in figures():
        value, qualifier, unit = spelt(figure["as_written"])
        assert Decimal(figure["value"]) == value, f"{record.where}: {figure}"
        assert figure.get("qualifier", "exact") == qualifier, f"{record.where}: {figure}"
        counted = figure["unit"] if figure["unit"] in ("percent", "times", "ZAR") else ""
        assert counted == unit, f"{record.where}: {figure}"
        assert figure["what"]["en"].strip(), f"{record.where}: {figure}"


@pytest.mark.req("LIB-2")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ninefold", (9, "exact", "times")),
        ("More than double", (2, "more-than", "times")),
        ("1,247,845", (1_247_845, "exact", "")),
        ("+R123 mill", (123_000_000, "more-than", "ZAR")),
        ("60%-time reduction", (60, "exact", "percent")),
        ("nearly 17,000", (17_000, "about", "")),
    ],
)
def test_figures_are_read_as_people_read_them(text: str, told: tuple[int, str, str]) -> None:
    assert spelt(text) == (Decimal(told[0]), *told[1:])


@pytest.mark.data
@pytest.mark.req("LIB-2")
def test_every_figure_stands_in_the_source_at_the_section_named() -> None:
    by_section = {name: plain(" ".join(lines)) for name, lines in sections().items()}
    for record, figure in figures():
        section = section_of(figure["ref"])
        assert section == str(record.fields["section"]), record.where
        assert figure["ref"].endswith(f", Practice {record.fields['practice']}"), record.where
        written = re.escape(plain(figure["as_written"]))
        assert re.search(rf"(?<![\w,.]){written}(?!\w)", by_section[section]), f"{record.where}: {figure}"


@pytest.mark.data
@pytest.mark.req("LIB-3")
def test_every_tip_and_lesson_of_the_compendium_is_told_by_a_piece_of_guidance() -> None:
    cited = {plain(record.fields["source"]["ref"]) for record in records("guidance")}
    missing, boxes = [], 0
    for name, lines in sections().items():
        if not "1.3" <= name <= "4.2":
            continue
        for box, heading in boxes_of(lines):
            boxes += 1
            told = [ref for ref in cited if names_the_box(ref, name, box, heading)]
            missing += [] if told else [f"section {name}, {box}: {heading}"]
    assert boxes > 50
    assert missing == []


def boxes_of(lines: list[str]) -> list[tuple[str, str]]:
    """The boxes of a section: ('tips', their heading) and ('lessons learnt', the heading of the text they stand in)."""
    found, heading = [], ""
    for line in lines:
        if re.match(r"[a-k]\) \S", line):
            heading = line[3:]
        if line.startswith("TIPS: "):
            found.append(("tips", line.removeprefix("TIPS: ")))
        if line == "LESSONS LEARNT":
            found.append(("lessons learnt", heading))
    return found


def names_the_box(ref: str, section: str, box: str, heading: str) -> bool:
    """True when ``ref`` is a place in that box; a long heading may be cut at the end of a word."""
    start = f"section {section}, {box}: "
    told = ref.removeprefix(start)
    return ref.startswith(start) and len(told) > 4 and f"{plain(heading)} ".startswith(f"{told} ")


@pytest.mark.data
@pytest.mark.req("LIB-3")
def test_every_place_that_guidance_names_is_in_its_source() -> None:
    by_section = {name: plain(" ".join(lines)) for name, lines in sections().items()}
    wrong = []
    for record in records("guidance"):
        document, ref = record.fields["source"]["document"], record.fields["source"]["ref"]
        if document != "unodc-compendium":
            if ref not in WITHOUT_HEADING and plain(ref) not in plain(source(document)):
                wrong.append(f"{record.where}: {ref}")
            continue
        heading = re.sub(r"^(tips|lessons learnt|model mou|purpose): |^[a-k]\) ", "", plain(ref.partition(", ")[2]))
        if heading not in by_section[section_of(ref)]:
            wrong.append(f"{record.where}: {ref}")
    assert wrong == []


@pytest.mark.data
@pytest.mark.req("LIB-2", "LIB-3")
def test_no_text_takes_twelve_words_in_a_row_from_a_source() -> None:
    known: set[tuple[str, ...]] = set()
    for name in sorted(DOCUMENTS):
        known |= runs(words(source(name)))
    taken = [
        f"{record.where}: {' '.join(run)}"
        for record in shelf()
        for text in own_texts(record)
        for run in runs(words(text)) & known
    ]
    assert taken == []


def own_texts(record: Record) -> list[str]:
    """What a record says in words of its own, without official names; ``as_written`` quotes on purpose, and shortly."""
    said = [value for name, value in record.fields.items() if name not in ("key", "name", "names", "results", "source")]
    said += [figure["what"] for figure in record.fields.get("results", [])]
    return [re.sub(official_names(), "#", text) for text in strings(said)]


@cache
def official_names() -> str:
    """A pattern of the longest names that ship."""
    kinds = ("organisations", "initiatives", "practices", "tools")
    names = {record.fields["name"] for kind in kinds for record in records(kind)}
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(words(name)) > 4)


@pytest.mark.data
@pytest.mark.req("LIB-2")
def test_what_is_quoted_of_the_source_is_short() -> None:
    assert all(len(words(figure["as_written"])) <= 6 for _record, figure in figures())
