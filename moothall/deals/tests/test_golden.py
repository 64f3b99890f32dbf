"""Settlements that were stored come out again, byte for byte. See golden/README.md."""

import json
from decimal import Decimal

import pytest

from moothall.deals.settlement import re_run
from moothall.deals.tests.golden import STATEMENTS, STORIES, as_line, retold, stories


def stored(story):
    return (STORIES / story / STATEMENTS).read_text().splitlines(keepends=True)


def owed(story, number):
    """Return (term, period adjusted) -> amount of one party's lines in a stored statement."""
    flows = json.loads(stored(story)[number])["flows"]
    return {(one["term"], one["payer"], one.get("adjusts")): one["amount_gbp"] for one in flows}


@pytest.mark.parametrize("folder", stories(), ids=lambda folder: folder.name)
def test_a_story_settled_again_gives_the_statements_that_were_issued(folder):
    again = [as_line(statement.stored()) for statement in retold(folder)]
    assert again == stored(folder.name)


@pytest.mark.parametrize("folder", stories(), ids=lambda folder: folder.name)
def test_each_statement_is_worked_out_again_from_its_own_inputs(folder):
    for line in stored(folder.name):
        assert as_line(re_run(json.loads(line)).stored()) == line


@pytest.mark.parametrize("folder", stories(), ids=lambda folder: folder.name)
def test_every_stored_statement_sums_to_nothing(folder):
    for line in stored(folder.name):
        assert sum(map(Decimal, json.loads(line)["net"].values())) == 0


def test_there_are_four_stories():
    assert [folder.name for folder in stories()] == [
        "back_office",
        "homes_kept",
        "pooled_fund",
        "street_lights",
    ]


def test_amounts_worked_by_hand_stand_in_the_stored_statements():
    # 1,000 lamps at £1.255 and 203 at £0.995; 5% of £13,802.66 in credits, the cap of 6%.
    lights = owed("street_lights", 0)
    assert lights["lamps", "council", None] == "1456.99"
    assert lights["credits", "council", None] == "-690.13"
    # 8 lamps more at £0.995, and a twentieth of that in credits.
    corrected = owed("street_lights", 2)
    summer = "2010-07-01/2010-09-30"
    assert corrected["lamps", "council", summer] == "7.96"
    assert corrected["credits", "council", summer] == "-0.40"
    # 45 of 90 days of £12,345.67, then 45 of £13,500.05: together half of £25,845.72.
    halves = [corrected["fee", "council", None], owed("street_lights", 3)["fee", "council", None]]
    assert halves == ["6172.84", "6750.02"]
    # 2% of £4,080,000.34 is borne of an overspend of £499,999.50.
    assert owed("pooled_fund", 1)["overspend", "nhs", None] == "81600.01"
    # A fifth of £100,000.01 on account; 70% is earned, and the half of it less that account.
    assert owed("back_office", 0)["reward", "government", None] == "20000.00"
    assert owed("back_office", 1)["reward", "government", None] == "15000.01"


def test_the_rate_of_vat_is_that_of_its_day():
    """17.5% to 3 January 2011, 20% from then on; an adjustment has the rate of its own period."""
    lines = json.loads(stored("street_lights")[2])["flows"]
    rates = {
        (one["term"], one.get("adjusts", "now")): round(
            Decimal(one["vat_gbp"]) / Decimal(one["amount_gbp"]), 3
        )
        for one in lines
        if one["term"] == "fee"
    }
    assert rates == {
        ("fee", "2010-10-01/2010-12-31"): Decimal("0.175"),
        ("fee", "now"): Decimal("0.200"),
    }


def test_a_changed_statement_is_noticed():
    line = json.loads(stored("pooled_fund")[0])
    line["digest"] = "0" * 64
    with pytest.raises(ValueError, match="no longer comes out as it was stated"):
        re_run(line)
