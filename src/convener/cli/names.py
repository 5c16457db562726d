"""``convener names``: is a name on a list. Needs no hub, no database, and nothing that takes long to load."""

from __future__ import annotations

import math
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from convener.cli.common import DONE, PARTIAL, UNREADABLE, answer, errors_as_exit_codes, progress, say, whole_file
from convener.cli.names_link import link
from convener.cli.names_told import Summary, line_of_list, printable
from convener.errors import Refused, Unreadable
from convener.foundation.garbage import few_collections

if TYPE_CHECKING:
    from convener.engines.names.answering import Answered, Asking
    from convener.engines.names.compiled import Compiled
    from convener.engines.names.questions import Question, Questions

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
                say(printable(f"{error.message} {error.hint}"))
    if as_json:
        answer(told)
    else:
        for one in told:
            click.echo(printable(line_of_list(one)))
            for problem in one["problems"]:
                click.echo(printable(f"  row {problem['row']}, {problem['field'] or 'list'}: {problem['message']}"))
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
