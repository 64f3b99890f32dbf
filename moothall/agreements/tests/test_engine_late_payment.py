"""What a debt that is paid late bears, by the day on which it became late."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve

from moothall.agreements.engine.late_payment import late
from moothall.core.rules import rules_of

RULES = rules_of("agreements", "late_payment")


def bears(gbp, last_day, until):
    return late(Decimal(gbp), last_day=last_day, until=until, rules=RULES)


@pytest.mark.parametrize(
    ("gbp", "last_day", "until", "rate", "interest", "fixed"),
    [
        # 10,000 x 11.75% x 30 / 365
        ("10000", date(2026, 4, 30), date(2026, 5, 30), "0.1175", "96.58", "100"),
        # 5,000 x 12.25% x 101 / 365
        ("5000", date(2025, 7, 10), date(2025, 10, 19), "0.1225", "169.49", "70"),
        ("999.99", date(2024, 6, 30), date(2024, 7, 1), "0.1325", "0.36", "40"),
    ],
)
def test_interest_is_simple_at_the_rate_of_the_half_year_in_which_it_began(
    gbp, last_day, until, rate, interest, fixed
):
    found = bears(gbp, last_day, until)
    assert (found.rate, found.interest_gbp, found.fixed_gbp, found.unsure) == (
        Decimal(rate), Decimal(interest), Decimal(fixed), "",
    )  # fmt: skip


def test_the_rate_stays_that_of_its_first_day_when_bank_rate_moves():
    before = bears("1000", date(2025, 6, 29), date(2025, 12, 31))
    after = bears("1000", date(2025, 6, 30), date(2025, 12, 31))
    assert (before.rate, after.rate) == (Decimal("0.1275"), Decimal("0.1225"))


@pytest.mark.parametrize(
    ("gbp", "last_day", "until"),
    [
        ("1000", date(2026, 4, 30), date(2026, 4, 30)),  # in time
        ("-1000", date(2026, 4, 30), date(2026, 5, 30)),  # nothing is owed
        ("1000", date(2019, 4, 30), date(2019, 5, 30)),  # no rate is coded for it
    ],
)
def test_nothing_is_borne_in_time_by_nothing_or_without_a_rate(gbp, last_day, until):
    assert bears(gbp, last_day, until) is None


def test_what_it_bears_is_said_and_a_rate_that_nobody_verified_says_so():
    said = bears("10000", date(2026, 4, 30), date(2026, 5, 30)).sentence
    assert said == (
        "Statutory interest on £10,000.00 for 30 days at 11.75% a year: £96.58, and £100.00 for "
        "recovering it, unless the agreement has its own remedy."
    )
    unsure = bears("1000", date(2026, 8, 1), date(2026, 9, 1)).sentence
    assert "The reference rate has not been verified here (Bank of England" in unsure


def test_a_rate_that_may_have_been_overtaken_says_so():
    sure = RULES["reference_rate"]
    old = evolve(sure.versions[-2], look_again_by=date(2026, 6, 30))
    rules = {**RULES, "reference_rate": evolve(sure, versions=(old,))}
    found = late(Decimal(1), last_day=date(2026, 9, 1), until=date(2026, 9, 2), rules=rules)
    assert "was to be looked at again by 30 June 2026" in found.unsure
