"""One weight moved: where options cross, and who is first on either side."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from moothall.appraisal.engine.methods import (
    METHODS,
    PROMETHEE_USUAL,
    TOPSIS_VECTOR,
    WEIGHTED_SUM,
)
from moothall.appraisal.engine.sensitivity import least_to_lead, sweep, sweeps, swept
from moothall.appraisal.engine.weights import swing_weights
from moothall.appraisal.tests.libraries import scores, weighting

WEIGHTS = swing_weights(weighting(), scores())


def test_where_options_cross_is_worked_out():
    # Without community benefit the others count for 80, 40 and 60 of 180: in-house then totals
    # 73.33, outsourcing and the company 57.78, the mutual 44.44. The mutual gains 55.56 over the
    # whole way, in-house loses 73.33: they meet at 28.89 / 128.89.
    found = sweep(scores(), WEIGHTS, "benefit")
    crossing = {(one.below, one.above): one.weight for one in found.crossovers}
    assert crossing["latc", "mutual"] == pytest.approx(0.210526, abs=5e-7)
    assert crossing["in_house", "latc"] == pytest.approx(0.237288, abs=5e-7)
    assert crossing["in_house", "mutual"] == pytest.approx(0.224138, abs=5e-7)
    assert found.now == pytest.approx(100 / 280)


def test_the_first_changes_once_and_a_compromise_is_never_first():
    found = sweep(scores(), WEIGHTS, "benefit")
    assert [stretch.first for stretch in found.stretches] == [("in_house",), ("mutual",)]
    assert found.stretches[0].ends == pytest.approx(0.224138, abs=5e-7)
    assert found.first_at(0.1) == ("in_house",)
    assert found.first_at(0.5) == ("mutual",)
    assert found.first_at(found.stretches[0].ends) == ("in_house", "mutual")
    assert found.first_within("mutual") == (pytest.approx(0.224138, abs=5e-7), 1.0)
    assert found.first_within("latc") is None
    assert found.never_first() == ("outsource", "latc")
    assert found.places["latc"] == (2, 3)
    assert found.places["in_house"] == (1, 4)
    assert found.compromises() == ("latc",)


@settings(deadline=None, max_examples=40)
@given(
    arrays(np.float64, (4, 4), elements=st.integers(0, 20).map(lambda n: 5.0 * n)),
    st.lists(st.integers(0, 20), min_size=4, max_size=4),
    st.floats(0, 1),
)
def test_a_sweep_is_the_method_at_every_weight(values, swings, weight):
    assume(sum(swings[1:]) > 0)
    found_scores = scores({f"o{n}": row for n, row in enumerate(values)})
    weights = swing_weights(weighting(swings), found_scores)
    others = weights.copy()
    others[0] = 0
    at = (1 - weight) * others / others.sum()
    at[0] = weight
    for method in (WEIGHTED_SUM, PROMETHEE_USUAL):
        found = sweep(found_scores, weights, "benefit", method)
        totals = method.totals(found_scores.values, at[None, :])[0]
        assert [found.total(f"o{n}", weight) for n in range(4)] == pytest.approx(list(totals))
        best = totals.max()
        assert all(
            found.total(key, weight) == pytest.approx(best, abs=1e-6)
            for key in found.first_at(weight)
        )
        assert found.stretches[0].starts == 0
        assert found.stretches[-1].ends == 1
        for one in found.crossovers:
            assert found.total(one.below, one.weight) == pytest.approx(
                found.total(one.above, one.weight), abs=1e-6
            )


def test_every_criterion_has_a_sweep():
    found = sweeps(scores(), WEIGHTS)
    assert [one.title for one in found] == [
        "Community benefit",
        "Quality",
        "Control",
        "Deliverability",
    ]
    assert all(one.first_at(one.now) == ("mutual",) for one in found)


def test_a_criterion_with_all_the_weight_shares_the_rest_out_evenly_and_says_so():
    all_on_one = np.array([1.0, 0, 0, 0])
    found = sweep(scores(), all_on_one, "benefit")
    assert found.shares_evenly
    assert found.at_none["in_house"] == pytest.approx(80)
    assert not sweep(scores(), WEIGHTS, "benefit").shares_evenly


def test_options_that_are_the_same_are_first_together_and_never_cross():
    twins = scores({"one": (1, 2, 3, 4), "other": (1, 2, 3, 4)})
    found = sweep(twins, WEIGHTS, "benefit")
    assert found.crossovers == ()
    assert [stretch.first for stretch in found.stretches] == [("one", "other")]


def test_a_curved_method_is_swept_point_by_point():
    at, totals = swept(scores(), WEIGHTS, "benefit", TOPSIS_VECTOR, across=11)
    assert at.tolist() == pytest.approx([n / 10 for n in range(11)])
    now, _ = np.array([100 / 280]), None
    exact = TOPSIS_VECTOR.totals(scores().values, WEIGHTS[None, :])[0]
    near = swept(scores(), WEIGHTS, "benefit", TOPSIS_VECTOR, across=281)[1][100]
    assert now[0] == pytest.approx(WEIGHTS[0])
    assert near == pytest.approx(exact)
    assert totals.shape == (11, 4)
    assert [method.is_linear for method in METHODS] == [True, True, False, False, True, True]


def test_what_an_option_would_have_to_score_to_lead():
    # The mutual leads with 64.29. In-house has 47.14 with nothing on community benefit, which
    # counts for 0.3571: it would take 48 points.
    assert least_to_lead(scores(), WEIGHTS, "in_house", "benefit") == pytest.approx(48)
    assert least_to_lead(scores(), WEIGHTS, "mutual", "control") == 0
    assert least_to_lead(scores(), WEIGHTS, "outsource", "control") is None
    assert least_to_lead(scores(), np.array([1.0, 0, 0, 0]), "latc", "quality") is None
