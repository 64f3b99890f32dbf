"""What taxes come to, at each edge of their bands."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine.taxes import (
    business_rates,
    corporation_tax,
    employer_contributions,
    exempt_input_tax,
    irrecoverable_vat,
    pension_passed_through,
)
from moothall.core.rules import rules_of

TODAY = date(2026, 11, 24)
TAXES = rules_of("appraisal", "taxes")


@pytest.mark.parametrize(
    ("profit", "tax"),
    [
        (-5_000, 0),
        (40_000, 7_600),
        (50_000, 9_500),
        (60_000, 12_150),
        (100_000, 22_750),
        (150_000, 36_000),
        (250_000, 62_500),
        (300_000, 75_000),
    ],
)
def test_corporation_tax_at_each_edge(profit, tax):
    """Between the limits: 60,000 at 25% less 190,000 x 0.015 is 12,150."""
    assert corporation_tax(TAXES, Decimal(profit), TODAY) == tax


def test_companies_of_one_council_share_the_limits():
    """With one associated company the upper limit is 125,000: 60,000 pays 15,000 less 975."""
    assert corporation_tax(TAXES, Decimal(60_000), TODAY, associated=1) == 14_025


def test_a_profit_of_2020_is_taxed_by_the_rate_of_then():
    assert corporation_tax(TAXES, Decimal(100_000), date(2020, 6, 1)) == 19_000


@given(st.integers(0, 500_000), st.integers(0, 5))
def test_more_profit_never_pays_less_tax(profit, associated):
    less, more = (
        corporation_tax(TAXES, Decimal(one), TODAY, associated) for one in (profit, profit + 1)
    )
    assert 0 <= less <= more


@pytest.mark.parametrize(
    ("input_tax", "exempt", "lost"),
    [(10_000_000, 480_000, 0), (10_000_000, 520_000, 520_000), (100_000, 7_000, 0)],
)
def test_a_council_recovers_all_of_its_exempt_input_tax_or_none(input_tax, exempt, lost):
    found = exempt_input_tax(TAXES, Decimal(input_tax), Decimal(exempt), TODAY)
    assert found.lost_gbp == lost


def test_the_limit_of_exempt_input_tax_is_said():
    lost = exempt_input_tax(TAXES, Decimal(10_000_000), Decimal(520_000), TODAY)
    assert lost.in_words() == (
        "£520,000 of VAT is behind exempt supplies, above the limit of £500,000: the council "
        "loses all of it, not only what is above."
    )
    kept = exempt_input_tax(TAXES, Decimal(100_000), Decimal(7_000), TODAY)
    assert kept.in_words().endswith("no more than the limit of £7,500: the council recovers it.")
    with pytest.raises(ValueError, match=r"£5 of exempt input tax is no part of £4. Give all the"):
        exempt_input_tax(TAXES, Decimal(4), Decimal(5), TODAY)


def test_vat_that_is_not_recovered_is_a_cost():
    """1.33m of purchases, 60% of them taxed at 20%, none of it recovered: 159,600."""
    lost = irrecoverable_vat(Decimal(1_330_000), Decimal("0.2"), Decimal("0.6"), Decimal(1))
    assert lost == 159_600


def test_relief_from_rates_costs_the_council_what_it_would_have_retained():
    """400,000 at 48.0p is 192,000; a charity pays 38,400; 49% of 153,600 relieved is lost."""
    due = business_rates(TAXES, Decimal(400_000), TODAY, is_charity=True)
    assert (due.gross_gbp, due.paid_gbp, due.relief_gbp) == (192_000, 38_400, 153_600)
    assert (due.council_loses_gbp, due.gain_to_both_gbp) == (75_264, 78_336)
    assert due.in_words() == (
        "Relief of £153,600 on £192,000 costs the council £75,264 of rates that it would have "
        "retained, so both together gain £78,336, not £153,600."
    )


@pytest.mark.parametrize(
    ("value", "retail", "gross"),
    [
        (50_000, True, 19_100),
        (50_000, False, 21_600),
        (51_000, True, 21_930),
        (51_000, False, 24_480),
        (500_000, True, 254_000),
    ],
)
def test_the_multiplier_follows_size_and_use(value, retail, gross):
    assert business_rates(TAXES, Decimal(value), TODAY, is_retail=retail).gross_gbp == gross


def test_the_council_may_waive_what_the_mandatory_relief_leaves():
    due = business_rates(
        TAXES,
        Decimal(400_000),
        TODAY,
        is_charity=True,
        discretionary=Decimal(1),
        retained=Decimal(1),
    )
    assert due.paid_gbp == 0
    assert due.gain_to_both_gbp == 0


def test_employers_pay_above_a_threshold_for_each_employee():
    """100 people at 32,000: 15% of 2.7m; the levy is 0.5% of 3.2m less 15,000."""
    due = employer_contributions(TAXES, Decimal(3_200_000), 100, TODAY)
    assert due == 405_000 + 1_000
    with_allowance = employer_contributions(
        TAXES, Decimal(3_200_000), 100, TODAY, has_allowance=True
    )
    assert with_allowance == due - 10_500
    assert employer_contributions(TAXES, Decimal(0), 0, TODAY) == 0
    assert employer_contributions(TAXES, Decimal(40_000), 10, TODAY) == 0


def test_a_fixed_pension_rate_leaves_the_rest_with_the_council():
    """2.0m at 21.0% less the fixed 18.5%: 50,000, beside the employer's own 370,000."""
    borne = pension_passed_through(Decimal(2_000_000), Decimal("0.185"), Decimal("0.21"))
    assert borne == 50_000
    assert 2_000_000 * Decimal("0.185") == 370_000
