"""The same tests on PostgreSQL, the production database: everything that touches a database, in a run of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WITH_A_DATABASE = ["tests/foundation", "tests/rooms", "tests/contracts"]  # commands choose their own databases


@pytest.mark.postgres
@pytest.mark.timeout(3600)
def test_everything_with_a_database_passes_on_postgresql(postgres_url: str) -> None:
    """Given a real server; when the tests run with its address in the settings; then they pass as on SQLite."""
    env = {**os.environ, "CONVENER_DATABASE_URL": postgres_url, "CONVENER_DATA_DIR": tempfile.mkdtemp()}
    env.pop("CONVENER_REQUIRE", None)  # what is required was required of the run that started this one
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not postgres and not browser"]
    ran = subprocess.run([*command, *WITH_A_DATABASE], cwd=ROOT, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-6000:]
    assert " passed" in ran.stdout
