"""A promise of volume, and a share of profit beyond what was agreed."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, settled_lines, the_deal


def promised(every=1, years=4, more=""):
    term = f"""
    kind = "minimum_volume_guarantee"
    payer = "council"
    payee = "contractor"
    volume = "tonnes"
    least = {100 * every}
    every = {every}
    price_gbp = 7
    {more}
    """
    return the_deal(term, ["tonnes"], periods=years)


@pytest.mark.parametrize(
    ("deal", "paid"),
    [
        # 90, 130, 80 and 95 tonnes against 100 a year.
        (promised(), [70, 0, 140, 35]),
        (promised(2), [0, 0, 0, 175]),  # 220 and 175 against 200
        (promised(3), [0, 0, 0, 35]),  # 300 is met; the last year alone has a third of it
        (promised(4), [0, 0, 0, 35]),
        (promised(4, more="ends_before = 2028-04-01"), [0, 0]),
        (promised(4, more="starts_on = 2028-04-01"), [0, 175]),
    ],
)
def test_volume_that_is_missing_at_the_end_of_a_span_is_paid_for(deal, paid):
    assert amounts(deal, tonnes=[90, 130, 80, 95]) == paid


def test_a_promise_of_volume_says_what_is_missing():
    told = [line.because() for line in settled_lines(promised(2), tonnes=[90, 130, 80, 95])]
    assert told == [
        "90 so far; the span goes on.",
        "220, at least 200 promised: the promise is met.",
        "80 so far; the span goes on.",
        "175, at least 200 promised: 25 missing, at £7 each.",
    ]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 200), min_size=4, max_size=4))
def test_a_longer_span_never_costs_more(tonnes):
    paid = [sum(amounts(promised(every), tonnes=tonnes)) for every in (1, 2, 4)]
    assert paid == sorted(paid, reverse=True)
    assert paid[-1] == 7 * max(0, 400 - sum(tonnes))


def test_a_span_of_no_periods_is_a_finding():
    with pytest.raises(CannotReadDeal, match="A span of no periods never ends"):
        promised(0)


FEE = """
    kind = "fixed_fee"
    payer = "council"
    payee = "contractor"
    amount_gbp = 1000
"""
BANDS = '[{ above = "0.1", share = "0.5" }, { above = "0.25", share = "0.8" }]'


def open_book(how="", bands=BANDS, terms='terms = ["it"]'):
    share = f"""
    [terms.excess]
    kind = "excess_profit_share"
    payer = "contractor"
    payee = "council"
    {terms}
    cost = "cost"
    bands = {bands}
    {how}
    """
    return the_deal(FEE, ["cost", "other"], periods=2, more=share)


EACH = 'measured_over = "each period"'


@pytest.mark.parametrize(
    ("how", "costs", "paid"),
    [
        # Cost 800 earns 200: half of what is above 80; its second band begins at 200.
        (EACH, [800, 950], ["60", "0"]),
        # Cost 700 earns 300: half from 70 to 175, 52.50; 80% above that, 100.
        (EACH, [700, 1200], ["152.50", "0"]),
        # Of income the bands begin at 100 and 250: 75 and 40.
        (EACH + '\n    return_on = "income"', [700, 1000], ["115", "0"]),
        # So far: 200 on 800 pays 60; then 150 on 1,850 is below its 185, and 60 comes back.
        ("", [800, 1050], ["60", "-60"]),
        # 50 more: half of 80 to 200, and 80% of the 50 above it.
        (EACH + '\n    income = "other"', [800, 1050], ["100", "0"]),
    ],
)
def test_profit_above_the_agreed_return_is_shared_in_bands(how, costs, paid):
    deal = open_book(how)
    assert amounts(deal, "excess", cost=costs, other=50) == [Decimal(amount) for amount in paid]


def test_an_excess_says_how_much_is_above_the_return():
    lines = settled_lines(open_book(), cost=[800, 1050], other=0)
    told = [line.because() for line in lines if line.term.key == "excess"]
    assert told == [
        "Income £1,000.00, allowed cost £800.00: a profit of £200.00, 25.0% of cost. "
        "The share of the excess is £60.00.",
        "Income £2,000.00, allowed cost £1,850.00: a profit of £150.00, 8.1% of cost. "
        "None of it is excess. £60.00 is paid already.",
    ]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(100, 2000), min_size=2, max_size=2))
def test_over_the_deal_so_far_only_the_whole_counts(costs):
    shared = sum(amounts(open_book(), "excess", cost=costs, other=0))
    profit, cost = 2000 - sum(costs), Decimal(sum(costs))
    first = max(Decimal(0), min(profit, cost / 4) - cost / 10) / 2
    assert abs(shared - first - max(0, profit - cost / 4) * Decimal("0.8")) <= Decimal("0.02")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (
            {"bands": '[{ above = "0.2", share = 1 }, { above = 0, share = 0 }]'},
            r"start above 20\.0%, 0\.0%",
        ),
        ({"terms": ""}, "No income is named"),
    ],
)
def test_an_excess_that_cannot_be_measured_is_a_finding(how, said):
    with pytest.raises(CannotReadDeal, match=said):
        open_book(**how)


def test_income_that_another_party_has_is_a_finding():
    other = FEE.replace('payee = "contractor"', 'payee = "neighbour"')
    share = """
    [terms.excess]
    kind = "excess_profit_share"
    payer = "contractor"
    payee = "council"
    terms = ["it"]
    cost = "cost"
    bands = [{ above = 0, share = 1 }]
    """
    with pytest.raises(CannotReadDeal, match="Fixed fee is no income of Contractor"):
        the_deal(other, ["cost"], more=share)
