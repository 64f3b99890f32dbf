"""What no option beats in both cost and benefit, and what each point costs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.appraisal.engine.agreement import heard
from moothall.appraisal.engine.frontier import dominated, frontier, the_same
from moothall.appraisal.engine.methods import WEIGHTED_SUM
from moothall.appraisal.tests.libraries import OPTIONS, scores, weighting
from moothall.values.money import Money

COSTS = dict(zip(OPTIONS, map(Money, (1000, 880, 930, 960)), strict=True))


def test_the_frontier_leaves_out_what_is_dearer_and_no_better():
    found = frontier(heard(scores(), [weighting()]).totals, COSTS)
    assert found.options == ("outsource", "latc", "mutual")
    (dear,) = [point for point in found.points if not point.is_on_frontier]
    assert (dear.option, dear.beaten_by) == ("in_house", ("latc", "mutual"))
    # £50 more for 14.29 points, then £30 more for 9.29.
    assert [step.gbp_per_point for step in found.steps] == pytest.approx([3.5, 30 / 9.285714])
    assert [step.costs_more_than_next for step in found.steps] == [True, False]


def test_ties_of_cost_and_of_benefit_are_handled():
    costs = {key: Money(gbp) for key, gbp in zip("abcde", (10, 10, 20, 20, 30), strict=True)}
    found = frontier({"a": 5, "b": 7, "c": 7, "d": 9, "e": 9}, costs)
    # b is as cheap as a, and better; c is dearer than b for the same; e dearer than d.
    assert found.options == ("b", "d")
    equal = frontier({"a": 5, "b": 5, "c": 6}, {"a": Money(1), "b": Money(1), "c": Money(2)})
    assert equal.options == ("a", "b", "c")
    assert [(step.before, step.after) for step in equal.steps] == [("a", "c")]


def test_an_option_without_a_cost_is_left_out():
    assert frontier({"a": 5, "b": 6}, {"a": Money(1)}).options == ("a",)
    assert frontier({}, {}).steps == ()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8),
)
def test_nothing_on_the_frontier_is_beaten_and_everything_else_is(pairs):
    benefits = {str(n): float(benefit) for n, (benefit, _) in enumerate(pairs)}
    costs = {str(n): Money(cost) for n, (_, cost) in enumerate(pairs)}
    on = frontier(benefits, costs).options
    best = {}
    for benefit, cost in pairs:
        best[cost] = max(best.get(cost, -1), benefit)
    for n, (benefit, cost) in enumerate(pairs):
        cheaper = [most for other, most in best.items() if other < cost]
        undominated = benefit == best[cost] and all(most < benefit for most in cheaper)
        assert (str(n) in on) == undominated


def test_an_option_no_better_on_anything_is_dominated():
    found = scores({"one": (50, 50, 50, 50), "less": (50, 40, 50, 50), "apart": (0, 0, 0, 51)})
    assert [(each.option, each.by) for each in dominated(found)] == [("less", ("one",))]
    cheap = {"one": Money(10), "less": Money(9), "apart": Money(9)}
    assert dominated(found, cheap) == ()
    dear = {"one": Money(10), "less": Money(10), "apart": Money(9)}
    assert [each.option for each in dominated(found, dear)] == ["less"]


def test_twins_do_not_dominate_each_other_unless_one_is_cheaper():
    twins = scores({"one": (50, 50, 50, 50), "other": (50, 50, 50, 50)})
    assert dominated(twins) == ()
    assert the_same(twins) == (("one", "other"),)
    (dear,) = dominated(twins, {"one": Money(10), "other": Money(9)})
    assert (dear.option, dear.by) == ("one", ("other",))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.integers(0, 100), min_size=4, max_size=4), min_size=2, max_size=5),
    st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any),
)
def test_adding_a_dominated_option_never_changes_the_first(rows, swings):
    before = scores({f"o{n}": row for n, row in enumerate(rows)})
    worse = [max(each - 1, 0) for each in rows[0]]
    after = scores({**{f"o{n}": row for n, row in enumerate(rows)}, "worse": worse})
    weights = np.array(swings) / sum(swings)
    totals = WEIGHTED_SUM.totals(after.values, weights[None, :])[0]
    assert totals[:-1] == pytest.approx(WEIGHTED_SUM.totals(before.values, weights[None, :])[0])
    assert ((totals >= 0) & (totals <= 100 + 1e-9)).all()
    assert totals[-1] <= totals[:-1].max() + 1e-9
