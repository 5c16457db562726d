"""A real hub (``convener demo``) and a real browser (Debian's Chromium through Playwright) for the journeys."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import chromium

#: Background traffic of the browser itself, which a closed network refuses again and again.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@dataclass(frozen=True)
class Hub:
    """A running demonstration hub and its logins by role."""

    url: str
    logins: dict[str, dict[str, Any]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def hub() -> Iterator[Hub]:
    """``convener demo`` in a folder of its own, with the worker, on a free port."""
    folder = tempfile.mkdtemp(prefix="convener-journey-")
    env = {name: value for name, value in os.environ.items() if not name.startswith("CONVENER_")}
    env |= {"CONVENER_DATA_DIR": folder}
    command = [sys.executable, "-m", "convener", "demo", "--port", str(port := _free_port())]
    prepared = subprocess.run([*command, "--no-serve", "--json"], env=env, capture_output=True, check=True, text=True)
    logins = {login["role"]: login for login in json.loads(prepared.stdout)["logins"]}
    log = (Path(folder) / "served.log").open("wb")
    served = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}/en/", served)
        _wait_for(f"http://127.0.0.1:{port}/en/search/?q=a", served)  # 503 until the worker built the index
        yield Hub(f"http://127.0.0.1:{port}", logins)
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(30)


def _wait_for(url: str, served: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            assert served.poll() is None, "the hub ended by itself"
            time.sleep(0.2)
    pytest.fail("the hub did not answer within a minute")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def new_context(browser: Browser, hub: Hub) -> Iterator[Callable[..., BrowserContext]]:
    """Makes fresh visitors: no cookies, a window of the given size, with or without script."""
    made: list[BrowserContext] = []

    def make(*, width: int = 1200, script: bool = True) -> BrowserContext:
        context = browser.new_context(
            base_url=hub.url, viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        context.set_default_timeout(20_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def sign_in(hub: Hub, new_context: Callable[..., BrowserContext]) -> Callable[[str], Page]:
    """Signs a role of the cast in as a person would, with the second factor where it is asked."""

    def enter(role: str) -> Page:
        login = hub.logins[role]
        page = new_context().new_page()
        page.goto("/en/account/login/")
        page.get_by_label("Email").fill(login["email"])
        page.get_by_label("Password").first.fill(login["password"])
        page.get_by_role("button", name="Sign in").click()
        if login["totp_secret"]:
            page.get_by_label("code").first.fill(unused_code(login["totp_secret"]))
            page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/hub/")
        return page

    return enter


_GIVEN: set[str] = set()


def unused_code(secret: str) -> str:
    """A code that nobody gave before: each is good once, and two tests may sign in within half a minute."""
    while (code := totp(secret)) in _GIVEN:
        time.sleep(1)
    _GIVEN.add(code)
    return code


def totp(secret: str) -> str:
    """The code an authenticator app would show now (RFC 6238)."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def check_accessibility(page: Page) -> None:
    """No WCAG 2.2 A or AA violation that axe can find, and no sideways scrolling."""
    violations = Axe().run(page, options=WCAG).response["violations"]
    found = [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in violations]
    assert found == [], f"{page.url}: {found}"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px wider than the window"
