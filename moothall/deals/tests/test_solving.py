import re
from decimal import Decimal

import numpy as np
import pytest

from moothall.deals.deal import year_shares
from moothall.deals.reading import deal_from_toml
from moothall.deals.simulation import CannotSimulate, simulation
from moothall.deals.solving import (
    MEASURES,
    Beside,
    CannotSolve,
    Target,
    measured,
    said,
    solution,
)
from moothall.deals.spreads import by_year, drivers, simulation_as_json
from moothall.deals.tests.test_every_kind import EXAMPLES
from moothall.deals.varying import NoSuchNumber, differences, number_at, numbers_in, with_number
from moothall.values.periods import Period

DEAL = """
[deal]
name = "Care at home"
starts_on = 2026-01-01
ends_before = 2028-01-01
every = "half-year"

[parties.council]
name = "Ashby Council"
kind = "public body"
reference = "in-house"

[parties.charity]
name = "Ashby Care"
kind = "charity"

[facts.in_house]
title = "Cost in-house"
borne_by = "council"
without_deal = true
value = 100000

[facts.hours]
title = "Hours of care"
unit = "hours"
places = 0
distribution = { kind = "triangular", low = 4000, mode = 5000, high = 7000, per = "deal" }

[facts.cost]
title = "Cost of an hour, and all else"
borne_by = "charity"
distribution = { kind = "normal", mean = 90000, sd = 2000, per = "deal" }

[terms.hours]
kind = "unit_price"
payer = "council"
payee = "charity"
volume = "hours"
bands = [{ price_gbp = "18.50" }]
"""
PRICE = "terms.hours.bands.1.price_gbp"


@pytest.fixture(scope="module")
def care():
    return deal_from_toml(DEAL)


def test_a_number_is_found_changed_and_compared_by_its_place(care):
    assert number_at(care, PRICE) == Decimal("18.50")
    assert PRICE in numbers_in(care)
    changed = with_number(care, PRICE, Decimal("17"))
    assert number_at(changed, PRICE) == 17
    assert number_at(care, PRICE) == Decimal("18.50")
    (difference,) = differences(care, changed)
    assert (difference.place, difference.was, difference.now) == (PRICE, "18.50", "17")


@pytest.mark.parametrize(
    "place", ["terms.hours.payer", "terms.none", "terms.hours.bands.9.price_gbp"]
)
def test_a_place_without_a_number_is_refused_with_those_that_have_one(care, place):
    with pytest.raises(NoSuchNumber, match=f"{re.escape(place)} is no number of this deal"):
        number_at(care, place)


def test_the_price_is_found_at_which_the_council_loses_in_one_future_of_ten(care):
    target = Target("council", "loss_probability", 0.10)
    found = solution(
        care, place=PRICE, between=(Decimal(10), Decimal(30)), target=target, seed=3, draws=4000
    )
    assert found.result == pytest.approx(0.10, abs=0.005)
    again = simulation(with_number(care, PRICE, found.number), seed=3, draws=4000)
    assert again.parties["council"].loss_probability == found.result
    # By hand: it loses where the price of the hours, for 9 draws in 10, is above 100,000.
    hours_p90 = 7000 - np.sqrt(0.10 * (7000 - 4000) * (7000 - 5000))
    assert float(found.number) == pytest.approx(100_000 / hours_p90, rel=0.01)
    assert "against a target of at most 10.0%" in found.sentence


@pytest.mark.parametrize(
    ("measure", "party", "worth", "bound"),
    [
        ("loss_probability", "council", 0.10, "at most"),
        ("loss_probability", "charity", 0.3, "at most"),
        ("mean", "council", 5000.0, "at least"),
        ("p5", "charity", -1000.0, "at least"),
    ],
)
def test_a_target_is_met_and_the_next_penny_misses_it(care, measure, party, worth, bound):
    target = Target(party, measure, worth)
    found = solution(
        care, place=PRICE, between=(Decimal(10), Decimal(30)), target=target, seed=3, draws=500
    )
    assert target.bound == bound
    assert target.is_met_by(found.result)
    assert f"against a target of {bound} " in found.sentence
    dearer = Decimal("0.01") if party == "council" else Decimal("-0.01")
    worse = simulation(with_number(care, PRICE, found.number + dearer), seed=3, draws=500)
    assert not target.is_met_by(measured(worse, party, measure))


def test_of_a_party_whose_costs_are_unknown_no_result_is_a_target_or_followed_along(care):
    unknown = deal_from_toml(DEAL.replace('borne_by = "charity"', 'basis = "unknown"'))
    words = "The expected result is not said: The costs of Ashby Care are not known"
    asked = {"place": PRICE, "between": (Decimal(10), Decimal(30)), "seed": 3, "draws": 200}
    with pytest.raises(CannotSolve, match=words):
        solution(unknown, target=Target("charity", "mean", 0.0), **asked)
    along = Beside("charity", "mean")
    found = solution(
        unknown, target=Target("council", "loss_probability", 0.1), beside=along, **asked
    )
    assert {trial.beside for trial in found.trials} == {None}
    assert "Ashby Care's expected result is not said" in found.sentence


def test_a_target_that_is_never_crossed_is_refused_with_what_was_seen(care):
    with pytest.raises(CannotSolve, match=r"never crosses £1bn\. Widen the range"):
        solution(
            care,
            place=PRICE,
            between=(Decimal(10), Decimal(30)),
            target=Target("council", "mean", 1e9),
            seed=3,
            draws=200,
        )


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target("nobody", "mean", 0), "There is no party 'nobody'"),
        (Target("council", "joy", 0), "There is no measure 'joy'"),
    ],
)
def test_an_unknown_target_is_refused(care, target, words):
    with pytest.raises(CannotSolve, match=words):
        solution(
            care, place=PRICE, between=(Decimal(1), Decimal(2)), target=target, seed=1, draws=100
        )


def test_a_solution_draws_the_trade_off_with_another_result(care):
    """What the council pays more the charity gets more: their sum is the same at every price."""
    found = solution(
        care,
        place=PRICE,
        between=(Decimal(10), Decimal(30)),
        target=Target("council", "mean", 0),
        seed=1,
        draws=500,
        beside=Beside("charity", "mean"),
    )
    sums = [trial.result + trial.beside for trial in found.trials]
    assert sums == pytest.approx([sums[0]] * len(sums))
    others = [trial.beside for trial in found.trials]
    assert others == sorted(others)
    assert "Ashby Care's expected result is then £" in found.sentence


def test_a_result_that_cannot_be_followed_along_is_refused(care):
    with pytest.raises(CannotSolve, match="There is no measure 'joy'"):
        solution(
            care,
            place=PRICE,
            between=(Decimal(10), Decimal(30)),
            target=Target("council", "mean", 0),
            seed=1,
            draws=100,
            beside=Beside("charity", "joy"),
        )


BOND = deal_from_toml((EXAMPLES / "investor_waterfall.toml").read_text())


def test_the_tariff_is_found_at_which_an_investor_gets_its_money_back_in_nine_futures_of_ten():
    place = "terms.year.bands.1.price_gbp"
    target = Target("foundation", "principal_returns_probability", 0.9)
    found = solution(
        BOND, place=place, between=(Decimal(1000), Decimal(80_000)), target=target, seed=1,
        draws=1000, beside=Beside("foundation", "irr.p50"),
    )  # fmt: skip
    assert found.result == pytest.approx(0.9, abs=0.01)
    again = simulation(with_number(BOND, place, found.number), seed=1, draws=1000)
    assert again.parties["foundation"].investor.principal_returns_probability == found.result
    assert "Hill Foundation's yearly rate of return in the middle future is then" in found.sentence


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_of_some_party_and_is_written_in_its_own_notation(measure):
    text = (EXAMPLES / "investor_waterfall.toml").read_text()
    means = 'kind = "investor"\nresources_gbp = 900000\nresidual_bearer = "council"'
    deal = deal_from_toml(text.replace('kind = "investor"', means))
    done = simulation(deal, seed=1, draws=300)
    if measure.startswith("months"):
        done = simulation(
            with_number(deal, "terms.year.bands.1.price_gbp", Decimal(70_000)), seed=1, draws=300
        )
    if measure in ("reward_share", "risk_share", "joint_tail_gbp"):
        with pytest.raises(CannotSolve, match="The costs of Clear Measures Ltd are not known"):
            measured(done, "foundation", measure)
        return
    value = measured(done, "foundation", measure)
    assert said(value, measure)


def test_a_measure_of_investors_is_not_said_of_others(care):
    done = simulation(care, seed=1, draws=100)
    with pytest.raises(CannotSolve, match="is not said: Ashby Council is no investor"):
        measured(done, "council", "irr.p50")


def test_the_same_seed_gives_the_same_futures_and_another_seed_others(care):
    one, same, other = (simulation(care, seed=seed, draws=1000) for seed in (5, 5, 6))
    assert one.parties == same.parties
    assert one.parties != other.parties


def test_a_mean_agrees_with_the_sum_worked_by_hand(care):
    done = simulation(care, seed=1, draws=40_000)
    factors = sum(1.035 ** -(n / 2) for n in range(4))
    by_hand = factors * ((4000 + 5000 + 7000) / 3 * 18.5 - 90_000)
    assert done.parties["charity"].mean == pytest.approx(by_hand, rel=0.02)


def test_a_deal_whose_facts_are_unknown_is_not_simulated(care):
    unknown = deal_from_toml(DEAL.replace("value = 100000", ""))
    with pytest.raises(
        CannotSimulate, match="Cost in-house has neither a value nor a distribution"
    ):
        simulation(unknown, seed=1)


def test_years_share_a_period_by_its_days_and_add_up(care):
    half = Period.financial_year(2026).starts_on
    shares = year_shares(Period(half.replace(year=2026, month=1, day=1), half.replace(month=7)))
    assert shares == {2025: 90 / 181, 2026: 91 / 181}
    done = simulation(care, seed=1, draws=500)
    years = by_year(done, "charity")
    assert [year.year for year in years] == ["2025/26", "2026/27", "2027/28"]
    assert sum(year.mean for year in years) == pytest.approx(
        done.futures.cash["charity"].sum(axis=0).mean()
    )


def test_the_widest_driver_stands_first_and_a_fact_that_does_not_matter_does_not_move_it(care):
    driven = drivers(care, seed=1)
    assert [driver.fact for driver in driven["charity"]] == ["hours", "cost"]
    assert driven["council"][1].swing == 0
    assert driven["charity"][0].low < driven["charity"][0].high


def test_the_json_of_a_simulation_has_what_was_promised(care):
    done = simulation_as_json(simulation(care, seed=2, draws=300), drivers(care, seed=2))
    assert (done["seed"], done["draws"]) == (2, 300)
    charity = done["parties"]["charity"]
    assert set(charity["npv_gbp"]) == {"mean", "p5", "p50", "p95", "cvar5"}
    assert set(done["fairness"]) == {"reference", "rate", "price_base", "parties", "flags"}
