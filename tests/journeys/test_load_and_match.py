"""A finance officer loads a month, mends a row, follows a payment home, and joins two names."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from moothall.core import lake
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import PASSWORD, OrganisationFactory, RoleHeldFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MONTH = """\
When,Supplier Name,Net Amount,Purpose,Ref
01/04/2025,Ashmere Highways LLP,1200.00,Road repairs,A1
02/04/2025,Brackwater Homes Ltd,5.00,Residential care,A2
02/04/2025,Brackwater Homes Ltd,#####,Residential care,A3
13/04/2025,The Lantern Trust,-20.50,Grant returned,A4
30/04/2025,Ashmere Highway LLP,99.99,Road repairs,A5
"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


@pytest.fixture
def month(tmp_path) -> Path:
    path = tmp_path / "2025-04.csv"
    path.write_text(MONTH)
    return path


@pytest.fixture
def signed_in(page: Page, live_server) -> Page:
    """A page in the hands of Norbury's section 151 officer."""
    norbury = OrganisationFactory(name="Norbury Council", slug="norbury")
    role = Role.SECTION_151_OFFICER.value
    person = RoleHeldFactory(organisation=norbury, role=role).person
    page.goto(f"{live_server.url}/account/login/")
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{live_server.url}/needs-attention/")
    return page


def fits(page: Page, barriers) -> None:
    """No one is kept out, wide or narrow."""
    assert barriers() == []
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate(WIDER) == 0, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_month_is_loaded_mended_followed_home_joined_and_downloaded(
    signed_in: Page, live_server, month, barriers, asked_outside
):
    page, site = signed_in, live_server.url

    page.goto(f"{site}/needs-attention/")
    page.get_by_role("link", name="Load payments").click()
    fits(page, barriers)
    page.locator("input[type=file]").set_input_files(month)
    page.get_by_role("button", name="Hand them over").click()

    expect(page.get_by_role("heading", name="Check what the columns mean")).to_be_visible()
    expect(page.get_by_role("button", name="Load the files")).to_be_disabled()
    fits(page, barriers)
    page.get_by_role("link", name="Layout 1").click()
    fits(page, barriers)
    page.get_by_label("What the date means").select_option("paid")
    page.get_by_role("button", name="This is what they mean").click()
    page.get_by_role("button", name="Load the files").click()

    expect(page.get_by_role("heading", name="What was loaded")).to_be_visible()
    expect(page.get_by_text("4 of 5 rows were kept, £1,284.49; 1 row set aside.")).to_be_visible()
    fits(page, barriers)

    page.get_by_role("link", name="Look at the rows set aside").click()
    fits(page, barriers)
    page.get_by_role("link", name="Correct row 4 of 2025-04.csv").click()
    fits(page, barriers)
    page.get_by_label("Net Amount").fill("10.00")
    page.get_by_role("button", name="Load the row").click()
    expect(page.get_by_text("Row 4 of 2025-04.csv is loaded as you mended it.")).to_be_visible()

    page.goto(f"{site}/spending/lines?text=lantern")
    page.locator("main table a[href*='/spending/lines/']").first.click()
    expect(page.get_by_text("Grant returned").first).to_be_visible()
    expect(page.get_by_text("2025-04.csv").first).to_be_visible()

    page.goto(f"{site}/spending/work/matches")
    fits(page, barriers)
    page.get_by_role("button", name="They are one supplier").click()
    expect(page.get_by_text("From now on the two names are one supplier.")).to_be_visible()
    expect(page.get_by_text("No pair of names waits for a person.")).to_be_visible()
    page.get_by_role("button", name="Undo: Ashmere").click()
    expect(page.get_by_text("1 pair waits for a person")).to_be_visible()

    page.goto(f"{site}/spending/work/duplicates")
    fits(page, barriers)
    page.goto(f"{site}/spending/work/publications")
    fits(page, barriers)
    page.get_by_role("link", name="April 2025").click()
    fits(page, barriers)
    page.get_by_label("Everyone").check()
    page.get_by_role("button", name="Change who may read it").click()
    expect(page.get_by_text("Who may read it is changed")).to_be_visible()

    page.goto(f"{site}/spending/lines")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV").first.click()
    text = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    assert len(list(csv.DictReader(text.splitlines()))) == 5
    page.goto(f"{site}/needs-attention/")
    fits(page, barriers)
    assert asked_outside == []


def test_a_month_is_loaded_without_scripts(browser, live_server, month):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    norbury = OrganisationFactory(name="Norbury Council", slug="norbury")
    person = RoleHeldFactory(organisation=norbury, role=Role.FINANCE_OFFICER.value).person
    page.goto(f"{live_server.url}/account/login/?next=/spending/work/upload")
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.locator("input[type=file]").set_input_files(month)
    page.get_by_role("button", name="Hand them over").click()
    page.get_by_role("link", name="Layout 1").click()
    page.get_by_role("button", name="This is what they mean").click()
    page.get_by_role("button", name="Load the files").click()
    expect(page.get_by_text("4 of 5 rows were kept")).to_be_visible()
    context.close()
