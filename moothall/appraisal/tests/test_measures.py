"""Options in figures: payback against business as usual, what would turn the order, and weights."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine.economic_case import economic_case
from moothall.appraisal.engine.measures import (
    flows,
    measures,
    turning_points,
    weighted_by_income,
)
from moothall.appraisal.tests.costings import costing, four_options, line
from moothall.core.rules import rules_of

TODAY = date(2026, 11, 24)
INCOMES = rules_of("appraisal", "distributional")


def test_to_invest_and_save_pays_back_against_business_as_usual():
    """A thousand at once, then 250 a year less: 4 years, 4.388 discounted, 12.978%."""
    saves = (Decimal(1000), *[Decimal(750)] * 6)
    made = costing(
        line("now", "usual", amount=(Decimal(0), *[Decimal(1000)] * 6)),
        line("then", "lamps", amount=saves),
        years=7,
    )
    found = measures(made, economic_case(made), "lamps", against="usual")
    assert found.payback == 4
    assert round(found.discounted_payback, 3) == Decimal("4.388")
    assert round(found.rate_of_return, 5) == Decimal("0.12978")
    assert found.ratio is None
    assert found.switching is None


def test_alone_an_option_has_a_ratio_switching_values_and_an_even_cost():
    made = costing(
        line(amount=(Decimal(300),)),
        line("good", kind="social_benefit", amount=(Decimal(450),)),
        years=11,
    )
    found = measures(made, economic_case(made), "a")
    assert found.ratio.value == Decimal("1.5")
    assert round(found.switching.benefits_fall, 4) == Decimal("0.3333")
    assert round(found.equivalent_annual, 4) == round(
        -150 / sum(made.frame.factors[1:], Decimal(0)), 4
    )
    one_year = costing(line(), years=1)
    assert measures(one_year, economic_case(one_year), "a").equivalent_annual is None


def test_costs_of_others_are_taken_off_the_benefits_and_not_added_to_public_cost():
    made = costing(
        line(amount=100),
        line("theirs", falls_on="society", amount=50),
        line("good", kind="social_benefit", amount=350),
        years=1,
    )
    assert measures(made, economic_case(made), "a").ratio.value == 3


def test_the_nearest_turning_point_comes_first_and_makes_a_tie():
    """Without its tax the company is 212,231 better: 1.4% of the pay of £15.0m in-house."""
    made = four_options()
    case = economic_case(made)
    first, *_ = found = turning_points(made, case)
    assert [abs(one.change) for one in found] == sorted(abs(one.change) for one in found)
    best = max(case.options, key=lambda key: case.options[key].net)
    moved = next(one for one in case.options[first.option].lines if one.line.key == first.line)
    rival = next(key for key, name in made.options.items() if name == first.rival)
    nets = {key: case.options[key].net for key in (best, rival)}
    nets[first.option] += moved.present_value * first.change
    assert nets[best] == pytest.approx(nets[rival])
    assert first.in_words() == (
        "In-house is as good as the best if pay of In-house (£15m) should fall by 1.4%."
    )


def test_a_line_that_cannot_turn_the_order_alone_is_left_out():
    made = costing(line(amount=100), line("small", amount=1), line("other", "b", amount=500))
    names = {(one.option, one.line) for one in turning_points(made, economic_case(made))}
    assert ("a", "small") in names
    assert ("b", "other") in names
    cheap = costing(
        line("x", "a", amount=500), line("y", "b", amount=490), line("z", "b", amount=1)
    )
    assert ("b", "z") in {(o.option, o.line) for o in turning_points(cheap, economic_case(cheap))}


def test_a_pound_to_a_poorer_household_counts_more_beside_the_plain_result():
    made = costing(
        line(amount=100),
        line("warm", kind="social_benefit", amount=100, income_gbp=Decimal(12_000)),
        line("tax", kind="vat", amount=9, income_gbp=Decimal(12_000)),
        years=1,
    )
    case = economic_case(made)
    found = weighted_by_income(INCOMES, case, "a", TODAY, Decimal(29_000))
    assert found.net == 0
    assert found.weighted == pytest.approx(Decimal("214.907"), abs=Decimal("0.001"))
    assert list(found.weights) == ["warm"]
    at_median = weighted_by_income(INCOMES, case, "a", TODAY, Decimal(12_000))
    assert at_median.weighted == at_median.net
    assert weighted_by_income(INCOMES, case, "a", TODAY).weighted > found.weighted


@given(st.lists(st.integers(-900, 900), min_size=1, max_size=5))
def test_flows_discounted_are_the_net_value(amounts):
    made = costing(line(amount=tuple(map(Decimal, amounts)), optimism_bias=Decimal("0.2")))
    of = economic_case(made).options["a"]
    worth = sum(
        flow * factor for flow, factor in zip(flows(of, 5), made.frame.factors, strict=True)
    )
    assert worth == pytest.approx(of.net, abs=Decimal("1e-15"))
