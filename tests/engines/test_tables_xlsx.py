"""Workbooks as Excel and openpyxl write them, and as an attacker does."""

from __future__ import annotations

import datetime
import random
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from convener.engines.tables import Limits, Row, Table, open_table
from convener.errors import Unreadable
from tests.engines.hostile import CONTENT_TYPES, bomb, measure, workbook

pytestmark = pytest.mark.req("DIR-7")
MIB = 2**20
NOISE = random.Random(2).randbytes(15_000).hex()


def read(path: Path, limits: Limits = Limits()) -> tuple[Table, list[Row]]:  # noqa: B008
    with open_table(path, limits=limits) as table:
        return table, list(table.rows())


def refusal(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(Unreadable) as caught:
        read(path, limits)
    assert caught.value.hint
    return caught.value.message


def test_values_of_every_kind(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet("Data")
    sheet.append([])
    sheet.append(["name", "number", "share", "yes", "day", "moment", "time", "result", "note"])
    moment = datetime.datetime.fromisoformat("2020-02-29T13:05")
    sheet.append(["Ünï", 5, 0.25, True, datetime.date(1999, 12, 31), moment, datetime.time(9, 30), "=1+1", "'=x"])
    sheet.append([])
    sheet.append(["#N/A", None, 10**14, False, None, None, None, None, " "])
    path = tmp_path / "a.xlsx"
    book.save(path)
    table, rows = read(path)
    assert (table.format, table.headings[:2]) == ("xlsx", ["name", "number"])
    assert '"Data"' in table.warnings[0]
    assert [row.number for row in rows] == [3, 5]
    assert list(rows[0].cells.values()) == [
        *("Ünï", 5, 0.25, True, datetime.date(1999, 12, 31), moment, "09:30:00", None, "=x"),
    ]
    assert "Column H holds a formula without a stored result" in rows[0].problems[0]
    assert rows[1].cells["name"] is None
    assert "Column A holds the error #N/A" in rows[1].problems[0]
    assert rows[1].cells["share"] == 10**14


def test_stored_results_rich_text_errors_gaps_and_surplus(tmp_path: Path) -> None:
    rows_xml = (
        '<row r="4"><c r="A4" t="str"><f>A1&amp;"x"</f><v>done</v></c><c r="C4" t="e"><v>#REF!</v></c></row>'
        '<row r="6"><c r="A6" t="s"><v>0</v></c><c r="B6" s="1"><v>43657</v></c>'
        '<c r="D6"><v>1e3</v></c></row>'
    )
    shared = "<si><r><t>Al</t></r><r><t>pha</t></r><rPh><t>no</t></rPh></si>"
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="d/m/yyyy"/></numFmts><cellXfs><xf/><xf numFmtId="170"/></cellXfs>'
    )
    heading = "<row r='2'>" + "".join(f"<c t='inlineStr'><is><t>{name}</t></is></c>" for name in "nde") + "</row>"
    table, rows = read(workbook(tmp_path / "a.xlsx", rows_xml, shared=shared, styles=styles, heading=heading))
    assert table.headings == ["n", "d", "e"]
    assert rows[0].cells == {"n": "done", "d": None, "e": None}
    assert rows[0].problems == ["Column C holds the error #REF!, so it was left empty."]
    assert (rows[1].number, rows[1].cells) == (6, {"n": "Alpha", "d": datetime.date(2019, 7, 11), "e": None})
    assert "from column D" in rows[1].problems[0]


def test_a_workbook_that_starts_in_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["day"])
    book.active.append([datetime.date(2019, 7, 11)])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")[1][0].cells == {"day": datetime.date(2019, 7, 11)}


def zipped(path: Path, parts: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def test_archives_that_are_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert "ZIP archive, not a workbook" in refusal(zipped(path, {"list.csv": "name\na\n"}))
    assert "OpenDocument" in refusal(zipped(path, {"mimetype": "x", "content.xml": "<a/>"}))
    word = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": "<a/>"}
    assert "not a workbook" in refusal(zipped(path, word))
    assert "packed in a way" in refusal(zipped(path, word, zipfile.ZIP_BZIP2))
    path.write_bytes(b"PK\x03\x04" + random.Random(1).randbytes(5_000))
    assert "damaged or cut off" in refusal(path)


def test_an_archive_with_an_encrypted_part(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "")
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert "password" in refusal(path)


def test_a_workbook_cut_off_or_with_a_flipped_byte_is_refused_and_never_breaks(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", "<row><c t='inlineStr'><is><t>x</t></is></c></row>" * 20).read_bytes()
    chance = random.Random(3)
    path = tmp_path / "b.xlsx"
    refused = 0
    for _ in range(300):
        raw = bytearray(whole)
        raw[chance.randrange(4, len(raw))] ^= 1 << chance.randrange(8)
        path.write_bytes(raw[: chance.choice([len(raw), len(raw), chance.randrange(4, len(raw))])])
        try:
            read(path)
        except Unreadable:
            refused += 1
    assert refused > 150


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("<row r='3'/><row r='2'/>", "rows are not in order"),
        ("<row><c r='B2'/><c r='A2'/></row>", "cells are not in order in row 2"),
        ("<row><c r='A1A2'/></row>", "a cell at"),
        ("<row><c r='ZZZ2'><v>1</v></c></row>", "a cell at ZZZ2"),
        ("<row><c t='s'><v>7</v></c></row>", "a text of row 2, column A is missing"),
        (
            "<row><c t='inlineStr'><is><t>" + "x" * 40_000 + "</t></is></c></row>",
            "row 2, column A has more than 32,767",
        ),
        ("<row>" + "<c t='inlineStr'><is><t>" + "x" * 30_000 + "</t></is></c>" * 80 + "</row>", "not well-formed"),
        (
            "<row>" + f"<c t='inlineStr'><is><t>{NOISE}</t></is></c>" * 80 + "</row>",
            "Row 2 has more than",
        ),
        ("<a>" * 100, "nested too deep"),
        ("<row><c><v>", "not well-formed XML"),
    ],
)
def test_sheets_that_are_not_as_they_should_be(tmp_path: Path, rows: str, said: str) -> None:
    assert said in refusal(workbook(tmp_path / "a.xlsx", rows))


def test_a_shared_text_that_is_too_long_is_refused_where_it_is_used(tmp_path: Path) -> None:
    shared = "<si><t>ok</t></si><si><t>" + "x" * 40_000 + "</t></si>"
    path = workbook(
        tmp_path / "a.xlsx", "<row><c t='s'><v>0</v></c></row><row><c t='s'><v>1</v></c></row>", shared=shared
    )
    assert "row 3, column A" in refusal(path)


def test_entities_and_document_types_are_refused(tmp_path: Path) -> None:
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>',
    }
    assert "document type" in refusal(zipped(tmp_path / "a.xlsx", parts))


def test_ten_thousand_columns(tmp_path: Path) -> None:
    heading = "<row>" + "".join(f"<c t='inlineStr'><is><t>c{n}</t></is></c>" for n in range(10_000)) + "</row>"
    assert "10,000 columns" in refusal(workbook(tmp_path / "a.xlsx", "", heading=heading))


@pytest.mark.parametrize("claimed", [4_294_967_294, 300 * MIB, 20_000, 0])
def test_a_bomb_of_10_gb_is_refused_in_little_memory_whatever_its_directory_says(tmp_path: Path, claimed: int) -> None:
    path = bomb(tmp_path / "bomb.xlsx", claimed=claimed)
    assert path.stat().st_size < 12 * MIB
    rows, said, peak = measure(path)
    assert rows == 0
    assert said
    assert peak < 100


def test_a_directory_of_two_million_parts_is_never_loaded(tmp_path: Path) -> None:
    entry = b"PK\x01\x02" + b"\x00" * 42
    count = 1_000_000
    end = b"PK\x05\x06" + b"\x00" * 4 + b"\xff\xff\xff\xff" + (count * len(entry)).to_bytes(4, "little") + b"\x00" * 6
    path = tmp_path / "parts.xlsx"
    path.write_bytes(b"PK\x03\x04" + entry * count + end)
    _, said, peak = measure(path)
    assert "list of parts is too long" in said
    assert peak < 100


def noisy(piece: str, mib: int) -> Iterator[str]:
    """Repeat a piece until it is ``mib`` MiB, with enough noise between to stay under the ratio that is let through."""
    chance = random.Random(5)
    block = piece * (MIB // 16 // len(piece))
    for _ in range(16 * mib):
        yield block
        yield f"<!--{chance.randbytes(700).hex()}-->"


def test_parts_that_swell_inside_the_limits_stay_small_in_memory(tmp_path: Path) -> None:
    chance = random.Random(7)
    texts = [f"<si><t>😀{chance.randbytes(5_000).hex()}</t></si>" for _ in range(2_000)]
    refs = ["<row>" + "".join(f"<c t='s'><v>{chance.randrange(2_000)}</v></c>" for _ in range(150)) + "</row>"] * 40
    cases = {
        "rows": workbook(tmp_path / "rows.xlsx", noisy("<row/>", 8)),
        "cells": workbook(tmp_path / "cells.xlsx", ["<row>", *noisy("<c/>", 8), "</row>"]),
        "unknown": workbook(tmp_path / "unknown.xlsx", noisy("<x/>", 10)),
        "names": workbook(tmp_path / "names.xlsx", (f"<x{n}/>" for n in range(200_000))),
        "strings": workbook(tmp_path / "strings.xlsx", "", shared=noisy("<si/>", 5)),
        "long strings": workbook(tmp_path / "long.xlsx", refs, shared=texts),
        "token": workbook(tmp_path / "token.xlsx", ["<!--", *(chance.randbytes(MIB).hex() for _ in range(15)), "-->"]),
    }
    assert measure(cases.pop("long strings"))[:2] == (40, "")
    measured = {name: measure(path, max_shared_strings=900_000) for name, path in cases.items()}
    assert {name: round(peak) for name, (_, _, peak) in measured.items() if peak > 120} == {}
    assert {name for name, (_, said, _) in measured.items() if said} == {
        "rows",
        "cells",
        "names",
        "strings",
        "token",
    }


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def rows(count: int) -> Iterator[str]:
        return (
            f"<row><c t='inlineStr'><is><t>Organisation {n}</t></is></c><c><v>{n}</v></c></row>" for n in range(count)
        )

    _, _, few = measure(workbook(tmp_path / "few.xlsx", rows(1_000)))
    count, said, many = measure(workbook(tmp_path / "many.xlsx", rows(200_000)))
    assert (count, said) == (200_000, "")
    assert many - few < 8


def test_reading_raises_no_warnings_of_libraries(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _table, rows = read(
            workbook(
                tmp_path / "a.xlsx",
                "<row><c s='1'><v>-5</v></c></row>",
                styles="<cellXfs><xf/><xf numFmtId='14'/></cellXfs>",
            )
        )
    assert len(rows) == 1
