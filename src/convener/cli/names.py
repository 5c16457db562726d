"""``convener names``: is a name on a list. Needs no hub, no database, and nothing that takes long to load."""

from __future__ import annotations

import math
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from convener.cli.common import DONE, PARTIAL, UNREADABLE, answer, errors_as_exit_codes, progress, say, whole_file
from convener.cli.names_link import link
from convener.errors import Refused, Unreadable
from convener.foundation.garbage import few_collections

if TYPE_CHECKING:
    from convener.engines.names.answering import Answered, Asking
    from convener.engines.names.compiled import Compiled
    from convener.engines.names.questions import Question, Questions, RowProblem

SHOWN = 20
MOST_TOLD = 1_000
LIST_FORMATS = ("ofac", "un", "ftm", "csv")
#: Questions that are handed to a core at once, and how many there must be for a second core to be worth its start.
CHUNK, WORTH_A_HELPER = 64, 1_500


@dataclass(frozen=True)
class Given:
    """A list as it was given: what it is called ("" for the name of its file), and where it is."""

    name: str
    path: Path


def _lists(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[Given, ...]:
    """Read ``PATH`` or ``NAME=PATH``; a path that is there counts as one, whatever signs it has."""
    lists = []
    for one in given:
        name, equals, path = one.partition("=")
        named = bool(equals and name.strip() and path) and not os.path.lexists(one)
        lists.append(Given(name.strip(), Path(path)) if named else Given("", Path(one)))
    names = Counter(one.name or one.path.name for one in lists)
    for name, count in names.items():
        if count > 1:
            raise click.BadParameter(f"{count} lists are called '{name}': give them names, NAME=PATH.")
    return tuple(lists)


def _number(_context: click.Context, _parameter: click.Parameter, given: float) -> float:
    if math.isnan(given):
        raise click.BadParameter("It is not a number.")
    return given


@click.group()
def names() -> None:
    """Names: is this name on a list, and which records are of one."""


names.add_command(link)

_format = click.option("--format", "fmt", type=click.Choice(LIST_FORMATS), help="[what each list's content says]")
_cache = click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for lists made ready [CONVENER_CACHE_DIR, else the account's own cache].",
)


@names.command()
@click.argument("queries", type=click.Path(path_type=Path))
@click.option("--list", "lists", multiple=True, required=True, metavar="[NAME=]PATH", callback=_lists, help="A list.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=5, show_default=True, help="Hits of one name at most.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.6,
    show_default=True,
    callback=_number,
    help="Leave out hits that score less.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON to OUT, and print the summary as JSON.")
@click.option("--progress/--no-progress", "show_progress", default=True, help="Show how far it is [on a terminal].")
@_cache
@click.option("--force", is_flag=True, help="Overwrite OUT if it is there.")
@_format
def screen(
    queries: Path,
    lists: tuple[Given, ...],
    out: Path,
    limit: int,
    threshold: float,
    as_json: bool,
    show_progress: bool,
    cache: Path | None,
    force: bool,
    fmt: str | None,
) -> None:
    """Look for the names of QUERIES (CSV, XLSX or JSON with a column "name") on lists; write who may be meant to OUT."""
    began = time.monotonic()
    if out.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise click.UsageError("OUT is CSV or JSON: give it the ending .csv or .json.")
    with _errors_told(), few_collections(), _outfile(out, queries, lists, force=force) as file:
        summary = Summary(str(out), "json" if as_json or out.suffix.lower() == ".json" else "csv")
        with _opened(queries) as questions:
            summary.names = questions.count()
            summary.warnings = [str(warning) for warning in questions.warnings]
            asking = _asking(lists, summary, fmt or "", cache_folder(cache), limit=limit, threshold=threshold)
            with progress("Screening", quiet=not show_progress) as advance:
                _write(questions, asking, summary, file, advance)
    summary.seconds = round(time.monotonic() - began, 2)
    summary.tell(as_json=as_json)
    sys.exit(PARTIAL if summary.is_partial else DONE)


@names.command("lists")
@click.argument("lists", nargs=-1, required=True, metavar="[NAME=]PATH...", callback=_lists)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@_cache
@_format
def lists_(lists: tuple[Given, ...], as_json: bool, cache: Path | None, fmt: str | None) -> None:
    """Say of each list at PATH where it comes from, its date, its entries, its hash, and what could not be read of it.

    The list is made ready and kept, so that the next screening starts at once. Exit code 2: a path that is no list is
    named, and the others are told all the same.
    """
    told, unreadable = [], False
    with _errors_told(), few_collections():
        folder = cache_folder(cache)
        for given in lists:
            try:
                told += [told_of_list(ready) for ready in load_lists([given], fmt or "", folder)]
            except Unreadable as error:
                unreadable = True
                say(_printable(f"{error.message} {error.hint}"))
    if as_json:
        answer(told)
    else:
        for one in told:
            click.echo(_printable(_line_of_list(one)))
            for problem in one["problems"]:
                click.echo(_printable(f"  row {problem['row']}, {problem['field'] or 'list'}: {problem['message']}"))
    sys.exit(UNREADABLE if unreadable else DONE if all(one["whole"] for one in told) else PARTIAL)


@contextmanager
def _errors_told() -> Iterator[None]:
    """Errors as exit codes, also those of a disk that is full or a path that is none."""
    with errors_as_exit_codes():
        try:
            yield
        except (PermissionError, FileNotFoundError, NotADirectoryError, FileExistsError, IsADirectoryError):
            raise
        except OSError as error:
            told = f"{error.filename or 'The file'} cannot be used: {(error.strerror or str(error)).lower()}."
            raise Refused(told, hint="Check the path, and the room on the disk. Nothing was written.") from error


def cache_folder(given: Path | None) -> Path:
    """The folder of lists made ready: as given, else of the variables, else the account's; the words are kept there too."""
    from convener.engines.names.vocabulary import prepare

    own = os.environ.get("CONVENER_CACHE_DIR", "")
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(base) if base and Path(base).is_absolute() else Path(os.path.expanduser("~"), ".cache")  # noqa: PTH111
    folder = (given or (Path(own) if own else home / "convener")) / "names"
    prepare(folder)
    return folder


class CountryCode:
    """The two-letter code of a country by any name or code that ships with Convener; the table is read when it is needed."""

    def __init__(self) -> None:
        import hashlib
        from importlib import resources

        self._content = resources.files("convener").joinpath("content", "countries.yaml").read_bytes()
        self.version = hashlib.sha256(self._content).hexdigest()[:16]
        self._lookup: Any = None

    def __call__(self, text: str) -> str:
        """The code, or ""."""
        if self._lookup is None:
            import yaml

            from convener.engines.values import Lookup

            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            terms = yaml.load(self._content, Loader=loader)["terms"]  # noqa: S506 - a safe loader, only faster
            self._lookup = Lookup(
                (term["iso2"], [*term["label"].values(), *term["synonyms"], term["iso3"]]) for term in terms
            )
        return str(self._lookup.find(text) or "")


def load_lists(lists: Sequence[Given], fmt: str, cache: Path) -> list[Compiled]:
    """The lists, ready to be asked; says on standard error where one could not be kept. Raises Unreadable, with its path."""
    from convener.engines.names.caching import ready

    code, found = CountryCode(), []
    for one in lists:
        try:
            found.append(ready(one.path, cache=cache, format=fmt, name=one.name, country_code=code, tell=say))
        except Unreadable as error:
            named = error.message if str(one.path) in error.message else f"{one.path}: {error.message}"
            raise Unreadable(named, hint=error.hint) from error
    return found


def told_of_list(one: Compiled) -> dict[str, Any]:
    """What is said of a list: its source, its problems, and whether it is whole."""
    from convener.engines.names.caching import incomplete

    source, missing = one.source, incomplete(one.problems)
    return {
        "name": source.name,
        "format": source.format,
        "path": source.path,
        "date": source.date,
        "sha256": source.sha256,
        "entries": source.count,
        "whole": not missing,
        "problems": [
            {"row": it.row, "field": it.field, "message": str(it.message), "missing": it in missing}
            for it in one.problems
        ],
    }


def _line_of_list(one: dict[str, Any]) -> str:
    date = f"of {one['date']}" if one["date"] else "without a date"
    told = f"{one['name']} ({one['format']}, {date}): {one['entries']:,} entries, SHA-256 {one['sha256'][:12]}"
    problems = len(one["problems"])
    told += f", {problems} problem{'s' * (problems > 1)}" if problems else ""
    return told + ("" if one["whole"] else ". A part of this list is MISSING")


@contextmanager
def _outfile(out: Path, queries: Path, lists: Sequence[Given], *, force: bool) -> Iterator[BinaryIO]:
    """OUT, whole or not at all, and none of the files that are read."""
    for path in (queries, *(one.path for one in lists)):
        if out.exists() and path.exists() and out.samefile(path):
            raise Unreadable(f"{out} is one of the files that are read.", hint="Choose another name for OUT.")
    with whole_file(out, force=force) as file:
        yield file


def _opened(queries: Path) -> Any:
    from convener.engines.names.questions import open_questions

    if queries.exists() and not queries.is_file():
        raise Unreadable(f"{queries} is not a file.", hint="Give the path of a CSV, XLSX or JSON file.")
    return open_questions(queries, country_code=CountryCode())


def _asking(lists: Sequence[Given], summary: Summary, fmt: str, cache: Path, *, limit: int, threshold: float) -> Asking:
    """The lists made ready; where they are kept, another process can load them."""
    from convener.engines.names.answering import Asking, Kept
    from convener.engines.names.caching import kept_file

    ready = load_lists(lists, fmt, cache)
    summary.lists = [told_of_list(one) for one in ready]
    files = [kept_file(one, cache=cache, format=fmt, country_code=CountryCode()) for one in ready]
    there = tuple(file for file in files if file is not None)
    kept = Kept(cache, there, tuple(one.source for one in ready)) if len(there) == len(files) else None
    return Asking(ready, limit=limit, threshold=threshold, kept=kept)


def _write(
    questions: Questions, asking: Asking, summary: Summary, file: Any, advance: Callable[[int, int], None]
) -> None:
    from convener.engines.names.answering import write_rows

    def rows() -> Iterator[dict[str, Any]]:
        done = 0
        for answered in _answers(questions.read(), asking, summary.names):
            for one in answered:
                summary.count(one)
                yield from one.rows
            done += len(answered)
            advance(done, summary.names)

    write_rows(summary.format, rows(), file)


def _answers(questions: Iterator[Question], asking: Asking, count: int) -> Iterator[list[Answered]]:
    """The answers, chunk by chunk, in order; of many names a second process does its share, if it can load the lists."""
    chunks = iter(lambda: list(islice(questions, CHUNK)), [])
    if asking.kept is None or count < WORTH_A_HELPER:
        return map(asking, chunks)
    import structlog

    from convener.foundation.cores import in_order

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    return in_order(asking, chunks, alone=0)


@dataclass
class Summary:
    """What came of it, for people and for programs."""

    out: str
    format: str
    names: int = 0
    seconds: float = 0.0
    lists: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)
    not_asked: int = 0
    hits: int = 0
    with_more: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    more_problems: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether a row had a problem, or a part of a list is missing."""
        return bool(self.problems) or not all(one["whole"] for one in self.lists)

    def count(self, answered: Answered) -> None:
        """Take in one answer; its problems are told at once while they are few."""
        self.not_asked += not answered.is_asked
        self.decisions[answered.decision] += answered.is_asked
        self.hits += sum(row["rank"] > 0 for row in answered.rows)
        self.with_more += answered.more > 0
        for problem in answered.problems:
            if len(self.problems) < MOST_TOLD:
                self.problems.append(problem)
            else:
                self.more_problems += 1

    def as_plain(self) -> dict[str, Any]:
        """The summary for programs."""
        return {
            "out": self.out,
            "format": self.format,
            "names": self.names,
            "asked": self.names - self.not_asked,
            "not_asked": self.not_asked,
            "match": self.decisions["match"],
            "review": self.decisions["review"],
            "no_match": self.decisions["no_match"],
            "hits": self.hits,
            "with_more": self.with_more,
            "seconds": self.seconds,
            "lists": self.lists,
            "warnings": self.warnings,
            "problems": [problem._asdict() for problem in self.problems],
            "more_problems": self.more_problems,
        }

    def tell(self, *, as_json: bool) -> None:
        """Print the summary, and on standard error the first problems."""
        self._tell_problems()
        if as_json:
            answer(self.as_plain())
            return
        entries, lists = sum(one["entries"] for one in self.lists), len(self.lists)
        asked = self.names - self.not_asked
        click.echo(
            f"{asked:,} name{'s' * (asked != 1)} asked of {entries:,} entries in {lists} list{'s' * (lists != 1)}:"
        )
        for one in self.lists:
            click.echo(_printable(f"  {_line_of_list(one)}"))
        kinds = self.decisions
        click.echo(f"{kinds['match']:,} match, {kinds['review']:,} for review, {kinds['no_match']:,} without.")
        if self.not_asked:
            click.echo(f"{self.not_asked:,} could NOT be asked: rows of rank 0 whose explanation says the problem.")
        if self.with_more:
            those = "1 name has" if self.with_more == 1 else f"{self.with_more:,} names have"
            click.echo(f"{those} more hits than --limit lets be written: ask again with a higher one.")
        click.echo(_printable(f"Written to {self.out}: a row for each entry that may be meant, the likeliest first;"))
        click.echo("rank 0 where there is none. The parts of an explanation sum to the score, 0 to 1.")
        click.echo("A score is no finding: a person compares the two, with what else is known, and decides.")

    def _tell_problems(self) -> None:
        for warning in self.warnings:
            say(warning)
        for one in self.lists:
            missing = [problem for problem in one["problems"] if problem["missing"]]
            for problem in missing[:SHOWN]:
                say(f"{one['name']}: row {problem['row']}, {problem['field'] or 'list'}: {problem['message']}")
            if len(one["problems"]) > len(missing):
                count = len(one["problems"]) - len(missing)
                say(f"{one['name']}: {count:,} value(s) could not be read; see convener names lists {one['path']}")
        for row in self.problems[:SHOWN]:
            say(f"row {row.row}, {row.field}: {row.message} {row.hint}")
        more = len(self.problems) - SHOWN + self.more_problems
        if more > 0:
            say(f"… and {more:,} more problems of rows; the explanations have them.")


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
