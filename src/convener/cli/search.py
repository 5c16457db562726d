"""``convener search``: the index of this node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convener.cli.common import answer, hub_command, progress

if TYPE_CHECKING:
    from convener.foundation.actor import Actor


@click.group()
def search() -> None:
    """The search's index: it follows by itself; these are for looking after it."""


@search.command()
@click.option("--json", "as_json", is_flag=True, help="Print the number of records as JSON.")
@hub_command(new=False)
def rebuild(as_json: bool, actor: Actor) -> None:
    """Build the index anew from the database. Searches go on meanwhile; only this machine's index is built."""
    from django.conf import settings

    from convener.foundation.audit.actions import record
    from convener.foundation.jobs.node import node_of
    from convener.foundation.search.writing import rebuild_now
    from convener.rooms.directory.actions.importing import require_importer

    require_importer(actor)
    record(actor, "search.rebuild", "index")
    with progress("Building the index", quiet=as_json) as advance:
        count = rebuild_now(node_of(settings.DATA_DIR), advance=advance)
    if as_json:
        answer({"records": count})
    else:
        click.echo(f"{count} records can be found.")
