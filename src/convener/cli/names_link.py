"""``convener names link``: which records of a table are of one person or organisation. Needs no hub and no database."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convener.cli.common import DONE, PARTIAL, answer, errors_as_exit_codes, progress, say, whole_file
from convener.errors import Refused

if TYPE_CHECKING:
    from convener.engines.names.linkage import Decision, Linked, Problem, Review

SHOWN = 20
#: Questions that are written unless told otherwise: what a few people answer in days; the most useful come first.
MOST_REVIEWED = 1_000
#: A table may hold this much: as far as was measured (5,000,000 organisations, 560 MB).
MOST_BYTES, MOST_ROWS = 2**30, 6_000_000
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("records", type=_FILE)
@click.option("--out", required=True, type=_FILE, help="The clusters, as CSV: id, cluster_id, confidence.")
@click.option("--review", type=_FILE, help="The pairs that people should look at, as CSV, the most useful first.")
@click.option(
    "--review-limit",
    type=click.IntRange(min=0),
    default=MOST_REVIEWED,
    show_default=True,
    help="Write so many pairs at most to --review; 0 for all.",
)
@click.option("--joined", type=_FILE, help="The pairs that hold the clusters together, with reasons, as CSV.")
@click.option("--decisions", type=_FILE, help="What people decided: id_a, id_b, decision (same or different).")
@click.option("--force", is_flag=True, help="Write over files that are there already.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--progress", "with_progress", is_flag=True, help="Say on standard error how far it is.")
def link(
    records: Path,
    out: Path,
    review: Path | None,
    review_limit: int,
    joined: Path | None,
    decisions: Path | None,
    force: bool,
    as_json: bool,
    with_progress: bool,
) -> None:
    """Find which rows of RECORDS (CSV, XLSX or JSON) are of one person or organisation.

    Columns: id and name; where known type (organisation unless it says another), aliases (joined with |), country,
    address, registration_number, website, latitude, longitude, birth_date. Exit code 3: done, but for rows that are named.
    """
    with errors_as_exit_codes(), ExitStack() as stack:
        _refuse_one_for_two([records, decisions, out, review, joined])
        clusters_file = stack.enter_context(whole_file(out, force=force))
        review_file = stack.enter_context(whole_file(review, force=force)) if review else None
        joined_file = stack.enter_context(whole_file(joined, force=force)) if joined else None
        with progress("Records", quiet=not with_progress) as advance:
            found, problems = _linked(records, decisions, advance, joined=bool(joined))
        _write_clusters(clusters_file, found)
        asked = found.review[: review_limit or None] if review else []
        if review_file:
            _write_pairs(review_file, asked, "pairs", "records")
        if joined_file:
            _write_pairs(joined_file, found.joined)
    code = PARTIAL if problems else DONE
    told = {**_summary(found, problems), **({"review_left_out": len(found.review) - len(asked)} if review else {})}
    _tell(told, problems, as_json=as_json)
    raise SystemExit(code)


def _refuse_one_for_two(paths: Iterable[Path | None]) -> None:
    """Raises Refused where two of the files are one: what is written would take the place of what is read, or of the other."""
    seen: set[Path] = set()
    for path in filter(None, paths):
        if path.resolve() in seen:
            raise Refused(f"{path} is named twice.", hint="Name another file for each. Nothing was written.")
        seen.add(path.resolve())


def _linked(records: Path, decisions: Path | None, advance: Any, *, joined: bool) -> tuple[Linked, list[Problem]]:
    from convener.cli.names import cache_folder
    from convener.engines.names.linkage import link as linked
    from convener.engines.names.linkage.reading import Reading, read_decisions
    from convener.engines.tables import Limits, open_table
    from convener.foundation.cores import in_order
    from convener.foundation.garbage import few_collections

    limits = Limits(max_bytes=MOST_BYTES, max_rows=MOST_ROWS)
    problems: list[Problem] = []
    decided: list[Decision] = []
    if decisions:
        with open_table(decisions, limits=limits) as table:
            decided, problems = read_decisions(table)
    with open_table(records, limits=limits) as table, few_collections():
        reading = Reading(table)
        counted = _counted(reading, advance)
        folder = cache_folder(None)

        def run(work: Callable[[Any], Any], chunks: Iterable[Any], /) -> Iterator[Any]:
            return in_order(functools.partial(_with_words, folder, work), chunks, alone=1)

        found = linked(counted, decisions=decided, countries=_countries(), run=run, joined=joined)
    return found, [*reading.problems, *problems, *found.problems]


def _with_words(folder: Path, work: Callable[[Any], Any], chunk: Any) -> Any:
    """Do a chunk of work, in whichever process, with the words that are kept ready in ``folder``."""
    from convener.engines.names.vocabulary import prepare

    prepare(folder)
    return work(chunk)


def _counted(records: Iterable[Any], advance: Any) -> Iterator[Any]:
    for number, record in enumerate(records, 1):
        if not number % 10_000:
            advance(number, number)
        yield record


def _countries() -> dict[str, str]:
    """Names and codes of countries, folded, with their ISO 3166-1 alpha-2 codes."""
    from importlib.resources import files

    import yaml

    from convener.engines.values.folding import fold

    text = files("convener.content").joinpath("countries.yaml").read_text(encoding="utf-8")
    terms = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["terms"]  # noqa: S506 - safe ones
    named = ((name, term["iso2"]) for term in terms for name in chain(term["label"].values(), term["synonyms"] or ()))
    coded = ((term[code], term["iso2"]) for term in terms for code in ("iso2", "iso3"))
    return {" ".join(fold(str(name)).split()): str(code) for name, code in chain(named, coded)}


def _write_clusters(file: Any, found: Linked) -> None:
    from convener.engines.tables import write_table

    rows = ({"id": one.id, "cluster_id": one.cluster_id, "confidence": one.confidence} for one in found.clusters)
    write_table("csv", ("id", "cluster_id", "confidence"), rows, file)


def _write_pairs(file: Any, pairs: Iterable[Review], *more: str) -> None:
    from convener.engines.tables import write_table

    columns = ("id_a", "id_b", "score", "name_a", "name_b", "why", *more)
    rows = ({name: _why(one) if name == "why" else getattr(one, name) for name in columns} for one in pairs)
    write_table("csv", columns, rows, file)


def _why(one: Any) -> str:
    parts = [
        {"kind": part.kind, "ours": part.ours, "theirs": part.theirs, "how": part.how, "gave": part.gave,
         "took": part.took, "gives": gives}
        for part, gives in zip(one.parts, one.gives, strict=True)
    ]  # fmt: skip
    why: dict[str, Any] = {"parts": parts}
    if one.conflict:
        why["conflict"] = one.conflict
    return json.dumps(why, ensure_ascii=False)


def _summary(found: Linked, problems: list[Problem]) -> dict[str, Any]:
    cut = found.cut
    return {
        **found.counts,
        "compared": found.compared,
        "cut": {"blocks": cut.blocks, "records": cut.records, "pairs": cut.pairs},
        "conflicts": [
            {"kind": one.kind, "ids": one.ids, "names": one.names, "message": one.message} for one in found.conflicts
        ],
        "problems": [{"row": one.row, "field": one.field, "message": one.message} for one in problems],
    }


def _tell(summary: dict[str, Any], problems: list[Problem], *, as_json: bool) -> None:
    for one in problems[:SHOWN]:
        say(f"Row {one.row}, {one.field}: {one.message}")
    if len(problems) > SHOWN:
        say(f"… and {len(problems) - SHOWN} more.")
    if as_json:
        answer(summary)
        return
    click.echo(
        f"{summary['records']} records, {summary['clusters']} clusters; {summary['questions']} "
        f"pair{'s' * (summary['questions'] != 1)} of clusters to look at."
    )
    if summary.get("review_left_out"):
        click.echo(f"{summary['review_left_out']} of these were left out: --review-limit says how many are written.")
    if summary["cut"]["pairs"]:
        click.echo(
            f"{summary['cut']['pairs']} pairs were not compared: {summary['cut']['blocks']} groups of records that "
            f"share a key were too large."
        )
    for conflict in summary["conflicts"][:SHOWN]:
        two = (f"{one} ({name})" for one, name in zip(conflict["ids"], conflict["names"], strict=True))
        click.echo(f"{' and '.join(two)}: {conflict['message']}")
    if len(summary["conflicts"]) > SHOWN:
        click.echo(f"… and {len(summary['conflicts']) - SHOWN} more conflicts.")
