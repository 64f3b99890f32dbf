"""The two hand-worked examples of the definition, in thousands of pounds, and what always holds."""

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from moothall.deals.fairness import fairness_statement, joint_tail
from moothall.deals.reading import deal_from_toml
from moothall.deals.simulation import futures_of
from moothall.deals.tests.test_every_kind import EXAMPLES

PARTIES = """
[deal]
name = "A saving, shared"
starts_on = 2026-04-01
ends_before = 2027-04-01
every = "whole deal"

[parties.council]
name = "Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Contractor"
kind = "{kind}"
{means}

[facts.cost]
title = "Contractor's cost"
borne_by = "contractor"
value = {cost}
"""
SAVING = """
[facts.saving]
title = "Saving"
enjoyed_by = "council"

[facts.actual]
title = "Actual cost"

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = {fee}

[terms.share]
kind = "gain_share"
payer = "council"
payee = "contractor"
actual = "actual"
baseline_gbp = 1000
ranges = [{{ share = "0.5" }}, {{ above = 1, share = "{pain}" }}]
"""
S = np.array([[400.0, 200.0, -100.0, -300.0]])


def statement(fee=0, pain="0.5", means="", kind="supplier", saving=S):
    text = PARTIES.format(kind=kind, means=means, cost=0) + SAVING.format(fee=fee, pain=pain)
    deal = deal_from_toml(text)
    facts = {"saving": saving, "actual": 1000 - saving, "cost": np.zeros_like(saving)}
    futures = futures_of(deal, facts)
    failure = {key: float(failed.mean()) for key, failed in futures.failed.items()}
    return futures, fairness_statement(deal, futures.results, failure=failure)


def test_example_a_the_contractor_keeps_the_upside_and_the_council_the_downside():
    futures, said = statement(fee=40, pain="0")
    assert futures.results["contractor"].tolist() == [240, 140, 40, 40]
    assert futures.results["council"].tolist() == [160, 60, -140, -340]
    contractor, council = said.parties["contractor"], said.parties["council"]
    assert (contractor.up_gbp, contractor.down_gbp) == (115, 0)
    assert (council.up_gbp, council.down_gbp) == (55, 120)
    assert contractor.reward_share == pytest.approx(0.676, abs=5e-4)
    assert council.reward_share == pytest.approx(0.324, abs=5e-4)
    assert (contractor.risk_share, council.risk_share) == (0, 1)
    assert (contractor.joint_tail_gbp, council.joint_tail_gbp) == (40, -340)
    assert {(flag.code, flag.party) for flag in said.flags} == {
        ("a", "contractor"),
        ("c", "contractor"),
        ("d", "council"),
    }


def test_example_a_a_plain_half_each_is_half_of_the_reward_and_half_of_the_risk():
    _, said = statement()
    for party in said.parties.values():
        assert (party.up_gbp, party.down_gbp) == (75, 50)
        assert (party.reward_share, party.risk_share) == (0.5, 0.5)
    assert said.flags == ()


@pytest.mark.parametrize(("relet", "council_down", "share"), [(0, 72.5, 0.275), (80, 92.5, 0.229)])
def test_example_a_a_contractor_that_fails_hands_its_loss_to_the_council(
    relet, council_down, share
):
    _, said = statement(
        means=f'resources_gbp = 60\nresidual_bearer = "council"\nrelet_cost_gbp = {relet}'
    )
    contractor, council = said.parties["contractor"], said.parties["council"]
    assert contractor.down_gbp == 27.5
    assert council.down_gbp == council_down
    assert contractor.risk_share == pytest.approx(share, abs=5e-4)
    assert contractor.failure_probability == 0.25


FEES = """
[facts.extra]
title = "Extra"

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 100

[terms.price]
kind = "unit_price"
payer = "council"
payee = "contractor"
volume = "extra"
bands = [{ price_gbp = 1 }]
"""


def test_example_b_a_steady_loss_is_risk_and_a_gain_that_varies_is_not():
    deal = deal_from_toml(PARTIES.format(kind="supplier", means="", cost=0) + FEES)
    results = {
        "contractor": np.array([120.0, 120, 80, 80]),
        "council": np.array([-100.0, -100, -100, -100]),
    }
    said = fairness_statement(deal, results)
    contractor, council = said.parties["contractor"], said.parties["council"]
    assert (contractor.reward_share, contractor.risk_share) == (1, 0)
    assert (council.reward_share, council.risk_share) == (0, 1)


def test_shares_are_not_said_where_nobody_loses():
    _, said = statement(saving=np.array([[10.0, 20.0]]))
    contractor = said.parties["contractor"]
    assert contractor.reward_share == 0.5
    assert contractor.risk_share is None
    assert contractor.why_null == "Nobody loses in any future, so there is no risk to share."


def test_shares_are_not_said_of_a_party_whose_costs_nobody_knows():
    text = PARTIES.format(kind="supplier", means="", cost=0).split("[facts.cost]")[0]
    deal = deal_from_toml(text + SAVING.format(fee=1, pain="0"))
    results = {"contractor": S[0], "council": -S[0]}
    said = fairness_statement(deal, results)
    assert said.parties["contractor"].cost_basis == "unknown"
    assert said.parties["council"].reward_share is None
    assert "The costs of Contractor are not known" in said.parties["council"].why_null


def test_a_charity_that_carries_the_risk_is_flagged():
    _, said = statement(
        fee=0,
        pain="1",
        kind="charity",
        means='resources_gbp = 100000\nresidual_bearer = "council"',
    )
    assert ("b", "contractor") in {(flag.code, flag.party) for flag in said.flags}


def test_whoever_is_paid_and_reports_what_decides_it_is_flagged():
    text = PARTIES.format(kind="supplier", means="", cost=0) + FEES
    text = text.replace('title = "Extra"', 'title = "Extra"\nreported_by = "contractor"')
    results = {"contractor": np.array([1.0, -1]), "council": np.array([1.0, -1])}
    (flag,) = fairness_statement(deal_from_toml(text), results).flags
    assert (flag.code, flag.party, flag.sentence) == (
        "e",
        "contractor",
        "Contractor is paid by unit price and itself reports the fact that decides it: extra.",
    )


def test_of_a_term_that_pays_several_each_that_reports_its_fact_is_flagged():
    deal = deal_from_toml((EXAMPLES / "dividend.toml").read_text())
    nothing = {key: np.zeros(2) for key in deal.parties}
    for reporter, flagged in (("council", ["council"]), ("partner", ["partner"]), ("venture", [])):
        profit = evolve(deal.facts["profit"], reported_by=reporter)
        flags = fairness_statement(evolve(deal, facts={"profit": profit}), nothing).flags
        assert [flag.party for flag in flags if flag.code == "e"] == flagged


def test_a_trace_of_floating_point_is_no_expected_loss():
    results = {"contractor": np.array([0.0, 1e-9]), "council": np.array([0.0, -1e-9])}
    assert "d" not in {flag.code for flag in fairness_statement(FLAT, results).flags}


def test_where_one_party_cannot_be_measured_nobodys_part_of_the_common_worst_is_said():
    text = PARTIES.format(kind="supplier", means="", cost=0).split("[facts.cost]")[0]
    deal = deal_from_toml(text + SAVING.format(fee=1, pain="0"))
    said = fairness_statement(deal, {"contractor": S[0], "council": -S[0]})
    assert said.parties["council"].joint_tail_gbp is None
    assert said.parties["council"].own_tail_gbp == -400


def test_a_statement_never_says_fair():
    _, said = statement(fee=40, pain="0")
    words = [party.sentence for party in said.parties.values()]
    words += [flag.sentence for flag in said.flags]
    assert all("fair" not in sentence for sentence in words)
    assert all("Under these assumptions" in party.sentence for party in said.parties.values())


FLAT = deal_from_toml(PARTIES.format(kind="supplier", means="", cost=0) + FEES)
RESULTS = arrays.arrays(float, st.integers(1, 60), elements=st.floats(-1e6, 1e6, width=32))


@given(RESULTS)
def test_gain_less_loss_is_the_expected_result_and_the_tail_adds_up(results):
    both = {"contractor": results, "council": results[::-1] * -0.5}
    said = fairness_statement(FLAT, both)
    for key, party in said.parties.items():
        expected = both[key].mean()
        assert party.up_gbp - party.down_gbp == pytest.approx(expected, abs=1e-3)
    total = both["contractor"] + both["council"]
    worst = np.sort(total)[: max(1, int(np.ceil(len(total) * 0.05)))]
    assert sum(joint_tail(both).values()) == pytest.approx(worst.mean(), abs=1e-3)
