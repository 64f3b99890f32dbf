"""What options may be judged by, and how a figure becomes a score."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.appraisal.engine.criteria import (
    CannotWeigh,
    Criterion,
    Direction,
    notes_on,
    refuse_costed,
    scored,
    shown,
)
from moothall.appraisal.tests.libraries import CRITERIA, OPTIONS, scores

WAIT = Criterion("wait", "Days waited", "desirability", worst=60, best=10, unit="days")


def one_column(criterion, *figures):
    options = {f"o{n}": f"Option {n}" for n in range(len(figures))}
    given_figures = {f"o{n}": {criterion.key: figure} for n, figure in enumerate(figures)}
    return scored([criterion], options, given_figures)


def test_a_global_scale_runs_from_its_worst_figure_to_its_best():
    assert one_column(WAIT, 60, 35, 10).values[:, 0] == pytest.approx([0, 50, 100])
    assert WAIT.direction is Direction.LESS


def test_a_local_scale_runs_from_the_worst_option_to_the_best():
    visits = Criterion("visits", "Visits", "desirability", scale="local", unit="visits")
    assert one_column(visits, 300, 500, 400).values[:, 0] == pytest.approx([0, 100, 50])
    waits = Criterion(
        "wait", "Days waited", "desirability", scale="local", direction="less is better"
    )
    assert one_column(waits, 30, 10, 20).values[:, 0] == pytest.approx([0, 100, 50])


def test_a_value_function_bends_between_its_points():
    hours = Criterion(
        "hours",
        "Opening hours",
        "desirability",
        worst=20,
        best=60,
        unit="hours",
        value=((20, 0), (40, 80), (60, 100)),
    )
    assert one_column(hours, 30, 40, 50).values[:, 0] == pytest.approx([40, 80, 90])
    falling = Criterion(
        "wait",
        "Days waited",
        "desirability",
        worst=60,
        best=10,
        unit="days",
        value=((60, 0), (20, 90), (10, 100)),
    )
    assert one_column(falling, 60, 40, 15).values[:, 0] == pytest.approx([0, 45, 95])


@settings(deadline=None)
@given(st.lists(st.floats(10, 60), min_size=2, max_size=6))
def test_scores_lie_between_0_and_100_and_a_better_figure_never_scores_less(figures):
    values = one_column(WAIT, *figures).values[:, 0]
    assert ((values >= 0) & (values <= 100)).all()
    order = np.argsort(figures)
    assert (np.diff(values[order]) <= 1e-9).all()


def test_a_local_scale_on_which_all_are_the_same_is_worth_the_same_for_each():
    visits = Criterion("visits", "Visits", "desirability", scale="local")
    assert (one_column(visits, 7, 7, 7).values == 100).all()


def test_what_nobody_knows_stays_unknown():
    found = scores({"in_house": (0, 40, None, 100), "mutual": (100, 100, 0, 0)})
    assert np.isnan(found.values[0, 2])
    assert found.unknown() == (("In-house", "Control"),)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"title": "Net cost over ten years"}, "'Net cost over ten years' reads like money"),
        ({"title": "Affordability"}, "Make it a cost line"),
        ({"title": "Local trade", "unit": "£ a year"}, "'Local trade' reads like money"),
        ({"title": "Meets the statutory duty"}, "is a duty in law, and no score makes up for"),
        ({"title": "Lawfulness"}, "Make it a gate, which each option passes or does not"),
        ({"title": " "}, "has no title. Name what options are judged by"),
        ({"worst": 5, "best": 5}, "goes from 5 to 5, which tells no options apart"),
        ({"worst": None}, "has a global scale without both its ends"),
        ({"best": float("inf")}, "has a global scale without both its ends"),
        (
            {"worst": 60, "best": 10, "direction": "more is better"},
            "goes from 60 at worst to 10 at best, and says that more is better. Swap its ends",
        ),
        ({"scale": "local", "value": ((0, 0), (1, 100))}, "value function on a local scale"),
        ({"value": ((0, 0), (50, 100))}, "does not go from 0, worth 0, to 100, worth 100"),
        ({"value": ((0, 0), (60, 80), (40, 90), (100, 100))}, "turns back"),
        ({"value": ((0, 0), (40, 80), (60, 70), (100, 100))}, "each worth no less than the one"),
    ],
)
def test_what_is_no_criterion_is_refused(asked, said):
    with pytest.raises(CannotWeigh) as refusal:
        Criterion(**{"key": "one", "title": "One", "group": "viability", **asked})
    assert said in str(refusal.value)


def test_a_title_that_only_reads_like_money_stands_once_it_is_said_why():
    kept = Criterion(
        "choice",
        "Take-up of personal budgets",
        "desirability",
        not_costed="It counts people, and their money is the same either way.",
    )
    assert kept.title == "Take-up of personal budgets"


def test_what_is_costed_already_is_refused_as_a_criterion():
    with pytest.raises(CannotWeigh, match="'Control' is costed already, as 'Control'"):
        refuse_costed(CRITERIA, {"line_one": "Control", "premises": "Premises"})
    with pytest.raises(CannotWeigh, match="'Quality' is costed already, as 'Inspections'"):
        refuse_costed(CRITERIA, {"quality": "Inspections"})
    refuse_costed(CRITERIA, {"premises": "Premises"})


def test_a_score_outside_0_to_100_is_refused_with_its_scale():
    with pytest.raises(CannotWeigh) as refusal:
        one_column(WAIT, 70, 35, 5)
    assert "Option 0 has 70 days for 'Days waited', which lies outside" in refusal.value.findings[0]
    assert "60 to 10 days. Widen the scale, and ask for its weight again." in str(refusal.value)
    assert len(refusal.value.findings) == 2


@pytest.mark.parametrize(
    ("options", "figures", "said"),
    [
        ({"a": "A"}, {}, "1 options on 4 criteria leave nothing to weigh"),
        (OPTIONS, {"charity": {}}, "There is no option 'charity' to score"),
        (OPTIONS, {"mutual": {"beauty": 1}}, "There is no criterion 'beauty' for Mutual"),
    ],
)
def test_scores_of_what_is_not_there_are_refused(options, figures, said):
    with pytest.raises(CannotWeigh, match=said):
        scored(CRITERIA, options, figures)


def test_figures_that_make_no_scale_are_refused():
    visits = Criterion("visits", "Visits", "desirability", scale="local")
    with pytest.raises(CannotWeigh, match="No option has a figure for 'Visits'"):
        one_column(visits, None, None)
    with pytest.raises(CannotWeigh, match="A figure for 'Visits' is without end"):
        one_column(visits, float("inf"), 1)
    with pytest.raises(CannotWeigh, match="Two criteria share one key"):
        scored([visits, visits], {"a": "A", "b": "B"}, {"a": {"visits": 1}})


def test_a_criterion_on_which_all_score_the_same_is_named():
    found = scores({"in_house": (60, 40, 1, 2), "latc": (60, 50, 2, 1), "mutual": (60, 9, 5, 7)})
    (note,) = notes_on(found)
    assert note.startswith("Every option scores the same on community benefit (60), so it decides")


def test_two_criteria_with_the_same_scores_are_named_as_counting_twice():
    found = scores({"in_house": (60, 60, 1, 2), "latc": (10, 10, 2, 1), "mutual": (30, 30, 5, 7)})
    (note,) = notes_on(found)
    assert "on community benefit and quality as on the other: one thing may be counted" in note


def test_a_dropped_option_moves_a_local_scale_and_not_a_global_one():
    visits = Criterion("visits", "Visits", "desirability", scale="local")
    found = one_column(visits, 100, 200, 300)
    assert found.without("o2").values[:, 0] == pytest.approx([0, 100])
    assert found.without("o2").ranges()["visits"].best == 200
    kept = one_column(WAIT, 60, 35, 10).without("o2")
    assert kept.values[:, 0] == pytest.approx([0, 50])
    assert list(kept.options) == ["o0", "o1"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.1 + 0.2, "0.3"), (1250, "1,250"), (-0.0, "0"), (1e6, "1,000,000"), (12.5, "12.5")],
)
def test_a_figure_reads_without_a_floats_noise(number, words):
    assert shown(number) == words
