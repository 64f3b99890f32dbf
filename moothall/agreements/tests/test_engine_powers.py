"""What one class of a board can do alone is said, and so is whether a mutual is safe from it."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.agreements.engine.deadlock import LADDER, Clock, why_not_climb
from moothall.agreements.engine.matters import (
    Decided,
    decided_by,
    matters,
    why_not_decide,
    why_not_lift,
)
from moothall.agreements.engine.powers import (
    Rules,
    SeatClass,
    State,
    checks,
    passes_alone,
    powers,
)
from moothall.agreements.engine.principles import (
    Score,
    Verdict,
    assessed,
    principles,
    why_not_score,
)
from moothall.agreements.engine.voting import BY_SHARE, Majority, Method, Rule
from moothall.values.state_table import CannotMove

LEISURE = (
    SeatClass("staff", "Staff", 11, weight=11),
    SeatClass("customers", "Customers", 3, weight=3),
    SeatClass("council", "Councillors", 4, weight=4, is_public=True),
)
VENTURE = (
    SeatClass("council", "Council", 1, weight=199, is_public=True),
    SeatClass("builder", "Builder", 2, weight=300),
    SeatClass("capita", "Capita", 3, weight=501),
)


def rules(classes=LEISURE, **given):
    method = given.pop("method", Method.MEMBERS)
    asked = {
        "ordinary": Rule(method),
        "reserved": Rule(method, Majority.EVERYONE),
        "change": Rule(method, Majority.TWO_THIRDS),
        "conversion": Rule(method, Majority.THREE_QUARTERS),
        "has_asset_lock": True,
        "reserved_count": 11,
    }
    return Rules(classes, **asked | given)


def states(given):
    return {check.code: check.state for check in checks(given)}


def test_a_class_with_eleven_of_eighteen_seats_passes_an_ordinary_vote_and_no_special_one():
    staff, customers, council = powers(LEISURE, Method.MEMBERS)
    assert staff.share == Fraction(11, 18)
    assert staff.passes == (Majority.MORE_THAN_HALF,)
    assert staff.words == "can pass what takes more than half"
    assert customers.words == "nothing alone"
    assert not council.passes
    assert council.blocks == ()


def test_shares_and_seats_are_counted_each_in_their_way():
    council, _builder, capita = powers(VENTURE, Method.SHARES)
    assert (council.passes, council.blocks) == ((), ())  # 19.9% stops no special resolution
    assert capita.passes == (Majority.MORE_THAN_HALF,)
    by_seats = powers(VENTURE, Method.MEMBERS)[2]
    assert by_seats.passes == ()
    assert "can stop what takes more than half" in by_seats.words


@given(st.lists(st.integers(1, 30), min_size=2, max_size=5))
def test_two_classes_never_pass_the_same_thing_alone_and_who_passes_stops_it_too(weights):
    classes = [SeatClass(str(n), str(n), 1, weight) for n, weight in enumerate(weights)]
    found = powers(classes, Method.SHARES)
    for majority in BY_SHARE:
        assert sum(majority in each.passes for each in found) <= 1
    for each in found:
        assert set(each.passes) <= set(each.blocks)


def test_a_mutual_that_no_class_can_take_holds_every_check_but_the_staffs_majority():
    found = states(rules())
    assert found.pop("ONE_CLASS_PASSES") is State.FAILED
    assert found.pop("ONE_CLASS_MEETS") is State.FAILED
    assert found.pop("RESERVED_MATTERS") is State.PASSED
    assert set(found.values()) == {State.PASSED}


@pytest.mark.parametrize(
    ("code", "given", "because"),
    [
        ("ONE_CLASS_PASSES", {}, "Staff alone can carry an ordinary vote: it takes more than half"),
        ("ONE_CLASS_CHANGES_RULES", {"change": Rule()}, "Staff alone can change the rules"),
        ("OWN_WEIGHT", {"change": Rule()}, "Staff alone can change its own weight"),
        ("ONE_CLASS_CONVERTS", {"conversion": Rule()}, "Staff alone can convert it"),
        ("CONVERSION_ENTRENCHED", {"conversion": Rule()}, "It takes more than half."),
        ("ONE_CLASS_MEETS", {}, "alone has a quorum. Give each class a quorum of its own"),
        ("ASSET_LOCK", {"has_asset_lock": False}, "could share its assets out. Add an asset lock"),
        ("RESERVED_MATTERS", {"reserved_count": 0}, "a quarter or less, and no matter is reserved"),
        ("RESERVED_MATTERS", {"reserved": Rule()}, "Staff alone can pass a reserved matter"),
    ],
)
def test_each_check_can_fail_and_says_the_fact(code, given, because):
    check = next(each for each in checks(rules(**given)) if each.code == code)
    assert check.state is State.FAILED
    assert because in check.because


def test_where_a_question_does_not_arise_its_answer_says_so():
    one = states(rules(LEISURE[:1], has_asset_lock=None))
    assert one["ONE_CLASS_PASSES"] is one["ONE_CLASS_MEETS"] is State.NOT_APPLICABLE
    assert one["ASSET_LOCK"] is one["RESERVED_MATTERS"] is State.NOT_APPLICABLE
    assert State.NOT_APPLICABLE.words == "Not applicable"


def test_a_quorum_of_each_class_keeps_one_from_meeting_alone():
    held = tuple(SeatClass(x.key, x.name, x.seats, x.weight, quorum=1) for x in LEISURE)
    assert states(rules(held))["ONE_CLASS_MEETS"] is State.PASSED


def test_a_weight_is_safe_where_every_class_must_agree_to_change_it():
    agreed = Rule(majority=Majority.EVERY_CLASS)
    assert not any(passes_alone(each.key, LEISURE, agreed) for each in LEISURE)
    assert states(rules(change=agreed))["OWN_WEIGHT"] is State.PASSED


# ── who decides what ─────────────────────────────────────────────────────────────────────────


def test_a_ring_fenced_kind_of_decision_is_refused_in_a_sentence():
    assert why_not_decide("The Joint Committee", "council_tax", {}, owner="Norbury") == (
        "The Joint Committee cannot decide this: “A body's council tax, precept or budget of "
        "its own” is ring-fenced by the sovereignty guarantee, and Norbury decides it for itself. "
        "Take it to Norbury’s own meeting."
    )
    assert "Take it to that body’s own meeting." in why_not_decide("The board", "own_staff", {})
    assert why_not_decide("The board", "business_plan", {}) == ""


def test_an_agreement_ring_fences_more_and_once_its_board_has_met_no_less():
    assert decided_by("budget", {}) is Decided.RESERVED
    assert why_not_decide("The board", "budget", {"budget": "RING_FENCED"})
    fenced, open_ = Decided.RING_FENCED, Decided.ORDINARY
    assert "lifted by a variation" in why_not_lift("The board", "own_policy", fenced, open_, 1)
    assert why_not_lift("The board", "own_policy", fenced, open_, 0) == ""
    assert why_not_lift("The board", "budget", Decided.RESERVED, fenced, 1) == ""


def test_what_is_ring_fenced_and_reserved_is_listed_from_the_start():
    kinds = [each.decided for each in matters().values()]
    assert kinds.count(Decided.RING_FENCED) == 6
    assert kinds.count(Decided.RESERVED) == 11


# ── principles ───────────────────────────────────────────────────────────────────────────────


def scored(**scores):
    return [Score(int(key[1:]), score, "The rules, clause 4") for key, score in scores.items()]


def test_a_nought_in_the_first_four_fails_whatever_the_rest_is():
    assert assessed(scored(p2=0, p5=2)).because.startswith("It does not pass: principle 2 scored 0")
    full = {f"p{each.number}": 2 for each in principles()}
    assert assessed(scored(**full | {"p1": 0, "p3": 0})).verdict is Verdict.FAILS
    assert assessed(scored(**full | {"p6": 0})).because == (
        "It passes: 12 of 14, and no nought in 1 to 4."
    )


def test_what_is_not_scored_is_not_assessed():
    found = assessed(scored(p1=1, p2=2, p3=1, p4=1, p5=1))
    assert (found.verdict, found.because) == (
        Verdict.NOT_ASSESSED,
        "It is not assessed yet: score principles 6 and 7.",
    )


def test_no_score_is_taken_without_evidence():
    assert why_not_score(8, 1, "x").startswith("There is no principle 8")
    assert why_not_score(1, 3, "x").startswith("A principle is scored 0, 1 or 2, not 3")
    with pytest.raises(ValueError, match="Principle 1 is not scored without its evidence"):
        Score(1, 2, " ")


# ── deadlock ─────────────────────────────────────────────────────────────────────────────────


def test_a_step_of_the_ladder_waits_for_its_clock_or_for_everyone_to_agree():
    clock = Clock("OFFICER", date(2026, 5, 1), 10)
    assert clock.words(date(2026, 5, 4)) == "with the officers until 11 May 2026: 7 days left."
    assert why_not_climb(clock, date(2026, 5, 10)).startswith(
        "The deadlock stays with the officers until 11 May 2026: 1 day left."
    )
    assert why_not_climb(clock, date(2026, 5, 10), all_agree=True) == ""
    assert why_not_climb(clock, date(2026, 5, 11)) == ""
    assert "its time ran out on 11 May 2026" in clock.words(date(2026, 5, 11))
    ended = Clock("BUY_SELL", date(2026, 5, 1), 0)
    assert ended.words(date(2026, 6, 1)) == "buy or sell, since 1 May 2026."


def test_the_ladder_is_climbed_a_step_at_a_time_to_its_last():
    state = "OFFICER"
    for expected in ("CHIEF_EXECUTIVE", "MEDIATION", "EXPERT"):
        state = LADDER.after(state, "CLIMB")
        assert state == expected
    assert LADDER.after(state, "WIND_UP") == "WINDING_UP"
    with pytest.raises(CannotMove, match="You cannot call for winding up: the deadlock is with"):
        LADDER.after("OFFICER", "WIND_UP")
