"""Swings become weights, and keep the range on which they were asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.appraisal.engine.criteria import CannotWeigh, Criterion, Range, scored
from moothall.appraisal.engine.weights import (
    Interest,
    Swing,
    Tie,
    Weighting,
    ask,
    swing_weights,
    to_ask_again,
    together,
)
from moothall.appraisal.tests.libraries import scores, weighting

VISITS = Criterion("visits", "Visits", "desirability", scale="local", unit="visits")
WAIT = Criterion("wait", "Days waited", "desirability", worst=60, best=10, unit="days")


def measured(*visits):
    options = {f"o{n}": f"Option {n}" for n in range(len(visits))}
    figures = {f"o{n}": {"visits": each, "wait": 20 + n} for n, each in enumerate(visits)}
    return scored([VISITS, WAIT], options, figures)


def asked_on(scores_then, visits=100, wait=50):
    ranges = scores_then.ranges()
    swings = (Swing("visits", visits, ranges["visits"]), Swing("wait", wait, ranges["wait"]))
    return Weighting("staff", "Staff", swings)


def test_weights_are_swings_as_shares_of_all():
    # 100 + 80 + 40 + 60 is 280, so that community benefit counts for 100/280, and so on.
    assert swing_weights(weighting(), scores()) == pytest.approx(
        [0.357143, 0.285714, 0.142857, 0.214286], abs=5e-7
    )


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 100), min_size=4, max_size=4).filter(lambda all_: max(all_) > 1),
    st.floats(0.1, 50),
)
def test_scaling_every_swing_changes_no_weight_and_weights_sum_to_1(swings, times):
    plain = swing_weights(weighting(swings), scores())
    scaled = swing_weights(weighting([times * each for each in swings]), scores())
    assert plain.sum() == pytest.approx(1)
    np.testing.assert_allclose(scaled, plain, atol=1e-12)


def test_a_weigher_sees_the_range_of_every_swing():
    assert ask(measured(100, 300)) == (
        ("Visits", Range(100, 300, "visits")),
        ("Days waited", Range(60, 10, "days")),
    )


def test_a_swing_is_asked_for_again_when_its_range_moves():
    given_before = asked_on(measured(100, 300))
    assert to_ask_again(given_before, measured(100, 300)) == ()
    (again,) = to_ask_again(given_before, measured(100, 300, 500))
    assert again.criterion == "visits"
    assert again.in_proportion == pytest.approx(200)
    assert again.sentence == (
        "Staff gave visits 100 points when it went from 100 to 300 visits, and now it goes from "
        "100 to 500 visits: ask again. In proportion it would be 200."
    )


def test_on_a_bent_value_function_no_proportion_is_guessed():
    bent = Criterion(
        "wait",
        "Days waited",
        "desirability",
        worst=60,
        best=10,
        unit="days",
        value=((60, 0), (30, 90), (10, 100)),
    )
    now = scored([bent], {"a": "A", "b": "B"}, {"a": {"wait": 20}, "b": {"wait": 30}})
    swing = Swing("wait", 100, Range(60, 20, "days"))
    (again,) = to_ask_again(Weighting("staff", "Staff", (swing,)), now)
    assert again.in_proportion is None
    assert again.sentence.endswith("now it goes from 60 to 10 days: ask again.")


def test_a_swing_never_asked_for_is_asked_for():
    swing = Swing("visits", 100, measured(1, 2).ranges()["visits"])
    only_one = Weighting("staff", "Staff", (swing,))
    (again,) = to_ask_again(only_one, measured(1, 2))
    assert "Staff gave no swing for days waited, which goes from 60 to 10 days" in again.sentence
    assert swing_weights(only_one, measured(1, 2)) == pytest.approx([1, 0])


@pytest.mark.parametrize(
    ("swings", "said"),
    [
        ((0, 0, 0, 0), "Members gives no swing any points. Give 100 to whichever matters most"),
        ((100, -1, 0, 0), "Members gives a swing below 0"),
        ((100, float("nan"), 0, 0), "or none that is a number"),
    ],
)
def test_swings_that_weigh_nothing_are_refused(swings, said):
    with pytest.raises(CannotWeigh, match=said):
        weighting(swings)


def test_weighings_of_what_is_not_scored_are_refused():
    with pytest.raises(CannotWeigh, match="Members weighs a criterion twice"):
        swing = Swing("benefit", 1, Range(0, 100))
        Weighting("members", "Members", (swing, swing))
    with pytest.raises(CannotWeigh, match="Staff weighs visits and wait, which no option is"):
        swing_weights(asked_on(measured(1, 2)), scores())
    idle = Weighting("members", "Members", (Swing("visits", 1, Range(0, 1)),))
    other = scored([WAIT, VISITS], {"a": "A", "b": "B"}, {"a": {"visits": 1}, "b": {"visits": 2}})
    assert swing_weights(idle, other) == pytest.approx([0, 1])
    with pytest.raises(CannotWeigh, match="Nobody has weighed the criteria yet"):
        together([], scores())


def test_an_interest_is_of_a_kind():
    assert Interest("mutual", "would be employed by").tie is Tie.EMPLOYED
    assert weighting(interests=(Interest("mutual", Tie.OWNER),)).is_interested
    assert not weighting(interests=None).is_interested
