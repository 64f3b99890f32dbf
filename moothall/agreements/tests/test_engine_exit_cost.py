"""What does leaving cost, by date and party, and when is it punitive?"""

from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from moothall.agreements.engine.exit_cost import (
    PlannedCost,
    Stake,
    exit_costs,
    has_exit_terms,
    leaving_dates,
)
from moothall.deals.reading import deal_from_toml

EXAMPLE = (files("moothall.deals.tests") / "examples" / "exit_payment.toml").read_text()
CERTAIN = EXAMPLE.replace(
    'distribution = { kind = "pert", low = 100000, mode = 180000, high = 320000 }', "value = 180000"
)
AFTER_TWO_YEARS = date(2028, 4, 1)
BOTH = {"council": Decimal("0.7"), "neighbour": Decimal("0.3")}


def cost_on(day, deal=None, planned=(), stakes=(), party="neighbour"):
    return exit_costs(deal, planned, stakes, parties=[party], dates=[day])[0]


def planned(what, gbp, **more):
    return PlannedCost(what, Decimal(gbp), Decimal(gbp), Decimal(gbp), BOTH, **more)


def test_the_deal_charges_a_leaver_its_key_of_what_it_leaves_behind():
    """30% of 240,000 x 36/60, 180,000 and half of 400,000: 157,200."""
    found = cost_on(AFTER_TWO_YEARS, deal_from_toml(CERTAIN))
    assert found.p50 == pytest.approx(157_200)
    assert found.p90 == pytest.approx(157_200)
    assert found.paid_p50 == pytest.approx(157_200)


def test_a_plan_without_a_deal_comes_to_the_same():
    plan = [
        planned("Set-up", 240_000, written_off_from=date(2026, 4, 1), months=60),
        planned("Redundancy", 180_000),
        planned("Fixed cost left behind", 200_000),
    ]
    assert cost_on(AFTER_TWO_YEARS, None, plan).p50 == pytest.approx(157_200)
    assert cost_on(AFTER_TWO_YEARS, None, plan, party="council").p50 == pytest.approx(366_800)


def test_what_is_uncertain_has_a_p90_above_its_p50():
    found = cost_on(AFTER_TWO_YEARS, deal_from_toml(EXAMPLE))
    assert found.p90 > found.p50 + 5_000


def test_leaving_later_costs_less_as_the_set_up_is_written_off():
    deal = deal_from_toml(CERTAIN)
    costs = exit_costs(deal, [], [], parties=["neighbour"], dates=leaving_dates(deal, None, None))
    assert [cost.on.year for cost in costs] == [2027, 2028, 2029, 2030, 2031]
    assert [round(cost.p50) for cost in costs] == [171_600, 157_200, 142_800, 128_400, 114_000]


def test_whoever_has_no_exit_term_pays_nothing_to_leave():
    assert cost_on(AFTER_TWO_YEARS, deal_from_toml(CERTAIN), party="council").p50 == 0


def test_a_payment_above_what_the_other_side_has_left_in_it_is_punitive():
    """144,000 not written off and a loss of 10,000 with evidence, of 157,200 paid."""
    stakes = [
        Stake("council", "Set-up", Decimal(240_000), "Ledger 4410", date(2026, 4, 1), 60),
        Stake("council", "Lost orders", Decimal(10_000), "Orders withdrawn, letter of May"),
    ]
    found = cost_on(AFTER_TWO_YEARS, deal_from_toml(CERTAIN), stakes=stakes)
    assert found.stakes == pytest.approx(154_000)
    assert found.finding("Hill Council") == (
        "Punitive exit: leaving on 1 April 2028 makes Hill Council pay £157,200, and the other "
        "side has £154,000 in it that is not written off or is a loss with evidence. Bring the "
        "payment down, or add the evidence."
    )


def test_a_payment_up_to_what_the_other_side_loses_is_none():
    stakes = [Stake("council", "Set-up and redundancies", Decimal(157_200), "Payroll, ledger")]
    assert cost_on(AFTER_TWO_YEARS, deal_from_toml(CERTAIN), stakes=stakes).finding("Hill") is None


def test_a_loss_without_evidence_does_not_count():
    stakes = [Stake("council", "Lost goodwill", Decimal(900_000), " ")]
    assert cost_on(AFTER_TWO_YEARS, deal_from_toml(CERTAIN), stakes=stakes).is_punitive


def test_where_nobody_has_recorded_a_stake_nothing_is_said():
    found = cost_on(AFTER_TWO_YEARS, deal_from_toml(CERTAIN))
    assert found.stakes is None
    assert not found.is_punitive


def test_a_break_option_costs_its_payment_as_it_falls():
    deal = deal_from_toml(BREAK)
    costs = exit_costs(deal, [], [], parties=["council"], dates=leaving_dates(deal, None, None))
    assert [round(cost.p50) for cost in costs] == [90_000, 60_000, 0]


BREAK = """
[deal]
name = "A lease"
starts_on = 2026-04-01
ends_before = 2029-04-01
every = "year"

[parties.council]
name = "Ashby Council"
kind = "public body"
reference = "in-house"

[parties.firm]
name = "Bright Ltd"
kind = "supplier"
reference = "no work"

[facts.notice]
title = "Notice"
unit = "yes or no"
places = 0
value = 0

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "firm"
amount_gbp = "1000"

[terms.break]
kind = "break_option"
payer = "council"
payee = "firm"
exercised = "notice"
payment_gbp = "90000"
falls_gbp = "30000"
"""


def test_dates_are_a_dozen_at_most_and_years_where_there_is_no_deal():
    monthly = deal_from_toml(BREAK.replace('"year"', '"month"'))
    days = leaving_dates(monthly, None, None)
    assert len(days) == 12
    assert (days[0], days[-1]) == (date(2026, 5, 1), date(2029, 4, 1))
    assert leaving_dates(None, date(2024, 2, 29), date(2027, 4, 1)) == [
        date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28),
    ]  # fmt: skip
    assert leaving_dates(None, None, None) == []


def test_a_deal_says_whether_it_charges_for_leaving():
    assert has_exit_terms(deal_from_toml(BREAK))
    assert not has_exit_terms(None)
