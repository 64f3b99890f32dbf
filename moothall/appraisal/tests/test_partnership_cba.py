"""The cost-benefit method of local partnerships, with published returns as they were said."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine.discounting import present_value, schedule
from moothall.appraisal.engine.partnership_cba import (
    Chain,
    Deadweight,
    PublishedReturn,
    Value,
    correction,
    invested_at,
    over_years,
    result,
)
from moothall.core.rules import rules_of

TODAY = date(2026, 11, 24)
GRADES = rules_of("appraisal", "confidence_grades")
AGENCIES = {
    "council": Decimal("0.30"),
    "nhs": Decimal("0.35"),
    "police": Decimal("0.15"),
    "dwp": Decimal("0.20"),
}
shares = st.integers(0, 100).map(lambda percent: Decimal(percent) / 100)


def chain(convention):
    given = (1000, "0.40", "0.60", "0.35", "0.20")
    return Chain(*map(Decimal, given), convention)


def test_deadweight_counts_as_its_convention_says():
    """1,000 x 40% x 60% x 35%: less a fifth of them 67.2; less 20 of the 35 points 36.0."""
    assert chain(Deadweight.PROPORTIONAL).outcomes == Decimal("67.2")
    assert chain(Deadweight.SUBTRACTIVE).outcomes == 36
    assert chain(Deadweight.SUBTRACTIVE).in_words() == (
        "20.0% of those who engage would have changed anyway, and are taken off."
    )


def test_benefits_and_costs_are_corrected_for_evidence_and_split_by_agency():
    """67.2 x 3,500 less 25% is 176,400; 120,000 and 10% is 132,000: 1.33636 for each pound."""
    value = Value(Decimal(3_500), agencies=AGENCIES, cashable=Decimal("0.4"))
    found = result(
        chain(Deadweight.PROPORTIONAL).outcomes,
        value,
        Decimal(120_000),
        benefit_correction=correction(GRADES, [5], "benefit", TODAY, "worst"),
        cost_correction=correction(GRADES, [3], "cost", TODAY, "worst"),
    )
    assert (found.fiscal, found.cost) == (176_400, 132_000)
    assert round(found.fiscal_ratio, 5) == Decimal("1.33636")
    assert found.public_value_ratio == found.fiscal_ratio
    assert list(found.by_agency.values()) == [52_920, 61_740, 26_460, 35_280]
    assert found.cashable == 70_560


def test_a_benefit_that_drops_off_is_worth_less_each_year():
    """100,000 in year 1, a tenth less each year for five: 372,461.68 today."""
    flows = over_years(Decimal(100_000), 6, lag=1, drop_off=Decimal("0.1"))
    factors = schedule(rules_of("appraisal", "discounting"), TODAY).factors(6)
    assert round(present_value(flows, factors), 2) == Decimal("372461.68")
    assert flows[0] == 0
    assert over_years(Decimal(1), 4, lasts=2) == (1, 1, 0, 0)


def test_grades_are_taken_by_the_worst_or_the_average():
    assert correction(GRADES, [1, 3, 5], "benefit", TODAY, "worst") == Decimal("0.25")
    assert round(correction(GRADES, [1, 3, 5], "benefit", TODAY, "average"), 4) == Decimal("0.1167")


@pytest.mark.parametrize(
    ("grades", "rule", "said"),
    [
        ([7], "worst", "There is no grade 7: from 1, the best, to 6."),
        ([], "worst", "No evidence is graded. Give a grade, 6 for an opinion"),
        ([1], "best", "by the worst or the average of them, not by 'best'"),
    ],
)
def test_a_grade_that_there_is_not_is_refused(grades, rule, said):
    with pytest.raises(ValueError, match=said):
        correction(GRADES, grades, "benefit", TODAY, rule)


def test_agencies_that_are_no_whole_are_refused():
    with pytest.raises(ValueError, match=r"value add up to 0.3, not to 1. Give every agency"):
        Value(Decimal(1), agencies={"council": Decimal("0.3")})


@given(shares, shares, st.integers(0, 10**5).map(Decimal))
def test_agencies_parts_add_up_and_fiscal_is_never_more_than_public_value(impact, bias, gbp):
    reached = Chain(Decimal(100), *[Decimal("0.5")] * 2, impact, bias, Deadweight.SUBTRACTIVE)
    found = result(
        reached.outcomes, Value(gbp, gbp, gbp, AGENCIES), Decimal(10), benefit_correction=bias
    )
    assert sum(found.by_agency.values()) == found.fiscal
    assert 0 <= found.fiscal <= found.public_value
    assert found.cashable <= found.fiscal


@given(st.sampled_from([1, 2, 3, 4, 5]))
def test_worse_evidence_never_raises_what_work_is_worth(grade):
    better, worse = (
        correction(GRADES, [one], "benefit", TODAY, "worst") for one in (grade, grade + 1)
    )
    assert better < worse


def test_saved_less_invested_is_not_the_net_that_was_reported():
    """West Cheshire: £108m for £41m in five years is 2.634; auditors reported £56m net."""
    found = PublishedReturn(
        Decimal(108_000_000),
        Decimal(41_000_000),
        Decimal(56_000_000),
        "National Audit Office",
        "Local Government Association; National Audit Office, Case study on whole-place pilots",
    )
    assert round(found.ratio, 3) == Decimal("2.634")
    assert found.warning == (
        "Saved less invested is £67m, and £56m net is reported (National Audit Office). They stand "
        "on different bases: quote each with its own."
    )


def test_a_claimed_return_says_what_must_have_been_invested_and_no_more():
    """£250m at 5 to 1 is £50m."""
    assert invested_at(Decimal(5), Decimal(250_000_000)) == 50_000_000
    alone = PublishedReturn(Decimal(210), Decimal(100), None, "", "A press release")
    assert (alone.ratio, alone.warning) == (Decimal("2.1"), None)
    assert PublishedReturn(None, Decimal(1), None, "", "A press release").ratio is None
