"""Terms that correct what other terms have paid, each by a line of its own."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, settled_lines, the_deal

PRICE = """
    kind = "unit_price"
    payer = "council"
    payee = "contractor"
    volume = "tonnes"
    bands = [{ price_gbp = 100 }]
"""
FEE = """
    [terms.fee]
    kind = "fixed_fee"
    payer = "council"
    payee = "contractor"
    amount_gbp = 900
"""
BEST = """
    [terms.best]
    kind = "best_of"
    payer = "council"
    payee = "contractor"
    over = {over}
    counts = "{counts}"
    compared_over = "{compared_over}"
"""


def best_of(counts, compared_over, years=3, over='["it", "fee"]'):
    best = BEST.format(counts=counts, compared_over=compared_over, over=over)
    return the_deal(PRICE, ["tonnes"], periods=years, more=FEE + best)


def paid_by_year(deal, **facts):
    """Return what the contractor is paid in each year."""
    found = [Decimal(0)] * len(deal.periods)
    for line in settled_lines(deal, **facts):
        found[line.index] += line.amount[0]
    return found


@pytest.mark.parametrize(
    ("counts", "compared_over", "by_year"),
    [
        # 5, 12 and 8 tonnes cost 500, 1,200 and 800, against a fee of 900 a year.
        ("largest", "each period", [900, 1200, 900]),
        ("smallest", "each period", [500, 900, 800]),
        # So far 500, 1,700 and 2,500 against 900, 1,800 and 2,700.
        ("largest", "the deal so far", [900, 900, 900]),
        ("smallest", "the deal so far", [500, 1200, 800]),
    ],
)
def test_only_the_best_of_two_terms_is_kept(counts, compared_over, by_year):
    assert paid_by_year(best_of(counts, compared_over), tonnes=[5, 12, 8]) == by_year


def test_an_earlier_choice_is_put_right_over_the_deal():
    """500 and 2,000 against 900 and 1,800: 900 was paid, so 1,100 follows."""
    deal = best_of("largest", "the deal so far", years=2)
    assert paid_by_year(deal, tonnes=[5, 15]) == [900, 1100]
    line = settled_lines(deal, tonnes=[5, 15])[-1]
    assert line.because() == (
        "Unit price: £2,000.00. Fixed fee: £1,800.00. The largest counts: £2,000.00."
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 30), min_size=3, max_size=3))
def test_the_best_over_the_deal_is_the_best_of_the_sums(tonnes):
    paid = paid_by_year(best_of("largest", "the deal so far"), tonnes=tonnes)
    assert sum(paid) == max(100 * sum(tonnes), 3 * 900)


@pytest.mark.parametrize(
    ("over", "said"),
    [('["it"]', "One term alone is always the best"), ('["it", "it"]', "is named twice")],
)
def test_a_best_of_nothing_to_choose_is_a_finding(over, said):
    with pytest.raises(CannotReadDeal, match=said):
        best_of("largest", "each period", over=over)


MARKET = """
    [terms.benchmark]
    kind = "benchmarking"
    payer = "council"
    payee = "contractor"
    over = ["it"]
    benchmark = "market"
    price_gbp = {price}
    tolerance = "0.05"
    every = {every}
    only_down = {only_down}
"""


def benchmarked(years, *, every=1, only_down="true", price=100):
    term = MARKET.format(every=every, only_down=only_down, price=price)
    return the_deal(PRICE, ["tonnes", "market"], periods=years, more=term)


def test_a_price_moves_to_the_benchmark_only_when_it_is_off_by_more_than_the_tolerance():
    """10 tonnes a year at £100. £95 is 5% off, no more; £94 is: the price is £94 from then on."""
    deal = benchmarked(5)
    market = [80, 95, 94, 97, "89.30"]  # the first year is no review; £89.30 is 5% below £94
    assert amounts(deal, "benchmark", tonnes=10, market=market) == [0, 0, -60, -60, -60]
    told = [line.because() for line in settled_lines(deal, tonnes=10, market=market)][1::2]
    assert told[0] == "The price is not reviewed in this period."
    assert told[1] == "The benchmark is £95, the price £100: the price stays."
    assert told[2] == (
        "The benchmark is £94, the price £100: the price moves to it. "
        "£1,000.00 at £100 is corrected to £94."
    )


def test_a_price_rises_only_where_that_is_agreed_and_only_at_a_review():
    market = [100, 120, 120, 120]
    assert amounts(benchmarked(4), "benchmark", tonnes=10, market=market) == [0] * 4
    both_ways = benchmarked(4, every=2, only_down="false")
    assert amounts(both_ways, "benchmark", tonnes=10, market=market) == [0, 0, 200, 200]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(50, 150), min_size=4, max_size=4))
def test_a_price_that_only_falls_never_costs_more(market):
    corrections = amounts(benchmarked(4), "benchmark", tonnes=10, market=market)
    assert all(amount <= 0 for amount in corrections)
    assert corrections == sorted(corrections, reverse=True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"price": 0}, "A price of £0 cannot be compared"),
        ({"every": 3}, "A review every 3 periods never takes place: the deal has 3"),
    ],
)
def test_a_benchmark_that_is_never_compared_is_a_finding(more, said):
    with pytest.raises(CannotReadDeal, match=said):
        benchmarked(3, **more)


REOPENER = """
    [terms.opens]
    kind = "reopener"
    payer = "council"
    payee = "contractor"
    over = ["it"]
    trigger = "volume"
    fact = "tonnes"
    {how}
"""


def reopened(how, years=4):
    term = REOPENER.format(how=how.replace("; ", "\n    "))
    return the_deal(PRICE, ["tonnes", "agreed"], periods=years, more=term)


@pytest.mark.parametrize(
    ("how", "steps"),
    [
        # 10, 13, 10 and 20 tonnes at £100: volume is above 12 in the second year.
        ('above = 12; step_rate = "-0.1"', [0, -130, -100, -200]),
        ('above = 12; step_rate = "-0.1"; review_periods = 1', [0, 0, -100, -200]),
        ('above = 12; agreed = "agreed"; review_periods = 1', [0, 0, 30, 60]),
        ('below = 11; step_rate = "0.05"', [50, 65, 50, 100]),
        ('above = 20; below = 10; step_rate = "0.05"', [0, 0, 0, 0]),
    ],
)
def test_a_price_takes_a_step_from_the_trigger_or_from_its_review_on(how, steps):
    facts = {"tonnes": [10, 13, 10, 20], "agreed": ["0.01", "0.02", "0.03", "0.04"]}
    assert amounts(reopened(how), "opens", **facts) == steps


def test_a_reopener_says_what_opened_it():
    deal = reopened('above = 12; step_rate = "-0.1"; review_periods = 1')
    facts = {"tonnes": [10, 13, 10, 20], "agreed": 0}
    told = [line.because() for line in settled_lines(deal, **facts)][1::2]
    assert told == [
        "Tonnes: 10, within its range.",
        "Tonnes: 13, which opens the price. The review is still to come.",
        "The review takes effect. A step of −10.0% on £1,000.00: −£100.00.",
        "A step of −10.0% on £2,000.00: −£200.00.",
    ]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ('step_rate = "0.1"', "Nothing opens the price"),
        ('above = 5; below = 6; step_rate = "0.1"', "below 6 and above 5: always"),
        ("above = 5", "A step is fixed, or agreed at the review"),
        ('above = 5; agreed = "agreed"; step_rate = "0.1"', "A step is fixed, or agreed"),
    ],
)
def test_a_reopener_that_does_not_say_when_or_by_how_much_is_a_finding(how, said):
    with pytest.raises(CannotReadDeal, match=said):
        reopened(how)
