"""Charts stand where their numbers say, and say in words what they show."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.site import charts

MONTHS = [(date(2025, 4, 1), Decimal(10)), (date(2025, 5, 1), None), (date(2025, 6, 1), -5)]


def part(place: str) -> float:
    return float(place.rstrip("%"))


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=40))
def test_no_bar_leaves_its_track_and_equal_amounts_are_equally_long(amounts):
    chart = charts.bar_list([(str(i), a) for i, a in enumerate(amounts)], title="Any")
    for bar in chart.bars:
        assert 0 <= part(bar.x) <= 100.01
        assert part(bar.x) + part(bar.width) <= 100.02
    widths = {a: bar.width for a, bar in zip(amounts, chart.bars, strict=True)}
    assert all(widths[a] == bar.width for a, bar in zip(amounts, chart.bars, strict=True))


@given(st.lists(st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=2)), max_size=40))
def test_columns_stay_inside_the_picture(amounts):
    chart = charts.column_chart([(str(i), a) for i, a in enumerate(amounts)], title="Any")
    for column in chart.columns:
        assert column.y >= charts.TOP - 1
        assert column.y + column.height <= charts.HEIGHT - charts.FOOT + 1


def test_a_month_not_published_is_a_gap_and_not_a_zero():
    chart = charts.column_chart(MONTHS, title="By month")
    assert [column.is_unknown for column in chart.columns] == [False, True, False]
    assert chart.columns[1].shown == "not published"
    assert "Nothing is published for 1 of the 3." in chart.said
    assert chart.table.rows[1] == ("May 2025", "Not published")


def test_a_negative_column_hangs_from_the_base_line():
    chart = charts.column_chart(MONTHS, title="By month")
    assert chart.columns[2].is_negative
    assert chart.columns[2].y == chart.zero


def test_the_sentence_names_the_highest_and_the_lowest():
    said = charts.column_chart(MONTHS, title="By month").said
    assert said.startswith("Highest in April 2025 (£10), lowest in June 2025 (−£5).")


def test_a_gap_in_a_series_is_a_gap_in_its_line():
    rows = [(str(i), amount) for i, amount in enumerate([1, 2, None, 4, 5])]
    chart = charts.line_chart([("One", rows)], title="Line")
    assert len(chart.series[0].dots) == 4
    assert len(chart.series[0].pieces) == 2


def test_a_chart_of_nothing_says_so_and_draws_no_picture():
    chart = charts.column_chart([], title="By month")
    assert chart.said == "Nothing has been published for these."
    assert chart.columns == ()


def test_more_than_four_lines_are_refused():
    with pytest.raises(ValueError, match="More than four cannot be told apart"):
        charts.line_chart([(str(i), []) for i in range(5)], title="Many")


def test_levels_are_round_and_hold_zero():
    assert charts.steps(0, 91_000_000) == (0, 25e6, 50e6, 75e6, 100e6)
    assert 0 in charts.steps(-6.5, 91)
    assert charts.steps(0, 0) == (0.0, 1.0)


def test_shares_are_shares_of_the_whole_that_was_given():
    chart = charts.bar_list([("A", 25), ("B", 0)], title="Shares", whole=Decimal(100))
    assert [bar.share for bar in chart.bars] == ["25.0%", "0.0%"]


def test_labels_along_the_foot_are_few_and_begin_the_financial_year():
    days = [date(2022 + (3 + i) // 12, (3 + i) % 12 + 1, 1) for i in range(48)]
    ticks = charts.ticks_for(days)
    assert [tick.label for tick in ticks] == ["Apr 2022", "Apr 2023", "Apr 2024", "Apr 2025"]
    assert ticks[0].anchor == "middle"
