"""What the readers of all formats share: limits, problems, and the gathering of drafts into entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from convener.engines.names.lists.values import Countries, CountryCode, clean, read_dates, read_identifier
from convener.engines.names.model import Entry, Problem, Type
from convener.errors import Unreadable, sentence


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a list may ask for. The largest that is published, a collection of all sanctions and politically exposed
    persons in FollowTheMoney, has about 4 million entities in 2 GB.

    ``max_record_chars`` bounds a line, row or XML entity, ``max_names`` the names of one entry, ``max_problems`` those
    that are told one by one.
    """

    max_bytes: int = 8 * 2**30
    max_entries: int = 10_000_000
    max_record_chars: int = 4 * 2**20
    max_names: int = 1_000
    max_name_chars: int = 1_000
    max_problems: int = 1_000


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Draft:
    """An entry as a list writes it, before anything is cleaned. ``row`` is where it starts."""

    id: str
    row: int
    type: Type
    names: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    birth_dates: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)


class Problems:
    """What could not be read, in the order of finding it; from a number on only how many more there are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: list[Problem] = []
        self._more = 0

    def add(self, row: int, field: str, message: str, *, cuts: bool = False) -> None:
        """Keep a problem of a row (0: of the file) and field; one that ``cuts`` the list in any case."""
        if cuts or len(self._found) < self._most:
            self._found.append(Problem(row, field, message, cuts))
        else:
            self._more += 1

    def all(self) -> tuple[Problem, ...]:
        """Return the problems, and last how many were not kept."""
        if not self._more:
            return tuple(self._found)
        told = sentence("Further problems that are not listed one by one: %(count)s.", count=self._more)
        return (*self._found, Problem(0, "", told))


class Collector:
    """Makes entries of drafts: cleans every value, merges repeated ids, and says what was left out."""

    def __init__(self, limits: Limits, country_code: CountryCode | None) -> None:
        self.limits = limits
        self.problems = Problems(limits.max_problems)
        self.countries = Countries(country_code)
        self.entries: list[Entry] = []
        self._places: dict[str, int] = {}

    def add(self, draft: Draft) -> None:
        """Make an entry of the draft, or of the first with its id if that is there. Raises :class:`Unreadable`."""
        names = self._names(draft)
        if not names:
            told = sentence('The entry "%(id)s" has no name; it was left out.', id=draft.id)
            self.problems.add(draft.row, "name", told)
            return
        entry = Entry(
            id=self._id(draft),
            type=draft.type,
            names=names,
            countries=self._values(map(self.countries.read, self._cleaned(draft, "country", draft.countries))),
            birth_dates=self._values(self._dates(draft)),
            identifiers=self._values(map(read_identifier, self._cleaned(draft, "identifier", draft.identifiers))),
        )
        place = self._places.setdefault(entry.id, len(self.entries))
        if place < len(self.entries):
            self._merge(place, entry, draft.row)
        else:
            self.entries.append(entry)
            self.refuse_too_many(len(self.entries))

    def refuse_too_many(self, count: int) -> None:
        """Raise :class:`Unreadable` where there are more entries than may be."""
        if count > self.limits.max_entries:
            told = sentence("The list has more than %(most)s entries.", most=self.limits.max_entries)
            raise Unreadable(told, hint=sentence("Split it into several lists."))

    def _merge(self, place: int, entry: Entry, row: int) -> None:
        first = self.entries[place]
        told = sentence(
            'The id "%(id)s" stands in the list before; the two were made one entry, with the names of both.',
            id=entry.id,
        )
        self.problems.add(row, "id", told)
        self.entries[place] = Entry(
            id=first.id,
            type=first.type if entry.type in (first.type, Type.UNKNOWN) else Type.UNKNOWN,
            names=self._values((*first.names, *entry.names)),
            countries=self._values((*first.countries, *entry.countries)),
            birth_dates=self._values((*first.birth_dates, *entry.birth_dates)),
            identifiers=self._values((*first.identifiers, *entry.identifiers)),
        )

    def _id(self, draft: Draft) -> str:
        for text in self._cleaned(draft, "id", [draft.id]):
            return text
        told = sentence("The entry has no id; it was given the number of its row.")
        self.problems.add(draft.row, "id", told)
        return f"row {draft.row}"

    def _names(self, draft: Draft) -> tuple[str, ...]:
        names = self._values(self._cleaned(draft, "name", draft.names))
        if len(names) > (most := self.limits.max_names):
            told = sentence("The entry has %(count)s names; %(most)s were read.", count=len(names), most=most)
            self.problems.add(draft.row, "name", told)
        return names[:most] if len(names) > most else names

    def _cleaned(self, draft: Draft, field: str, values: Iterable[str]) -> Iterator[str]:
        most = self.limits.max_name_chars
        for value in values:
            text, broken = clean(value)
            if broken:
                told = sentence('Characters that are none were taken out; what is left is "%(text)s".', text=text)
                self.problems.add(draft.row, field, told)
            if len(text) > most:
                told = sentence("A value has %(count)s characters; %(most)s were read.", count=len(text), most=most)
                self.problems.add(draft.row, field, told)
                text = text[:most].rstrip()
            if text:
                yield text

    def _dates(self, draft: Draft) -> Iterator[str]:
        for text in self._cleaned(draft, "birth_date", draft.birth_dates):
            try:
                yield from read_dates(text)
            except ValueError:
                told = sentence('"%(text)s" is not read as a date of birth; it was left out.', text=text)
                self.problems.add(draft.row, "birth_date", told)

    @staticmethod
    def _values(values: Iterable[str]) -> tuple[str, ...]:
        """Each value once, in their order, without empty ones."""
        return tuple(value for value in dict.fromkeys(values) if value)


def read_lines(path: Path, collector: Collector) -> Iterator[tuple[int, bytes, bool]]:
    """Yield number, bytes and whether it has its end, of each line that is not blank; too long ones are problems."""
    most, number = collector.limits.max_record_chars, 0
    with path.open("rb") as file:
        while line := file.readline(most):
            number += 1
            ended = line.endswith(b"\n")
            if len(line) >= most and not ended:
                told = sentence("The line has more than %(most)s characters; it was left out.", most=most)
                collector.problems.add(number, "", told)
                while line and not line.endswith(b"\n"):
                    line = file.readline(most)
            elif not line.isspace():
                yield number, line, ended
