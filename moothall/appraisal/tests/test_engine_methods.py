"""Every method is named with its normalisation, and none divides by nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from moothall.appraisal.engine.criteria import CannotWeigh
from moothall.appraisal.engine.methods import (
    METHODS,
    PROMETHEE_USUAL,
    TOPSIS_VECTOR,
    WEIGHTED_SUM,
    in_order,
    promethee_linear,
    ranks,
)
from moothall.appraisal.engine.normalising import by_best, by_most, by_sum, min_max, vector
from moothall.appraisal.engine.weights import swing_weights
from moothall.appraisal.tests.libraries import scores, weighting

NORMALISATIONS = (min_max, vector, by_sum, by_best, by_most)
WEIGHTS = np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]])
matrices = arrays(np.float64, (4, 3), elements=st.integers(0, 5).map(float))


def test_the_weighted_sum_is_each_score_times_its_weight():
    weights = swing_weights(weighting(), scores())
    totals = WEIGHTED_SUM.totals(scores().values, weights[None, :])
    assert totals[0] == pytest.approx([47.143, 40.714, 55.0, 64.286], abs=5e-4)


def test_every_methods_name_says_its_normalisation():
    assert [method.name for method in METHODS] == [
        "weighted sum on 0–100 values",
        "weighted sum, min-max",
        "TOPSIS, vector",
        "TOPSIS, min-max",
        "PROMETHEE II, usual preference",
        "PROMETHEE II, linear preference from 5 to 25 points",
    ]
    assert len({method.key for method in METHODS}) == len(METHODS)
    assert all(method.source for method in METHODS)


def test_topsis_is_distances_to_the_best_and_the_worst():
    # Two options, each the best on one of two criteria; 3/5 and 4/5 on a column of length 5.
    figures = np.array([[3.0, 4.0], [4.0, 3.0]])
    even = TOPSIS_VECTOR.totals(figures, np.array([[0.5, 0.5]]))
    assert even[0] == pytest.approx([0.5, 0.5])
    # Three quarters of the weight on the second: distances 0.25 x 0.2 and 0.75 x 0.2.
    found = TOPSIS_VECTOR.totals(figures, np.array([[0.25, 0.75]]))
    assert found[0] == pytest.approx([0.75, 0.25])


def test_a_cost_counts_the_other_way_round():
    figures, costs = np.array([[3.0, 4.0], [4.0, 3.0]]), np.array([True, False])
    weights = np.array([[0.4, 0.6]])
    for method in METHODS[1:5]:
        best, worst = method.totals(figures, weights, costs)[0]
        assert best > worst, method.name


def test_promethee_counts_leads_and_not_how_long_they_are():
    # Net flows by hand: 0.5 (0, -1, 1) + 0.3 (1, 0, -1) + 0.2 (-1, 1, 0).
    figures = np.array([[4.0, 3, 2], [3, 2, 4], [5, 1, 3]])
    found = PROMETHEE_USUAL.totals(figures, np.array([[0.5, 0.3, 0.2]]))
    assert found[0] == pytest.approx([0.1, -0.3, 0.2])


def test_a_linear_preference_grows_between_its_two_thresholds():
    figures = np.array([[0.0], [4.0], [15.0], [60.0]])
    # Leads of 4, 15, 60, 11, 56 and 45 points count for 0, 1/2, 1, 3/10, 1 and 1.
    found = promethee_linear(5, 25).totals(figures, np.array([[1.0]]))
    assert found[0] == pytest.approx([-0.5, -1.3 / 3, -0.2 / 3, 1.0])


def test_a_linear_preference_over_the_whole_scale_orders_as_the_weighted_sum_does():
    values = np.random.default_rng(3).uniform(0, 100, (7, 4))
    weights = np.random.default_rng(4).dirichlet(np.ones(4), 50)
    as_sum = ranks(WEIGHTED_SUM.totals(values, weights))
    assert (ranks(promethee_linear(0, 100).totals(values, weights)) == as_sum).all()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.key)
@settings(deadline=None, max_examples=25)
@given(figures=matrices)
def test_no_method_ever_says_not_a_number(method, figures):
    assert np.isfinite(method.totals(figures, WEIGHTS)).all()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.key)
def test_a_criterion_on_which_all_are_the_same_moves_no_place(method):
    figures = np.array([[0.0, 40, 100], [10, 70, 30], [50, 60, 80]])
    weights = np.array([[0.5, 0.3, 0.2]])
    idle = np.column_stack([figures, np.full(3, 7.0)])
    places = ranks(method.totals(idle, np.array([[0.4, 0.24, 0.16, 0.2]])))
    assert (places == ranks(method.totals(figures, weights))).all()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.key)
@settings(deadline=None, max_examples=25)
@given(figures=matrices)
def test_an_option_better_on_everything_is_never_behind(method, figures):
    better = np.vstack([figures, figures.max(axis=0) + 1])
    totals = method.totals(better, WEIGHTS)
    assert (totals[:, -1] >= totals.max(axis=1) - 1e-9).all()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.key)
def test_many_weightings_at_once_are_the_same_as_one_by_one(method):
    values = np.random.default_rng(5).uniform(0, 100, (6, 4))
    weights = np.random.default_rng(6).dirichlet(np.ones(4), 20)
    together = method.totals(values, weights)
    for row, one in zip(together, weights, strict=True):
        np.testing.assert_allclose(method.totals(values, one[None, :])[0], row, rtol=1e-12)


def test_one_option_is_preferred_to_nothing():
    assert PROMETHEE_USUAL.totals(np.array([[1.0, 2.0]]), np.array([[0.5, 0.5]])) == 0


@pytest.mark.parametrize("normalised", NORMALISATIONS, ids=lambda each: each.__name__)
def test_no_normalisation_divides_by_nothing(normalised):
    costs = np.zeros(3, dtype=bool)
    found = normalised(np.array([[0.0, 5, 1], [0, 5, 2]]), costs)
    assert np.isfinite(found).all()
    assert (found[0, :2] == found[1, :2]).all()


@pytest.mark.parametrize(
    ("normalised", "benefit", "cost"),
    [
        (min_max, [0, 1 / 3, 1], [1, 2 / 3, 0]),
        (vector, [1 / 21**0.5, 2 / 21**0.5, 4 / 21**0.5], None),
        (by_sum, [1 / 7, 2 / 7, 4 / 7], [4 / 7, 2 / 7, 1 / 7]),
        (by_best, [1 / 4, 1 / 2, 1], [1, 1 / 2, 1 / 4]),
        (by_most, [1 / 4, 1 / 2, 1], [3 / 4, 1 / 2, 0]),
    ],
)
def test_each_normalisation_by_hand(normalised, benefit, cost):
    found = normalised(np.array([[1.0, 1], [2, 2], [4, 4]]), np.array([False, True]))
    assert found[:, 0] == pytest.approx(benefit)
    expected = [1 - each for each in benefit] if cost is None else cost
    assert found[:, 1] == pytest.approx(expected)


@pytest.mark.parametrize("normalised", [by_sum, by_best], ids=lambda each: each.__name__)
def test_dividing_by_a_cost_of_nothing_is_refused(normalised):
    with pytest.raises(
        CannotWeigh, match=r"divides by figures, and one is below 0, or a cost of 0"
    ):
        normalised(np.array([[0.0, 1], [1, 2]]), np.array([True, False]))
    with pytest.raises(CannotWeigh, match="Use min-max or vector"):
        normalised(np.array([[-1.0, 1], [1, 2]]), np.array([False, False]))


def test_ties_share_the_better_place():
    assert ranks(np.array([3.0, 5.0, 5.0, 1.0])).tolist() == [3, 1, 1, 4]
    assert ranks(np.array([0.1 + 0.2, 0.3])).tolist() == [1, 1]
    assert in_order([3, 1, 1, 4]) == (1, 2, 0, 3)
