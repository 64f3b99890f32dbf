"""Draws: random and quasi-random, correlated or not, the same however they are evaluated."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.distributions import KINDS, drawn, quantile
from moothall.deals.quasi_random import halton
from moothall.deals.reading import deal_and_findings, deal_from_toml
from moothall.deals.simulation import blocks, simulation

OF_EVERY_KIND = [
    {"kind": "fixed", "value": 3},
    {"kind": "uniform", "low": -1, "high": 2},
    {"kind": "triangular", "low": 4000, "mode": 5000, "high": 7000},
    {"kind": "triangular", "low": 1, "mode": 1, "high": 2},
    {"kind": "pert", "low": 20, "mode": 60, "high": 90},
    {"kind": "normal", "mean": 10, "sd": 3},
    {"kind": "lognormal", "mean": 10, "sd": 30},
    {"kind": "beta", "a": "0.1", "b": "0.2"},
    {"kind": "beta", "a": 30000, "b": 10000, "low": 2, "high": 4},
    {"kind": "beta-binomial", "n": 60, "a": 4, "b": 3},
    {"kind": "poisson", "mean": "0.5"},
    {"kind": "poisson", "mean": 12000},
    {"kind": "empirical", "values": [5, 1, 9], "weights": [1, 2, 1]},
]


def test_every_kind_of_distribution_is_looked_at():
    assert {given["kind"] for given in OF_EVERY_KIND} == set(KINDS)


@pytest.mark.parametrize("given", OF_EVERY_KIND, ids=str)
def test_quantiles_are_those_of_the_draws(given):
    """At the u-quantile of the draws, u of the draws lie below and the quantile function agrees."""
    values = drawn(given, np.random.default_rng(1), (200_000,))
    for share in (0.01, 0.1, 0.5, 0.9, 0.99):
        at = quantile(given, np.array([share]))[0]
        below, up_to = (values < at - 1e-9).mean(), (values <= at + 1e-9).mean()
        assert below - 0.005 <= share <= up_to + 0.005


@given(st.sampled_from(OF_EVERY_KIND), st.lists(st.floats(1e-9, 1 - 1e-9), min_size=2))
@settings(max_examples=30, deadline=None)
def test_a_larger_share_has_no_smaller_quantile(given, shares):
    assert (np.diff(quantile(given, np.sort(shares))) >= 0).all()


def test_the_normal_quantile_is_the_published_one():
    """1.959964 and 3.090232: two-sided 5% and one-sided 0.1%."""
    found = quantile({"kind": "normal", "mean": 0, "sd": 1}, np.array([0.975, 0.999, 0.5]))
    assert found == pytest.approx([1.959964, 3.090232, 0], abs=2e-6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ('{ kind = "pert", low = 1, mode = 2, high = 3, weight = -9 }', "Its weight is -9"),
        ('{ kind = "beta", a = 1, b = 1, low = 3, high = 2 }', "Its low is not below its high"),
        ('{ kind = "beta-binomial", n = "2.5", a = 1, b = 1 }', "must be a whole number"),
    ],
)
def test_numbers_that_make_no_distribution_are_findings(given, words):
    _, findings = deal_and_findings(THREE.replace(HOURS, f"distribution = {given}"))
    assert [finding.place for finding in findings] == ["facts.hours.distribution"]
    assert words in findings[0].sentence


HOURS = 'distribution = { kind = "triangular", low = 40, mode = 50, high = 70, per = "deal" }'
THREE = f"""
[deal]
name = "Three facts"
starts_on = 2026-04-01
ends_before = 2030-04-01
every = "year"

[parties.council]
name = "Council"
kind = "public body"
reference = "in-house"

[parties.charity]
name = "Charity"
kind = "charity"

[facts.hours]
title = "Hours"
unit = "hours"
{HOURS}

[facts.wage]
title = "Wage"
distribution = {{ kind = "lognormal", mean = 12, sd = 4 }}
borne_by = "charity"

[facts.miles]
title = "Miles"
distribution = {{ kind = "normal", mean = 90, sd = 9 }}
borne_by = "charity"

[terms.hours]
kind = "unit_price"
payer = "council"
payee = "charity"
volume = "hours"
bands = [{{ price_gbp = "2.50" }}]
"""


def correlated(*pairs):
    rows = [f'[[correlations]]\nfacts = ["{a}", "{b}"]\nrank = "{rank}"\n' for a, b, rank in pairs]
    return THREE + "".join(rows)


def ranks(values):
    return np.argsort(np.argsort(values))


def rank_correlation(one, other):
    return np.corrcoef(ranks(one), ranks(other))[0, 1]


@pytest.mark.parametrize("is_quasi_random", [False, True])
def test_facts_have_the_rank_correlations_stated_and_keep_their_distributions(is_quasi_random):
    pairs = [("hours", "wage", "0.7"), ("wage", "miles", "-0.5")]
    (found, _), *_ = blocks(deal_from_toml(correlated(*pairs)), 1, 8192, is_quasi_random)
    for year in range(4):
        wage, miles, hours = (found[key][year] for key in ("wage", "miles", "hours"))
        assert rank_correlation(hours, wage) == pytest.approx(0.7, abs=0.03)
        assert rank_correlation(wage, miles) == pytest.approx(-0.5, abs=0.03)
        assert rank_correlation(hours, miles) == pytest.approx(0, abs=0.03)
    (alone, _), *_ = blocks(deal_from_toml(THREE), 1, 8192, is_quasi_random)
    for key in ("wage", "miles"):
        assert np.sort(found[key][0]) == pytest.approx(np.sort(alone[key][0]))
    # What is drawn once is the same in every period, and ties the wages of two years together.
    assert (found["hours"] == found["hours"][0]).all()
    assert rank_correlation(found["wage"][0], found["wage"][3]) == pytest.approx(0.49, abs=0.04)


def test_correlation_widens_a_sum_by_its_closed_form():
    """Two normals of 9 at rank 1: their sum is of 18; uncorrelated, of 12.73."""
    wage = THREE.replace(
        'kind = "lognormal", mean = 12, sd = 4', 'kind = "normal", mean = 1, sd = 9'
    )
    pair = '[[correlations]]\nfacts = ["wage", "miles"]\nrank = "1"\n'
    for text, spread in ((wage, 162**0.5), (wage + pair, 18)):
        (found, _), *_ = blocks(deal_from_toml(text), 1, 8192)
        assert (found["wage"] + found["miles"])[0].std() == pytest.approx(spread, rel=0.03)


def test_facts_that_cannot_move_so_are_refused_with_the_pair_and_its_range():
    """Beside 0.9 and 0.9 a third may be from 0.64; what is proposed can be, and less cannot."""
    two = [("hours", "wage", "0.9"), ("wage", "miles", "0.9")]
    _, findings = deal_and_findings(correlated(*two, ("hours", "miles", "-0.2")))
    (finding,) = findings
    assert finding.place == "correlations.3"
    assert "Hours and miles cannot have the rank correlation -0.2 beside" in finding.sentence
    assert finding.mend == "Give it a rank from 0.64 to 1, or name the pairs left out."
    assert not deal_and_findings(correlated(*two, ("hours", "miles", "0.64")))[1]
    assert deal_and_findings(correlated(*two, ("hours", "miles", "0.6")))[1]


def test_two_strong_correlations_say_that_the_third_is_taken_as_nothing():
    (finding,) = deal_and_findings(correlated(("hours", "wage", 1), ("wage", "miles", "0.9")))[1]
    assert finding.place == "correlations.2"
    assert "A pair that is not named counts as 0." in finding.sentence


def test_a_pair_is_named_once_and_both_are_drawn():
    pair = ("hours", "wage", "0.1")
    (finding,) = deal_and_findings(correlated(pair, ("wage", "hours", "0.2")))[1]
    assert (finding.place, finding.mend) == ("correlations.2", "Leave correlations.1 only.")
    text = correlated(pair).replace(HOURS, "value = 50")
    (finding,) = deal_and_findings(text)[1]
    assert finding.sentence == "Hours is not drawn, so it moves with nothing."


@pytest.mark.parametrize("is_quasi_random", [False, True])
def test_futures_are_the_same_however_many_are_evaluated_side_by_side(is_quasi_random):
    deal = deal_from_toml(correlated(("hours", "wage", "0.7")))
    one, other = (
        simulation(
            deal, seed=4, draws=9000, is_quasi_random=is_quasi_random, side_by_side=side_by_side
        )
        for side_by_side in (8192, 777)
    )
    for key in deal.parties:
        assert (one.futures.cash[key] == other.futures.cash[key]).all()
        assert one.parties[key].p50 == pytest.approx(other.parties[key].p50, rel=1e-12)


@given(st.integers(0, 2**32), st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_quasi_random_points_are_even_in_each_dimension(seed, start):
    """Of 2 x 3 x 5 points in turn from a multiple of it, each part of every base has its share."""
    points = halton(np.random.default_rng(seed), 3).points(30 * start, 30)
    assert ((points > 0) & (points < 1)).all()
    for base, shares in zip((2, 3, 5), points, strict=True):
        assert np.bincount((shares * base).astype(int)).tolist() == [30 // base] * base


def test_quasi_random_futures_agree_with_random_ones_and_come_nearer_to_the_mean():
    """By hand: 4 discounted years x (160/3 hours at 2.50 - 12 - 90)."""
    deal = deal_from_toml(THREE)
    by_hand = sum(1.035**-n for n in range(4)) * (Decimal("2.5") * 160 / 3 - 102).__float__()

    def furthest(is_quasi_random):
        found = [
            simulation(deal, seed=seed, draws=1000, is_quasi_random=is_quasi_random)
            for seed in range(5)
        ]
        return max(abs(one.parties["charity"].mean - by_hand) for one in found)

    assert furthest(True) < furthest(False) / 3
    assert furthest(True) < 0.5


def test_results_say_what_is_drawn_once_and_what_afresh():
    said = simulation(deal_from_toml(THREE), seed=1, draws=100).notes
    assert said[0] == "Drawn once for the whole deal: Hours."
    assert said[1].startswith("Drawn afresh each period: Wage, Miles. Good and bad periods")


def test_facts_that_no_change_of_one_pair_mends_are_refused():
    """Three that each go against the other two, twice over."""
    four = ["hours", "wage", "miles", "fuel"]
    text = THREE.replace("[terms.hours]", f'[facts.fuel]\ntitle = "Fuel"\n{HOURS}\n\n[terms.hours]')
    text = text.replace('title = "Fuel"', 'title = "Fuel"\nborne_by = "charity"')
    pairs = [(a, b, "-0.9") for n, a in enumerate(four) for b in four[n + 1 :]]
    text += correlated(*pairs).removeprefix(THREE)
    (finding,) = deal_and_findings(text)[1]
    assert finding.mend == "No value of one pair alone mends it. Bring several nearer to 0."
