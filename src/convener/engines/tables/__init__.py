"""Tables from strangers: read as a stream, within limits, and written so that they read back the same.

    with open_table(Path("list.csv")) as table:
        for row in table.rows():
            row.number, row.cells["name"], row.problems

Reads CSV, XLSX, JSON and GeoJSON; refuses with :class:`convener.errors.Unreadable`. Nothing is ever held in memory
whole: what is kept is bounded by :class:`Limits`, not by the file.
"""

from convener.engines.tables.model import Cell, Limits, Row, Table
from convener.engines.tables.opening import open_table
from convener.engines.tables.text import join_list, neutralise, restore, split_list
from convener.engines.tables.writing import FORMATS, write_table

__all__ = [
    "FORMATS",
    "Cell",
    "Limits",
    "Row",
    "Table",
    "join_list",
    "neutralise",
    "open_table",
    "restore",
    "split_list",
    "write_table",
]
