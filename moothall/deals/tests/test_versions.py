"""A variation that splits its period: sums by hand, and what holds for every kind of term."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.evaluation import facts_as_read, step
from moothall.deals.kinds import term_kinds
from moothall.deals.simulation import facts_drawn
from moothall.deals.tests.settling import the_deal
from moothall.deals.tests.test_every_kind import as_decimals, example
from moothall.deals.versions import EXACT, Course, Version, stretches

START = date(2026, 4, 1)


def followed(versions, facts):
    """Return what is paid, by (whole period, term, payer, payee), and what is remembered at last.

    facts : fact -> (period,) of Decimals
    """
    course, paid = Course(), {}
    for stretch in stretches(versions):
        deal = stretch.version.deal
        known = {key: np.array([of[stretch.index]], dtype=object) for key, of in facts.items()}
        before = course.begin(stretch)
        after, lines = step(deal, stretch.index, before, facts_as_read(deal.facts, known), EXACT)
        for line in course.end(after, lines):
            key = (stretch.whole, line.term.key, line.payer, line.payee)
            paid[key] = paid.get(key, 0) + line.amount[0]
    return paid, course.state


def plainly(state):
    """Return numbers as they are remembered, to a billionth of a pound."""
    return {
        (term, name): round(values[0], 9)
        for term, of in state.items()
        for name, values in of.items()
    }


@pytest.mark.parametrize("kind", term_kinds())
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), days=st.lists(st.integers(1, 3 * 365), max_size=3))
def test_versions_that_change_nothing_change_no_penny_and_no_memory(kind, seed, days):
    """However often its periods are split."""
    deal = example(kind)
    drawn = facts_drawn(deal, np.random.default_rng(seed), 1)
    facts = {key: as_decimals(values)[:, 0] for key, values in drawn.items()}
    alone = [Version(1, deal, deal.period.starts_on)]
    split = alone + [
        Version(number, deal, deal.period.starts_on + timedelta(day), splits_period=True)
        for number, day in enumerate(sorted(set(days)), start=2)
        if deal.period.starts_on + timedelta(day) in deal.period
    ]
    paid, state = followed(alone, facts)
    paid_in_parts, state_of_parts = followed(split, facts)
    assert paid_in_parts == paid
    assert plainly(state_of_parts) == plainly(state)


def capped(most, price=1, periods=2):
    return the_deal(
        f"""
        kind = "rate_card"
        payer = "council"
        payee = "contractor"
        tariffs = [{{ outcome = "n", price_gbp = {price}, most = {most} }}]
        """,
        facts=["n"],
        periods=periods,
    )


def test_a_cap_on_numbers_is_used_up_by_days_not_twice():
    """73 of 365 days at £1, 292 at £2: of 100, 20 and 80 are used up, and 120 of 220 are left."""
    versions = [
        Version(1, capped(220), START),
        Version(2, capped(220, price=2), START + timedelta(73), splits_period=True),
    ]
    paid, state = followed(versions, {"n": [Decimal(100), Decimal(150)]})
    assert list(paid.values()) == [20 * 1 + 80 * 2, 120 * 2]
    assert state["it"]["n"][0] == 220


def test_what_a_version_starts_afresh_remembers_only_its_own_days():
    versions = [
        Version(1, capped(100), START),
        Version(2, capped(100), START + timedelta(73), splits_period=True, carries_over=()),
    ]
    paid, state = followed(versions, {"n": [Decimal(100), Decimal(100)]})
    assert list(paid.values()) == [100, 20]
    assert state["it"]["paid"][0] == 100


def test_an_outcome_that_a_version_adds_to_a_card_starts_at_nothing():
    first, second = (
        the_deal(
            f"""
            kind = "rate_card"
            payer = "council"
            payee = "contractor"
            tariffs = [{tariffs}]
            """,
            facts=["n", "m"],
            periods=2,
        )
        for tariffs in (
            '{ outcome = "n", price_gbp = 1 }',
            '{ outcome = "n", price_gbp = 1 }, { outcome = "m", price_gbp = 10, most = 3 }',
        )
    )
    versions = [Version(1, first, START), Version(2, second, date(2027, 4, 1))]
    paid, _ = followed(versions, {"n": [Decimal(1), Decimal(1)], "m": [Decimal(5), Decimal(5)]})
    assert list(paid.values()) == [1, 31]


def test_a_price_in_force_stands_as_the_later_version_leaves_it():
    """Half way through, the tolerance goes: the benchmark of £8 then stands for later years."""

    def benchmarked(tolerance):
        return the_deal(
            """
            kind = "fixed_fee"
            payer = "council"
            payee = "contractor"
            amount_gbp = 1000
            """,
            ["market"],
            periods=3,
            more=f"""
            [terms.bench]
            kind = "benchmarking"
            payer = "council"
            payee = "contractor"
            over = ["it"]
            benchmark = "market"
            price_gbp = 10
            tolerance = "{tolerance}"
            """,
        )

    versions = [
        Version(1, benchmarked("0.5"), START),
        Version(2, benchmarked("0"), date(2027, 4, 1) + timedelta(73), splits_period=True),
    ]
    paid, state = followed(versions, {"market": [Decimal(10), Decimal(8), Decimal(8)]})
    # The second year has 366 days: £200 less for 293 of them.
    corrections = [amount for (_, term, *_), amount in paid.items() if term == "bench"]
    assert corrections == [0, Decimal("-160.11"), -200]
    assert state["bench"]["price"][0] == 8
