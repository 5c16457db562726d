"""A workbook of one sheet, written row by row (ECMA-376 part 1): nothing is kept, and a row takes some microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from convener.engines.tables.model import Scalar, column_letter

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = "xl/worksheets/sheet1.xml"
_ROWS_AT_ONCE = 200

#: The parts beside the sheet: what they are, where they are, and two styles, the second bold for the headings.
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{_SHEET}" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def write_sheet(out: BinaryIO, title: str, headings: Sequence[str], rows: Iterable[Sequence[Scalar]]) -> None:
    """Write a workbook to ``out``, which stays open: the headings in bold and held in view, the rows below them.

    Texts come as the workbook shall hold them: without what XML cannot carry, and none of them is a formula.
    """
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, content in _PARTS.items():
            package.writestr(name, _HEAD + content)
        package.writestr("xl/workbook.xml", _workbook(title))
        letters = [column_letter(number) for number in range(len(headings))]
        with package.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'.encode())
            sheet.write(b'<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>')
            sheet.write(b"</sheetView></sheetViews><sheetData>")
            written = [_row(1, letters, headings, ' s="1"')]
            for number, row in enumerate(rows, start=2):
                written.append(_row(number, letters, row))
                if len(written) >= _ROWS_AT_ONCE:
                    sheet.write("".join(written).encode())
                    written.clear()
            sheet.write("".join([*written, "</sheetData></worksheet>"]).encode())


def _workbook(title: str) -> str:
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><bookViews><workbookView/></bookViews>'
        f'<sheets><sheet name={quoteattr(title)} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _row(number: int, letters: Sequence[str], cells: Sequence[Scalar], style: str = "") -> str:
    written = [
        _cell(f'<c r="{letter}{number}"{style}', cell)
        for letter, cell in zip(letters, cells, strict=True)
        if cell is not None and cell != ""
    ]
    return f'<row r="{number}">{"".join(written)}</row>'


def _cell(start: str, value: Scalar) -> str:
    if isinstance(value, str):
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'{start} t="b"><v>{int(value)}</v></c>'
    return f"{start}><v>{value!r}</v></c>"
