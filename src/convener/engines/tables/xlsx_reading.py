"""XLSX: the first sheet that holds anything, as a table."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from convener.engines.tables.headings import no_headings, read_headings, surplus_problem, too_many_columns
from convener.engines.tables.model import Cell, Limits, Row, Table
from convener.engines.tables.xlsx_cells import SheetRow, read_sheet
from convener.engines.tables.xlsx_package import Package, open_package
from convener.engines.tables.xlsx_parts import Sheet, Workbook, read_workbook
from convener.errors import Unreadable, sentence


def open_xlsx(path: Path, limits: Limits) -> Table:
    """Open a workbook, choose its sheet and read the headings. Formulas are read as the results stored with them.

    Raises :class:`Unreadable`: damaged, encrypted, swelling beyond the limits, no sheet with data.
    """
    with open_package(path, limits) as package:
        book = read_workbook(package, limits)
        sheet, first = _first_sheet_with_data(package, book, limits)
    width = max(first.cells) + 1
    if width > limits.max_columns:
        raise too_many_columns(width, limits)
    headings = read_headings([first.cells.get(index) for index in range(width)], first.number, limits)

    def rows() -> Generator[Row, None, None]:
        """Read the sheet again from its beginning; rows below the headings."""
        with open_package(path, limits) as package:
            for found in read_sheet(package, book, sheet, limits):
                if found.number > first.number:
                    yield _row(found, headings)

    warnings = []
    if len([other for other in book.sheets if other.visible]) > 1:
        told = sentence('The workbook has several sheets; only "%(sheet)s" was read.', sheet=sheet.name)
        warnings.append(told)
    return Table(format="xlsx", headings=headings, read=rows, limits=limits, warnings=warnings)


def _row(found: SheetRow, headings: list[str]) -> Row:
    width, values = len(headings), found.cells
    cells: dict[str, Cell] = {heading: values.get(index) for index, heading in enumerate(headings)}
    row = Row(found.number, cells, found.problems)
    surplus = [column for column in values if column >= width]
    if surplus and (problem := surplus_problem([values[column] for column in surplus], surplus[0])):
        row.problems.append(problem)
    return row


def _first_sheet_with_data(package: Package, book: Workbook, limits: Limits) -> tuple[Sheet, SheetRow]:
    """Return the first sheet with a filled cell, and its first filled row; hidden sheets come last."""
    if not book.sheets:
        told = sentence("The workbook has no worksheet.")
        raise Unreadable(told, hint=sentence("Bring the list as .xlsx or as CSV."))
    for sheet in sorted(book.sheets, key=lambda candidate: not candidate.visible):
        reading = read_sheet(package, book, sheet, limits)
        for row in reading:
            if any(not isinstance(value, str) or value.strip() for value in row.cells.values()):
                return sheet, row
    raise no_headings(sentence("There is no heading row: the workbook is blank."))
