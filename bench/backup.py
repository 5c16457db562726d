"""Time, peak memory and size of ``convener backup`` and ``convener restore`` for hubs of three sizes.

    uv run --with-requirements bench/requirements.txt python bench/backup.py [--postgres] [--sizes N …]

Beside it, in the same run and on the same database, the plain tool: SQLite's ``VACUUM INTO`` and ``tar -z`` (back:
``tar -x``), or ``pg_dump -Fc`` (back: ``pg_restore`` into an empty database). Those copy one kind of database as it
stands, neither look at what they copy nor exchange a whole hub in one step, and what they made goes back to the same kind
only. Memory is that of the command; PostgreSQL's server is not in it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.directory.generate import generate
from bench.hub import Ran, convener, hub, run

VACUUM = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('VACUUM INTO ?', [sys.argv[2]])"


def ours(env: dict[str, str], folder: Path) -> tuple[Ran, Ran, int]:
    """Backup, restore into an empty hub, bytes of the backup."""
    archive = folder / "hub.zip"
    made = convener(env, "backup", str(archive), "--json")
    empty = {**env, "CONVENER_DATA_DIR": str(folder / "restored")}
    if "CONVENER_DATABASE_URL" in env:
        empty["CONVENER_DATABASE_URL"] = _empty_database(env, "ours")
    back = convener(empty, "restore", str(archive), "--json")
    assert json.loads(back.output)["rows"] == json.loads(made.output)["rows"]
    return made, back, archive.stat().st_size


def theirs(env: dict[str, str], folder: Path) -> tuple[Ran, Ran, int]:
    """The same with the plain tool of the database."""
    if "CONVENER_DATABASE_URL" in env:
        return _postgres_tools(env, folder)
    copy, archive, back = folder / "copy.sqlite3", folder / "copy.tar.gz", folder / "back"
    back.mkdir()
    vacuumed = run(
        env, sys.executable, "-c", VACUUM, str(Path(env["CONVENER_DATA_DIR"]) / "convener.sqlite3"), str(copy)
    )
    packed = run(env, "tar", "-C", str(folder), "-czf", str(archive), copy.name)
    unpacked = run(env, "tar", "-C", str(back), "-xzf", str(archive))
    assert (back / copy.name).stat().st_size == copy.stat().st_size
    both = Ran(
        vacuumed.seconds + packed.seconds,
        vacuumed.cpu + packed.cpu,
        max(vacuumed.peak_mib, packed.peak_mib),
        "",
    )
    return both, unpacked, archive.stat().st_size


def _postgres_tools(env: dict[str, str], folder: Path) -> tuple[Ran, Ran, int]:
    from tests.postgres import binaries

    tools, archive = binaries(), folder / "hub.dump"
    assert tools is not None
    made = run(env, str(tools / "pg_dump"), "-Fc", "-f", str(archive), env["CONVENER_DATABASE_URL"])
    back = run(env, str(tools / "pg_restore"), "--exit-on-error", "-d", _empty_database(env, "theirs"), str(archive))
    return made, back, archive.stat().st_size


def _empty_database(env: dict[str, str], name: str) -> str:
    from tests.postgres import create_database

    return create_database(env["CONVENER_DATABASE_URL"], name)


def measure(size: int, *, postgres: bool) -> list[str]:
    """Two rows of the table: ours, and the plain tool's."""
    rows = []
    with hub(postgres=postgres) as env, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(size, folder / "list.csv")
        convener(env, "directory", "import", str(folder / "list.csv"))
        plain = "pg_dump, pg_restore" if postgres else "VACUUM INTO, tar -z"
        for tool, copy in (("convener", ours), (plain, theirs)):
            made, back, size_of = copy(env, folder)
            rows.append(
                f"| {'PostgreSQL' if postgres else 'SQLite'} | {size:,} | {tool} "
                f"| {made.seconds:.1f} s | {made.peak_mib:.0f} MiB | {size_of / 1e6:.1f} MB "
                f"| {back.seconds:.1f} s | {back.peak_mib:.0f} MiB |"
            )
    return rows


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 20_000, 50_000])
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    print("| database | organisations | tool | backup | peak memory | size | restore | peak memory |")
    print("|---|---|---|---|---|---|---|---|")
    for size in options.sizes:
        print("\n".join(measure(size, postgres=options.postgres)), flush=True)


if __name__ == "__main__":
    main()
