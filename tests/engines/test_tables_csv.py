"""CSV in the shapes that spreadsheet programs and people give it, and in those that must be refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from convener.engines.tables import Limits, Row, Table, open_table
from convener.errors import Unreadable
from tests.engines.hostile import measure

pytestmark = pytest.mark.req("DIR-7")


@pytest.fixture
def make(tmp_path: Path):
    def write(content: str | bytes, encoding: str = "utf-8", name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def read(path: Path, limits: Limits = Limits()) -> tuple[Table, list[Row]]:  # noqa: B008
    with open_table(path, limits=limits) as table:
        return table, list(table.rows())


def refusal(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(Unreadable) as caught:
        read(path, limits)
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    ("encoding", "delimiter", "found", "warned"),
    [
        ("utf-8", ",", "utf-8", 0),
        ("utf-8-sig", ";", "utf-8-sig", 0),
        ("utf-16", "\t", "utf-16", 0),
        ("cp1252", ";", "cp1252", 1),
    ],
)
def test_encodings_and_separators(make, encoding: str, delimiter: str, found: str, warned: int) -> None:
    text = 'name,town,note\r\n"Café, ""Zoë""",Köln,a\r\nÉlan,Nîmes,"two\r\nlines"\r\n'
    if delimiter != ",":
        text = text.replace('"Café, ', '"Café# ').replace(",", delimiter).replace("#", ",")
    table, rows = read(make(text, encoding))
    assert (table.format, table.encoding, table.delimiter, len(table.warnings)) == ("csv", found, delimiter, warned)
    assert table.headings == ["name", "town", "note"]
    assert rows[0].cells == {"name": 'Café, "Zoë"', "town": "Köln", "note": "a"}
    assert rows[1].cells["note"] == "two\r\nlines"


def test_row_numbers_are_those_of_the_spreadsheet(make) -> None:
    text = '\n,,\nname,town\n"a\nb",x\n\n , \nc,\n'
    _, rows = read(make(text))
    assert [(row.number, row.cells) for row in rows] == [
        (4, {"name": "a\nb", "town": "x"}),
        (7, {"name": "c", "town": None}),
    ]


def test_a_separator_line_of_excel_is_obeyed_and_not_counted(make) -> None:
    table, rows = read(make("sep=;\r\nname;a,b\r\nx;y\r\n"))
    assert table.headings == ["name", "a,b"]
    assert [(row.number, row.cells["a,b"]) for row in rows] == [(2, "y")]


def test_a_comma_in_a_heading_does_not_mislead(make) -> None:
    table, _ = read(make("name;address, town;note\na;1 High St;c\nb;2, High St;d\n"))
    assert table.headings == ["name", "address, town", "note"]


def test_one_column_and_old_line_ends(make) -> None:
    table, rows = read(make("name\rAlpha; Beta\rGamma\r"))
    assert table.headings == ["name"]
    assert [row.cells["name"] for row in rows] == ["Alpha; Beta", "Gamma"]


def test_cells_to_the_right_of_the_headings_are_a_problem_of_their_row(make) -> None:
    _, rows = read(make("name,town,,\na,b,,\nc,d,e,f\n"))
    assert rows[0].problems == []
    assert "column C" in rows[1].problems[0]
    assert '"e"' in rows[1].problems[0]


def test_exactly_one_apostrophe_is_taken_off(make) -> None:
    _, rows = read(make("name\n'=1\n''=1\n'tis\n-5\n"))
    assert [row.cells["name"] for row in rows] == ["=1", "'=1", "'tis", "-5"]


def test_rows_can_be_read_again_and_the_file_is_closed_in_between(make) -> None:
    with open_table(make("name\na\nb\n")) as table:
        first = next(table.rows())
        assert [row.cells["name"] for row in table.rows()] == ["a", "b"]
    assert first.cells == {"name": "a"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xef\xbb\xbf,,\n", "no heading row"),
        (b"name,,town\na,b,c\n", "no heading in column B"),
        (b"name,town, Name \na,b,c\n", "twice in row 1: in column A and in column C"),
        (b"Acme,https://acme.example,3\n", "looks like data"),
        (b"1,2\n3,4\n", "looks like data"),
        (b"name\na\x00b\n", "NUL bytes in it (the first at byte 7)"),
        (b"\xff\xfen\x00a", "UTF-16"),
        (b"\xff\xfen\x00a\x00\x00\x00", "NUL"),
        (b"\xef\xbb\xbfname\n\xff\xfe\n", "says that it is UTF-8, and is not"),
        (b"name\n\xe9\x81\x82\n\xff\n", "encoding that cannot be told"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "picture"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 999, ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<!DOCTYPE html><p>Log in", "web page"),
        (b'name,town\na,"b\nc,d\ne,f\n', 'opens the cell in row 2, column B ("town") is never closed'),
        (b'name,"town\na,b\n', "column B is never closed"),
        (b"name,town\na," + b"x" * 40_000 + b"\n", 'row 2, column B ("town") has more than 32,767 characters'),
        (b"name,town\na,b\nc," + b"x" * 4_000_000 + b"\n", 'row 3, column B ("town") has more than 32,767'),
        (b'name,town\n"' + b"x" * 4_000_000 + b'",b\n', 'row 2, column A ("name") has more than 32,767'),
        (b",".join(b"c%d" % n for n in range(10_000)) + b"\n", "10,000 columns"),
    ],
)
def test_refusals_say_what_and_where(make, content: bytes, said: str) -> None:
    assert said in refusal(make(content))


def test_too_many_rows_and_too_many_blank_rows(make) -> None:
    path = make("name\n" + "a\n" * 11)
    assert "more than 10 rows" in refusal(path, Limits(max_rows=10))
    assert len(read(path, Limits(max_rows=11))[1]) == 11
    assert "blank rows" in refusal(make("name\n" + "\n" * 9 + "a\n"), Limits(max_blank_rows=8))


def test_an_unclosed_quotation_mark_is_found_whatever_the_limit_of_the_csv_module(make) -> None:
    before = csv.field_size_limit(10**9)
    try:
        said = refusal(make('name,town\na,"b\n' + "some,text\n" * 300_000))
    finally:
        csv.field_size_limit(before)
    assert "row 2, column B" in said


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "no file" in refusal(tmp_path / "nowhere.csv")


def test_a_sparse_file_of_200_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    assert "200 MB; up to 100 MB" in refusal(path)


@pytest.mark.parametrize("start", [b"name\n", b'name\n"'])
def test_a_line_of_90_mb_is_refused_in_little_memory(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(start)
        for _ in range(90):
            file.write(b"x" * 2**20)
    rows, said, peak = measure(path)
    assert rows == 0
    assert "row 2, column A" in said
    assert peak < 80


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("companies/modern-slavery-statements.csv", 1_810, 10),
        ("companies/uk-modern-slavery-registry-companies.csv", 3_642, 3),
        ("companies/modern-slavery-statements-excel-dates.csv", 5_597, 9),
        ("facilities/winter-2019-compliance-list-v2.csv", 351, 6),
        ("facilities/summer-2019-affiliate-list.csv", 77, 6),
        ("facilities/spring-2019-compliance-list.csv", 14, 6),
    ],
)
def test_real_lists_are_read_whole(data: Path, name: str, rows: int, columns: int) -> None:
    table, found = read(data / name)
    assert (len(found), len(table.headings)) == (rows, columns)
    assert found[-1].number == rows + 1
    assert not any(row.problems for row in found)


@pytest.mark.data
def test_every_real_list_of_facilities_has_its_places(data: Path) -> None:
    found = [row for path in sorted((data / "facilities").glob("*.csv")) for row in read(path)[1]]
    assert len(found) == 932
    assert all(row.cells["name"] and row.cells["lat"] and row.cells["lng"] for row in found)
