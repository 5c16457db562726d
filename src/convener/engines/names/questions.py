"""Names to be looked for, as people bring them: one row a name, and what is wrong with a row said of that row alone.

    with open_questions(Path("queries.csv"), country_code=code_of) as questions:
        for question in questions.read():
            question.query, question.problems, question.trouble

A row whose name cannot be asked has ``trouble``. Other problems (a date that is none, a type that is unknown) leave out
that value, and the name is asked: a name that is not asked is found by nobody.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from convener.engines.names.context import unreadable
from convener.engines.names.lists.values import CountryCode, clean
from convener.engines.names.mending import MIXED, SWALLOWED, has_swallowed, mended, regained
from convener.engines.names.model import Query, Type
from convener.engines.names.writing import MOST_CHARACTERS
from convener.engines.tables import Cell, Limits, Row, Table, open_table
from convener.engines.values.folding import fold
from convener.errors import Sentence, Unreadable, joined, sentence

#: The columns that are read, each with the other headings that it may have; "name" must be there.
HEADINGS = {
    "id": "query_id ref reference key record_id row_id",
    "name": "full_name fullname query query_name names nom nom_complet nombre nombre_completo الاسم اسم الاسم_الكامل",
    "type": "kind entity_type party_type subject_type schema tipo النوع نوع",
    "country": "country_code nationality pays nationalite pais nacionalidad البلد بلد الدولة الجنسية",
    "birth_date": "dob date_of_birth birthdate birthday born birth date_de_naissance fecha_de_nacimiento تاريخ_الميلاد",
    "identifier": "id_number identification passport passport_number registration_number imo imo_number identifiant "
    "identificador رقم_الهوية",
}
_TYPES = {
    Type.UNKNOWN: "unknown, any, other, inconnu, inconnue, desconocido, desconocida, غير معروف",
    Type.PERSON: "person, individual, natural person, people, personne, individu, personne physique, persona, individuo, "
    "persona física, شخص, فرد, شخص طبيعي",
    Type.ORGANISATION: "organisation, organization, org, company, entity, legal entity, legal person, business, firm, "
    "corporation, entreprise, société, entité, personne morale, organización, empresa, sociedad, compañía, entidad, "
    "persona jurídica, منظمة, شركة, كيان, مؤسسة",
    Type.VESSEL: "vessel, ship, boat, navire, bateau, buque, barco, embarcación, سفينة, باخرة, مركب",
    Type.AIRCRAFT: "aircraft, airplane, aeroplane, plane, helicopter, aéronef, avion, avión, aeronave, طائرة",
}
#: What a file may ask for. A name of a megabyte is a fault of its row, so the row has to be read.
LIMITS = Limits(
    max_bytes=8 * 2**30, max_rows=20_000_000, max_cell_chars=8 * 2**20, max_record_chars=16 * 2**20,
    max_unpacked_bytes=2 * 2**30,
)  # fmt: skip
#: What is said of a name in which letters may be lost, and what to do.
LOST_LETTERS = (
    sentence("The name has characters in it that are none, so letters of it may be lost."),
    sentence("It was asked as far as it can be read; write it anew, and ask it again."),
)
_LONGEST_VALUE = 200
_LOST_SIGNS = {"?", "\ufffd"}


class RowProblem(NamedTuple):
    """What is wrong with a row of the file (0: with the file as a whole), and what to do about it."""

    row: int
    field: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Question:
    """One row: the query that it asks, and what is wrong with it. With ``trouble`` it cannot be asked at all."""

    row: int
    query: Query
    problems: tuple[RowProblem, ...] = ()
    trouble: bool = False


class Questions:
    """An open file of names. ``warnings`` are of the file as a whole."""

    def __init__(self, table: Table, country_code: CountryCode | None) -> None:
        self.columns, self.warnings = _columns(table)
        self._table = table
        self._country_code = country_code
        self._countries: dict[str, str] = {}

    def count(self) -> int:
        """The number of questions. Reads the whole file: raises :class:`Unreadable` where not one row can be read."""
        return sum(1 for _row in self._rows())

    def read(self) -> Iterator[Question]:
        """The rows in their order, one at a time; where the file breaks off, a last one says so. Raises as :meth:`count`."""
        seen = _Seen()
        for row in self._rows():
            if isinstance(row, Row):
                yield _Reader(self, row, self._table).question(seen)
            else:
                yield Question(row.row, Query(f"row {row.row}", ""), (row,), trouble=True)

    def _rows(self) -> Iterator[Row | RowProblem]:
        number = 1
        try:
            for row in self._table.rows():
                number = row.number
                yield row
        except Unreadable as error:
            if number == 1:
                raise
            told = joined(error.sentence, sentence("Nothing from here on was asked."))
            yield RowProblem(number + 1, "row", told, error.hint)

    def country(self, text: str) -> str | None:
        """The code of a country; without a function that knows, the text; None for what is no country."""
        if self._country_code is None:
            return text
        if text not in self._countries:
            if len(self._countries) > 10_000:
                self._countries.clear()
            self._countries[text] = self._country_code(text)
        return self._countries[text] or None


@contextmanager
def open_questions(path: Path, *, country_code: CountryCode | None = None) -> Iterator[Questions]:
    """Open CSV, XLSX or JSON records with the columns of :data:`HEADINGS`, in any case and order.

    ``country_code`` turns the name or code of a country into ISO 3166-1 alpha-2, or "". Raises :class:`Unreadable` where it
    is no table or has no column ``name``.
    """
    with mended(path) as whole, open_table(whole, filename=path.name, limits=LIMITS) as table:
        yield Questions(table, country_code)


def _columns(table: Table) -> tuple[dict[str, str], list[Sentence]]:
    """The table's headings by our columns, and what is to be said of them."""
    theirs: dict[str, str] = {}
    for heading in table.headings:
        theirs.setdefault(_heading(heading), heading)
    columns, warnings = {}, list(table.warnings)
    for column, others in HEADINGS.items():
        found = [theirs[one] for one in map(_heading, (column, *others.split())) if one in theirs]
        if found:
            columns[column] = found[0]
        for other in dict.fromkeys(found[1:]):
            told = sentence('"%(other)s" was not read: "%(used)s" was.', other=other, used=found[0])
            warnings.append(told)
    if "name" not in columns:
        headings = ", ".join(heading[:60] for heading in table.headings[:30])
        told = sentence('There is no column "name"; the headings are: %(names)s.', names=headings)
        raise Unreadable(told, hint=sentence("Name the columns: %(names)s.", names=", ".join(HEADINGS)))
    if "id" not in columns:
        warnings.append(sentence('There is no column "id": the numbers of the rows stand for it.'))
    return columns, warnings


def _heading(text: str) -> str:
    return "_".join("".join(letter if letter.isalnum() else " " for letter in fold(text)).split())


_KINDS = {_heading(word): kind for kind, words in _TYPES.items() for word in words.split(",")}


class _Reader:
    """One row on its way to a question."""

    def __init__(self, questions: Questions, row: Row, table: Table) -> None:
        self._questions = questions
        self._row = row
        self._problems: list[RowProblem] = []
        is_csv = table.format == "csv"
        if regained(row, table):
            self._tell("row", MIXED, sentence("Save the whole file as UTF-8."))
        self._trouble = is_csv and bool(row.problems)  # one cell too many puts every value under another heading
        for problem in row.problems:
            self._tell("row", problem, sentence("Give the row as many cells as there are headings, and ask it again."))
        if has_swallowed(row, table, questions.columns.values()):
            self._trouble = True
            self._tell(
                "row", SWALLOWED, sentence("Mend the quotation marks, and ask this row and those inside it again.")
            )

    def question(self, seen: _Seen) -> Question:
        """The question that the row asks."""
        name, id_ = self._name(), self._id(seen)
        query = Query(
            id_, name, self._type(), self._country(), self._birth_date(), self._short("identifier", _LONGEST_VALUE)
        )
        return Question(self._row.number, query, tuple(self._problems), self._trouble)

    def _tell(self, field: str, message: str, hint: str) -> None:
        self._problems.append(RowProblem(self._row.number, field, message, hint))

    def _text(self, column: str) -> tuple[str, bool]:
        """The cell under a column, cleaned, and whether there was something in it that is no letter."""
        heading = self._questions.columns.get(column)
        cell = self._row.cells.get(heading) if heading is not None else None
        if isinstance(cell, list):
            self._tell(column, sentence("There are several values; the first was taken."), sentence("Give one a row."))
            cell = cell[0] if cell else None
        return clean(_as_text(cell))

    def _name(self) -> str:
        name, broken = self._text("name")
        if len(name) > MOST_CHARACTERS:
            self._trouble = True
            told = sentence("The name has more than %(most)s characters: no name is that long.", most=MOST_CHARACTERS)
            self._tell("name", told, sentence("Give the name alone, and ask it again."))
            return ""
        if not name:
            self._trouble = True
            self._tell("name", sentence("The name is empty."), sentence("Give a name, or delete the row."))
        elif broken or has_lost_letters(name):
            self._tell("name", *LOST_LETTERS)
        return name

    def _id(self, seen: _Seen) -> str:
        text = self._short("id", _LONGEST_VALUE)
        if not text:
            if "id" in self._questions.columns:
                told = sentence("There is no id; the number of the row stands for it.")
                self._tell("id", told, sentence("Give each row an id of its own."))
            return f"row {self._row.number}"
        if not seen.add(text):
            told = sentence('The id "%(id)s" stands in a row before; both were answered.', id=text)
            self._tell("id", told, sentence("Give each row an id of its own."))
        return text

    def _type(self) -> Type:
        text = self._short("type", _LONGEST_VALUE)
        kind = _KINDS.get(_heading(text)) if text else Type.UNKNOWN
        if kind is None:
            told = sentence('There is no type "%(type)s"; the name was asked of all types.', type=text)
            self._tell("type", told, sentence("Write one of: %(types)s.", types=", ".join(Type)))
        return kind or Type.UNKNOWN

    def _country(self) -> str:
        text = self._short("country", _LONGEST_VALUE)
        code = self._questions.country(text) if text else ""
        if code is None:
            told = sentence('"%(text)s" is not known as a country; the name was asked without one.', text=text)
            self._tell("country", told, sentence("Write one country: its two-letter code, or its name."))
        return code or ""

    def _birth_date(self) -> str:
        text = self._short("birth_date", _LONGEST_VALUE)
        if not text or not unreadable(text):
            return text
        told = sentence('"%(text)s" is not read as a date of birth; the name was asked without one.', text=text)
        self._tell("birth_date", told, sentence("Write YYYY-MM-DD, YYYY-MM or YYYY."))
        return ""

    def _short(self, column: str, most: int) -> str:
        """A value beside the name; "" where it is longer than any that means something."""
        text, broken = self._text(column)
        if len(text) > most:
            told = sentence("The value has more than %(most)s characters; it was left out.", most=most)
            self._tell(column, told, sentence("Correct it."))
            return ""
        if broken:
            told = sentence('Characters that are none were taken out; what is left is "%(text)s".', text=text)
            self._tell(column, told, sentence("Correct it."))
        return text


def has_lost_letters(name: str) -> bool:
    """Whether there are signs in a name that stand where a letter could not be read, or halves of letters."""
    return any(sign in name for sign in _LOST_SIGNS) or any("\ud800" <= sign <= "\udfff" for sign in name)


def _as_text(cell: Cell) -> str:
    """A cell as people read it: a workbook keeps 4471 as 4471.0, and a day as midnight."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


class _Seen:
    """Which texts there were: eight bytes each, however many. Two of a million are mixed up once in 30 million files."""

    _FEW = 65_536

    def __init__(self) -> None:
        self._new: set[int] = set()
        self._old = np.zeros(0, np.int64)

    def add(self, text: str) -> bool:
        """Whether it was not there before."""
        number = hash(text)
        at = int(np.searchsorted(self._old, number)) if len(self._old) else 0
        if number in self._new or (at < len(self._old) and int(self._old[at]) == number):
            return False
        self._new.add(number)
        if len(self._new) >= self._FEW:
            self._old = np.union1d(self._old, np.fromiter(self._new, np.int64, len(self._new)))
            self._new.clear()
        return True


def told_of(problems: Iterable[RowProblem]) -> Sentence:
    """What is wrong with a row, as one text."""
    return joined(*(joined(problem.message, problem.hint) for problem in problems))
