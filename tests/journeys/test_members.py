"""Members: signing in with a second factor, a list that goes in and out again, and what an outsider does not see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Hub, check_accessibility

pytestmark = [pytest.mark.browser]
SignIn = Callable[[str], Page]


@pytest.mark.req("DIR-7")
def test_the_secretariat_imports_a_list_looks_at_it_and_takes_it_back(sign_in: SignIn, tmp_path: Path) -> None:
    """Given a list with a bad row; when it is uploaded and confirmed; then the good one is listed, and undo works."""
    path = tmp_path / "journey.csv"
    path.write_text(
        "name,country,industries\nJourney Harbour Foods,TH,Hospitality\nJourney Bad Row,Atlantis,\n", encoding="utf-8"
    )
    page = sign_in("secretariat")
    page.goto("/en/hub/directory/imports/")
    check_accessibility(page)
    page.get_by_role("link", name="Import a list").click()
    page.locator("input[type=file]").set_input_files(path)
    check_accessibility(page)
    page.locator("main form:has(input[type=file]) button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Atlantis", timeout=60_000)
    check_accessibility(page)
    page.get_by_role("button", name="Import the rows without errors").click()
    undo = page.get_by_role("link", name="Undo this import")
    undo.wait_for(timeout=60_000)
    check_accessibility(page)
    found = page.request.get("/en/hub/directory/?q=Journey+Harbour").text()
    assert "Journey Harbour Foods" in found
    undo.click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.locator("main")).to_contain_text("Undone", timeout=60_000)
    assert "Journey Harbour Foods" not in page.request.get("/en/hub/directory/?q=Journey+Harbour").text()


def test_pages_of_the_hub_are_accessible(sign_in: SignIn) -> None:
    """Each page an administrator finds from the navigation, by axe."""
    page = sign_in("administrator")
    check_accessibility(page)
    links = page.locator("header a, nav a").evaluate_all("all => all.map(a => a.pathname)")
    paths = sorted({path for path in links if path.startswith("/en/hub/")})
    assert len(paths) >= 5
    for path in paths:
        page.goto(path)
        check_accessibility(page)


@pytest.mark.req("DIR-11")
def test_an_outsider_reaches_nothing_of_the_secretariat(sign_in: SignIn) -> None:
    """Given a guest without rights; when addresses of the secretariat are tried; then each is refused."""
    page = sign_in("outsider")
    for path in ("/en/hub/directory/imports/", "/en/hub/directory/merge/", "/en/hub/jobs/", "/en/hub/styleguide/"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status in (403, 404), path


def test_a_wrong_password_says_so_next_to_the_field(hub: Hub, new_context: Callable[..., object]) -> None:
    """Given a wrong password; then the page names the problem in words, and axe finds nothing."""
    page: Page = new_context().new_page()  # type: ignore[attr-defined]
    page.goto("/en/account/login/")
    page.get_by_label("Email").fill("nobody@demo.example")
    page.get_by_label("Password").first.fill("not-the-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[role=alert]").first).to_be_visible()
    check_accessibility(page)


@pytest.mark.req("DIR-8")
def test_the_secretariat_decides_about_possible_duplicates(sign_in: SignIn, tmp_path: Path) -> None:
    """Given a list that holds two spellings of one firm; when it was imported; then the pair is there to decide."""
    path = tmp_path / "twins.csv"
    path.write_text(
        "name,country,city,website\nTwin Lantern Fisheries,TH,Ranong,https://twinlantern.example\n"
        "Twin Lantern Fisheries Co. Ltd.,TH,Ranong,https://twinlantern.example\n", encoding="utf-8",
    )  # fmt: skip
    page = sign_in("secretariat")
    page.goto("/en/hub/directory/imports/new/")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("main form:has(input[type=file]) button[type=submit]").click()
    page.get_by_role("button", name="Import", exact=True).click(timeout=60_000)
    page.get_by_role("link", name="Undo this import").wait_for(timeout=60_000)
    page.goto("/en/hub/directory/")
    pair = page.locator("article.pair", has_text="Twin Lantern")
    page.get_by_role("link", name="Possible duplicates").click()
    for _look in range(30):
        if pair.count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    pair.locator("summary").click()
    expect(pair).to_contain_text("the same word")
    for width, language in ((1200, "en"), (360, "en"), (360, "ar"), (1200, "ar")):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/{language}/hub/directory/duplicates/")
        pair.locator("summary").click()
        check_accessibility(page)
    page.goto("/en/hub/directory/duplicates/")
    pair.get_by_role("button", name="These are different").click()
    expect(pair).to_have_count(0)
    page.locator(".tabs").get_by_role("link", name="Decided").click()
    check_accessibility(page)
    pair.get_by_role("button", name="Take it back").click()
    expect(pair).to_have_count(0)
    page.locator(".tabs").get_by_role("link", name="To decide").click()
    expect(pair).to_have_count(1)
