"""Running ``convener directory …`` inside a test, on the test's database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from convener.cli import main


def run(*args: str | Path) -> Result:
    """Run the command with these arguments."""
    return CliRunner().invoke(main, [str(arg) for arg in args])


def run_json(*args: str | Path, exit_code: int = 0) -> Any:
    """Run the command with ``--json``, check the exit code and return what it printed."""
    result = run(*args, "--json")
    assert result.exit_code == exit_code, (result.exit_code, result.stderr, result.exception)
    return json.loads(result.stdout)


def import_csv(folder: Path, text: str, *options: str, name: str = "list.csv", exit_code: int = 0) -> Any:
    """Write ``text`` as a file and import it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return run_json("directory", "import", path, *options, exit_code=exit_code)
