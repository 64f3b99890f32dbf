"""May this go on? Three questions in order: should the council do it, by which model, with whom?

A duty is held apart from the method: a law that asks for a thing seldom says how it is done. So a
duty stops the council from giving a service up, and stops no delivery model.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from attrs import frozen

from moothall.appraisal.engine.appraisal import Answer, Appraisal, Duty, GateAnswer, Precondition
from moothall.appraisal.engine.personal_budget import saved_by_stopping
from moothall.deals.wording import in_sentence
from moothall.values.wording import listed, number_of, pounds_in_words

QUESTIONS = {
    "should": "Should the council do this at all?",
    "model": "By which model?",
    "who": "With whom?",
}
WATCHED_MONTHS = 12  # for which a service that stopped is watched for need that moved elsewhere


class GateState(StrEnum):
    PASSED = "passed"
    STOPPED = "stopped"
    OPEN = "open"
    WAITS = "waits"
    REFUSED = "refused"


@frozen
class Gate:
    """One of the three questions, and where it stands.

    because : why it stands there
    missing : what is still to be done before it can be passed, or the service stopped
    """

    key: str
    question: str
    answer: str | None
    state: GateState
    because: str
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "question": self.question,
            "answer": self.answer,
            "state": self.state.value,
            "because": self.because,
            "missing": list(self.missing),
        }


def gates(appraisal: Appraisal) -> tuple[Gate, ...]:
    """Return the three gates, in order; one that was answered out of turn waits."""
    found: list[Gate] = []
    for key, question in QUESTIONS.items():
        answer = appraisal.gates[key]
        before = found[-1] if found else None
        if before is not None and before.state is not GateState.PASSED:
            said = "Nothing is asked here yet"
            if before.state is GateState.STOPPED:
                said = "The service is to stop, so this is not asked"
            elif answer.answer is not None:
                said = "It was answered out of turn: the question before it is not settled"
            state, because, missing = GateState.WAITS, f"{said}.", tuple[str, ...]()
        else:
            state, because, missing = _asked(appraisal, key, answer)
        found.append(Gate(key, question, answer.answer, state, because, missing))
    return tuple(found)


def _asked(
    appraisal: Appraisal, key: str, answer: GateAnswer
) -> tuple[GateState, str, tuple[str, ...]]:
    missing = []
    if answer.answer is None:
        missing.append("An answer.")
    elif not answer.because:
        missing.append("The reason for the answer.")
    if answer.answer is not None and not answer.evidence:
        missing.append("The evidence that it rests on.")
    if key == "should":
        return _should(appraisal, answer, missing)
    if answer.answer == "no":
        return GateState.STOPPED, answer.because or "It was answered no.", tuple(missing)
    if key == "model" and answer.answer == "yes":
        missing += [f"{said}" for said in _not_met(appraisal)]
        if not any(one.is_preferred for one in appraisal.options.values()):
            missing.append("The option that is the preferred way forward.")
    if missing:
        return GateState.OPEN, f"Still to come: {in_sentence(missing[0])}", tuple(missing)
    return GateState.PASSED, answer.because, ()


def _should(
    appraisal: Appraisal, answer: GateAnswer, missing: list[str]
) -> tuple[GateState, str, tuple[str, ...]]:
    if answer.answer == "no":
        if appraisal.duties:
            laws = listed(one.law for one in appraisal.duties)
            said = (
                f"The council cannot stop: {laws} asks for it. How it is done is another question, "
                "and open. Answer yes, and go on to the model; or show that the duty is met "
                "without the service."
            )
            return GateState.REFUSED, said, ()
        lacks = (*missing, *why_not_stop(appraisal))
        if lacks:
            said = f"Before the service stops, {number_of(len(lacks), 'thing')} must be there."
            return GateState.STOPPED, f"{said}{_saves(appraisal)}", lacks
        return GateState.STOPPED, f"{answer.because}{_saves(appraisal)}", ()
    if missing:
        return GateState.OPEN, f"Still to come: {in_sentence(missing[0])}", tuple(missing)
    return GateState.PASSED, answer.because, ()


def _saves(appraisal: Appraisal) -> str:
    """What stopping saves, with a space before it; '' where nobody has said what it costs."""
    of = appraisal.stopping
    if of.cost_gbp is None:
        return ""
    saved = saved_by_stopping(
        of.cost_gbp,
        of.overhead_gbp,
        redundancy=of.redundancy_gbp,
        dilapidations=of.dilapidations_gbp,
        moved_to_others=of.moved_to_others_gbp,
    )
    return (
        f" Stopping saves {pounds_in_words(saved.saved)} a year of what can be avoided; overhead "
        f"of {pounds_in_words(of.overhead_gbp)} stays. Others take up "
        f"{pounds_in_words(saved.moved_to_others)} of it, so all together save "
        f"{pounds_in_words(saved.saved_by_all)}, after {pounds_in_words(saved.once)} once."
    )


def why_not_stop(appraisal: Appraisal) -> Iterator[str]:
    """Yield what is missing before a service may be stopped; nothing where all is there."""
    stopping = appraisal.stopping
    if stopping.equality_analysis_on is None:
        yield "An equality analysis, with its date (Equality Act 2010, section 149)."
    elif stopping.equality_analysis_on > appraisal.on:
        yield (
            f"The equality analysis is of {stopping.equality_analysis_on:%-d %B %Y}, after the "
            f"appraisal's own day, {appraisal.on:%-d %B %Y}: it must be read before the decision."
        )
    if stopping.consultation_ended_on is None:
        yield "A consultation, with the day on which it ended."
    if not stopping.consultation_taken_into_account:
        yield "How what people said in the consultation was taken into account."
    if not stopping.best_value:
        yield "Why stopping is consistent with Best Value (Local Government Act 1999, section 3)."
    if not stopping.who_else_is_affected:
        yield "Whose services take up the need that is left."
    if (stopping.monitored_months or 0) < WATCHED_MONTHS:
        yield f"A watch of at least {WATCHED_MONTHS} months on need that moves elsewhere."


@frozen
class DutyRead:
    """A duty with what follows from it for the method."""

    duty: Duty
    sentence: str


def duties_read(appraisal: Appraisal) -> tuple[DutyRead, ...]:
    """Return each duty with whether it says anything of how it is to be met."""
    return tuple(
        DutyRead(
            one,
            f"{one.law} asks that {one.duty}. "
            + (
                f"It also says how: {one.method}."
                if one.fixes_method
                else "It does not say how: every delivery model that secures this is open."
            ),
        )
        for one in appraisal.duties
    )


def _not_met(appraisal: Appraisal) -> Iterator[str]:
    for one in appraisal.preconditions:
        if one.judgement.answer is Answer.FAILS:
            yield f"{one.title}: {one.judgement.because}"
        elif one.judgement.answer is Answer.UNKNOWN:
            yield f"{one.title}: not known yet."


def preconditions_in_words(preconditions: tuple[Precondition, ...]) -> str:
    """Say how many preconditions are met, are not, and are not known."""
    if not preconditions:
        return "No preconditions have been listed."
    by = [one.judgement.answer for one in preconditions]
    asked = len(by) - by.count(Answer.NOT_APPLICABLE)
    return (
        f"{by.count(Answer.PASSES)} of {number_of(asked, 'precondition')} met, "
        f"{by.count(Answer.FAILS)} not met, {by.count(Answer.UNKNOWN)} not known."
    )
