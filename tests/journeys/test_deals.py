"""A deal is begun from a case, spoilt, mended, tried, solved for, compared and taken away."""

import re

import pytest
from playwright.sync_api import expect

from moothall.agreements.tests.factories import manager_of
from moothall.directory.tests.factories import PASSWORD, OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_deal_is_tried_before_it_is_signed(page, live_server, barriers, own_lake, tmp_path):
    norbury = OrganisationFactory(name="Norbury Council", slug="norbury")
    manager = manager_of(norbury)
    page.goto(f"{live_server.url}/account/login/?next=/agreements/drafts")
    page.locator("[name=login]").fill(manager.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()

    # Begun from the Salford case.
    page.get_by_role("link", name="Begin a draft for Norbury Council").or_(
        page.get_by_role("button", name="Begin a draft for Norbury Council")
    ).click()
    page.get_by_label("What you call it").fill("Urban services, Norbury")
    page.get_by_label("Begin from").select_option("salford-urban-vision")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Urban services, Norbury")
    assert barriers() == []

    # A share is changed by its form: the shares no longer add up, and it is said where.
    page.get_by_role("link", name="Dividend").first.click()
    page.get_by_label("Shareholdings: Salford City Council").fill("0.30")
    page.get_by_role("button", name="Save as a version").click()
    expect(page.get_by_text("The shares add up to 1.101, not to 1.").first).to_be_visible()
    assert barriers() == []

    # The finding leads to its form, and what is typed as text is looked at as one types.
    page.get_by_role("link", name="Urban services, Norbury").click()
    text = page.get_by_label("The deal as text")
    typed = text.input_value()
    text.fill(typed.replace('"0.501"', '"0.4"'))
    expect(page.locator("#as-you-go")).to_contain_text("Nothing to mend.")
    text.fill(typed)
    expect(page.locator("#as-you-go")).to_contain_text("The shares add up to 1.101, not to 1.")
    page.get_by_role("link", name="terms.dividend.holdings").first.click()

    # Mended by the form.
    page.get_by_label("Shareholdings: Capita").fill("0.40")
    page.get_by_role("button", name="Save as a version").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    # Simulated in the background.
    page.get_by_label("How many futures").fill("2000")
    page.get_by_role("button", name=re.compile("Simulate version")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("How it may turn out")
    expect(page.get_by_text("Cash of Salford City Council by financial year").first).to_be_visible()
    assert barriers() == []

    # The fairness statement.
    page.get_by_role("link", name="The fairness statement, on one page").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fairness statement")
    assert barriers() == []

    # The fee is solved for, and put in.
    page.get_by_role("link", name="Urban services, Norbury").click()
    page.get_by_text("Find the number that meets a target").click()
    page.get_by_label("Which number may change").select_option("terms.fee.amount_gbp")
    page.get_by_label("Lowest value to try").fill("20000000")
    page.get_by_label("Highest value to try").fill("23000000")
    page.get_by_label("Whose result", exact=True).select_option("council")
    page.get_by_label("What it should come to").fill("0.10")
    page.get_by_role("button", name="Find the number").click()
    expect(page.locator(".mh-answer")).to_contain_text("chance of being worse off")
    page.get_by_role("button", name=re.compile("Put .* into the draft")).click()
    expect(page.get_by_text("Put in, as version 4.")).to_be_visible()

    # The first and the last version stand side by side.
    page.get_by_role("link", name=re.compile("Compare version 1 with the latest")).click()
    expect(page.get_by_text("terms.fee.amount_gbp").first).to_be_visible()
    expect(page.get_by_text("terms.dividend.holdings.council").first).to_be_visible()
    assert barriers() == []

    # And it is taken away.
    page.get_by_role("link", name="Urban services, Norbury").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the deal file (TOML)").click()
    kept = tmp_path / "deal.toml"
    download.value.save_as(kept)
    assert 'holdings = { council = "0.30"' in kept.read_text()
