"""What moves an option, what would turn the choice, and what finding it out is worth."""

from decimal import Decimal
from math import erf, exp, pi, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.appraisal.engine.cost_lines import PER_YEAR, Driver
from moothall.appraisal.engine.futures import futures
from moothall.appraisal.engine.worth_knowing import worth_knowing
from moothall.appraisal.tests.costings import costing, line

NORMAL = {"kind": "normal", "mean": 1, "sd": "0.2"}
EVEN = {"kind": "uniform", "low": 0, "high": 2}


def known(*lines, draws=10_000, years=1, measure="society", **more):
    return worth_knowing(
        futures(costing(*lines, years=years, **more), seed=11, draws=draws), measure
    )


def test_a_normal_difference_is_worth_knowing_by_its_closed_form():
    """100 with a deviation of 20 beside 110 for certain: 20 x density(0.5) - 10 x tail(0.5)."""
    found = known(line(amount=100, distribution=NORMAL), line("flat", "b", amount=110))
    density, tail = exp(-0.125) / sqrt(2 * pi), (1 - erf(0.5 / sqrt(2))) / 2
    (only,) = found.unknowns
    assert only.worth == pytest.approx(20 * density - 10 * tail, abs=0.3)
    assert only.turns == pytest.approx(tail, abs=0.01)
    assert found.chosen == "a"
    assert found.everything == pytest.approx(only.worth)


def test_the_sentence_says_pounds_and_chance():
    found = known(line(amount=100_000, distribution=EVEN), line("flat", "b", amount=100_000))
    said = found.unknowns[0].in_words()
    assert said.startswith("Finding out fee (A) before choosing is worth up to £2")
    assert said.endswith("of futures it would change the choice.")


def test_what_never_turns_the_choice_is_worth_nothing():
    found = known(line(amount=100, distribution=EVEN), line("flat", "b", amount=1000))
    (only,) = found.unknowns
    assert (only.worth, only.turns, found.everything) == (0, 0, 0)
    assert only.in_words() == "Finding out fee (A) would not change the choice."


def test_what_moves_options_alike_is_worth_nothing_though_it_moves_both():
    fuel = {"fuel": Driver("fuel", title="Price of fuel", distribution=EVEN)}
    found = known(
        line(amount=100, drivers=("fuel",)),
        line("other", "b", amount=90, drivers=("fuel",)),
        drivers=fuel,
    )
    assert found.unknowns[0].worth == 0
    assert found.tornado["a"][0].swing > 100


def test_at_most_the_top_five_are_named_those_worth_most_first():
    lines = [line(f"n{n}", "a", amount=10 * n, distribution=EVEN) for n in range(1, 8)]
    found = known(*lines, line("flat", "b", amount=280))
    worths = [one.worth for one in found.unknowns]
    assert len(worths) == 5
    assert worths == sorted(worths, reverse=True)
    assert found.unknowns[0].title == "N7 (A)"


def test_the_widest_bar_comes_first_and_each_is_its_line_alone():
    """0 to 2 evenly: P10 and P90 are 0.2 and 1.8 times, about a mean of 1."""
    found = known(
        line("small", amount=10, distribution=EVEN), line("large", amount=100, distribution=EVEN)
    )
    large, small = found.tornado["a"]
    assert (large.title, small.title) == ("Large (A)", "Small (A)")
    assert large.low == pytest.approx(-110 - 80, abs=3)
    assert large.high == pytest.approx(-110 + 80, abs=3)
    assert small.swing == pytest.approx(16, abs=0.5)
    assert large.in_words().startswith("large (A), from \u2212£1")


def test_a_driver_and_a_lines_own_unknown_are_each_judged_with_the_other_at_its_mean():
    staff = {"staff": Driver("staff", title="Staff", distribution=EVEN)}
    found = known(
        line(amount=100, drivers=("staff",), distribution=NORMAL),
        line("flat", "b", amount=100),
        drivers=staff,
    )
    worths = {one.unknown: one for one in found.unknowns}
    # 0 to 2 evenly about 100: a quarter of the width of 200 above, half of the time.
    assert worths["staff"].worth == pytest.approx(25, abs=1)
    assert worths["a.fee"].worth == pytest.approx(20 / sqrt(2 * pi), abs=0.6)
    assert all(one.exact for one in found.unknowns)


def test_a_curve_is_fitted_where_unknowns_move_together():
    pairs = (("a.fee", "a.more", Decimal("0.9")),)
    found = known(
        line(amount=100, distribution=EVEN),
        line("more", amount=100, distribution=EVEN),
        line("flat", "b", amount=200),
        correlations=pairs,
    )
    fee, more = found.unknowns
    assert not fee.exact
    assert not more.exact
    assert "judged by a curve" in found.notes[0]
    # Each says nearly all about both: far more than a quarter of its own width.
    assert 40 < fee.worth <= found.everything


def test_years_drawn_afresh_are_found_out_all_together():
    found = known(
        line(amount=100, distribution=EVEN, per=PER_YEAR),
        line("flat", "b", amount=100),
        years=4,
    )
    (only,) = found.unknowns
    assert only.worth == pytest.approx(found.everything)
    assert only.exact


def test_many_futures_are_judged_by_the_first_of_them():
    lines = [line(amount=100, distribution=EVEN), line("flat", "b", amount=100)]
    found = known(*lines, draws=12_000)
    assert found.notes[0] == "Unknowns are judged by 10,000 futures of the same seed."
    assert found.unknowns == known(*lines).unknowns


def test_the_council_may_wish_to_know_what_society_need_not():
    found = [
        known(
            line("tax", kind="vat", amount=100, paid_to="hmrc", distribution=EVEN),
            line("flat", "b", kind="vat", amount=100, paid_to="hmrc"),
            measure=measure,
        )
        for measure in ("society", "council", "public_sector")
    ]
    worths = [sum(one.worth for one in of.unknowns) for of in found]
    assert worths[1] == pytest.approx(25, abs=1)
    assert worths[0] == worths[2] == 0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(50, 150), min_size=2, max_size=4), st.booleans())
def test_knowing_is_never_worth_less_than_nothing_nor_more_than_knowing_everything(amounts, yearly):
    lines = [
        line("fee", f"o{n}", amount=amount, distribution=EVEN, per=PER_YEAR if yearly else "line")
        for n, amount in enumerate(amounts)
    ]
    found = known(*lines, draws=500, years=2)
    assert all(0 <= one.worth <= found.everything for one in found.unknowns)
    assert all(bar.low <= bar.high for bars in found.tornado.values() for bar in bars)
