"""``convener screening``: the lists of names that this hub compares with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convener.cli.common import answer, hub_command, say
from convener.errors import Unreadable, spoken

if TYPE_CHECKING:
    from convener.foundation.actor import Actor
    from convener.rooms.screening.models import WatchList

FORMATS = ("ofac", "un", "ftm", "csv")


@click.group()
def screening() -> None:
    """Lists of names: sanctions and others, which members compare names with."""


@screening.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", default="", help="What the list is called here [the name of the file or folder].")
@click.option("--format", "fmt", type=click.Choice(FORMATS), help="What PATH holds [found from the content].")
@click.option("--title", default="", help="Who publishes it, in words.")
@click.option("--json", "as_json", is_flag=True, help="Print the version that is in use now as JSON.")
@hub_command()
def load(path: Path, name: str, fmt: str | None, title: str, as_json: bool, actor: Actor) -> None:
    """Load the list at PATH, or replace the one of the same name by this version; asked from then on.

    PATH is a file, a ZIP, or for OFAC the folder of its CSV files. The same bytes again change nothing.
    """
    from convener.rooms.screening.actions.loading import load_list

    if not path.exists():
        raise Unreadable(f"There is no file or folder {path}.", hint="Check its name.")
    row, is_new = load_list(path, actor=actor, name=name, format=fmt or "", title=title)
    if as_json:
        answer({**_as_json(row), "new": is_new})
        return
    for number, field, told in row.problems[:5]:
        where = ", ".join(filter(None, (f"row {number:,}" if number else "", field)))
        say(f"{where + ': ' if where else ''}{spoken(told)}")
    if row.problem_count > 5:
        say(f"… and {row.problem_count - 5:,} more problems; the page of the list has the first 50.")
    done = "is in use" if is_new else "is in use already; nothing was changed"
    click.echo(f"{row.name}: {row.count:,} entries, {row.date or 'no date'}, {row.sha256[:16]}: {done}.")


@screening.command()
@click.option("--json", "as_json", is_flag=True, help="Print the lists as JSON.")
@hub_command(new=False)
def lists(as_json: bool, actor: Actor) -> None:
    """Show the lists that are asked."""
    from convener.rooms.screening.actions.asking import require_screener
    from convener.rooms.screening.queries.lists import in_use

    require_screener(actor)
    found = in_use(actor)
    if as_json:
        answer([_as_json(row) for row in found])
        return
    for row in found:
        click.echo(f"{row.name}\t{row.count:,} entries\t{row.date or 'no date'}\t{row.sha256[:16]}\t{row.title}")
    if not found:
        say("No list is loaded. Load one with: convener screening load PATH")


@screening.command()
@click.argument("name")
@hub_command(new=False)
def remove(name: str, actor: Actor) -> None:
    """Take the list NAME out of use: nobody is compared with it any more."""
    from convener.rooms.screening.actions import loading

    row = loading.remove(name, actor=actor)
    click.echo(f"{row.name} is removed.")


def _as_json(row: WatchList) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "title": row.title,
        "format": row.format,
        "date": row.date,
        "sha256": row.sha256,
        "count": row.count,
        "problems": row.problem_count,
        "loaded_at": row.loaded_at,
    }
