"""The life of a variation, and who may approve one of its size."""

from decimal import Decimal

import pytest

from moothall.agreements.engine.regimes import Outcome
from moothall.agreements.engine.variation import (
    OPEN,
    VARIATION,
    Level,
    levels_that_may,
    why_not_approve,
)
from moothall.values.state_table import CannotMove

LEVELS = (
    Level("COMMISSIONER", "commissioner", Decimal(50_000), Decimal("0.10")),
    Level("SECTION_151_OFFICER", "section 151 officer", Decimal(500_000)),
    Level("EXECUTIVE_MEMBER", "executive member", asks_decision=True),
)


def roles(size, value=None):
    may = levels_that_may(LEVELS, Decimal(size), Decimal(value) if value else None)
    return [level.role for level in may]


def test_a_variation_is_assessed_before_it_is_approved_and_approved_before_it_takes_effect():
    assert VARIATION.after("ASKED", "ASSESS") == "ASSESSED"
    assert VARIATION.after("ASSESSED", "APPROVE") == "APPROVED"
    assert VARIATION.after("APPROVED", "TAKE_EFFECT") == "IN_FORCE"
    with pytest.raises(CannotMove, match="the variation is asked for"):
        VARIATION.after("ASKED", "APPROVE")


def test_what_is_in_force_refused_or_withdrawn_moves_no_more():
    for state in VARIATION.states:
        assert bool(VARIATION.open_from(state.key)) is (state.key in OPEN)


@pytest.mark.parametrize(
    ("size", "value", "may"),
    [
        (50_000, 1_000_000, ["COMMISSIONER", "SECTION_151_OFFICER", "EXECUTIVE_MEMBER"]),
        (-50_000, 1_000_000, ["COMMISSIONER", "SECTION_151_OFFICER", "EXECUTIVE_MEMBER"]),
        (40_000, 100_000, ["SECTION_151_OFFICER", "EXECUTIVE_MEMBER"]),
        (50_001, None, ["SECTION_151_OFFICER", "EXECUTIVE_MEMBER"]),
        (500_001, None, ["EXECUTIVE_MEMBER"]),
    ],
)
def test_the_level_follows_the_size_of_the_change_up_or_down(size, value, may):
    assert roles(size, value) == may


def test_a_level_says_how_far_it_reaches():
    assert [level.in_words() for level in LEVELS] == [
        "commissioner: up to £50,000 and up to 10.0% of the value at award",
        "section 151 officer: up to £500,000",
        "executive member: of any size, by a recorded decision",
    ]


@pytest.mark.parametrize("outcome", [Outcome.MAY_NOT, Outcome.DEPENDS, Outcome.OPEN])
def test_a_test_that_denies_or_is_open_keeps_it_back_until_a_solicitor_speaks(outcome):
    said = {"solicitor_said": "", "is_settled": True}
    assert why_not_approve(outcome, "No ground holds.", **said) == (
        "This variation is not approved: no ground holds. Or record what a solicitor said."
    )
    said["solicitor_said"] = "Paragraph 2 applies"
    assert why_not_approve(outcome, "No ground holds.", **said) is None


@pytest.mark.parametrize("outcome", [Outcome.MAY, Outcome.WARNS, Outcome.NOT_ASSESSED])
def test_what_is_only_warned_of_keeps_nothing_back(outcome):
    assert why_not_approve(outcome, "It warns.", solicitor_said="", is_settled=True) is None


def test_what_is_not_assessed_yet_is_not_approved():
    refused = why_not_approve(Outcome.MAY, "", solicitor_said="", is_settled=False)
    assert refused == (
        "This variation is not approved: it is not priced and tested yet. Do that first."
    )
