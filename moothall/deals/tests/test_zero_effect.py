import pytest
from typer.testing import CliRunner

from moothall.deals.commands import deal
from moothall.deals.reading import deal_from_toml
from moothall.deals.simulation import simulation
from moothall.deals.spreads import simulation_as_json
from moothall.deals.tests.settling import HEAD
from moothall.deals.zero_effect import NO_ZERO_EFFECT, paid_by_chance

THRESHOLD = (
    HEAD.format(ends="2027-04-01", every="year")
    + """
[facts.reduction]
title = "Reduction in reconvictions"
unit = "points"
places = 2
distribution = { kind = "normal", mean = "8.4", sd = 5 }
at_zero_effect = { kind = "normal", mean = 0, sd = 5 }

[terms.reward]
kind = "fixed_fee"
label = "Reward for the cohort"
payer = "council"
payee = "contractor"
amount_gbp = 1000

[terms.reward.when]
fact = "reduction"
at_least = 10

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 5
"""
)


def test_a_threshold_may_be_met_by_chance():
    """Two standard errors above nothing: 1 - Phi(2) = 2.275% of futures."""
    (said,) = paid_by_chance(deal_from_toml(THRESHOLD), seed=1, draws=40_000)
    assert said.term == "reward"
    assert said.payment_probability == pytest.approx(0.02275, abs=0.0025)
    assert said.mean_gbp == pytest.approx(22.75, abs=2.5)
    assert said.sampling_errors["reduction"] == pytest.approx(5, abs=0.1)
    assert said.sentence == (
        "If the service did nothing, reward for the cohort would still pay in 2.3% of futures: by "
        "chance alone reduction in reconvictions moves by 4.97 points (one standard error)."
    )


def test_a_deal_that_states_no_zero_effect_says_nothing_of_chance():
    text = THRESHOLD.replace("at_zero_effect = { kind", "# { kind")
    assert paid_by_chance(deal_from_toml(text), seed=1) == []


def test_a_simulation_carries_it_beside_its_parties():
    done = simulation(deal_from_toml(THRESHOLD), seed=1, draws=100)
    assert [one["term"] for one in simulation_as_json(done, {})["zero_effect"]] == ["reward"]


def test_it_stands_beside_what_an_investor_gets_back():
    text = THRESHOLD.replace('kind = "supplier"', 'kind = "investor"')
    done = simulation_as_json(simulation(deal_from_toml(text), seed=1, draws=100), {})
    beside = done["parties"]["contractor"]["investor"]["zero_effect"]
    assert beside == done["zero_effect"]
    assert beside[0]["sampling_errors"]["reduction"] == pytest.approx(5, abs=0.2)


def test_an_investor_is_told_where_nobody_has_said_what_chance_alone_does(tmp_path):
    path = tmp_path / "deal.toml"
    text = THRESHOLD.replace('kind = "supplier"', 'kind = "investor"')
    path.write_text(text.replace("at_zero_effect = { kind", "# { kind"))
    told = CliRunner().invoke(deal, ["simulate", str(path), "--draws", "100"]).stdout
    assert "so the chance of being paid by luck is not known. Give at_zero_effect" in told
    path.write_text(text)
    told = CliRunner().invoke(deal, ["simulate", str(path), "--draws", "100"]).stdout
    assert "would still pay in 2." in told
    assert NO_ZERO_EFFECT not in told
