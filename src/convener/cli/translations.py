"""``convener translations``: the catalogues of the interface, and a hub's own beside those that ship."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from convener.cli.common import answer, hub_command, say
from convener.errors import Unreadable

if TYPE_CHECKING:
    from convener.foundation.actor import Actor


@click.group()
def translations() -> None:
    """Languages of the interface: how far each is, and loading a corrected catalogue."""


@translations.command()
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@hub_command()
def status(as_json: bool, actor: Actor) -> None:
    """Say for each language how many strings are translated and how many wait for a review."""
    from convener.foundation.i18n import catalogues

    states = [catalogues.state_of(language) for language in catalogues.languages()]
    if as_json:
        answer([{**vars(state), "file": str(catalogues.path_of(state.language))} for state in states])
        return
    for state in states:
        click.echo(
            f"{state.language}: {state.translated} of {state.total} translated, {state.unreviewed} to be reviewed"
        )


@translations.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", required=True, help="Language of FILE: fr, es or ar.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@hub_command()
def load(file: Path, language: str, as_json: bool, actor: Actor) -> None:
    """Make the catalogue FILE (PO) this hub's own; it wins over the one that ships. Restart the hub to speak it.

    It must have every string of the one that ships; strings that this version has not are left out, and named.
    """
    from django.db import transaction

    from convener.foundation.audit.actions import record
    from convener.foundation.i18n import catalogues
    from convener.rooms.directory.actions.importing import require_importer

    require_importer(actor)
    if not file.is_file():
        raise Unreadable(f"There is no file {file}.", hint="Check its name.")
    with transaction.atomic():  # a refused file is no loading that the audit should tell of
        record(actor, "hub.translation", "catalogue", fields=[language])
        loaded = catalogues.load(file, language)
    if as_json:
        answer({**vars(loaded.state), "unknown": loaded.unknown})
        return
    if loaded.unknown:
        first = catalogues.named(loaded.unknown)
        say(f"{len(loaded.unknown)} strings were left out, as this version does not have them, among them {first}.")
    state = loaded.state
    click.echo(f"{state.translated} of {state.total} strings, {state.unreviewed} to be reviewed. Restart the hub.")
