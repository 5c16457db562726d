"""Screening: the secretariat brings a list, a bank asks about names, in English and Arabic, on a phone and without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Hub, check_accessibility
from tests.rooms.screening.lists import ofac_zip, table

pytestmark = [pytest.mark.browser, pytest.mark.req("SCR-2"), pytest.mark.req("SCR-5")]
SignIn = Callable[[str], Page]


def load_list(page: Page, path: Path, name: str) -> None:
    """Bring a list as the secretariat and wait until it is in use."""
    page.goto("/en/hub/screening/lists/load/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_label("Name of the list").fill(name)
    check_accessibility(page)
    page.get_by_role("button", name="Load the list").click()
    expect(page.locator("main")).to_contain_text("In use since", timeout=60_000)
    check_accessibility(page)


@pytest.fixture
def loaded(sign_in: SignIn, tmp_path: Path) -> None:
    """Two lists in use, brought on the page by whichever test is the first: a code of the second factor is good once."""
    lists = {"Ours": ("list.csv", table()), "OFAC sample": ("list.zip", ofac_zip())}
    known = sign_in("bank").request.get("/en/hub/screening/lists/").text()
    if all(name in known for name in lists):
        return
    page = sign_in("secretariat")
    for name, (file_name, content) in lists.items():
        path = tmp_path / file_name
        path.write_bytes(content)
        load_list(page, path, name)


@pytest.mark.usefixtures("loaded")
def test_a_bank_asks_and_reads_the_reasons(sign_in: SignIn) -> None:
    """Given two lists; when a misspelt name is asked; then entry and reasons stand side by side, and a file can be taken."""
    page = sign_in("bank")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Screening").click()
    check_accessibility(page)
    page.get_by_label("Name, or several names").fill("Quartermain, Zebulun\nAero Fantasia Airways\nNobody Whatsoever")
    page.get_by_role("button", name="Compare").click()
    answers = page.get_by_role("article")
    expect(answers).to_have_count(3)
    expect(answers.nth(0)).to_contain_text("Zebulon Quartermaine")
    expect(answers.nth(0).get_by_role("row").filter(has_text="Score, of 100")).to_be_visible()
    expect(answers.nth(1)).to_contain_text("OFAC sample")
    expect(answers.nth(2)).to_contain_text("Nothing found")
    assert "Quartermain" not in page.url
    check_accessibility(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert "Zebulon Quartermaine" in Path(download.value.path()).read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("width", [360, 1200])
def test_the_same_in_arabic(sign_in: SignIn, width: int) -> None:
    """Given the page in Arabic on a phone or a desk; then it runs from right to left, and every word is Arabic but names."""
    page = sign_in("company")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/ar/hub/screening/")
    check_accessibility(page)
    page.locator("textarea[name=names]").fill("Zebulon Quartermane")
    page.locator("input[name=birth_date]").fill("1957-07")
    page.locator("main form button[type=submit]").click()
    main = page.locator("main")
    expect(main.get_by_role("article")).to_contain_text("تاريخ الميلاد نفسه")
    assert page.locator("html").get_attribute("dir") == "rtl"
    for english in ("Strong match", "Possible", "the same word", "Score", "entry"):
        expect(main).not_to_contain_text(english)
    check_accessibility(page)


@pytest.mark.usefixtures("loaded")
def test_without_script_and_by_keyboard(hub: Hub, sign_in: SignIn, new_context: Callable[..., BrowserContext]) -> None:
    """Given no script and no mouse; then asking and opening a further hit still work."""
    cookies = sign_in("fiu").context.cookies()
    context = new_context(script=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/en/hub/screening/")
    page.get_by_label("Name, or several names").focus()
    page.keyboard.type("Zebulon Quartermaine")
    page.get_by_role("button", name="Compare").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_contain_text("Strong match")
    page.locator(".hit > summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".hit table").first).to_be_hidden()
