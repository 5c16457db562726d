"""Running a hub: ``demo``, ``serve``, ``work``, ``check``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from convener.cli.common import DONE, PARTIAL, REFUSED, answer, errors_as_exit_codes, hub_command, say

if TYPE_CHECKING:
    import socket

    from convener.foundation.actor import Actor

PORT = 8000
HOST = "127.0.0.1"


def _own_address(context: click.Context, option: click.Parameter, port: int) -> int:
    """Unless the operator set an address, links in mails and answers name the port that is served."""
    os.environ.setdefault("CONVENER_BASE_URL", f"http://127.0.0.1:{port}")
    return port


port_option = click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, callback=_own_address, help="TCP port."
)
workers_option = click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that serve pages."
)
threads_option = click.option(
    "--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Threads in each of them."
)


@click.command()
@port_option
@click.option("--host", default=HOST, show_default=True, help="Address of this machine to listen on.")
@workers_option
@threads_option
@click.option("--with-work/--without-work", default=False, show_default=True, help="Do the background jobs too.")
@hub_command()
def serve(port: int, host: str, workers: int, threads: int, with_work: bool, actor: Actor) -> int:
    """Serve the pages and the API of this hub."""
    from convener.cli.serving import open_port

    _refuse_demonstration()
    listener = open_port(host, port)
    click.echo(f"Serving at {_address(listener)}")
    return _serve(listener, workers, threads, with_work)


@click.command()
@click.option("--once", is_flag=True, help="Stop when nothing is left to do (exit code 3 if a job or index failed).")
@hub_command()
def work(once: bool, actor: Actor) -> int:
    """Do background jobs and keep the search index up to date."""
    from convener.cli.serving import work as run_worker
    from convener.foundation.outbox.consumers import failing

    tally = run_worker(_node(), once=once)
    return PARTIAL if once and (tally.failed or failing()) else DONE


@click.command()
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the hub's data [CONVENER_DATA_DIR, else ./convener-data].",
)
@click.option("--as", "as_email", metavar="EMAIL", help="Taken for uniformity; nothing here depends on who asks.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def check(data_dir: Path | None, as_email: str | None, as_json: bool) -> None:
    """Say every reason why this hub must not face the internet as it is set up."""
    from convener.cli import checks

    if data_dir is not None:
        os.environ["CONVENER_DATA_DIR"] = str(data_dir)
    with errors_as_exit_codes():
        found = checks.findings()
    reasons = [finding for finding in found if finding.ok is False]
    if as_json:
        answer(checks.as_json(found))
    else:
        for finding in found:
            click.echo(f"{ {True: 'ok', False: 'NO', None: '–'}[finding.ok] }  {finding.message}")
        say(f"Reasons against: {len(reasons)}." if reasons else "Nothing speaks against it.")
    raise SystemExit(REFUSED if reasons else DONE)


@click.command()
@port_option
@click.option("--no-serve", is_flag=True, help="Prepare and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print addresses and logins as JSON.")
@hub_command()
def demo(port: int, no_serve: bool, as_json: bool, actor: Actor) -> int:
    """Set up a demonstration hub with one login for each role, and serve it on this machine."""
    from django.conf import settings

    from convener.cli.serving import open_port
    from convener.site.demo import prepare

    listener = None if no_serve else open_port(HOST, port)  # a taken port is said before the work, not after
    prepared = prepare(settings.DATA_DIR, _address(listener) if listener else settings.BASE_URL)
    if as_json:
        answer(prepared)
    else:
        _print_logins(prepared)
    return _serve(listener, 2, 4, with_work=True) if listener else DONE


def _refuse_demonstration() -> None:
    """A demonstration's logins stand in a file: such a hub must not face the internet."""
    from django.conf import settings

    from convener.cli.checks import demo_accounts
    from convener.errors import UnsafeSettings

    found = demo_accounts()
    if settings.PRODUCTION and not found.ok:
        raise UnsafeSettings([found.message])


def _serve(listener: socket.socket, workers: int, threads: int, with_work: bool) -> int:
    from convener.cli import serving

    if with_work:
        return serving.serve_with_work(listener, workers, threads, _node())
    serving.serve_web(listener, workers, threads)
    return DONE


def _node() -> str:
    from django.conf import settings

    from convener.foundation.jobs.node import node_of

    return node_of(settings.DATA_DIR)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _print_logins(prepared: dict[str, Any]) -> None:
    """The demonstration's address and logins, for a person."""
    click.echo(f"\nThe hub is at {prepared['url']}\nIts data is in {prepared['data_dir']}\n")
    logins = prepared["logins"]
    columns = {"role": "Role", "email": "E-mail", "password": "Password", "totp_secret": "Second factor (TOTP secret)"}
    width = {key: max(len(title), *(len(one[key] or "") for one in logins)) for key, title in columns.items()}
    click.echo("  ".join(title.ljust(width[key]) for key, title in columns.items()).rstrip())
    for one in logins:
        click.echo("  ".join((one[key] or "").ljust(width[key]) for key in columns).rstrip())
    click.echo("\nThese logins are for trying things out; --json prints their API tokens too. Stop with Ctrl-C.")
