"""What every command shares: the data folder, the actor, errors as exit codes, JSON for programs, progress for people."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click

from convener.errors import ConvenerError, Refused, Unreadable, UnsafeSettings

if TYPE_CHECKING:
    from convener.foundation.actor import Actor

DONE, REFUSED, UNREADABLE, PARTIAL = 0, 1, 2, 3


def say(message: str) -> None:
    """Tell the person at the terminal something that is not the command's answer (standard error)."""
    printable = "".join(letter if letter.isprintable() or letter in "\n\t" else " " for letter in message)
    click.echo(printable, err=True)  # a hostile file's words must not steer the terminal


def answer(content: Any) -> None:
    """Print the command's answer as JSON on standard output."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def hub_command(
    *, database: bool = True, alone: bool = False, new: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of every command: adds ``--data-dir`` and ``--as``, starts Django, turns errors into exit codes.

    The wrapped function gets ``actor`` (of ``--as``, else the operator). With ``database`` the migrations are checked
    first, so that a command never works on half a schema. The hub is held, beside other commands, while the function
    runs, so that no restore replaces it meanwhile; a command that is ``alone`` sees to that itself. Where there is no hub
    yet, it is made, unless the command is for what is there (not ``new``). Its return value, if any, is the exit code.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.option(
            "--data-dir",
            type=click.Path(file_okay=False, path_type=Path),
            help="Folder of the hub's data [CONVENER_DATA_DIR, else ./convener-data].",
        )
        @click.option("--as", "as_email", metavar="EMAIL", help="Act as this account [an audited operator].")
        @functools.wraps(function)
        def run(*args: Any, data_dir: Path | None, as_email: str | None, **kwargs: Any) -> None:
            if data_dir is not None:
                os.environ["CONVENER_DATA_DIR"] = str(data_dir)
            with errors_as_exit_codes():
                if not new:
                    _require_folder()
            with errors_as_exit_codes(), nullcontext() if alone else hub_held():
                if alone:
                    finish_interrupted_restore()  # before settings are read: it may bring the secrets
                start_django()
                if not new:
                    _require_hub()
                if database:
                    require_migrated()
                sys.exit(function(*args, actor=resolve_actor(as_email), **kwargs) or DONE)

        return run

    return decorate


@contextmanager
def hub_held() -> Iterator[None]:
    """Finish a restore that was interrupted, then hold the data folder against a new one."""
    from convener.foundation.copies import hold_shared

    with hold_shared(finish_interrupted_restore()):
        yield


def finish_interrupted_restore() -> Path:
    """Finish or take back a restore that was interrupted; returns the data folder."""
    from convener.foundation.copies import recover

    data_dir = Path(os.environ.get("CONVENER_DATA_DIR", "convener-data")).resolve()
    if recover(data_dir, os.environ.get("CONVENER_DATABASE_URL", "")):
        say("A restore that was interrupted has been finished or taken back first.")
    return data_dir


def _require_folder() -> None:
    """Refuse a folder that does not exist: mistyped, it would be made, and backed up or exported as an empty hub."""
    data_dir = Path(os.environ.get("CONVENER_DATA_DIR", "convener-data"))
    if not data_dir.is_dir():
        raise _no_hub(data_dir)


def _require_hub() -> None:
    """Refuse a database without a single table."""
    from django.conf import settings

    if not _has_tables():
        raise _no_hub(settings.DATA_DIR)


def _no_hub(data_dir: Path) -> Unreadable:
    return Unreadable(f"There is no hub in {data_dir}.", hint="Check --data-dir, CONVENER_DATA_DIR and the database.")


@contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """Print an error of our tree on standard error and exit with its code; never a stack trace for those."""
    try:
        yield
    except UnsafeSettings as error:
        for reason in error.reasons:
            say(reason)
        sys.exit(error.exit_code)
    except ConvenerError as error:
        say(f"{error.message}\n{error.hint}".strip())
        sys.exit(error.exit_code)
    except (PermissionError, FileNotFoundError, NotADirectoryError, FileExistsError, IsADirectoryError) as error:
        if not error.filename:
            raise
        say(
            f"{error.filename} cannot be used: {(error.strerror or '').lower()}.\nCheck the path and who may write there."
        )
        sys.exit(UNREADABLE)
    except Exception as error:
        trouble = _trouble_with_database(error)
        if not trouble:
            raise
        say(trouble)
        sys.exit(REFUSED)


def _trouble_with_database(error: Exception) -> str:
    """What to tell a person about a database that is full, locked or away; "" for an error of any other kind."""
    from django.db import InterfaceError, OperationalError

    if not isinstance(error, InterfaceError | OperationalError):
        return ""
    said = str(error).strip().partition("\n")[0]
    if "full" in said or "disk I/O" in said:
        return f"The database cannot be written: {said}.\nFree some space on its disk, then run the command again."
    return (
        f"The database does not answer: {said}.\nCheck that it is running, then run the command again: "
        "what was begun is finished or taken back."
    )


def start_django() -> None:
    """Load settings and apps; only now are the heavier libraries imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convener.site.settings")
    try:
        import django

        django.setup()
    except ValueError as error:  # a CONVENER_* variable that cannot be read; its own text may quote secrets
        from convener.cli.checks import unreadable_settings

        raise UnsafeSettings(unreadable_settings(error)) from None


def resolve_actor(email: str | None) -> Actor:
    """The actor of ``--as``; raises NotFound for an unknown address."""
    from convener.errors import NotFound
    from convener.foundation.accounts.queries import actor_of_email
    from convener.foundation.actor import OPERATOR

    if email is None:
        return OPERATOR
    actor = actor_of_email(email)
    if actor is None:
        raise NotFound("There is no active account with this address.", hint="Check the value of --as.")
    return actor


def require_migrated() -> None:
    """Bring an empty or older database up to date, so that every command works on the first call."""
    from django.conf import settings
    from django.core.management import call_command

    if not _migrations_are_due():
        return
    with (Path(settings.DATA_DIR) / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second command that starts at the same time waits for the first
        if _migrations_are_due():
            say("Preparing the database …" if _has_tables() else f"Making a new, empty hub in {settings.DATA_DIR} …")
            call_command("migrate", interactive=False, verbosity=0)


def _has_tables() -> bool:
    from django.db import connection

    return bool(connection.introspection.table_names())


def _migrations_are_due() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error while a person watches; yields ``advance(done, total)``."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=0, label=label, file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield advance


@contextmanager
def whole_file(out: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file to write that stands at ``out`` whole, or not at all. Raises Refused where one is there, unless ``force``."""
    if out.exists() and not force:
        raise Refused(f"{out} is there already.", hint="Choose another name, or say --force.")
    if not out.parent.is_dir():
        raise Refused(f"The folder {out.parent} does not exist.", hint="Make it first, or name another place.")
    try:
        handle, name = tempfile.mkstemp(dir=out.resolve().parent, prefix=f".{out.name}.")
    except OSError as error:
        why = f"{out} cannot be written: {(error.strerror or str(error)).lower()}."
        raise Refused(
            why, hint=f"Check who may write in the folder {out.parent}, and that its disk has room."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield cast("BinaryIO", file)
        Path(name).replace(out)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
