"""Several weighers, several methods: where they differ is said before anything is combined."""

import numpy as np
import pytest

from moothall.appraisal.engine.acceptability import all_weights
from moothall.appraisal.engine.agreement import (
    first_of_each,
    heard,
    interests,
    methods_compared,
    opposed,
)
from moothall.appraisal.engine.criteria import Criterion, scored
from moothall.appraisal.engine.methods import METHODS, WEIGHTED_SUM, WEIGHTED_SUM_MIN_MAX
from moothall.appraisal.engine.reversal import reversals_between, reversals_when_dropped
from moothall.appraisal.engine.weights import Interest, Tie, swing_weights
from moothall.appraisal.tests.libraries import scores, weighting

MEMBERS = weighting()
STAFF = weighting((100, 100, 0, 0), key="staff", interests=(Interest("mutual", Tie.EMPLOYED),))
UNION = weighting((0, 20, 100, 100), key="union")


def test_each_weigher_is_heard_alone_and_together_in_two_ways():
    found = heard(scores(), [MEMBERS, STAFF, UNION])
    assert [voice.first for voice in found.voices] == [("mutual",), ("mutual",), ("in_house",)]
    assert not found.agree_on_first
    # Community benefit: 100/280, 100/200 and nothing, so 0.2857 on average.
    assert found.weights["benefit"] == pytest.approx((100 / 280 + 0.5) / 3)
    assert sum(found.weights.values()) == pytest.approx(1)
    # Ranks: in-house 3, 4, 1; outsourcing 4, 3, 3; the company 2, 2, 2; the mutual 1, 1, 4.
    assert found.by_ranks == {"in_house": 3, "outsource": 3, "latc": 2, "mutual": 1}
    assert found.first_by_ranks == ("mutual",)
    # The mutual scores 100 on community benefit and on quality, which count for 0.2857 and 0.2922
    # on average; in-house 40 on quality, and 100 on the rest: 0.1991 and 0.2229.
    assert found.totals["mutual"] == pytest.approx(57.79, abs=0.005)
    assert found.totals["in_house"] == pytest.approx(53.90, abs=0.005)
    assert found.first == ("mutual",)


def test_where_weighers_disagree_most_is_named():
    found = heard(scores(), [MEMBERS, STAFF, UNION])
    widest = found.on_weights[0]
    assert (widest.criterion, widest.least_by, widest.most_by) == ("benefit", "union", "staff")
    assert widest.width == pytest.approx(0.5)
    assert [(each.option, each.width) for each in found.on_options[:2]] == [
        ("in_house", 3),
        ("mutual", 3),
    ]
    assert (found.apart[0].one, found.apart[0].other) == ("staff", "union")
    # Staff: mutual, company, outsourcing, in-house. Union: in-house, company, outsourcing, mutual.
    assert found.apart[0].opposed == pytest.approx(5 / 6)


def test_pairs_in_opposite_orders_are_counted_and_a_tie_opposes_nobody():
    assert opposed(np.array([1, 2, 3]), np.array([3, 2, 1])) == 1
    assert opposed(np.array([1, 2, 3]), np.array([1, 3, 2])) == pytest.approx(1 / 3)
    assert opposed(np.array([1, 1, 3]), np.array([3, 2, 1])) == pytest.approx(2 / 3)


def test_the_order_is_shown_with_and_without_the_interested():
    found = interests(scores(), [MEMBERS, STAFF, UNION])
    assert found.interested == ("staff",)
    assert found.everyone.first == ("mutual",)
    assert found.without is not None
    assert [voice.key for voice in found.without.voices] == ["members", "union"]
    assert found.without.first == ("in_house",)
    assert found.moved()["mutual"] == (1, 4)


def test_without_interests_nothing_moves():
    found = interests(scores(), [MEMBERS, UNION])
    assert found.without is found.everyone
    assert found.moved() == {}


def test_where_only_the_interested_weighed_there_is_nothing_else_to_show():
    found = interests(scores(), [STAFF])
    assert found.without is None
    assert found.moved() == {}


def test_an_interest_in_an_option_that_was_dropped_decides_nothing():
    gone = weighting(key="trust", interests=(Interest("charity", Tie.BOARD),))
    assert interests(scores(), [gone]).interested == ()


def test_whoever_was_not_asked_for_interests_is_named():
    silent = weighting(key="residents", interests=None)
    assert interests(scores(), [MEMBERS, silent]).not_asked == ("residents",)


def test_methods_stand_side_by_side_and_say_how_often_they_agree():
    weights = swing_weights(MEMBERS, scores())
    draws = all_weights(4, 2_000)
    found = methods_compared(scores(), weights, first_of_each(scores().values, draws))
    assert found.disagree
    assert not found.disagree_on_first
    assert all(order.first == ("mutual",) for order in found.orders)
    first = [method.totals(scores().values, draws).argmax(axis=1) for method in METHODS]
    assert found.same_first["weighted_sum", "topsis_vector"] == (first[0] == first[2]).mean()
    assert found.all_agree == np.mean([len(set(row)) == 1 for row in zip(*first, strict=True)])
    assert found.all_agree < min(found.same_first.values())


def test_on_global_scales_a_weighted_sum_never_turns_round():
    weights = swing_weights(MEMBERS, scores())
    turned = reversals_when_dropped(scores(), weights)
    assert not [each for each in turned if each.method == WEIGHTED_SUM.name]
    # On min-max the scales move: without the mutual, outsourcing overtakes in-house.
    by_min_max = [each for each in turned if each.method == WEIGHTED_SUM_MIN_MAX.name]
    assert [(one.option, one.ahead, one.behind, one.is_first) for one in by_min_max] == [
        ("mutual", "in_house", "outsource", False)
    ]


def test_on_local_scales_an_option_let_in_can_turn_the_others_round():
    one, other = (Criterion(key, key, "viability", scale="local") for key in ("one", "other"))
    options = {"a": "A", "b": "B", "late": "Late"}
    figures = {"a": {"one": 10, "other": 4}, "b": {"one": 8, "other": 6}}
    before = scored([one, other], {"a": "A", "b": "B"}, figures)
    # A leads with 100 x 0.6. A third that is far worse on the first scale makes 8 nearly as good
    # as 10 there, while the second scale stays as it was.
    after = scored([one, other], options, {**figures, "late": {"one": 0, "other": 5}})
    weights = np.array([0.6, 0.4])
    (turned,) = reversals_between(before, after, weights, "late", [WEIGHTED_SUM])
    assert (turned.ahead, turned.behind, turned.is_first) == ("a", "b", True)
    (back,) = [
        each
        for each in reversals_when_dropped(after, weights, [WEIGHTED_SUM])
        if each.option == "late"
    ]
    assert (back.ahead, back.behind) == ("b", "a")


def test_of_two_options_none_can_be_dropped():
    two = scores({"one": (1, 2, 3, 4), "other": (4, 3, 2, 1)})
    assert reversals_when_dropped(two, np.full(4, 0.25)) == ()
