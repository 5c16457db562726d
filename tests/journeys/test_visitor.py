"""A visitor without an account, on an old phone or a new computer, finds an organisation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.conftest import check_accessibility

pytestmark = [pytest.mark.browser, pytest.mark.req("DIR-3")]
NewContext = Callable[..., BrowserContext]


def test_a_visitor_finds_an_organisation_without_script_or_cookie(new_context: NewContext) -> None:
    """Given a phone without script; when a word is searched and a result opened; then it is there, and no cookie."""
    context = new_context(width=360, script=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").first.fill("drugs and crime")
    page.get_by_role("button", name="Search").first.click()
    page.locator("main").get_by_role("link", name="United Nations Office on Drugs and Crime").first.click()
    expect(page.locator("h1")).to_contain_text("United Nations Office on Drugs and Crime")
    expect(page.locator("main")).to_contain_text("CV-")
    assert context.cookies() == []


def test_a_facet_narrows_list_map_and_counts_alike(new_context: NewContext) -> None:
    """Given the directory; when a type is chosen; then heading, facet and list speak of the same number."""
    page = new_context().new_page()
    page.goto("/en/directory/?type=banks")
    total = page.locator("main").get_by_text("organisation").first
    expect(total).to_be_visible()
    listed = page.locator("main h3 a, main h2 a").filter(has_text="Bank")
    assert listed.count() >= 1
    shared = page.url
    other = new_context().new_page()
    other.goto(shared)
    assert other.locator("main").inner_text() == page.locator("main").inner_text()


PATHS = [
    "/", "/directory/", "/directory/tools/", "/directory/initiatives/", "/account/login/", "/library/practices/",
    "/library/practices/samlit/", "/library/guidance/", "/search/?q=samlit", "/translations/",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("language", "width"), [("en", 1200), ("en", 360), ("ar", 360), ("fr", 768), ("es", 360)])
def test_public_pages_are_accessible(new_context: NewContext, path: str, language: str, width: int) -> None:
    """Each public page in each language, narrow and wide, by axe; direction as the language asks."""
    page = new_context(width=width).new_page()
    answer = page.goto(f"/{language}{path}")
    assert answer is not None
    assert answer.status == 200
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    check_accessibility(page)


def test_the_keyboard_reaches_the_content_first(new_context: NewContext) -> None:
    """Given the first page; when Tab and Enter are pressed; then the focus is in the content."""
    page = new_context().new_page()
    page.goto("/en/directory/")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused is not None
    assert focused.startswith("#")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/en/directory/{focused}")


def test_an_organisation_page_is_accessible(new_context: NewContext) -> None:
    """Given a list; when the first organisation is opened, narrow; then axe finds nothing."""
    page = new_context(width=360).new_page()
    page.goto("/en/directory/?q=UNODC")
    page.locator("main h3 a, main h2 a").first.click()
    check_accessibility(page)


def test_the_map_leads_to_a_country(new_context: NewContext) -> None:
    """Given the map; when a country with organisations is chosen; then the list is that country's."""
    page = new_context().new_page()
    page.goto("/en/directory/")
    page.locator("svg a[href*='at=ZA']").first.dispatch_event("click")
    page.wait_for_url("**at=ZA**")
    expect(page.locator("main")).to_contain_text("South Africa")
    check_accessibility(page)
