"""The same tests on PostgreSQL, the production database: everything that touches a database, in runs of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.postgres import create_database

ROOT = Path(__file__).resolve().parent.parent
#: Two shares of about the same length, side by side; commands choose their own databases and are in neither.
SHARES = (["tests/foundation", "tests/contracts"], ["tests/rooms"])


@pytest.mark.postgres
@pytest.mark.timeout(3600)
def test_everything_with_a_database_passes_on_postgresql(postgres_url: str) -> None:
    """Given a real server; when the tests run with its addresses in the settings; then they pass as on SQLite."""
    urls = [create_database(postgres_url, f"share_{number}") for number in range(len(SHARES))]
    with ThreadPoolExecutor(len(SHARES)) as pool:
        for ran in pool.map(run_on, urls, SHARES):
            assert ran.returncode == 0, ran.stdout[-6000:]
            assert " passed" in ran.stdout


def run_on(url: str, folders: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the tests of some folders with a database."""
    env = {**os.environ, "CONVENER_DATABASE_URL": url, "CONVENER_DATA_DIR": tempfile.mkdtemp()}
    env.pop("CONVENER_REQUIRE", None)  # what is required was required of the run that started this one
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not postgres and not browser"]
    return subprocess.run([*command, *folders], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
