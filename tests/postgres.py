"""A private PostgreSQL server for tests: started from Debian's binaries as an ordinary user, gone with the test run."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

INSTALLED_UNDER = Path("/usr/lib/postgresql")
OLDEST_VERSION = 15
SUPERUSER = "convener"
DATABASE = "convener"
START_TIMEOUT_S = 30.0


def binaries() -> Path | None:
    """Folder with ``initdb`` and ``postgres`` of the newest installed version that the hub supports, or None."""
    found = [path for path in INSTALLED_UNDER.glob("*/bin") if (path / "postgres").exists()]
    versions = {int(path.parent.name): path for path in found if path.parent.name.isdecimal()}
    usable = [version for version in versions if version >= OLDEST_VERSION]
    return versions[max(usable)] if usable else None


def available() -> bool:
    """True when a server can be started on this machine."""
    return binaries() is not None and (os.geteuid() != 0 or shutil.which("setpriv") is not None)


def start_server() -> tuple[str, Callable[[], None]]:
    """Start a fresh server on a free port of 127.0.0.1; return the URL of its empty database and how to stop it.

    Trust authentication and no fsync: it holds test data for the length of one run. As root it runs as another user,
    because PostgreSQL refuses root. The server also ends when the test run is killed (parent-death signal).
    """
    folder = Path(tempfile.mkdtemp(prefix="convener-pg-"))
    _give_to_server_user(folder)
    data, port = folder / "data", _free_port()
    _run(["initdb", "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "60",
        "shared_buffers": "64MB",
    }
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    command = _as_server_user(["postgres", "-D", str(data), *settings], dies_with_parent=True)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")

    def stop() -> None:
        server.send_signal(signal.SIGINT)  # "fast": not waiting for clients; setpriv became the server by exec
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)

    try:
        _create_database(port, server)
    except BaseException:
        stop()
        raise
    return f"postgres://{SUPERUSER}@127.0.0.1:{port}/{DATABASE}", stop


def create_database(url: str, name: str, template: str = "template1") -> str:
    """Make another database on the server of ``url``, as a copy of ``template``; return its URL."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return f"{url.rpartition('/')[0]}/{name}"


def drop_database(url: str, name: str) -> None:
    """Remove a database of the server of ``url`` with every connection to it, where it is there."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _create_database(port: int, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            create_database(f"postgres://{SUPERUSER}@127.0.0.1:{port}/postgres", DATABASE)
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server_user() -> str | None:
    """The account the server must run as, or None for our own (anyone but root)."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _give_to_server_user(folder: Path) -> None:
    user = _server_user()
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def _as_server_user(command: list[str], *, dies_with_parent: bool = False) -> list[str]:
    folder = binaries()
    assert folder is not None, "no PostgreSQL server is installed"
    command = [str(folder / command[0]), *command[1:]]
    prefix: list[str] = []
    user = _server_user()
    if user is not None:
        entry = pwd.getpwnam(user)
        prefix += [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    if dies_with_parent and shutil.which("setpriv"):
        prefix += ["--pdeathsig=QUIT"]
    return ["setpriv", *prefix, *command] if prefix else command


def _run(command: list[str]) -> None:
    done = subprocess.run(_as_server_user(command), capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, f"{command[0]} failed: {done.stderr}"
