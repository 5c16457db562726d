"""``convener directory``: import, undo, export, duplicates."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convener.cli.common import DONE, PARTIAL, REFUSED, answer, hub_command, progress, say, whole_file
from convener.errors import Unreadable

if TYPE_CHECKING:
    from convener.foundation.actor import Actor

SHOWN = 20
FORMATS = ("csv", "json", "xlsx", "geojson")
KINDS = {"organisations": "organisation", "tools": "tool", "initiatives": "initiative"}


@click.group()
def directory() -> None:
    """Organisations: import lists, undo an import, export, find duplicates."""


def _pairs(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for one in given:
        name, equals, value = one.rpartition("=") if _parameter.name == "mapping" else one.partition("=")
        if not equals or not name or not value:
            raise click.BadParameter(f"'{one}' is not NAME=VALUE.")
        pairs[name] = value
    return pairs


@directory.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what each row would do; write no organisation.")
@click.option("--strict", is_flag=True, help="All rows or none.")
@click.option("--exact", is_flag=True, help="Take no row for an organisation whose name only resembles its own.")
@click.option(
    "--map", "mapping", multiple=True, metavar="THEIRS=OURS", callback=_pairs, help="A heading and our column."
)
@click.option(
    "--set", "fixed", multiple=True, metavar="COLUMN=VALUE", callback=_pairs, help="For rows without a value."
)
@click.option("--source", default="", help="Name of the list [the file's name]; ids in it are kept under this name.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@hub_command()
def import_(
    file: Path,
    dry_run: bool,
    strict: bool,
    exact: bool,
    mapping: dict[str, str],
    fixed: dict[str, str],
    source: str,
    as_json: bool,
    actor: Actor,
) -> int:
    """Import organisations from FILE: CSV, XLSX, JSON or GeoJSON."""
    from convener.rooms.directory.actions import importing, staging

    _speak_english()
    _require_file(file)
    _mend(importing)
    options = importing.Options(dry_run=dry_run, strict=strict, map=mapping, set=fixed, source_name=source, exact=exact)
    with progress("Importing", quiet=as_json) as advance:
        run = importing.import_file(file, actor=actor, options=options, limits=importing.limits(), advance=advance)
    summary = staging.summary_of(run)
    if as_json:
        answer(summary)
    else:
        _tell(summary)
    if run.state == run.State.REFUSED:
        return REFUSED
    return PARTIAL if summary["errors"] else DONE


def _require_file(file: Path) -> None:
    """Raise Unreadable for anything that cannot be read from its beginning twice: a pipe, a device, nothing at all."""
    try:
        if file.is_file():
            return
        told = f"{file} is not a file." if file.exists() else f"There is no file {file}."
    except OSError as error:
        told = f"{file} cannot be read: {error.strerror}."
    raise Unreadable(told, hint="Give the path of a CSV, XLSX, JSON or GeoJSON file.")


def _speak_english() -> None:
    """The command speaks English, so what it hands on is English too, whatever the language of the hub."""
    from django.utils import translation

    translation.activate("en")


def _mend(importing: Any) -> None:
    mended = importing.recover()
    if mended:
        say(f"{mended} interrupted import(s) were finished or reversed first.")


def _tell(summary: dict[str, Any]) -> None:
    verb = "would be " if summary["dry_run"] else ""
    click.echo(
        f"{summary['rows']} rows: {summary['added']} {verb}added, {summary['updated']} {verb}updated, "
        f"{summary['skipped']} {verb}skipped (nothing new), {summary['failed']} with errors."
    )
    if summary["state"] == "refused":
        click.echo("Nothing was imported: with --strict every row has to be right.")
    for title, problems in (("Errors", summary["errors"]), ("Warnings", summary["warnings"])):
        if problems:
            click.echo(f"{title}: {len(problems)}")
        for problem in problems[:SHOWN]:
            click.echo(f"  row {problem['row']}, {problem['field'] or 'row'}: {problem['message']}")
        if len(problems) > SHOWN:
            click.echo(f"  … and {len(problems) - SHOWN} more; --json lists all.")
    click.echo(f"Import {summary['import_id']}")
    if summary["state"] == "done" and not summary["dry_run"]:
        data_dir = click.get_current_context().params.get("data_dir")
        where = f" --data-dir {shlex.quote(str(data_dir))}" if data_dir else ""
        click.echo(f"To take it back: convener directory undo {summary['import_id']}{where}")


@directory.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--kind", type=click.Choice(["tools", "initiatives"]), help="What FILE holds.")
@click.option("--dry-run", is_flag=True, help="Say how many records of FILE are new or changed; write none.")
@click.option("--json", "as_json", is_flag=True, help="Print how many records changed as JSON.")
@hub_command()
def content(file: Path | None, kind: str | None, dry_run: bool, as_json: bool, actor: Actor) -> None:
    """Load the organisations, tools and initiatives that ship with Convener; what people changed stays as it is.

    With FILE and --kind: load the tools or initiatives that an export wrote, all or none.
    """
    from convener.foundation.audit.actions import record
    from convener.rooms.directory import content as shipped
    from convener.rooms.directory.actions.importing import limits, require_importer
    from convener.rooms.directory.models import Kind

    if (file is None) != (kind is None):
        raise click.UsageError("FILE and --kind belong together.")
    if dry_run and file is None:
        raise click.UsageError("--dry-run is for a FILE.")
    _speak_english()
    require_importer(actor)
    if file is not None and kind is not None:
        _require_file(file)
        if not dry_run:
            record(actor, "directory.content_file", KINDS[kind])
        loaded = {kind: shipped.load_file(file, Kind(KINDS[kind]), limits=limits(), dry_run=dry_run)}
    else:
        record(actor, "directory.content", "organisation")
        loaded = shipped.load()
    if as_json:
        answer(loaded)
    else:
        click.echo(", ".join(f"{count} {name}" for name, count in loaded.items()) + " new or changed.")


@directory.command()
@click.argument("import_id")
@click.option("--json", "as_json", is_flag=True, help="Print what was undone as JSON.")
@hub_command(new=False)
def undo(import_id: str, as_json: bool, actor: Actor) -> int:
    """Take back the whole import IMPORT_ID."""
    from convener.rooms.directory.actions import importing, undoing
    from convener.rooms.directory.queries.imports import import_by_id

    _speak_english()
    importing.require_importer(actor)
    _mend(importing)
    summary = undoing.undo(import_by_id(import_id, actor), actor=actor)
    if as_json:
        answer(summary)
    else:
        click.echo(
            f"{summary['removed']} organisations removed, {summary['restored']} restored, {len(summary['kept'])} kept."
        )
        for kept in summary["kept"][:SHOWN]:
            click.echo(f"  row {kept['row']}: {kept['message']}")
    return PARTIAL if summary["kept"] else DONE


@directory.command()
@click.option("--kind", type=click.Choice(list(KINDS)), default="organisations", help="What to export.")
@click.option("--format", "fmt", type=click.Choice(FORMATS), help="[the ending of FILE, else csv]")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the number of records as JSON.")
@hub_command(new=False)
def export(kind: str, fmt: str | None, out: Path, force: bool, as_json: bool, actor: Actor) -> int:
    """Export every organisation that the actor may see; the file imports again as no change.

    Tools and initiatives are exported as CSV or JSON, and come back with `convener directory content FILE --kind …`.
    """
    _speak_english()
    from convener.rooms.directory.actions import exporting
    from convener.rooms.directory.models import Kind

    fmt = _format(fmt, out)
    if kind != "organisations" and fmt not in exporting.SHARED_FORMATS:
        raise click.UsageError(f"{kind.capitalize()} are exported as CSV or JSON.")
    with whole_file(out, force=force) as file, progress("Exporting", quiet=as_json) as advance:
        count = exporting.export(file, fmt, actor=actor, kind=Kind(KINDS[kind]), advance=advance)
    if as_json:
        answer({kind: count, "file": str(out), "format": fmt})
    else:
        click.echo(f"{count} {kind} written to {out}.")
    return DONE


@directory.command()
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@hub_command(new=False)
def duplicates(as_json: bool, actor: Actor) -> None:
    """Look for organisations that are on record twice, now; people decide about them on the hub."""
    from convener.rooms.directory.actions.duplicates import find_duplicates

    _speak_english()
    with progress("Comparing", quiet=as_json) as advance:
        counts = find_duplicates(actor, advance)
    if as_json:
        answer(counts)
        return
    click.echo(
        f"{counts['records']} organisations compared: {counts['pairs']} pairs that may be one ({counts['sure']} sure, "
        f"{counts['unsure']} unsure); {counts['new']} new, {counts['removed']} no longer found, "
        f"{counts['undecided']} to decide."
    )


def _format(given: str | None, out: Path) -> str:
    """The format asked for, else the one that the ending names; refuses a file that would not be what its name says."""
    ending = out.suffix.lower().removeprefix(".")
    if given is None:
        return ending if ending in FORMATS else "csv"
    if ending in FORMATS and ending != given and (given, ending) != ("geojson", "json"):
        raise click.UsageError(
            f"{out.name} would hold {given.upper()}: give it the ending .{given}, or leave --format out."
        )
    return given
