"""What stands in the way of recording an execution."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve

from moothall.agreements.engine.kinds import kinds
from moothall.agreements.engine.signing import Ready, checks, why_not_both

TODAY = date(2026, 11, 24)
LIMIT = Decimal(500_000)
READY = Ready(
    name="Street lighting",
    kind=kinds()["contract"],
    members=2,
    lacking=(),
    has_terms=True,
    finding="",
    is_simulated=True,
    exit_empty=(),
    small_public=(),
    reserved=0,
    waived_why="",
    old_checks=(),
    power="Localism Act 2011, section 1",
    undecided=(),
    runs=(),
    value_gbp=Decimal(400_000),
    comments=(),
    prevails="deal",
)


def refusals(**known):
    found = checks(evolve(READY, **known), on=TODAY, comments_above_gbp=LIMIT)
    return [each.refusal for each in found if not each.is_met]


def test_nothing_stands_in_the_way_of_what_is_ready():
    assert refusals() == []


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (
            {"lacking": ("what it is for",)},
            "its record lacks what it is for. Enter it in the register.",
        ),
        (
            {"has_terms": False},
            "it has no terms. Take them from a draft, and agree it in principle.",
        ),
        (
            {"finding": "at terms.fee.payee: There is no party contracter"},
            "its deal has a finding, at terms.fee.payee: There is no party contracter. Go back to "
            "the draft and mend it.",
        ),
        (
            {"is_simulated": False},
            "this exact version of its terms was not simulated. Simulate the draft as it stands.",
        ),
        (
            {"prevails": ""},
            "it does not say whether the document or the deal file prevails. Say so in its record.",
        ),
        (
            {"exit_empty": ("Staff", "Data")},
            "2 parts of its exit plan are empty. Fill in “Staff” and “Data”.",
        ),
        (
            {"small_public": ("Norbury",)},
            "Norbury holds a quarter or less, and no matter is reserved. Set the board’s reserved "
            "matters, or waive them with a reason.",
        ),
        (
            {"old_checks": ("Identity of Brightlamp Ltd was never checked.",)},
            "1 check of a partner is due. Identity of Brightlamp Ltd was never checked.",
        ),
        (
            {"undecided": ("Norbury",)},
            "no decision of Norbury names the power (Localism Act 2011, section 1) and the "
            "delegation it rests on. Record the decision below.",
        ),
        (
            {"runs": (("a call-in", TODAY),)},
            "a call-in runs until 24 November 2026. Wait for the day after.",
        ),
        (
            {"runs": (("a standstill", date(2026, 11, 30)),)},
            "a standstill runs until 30 November 2026. Wait for the day after.",
        ),
        (
            {"value_gbp": None},
            "its value is not known, so the statutory officers’ limit cannot be told. Enter its "
            "value at award.",
        ),
        (
            {"value_gbp": Decimal(750_000), "comments": ("S151",)},
            "it is worth £750,000, above the limit of £500,000, and the monitoring officer’s "
            "comment is missing. Ask for what is missing.",
        ),
    ],
)
def test_each_refusal_is_one_sentence_with_its_fact(known, sentence):
    assert refusals(**known) == [f"Street lighting cannot be recorded as executed: {sentence}"]


def test_a_waiver_or_one_reserved_matter_lets_a_small_holder_sign():
    assert refusals(small_public=("Norbury",), waived_why="The articles protect it.") == []
    assert refusals(small_public=("Norbury",), reserved=3) == []


def test_the_day_after_a_clock_it_runs_no_more():
    assert refusals(runs=(("a call-in", date(2026, 11, 23)),)) == []


def test_at_the_limit_no_comment_is_needed_yet():
    assert refusals(value_gbp=LIMIT) == []


def test_the_keepers_own_limit_stands_before_the_common_one():
    (refused,) = refusals(own_limit_gbp=Decimal(100_000))
    assert "above the limit of £100,000" in refused
    assert refusals(own_limit_gbp=Decimal(900_000), value_gbp=Decimal(750_000)) == []


def test_a_compact_is_asked_only_for_its_record():
    compact = kinds()["compact"]
    known = {"kind": compact, "has_terms": False, "prevails": "", "value_gbp": None}
    assert refusals(**known, undecided=("Norbury",)) == []
    assert len(refusals(**known, lacking=("how a member leaves",))) == 1


@pytest.mark.parametrize("known", [{"has_terms": True}, {"value_gbp": Decimal(1)}])
def test_a_compact_that_pays_is_asked_for_everything(known):
    bare = {"kind": kinds()["compact"], "has_terms": False, "value_gbp": None, "prevails": ""}
    assert refusals(**bare) == []
    (refused,) = [each for each in refusals(**bare | known) if "prevails" in each]
    assert refused.endswith("Say so in its record.")


def test_nobody_signs_for_two_parties():
    others = [("Ada Moss", "Norbury")]
    assert why_not_both("Bo Field", "Brightlamp Ltd", others) is None
    assert why_not_both("ada  moss ", "Brightlamp Ltd", others) == (
        "ada moss cannot sign for Brightlamp Ltd: the same person signed for Norbury, and nobody "
        "acts for two parties. Have another person sign."
    )
