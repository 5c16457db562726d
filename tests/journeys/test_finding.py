"""Finding what works: the search box, practices side by side, advice by stage; in English and in Arabic."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import check_accessibility

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]


@pytest.mark.req("LIB-2")
def test_a_suggestion_is_chosen_with_the_keyboard(new_context: NewContext) -> None:
    """Given the first page; when a name is begun and an arrow and Enter pressed; then its page opens."""
    page = new_context().new_page()
    page.goto("/en/")
    box = page.get_by_role("combobox")
    box.click()
    box.press_sequentially("project pro", delay=20)
    expect(page.get_by_role("option").first).to_contain_text("Project Protect")
    expect(box).to_have_attribute("aria-expanded", "true")
    check_accessibility(page)
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press_sequentially("t", delay=20)
    expect(page.get_by_role("option").first).to_contain_text("Project Protect")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/library/practices/project-protect/")
    expect(page.locator("main")).to_contain_text("9 times as many")


@pytest.mark.req("DIR-3")
def test_a_question_with_a_slip_is_answered_and_narrowed_without_script(new_context: NewContext) -> None:
    """Given a phone without script; when a question has a typing error; then its answers come, and narrow by kind."""
    context = new_context(width=360, script=False)
    page = context.new_page()
    page.goto("/en/")
    page.get_by_role("searchbox").fill("traficking in suply chains")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main")).to_contain_text("written nowhere")
    assert page.locator("mark").count() > 3
    check_accessibility_without_script(page)
    page.get_by_role("link", name="Practices", exact=False).filter(has_text="Practices").last.click()
    page.locator("main ol.results h3 a").first.click()
    expect(page.locator("main")).to_contain_text("How it works")
    assert context.cookies() == []


def check_accessibility_without_script(page: Page) -> None:
    """No sideways scrolling: axe itself needs script."""
    assert page.viewport_size is not None
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] <= page.viewport_size["width"]


@pytest.mark.req("LIB-2")
def test_two_practices_are_compared(new_context: NewContext) -> None:
    """Given the practices of the financial sector; when two are ticked; then they stand side by side."""
    page = new_context().new_page()
    page.goto("/en/library/practices/?part=financial")
    for name in ("South African", "Project Shadow"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Compare the ticked ones").first.click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("3,200")
    expect(page.locator("main")).to_contain_text("more than 100")
    check_accessibility(page)


@pytest.mark.req("LIB-3")
def test_in_arabic_a_question_leads_to_a_practice(new_context: NewContext) -> None:
    """Given the first page in Arabic on a phone; when banks are asked for; then answers come from right to left."""
    page = new_context(width=360).new_page()
    page.goto("/ar/")
    box = page.get_by_role("combobox")
    box.fill("دور البنوك في مكافحة الاتجار بالبشر")
    box.press("Enter")
    page.wait_for_url("**/ar/search/**")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("main ol.results > li").count() >= 10
    check_accessibility(page)
    page.goto("/ar/library/practices/samlit/")
    expect(page.locator("main")).to_contain_text("ZAR")
    right = page.locator("h1").bounding_box()
    assert right is not None
    assert right["x"] + right["width"] > 300
    check_accessibility(page)


@pytest.mark.req("LIB-3")
def test_a_member_keeps_a_search_and_judges_a_piece_of_advice(sign_in: Callable[[str], Page]) -> None:
    """Given a member; when a search is kept and a piece called useful; then both are there the next time."""
    page = sign_in("ngo")
    page.goto("/en/hub/search/?q=written+agreement")
    page.get_by_label("Name", exact=True).fill("Agreements")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("main")).to_contain_text("Agreements")
    check_accessibility(page)
    page.get_by_role("button", name=re.compile("Open.*Agreements")).click()
    page.locator("main ol.results h3 a[href*='guidance']").first.click()
    page.get_by_role("button", name="Yes").click()
    expect(page.locator("main")).to_contain_text("1 of 1 member found this useful")
    check_accessibility(page)
