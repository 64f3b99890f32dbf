"""The three questions, in order; a duty held apart from its method; what stopping takes."""

from datetime import date

from moothall.appraisal.engine.gates import (
    GateState,
    duties_read,
    gates,
    preconditions_in_words,
    why_not_stop,
)
from moothall.appraisal.tests.files import leisure, read

PASSED = {"answer": "yes", "because": "It is wanted.", "evidence": ["survey"]}
NO = {"answer": "no", "because": "Others do it.", "evidence": ["survey"]}
STOPPING = {
    "equality_analysis_on": date(2026, 9, 1),
    "consultation_ended_on": date(2026, 8, 1),
    "consultation_taken_into_account": "Two pools stay open.",
    "best_value": "Nobody is left without a pool nearby.",
    "who_else_is_affected": "Schools, which hire pools elsewhere.",
    "monitored_months": 12,
}


def states(appraisal):
    return [one.state for one in gates(appraisal)]


def test_the_questions_are_asked_in_order():
    assert states(leisure()) == [GateState.PASSED, GateState.OPEN, GateState.WAITS]
    assert gates(leisure())[0].question == "Should the council do this at all?"


def test_an_answer_out_of_turn_waits_and_says_so():
    who = gates(read(gates__who=PASSED))[2]
    assert who.state is GateState.WAITS
    assert who.because.startswith("It was answered out of turn")


def test_an_answer_without_reason_or_evidence_leaves_the_gate_open():
    should = gates(read(gates__should={"answer": "yes"}))[0]
    assert should.state is GateState.OPEN
    assert should.because == "Still to come: the reason for the answer."
    assert should.missing == ("The reason for the answer.", "The evidence that it rests on.")


def test_a_duty_stops_the_council_from_stopping_and_no_model():
    should = gates(read(gates__should=NO))[0]
    assert should.state is GateState.REFUSED
    assert should.because.startswith(
        "The council cannot stop: Local Government Act 1999, section 3 asks for it. How it is done "
        "is another question, and open."
    )


def test_a_duty_is_read_apart_from_its_method():
    assert duties_read(leisure())[0].sentence.endswith(
        "It does not say how: every delivery model that secures this is open."
    )
    fixed = read(duties__best_value__method="by a plan each year")
    assert duties_read(fixed)[0].sentence.endswith("It also says how: by a plan each year.")


def test_a_service_without_a_duty_stops_only_when_all_that_it_takes_is_there():
    stopping = gates(read(gates__should=NO, duties=None))
    assert [one.state for one in stopping] == [
        *(GateState.STOPPED, GateState.WAITS, GateState.WAITS),
    ]
    assert stopping[0].because == "Before the service stops, 6 things must be there."
    assert stopping[1].because == "The service is to stop, so this is not asked."
    ready = gates(read(gates__should=NO, duties=None, stopping=STOPPING))[0]
    assert (ready.missing, ready.because) == ((), "Others do it.")


def test_each_thing_that_stopping_takes_is_asked_for():
    asked = tuple(why_not_stop(read()))
    assert [one.split(",")[0] for one in asked[:2]] == ["An equality analysis", "A consultation"]
    assert asked[-1] == "A watch of at least 12 months on need that moves elsewhere."
    for name in STOPPING:
        lacking = {key: value for key, value in STOPPING.items() if key != name}
        assert len(tuple(why_not_stop(read(stopping=lacking)))) == 1
    assert not tuple(why_not_stop(read(stopping=STOPPING)))


def test_an_equality_analysis_after_the_day_of_the_appraisal_does_not_count():
    late = {**STOPPING, "equality_analysis_on": date(2027, 1, 1)}
    assert tuple(why_not_stop(read(stopping=late))) == (
        "The equality analysis is of 1 January 2027, after the appraisal's own day, 24 November "
        "2026: it must be read before the decision.",
    )


def test_the_model_is_settled_once_preconditions_hold_and_one_option_is_preferred():
    ready = {"staff": {"title": "Staff have been asked", "answer": "pass"}}
    asked = read(
        gates__model=PASSED, preconditions=ready, options__mutual__is_preferred=True, gates__who=NO
    )
    assert states(asked) == [GateState.PASSED, GateState.PASSED, GateState.STOPPED]


def test_preconditions_that_fail_or_are_unknown_keep_the_model_open():
    asked = {
        "staff": {"title": "Staff have been asked", "answer": "fail", "because": "Not yet."},
        "money": {"title": "There is money to begin"},
        "site": {"title": "A site is found", "answer": "not applicable", "because": "None moves."},
    }
    model = gates(read(gates__model=PASSED, preconditions=asked))[1]
    assert model.missing == (
        "Staff have been asked: Not yet.",
        "There is money to begin: not known yet.",
        "The option that is the preferred way forward.",
    )
    assert preconditions_in_words(read(preconditions=asked).preconditions) == (
        "0 of 2 preconditions met, 1 not met, 1 not known."
    )
    assert preconditions_in_words(()) == "No preconditions have been listed."


def test_a_gate_is_written_for_programs():
    assert gates(leisure())[0].as_json()["state"] == "passed"
