"""Pages read well wide and narrow, with and without scripts, and keep no one out."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/components", "/cookies", "/account/login/", "/account/password/reset/", "/nothing"]


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_a_barrier_or_is_wider_than_its_window(
    page: Page, live_server, barriers, asked_outside, address, width
):
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url + address)
    assert barriers() == []
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0
    assert asked_outside == []
    assert not [said for said in complaints if "Content Security Policy" in said]


def test_the_gallery_works_without_scripts(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/components")
    page.get_by_role("link", name="Payments", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/components?order=-payments")
    page.get_by_text("The table behind this chart").first.click()
    expect(page.get_by_role("cell", name="£61,200,000.00").first).to_be_visible()
    context.close()


def test_without_scripts_a_wide_table_is_reached_and_scrolled_from_the_keyboard(
    page: Page, live_server
):
    page.route("**/*.js", lambda asked: asked.abort())
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{live_server.url}/components")
    region = page.get_by_role("region", name="Suppliers, April 2025 to March 2026")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert region.evaluate("element => element.scrollLeft") > 0


def test_on_a_narrow_screen_each_row_is_a_list_that_says_its_headings(page: Page, live_server):
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{live_server.url}/components")
    region = page.get_by_role("region", name="Suppliers, April 2025 to March 2026")
    expect(region.get_by_role("cell", name="£4,812,906.27")).to_be_visible()
    assert region.evaluate("element => element.scrollWidth - element.clientWidth") == 0
    cell = region.get_by_role("cell", name="£4,812,906.27")
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Amount"'
    expect(region.get_by_role("columnheader", name="Amount")).to_be_visible()  # it sorts
    expect(region.get_by_role("row")).not_to_have_count(0)


def test_on_paper_there_is_nothing_to_press(page: Page, live_server):
    page.goto(f"{live_server.url}/components")
    page.emulate_media(media="print")
    assert page.locator(".govuk-button:visible").count() == 0
    assert page.locator(".mh-filter:visible").count() == 0
    expect(page.locator("h1")).to_be_visible()
