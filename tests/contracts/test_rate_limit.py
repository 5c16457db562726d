"""The limit of the API: exact over processes, told in headers, and kept without knowing anybody's address."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from convener.foundation.accounts.models import CacheEntry
from convener.foundation.api import rates
from tests.contracts.hub import API, Api, Hub, as_person
from tests.databases import HubDatabase

pytestmark = pytest.mark.req("DIR-10")
LIMIT = 5


@pytest.fixture
def five(settings: Any) -> None:
    """Five requests a minute."""
    settings.CONVENER = settings.CONVENER.model_copy(update={"api_rate": LIMIT})


def statuses(api: Api, times: int, path: str = "/vocabularies/scopes") -> list[int]:
    """Statuses of so many requests."""
    return [api.get(path).status_code for _turn in range(times)]


@pytest.mark.django_db
def test_the_limit_is_told_and_held(five: None) -> None:
    api = Api()
    for used in range(1, LIMIT + 1):
        response = api.get("/status")
        assert response.status_code == 200
        assert response["RateLimit-Limit"] == str(LIMIT)
        assert response["RateLimit-Remaining"] == str(LIMIT - used)
        assert 1 <= int(response["RateLimit-Reset"]) <= 60
        assert "Retry-After" not in response
    refused = api.get("/status")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["RateLimit-Remaining"] == "0"
    told = json.loads(refused.content)["error"]
    assert "5" in told["message"]
    assert "seconds" in told["hint"]


@pytest.mark.django_db
def test_everything_under_the_api_counts_and_nothing_else(five: None) -> None:
    api = Api()
    assert statuses(api, 2, "/nope") == [404, 404]
    assert [api.send("DELETE", "/status").status_code, api.get("/openapi.json").status_code] == [405, 200]
    assert statuses(api, 2) == [200, 429]
    assert Client(REMOTE_ADDR="192.0.2.1").get("/en/").status_code == 200


@pytest.mark.django_db
def test_clients_have_limits_of_their_own(five: None) -> None:
    assert statuses(Api(address="192.0.2.1"), LIMIT + 1)[-1] == 429
    assert statuses(Api(address="192.0.2.2"), LIMIT) == [200] * LIMIT
    assert statuses(Api(address="2001:db8::1"), LIMIT) == [200] * LIMIT
    assert statuses(Api(address="2001:db8::ffff"), 1) == [429], "one client has a whole /64"
    assert statuses(Api(address="2001:db8:0:1::1"), 1) == [200]
    assert statuses(Api(address="::ffff:192.0.2.1"), 1) == [429], "the same address, written for IPv6"


def test_a_token_has_a_limit_of_its_own_wherever_it_comes_from(five: None, hub: Hub) -> None:
    one, other = as_person(hub.cast.ngo), as_person(hub.cast.company)
    assert statuses(one, LIMIT) == [200] * LIMIT
    one.address = "198.51.100.7"
    assert statuses(one, 1) == [429]
    assert statuses(other, 1) == [200]
    assert statuses(Api(), 1) == [200]


def test_guessing_tokens_counts_against_the_address(five: None, db: None) -> None:
    guesses = [Api(token=f"cvn_{number}").get("/me").status_code for number in range(LIMIT + 2)]
    assert guesses == [401] * LIMIT + [429, 429]
    assert statuses(Api(), 1) == [429]


@pytest.mark.django_db
def test_the_count_begins_anew_after_a_minute(five: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert statuses(Api(), LIMIT + 1)[-1] == 429
    later = time.time() + rates.WINDOW_S + 1
    monkeypatch.setattr(rates.time, "time", lambda: later)
    assert statuses(Api(), LIMIT + 1) == [200] * LIMIT + [429]


def test_behind_a_proxy_its_word_counts_and_not_the_visitors(settings: Any) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7")
    assert rates.network_of(request) == "10.0.0.1"
    settings.CONVENER = settings.CONVENER.model_copy(update={"behind_proxy": True})
    assert rates.network_of(request) == "198.51.100.7"
    assert rates.network_of(RequestFactory().get("/", REMOTE_ADDR="")) == "unknown"


@pytest.mark.django_db
def test_no_address_is_kept_or_logged() -> None:
    address = "203.0.113.77"
    with capture_logs() as events:
        assert Api(address=address).get("/status").status_code == 200
    assert events, "the request itself is logged"
    assert address not in str(events)
    files = [path for path in Path(django_settings.DATA_DIR).glob(f"{rates.FILE_NAME}*") if path.is_file()]
    assert files
    for path in files:
        assert address.encode() not in path.read_bytes()
    with closing(sqlite3.connect(Path(django_settings.DATA_DIR) / rates.FILE_NAME)) as file:
        assert all(len(key) == 64 for (key,) in file.execute("SELECT key FROM use"))


@pytest.mark.django_db
def test_a_damaged_file_is_replaced(five: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("Only hubs on SQLite count in a file.")
    rates._local.process = None
    path = Path(django_settings.DATA_DIR) / rates.FILE_NAME
    rates._drop_file()
    path.write_bytes(b"this is no database, and longer than a header of one: " * 20)
    assert statuses(Api(), LIMIT + 1) == [200] * LIMIT + [429]


def _count_often(times: int, found: Any) -> None:
    found.put([rates.count("shared", limit=1000).used for _turn in range(times)])


@pytest.mark.django_db
def test_processes_count_together_on_one_machine() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("Forked processes cannot share a connection to a server; threads show the same below.")
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    rates.forget()
    rates._local.file.close()
    rates._local.process = None
    processes = [context.Process(target=_count_often, args=(100, found)) for _one in range(4)]
    for process in processes:
        process.start()
    counts = [used for _one in processes for used in found.get(timeout=60)]
    for process in processes:
        process.join()
    assert sorted(counts) == list(range(1, 401)), "no two requests had the same number, and none was lost"


def test_threads_count_together_on_both_databases(hub_database: HubDatabase) -> None:
    found: list[int] = []

    def count() -> None:
        try:
            found.extend(rates.count("threads", limit=1000).used for _turn in range(50))
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 201))
    if connection.vendor == "postgresql":
        assert CacheEntry.objects.filter(cache_key="threads").count() == 1


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """A hub served by three processes with a limit of twenty a minute; its address."""
    environment = os.environ | {
        "CONVENER_DATA_DIR": str(tmp_path), "CONVENER_API_RATE": "20", "CONVENER_DATABASE_URL": "",
    }  # fmt: skip
    port = _free_port()
    ready = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(ready, env=environment | {"DJANGO_SETTINGS_MODULE": "convener.site.settings"}, check=True)
    start = "from convener.cli import main; main()"
    command = [sys.executable, "-c", start, "serve", "--port", str(port), "--workers", "3"]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}{API}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=10).close()
            return
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.2)


def test_all_processes_of_the_server_hold_one_limit(served: str) -> None:
    found: Counter[int] = Counter()
    lock = threading.Lock()

    def ask() -> None:
        for _turn in range(10):
            try:
                with urllib.request.urlopen(f"{served}/vocabularies/scopes", timeout=30) as response:
                    status = response.status
            except urllib.error.HTTPError as refused:
                status = refused.code
                refused.close()
            with lock:
                found[status] += 1

    threads = [threading.Thread(target=ask) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {200: 20, 429: 40}
