"""Trials of behaviour: how many people it takes, what came out, and what it is worth."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from moothall.appraisal.engine.trials import (
    Arm,
    Trial,
    arm_size,
    bonferroni,
    design_effect,
    effect,
    holm,
    people_needed,
    read,
)

RECYCLING = Trial(
    key="recycling",
    title="A letter on recycling",
    outcome="Puts out a box in the week after",
    unit="household",
    arms=(Arm("No letter", 1500, 360), Arm("Letter", 1500, 420)),
    expected_share=0.24,
    wanted_effect=0.05,
    stops="After four weeks",
    registered_on=date(2026, 1, 5),
    began_on=date(2026, 2, 1),
    persists_on=date(2026, 9, 1),
    cost_gbp=Decimal(900),
    saving_gbp=Decimal(20),
    harm="Some take it for a fine: a helpline answers.",
)


def test_organ_donors_by_two_wordings():
    # 2.3% of 135,000 against 3.1% of 135,000: 0.8 points more, beyond all doubt.
    found = effect(Arm("As it was", 135_000, 3_105), Arm("Reciprocity", 135_000, 4_185))
    assert found.difference == pytest.approx(0.008)
    assert found.z == pytest.approx(12.82, abs=0.005)
    assert (found.low, found.high) == pytest.approx((0.00678, 0.00922), abs=0.000005)
    assert found.is_sure()
    # 96,000 a year at 0.8 points each is 12.0 million people who read the page.
    assert 96_000 / found.difference == pytest.approx(12_000_000)


@pytest.mark.parametrize(
    ("one", "other", "people"),
    [
        (0.10, 0.07, 1356),
        (0.30, 0.35, 1377),
        (0.05, 0.06, 8158),
        (0.60, 0.55, 1534),
        (0.10, 0.10 * 2 / 3, 1079),  # no-shows down by a third, from one in ten
    ],
)
def test_people_that_an_arm_needs(one, other, people):
    assert arm_size(one, other) == people


def test_people_who_are_assigned_in_groups_tell_less():
    assert design_effect(30, 0.02) == pytest.approx(1.58)
    assert arm_size(0.30, 0.35, cluster=30, alike=0.02) == 2175


def test_a_letter_on_recycling_moves_four_points():
    found = read(RECYCLING)
    (letter,) = found.effects
    assert letter.difference == pytest.approx(0.04)
    assert letter.z == pytest.approx(2.497, abs=0.0005)
    assert letter.p == pytest.approx(0.0125, abs=0.00005)
    assert (letter.low, letter.high) == pytest.approx((0.0086, 0.0714), abs=0.00005)
    assert found.sure == (True,)
    # 4 points of 1,500 are 60 more; £900 between them is £15, and each saves £20.
    assert found.extra_actions == pytest.approx(60)
    assert round(found.cost_per_extra, 6) == 15
    assert found.sentences == (
        "Letter: +4.00 points (+0.86 points to +7.14 points), z 2.50, p 0.0125.",
        "60 more acted than would have without it.",
        "Each of them cost £15.",
        "They save £1,200, £300 after what it cost.",
    )
    assert found.lacks == ()


def test_the_same_among_seven_comparisons_is_not_clear_of_chance():
    assert bonferroni(0.05, 7) == pytest.approx(0.00714, abs=0.000005)
    found = read(evolve(RECYCLING, comparisons=7))
    assert found.sure == (False,)
    assert found.sentences[1] == (
        "By itself that would be clear of chance. 7 comparisons were looked at, so each must meet "
        "0.00714: it does not."
    )


def test_holm_judges_the_clearest_first():
    # 0.01 < 0.05/3, 0.02 < 0.05/2, 0.06 > 0.05; where the second fails, no later one counts.
    assert holm([0.06, 0.01, 0.02]) == (False, True, True)
    assert holm([0.03, 0.01, 0.04]) == (False, True, False)


def test_nothing_is_not_mistaken_for_something():
    same = read(evolve(RECYCLING, arms=(Arm("No letter", 1500, 360), Arm("Letter", 1500, 361))))
    assert "Chance alone may do as much." in same.sentences
    none = effect(Arm("a", 10, 0), Arm("b", 10, 0))
    assert (none.z, none.p) == (0.0, 1.0)


LACKING = [
    ({"registered_on": None}, "It was never registered, so nobody can tell"),
    ({"registered_on": date(2026, 3, 1)}, "registered on 1 March 2026, after it began on 1 Feb"),
    ({"stops": ""}, "Nothing says when it stops"),
    ({"wanted_effect": None}, "Nobody said which difference it was to see"),
    ({"wanted_effect": 0.02}, "people an arm to see 2.0% and had fewer in No letter and Letter."),
    ({"persists_on": None}, "Nobody looked again after 3 to 12 months"),
    ({"harm": ""}, "Nothing says what it may do to trust"),
    ({"arms": (), "planned_people": 100}, "It plans for 100 people an arm, and needs 1,"),
]


@pytest.mark.parametrize(("changed", "said"), LACKING)
def test_what_a_trial_lacks_is_said(changed, said):
    lacks = read(evolve(RECYCLING, **changed)).lacks
    assert len([one for one in lacks if said in one]) == 1


def test_a_trial_that_has_not_come_out_has_a_size_and_no_effect():
    planned = read(evolve(RECYCLING, arms=()))
    assert (planned.effects, planned.extra_actions, planned.cost_per_extra) == ((), 0, None)
    assert planned.as_json()["needed_an_arm"] == arm_size(0.24, 0.29)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Arm("a", 10, 11), "a: 11 of 10 is no count"),
        (lambda: people_needed(0.3, 0.3), "0.3 and 0.3 cannot be told apart"),
        (lambda: people_needed(0, 0.3), "0 and 0.3 cannot be told apart"),
        (lambda: design_effect(0, 0.1), "Groups of 0 that are 0.1 alike cannot be"),
    ],
)
def test_what_cannot_be_counted_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_swapping_arms_turns_the_effect_round(one, other, data):
    arms = [
        Arm("a", one, data.draw(st.integers(0, one))),
        Arm("b", other, data.draw(st.integers(0, other))),
    ]
    there, back = effect(*arms), effect(*reversed(arms))
    assert there.difference == pytest.approx(-back.difference)
    assert there.p == pytest.approx(back.p)
    assert there.low == pytest.approx(-back.high)
