"""Which column of a file is which of ours: recognised by usual headings, or told by the person."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from convener.errors import Unreadable, sentence
from convener.rooms.directory.columns import BY_NAME, COLUMNS, NAMES


def _plain(heading: str) -> str:
    return re.sub(r"[\s_\-.:]+", " ", heading).strip().casefold()


def _known_headings() -> dict[str, str]:
    known = {}
    for column in COLUMNS:
        for heading in (column.name, *column.headings):
            known[_plain(heading)] = column.name
    return known


_KNOWN = _known_headings()


class NoNameColumn(Unreadable):
    """Nothing in the file is known to name the organisation; ``headings`` are those of the file."""

    def __init__(self, headings: Sequence[str]) -> None:
        super().__init__(
            sentence("No column holds the organisation's name."),
            hint=sentence(
                "Say which one does with --map HEADING=name. The file has: %(headings)s",
                headings=", ".join(headings)[:300],
            ),
        )
        self.headings = tuple(headings)


@dataclass(frozen=True)
class HeadingMap:
    """Canonical column → heading in the file, and the headings that are not used."""

    columns: dict[str, str]
    unused: tuple[str, ...]


def map_headings(headings: Sequence[str], told: Mapping[str, str], fixed: Mapping[str, str]) -> HeadingMap:
    """Map a file's headings to ours. ``told``: heading → column from the person; ``fixed``: columns given for all rows.

    Raises Unreadable when a heading or column that was told does not exist, when two headings claim one column by the
    person's word, or when nothing names the organisation.
    """
    columns = _told_columns(headings, told)
    taken = set(columns.values())
    for heading in headings:
        name = _KNOWN.get(_plain(heading))
        if name and name not in columns and heading not in taken:
            columns[name] = heading
            taken.add(heading)
    _check_columns(fixed)
    if "name" not in columns and "id" not in columns:
        raise NoNameColumn(headings)
    return HeadingMap(columns, tuple(heading for heading in headings if heading not in taken))


def _told_columns(headings: Sequence[str], told: Mapping[str, str]) -> dict[str, str]:
    by_plain = {_plain(heading): heading for heading in headings}
    columns: dict[str, str] = {}
    for theirs, ours in told.items():
        _check_columns({ours: theirs})
        heading = theirs if theirs in headings else by_plain.get(_plain(theirs))
        if heading is None:
            unknown = sentence("The file has no column '%(heading)s'.", heading=theirs)
            raise Unreadable(unknown, hint=sentence("It has: %(headings)s", headings=", ".join(headings)[:300]))
        if ours in columns:
            doubled = sentence("Two columns are mapped to '%(column)s'.", column=ours)
            raise Unreadable(doubled, hint=sentence("Map one of them only."))
        columns[ours] = heading
    return columns


def _check_columns(names: Mapping[str, str]) -> None:
    for name in names:
        if name not in BY_NAME:
            close = difflib.get_close_matches(name, NAMES, n=1)
            hint = sentence("Columns are: %(columns)s.", columns=", ".join(NAMES))
            if close:
                hint = sentence("Did you mean '%(column)s'?", column=close[0])
            raise Unreadable(sentence("There is no column '%(column)s' here.", column=name), hint=hint)
