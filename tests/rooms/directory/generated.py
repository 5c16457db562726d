"""Generated organisations with hostile texts, lists of them as files, and a picture of all that is kept of organisations."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from convener.foundation.actor import OPERATOR
from convener.foundation.parties.models import Party, PartyIdentifier, PartyName
from convener.foundation.parties.queries import hub_party
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory.actions import exporting, importing, staging
from convener.rooms.directory.columns import BY_NAME
from convener.rooms.directory.models import Import, ImportEntry, Profile
from convener.rooms.directory.queries import index

#: Pieces of text on which some layer between a cell and a database has its own opinion.
PIECES = (
    "=1+1", "+44 20", "-1", "@SUM(A1)", "＝1", "'", "''=x", "'tis", "|", "\\", "\\|", "a|b", ";", "a; b", ",", '"', '""',
    "\n", "\r\n", "\t", "\u2028", "\x85", "\x00", "\x1f", "\ufeff", "\u202eabc", "\u200f", "\u200c", "\u00a0", "\u00ad",
    "🐟", "👩‍👩‍👧", "é", "e\u0301", "A\u030a", "\u212b", "ﷺ", "ﬁ", "ß", "İ", "株式会社", "محمد", "مي\u200cخواهم", "मानव",
    "ไทย", "_x000D_", "_x0041_", "#N/A", "TRUE", "001", "1e5", "43657", "2019-07-11", "NULL", "CV-", ":", "GB:12", "sep=;",
    "x < y", "&amp;", "{{7*7}}", "%s", "../..", "Acme", "Ltd", "the", " ", "  ",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), min_size=1, max_size=6).map("".join)
LONG = st.builds(lambda piece, count: (piece * count)[:290], st.sampled_from(PIECES), st.integers(20, 290))
LINES = st.lists(TEXT, max_size=4).map("\n".join)
TEXTS = st.lists(TEXT | LONG, max_size=4)
WEBSITES = (
    "https://example.org/ü?x=1&y='=1",
    "HTTP://EXAMPLE.ORG",
    "example.org",
    "https://bücher.example/a;b",
    "http://a.example/#é",
)
EMAILS = ("a.b+c@EXAMPLE.org", "=cmd@x.org", "+x@x.org", "ünï@bücher.example", "o'neil@x.org", "-@x.org")
VISIBILITIES = ("public", "members", "private")


def lei(number: int) -> str:
    """A valid LEI, another one for each number."""
    body = f"{number:018d}"
    return body + mod_97_10.calc_check_digits(body)


def _keys(column: str) -> list[str]:
    name = BY_NAME[column].vocabulary
    return list({"countries": countries, "regions": regions}.get(name, lambda: vocabulary(name))().terms)


def _columns(number: int) -> dict[str, st.SearchStrategy[Any]]:
    several = {
        name: st.lists(st.sampled_from(_keys(name)), max_size=4)
        for name in ("countries", "regions", "sector", "industries", "issues", "exploitation", "services", "models")
    }
    single = {name: st.sampled_from(_keys(name)) for name in ("type", "country", "size", "scope")}
    numbered = st.sampled_from(("", "HRB 1", "GB:7.", "FR: a:b|c;d ", "DE:\\", "=", "１", "٣")).map(
        lambda one: f"{one}{number}"
    )
    visibility = {name: st.sampled_from(VISIBILITIES) for name in BY_NAME if name.endswith("visibility")}
    return {
        **several, **single, **visibility,
        "aliases": TEXTS, "workstreams": TEXTS, "outputs": TEXTS, "languages": st.lists(TEXT.map(lambda one: one[:60])),
        "registration_number": st.lists(numbered, max_size=2),
        "lei": st.just(lei(number)),
        "org_id": st.sampled_from(("GB-COH-", "XM-DAC-x|y;z-", "us_de-abc-")).map(lambda one: f"{one}{number}"),
        "source_ids": TEXT.map(lambda one: [f"some list:{one[:80]}{number}", f"other:{number}"]),
        "summary": LINES, "summary_language": st.sampled_from(("en", "ar")),
        "website": st.sampled_from(WEBSITES), "address": LINES, "city": TEXT, "phone": TEXT.map(lambda one: one[:60]),
        "email": st.sampled_from(EMAILS),
        "last_confirmed": st.dates(dt.date(1900, 1, 1)).map(str) | st.sampled_from((43657, "11/07/2019", "July 2019")),
    }  # fmt: skip


@st.composite
def organisations(draw: st.DrawFn, most: int = 4) -> list[dict[str, Any]]:
    """Some rows as a JSON list holds them: what people write, right and wrong; no two with one name or number."""
    rows = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        row = draw(st.fixed_dictionaries({}, optional=_columns(number)))
        row["name"] = draw(TEXT | LONG) + f" {number}№"
        row.setdefault("country", "TH")
        if draw(st.booleans()):
            row["latitude"], row["longitude"] = draw(st.floats(-90, 90)), draw(st.floats(-180, 180))
        rows.append(row)
    return rows


@contextmanager
def thrown_away() -> Iterator[None]:
    """A hub that is empty at the beginning and forgotten at the end."""
    index.forget()
    with transaction.atomic():
        hub_party()  # made when it is first asked for
        try:
            yield
        finally:
            transaction.set_rollback(True)
    index.forget()


def write_json(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """A list as JSON."""
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """A list of plain cells as CSV, with every column that any row has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def bring_in(path: Path, **options: Any) -> dict[str, Any]:
    """Import a file as an operator; the summary."""
    run = importing.import_file(path, actor=OPERATOR, options=importing.Options(**options))
    return staging.summary_of(run)


def did(summary: dict[str, Any]) -> tuple[int, int, int, int]:
    """Added, updated, skipped and failed rows."""
    return summary["added"], summary["updated"], summary["skipped"], summary["failed"]


def journal(summary: dict[str, Any]) -> list[tuple[int, str]]:
    """What each row did."""
    return list(ImportEntry.objects.filter(run=summary["import_id"]).order_by("number").values_list("number", "did"))


def send_out(path: Path, fmt: str) -> int:
    """Export all that an operator may see; how many organisations."""
    with path.open("wb") as file:
        return exporting.export(file, fmt, actor=OPERATOR)


def cells() -> list[dict[str, Any]]:
    """Every organisation of the hub as an export's row, in the order in which they came."""
    keys = list(Profile.objects.order_by("party_id").values_list("party_id", flat=True))
    return [dict(row) for row in exporting.rows(keys, actor=OPERATOR)]


def picture(*, but: Sequence[str] = ()) -> dict[str, Any]:
    """Everything kept of every organisation, so that two moments can be compared; ``but``: fields of a party to leave out."""
    left_out = {"provenance_sets", "updated_at", *but}
    kept: dict[str, Any] = {}
    for party in Party.objects.all():
        fields = {field.attname: getattr(party, field.attname) for field in Party._meta.concrete_fields}
        kept[str(party.pk)] = {name: value for name, value in fields.items() if name not in left_out}
        kept[str(party.pk)] |= {f"{name} from": entry for name, entry in party.provenance.items()}
    tables: dict[str, Any] = {
        "names": PartyName.objects.values_list("party_id", "text", "name_key", "kind", "language"),
        "identifiers": PartyIdentifier.objects.values_list("party_id", "scheme", "jurisdiction", "value"),
        "entries": Profile.objects.values_list(*(field.attname for field in Profile._meta.concrete_fields)),
    }
    return {"parties": kept} | {name: sorted(map(repr, rows)) for name, rows in tables.items()}


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What two pictures differ in, one line each; empty where nothing does."""
    told = []
    for key in before["parties"].keys() | after["parties"].keys():
        was, became = before["parties"].get(key, {}), after["parties"].get(key, {})
        changed = [name for name in was | became if was.get(name) != became.get(name)]
        told += [f"{key}.{name}: {was.get(name)} → {became.get(name)}" for name in changed]
    for table in before.keys() - {"parties"}:
        told += [f"{table}: gone {row}" for row in before[table] if row not in after[table]]
        told += [f"{table}: new {row}" for row in after[table] if row not in before[table]]
    return told


def assert_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Fail with everything in which two pictures differ."""
    told = differences(before, after)
    if told:
        pytest.fail("\n".join(told[:20]))


def staged_or_working() -> int:
    """How many imports are neither over nor waiting for a person."""
    states = Import.State
    return Import.objects.filter(state__in=[states.STAGING, states.STAGED, states.APPLYING, states.UNDOING]).count()


#: A world so small that rows meet: the same names, numbers and values again and again, right and contradictory.
_SMALL: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(("Acme", "ACME Ltd", "Beta", "Beta GmbH", "🐟", "!!!", "محمد")),
    "country": st.sampled_from(("GB", "DE")),
    "aliases": st.lists(st.sampled_from(("Acme", "Beta", "Gamma", "🐟")), max_size=2),
    "registration_number": st.lists(st.sampled_from(("GB:11111111", "GB:22222222", "DE:HRB 1")), max_size=2),
    "lei": st.sampled_from((lei(1), lei(2))),
    "source_ids": st.lists(st.sampled_from(("elsewhere:1", "elsewhere:2")), max_size=1),
    "id": st.sampled_from(("CV-000000000V", "n1", "n2")),
    "city": st.sampled_from(("Leeds", "York")),
    "type": st.sampled_from(("ngos", "smes")),
    "industries": st.lists(st.sampled_from(("construction", "garment-textile")), max_size=2),
    "sector": st.lists(st.sampled_from(("fishing", "technology")), max_size=1),
    "place_visibility": st.sampled_from(("public", "private")),
    "last_confirmed": st.sampled_from(("2020-01-01", "2021-01-01")),
}


def meeting_rows(*, with_ids: bool = False) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of the small world. With ids, ``#0`` to ``#2`` stand for the public ID of the organisation at that place."""
    columns = _SMALL | ({"id": st.sampled_from(("#0", "#1", "#2", "n1"))} if with_ids else {})
    first = st.just({"name": "Acme"})  # so that the list has a column of names
    return st.tuples(first, st.lists(st.fixed_dictionaries({}, optional=columns), max_size=6)).map(
        lambda parts: [parts[0], *parts[1]]
    )


@st.composite
def rows_of_three(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows about three organisations, each told by some of its names and numbers, and some of what holds of it."""
    rows = []
    for one in draw(st.lists(st.sampled_from((1, 2, 3)), min_size=1, max_size=7)):
        numbers: dict[str, st.SearchStrategy[Any]] = {
            "lei": st.just(lei(one)),
            "registration_number": st.just(f"GB:{one}1111111"),
            "id": st.just(f"n{one}"),
            "aliases": st.just([f"Other {one}"]),
            "type": st.just(("ngos", "smes", "ngos")[one - 1]),
            "city": st.just(f"Town {one}"),
            "place_visibility": st.just(("public", "members", "private")[one - 1]),
            "industries": st.lists(st.sampled_from(("construction", "garment-textile")), max_size=1),
        }
        row = draw(st.fixed_dictionaries({}, optional=numbers))
        name = draw(st.sampled_from((f"Org {one}", f"The ORG {one}", f"Other {one}", f"🐟{'!' * one}")))
        rows.append({"name": name, "country": ("GB", "DE", "TH")[one - 1], **row})
    return rows


def with_ids(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with real public IDs, those of the hub's organisations in the order in which they came."""
    ids = list(Profile.objects.order_by("party_id").values_list("party__public_id", flat=True)[:3])
    found = {f"#{place}": public_id for place, public_id in enumerate(ids)}
    return [{name: found.get(cell, cell) if name == "id" else cell for name, cell in row.items()} for row in rows]
