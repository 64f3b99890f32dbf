import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, settled_lines, the_deal

BANDS = '{ share = "0.5" }, { above = 1000000, share = "0.6" }, { above = 3000000, share = "0.7" }'


def refinanced(gains, bands=BANDS, costs=0):
    deal = the_deal(
        f"""
        kind = "refinancing_gain"
        payer = "contractor"
        payee = "council"
        gain = "gain"
        costs = "costs"
        bands = [{bands}]
        """,
        facts=["gain", "costs"],
        periods=len(gains),
    )
    return deal, amounts(deal, gain=gains, costs=costs)


def test_a_gain_is_shared_band_by_band():
    """Half of the first million, 60% of the next two, 70% of the last."""
    assert refinanced([4_000_000])[1] == [500_000 + 1_200_000 + 700_000]


def test_a_second_gain_begins_where_the_first_left_off():
    deal, paid = refinanced([800_000, 800_000], costs=50_000)
    assert paid == [375_000, 125_000 + 300_000]
    told = [line.because() for line in settled_lines(deal, gain=800_000, costs=50_000)]
    assert told[1] == (
        "A gain of £750,000.00, after £750,000.00 before it: the share of it is £425,000.00."
    )


def test_a_refinancing_that_gains_nothing_costs_nothing():
    deal, paid = refinanced([-10, 20], costs=20)
    assert paid == [0, 0]
    assert settled_lines(deal, gain=0, costs=20)[0].because() == "There is no gain to share."


def test_bands_out_of_order_are_a_finding():
    with pytest.raises(CannotReadDeal, match=r"The bands start above £5\."):
        refinanced([1], bands='{ above = 5, share = "0.5" }')


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=4))
def test_what_is_shared_does_not_depend_on_how_a_gain_is_divided(gains):
    whole = sum(max(gain, 0) for gain in gains)
    assert sum(refinanced(gains)[1]) == sum(refinanced([whole])[1])
    assert sum(refinanced(gains)[1]) <= whole
