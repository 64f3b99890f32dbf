import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.values.proportions import wilson_interval, z_against


@pytest.mark.parametrize(
    ("held", "of", "low", "high"),
    [
        (36, 212, 0.1253, 0.2261),
        (64, 73, 0.7820, 0.9338),
        (6, 72, 0.0388, 0.1701),
        (0, 71, 0.0, 0.0513),
        (5, 5, 0.5655, 1.0),
    ],
)
def test_intervals_worked_by_hand(held, of, low, high):
    assert wilson_interval(held, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_share_and_keeps_to_0_and_1(counted):
    held, of = counted
    low, high = wilson_interval(held, of)
    assert -1e-12 <= low <= held / of + 1e-12
    assert held / of - 1e-12 <= high <= 1 + 1e-12


@pytest.mark.parametrize("counted", [(1, 0), (3, 2), (-1, 2)])
def test_what_was_not_counted_has_no_interval(counted):
    with pytest.raises(ValueError, match="is not a share"):
        wilson_interval(*counted)


def test_36_of_212_is_far_below_60_in_100():
    assert z_against(36, 212, 0.6) == pytest.approx(-12.79, abs=0.005)
