"""Someone who has not signed in follows a figure from the front page down to its line."""

import re

import pytest
from playwright.sync_api import Page, expect

from moothall.core import lake
from moothall.spend.tests.little_place import little_place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/",
    "/spending/",
    "/spending/by/supplier",
    "/spending/categories",
    "/spending/categories/utilities",
    "/spending/suppliers",
    "/spending/lines",
    "/spending/bodies",
    "/spending/between",
    "/spending/together",
    "/spending/concentration",
    "/spending/local",
    "/spending/download",
    "/cases/lg-spend-2011",
    "/api/",
)


@pytest.fixture
def place(tmp_path):
    lake._generation.cache_clear()  # generations begin at 1 again in each test
    return little_place(tmp_path)


def test_a_resident_follows_the_money_to_one_line(page: Page, live_server, place):
    page.goto(live_server.url)
    page.get_by_role("link", name="Utilities and energy").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Utilities and energy")
    page.get_by_role("link", name=re.compile("Bright Lantern")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bright Lantern Energy")
    page.get_by_role("link", name=re.compile("7.April.2025")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("£20,400.00")
    expect(page.get_by_text("ashmere-health-payments-2025-26.csv").first).to_be_visible()


def test_a_resident_narrows_the_choice_and_takes_it_back(page: Page, live_server, place):
    page.goto(f"{live_server.url}/spending/")
    page.get_by_label("Supplier or purpose").fill("roof")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".mh-answer")).to_contain_text("£2,451")
    page.get_by_role("link", name=re.compile("Remove")).click()
    expect(page.locator(".mh-answer")).to_contain_text("£45,579")


def test_a_resident_downloads_the_lines(page: Page, live_server, place):
    page.goto(f"{live_server.url}/spending/lines")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^CSV")).click()
    assert waiting.value.suggested_filename == "published-payments.csv"


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_of_spending_has_a_barrier_or_is_wider_than_its_window(
    page: Page, live_server, place, barriers, asked_outside, width
):
    page.set_viewport_size({"width": width, "height": 900})
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    found = {}
    for address in PAGES:
        page.goto(live_server.url + address)
        found[address] = [
            *barriers(),
            *([f"{page.evaluate(wider)} px wider"] * page.evaluate(wider)),
        ]
    assert {address: what for address, what in found.items() if what} == {}
    assert asked_outside == []
