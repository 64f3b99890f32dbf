"""Over all weights: how often each option takes each place, and which weights suit it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from moothall.appraisal.engine.acceptability import acceptability, all_weights, weights_near
from moothall.appraisal.engine.criteria import CannotWeigh
from moothall.appraisal.engine.methods import METHODS, TOPSIS_VECTOR, WEIGHTED_SUM, ranks
from moothall.appraisal.tests.libraries import scores


def test_all_weights_are_drawn_evenly_and_sum_to_1():
    weights = all_weights(4, 20_000)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    # Evenly over a simplex of four, each weight has mean 1/4 and variance 3/80.
    assert weights.mean(axis=0) == pytest.approx([0.25] * 4, abs=0.005)
    assert weights.var(axis=0) == pytest.approx([3 / 80] * 4, abs=0.001)
    assert all_weights(4, 20_000) is weights
    with pytest.raises(ValueError, match="read-only"):
        weights[0, 0] = 1


def test_two_options_with_one_criterion_each_split_all_weights_in_half():
    found = acceptability(WEIGHTED_SUM, np.array([[100.0, 0], [0, 100]]), all_weights(2))
    assert found.first == pytest.approx([0.5, 0.5], abs=0.02)
    # The first is first where its criterion counts for more than half: on average three quarters.
    assert found.central[0] == pytest.approx([0.75, 0.25], abs=0.01)


def test_an_option_is_first_as_often_as_its_part_of_the_weights_is_large():
    # 60 on the second criterion beats 100 w where w < 0.6.
    found = acceptability(WEIGHTED_SUM, np.array([[100.0, 0], [60, 60]]), all_weights(2))
    low, high = found.first_within(1)
    assert low < 0.6 < high
    assert high - low < 0.02


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.key)
@settings(deadline=None, max_examples=25)
@given(values=arrays(np.float64, (5, 3), elements=st.integers(0, 4).map(lambda n: 25.0 * n)))
def test_every_place_is_taken_once_and_every_option_takes_one(method, values):
    weights = all_weights(3, 40)
    found = acceptability(method, values, weights)
    assert found.by_rank.sum(axis=0) == pytest.approx(np.ones(5))
    assert found.by_rank.sum(axis=1) == pytest.approx(np.ones(5))
    off = ~np.eye(5, dtype=bool)
    assert (found.beats + found.beats.T)[off] == pytest.approx(np.ones(20))
    # The slow way: place by place, a tie sharing the places it covers.
    expected = np.zeros((5, 5))
    for row in ranks(method.totals(values, weights)):
        for option, place in enumerate(row):
            tied = int((row == place).sum())
            expected[option, place - 1 : place - 1 + tied] += 1 / tied / len(weights)
    np.testing.assert_allclose(found.by_rank, expected, atol=1e-12)


def test_twins_share_their_places():
    twins = scores({"one": (10, 20, 30, 40), "other": (10, 20, 30, 40), "last": (0, 0, 0, 0)})
    found = acceptability(WEIGHTED_SUM, twins.values, all_weights(4))
    assert found.by_rank == pytest.approx(np.array([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]))
    assert found.beats[0, 1] == pytest.approx(0.5)
    assert found.mean_rank == pytest.approx([1.5, 1.5, 3])


def test_an_option_that_no_weights_put_first_has_no_central_weights():
    found = acceptability(WEIGHTED_SUM, np.array([[50.0, 50], [40, 40]]), all_weights(2))
    assert np.isnan(found.central[1]).all()
    assert found.first_within(1)[0] == 0


def test_many_weightings_are_added_up_in_parts():
    values = np.random.default_rng(1).uniform(0, 100, (6, 4))
    weights = all_weights(4, 20_000)
    whole = acceptability(TOPSIS_VECTOR, values, weights)
    winners = TOPSIS_VECTOR.totals(values, weights).argmax(axis=1)
    assert whole.first == pytest.approx(np.bincount(winners, minlength=6) / 20_000)
    likeliest = int(whole.first.argmax())
    assert whole.central[likeliest] == pytest.approx(weights[winners == likeliest].mean(axis=0))


def test_weights_near_given_ones_keep_their_mean():
    given_weights = np.array([0.5, 0.3, 0.2, 0.0])
    near = weights_near(given_weights, 20_000, np.random.default_rng(2), as_sure_as=99)
    assert near.mean(axis=0) == pytest.approx(given_weights, abs=0.002)
    assert near.std(axis=0)[0] == pytest.approx(0.05, abs=0.002)
    assert (near[:, 3] == 0).all()
    with pytest.raises(CannotWeigh, match="Weights cannot be as sure as 0"):
        weights_near(given_weights, 10, np.random.default_rng(2), as_sure_as=0)
