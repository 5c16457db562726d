"""``convener library``: the practices and guidance that come with Convener, and lists of them as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from convener.cli.common import answer, hub_command, whole_file
from convener.errors import Unreadable

if TYPE_CHECKING:
    from convener.foundation.actor import Actor

KINDS = ("practices", "guidance")
RECORDS = {"practices": "practice", "guidance": "guidance"}


@click.group()
def library() -> None:
    """What is known to work: promising practices and guidance."""


@library.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--kind", type=click.Choice(KINDS), help="What FILE holds.")
@click.option("--dry-run", is_flag=True, help="Say how many records of FILE are new or changed; write none.")
@click.option("--json", "as_json", is_flag=True, help="Print how many records changed as JSON.")
@hub_command()
def content(file: Path | None, kind: str | None, dry_run: bool, as_json: bool, actor: Actor) -> None:
    """Load the practices and guidance that ship with Convener, and those in the data folder under content/.

    The organisations they name are loaded first. What this hub hid or noted stays as it is. With FILE and --kind: load
    the JSON file that an export wrote, all or none.
    """
    from django.db import transaction

    from convener.foundation.audit.actions import record
    from convener.rooms.directory import content as directory
    from convener.rooms.directory.actions.importing import require_importer
    from convener.rooms.library import content as shipped

    if (file is None) != (kind is None):
        raise click.UsageError("FILE and --kind belong together.")
    if dry_run and file is None:
        raise click.UsageError("--dry-run is for a FILE.")
    require_importer(actor)
    if file is not None and kind is not None:
        if not file.is_file():
            raise Unreadable(f"There is no file {file}.", hint="Check its name.")
        with transaction.atomic():
            loaded = {kind: shipped.load_file(file, kind, dry_run=dry_run)}
            if not dry_run:
                record(actor, "library.content_file", RECORDS[kind], count=loaded[kind])
    else:
        record(actor, "library.content", "practice")
        loaded = {**directory.load(), **shipped.load()}
    if as_json:
        answer(loaded)
    else:
        click.echo(", ".join(f"{count} {name}" for name, count in loaded.items()) + " new or changed.")


@library.command()
@click.option("--kind", type=click.Choice(KINDS), default="practices", show_default=True, help="What to export.")
@click.option("--format", "fmt", type=click.Choice(["json", "csv"]), help="[the ending of FILE, else json]")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the number of records as JSON.")
@hub_command(new=False)
def export(kind: str, fmt: str | None, out: Path, force: bool, as_json: bool, actor: Actor) -> None:
    """Export every practice or piece of guidance that the actor may see.

    JSON holds everything and comes back with `convener library content FILE --kind …`; CSV is for reading.
    """
    from convener.foundation.filters import Filters
    from convener.rooms.library.actions import exporting

    fmt = fmt or ("csv" if out.suffix.lower() == ".csv" else "json")
    write = {"practices": exporting.export_practices, "guidance": exporting.export_guidance}[kind]
    with whole_file(out, force=force) as file:
        count = write(file, fmt, actor=actor, filters=Filters())
    if as_json:
        answer({kind: count, "file": str(out), "format": fmt})
    else:
        click.echo(f"{count} {kind} written to {out}.")
