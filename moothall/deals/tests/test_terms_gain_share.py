from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import one_line, the_deal

TARGET = Decimal(1_000_000)
RANGES = (
    '{share="0.15"}, {above="0.8", share="0.30"}, {above="0.9", share="0.50"}, '
    '{above="1.1", share="%s"}'
)


def share(actual, above="0.20", target=TARGET, ranges=None):
    deal = the_deal(
        f"""
        kind = "gain_share"
        payer = "council"
        payee = "contractor"
        actual = "actual"
        baseline_gbp = {target}
        ranges = [{ranges or RANGES % above}]
        """,
        facts=["actual"],
    )
    return one_line(deal, actual=actual)


@pytest.mark.parametrize(
    ("actual", "paid"),
    [
        (750_000, 87_500),
        (850_000, 65_000),
        (950_000, 25_000),
        (1_000_000, 0),
        (1_080_000, -40_000),
        (1_150_000, -60_000),
        (1_300_000, -90_000),
    ],
)
def test_share_ranges_of_a_target_cost_of_a_million(actual, paid):
    """A target cost of a million in four ranges."""
    assert share(actual) == paid


def test_pain_above_110_per_cent_borne_whole_is_a_guaranteed_maximum():
    """at 100% above 110%, the council pays 1,050,000."""
    assert share(1_150_000, above="1") == -100_000


def test_published_examples():
    """A cap on the gain; a half of a saving; a half of an overrun."""
    capped = '{share="0"}, {above="0.8", share="0.25"}'
    assert share(200_000, target=500_000, ranges=capped) == 25_000
    half = '{share="0.5"}'
    assert 900_000 + share(900_000, ranges=half) == 950_000
    assert 150_000 + share(150_000, target=100_000, ranges=half) == 125_000


def test_an_indexed_baseline_shares_what_an_unindexed_one_hides():
    """index 1.0264, volume +5%: a saving of 175,440, shared by halves."""
    deal = the_deal(
        """
        kind = "gain_share"
        payer = "council"
        payee = "contractor"
        actual = "actual"
        baseline_gbp = 2000000
        index = "index"
        volume_factor = "volume"
        ranges = [{share = "0.5"}]
        """,
        facts=["actual", "index", "volume"],
    )
    assert one_line(deal, actual=1_980_000, index="1.0264", volume="1.05") == Decimal("87720.00")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 2_000_000), min_size=2, max_size=6))
def test_what_is_paid_in_all_never_falls_as_cost_rises(costs):
    costs = sorted(costs)
    paid = [Decimal(cost) + share(cost) for cost in costs]
    assert paid == sorted(paid)


def test_ranges_out_of_order_are_a_finding():
    with pytest.raises(CannotReadDeal, match=r"start above 0, 0\.9, 0\.8 of the baseline"):
        share(1, ranges='{share="0.1"}, {above="0.9", share="0.1"}, {above="0.8", share="0.1"}')
