"""What later pounds and pounds of other years come to, by dated rules."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine.deflators import deflator, price_words
from moothall.appraisal.engine.discounting import nominal_rate, present_value, schedule
from moothall.appraisal.engine.parameters import parameter, warnings
from moothall.core.rules import rules_of

TODAY = date(2026, 11, 24)
RATES = rules_of("appraisal", "discounting")
PRICES = rules_of("appraisal", "deflators")
STANDARD = schedule(RATES, TODAY)
DEFLATOR = deflator(PRICES, TODAY)


@pytest.mark.parametrize(
    ("year", "factor"),
    [
        (0, "1.000000"),
        (1, "0.966184"),
        (5, "0.841973"),
        (10, "0.708919"),
        (30, "0.356278"),
        (31, "0.345901"),
        (60, "0.146782"),
        (75, "0.094214"),
        (76, "0.091916"),
        (125, "0.027411"),
        (126, "0.026873"),
        (200, "0.006207"),
        (300, "0.001401"),
        (301, "0.001387"),
    ],
)
def test_a_pound_of_a_later_year_is_worth_what_the_green_book_says(year, factor):
    assert STANDARD.factor(year) == pytest.approx(Decimal(factor), abs=Decimal("0.0000005"))


def test_health_has_rates_of_its_own():
    health = schedule(RATES, TODAY, "health")
    assert round(health.factor(30), 6) == Decimal("0.639762")
    assert round(health.factor(31), 6) == Decimal("0.631615")


@pytest.mark.parametrize(
    ("years", "worth"), [(30, "18.392045"), (40, "21.431173"), (60, "25.375260")]
)
def test_a_pound_a_year_adds_up(years, worth):
    assert round(STANDARD.annuity(years), 6) == Decimal(worth)


def test_the_rate_falls_after_thirty_years_and_a_flat_one_says_less():
    """1,000 at once for 130 a year over 40 years: 1,786.05, where a flat 3.5% gives 1,776.16."""
    flows = [Decimal(-1000)] + [Decimal(130)] * 40
    assert round(present_value(flows, STANDARD.factors(41)), 2) == Decimal("1786.05")
    flat = [Decimal("1.035") ** -year for year in range(41)]
    assert round(present_value(flows, flat), 2) == Decimal("1776.16")


def test_the_day_of_the_appraisal_chooses_the_vintage():
    assert schedule(RATES, date(1999, 5, 1)).rate(10) == Decimal("0.06")
    assert schedule(RATES, date(2003, 4, 1)).rate(10) == Decimal("0.035")
    assert schedule(RATES, TODAY, "review_of_2026").rate(10) == Decimal("0.03")


def test_a_proposal_is_not_there_before_it_was_made():
    with pytest.raises(ValueError, match="has no version for 2026-01-01: the first begins on"):
        schedule(RATES, date(2026, 1, 1), "review_of_2026")


def test_an_unknown_schedule_is_refused_with_those_there_are():
    with pytest.raises(
        ValueError, match=r"There is no discount schedule 'flat'. Choose from stand"
    ):
        schedule(RATES, TODAY, "flat")


def test_the_year_of_the_decision_has_no_rate():
    with pytest.raises(ValueError, match="Year 0 has no rate: the first that is discounted is"):
        STANDARD.rate(0)


def test_amounts_without_a_factor_are_refused():
    with pytest.raises(ValueError, match=r"amounts for 3 years and factors for 2. Give a factor"):
        present_value([Decimal(1)] * 3, STANDARD.factors(2))


@given(st.integers(0, 320))
def test_a_later_pound_is_always_worth_less(year):
    assert STANDARD.factor(year + 1) < STANDARD.factor(year)


def test_real_and_nominal_discounting_agree():
    """3.5% real and 2% inflation are 5.57%; 106.1208 in year 3 is 100 real: 90.19427 either way."""
    rate = nominal_rate(Decimal("0.035"), Decimal("0.02"))
    assert rate == Decimal("0.0557")
    assert round(100 * Decimal("1.02") ** 3, 4) == Decimal("106.1208")
    assert round(Decimal("106.1208") / (1 + rate) ** 3, 5) == Decimal("90.19427")
    assert round(100 * STANDARD.factor(3), 5) == Decimal("90.19427")


@pytest.mark.parametrize(("of", "worth"), [(2010, 1_446_724), (2012, 1_390_252)])
def test_a_million_of_another_year_in_prices_of_2024(of, worth):
    assert round(DEFLATOR.in_prices_of(Decimal(1_000_000), of, 2024)) == worth


def test_a_financial_year_takes_nine_months_of_one_year_and_three_of_the_next():
    """81.1085 in 2019 and 85.2137 in 2020: three quarters and one quarter are 82.1348."""
    assert round(DEFLATOR.financial(2019), 4) == Decimal("82.1348")
    assert DEFLATOR.between(2019, 2019) == 1
    assert not DEFLATOR.is_assumed(2022)


def test_prices_after_the_known_ones_rise_by_a_stated_assumption():
    assert DEFLATOR.calendar(2026) == 100 * Decimal("1.02") ** 2
    assert DEFLATOR.is_assumed(2026)
    assert DEFLATOR.in_words() == (
        "The GDP deflator is known to 2024. After that prices are assumed to rise by 2% a year."
    )
    assert deflator(PRICES, TODAY, Decimal("0.03")).calendar(2025) == 103
    assert price_words(2026) == "2026/27 prices"


def test_prices_before_the_known_ones_are_refused():
    with pytest.raises(ValueError, match=r"known from 1990, not for 1989. State the amount in"):
        DEFLATOR.calendar(1989)


def test_whatever_has_expired_or_is_from_memory_is_said():
    used = [*DEFLATOR.parameters, STANDARD.parameter]
    assert warnings(used) == (
        "Growth of the GDP deflator assumed after its last known year is from memory: "
        "Moothall's own assumption: the 2% target for consumer prices, in force since "
        "10 December 2003; enter the Office for Budget Responsibility's forecast. "
        "Check it before you rely on it.",
    )
    later = parameter(PRICES, "gdp_deflator", date(2028, 1, 1))
    assert "was to be looked at again by 31 January 2027" in warnings([later])[0]
    assert STANDARD.parameter.in_words().endswith("(its source was read).")


def test_every_parameter_of_appraisals_has_a_source_and_can_be_read_today():
    for document in (
        "discounting",
        "deflators",
        "taxes",
        "optimism_bias",
        "distributional",
        "confidence_grades",
    ):
        rules = rules_of("appraisal", document)
        for key in rules:
            assert parameter(rules, key, TODAY).source
