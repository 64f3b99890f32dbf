"""What stands beside the shares: sources, outcomes without a price, and whether flags hold."""

import json
from datetime import date

import numpy as np
import pytest
from typer.testing import CliRunner

from moothall.deals.commands import deal as command
from moothall.deals.fairness import Policy
from moothall.deals.reading import deal_from_toml
from moothall.deals.simulation import facts_drawn, simulation
from moothall.deals.spreads import drivers
from moothall.deals.statement import statement, wider

DEAL = """
[deal]
name = "Care at home"
starts_on = 2026-04-01
ends_before = 2028-04-01
every = "year"
rate = 0
price_base = "2026/27"

[parties.council]
name = "Ashby Council"
kind = "public body"
reference = "in-house"

[parties.charity]
name = "Ashby Care"
kind = "charity"
{means}

[facts.in_house]
title = "Cost in-house"
borne_by = "council"
without_deal = true
value = 105

[facts.cost]
title = "Cost"
borne_by = "charity"
grade = "B"
supplied_by = "charity"
distribution = {{ kind = "uniform", low = 90, high = 100, per = "deal" }}

[facts.weather]
title = "Weather"
borne_by = "charity"
grade = "D"
supplied_by = "the Met Office"
distribution = {{ kind = "uniform", low = 0, high = 2, per = "deal" }}

[facts.wages]
title = "Wages"
borne_by = "charity"
grade = "D"
distribution = {{ kind = "uniform", low = 0, high = 4 }}

[facts.calm]
title = "Quiet nights"
unit = "nights"
enjoyed_by = "council"
value = 30

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "charity"
amount_gbp = {fee}
"""


FAILS = 'resources_gbp = 1\nresidual_bearer = "council"'


def tried(fee=104, means="", policy=None, text=DEAL):
    return simulation(
        deal_from_toml(text.format(fee=fee, means=means)), seed=1, draws=4000, policy=policy
    )


def beside(done):
    return statement(done, drivers(done.deal, seed=1))


def test_it_lists_who_supplied_each_distribution_with_its_grade_and_how_it_is_drawn():
    assert [one.sentence for one in beside(tried()).sources] == [
        "Cost: supplied by Ashby Care, grade B, drawn once for the whole deal.",
        "Weather: supplied by the Met Office, grade D, drawn once for the whole deal.",
        "Wages: nobody says by whom, grade D, drawn afresh each period.",
    ]


def test_an_outcome_without_a_price_stands_beside_the_shares_and_in_none():
    done = tried()
    (one,) = beside(done).unpriced
    assert one.sentence == ("In no share, for it has no price: Quiet nights, 60 nights on average.")
    assert done.fairness.parties["council"].up_gbp == pytest.approx(2)


def test_it_names_the_references_the_rate_the_prices_and_whose_thresholds_they_are():
    assert beside(tried()).rests_on == (
        "Measured: Ashby Council against in-house and Ashby Care against not contracting; "
        "discounted at 0.0% a year, in 2026/27 prices. Flags follow thresholds that come with the "
        "program, which no place has adopted, and no law: 25.0% between the shares, a loss in "
        "under 1.0% of futures, 50.0% of the risk."
    )
    adopted = tried(policy=Policy(gap=0.1, adopted_on=date(2026, 5, 1)))
    assert "Flags follow the policy adopted on 1 May 2026: 10.0%" in beside(adopted).rests_on


def test_the_weakest_distribution_is_the_lowest_graded_and_of_several_the_one_that_moves_most():
    found = beside(tried()).widened
    assert (found.fact, found.grade) == ("wages", "D")
    ungraded = beside(tried(text=DEAL.replace('grade = "B"\n', ""))).widened
    assert (ungraded.fact, ungraded.grade) == ("cost", None)


WAGES_MATTER = DEAL.replace("high = 4", "high = 12")


def test_a_flag_that_comes_or_goes_when_the_weakest_is_widened_is_said():
    done = tried(fee=112, means=FAILS, text=WAGES_MATTER)
    assert {(flag.code, flag.party) for flag in done.fairness.flags} == {
        ("a", "charity"),
        ("c", "charity"),
        ("d", "council"),
    }
    found = beside(done).widened
    assert [(flag.code, flag.party) for flag in found.raised] == [("b", "charity")]
    assert [(flag.code, flag.party) for flag in found.gone] == [("c", "charity")]
    assert found.sentence == (
        "The weakest distribution is that of wages (grade D). Twice as wide, it raises: Ashby Care "
        "would lose more than it has: it fails in 8.6% of futures. And it takes away: Ashby Care "
        "loses in 0.2% of futures, while Ashby Council carries 100.0% of the risk."
    )


def test_a_flag_that_a_wider_distribution_does_not_move_is_said_to_hold():
    done = tried(fee=115)
    assert {flag.code for flag in done.fairness.flags} == {"a", "c", "d"}
    assert beside(done).widened.sentence == (
        "The weakest distribution is that of wages (grade D). Twice as wide, it changes no flag."
    )


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ('{ kind = "uniform", low = 0, high = 4 }', 0, 6),
        ('{ kind = "uniform", low = -1, high = 3 }', -3, 5),
        ('{ kind = "beta", a = 2, b = 2 }', 0, 1),
        ('{ kind = "beta-binomial", n = 9, a = 2, b = 2 }', 0, 9),
        ('{ kind = "normal", mean = 100, sd = 1 }', 90, 110),
    ],
)
def test_a_wider_distribution_stays_within_what_it_can_be(given, low, high):
    text = DEAL.format(fee=1, means="").replace('{ kind = "uniform", low = 0, high = 4 }', given)
    deal = deal_from_toml(text)
    values = facts_drawn(deal, np.random.default_rng(1), 8000)["wages"]
    found = wider(deal.facts["wages"], values)
    assert found.min() >= low - 0.1
    assert found.max() <= high + 0.1
    assert found.std() > 1.1 * values.std()


def test_failures_say_what_returns_to_the_public_body():
    """It has 90 against a cost of 90 to 100: it loses 5 a year on average, and can lose 3."""
    text = DEAL.replace("low = 0, high = 2", "low = 0, high = 0.01").replace(
        "high = 4", "high = 0.01"
    )
    done = tried(fee=90, means='resources_gbp = 3\nresidual_bearer = "council"', text=text)
    fails = done.parties["charity"].failure_probability
    assert fails == pytest.approx(0.85, abs=0.02)
    total = sum(result.mean() for result in done.futures.results.values())
    assert total == pytest.approx(2 * 105 - 2 * 95, abs=0.3)
    kept = done.parties["charity"].mean
    assert done.parties["council"].returned == pytest.approx(kept - 2 * (90 - 95), abs=0.3)
    flagged = [flag for flag in done.fairness.flags if flag.code == "b"]
    assert any("would lose more than it has: it fails in" in flag.sentence for flag in flagged)


def test_a_guarantor_pays_what_a_charity_loses_above_its_resources_and_that_is_flagged():
    means = 'resources_gbp = 3\nguarantee_gbp = 500\nresidual_bearer = "council"'
    done = tried(fee=90, means=means)
    said = done.fairness.parties["charity"]
    assert said.failure_probability == 0
    assert said.tail_to_resources == pytest.approx(-said.own_tail_gbp / 3)
    assert any("more than it has" in flag.sentence for flag in done.fairness.flags)


def test_a_simulation_in_words_and_in_json_carries_all_of_it(tmp_path):
    path = tmp_path / "care.toml"
    path.write_text(DEAL.format(fee=90, means='resources_gbp = 3\nresidual_bearer = "council"'))
    words = CliRunner().invoke(command, ["simulate", str(path), "--draws", "500"]).stdout
    for said in (
        "Measured: Ashby Council against in-house",
        "Weather: supplied by the Met Office, grade D",
        "In no share, for it has no price: Quiet nights",
        "The weakest distribution is that of wages",
        "Under these assumptions Ashby Care fails in",
        "Failures of others cost Ashby Council",
    ):
        assert said in words
    arguments = ["simulate", str(path), "--draws", "500", "--format", "json"]
    answer = json.loads(CliRunner().invoke(command, arguments).stdout)
    assert set(answer["statement"]) == {"rests_on", "distributions", "unpriced", "widened"}
    assert answer["statement"]["distributions"][1]["supplied_by"] == "the Met Office"
    assert answer["parties"]["council"]["returned_gbp"] > 0
