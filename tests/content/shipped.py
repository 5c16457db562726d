"""What the tests of shipped content share: reading it, and the names under which a term is recognised."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).resolve().parents[2] / "src" / "convener" / "content"
LANGUAGES = {"en", "fr", "es", "ar"}
DOCUMENTS = {
    "unodc-compendium",
    "indicator-private-sector-investment",
    "la-strada-assessment-2014",
    "la-strada-documentation-record",
    "interactive-map-trends-and-gaps",
}
# Public standards that a term may cite, and the product itself for terms that no document has ("Added: …").
STANDARDS = {
    "convener",
    "EU Recommendation 2003/361/EC",
    "European Union",
    "Greater Mekong Subregion programme",
    "Gulf Cooperation Council",
    "ILO Convention 182",
    "ISIC Rev. 4",
    "ISO 3166-1",
    "Trafficking in Persons Protocol",
    "UN M49",
    "UN Supplementary Convention on Slavery 1956",
}


def folded(text: str) -> str:
    """Return text as an import would compare it: lower case, compatible forms, typographic apostrophes made plain."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())


@cache
def load(path: str) -> dict[str, Any]:
    """Return a content file's document."""
    document = yaml.safe_load((CONTENT / path).read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def duplicates(values: Iterable[str]) -> list[str]:
    """Return the values that occur more than once."""
    return [value for value, times in Counter(values).items() if times > 1]


def spellings(term: dict[str, Any]) -> set[str]:
    """Return every folded name under which a term is recognised."""
    return {folded(text) for text in [*term["label"].values(), *term.get("synonyms", [])]}


def index(terms: Iterable[dict[str, Any]], identity: str) -> dict[str, str]:
    """Return folded name to identity, failing where two terms claim one name."""
    found: dict[str, str] = {}
    for term in terms:
        for name in spellings(term):
            assert found.setdefault(name, term[identity]) == term[identity], f"{name}: {found[name]}, {term[identity]}"
    return found


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield a CSV file's rows."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def facilities(data: Path) -> list[dict[str, str]]:
    """Return every row of the facility lists."""
    return [row for path in sorted((data / "facilities").glob("*.csv")) for row in rows(path)]
