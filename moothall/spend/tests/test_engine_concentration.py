"""Worked examples, by hand, and what always holds."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.rules import rule_on
from moothall.spend.engine.concentration import (
    concentration_band,
    concentration_ratio,
    effective_supplier_count,
    herfindahl_hirschman_index,
    leakage_cost,
    leakage_rate,
    shares,
)

SIX_SUPPLIERS = [Decimal(n) for n in (400, 250, 150, 100, 60, 40)]
# IESE for DCLG, 2009/10: nineteen categories, GBP bn.
NINETEEN_CATEGORIES = [
    *map(Decimal, ("10.675", "8.079", "5.287", "2.53", "2.52", "1.895", "1.792", "1.532")),
    *map(Decimal, ("1.509", "1.148", "1.022", "0.87", "0.733", "0.577", "0.434", "0.405")),
    *map(Decimal, ("0.244", "0.148", "0.066")),
]
amounts = st.lists(st.decimals("0.01", 10**8, places=2), min_size=2, max_size=20)


def test_six_suppliers_agree_with_the_worked_example():
    assert herfindahl_hirschman_index(SIX_SUPPLIERS) == Decimal("2602.0")
    assert concentration_ratio(SIX_SUPPLIERS, 4) == Decimal("0.9")
    assert effective_supplier_count(SIX_SUPPLIERS) == pytest.approx(
        Decimal("3.843"), abs=Decimal("5e-4")
    )


def test_shares_of_categories_agree_with_the_published_table():
    assert sum(NINETEEN_CATEGORIES) == Decimal("41.466")
    first, second, *_rest = shares(NINETEEN_CATEGORIES)
    assert round(first * 100, 1) == Decimal("25.7")  # social care
    assert round(second * 100, 1) == Decimal("19.5")  # construction


def test_savings_quoted_in_the_press_follow_from_their_own_figures():
    # Opera Solutions 2011: three councils, three categories.
    assert Decimal("1.44") / Decimal("13.6") == pytest.approx(
        Decimal("0.10588"), abs=Decimal("5e-6")
    )
    # Twenty-nine London councils, fifteen shared suppliers.
    assert Decimal(747) * Decimal("0.15") == Decimal("112.05")
    assert Decimal(747) / Decimal(8200) == pytest.approx(Decimal("0.0911"), abs=Decimal("5e-5"))


def test_leakage_agrees_with_the_worked_example():
    assert leakage_rate(Decimal(180_000), Decimal(1_000_000)) == Decimal("0.18")
    assert leakage_cost(Decimal(180_000), Decimal("0.88")) == Decimal(21_600)


def test_leakage_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no leakage rate"):
        leakage_rate(Decimal(1), Decimal(0))


def test_a_market_of_credits_is_refused():
    with pytest.raises(ValueError, match="credits outweigh their payments"):
        shares([Decimal(5), Decimal(-1)])
    with pytest.raises(ValueError, match="one supplier or more"):
        concentration_ratio(SIX_SUPPLIERS, 0)


def test_bands_come_from_the_dated_rule():
    bands = rule_on(date(2026, 4, 1), "spend", "questions", "concentration_bands").value
    assert [concentration_band(index, bands) for index in (1000, 1000.5, 2000, 2602)] == [
        "not concentrated",
        "concentrated",
        "concentrated",
        "highly concentrated",
    ]


@given(amounts)
def test_the_index_is_above_nought_and_at_most_ten_thousand(spend):
    assert 0 < herfindahl_hirschman_index(spend) <= Decimal("10000.0000001")


@given(amounts)
def test_two_suppliers_merged_never_lower_the_index(spend):
    merged = [spend[0] + spend[1], *spend[2:]]
    before = herfindahl_hirschman_index(spend)
    assert herfindahl_hirschman_index(merged) >= before - Decimal("1e-15")


@given(amounts, st.integers(1, 5))
def test_the_largest_of_the_rest_never_hold_more_than_all_of_it(spend, largest):
    assert concentration_ratio(spend[1:], largest) <= Decimal(1) + Decimal("1e-20")
