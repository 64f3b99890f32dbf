"""A weighing's marks stand where its numbers say, and its sentence says what they show."""

from decimal import Decimal

import pytest

from moothall.appraisal.engine.frontier import frontier
from moothall.appraisal.engine.sensitivity import sweep
from moothall.appraisal.engine.weights import swing_weights
from moothall.appraisal.tests.libraries import OPTIONS, scores, weighting
from moothall.site.weighing_charts import frontier_chart, sweep_chart
from moothall.values.money import Money

WEIGHTS = swing_weights(weighting(), scores())
SWEPT = sweep(scores(), WEIGHTS, "benefit")
COSTS = dict(zip(OPTIONS, map(Money, (1000, 880, 930, 960)), strict=True))
TOTALS = {"in_house": 47.1, "outsource": 40.7, "latc": 55.0, "mutual": 64.3}


def part(place):
    """A place across, 0 to 1, between the margins that are kept free."""
    return (float(place.rstrip("%")) / 100 - 0.07) / 0.86


def test_who_is_first_along_the_way_is_said_with_the_weight_where_it_turns():
    assert sweep_chart(SWEPT, OPTIONS).said == (
        "In-house is first up to 22.4%, and Mutual beyond. It counts for 35.7% now, the upright "
        "line."
    )
    always = sweep(scores({"a": (9, 9, 9, 9), "b": (1, 1, 1, 1)}), WEIGHTS, "benefit")
    assert sweep_chart(always, {"a": "A", "b": "B"}).said.startswith("A is always first.")


def test_whoever_is_ever_first_has_a_line_of_its_own_and_the_rest_share_one():
    chart = sweep_chart(SWEPT, OPTIONS)
    assert [(series.label, series.style) for series in chart.series] == [
        ("In-house", 1),
        ("Mutual", 2),
        ("Outsource and LATC", 4),
    ]
    assert [len(series.pieces) for series in chart.series] == [1, 1, 2]


def test_the_turning_point_and_the_weight_now_stand_at_their_weights():
    chart = sweep_chart(SWEPT, OPTIONS)
    (turn,) = chart.series[1].dots
    assert part(turn.x) == pytest.approx(0.224138, abs=1e-3)
    assert (turn.label, turn.shown) == ("Mutual overtakes", "22.4%")
    assert part(chart.marks[0].x) == pytest.approx(100 / 280, abs=1e-3)
    # The dot stands on both lines that meet there.
    for series in (chart.series[0], chart.series[1]):
        (line,) = series.pieces
        assert turn.y == pytest.approx(line.y1 + 0.224138 * (line.y2 - line.y1), abs=0.2)


def test_the_table_behind_a_sweep_gives_totals_at_both_ends_and_now():
    rows = {
        row[0]: [str(total) for total in row[1:]] for row in sweep_chart(SWEPT, OPTIONS).table.rows
    }
    assert rows["Mutual"] == ["44.4", "64.3", "100.0"]
    assert rows["In-house"] == ["73.3", "47.1", "0.0"]


def test_options_stand_at_their_cost_and_benefit_and_the_best_are_joined():
    chart = frontier_chart(frontier(TOTALS, COSTS), OPTIONS)
    best, rest = chart.series
    assert [(dot.letter, dot.label) for dot in best.dots] == [
        ("A", "Outsource"),
        ("B", "LATC"),
        ("C", "Mutual"),
    ]
    assert [(dot.letter, dot.label) for dot in rest.dots] == [("D", "In-house")]
    assert len(best.pieces) == 2
    across = [part(dot.x) for dot in (*best.dots, *rest.dots)]
    assert across == sorted(across)
    down = [dot.y for dot in best.dots]
    assert down == sorted(down, reverse=True)
    assert chart.said == (
        "No option is both cheaper and better than Outsource, LATC and Mutual. Costs are drawn "
        "from £850."
    )
    assert chart.table.rows[3] == ("D In-house", Money(1000), Decimal("47.1"), "LATC and Mutual")


def test_without_costs_nothing_is_drawn_and_it_is_said():
    chart = frontier_chart(frontier(TOTALS, {}), OPTIONS)
    assert chart.said == "No option has a cost yet."
    assert chart.ticks == ()
    assert not chart.table.rows
