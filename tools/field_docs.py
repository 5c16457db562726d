"""Writes the pages under docs/data/ from the table of columns and the shipped vocabularies.

    uv run python tools/field_docs.py

tests/test_docs.py fails while the pages say something else than this prints, so a new column is documented with it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convener.foundation.vocabularies import Vocabulary
    from convener.rooms.directory.columns import Column

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "data"
NOTE = "<!-- Written by tools/field_docs.py. Change the table of columns or the vocabularies, then run it again. -->"
BY_CODE = ("countries", "regions")

SEEN_BY = {
    "public": "whoever sees the entry",
    "place": "whom `place_visibility` names",
    "contact": "whom `contact_visibility` names",
    "keepers": "the organisation itself, the member that looks after its entry, the secretariat",
}
#: How a cell of a column is written where its kind does not say it.
WRITTEN = {
    "id": "`CV-`, nine characters, a check character. In an import, any other text here is taken as a number of the "
    "imported list and kept in `source_ids`.",
    "aliases": "Several, joined with `|`.",
    "registration_number": "Several, joined with `|`. Without a country in front, the register is that of `country`; "
    "for `GB`, leading zeros that a spreadsheet dropped are put back.",
    "lei": "Twenty letters and digits, of which the last two are checked. Several, joined with `|`.",
    "org_id": "Code of the list, dash, number in it. Whether the list exists is not checked. Several, joined with `|`.",
    "source_ids": "Name of the list, colon, number. Several, joined with `|`.",
    "status": "`active` or `closed`. A closed organisation keeps its page and is in no list, count or map.",
    "visibility": "`public`, `members` or `private`. New entries are public.",
    "place_visibility": "`public`, `members` or `private`. Where nobody says anything, the place is private for these "
    "types, which may run shelters, and public for all others: {sheltered}.",
    "contact_visibility": "`public`, `members` or `private`. Where nobody says anything, contacts are private.",
    "languages": "Several, joined with `|`; by custom ISO 639 codes, which are not checked.",
    "summary_language": "Two letters, such as `en`.",
    "latitude": "Decimal degrees, from -90 to 90; an import also reads degrees, minutes and seconds.",
    "longitude": "Decimal degrees, from -180 to 180; an import also reads degrees, minutes and seconds.",
}

HEAD = f"""{NOTE}

# Fields of an organisation

Every column that an export writes, an import reads, the form shows and the API answers. One table in the code,
[`columns.py`](../../src/convener/rooms/directory/columns.py), makes all four, so they cannot disagree.

*Seen by* says whose eyes a value is for. The whole entry has a visibility (`visibility`), and inside it the place and
the contact have their own, which can only be narrower. What you may not see is empty in an export, absent from the API
and not in the source of a page.

*Other headings* are those that an import recognises by itself, whatever the case, blanks and punctuation;
`--map THEIRS=OURS` names any other. In a spreadsheet several values stand in one cell, joined with `|` (an import also
splits at `;` where a cell has no `|`); in JSON and GeoJSON they are a list.

For each value the hub also keeps where it came from and the day on which it was entered or confirmed; the API gives
both as `provenance`.

| column | meaning |
|---|---|
"""

VOCABULARIES_HEAD = f"""{NOTE}

# Controlled vocabularies

Records carry the *key*. Pages show the label in the reader's language (English, French, Spanish, Arabic), and imports
take the key, any of the labels or a synonym. Definitions, translations, synonyms and the source of each term are in
[`src/convener/content/vocabularies/`](../../src/convener/content/vocabularies/) and at `/api/v1/vocabularies/NAME`.
A hub adds terms of its own, or overrides ours, with files of the same names under `content/` in its data folder.

Countries are in [`countries.yaml`](../../src/convener/content/countries.yaml) by their ISO 3166-1 code (found by name
in the four languages, by two letters or by three), and regions in
[`regions.yaml`](../../src/convener/content/regions.yaml).
"""


def fields_page() -> str:
    """The text of docs/data/organisations.md."""
    from convener.rooms.directory.api.fields import MEANINGS
    from convener.rooms.directory.columns import COLUMNS

    index = "".join(f"| [`{column.name}`](#{column.name}) | {MEANINGS[column.name]} |\n" for column in COLUMNS)
    return HEAD + index + "".join(map(_field, COLUMNS))


def _field(column: Column) -> str:
    from convener.rooms.directory.api.fields import MEANINGS

    lines = [f"\n## {column.name}\n", MEANINGS[column.name], "", f"- Written as: {_written(column)}"]
    if column.vocabulary in BY_CODE:
        lines.append(f"- Vocabulary: [{column.vocabulary}](../../src/convener/content/{column.vocabulary}.yaml)")
    elif column.vocabulary:
        lines.append(f"- Vocabulary: [{column.vocabulary}](vocabularies.md#{column.vocabulary})")
    lines.append(f"- Seen by: {SEEN_BY[column.part]}")
    if column.headings:
        lines.append(f"- Other headings: {', '.join(column.headings)}")
    return "\n".join(lines) + "\n"


def _written(column: Column) -> str:
    from convener.rooms.directory import columns
    from convener.rooms.directory.models.profiles import SHELTERED_TYPES

    if column.name in WRITTEN:
        return WRITTEN[column.name].replace("{sheltered}", ", ".join(f"`{key}`" for key in sorted(SHELTERED_TYPES)))
    return {
        columns.TEXT: f"Text on one line, at most {column.max_chars} characters, without markup.",
        columns.LONG_TEXT: f"Text, line breaks allowed, at most {column.max_chars:,} characters, without markup.",
        columns.CHOICE: "One key of the vocabulary.",
        columns.VOCABULARY: "Keys of the vocabulary, joined with `|`.",
        columns.LIST: f"Texts of at most {column.max_chars} characters, joined with `|`.",
        columns.URL: "An http or https address with a public host name, without a user name in it.",
        columns.EMAIL: "One mail address.",
        columns.DATE: "ISO 8601 (`2026-03-31`) in exports; an import reads any usual form and Excel's serial numbers.",
    }[column.kind]


def vocabularies_page() -> str:
    """The text of docs/data/vocabularies.md."""
    from convener.foundation.vocabularies import content_dir, vocabulary

    names = sorted(path.stem for path in (content_dir() / "vocabularies").glob("*.yaml"))
    return VOCABULARIES_HEAD + "".join("\n".join(_terms(vocabulary(name))) + "\n" for name in names)


def _terms(vocabulary: Vocabulary) -> Iterator[str]:
    more = "sector it counts in" if any(term.maps_to for term in vocabulary.terms.values()) else "part of"
    yield f"\n## {vocabulary.name}\n"
    yield f"| key | label | {more} |\n|---|---|---|"
    for term in vocabulary.terms.values():
        yield f"| `{term.key}` | {term.labels['en']} | {term.maps_to or term.broader} |"


def pages() -> dict[Path, str]:
    """Each page with the text it must have. Needs Django to be set up on any data folder."""
    return {FOLDER / "organisations.md": fields_page(), FOLDER / "vocabularies.md": vocabularies_page()}


def main() -> int:
    """Write the pages."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CONVENER_DATA_DIR"] = folder  # a hub's own terms are not the product's
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convener.site.settings")
        import django

        django.setup()
        for path, text in pages().items():
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
