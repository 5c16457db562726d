"""What ``convener check`` looks at: settings, data folder, database, migrations; each answer a sentence."""

from __future__ import annotations

import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from convener.cli.common import start_django
from convener.errors import UnsafeSettings


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``ok`` is None where it could not be looked at, which is no reason by itself."""

    subject: str
    ok: bool | None
    message: str


def findings() -> list[Finding]:
    """Everything worth saying before this hub faces the internet, on the environment as it is now.

    The database is looked at even where the settings are unsafe: for that, this process (and nothing else) loads them
    as a local hub would.
    """
    found, data_dir = _settings()
    if data_dir is None:
        return found
    found += _data_folder(data_dir)
    if not data_dir.is_dir():
        return [*found, Finding("database", None, "The database was not looked at: there is no data folder.")]
    os.environ["CONVENER_MODE"] = "local"
    try:
        start_django()
    except UnsafeSettings as error:
        return found + [Finding("settings", False, reason) for reason in error.reasons]
    return found + _database()


def as_json(found: list[Finding]) -> dict[str, Any]:
    """The findings for a program: ``safe``, the ``reasons`` against, and every check."""
    reasons = [finding.message for finding in found if finding.ok is False]
    return {"safe": not reasons, "reasons": reasons, "checks": [asdict(finding) for finding in found]}


def unreadable_settings(error: ValueError) -> list[str]:
    """What is wrong with which variable, without the values: pydantic's own text would print secrets too."""
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        wrong = [(f"CONVENER_{'_'.join(map(str, e['loc'])).upper()}", e["msg"]) for e in error.errors()]
        return [f"{name} cannot be used: {why}." for name, why in wrong]
    return [f"A setting cannot be read: {error}."]  # pydantic-settings: a JSON list that is none; names the field only


def _settings() -> tuple[list[Finding], Path | None]:
    from convener.site.config import Config, reasons_against

    try:
        config = Config()
    except ValueError as error:
        return [Finding("settings", False, why) for why in unreadable_settings(error)], None
    reasons = reasons_against(config)
    found = [Finding("settings", False, reason) for reason in reasons]
    return found or [Finding("settings", True, "The settings are safe.")], config.data_dir.resolve()


def _data_folder(folder: Path) -> list[Finding]:
    if not folder.is_dir():
        hint = "any other command makes it, or set CONVENER_DATA_DIR"
        return [Finding("data folder", False, f"The data folder {folder} does not exist: {hint}.")]
    found = []
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        message = f"The data folder {folder} is open to others on this machine: run chmod 700 on it."
        found.append(Finding("data folder", False, message))
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        message = f"The data folder {folder} cannot be written by this account: give it to the account of the hub."
        found.append(Finding("data folder", False, message))
    return found or [Finding("data folder", True, "The data folder is this account's alone.")]


def _database() -> list[Finding]:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        due = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        hint = "check CONVENER_DATABASE_URL and that the server runs"
        message = f"The database does not answer ({type(error).__name__}): {hint}."
        return [Finding("database", False, message)]
    finally:
        connection.close()
    found = [Finding("database", True, f"The database answers ({connection.vendor}).")]
    if due:
        message = f"{due} migrations are not applied: any other command applies them. Make a backup first."
        return [*found, Finding("migrations", False, message)]
    return [*found, Finding("migrations", True, "All migrations are applied."), demo_accounts()]


def demo_accounts() -> Finding:
    """Whether anybody can sign in as a person of the demonstration."""
    from convener.foundation.accounts.models import User

    demo = User.objects.filter(is_demo=True, is_active=True).count()
    if demo:
        message = f"{demo} demonstration accounts can sign in, with passwords kept in a file: start from an empty hub."
        return Finding("accounts", False, message)
    return Finding("accounts", True, "There are no demonstration accounts.")
