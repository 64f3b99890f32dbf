from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal, deal_from_toml
from moothall.deals.settlement import settled
from moothall.deals.simulation import futures_of
from moothall.deals.tests.settling import HEAD, amounts, settled_lines, the_deal
from moothall.deals.versions import Version

FEE = """
[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 100
"""


def broken(notice, *, periods=4, more="", **facts):
    deal = the_deal(
        f"""
        kind = "break_option"
        payer = "council"
        payee = "contractor"
        exercised = "notice"
        payment_gbp = 50
        {more}
        """,
        facts=["notice", *facts],
        periods=periods,
        more=FEE,
    )
    facts = {"notice": notice, **facts}
    return amounts(deal, **facts), amounts(deal, "fee", **facts), settled_lines(deal, **facts)


def test_a_deal_broken_in_its_second_year_pays_for_it_once_and_then_nothing():
    paid, fees, lines = broken([0, 1, 1, 0])
    assert paid == [0, 50, 0, 0]
    assert fees == [100, 100, 0, 0]
    told = [line.because() for line in lines if line.term.key == "fee"]
    assert told[1] == "A fixed fee of £100.00."
    assert told[2] == "A fixed fee of £100.00. Nothing is due: the deal has ended."


def test_after_notice_the_deal_runs_on_for_the_periods_agreed():
    paid, fees, lines = broken([1, 0, 0, 0], more="notice_periods = 2")
    assert paid == [0, 0, 50, 0]
    assert fees == [100, 100, 100, 0]
    told = [line.because() for line in lines if line.term.key == "it"]
    assert told[0] == "Notice is given. Periods that the deal still runs: 2."
    assert told[2] == "The deal ends with this period: £50.00 is due."


def test_a_break_in_the_last_period_ends_nothing_and_costs_nothing():
    paid, _, lines = broken([0, 0, 0, 1])
    assert paid == [0, 0, 0, 0]
    told = [line.because() for line in lines if line.term.key == "it"]
    assert told[-1] == "Notice is given. The deal ends with this period anyway: nothing is due."


def test_the_payment_falls_with_time_and_costs_are_paid_back():
    paid, _, _ = broken([0, 0, 1, 0], more='falls_gbp = 20\ncosts = "costs"', costs="7.25")
    assert paid == [0, 0, Decimal("17.25"), 0]


def test_notice_outside_its_window_does_nothing():
    window = "opens_on = 2027-04-01\ncloses_before = 2028-04-01"
    assert broken([1, 0, 1, 1], more=window)[1] == [100] * 4
    assert broken([1, 1, 0, 0], more=window)[1] == [100, 100, 0, 0]


def test_a_break_whose_condition_is_not_met_does_not_end_the_deal():
    condition = '[terms.it.when]\nfact = "volume"\nbelow = 10'
    assert broken([1, 0, 0, 0], more=condition, volume=20)[1] == [100] * 4
    assert broken([1, 0, 0, 0], more=condition, volume=5)[1] == [100, 0, 0, 0]


def test_a_window_that_holds_no_period_is_a_finding():
    with pytest.raises(CannotReadDeal, match="No period of the deal starts while notice may be"):
        broken(0, more="opens_on = 2040-04-01")


def test_a_deal_that_has_ended_costs_and_gives_nothing_in_a_simulation():
    """What is borne, and what would have been borne without the deal, both end with it."""
    deal = deal_from_toml(
        HEAD.format(ends="2029-04-01", every="year")
        + """
[facts.notice]
title = "Notice"

[facts.cost]
title = "Cost"
borne_by = "contractor"

[facts.in_house]
title = "Cost in-house"
borne_by = "council"
without_deal = true

[terms.break]
kind = "break_option"
payer = "council"
payee = "contractor"
exercised = "notice"
"""
        + FEE
    )
    facts = {
        "notice": np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
        "cost": np.full((3, 2), 80.0),
        "in_house": np.full((3, 2), 120.0),
    }
    futures = futures_of(deal, facts)
    assert futures.cash["contractor"].T.tolist() == [[20, 0, 0], [20, 20, 20]]
    assert futures.results["council"][0] == 20


def test_a_settlement_asks_for_no_facts_once_the_deal_has_ended():
    deal = the_deal(
        """
        kind = "break_option"
        payer = "council"
        payee = "contractor"
        exercised = "notice"
        """,
        facts=["notice"],
        periods=3,
        more=FEE,
    )
    first, second, third = deal.periods
    versions = [Version(1, deal, first.starts_on)]
    known = {"notice": {first.starts_on: Decimal(0), second.starts_on: Decimal(1)}}
    issued = [settled(versions, known, up_to=first)]
    issued.append(settled(versions, known, up_to=second, issued=issued))
    assert [line.owed.amount for line in issued[-1].lines if line.term == "fee"] == [100]
    after = settled(versions, known, up_to=third, issued=issued)
    assert (after.lines, after.findings) == ((), ())


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.integers(0, 3))
def test_a_deal_ends_at_most_once_and_nothing_is_due_afterwards(notice, periods_after):
    paid, fees, _ = broken(
        [int(given) for given in notice],
        periods=len(notice),
        more=f"notice_periods = {periods_after}",
    )
    ended = paid.index(50) if 50 in paid else len(paid) - 1
    assert paid.count(50) <= 1
    assert fees == [100] * (ended + 1) + [0] * (len(fees) - ended - 1)
