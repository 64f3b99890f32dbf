"""What risks cost together is exact; what a reputation is worth stays where it is."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.agreements.engine.risks import (
    CannotShare,
    Chance,
    Grade,
    grade_of,
    refuse_to_transfer_reputation,
    said_of_steps,
    totals_of,
    worth_of_mitigation,
)
from moothall.values.counted_once import Uncertainty, why_not_count_both

K = 100_000  # pence in a thousand pounds
FOUR = [
    Chance(Fraction("0.10"), 500 * K),
    Chance(Fraction("0.40"), 300 * K),
    Chance(Fraction("0.20"), 250 * K),
    Chance(Fraction("0.15"), 120 * K),
]
chances = st.builds(
    Chance, st.fractions(0, 1, max_denominator=20), st.integers(0, 50).map(lambda n: n * 1000)
)


def test_four_risks_cost_what_was_worked_out_by_hand():
    totals = totals_of(FOUR)
    assert totals.expected_pence == 238 * K
    assert totals.deviation_pence / 100 == pytest.approx(236_508, abs=0.5)
    assert float(totals.chance_of[0]) == pytest.approx(0.3672, abs=0.00005)
    assert [totals.at(part) for part in ("0.5", "0.8", "0.9")] == [250 * K, 420 * K, 550 * K]
    assert totals.most_pence == 1_170 * K


def test_the_probabilities_of_four_risks_add_up_to_exactly_one():
    assert sum(totals_of(FOUR).chance_of.values()) == 1


@given(st.lists(chances, max_size=7))
def test_the_distribution_is_that_of_every_way_it_can_go(risks):
    by_hand: dict[int, Fraction] = {}
    for way in product((False, True), repeat=len(risks)):
        total, chance = 0, Fraction(1)
        for risk, happens in zip(risks, way, strict=True):
            total += risk.pence if happens else 0
            chance *= risk.probability if happens else 1 - risk.probability
        by_hand[total] = by_hand.get(total, Fraction(0)) + chance
    totals = totals_of(risks)
    assert {p: c for p, c in totals.chance_of.items() if c} == {
        p: c for p, c in by_hand.items() if c
    }
    assert sum(totals.chance_of.values()) == 1
    assert list(totals.chance_of) == sorted(totals.chance_of)


@given(st.lists(chances, max_size=6))
def test_the_expected_cost_and_its_spread_are_those_of_the_risks_one_by_one(risks):
    totals = totals_of(risks)
    assert totals.expected_pence == sum(risk.probability * risk.pence for risk in risks)
    spread = sum(risk.probability * (1 - risk.probability) * risk.pence**2 for risk in risks)
    assert totals.deviation_pence == pytest.approx(float(spread) ** 0.5)


@given(st.lists(chances, max_size=6))
def test_columns_and_nothing_at_all_hold_every_total_once(risks):
    totals = totals_of(risks)
    columns = totals.columns()
    assert sum(chance for *_, chance in columns) + totals.chance_of[0] == 1
    assert all(low < high for low, high, _ in columns)
    if columns:
        assert columns[-1][1] >= totals.most_pence


def test_many_risks_of_odd_amounts_are_taken_to_the_nearest_step_and_it_says_so():
    risks = [Chance(Fraction(1, 5), 1_234_567 + 77 * n) for n in range(30)]
    totals = totals_of(risks)
    assert len(totals.chance_of) <= 20_000
    assert totals.step_pence == 10_000
    assert sum(totals.chance_of.values()) == 1
    assert "30 risks" in said_of_steps(totals, 30)
    assert "to the nearest £100." in said_of_steps(totals, 30)
    assert "nearest" not in said_of_steps(totals_of(FOUR), 4)


def test_no_risk_costs_nothing_for_certain():
    totals = totals_of([])
    assert totals.chance_of == {0: 1}
    assert totals.at("0.9") == 0
    assert totals.columns() == ()


def test_a_probability_beyond_one_is_refused():
    with pytest.raises(ValueError, match=r"A probability lies from 0 to 1, not 1\.2"):
        Chance(Fraction("1.2"), 100)


def test_a_share_of_a_risk_is_as_likely_and_costs_that_part():
    assert FOUR[0].shared(Decimal(40)) == Chance(Fraction("0.10"), 200 * K)


@pytest.mark.parametrize("kept", [Decimal(0), Decimal("99.5")])
def test_a_risk_to_reputation_is_not_passed_on(kept):
    with pytest.raises(CannotShare, match=r"not passed on: [\d.]+% of it is put on others, and"):
        refuse_to_transfer_reputation(
            is_reputation=True, authority_percent=kept, authority="Norbury Council"
        )


def test_other_risks_are_passed_on_and_a_reputation_may_stay():
    for is_reputation, kept in ((False, Decimal(0)), (True, Decimal(100))):
        refuse_to_transfer_reputation(
            is_reputation=is_reputation, authority_percent=kept, authority="Norbury Council"
        )


def test_a_grade_is_the_highest_that_a_score_reaches():
    scale = [Grade("low", "Low", 1), Grade("medium", "Medium", 5), Grade("high", "High", 12)]
    found = [grade_of(score, scale).key for score in (1, 4, 5, 11, 12, 25)]
    assert found == ["low", "low", "medium", "medium", "high", "high"]


def test_what_a_mitigation_is_worth_stands_beside_what_it_costs():
    inherent, residual = Chance(Fraction(1, 2), 200 * K), Chance(Fraction(1, 4), 200 * K)

    def said(cost, after=residual):
        return worth_of_mitigation(inherent=inherent, residual=after, cost_pence=cost)

    assert said(20 * K) == "The mitigation takes off 2.5 times what it costs."
    assert said(60 * K).startswith("The mitigation costs more than it takes off")
    assert said(20 * K, inherent).startswith("The mitigation takes nothing off")
    assert said(0) == "The mitigation costs nothing."
    assert said(None) == ""


def test_one_uncertainty_is_not_allowed_for_twice():
    reason = why_not_count_both(
        by_optimism_bias=[Uncertainty.CAPITAL_COST, Uncertainty.DEMAND],
        by_risk=[Uncertainty.CAPITAL_COST, Uncertainty.LAW],
    )
    assert reason is not None
    assert reason.startswith("The uncertainty about the cost of works would be counted twice")
    assert reason.endswith("Take the uplift off, or leave the risk unquantified.")


def test_different_uncertainties_are_allowed_for_in_either_way():
    assert (
        why_not_count_both(by_optimism_bias=[Uncertainty.DEMAND], by_risk=[Uncertainty.LAW]) is None
    )
