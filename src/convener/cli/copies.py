"""``convener backup`` and ``convener restore``: the whole hub in one file, and back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convener.cli.common import answer, hub_command, progress, say
from convener.errors import Refused

if TYPE_CHECKING:
    from convener.foundation.actor import Actor

PASSPHRASE_VARIABLE = "CONVENER_KEYS_PASSPHRASE"  # noqa: S105 - its name

_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_json = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


def _keys(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option("--keys", type=click.Path(dir_okay=False, path_type=Path), metavar="KEYFILE", help=what)


@click.command()
@_file
@_keys("Write the hub's secrets to this file too, sealed with a passphrase. Keep it apart from the backup.")
@click.option("--force", is_flag=True, help="Overwrite FILE and KEYFILE where they exist.")
@_json
@hub_command(new=False)
def backup(file: Path, keys: Path | None, force: bool, as_json: bool, actor: Actor) -> None:
    """Write everything the hub holds to FILE: database and files. The hub may go on working meanwhile."""
    from convener.foundation.copies.writing import write_backup

    passphrase = _passphrase(twice=True) if keys else None
    with progress("Backing up", quiet=as_json) as advance:
        made = write_backup(file, actor=actor, keys=keys, passphrase=passphrase, force=force, advance=advance)
    for line in made.notes:
        say(line)
    if as_json:
        answer(made.as_json())
    else:
        click.echo(made.summary())


@click.command()
@_file
@_keys("Take the hub's secrets from this file, which 'backup --keys' wrote.")
@click.option("--force", is_flag=True, help="Replace what this hub holds now, as a whole.")
@_json
@hub_command(database=False, alone=True)
def restore(file: Path, keys: Path | None, force: bool, as_json: bool, actor: Actor) -> None:
    """Make this hub what it was when FILE was written. Stop 'serve' and 'work' first."""
    from convener.foundation.copies.restoring import restore_backup

    passphrase = _passphrase(twice=False) if keys else None
    with progress("Restoring", quiet=as_json) as advance:
        made = restore_backup(file, actor=actor, keys=keys, passphrase=passphrase, force=force, advance=advance)
    for line in made.notes:
        say(line)
    if as_json:
        answer(made.as_json())
    else:
        click.echo(made.summary())


def _passphrase(*, twice: bool) -> str:
    """The passphrase of the key file: from the environment, else asked at the terminal without echo."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Refused(
            "The key file needs a passphrase, and nobody is at the terminal to type it.",
            hint=f"Set {PASSPHRASE_VARIABLE}, or run the command at a terminal.",
        )
    asked: str = click.prompt("Passphrase of the key file", hide_input=True, confirmation_prompt=twice, err=True)
    return asked
