"""Futures of options: what is drawn, how it spreads, and that only what changed is drawn again."""

from decimal import Decimal

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.appraisal.engine import unknowns
from moothall.appraisal.engine.cost_lines import PER_LINE, PER_YEAR, Driver
from moothall.appraisal.engine.economic_case import economic_case
from moothall.appraisal.engine.futures import CannotDraw, best_shares, futures
from moothall.appraisal.engine.triangular import Triangular
from moothall.appraisal.engine.unknowns import Drawing, Kept, Unknown, unknowns_of
from moothall.appraisal.engine.views import council_view, public_sector_view
from moothall.appraisal.engine.worth_knowing import choice_in_words, choice_of_drawing
from moothall.appraisal.tests.costings import costing, four_options, line
from moothall.deals import quantiles

WIDE = {"kind": "triangular", "low": "0.9", "mode": 1, "high": "1.3"}
EVEN = {"kind": "uniform", "low": 0, "high": 2}


def tri(low, mode, high):
    return {"kind": "triangular", "low": low, "mode": mode, "high": high}


def drawn(*lines, draws=4000, years=5, **more):
    made = costing(*lines, years=years, **more)
    return futures(made, seed=7, draws=draws)


def test_a_sum_of_triangular_lines_has_the_moments_worked_out_by_hand():
    """(80, 100, 150), (20, 30, 60) and (-10, 0, 20): mean 150.0, deviation 18.1046, P80 165.8."""
    lines = [
        line(f"n{place}", kind="social_benefit", amount=(Decimal(1),), distribution=tri(*given))
        for place, given in enumerate([(80, 100, 150), (20, 30, 60), (-10, 0, 20)])
    ]
    (found,) = drawn(*lines, draws=200_000, years=1).spreads()
    assert found.mean == pytest.approx(150.0, abs=0.15)
    assert found.deviation == pytest.approx(18.1046, abs=0.1)
    assert found.percentiles["p80"] == pytest.approx(165.8, abs=0.2)
    assert unknowns.moments(unknowns.content_of(tri(100, 120, 180))) == pytest.approx(
        (133.333, 16.9967), abs=0.002
    )
    ends = quantiles.triangular(np.array([0.5, 0.8]), {"low": 100, "mode": 120, "high": 180})
    assert ends == pytest.approx([131.0102, 149.0161], abs=0.00005)


def test_futures_without_anything_uncertain_are_the_cases_themselves():
    whole = four_options()
    found = futures(whole, seed=1, draws=3)
    case = economic_case(whole)
    for place, option in enumerate(whole.options):
        of = {measure: values[place] for measure, values in found.values.items()}
        assert of["society"] == pytest.approx([float(case.options[option].net)] * 3)
        assert of["council"] == pytest.approx([float(council_view(whole, option).net)] * 3)
        assert of["public_sector"] == pytest.approx(
            [float(public_sector_view(whole, option).net)] * 3
        )
    assert found.notes == ()
    assert choice_in_words((), {}) == "Nothing is uncertain, so every future is the same."


@pytest.mark.parametrize("per", [PER_LINE, PER_YEAR])
def test_the_fast_way_agrees_with_each_future_worked_out_alone(per):
    """A driver and a line's own factor, year by year, in plain Python on the same draws."""
    staff = Driver("staff", title="Staff", value=(Decimal(2), Decimal(3)), distribution=EVEN)
    made = costing(
        line(amount=100, drivers=("staff",), distribution=WIDE, per=per),
        line("flat", amount=7),
        years=3,
        drivers={"staff": staff},
    )
    found = futures(made, seed=3, draws=20, measures=("society",))
    own, shared = (found.drawing.of(one) for one in reversed(found.unknowns.values()))
    for draw in range(20):
        total = 0.0
        for year, factor in enumerate(made.frame.factors):
            of_own = own[year if per == PER_YEAR else 0, draw]
            value = 100 * (2, 3, 3)[year] * of_own * shared[0, draw] + 7
            total -= value * float(factor)
        assert found.values["society"][0, draw] == pytest.approx(total)


def test_single_precision_roots_are_the_triangular_quantiles_of_the_same_shares():
    shape = Triangular.of({"low": 0.9, "mode": 1.0, "high": 1.3})
    roots = np.empty((8, 1000), dtype=np.float32)
    shape.fill(roots, np.random.default_rng(1))
    shares = np.random.default_rng(1).random((4, 1000), dtype=np.float32)
    expected = quantiles.triangular(
        shares.astype(np.float64), {"low": 0.9, "mode": 1.0, "high": 1.3}
    )
    assert shape.values(roots) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("given_kind", [WIDE, EVEN, {"kind": "normal", "mean": 1, "sd": "0.1"}])
@pytest.mark.parametrize("per", [PER_LINE, PER_YEAR])
def test_summed_where_it_is_drawn_or_drawn_first_is_the_same(given_kind, per):
    unknown = Unknown("a.fee", "Fee", unknowns.content_of(given_kind), per == PER_YEAR, "a")
    drawing = Drawing({"a.fee": unknown}, 3, 5, 5000, (), Kept())
    weights = np.array([[1.0, 10.0, 100.0], [5.0, 0.0, -5.0]])
    rows = np.broadcast_to(drawing.of(unknown), (3, 5000))
    assert drawing.weighed(unknown, weights) == pytest.approx(weights @ rows, rel=1e-5, abs=1e-4)


def test_the_same_seed_gives_the_same_futures_and_another_gives_others():
    made = costing(line(distribution=WIDE), line("other", option="b", distribution=WIDE))
    one, again, other = (futures(made, seed=seed, draws=50) for seed in (1, 1, 2))
    assert np.array_equal(one.values["society"], again.values["society"])
    assert not np.array_equal(one.values["society"], other.values["society"])


def test_one_changed_cost_draws_that_line_alone_and_gives_what_drawing_all_anew_gives():
    made = costing(*[line(f"n{n}", option, distribution=WIDE) for option in "ab" for n in range(5)])
    kept = Kept()
    before = futures(made, seed=1, draws=100, kept=kept)
    assert kept.drawn == 10
    changed = evolve(made, lines=(evolve(made.lines[0], amount_gbp=Decimal(500)), *made.lines[1:]))
    after = futures(changed, seed=1, draws=100, kept=kept)
    assert kept.drawn == 11
    anew = futures(changed, seed=1, draws=100)
    assert np.array_equal(after.values["society"], anew.values["society"])
    assert np.array_equal(after.values["society"][1], before.values["society"][1])
    futures(changed, seed=2, draws=100, kept=kept)
    assert kept.drawn == 21


def test_what_is_kept_stays_within_its_bound():
    small = Kept(most_bytes=100_000)
    made = costing(*[line(f"n{n}", distribution=WIDE) for n in range(50)])
    futures(made, seed=1, draws=1000, measures=("society",), kept=small)
    assert 0 < small.bytes <= 100_000
    tiny = Kept(most_bytes=1000)
    futures(made, seed=1, draws=1000, kept=tiny)
    assert tiny.bytes == 0


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=5))
def test_chances_of_being_best_add_up_and_ties_are_shared(values):
    shares = best_shares(np.array(values, dtype=np.float64))
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()


def test_two_options_alike_are_each_best_half_the_time():
    found = drawn(line(), line("other", option="b")).spreads()
    assert [one.best for one in found] == [0.5, 0.5]
    assert [one.below_nought for one in found] == [1, 1]


def test_a_cheaper_option_is_best_in_every_future_where_both_follow_the_same_unknown():
    """Fuel moves both alike, so it never turns the choice; drawn for each alone, it would."""
    fuel = {"fuel": Driver("fuel", title="Fuel", distribution=EVEN)}
    same = drawn(
        line(amount=100, drivers=("fuel",)),
        line("other", option="b", amount=90, drivers=("fuel",)),
        drivers=fuel,
    ).spreads()
    assert [one.best for one in same] == [0, 1]
    apart = drawn(
        line(amount=100, distribution=EVEN), line("other", option="b", amount=90, distribution=EVEN)
    ).spreads()
    assert 0.3 < apart[0].best < 0.5


def test_drawn_once_spreads_wider_by_the_root_of_the_years():
    """Sixteen even years, not discounted by much: about four times, said and measured alike."""
    once, yearly = (
        drawn(line(distribution=EVEN, per=per), years=16, draws=20_000)
        for per in (PER_LINE, PER_YEAR)
    )
    (wide,), (narrow,) = once.spreads(), yearly.spreads()
    (said,) = choice_of_drawing(yearly)
    assert said.yearly == 1
    assert 3.9 < said.once < 4
    assert wide.deviation / narrow.deviation == pytest.approx(said.once, rel=0.03)
    (other,) = choice_of_drawing(once)
    assert other.yearly == pytest.approx(1 / said.once)


def test_the_choice_of_drawing_is_said_with_what_it_does_to_the_spread():
    found = drawn(line(distribution=EVEN, per=PER_YEAR), line("other", distribution=EVEN), years=4)
    assert found.notes == (
        "Drawn once for all years (per line): 1 unknowns; afresh each year (per line and year): 1.",
    )
    assert choice_in_words(choice_of_drawing(found), found.unknowns) == (
        "1 unknown is drawn once for all years and 1 afresh each year, when good and bad years "
        "cancel out: that understates the spread of what hangs together from year to year. Were "
        "all drawn once, the spread would be 1.3 times as wide. Were all drawn afresh each year, "
        "it would be 0.6 times as wide."
    )


def test_unknowns_that_move_together_do_so_by_their_ranks_and_keep_their_values():
    lines = [
        line("a", distribution=EVEN),
        line("b", distribution=WIDE, per=PER_YEAR),
        line("c", distribution=WIDE),
    ]
    pairs = (("a.a", "a.b", Decimal("0.8")), ("a.a", "a.c", Decimal("-0.5")))
    lines = [evolve(one, option="a") for one in lines]
    found = drawn(*lines, draws=5000, correlations=pairs)
    assert not list(unknowns.findings(found.costing))
    rows = {key: found.drawing.of(one) for key, one in found.unknowns.items()}
    ranks = {key: of.argsort(axis=1).argsort(axis=1) for key, of in rows.items()}
    for year in range(5):
        assert np.corrcoef(ranks["a.a"][0], ranks["a.b"][year])[0, 1] == pytest.approx(
            0.8, abs=0.03
        )
    assert np.corrcoef(ranks["a.a"][0], ranks["a.c"][0])[0, 1] == pytest.approx(-0.5, abs=0.04)
    alone = drawn(*lines, draws=5000)
    plain = {key: alone.drawing.of(one) for key, one in alone.unknowns.items()}
    for key, of in rows.items():
        assert np.array_equal(np.sort(of, axis=1), np.sort(plain[key], axis=1))


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (
            (("a.a", "a.z", Decimal("0.5")),),
            "a.a and a.z at 0.5 is no correlation of two unknowns.",
        ),
        (
            (("a.a", "a.a", Decimal("0.5")),),
            "a.a and a.a at 0.5 is no correlation of two unknowns.",
        ),
        (
            (("a.a", "a.b", Decimal(1)), ("a.b", "a.c", Decimal(1)), ("a.a", "a.c", Decimal(-1))),
            "A (A) and c (A) cannot have the rank correlation -1 beside the others: no facts move "
            "so. A pair that is not named counts as 0.",
        ),
    ],
)
def test_correlations_that_cannot_be_are_refused(pairs, said):
    lines = [line(key, "a", distribution=WIDE) for key in "abc"]
    (found,) = unknowns.findings(costing(*lines, correlations=pairs))
    assert found.sentence == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"draws": 0}, r"0 futures say nothing. Ask for at least one, or for 10,000"),
        ({"seed": -1}, r"A seed is a whole number from 0 on, not -1"),
    ],
)
def test_what_cannot_be_drawn_is_said(more, said):
    with pytest.raises(CannotDraw, match=said):
        futures(costing(line()), **{"seed": 1, "draws": 5, **more})


def test_without_options_there_is_nothing_to_draw():
    empty = evolve(costing(line()), options={}, lines=())
    with pytest.raises(CannotDraw, match=r"There is no option to draw futures of. Add one"):
        futures(empty, seed=1)


def test_spreads_that_lean_to_one_side_are_said_since_tables_hold_what_is_stated():
    """Times 1.2 on average: 100 as stated, 120 over futures."""
    leaning = {"kind": "uniform", "low": 1, "high": "1.4"}
    found = drawn(
        line(amount=100, distribution=leaning), line("even", "b", distribution=EVEN), years=1
    )
    assert found.notes[1:] == (
        "A is worth \u2212£120 on average over futures, and \u2212£100 as stated: its spreads are "
        "lopsided, or their middles are not 1 (society).",
    )


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-500, 500), st.booleans(), st.sampled_from([WIDE, EVEN, None])),
        min_size=1,
        max_size=4,
    )
)
def test_the_mean_over_futures_is_what_the_means_of_the_unknowns_make(given_lines):
    lines = [
        line(f"n{n}", amount=amount, distribution=of, per=PER_YEAR if yearly else PER_LINE)
        for n, (amount, yearly, of) in enumerate(given_lines)
    ]
    made = costing(*lines, years=3)
    (found,) = futures(made, seed=5, draws=4000).spreads()
    expected = sum(
        float(one.present_value)
        * (1 if one.line.distribution is None else unknowns.moments(own.distribution)[0])
        for one in economic_case(made).options["a"].lines
        for own in [unknowns_of(made).get(f"a.{one.line.key}")]
    )
    assert found.mean == pytest.approx(expected, abs=6 * found.deviation / 4000**0.5 + 1e-3)
