"""Green Book sums, each with a worked example, and what must hold of them all."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine.discounting import schedule
from moothall.appraisal.engine.green_book import (
    Side,
    amount_that_ties,
    benefit_cost_ratio,
    cost_per_outcome,
    distributional_weight,
    equivalent_annual_cost,
    internal_rate_of_return,
    net_present_value,
    optimism_bias,
    payback_years,
    reduction,
    switching_values,
)
from moothall.core.rules import rules_of

TODAY = date(2026, 11, 24)
BIAS = rules_of("appraisal", "optimism_bias")
FACTORS = schedule(rules_of("appraisal", "discounting"), TODAY).factors(41)
INVESTED = [Decimal(-1000)] + [Decimal(250)] * 6
AREAS = {
    "inadequate_business_case": Decimal("0.34"),
    "disputes_and_claims": Decimal("0.29"),
    "poor_contractor_capability": Decimal("0.09"),
}
amounts = st.lists(st.integers(0, 10**7).map(Decimal), min_size=1, max_size=8)


def test_a_thousand_for_six_times_250_returns_thirteen_percent():
    """It is worth 332.14, 1.33214 for each pound, and pays back in 4 years, 4.388 discounted."""
    npv = net_present_value([Decimal(0), *INVESTED[1:]], [Decimal(1000)], FACTORS)
    assert round(npv, 2) == Decimal("332.14")
    ratio = benefit_cost_ratio(npv + 1000, Decimal(1000))
    assert round(ratio.value, 5) == Decimal("1.33214")
    assert round(internal_rate_of_return(INVESTED), 5) == Decimal("0.12978")
    assert payback_years(INVESTED) == 4
    assert round(payback_years(INVESTED, FACTORS), 3) == Decimal("4.388")


def test_what_never_comes_back_has_no_payback_and_no_rate():
    assert payback_years([Decimal(-1000), Decimal(10)]) is None
    assert internal_rate_of_return([Decimal(-1), Decimal(-1)]) is None
    assert payback_years([Decimal(0), Decimal(5)]) == 0


def test_flows_that_turn_twice_have_no_one_rate():
    assert internal_rate_of_return([Decimal(-10), Decimal(30), Decimal(-21)]) is None


def test_a_rate_is_found_for_what_is_borrowed_too():
    """100 received and 110 repaid a year later cost 10%."""
    assert round(internal_rate_of_return([Decimal(100), Decimal(-110)]), 9) == Decimal("0.1")


def test_a_thousand_over_ten_years_is_an_even_cost_of_120_a_year():
    assert round(equivalent_annual_cost(Decimal(1000), 10, FACTORS), 3) == Decimal("120.241")


def test_where_a_saved_cost_stands_moves_the_ratio_and_not_the_net():
    """300 of benefit, 200 of cost, 100 saved: 400 to 200, or 300 to 100; the net is 200."""
    one, other = (
        benefit_cost_ratio(Decimal(300), Decimal(200), Decimal(100), side) for side in Side
    )
    assert (one.value, other.value) == (2, 3)
    assert one.benefits - one.costs == other.benefits - other.costs == 200
    assert one.in_words() == (
        "2.00 (net benefits to society over cost to public budgets; a saved cost is a benefit)"
    )


def test_without_a_public_cost_there_is_no_ratio():
    found = benefit_cost_ratio(Decimal(300), Decimal(0))
    assert found.value is None
    assert found.in_words().startswith("There is no ratio: the public sector pays nothing net (")


def test_benefits_may_fall_by_a_third_and_costs_rise_by_half():
    found = switching_values(Decimal(450), Decimal(300))
    assert round(found.benefits_fall, 4) == Decimal("0.3333")
    assert found.costs_rise == Decimal("0.5")
    assert switching_values(Decimal(0), Decimal(0)).costs_rise is None


def test_a_line_can_be_moved_until_two_options_tie():
    """A cost of 100 in an option at -500 may rise to 150 before it meets one at -550."""
    assert amount_that_ties(Decimal(100), Decimal(-500), Decimal(-550), -1) == 150
    assert amount_that_ties(Decimal(100), Decimal(500), Decimal(550), 1) == 150


def test_an_outcome_that_never_comes_has_no_price():
    assert cost_per_outcome(Decimal(100), Decimal(4)) == 25
    assert cost_per_outcome(Decimal(100), Decimal(0)) is None


@pytest.mark.parametrize(("of", "bias"), [("capital", "0.321"), ("duration", "0.145")])
def test_a_mixed_building_has_the_weighted_bias_of_its_parts(of, bias):
    """30% non-standard and 70% standard: capital 51% and 24%, duration 39% and 4%."""
    parts = {"non_standard_buildings": Decimal("0.3"), "standard_buildings": Decimal("0.7")}
    assert optimism_bias(BIAS, parts, of, TODAY).share == Decimal(bias)


def test_mitigation_takes_off_only_what_its_areas_make_up():
    """50% of 34%, 60% of 29% and all of 9% are 43.4%: 24% becomes 13.584%, £10m £11,358,400."""
    mitigated = dict(zip(AREAS, map(Decimal, ("0.5", "0.6", "1")), strict=True))
    found = optimism_bias(
        BIAS,
        {"standard_buildings": Decimal(1)},
        "capital",
        TODAY,
        areas=AREAS,
        mitigated=mitigated,
    )
    assert found.reduced_by == Decimal("0.434")
    assert found.share == Decimal("0.13584")
    assert found.on(Decimal(10_000_000)) == 11_358_400


def test_outsourcing_has_a_bias_of_what_it_costs_to_run_and_no_other():
    whole = {"outsourcing": Decimal(1)}
    assert optimism_bias(BIAS, whole, "operating", TODAY).share == Decimal("0.41")
    with pytest.raises(ValueError, match=r"Outsourcing has no optimism bias of capital: the study"):
        optimism_bias(BIAS, whole, "capital", TODAY)


def test_shares_that_are_no_whole_are_refused():
    with pytest.raises(ValueError, match=r"The parts of the project add up to 0.3, not to 1"):
        optimism_bias(BIAS, {"standard_buildings": Decimal("0.3")}, "capital", TODAY)
    with pytest.raises(ValueError, match=r"Areas of risk make up 1.2 of the bound: at most 1"):
        reduction({"a": Decimal("1.2")}, {})
    with pytest.raises(ValueError, match=r"weather is mitigated, and is no area of the bound"):
        reduction(AREAS, {"weather": Decimal(1)})
    with pytest.raises(ValueError, match=r"disputes_and_claims is mitigated by 2. Give a share"):
        reduction(AREAS, {"disputes_and_claims": Decimal(2)})


@pytest.mark.parametrize(("income", "weight"), [(12_000, "3.14907"), (60_000, "0.388616")])
def test_a_pound_is_worth_more_to_whoever_has_less(income, weight):
    rules = rules_of("appraisal", "distributional")
    found = distributional_weight(rules, Decimal(income), Decimal(29_000), TODAY)
    assert found == pytest.approx(Decimal(weight), abs=Decimal("0.000005"))
    with pytest.raises(ValueError, match=r"An income of 0 has no weight. Give the income"):
        distributional_weight(rules, Decimal(0), Decimal(29_000), TODAY)


@given(amounts, amounts)
def test_a_ratio_is_above_one_just_where_the_net_value_is_above_nought(benefits, costs):
    npv = net_present_value(benefits, costs, FACTORS)
    worth = (net_present_value(one, [], FACTORS) for one in (benefits, costs))
    ratio = benefit_cost_ratio(*worth).value
    if ratio is not None:
        assert (ratio > 1) == (npv > 0)


@given(amounts, amounts)
def test_values_of_two_options_together_are_their_sum(one, other):
    years = max(len(one), len(other))
    padded = [[*given, *[Decimal(0)] * (years - len(given))] for given in (one, other)]
    together = [sum(pair) for pair in zip(*padded, strict=True)]
    apart = sum(net_present_value(given, [], FACTORS) for given in (one, other))
    assert net_present_value(together, [], FACTORS) == pytest.approx(apart)
