"""``serve`` and its processes: a taken port, a work process that dies, a parent that is killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.databases import HubDatabase
from tests.faults.hub_process import log_of, start, started, wait_for

SETTINGS = "convener.site.settings"
pytestmark = pytest.mark.parametrize("hub_database", ["sqlite"], indirect=True)


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started, oldest first."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split() if alive(int(word))]


def alive(pid: int) -> bool:
    """True for a process that runs (a zombie does not)."""
    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" not in status.read_text()
    except FileNotFoundError:
        return False


def address(database: HubDatabase) -> str:
    """Where the hub said it serves, once it answers there."""

    def said() -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", log_of(database))
        return found[0] if found else ""

    wait_for(said)
    wait_for(lambda: answers(said()))
    return said()


def answers(url: str) -> bool:
    """True when a page comes back."""
    try:
        with urllib.request.urlopen(f"{url}/en/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_a_taken_port_is_said(hub_database: HubDatabase) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = start(hub_database, "serve", "--port", str(port), settings=SETTINGS)
        assert process.wait(60) == 1
    said = log_of(hub_database)
    assert f"port {port}" in said
    assert "--port" in said
    assert "Traceback" not in said


def test_pages_and_jobs_together(hub_database: HubDatabase) -> None:
    """The work process comes back when it is killed; all end with the parent, asked or killed."""
    with started(hub_database, "serve", "--port", "0", "--with-work", settings=SETTINGS) as parent:
        url = address(hub_database)
        web, work = children(parent.pid)
        os.kill(work, signal.SIGKILL)
        wait_for(lambda: len(children(parent.pid)) == 2 and work not in children(parent.pid), 20)
        assert answers(url)
        everyone = [web, *children(web), *children(parent.pid)]
        assert len(everyone) >= 4
        parent.kill()
        parent.wait()
        wait_for(lambda: not any(alive(pid) for pid in everyone), 20)
        assert not answers(url)


def test_asked_to_stop_all_stop(hub_database: HubDatabase) -> None:
    with started(hub_database, "serve", "--port", "0", "--with-work", settings=SETTINGS) as parent:
        url = address(hub_database)
        everyone = children(parent.pid)
        parent.terminate()
        assert parent.wait(30) == 0
        assert not any(alive(pid) for pid in everyone)
        assert not answers(url)


def test_when_the_web_process_dies_all_end_with_an_error(hub_database: HubDatabase) -> None:
    with started(hub_database, "serve", "--port", "0", "--with-work", settings=SETTINGS) as parent:
        address(hub_database)
        web, work = children(parent.pid)
        os.kill(web, signal.SIGKILL)
        assert parent.wait(30) == 1
        assert not alive(work)


def test_an_address_too_long_to_be_read_is_answered_in_words(hub_database: HubDatabase) -> None:
    with started(hub_database, "serve", "--port", "0", settings=SETTINGS):
        url = address(hub_database)
        with urllib.request.urlopen(f"{url}/en/directory/?q={'h' * 8_000}", timeout=10) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{url}/en/search/?q=secret{'h' * 10_000}", timeout=10)
        assert caught.value.code == 414
        assert "Search with fewer words" in caught.value.read().decode()
    assert "address_too_long" in log_of(hub_database)
    assert "secret" not in log_of(hub_database)


def test_no_address_and_no_path_is_logged(hub_database: HubDatabase) -> None:
    with started(hub_database, "serve", "--port", "0", settings=SETTINGS):
        url = address(hub_database)
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as broken:
            broken.sendall(b"NONSENSE\r\n\r\n")
            assert b"400" in broken.recv(200)
        with pytest.raises(OSError, match="404"):
            urllib.request.urlopen(f"{url}/en/secret-place?who=jane", timeout=5)
    said = log_of(hub_database).replace(url, "")
    assert "server_warning" in said
    assert "status=404" in said
    for hidden in ("127.0.0.1", "NONSENSE", "secret-place", "jane"):
        assert hidden not in said
