"""The command ``convener``: thin; each command calls a room or the foundation and prints what came of it.

Exit codes: 0 done, 1 refused, 2 usage or unreadable input, 3 partly done.
"""

from __future__ import annotations

import os

import click

from convener.cli.copies import backup, restore
from convener.cli.directory import directory
from convener.cli.hub import check, demo, serve, work
from convener.cli.library import library
from convener.cli.names import names
from convener.cli.people import invite
from convener.cli.screening import screening
from convener.cli.search import search
from convener.cli.translations import translations


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="convener")
def main() -> None:
    """Convener: who to work with, on what terms, with what result, provably."""
    os.umask(0o077)  # whatever a command writes (database, files, exports, backups) is for the hub's account alone


for command in (
    demo,
    serve,
    work,
    check,
    invite,
    backup,
    restore,
    directory,
    library,
    names,
    screening,
    search,
    translations,
):
    main.add_command(command)
