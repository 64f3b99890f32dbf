"""When an invoice must be paid, and how promptly invoices were."""

from datetime import date
from decimal import Decimal

import pytest

from moothall.agreements.engine.payment_clock import Clock, begins_on, payment_rule, promptness
from moothall.core.rules import rules_of
from moothall.values.rules import rules_from

RULES = rules_of("agreements", "payment_clock")
ARRIVED = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("regime", "began", "last_day"),
    [
        ("PCR_2015", date(2023, 6, 1), date(2026, 5, 1)),  # thirty days from the day
        ("PA_2023", date(2025, 6, 1), date(2026, 4, 30)),  # thirty days beginning with it
        ("EXEMPT", date(2025, 6, 1), date(2026, 4, 30)),
        ("", date(2025, 6, 1), date(2026, 4, 30)),
    ],
)
def test_the_last_day_counts_as_the_law_of_the_agreement_counts(regime, began, last_day):
    rule = payment_rule(RULES, regime, began)
    assert rule.last_day(ARRIVED) == last_day


@pytest.mark.parametrize(
    ("regime", "began"),
    [
        ("GRANT", date(2025, 6, 1)),  # pays for no supply
        ("PA_2023", date(2024, 6, 1)),  # not in force by then
        ("PA_2023", None),
    ],
)
def test_where_no_law_sets_a_clock_none_is_set(regime, began):
    assert payment_rule(RULES, regime, began) is None


def test_a_rule_that_nobody_verified_sets_no_clock():
    version = {"in_force_from": date(2020, 1, 1), "source": "Somebody said so", "value": {}}
    heard = rules_from({"pa_2023": {"label": "x", "unit": "days", "versions": [version]}})
    assert payment_rule(heard, "PA_2023", date(2025, 6, 1)) is None


def test_the_clock_says_in_a_sentence_what_is_left_and_what_is_late():
    clock = Clock(ARRIVED, date(2026, 4, 30))
    assert clock.sentence(date(2026, 4, 29)) == "To be paid by 30 April 2026: 1 day left."
    assert clock.sentence(date(2026, 5, 3)).startswith("Late by 3 days: the last day was 30 April")
    late = Clock(ARRIVED, date(2026, 4, 30), paid_on=date(2026, 5, 2))
    assert late.sentence(date(2026, 9, 1)) == (
        "Paid on 2 May 2026, 2 days late: the last day was 30 April 2026."
    )
    prompt = Clock(ARRIVED, date(2026, 4, 30), paid_on=date(2026, 4, 30))
    assert "in time" in prompt.sentence(date(2026, 9, 1))
    assert prompt.took_days == 29


def test_a_disputed_line_has_its_clock_from_when_it_is_disputed_no_more():
    assert begins_on(ARRIVED, None) == ARRIVED
    assert begins_on(ARRIVED, date(2026, 6, 1)) == date(2026, 6, 1)
    assert begins_on(ARRIVED, date(2026, 3, 1)) == ARRIVED


def test_promptness_agrees_with_the_worked_example():
    """Seven invoices, paid in 12 to 75 days and one on the day itself."""
    said = promptness([12, 28, 31, 45, 75, 30, 0])
    assert said.count == 7
    assert round(said.mean_days, 3) == Decimal("31.571")
    shares = (said.within_30_share, said.from_31_to_60_share, said.from_61_share)
    assert [round(share * 100, 2) for share in shares] == [
        Decimal("57.14"),
        Decimal("28.57"),
        Decimal("14.29"),
    ]
    assert promptness([]) is None
