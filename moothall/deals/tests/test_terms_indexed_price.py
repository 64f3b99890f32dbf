"""Prices that move with a composite index. Sums worked by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, one_line, settled_lines, the_deal

FEE = """
    kind = "fixed_fee"
    payer = "council"
    payee = "contractor"
    amount_gbp = 1000
"""
INDEXED = """
    [terms.indexed]
    kind = "indexed_price"
    payer = "council"
    payee = "contractor"
    over = ["it"]
    index = {{ fixed = "0.1", parts = [
        {{ index = "pay", base = 100, weight = "0.6" }},
        {{ index = "cpi", base = 100, weight = "0.3" }},
    ] }}
    {more}
"""


def indexed(more="", periods=1):
    return the_deal(FEE, ["pay", "cpi"], periods=periods, more=INDEXED.format(more=more))


def test_a_composite_index_weighs_its_parts_and_leaves_the_fixed_part():
    """60% pay up 2.5%, 30% prices up 3.8%, 10% fixed: 1.0264."""
    (line,) = [
        line
        for line in settled_lines(indexed(), pay="102.5", cpi="103.8")
        if line.term.key == "indexed"
    ]
    assert line.amount[0] == Decimal("26.40")
    assert line.because() == "The index moves to 1.026. £1,000.00 moves by 2.6%."


def test_the_same_index_moves_a_baseline():
    """£2.0m becomes £2,052,800, with 5% more volume £2,155,440; half of £175,440 saved."""
    deal = the_deal(
        """
        kind = "gain_share"
        payer = "council"
        payee = "contractor"
        actual = "actual"
        baseline_gbp = 2000000
        volume_factor = "volume"
        composite = { fixed = "0.1", parts = [
            { index = "pay", base = 100, weight = "0.6" },
            { index = "cpi", base = 100, weight = "0.3" },
        ] }
        ranges = [{share = "0.5"}]
        """,
        facts=["actual", "volume", "pay", "cpi"],
    )
    paid = one_line(deal, actual=1_980_000, volume="1.05", pay="102.5", cpi="103.8")
    assert paid == Decimal("87720.00")
    assert "a composite index (60.0% by pay, 30.0% by cpi and 10.0% not at all)" in deal.term(
        "it"
    ).sentence(deal)


@pytest.mark.parametrize(
    ("catches_up", "paid"),
    [
        # pay 110, 110, 110: the index is 1.06 from the first year on, the collar 4% a review.
        ("false", [40, 40, 40]),
        ("true", [40, 60, 60]),
    ],
)
def test_what_a_collar_holds_back_is_lost_or_caught_up(catches_up, paid):
    deal = indexed(f'highest = "0.04"\n    catches_up = {catches_up}', periods=3)
    assert amounts(deal, "indexed", pay=[110, 110, 110], cpi=100) == paid
    line = next(one for one in settled_lines(deal, pay=110, cpi=100) if one.term.key == "indexed")
    assert "The collar holds it at 1.04." in line.because()


def test_between_reviews_the_index_stays():
    deal = indexed("every = 2", periods=4)
    paid = amounts(deal, "indexed", pay=[100, 110, 110, 130], cpi=100)
    assert paid == [0, 0, 60, 60]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(50, 200), min_size=4, max_size=4))
def test_a_collar_bounds_each_review(levels):
    deal = indexed('lowest = "-0.01"\n    highest = "0.03"', periods=4)
    before = Decimal(1000)
    for moved in amounts(deal, "indexed", pay=levels, cpi=100):
        price = 1000 + moved
        penny = Decimal("0.02")
        assert before * Decimal("0.99") - penny <= price <= before * Decimal("1.03") + penny
        before = price


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"0.6"', '"0.5"', r"The weights and the fixed part add up to 0\.9\."),
        ('base = 100, weight = "0.6"', 'base = 0, weight = "0.6"', "base is 0 cannot be"),
        ("over =", "every = 9\n    over =", r"every 9 periods never takes place"),
        ("over =", "lowest = 1\n    highest = 0\n    over =", "at least 100.0% and at most 0.0%"),
    ],
)
def test_an_index_that_cannot_be_worked_out_is_a_finding(was, becomes, said):
    more = INDEXED.format(more="").replace(was, becomes)
    with pytest.raises(CannotReadDeal, match=said):
        the_deal(FEE, ["pay", "cpi"], more=more)


def test_a_baseline_with_two_indices_is_a_finding():
    with pytest.raises(CannotReadDeal, match="The baseline has two indices"):
        the_deal(
            """
            kind = "gain_share"
            payer = "council"
            payee = "contractor"
            actual = "actual"
            baseline_gbp = 1
            index = "pay"
            composite = { parts = [{ index = "pay", base = 1, weight = 1 }] }
            ranges = [{share = "0.5"}]
            """,
            facts=["actual", "pay"],
        )
