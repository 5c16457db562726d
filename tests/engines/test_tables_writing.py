"""What is written reads back the same, in every format, whatever is in the cells; and does no harm in a spreadsheet."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import json
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.engines.tables import FORMATS, Cell, Row, join_list, open_table, split_list, write_table
from convener.errors import Refused

pytestmark = pytest.mark.req("DIR-7")

COLUMNS = ["key", "text", "number", "share", "list", "day", "yes", "latitude", "longitude"]
HOSTILE = [
    "=1+1",
    "'=x",
    "''",
    "＠x",
    "\t=",
    "a\r\nb",
    "\r",
    "_x0041_",
    "\x01\x1f",
    "#N/A",
    "#REF!",
    ";",
    "sep=;",
    '"',
    "\ufffe",
]
TEXTS = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40
)
PARTS = st.lists(TEXTS.map(str.strip).filter(bool), max_size=3)
PLACES = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.none() | TEXTS,
            "number": st.none() | st.integers(-(10**14), 10**14),
            "share": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "list": PARTS,
            "day": st.none() | st.dates(),
            "yes": st.none() | st.booleans(),
            "place": PLACES,
        }
    ),
    min_size=1,
    max_size=8,
)


def back(fmt: str, columns: list[str], rows: list[dict[str, object]]) -> list[Row]:
    with tempfile.NamedTemporaryFile(suffix=f".{fmt}") as file:
        write_table(fmt, columns, rows, file)
        file.flush()
        with open_table(Path(file.name)) as table:
            assert table.format == fmt
            assert set(table.headings) == set(columns)
            return list(table.rows())


def as_read(fmt: str, value: object) -> Cell:
    """What a value is once it was written and read: CSV knows only texts, workbooks no lists, none of them dates."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return value if fmt in ("json", "geojson") else (join_list(value) or None)
    if value is None or value == "":
        return None
    if fmt == "csv" and not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    assert isinstance(value, (str, int, float))
    return value


@pytest.mark.parametrize("fmt", FORMATS)
@settings(deadline=None, max_examples=60)
@given(rows=ROWS)
def test_round_trip(fmt: str, rows: list[dict[str, object]]) -> None:
    written = []
    for number, row in enumerate(rows):
        latitude, longitude = row.pop("place") or (None, None)
        written.append({"key": f"k{number}", "latitude": latitude, "longitude": longitude, **row})
    found = back(fmt, COLUMNS, written)
    assert [row.number for row in found] == list(range(2, len(rows) + 2))
    for expected, row in zip(written, found, strict=True):
        assert row.problems == []
        assert row.cells == {name: as_read(fmt, expected[name]) for name in COLUMNS}
        if fmt in ("csv", "xlsx"):
            assert split_list(str(row.cells["list"] or "")) == expected["list"]


def test_no_text_in_csv_or_xlsx_starts_like_a_formula_and_numbers_stay_numbers() -> None:
    rows = [{"=a": text, "n": -5} for text in HOSTILE]
    out = io.BytesIO()
    write_table("csv", ["=a", "n"], rows, out)
    assert out.getvalue().startswith(b"\xef\xbb\xbf'=a,n\r\n")
    cells = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert not any(row[0].startswith(tuple("=+-@\t\r\n＝＋－＠")) for row in cells)
    assert {row[1] for row in cells[1:]} == {"-5"}
    out = io.BytesIO()
    write_table("xlsx", ["=a", "n"], rows, out, title="My: list/x")
    sheet = openpyxl.load_workbook(out).active
    assert (sheet.title, sheet.freeze_panes, sheet["A1"].font.bold) == ("My  list x", "A2", True)
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert {cell.value for cell in sheet["B"][1:]} == {-5}
    assert [cell.value for cell in sheet["A"]][:2] == ["'=a", "'=1+1"]


def test_what_no_format_carries_is_replaced_and_other_kinds_of_values_are_written_as_text() -> None:
    moment = datetime.datetime(2020, 1, 2, 3, 4, tzinfo=datetime.UTC)
    row = {"a": "x\x00y\ud800", "b": decimal.Decimal("1.50"), "c": float("nan"), "d": moment, "e": 10**17}
    for fmt in ("csv", "xlsx", "json"):
        (found,) = back(fmt, list(row), [row])
        assert [found.cells[name] for name in "abcd"] == ["x\ufffdy\ufffd", "1.50", None, "2020-01-02T03:04:00+00:00"]
        assert int(str(found.cells["e"])) == 10**17


def test_geojson_has_null_geometry_without_a_place() -> None:
    out = io.BytesIO()
    rows = [{"name": "a", "latitude": 1.5, "longitude": 2}, {"name": "b", "latitude": 1.5}]
    write_table("geojson", ["name", "latitude", "longitude"], rows, out, title='My "list"')
    parsed = json.loads(out.getvalue())
    assert (parsed["type"], parsed["name"]) == ("FeatureCollection", 'My "list"')
    assert parsed["features"][0] == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [2, 1.5]},
        "properties": {"name": "a"},
    }
    assert parsed["features"][1]["geometry"] is None
    assert parsed["features"][1]["properties"] == {"name": "b", "latitude": 1.5, "longitude": None}


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_table_without_rows_reads_back_without_rows(fmt: str, tmp_path: Path) -> None:
    path = tmp_path / "empty"
    with path.open("wb") as file:
        write_table(fmt, ["name"], [], file)
        assert not file.closed
    with open_table(path) as table:
        assert list(table.rows()) == []


def test_refusals() -> None:
    with pytest.raises(Refused, match="no format"):
        write_table("pdf", ["a"], [], io.BytesIO())
    with pytest.raises(Refused, match="row 2, column B"):
        write_table("xlsx", ["a", "b"], [{"b": "x" * 32_768}], io.BytesIO())
