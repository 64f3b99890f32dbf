"""How well is an appraisal known? Its weakest evidence first, and the answer without it.

Unknown stays unknown: a score or an amount whose evidence is taken away is no nought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from attrs import evolve, frozen

from moothall.appraisal.engine.appraisal import (
    Answer,
    Appraisal,
    Evidence,
    Judgement,
    Score,
    UnknownLine,
)
from moothall.appraisal.engine.cost_lines import CostLine
from moothall.deals.wording import in_sentence
from moothall.values.wording import listed, plain_date

GRADES: Mapping[str, str] = {
    "A": "law, audited, or tried against a group like it",
    "B": "counted by those who run it, and checked",
    "C": "worked out from figures of like places",
    "D": "judged by those who know the service",
    "E": "said by somebody, and checked by nobody",
}
OLD_AFTER_YEARS = 5


@frozen
class Rests:
    """What rests on a piece of evidence, by title; and how many figures of the answer do."""

    titles: tuple[str, ...]
    figures: int


@frozen
class Weak:
    """A piece of evidence in the order of its weakness.

    why     : what is weak about it
    rests   : what rests on it
    without : what the answer would be without it; empty where nothing of the answer rests on it
    """

    evidence: Evidence
    why: str
    rests: Rests
    without: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        one = self.evidence
        return {
            "key": one.key,
            "title": one.title,
            "source": one.source,
            "basis": one.basis,
            "on": None if one.on is None else one.on.isoformat(),
            "grade": one.grade,
            "by": one.by,
            "is_interested": one.is_interested,
            "is_unknown": one.is_unknown,
            "why": self.why,
            "rests_on_it": list(self.rests.titles),
            "figures": self.rests.figures,
            "without_it": list(self.without),
        }


def weakest_first(appraisal: Appraisal) -> tuple[Weak, ...]:
    """Return all evidence, the weakest first; among equals, that on which most rests.

    Unknown is the weakest, then what has no source, no grade, a low grade, an interest, great age.
    """
    found = [
        Weak(one, _why(one, appraisal.on), rests_on(appraisal, key))
        for key, one in appraisal.evidence.items()
    ]
    return tuple(sorted(found, key=lambda weak: _weakness(weak, appraisal.on)))


def _weakness(weak: Weak, today: date) -> tuple[object, ...]:
    one = weak.evidence
    grade = 1 if one.grade is None else "EDCBA".index(one.grade) + 1
    return (
        not one.is_unknown,
        one.source is not None,
        one.grade is not None,
        grade,
        not one.is_interested,
        not is_old(one, today),
        -weak.rests.figures,
    )


def is_old(one: Evidence, today: date) -> bool:
    return one.on is not None and (today - one.on).days > OLD_AFTER_YEARS * 365.25


def _why(one: Evidence, today: date) -> str:
    if one.is_unknown:
        return "Nobody knows it yet."
    said = []
    if one.source is None:
        said.append("it has no source")
    if one.grade is None:
        said.append("nobody has graded it")
    else:
        said.append(f"it is {GRADES[one.grade]} (grade {one.grade})")
    if one.is_interested:
        said.append(f"who says it gains by it{f' ({one.by})' if one.by else ''}")
    if is_old(one, today):
        said.append(f"it is of {plain_date(one.on)}")
    elif one.on is None:
        said.append("it has no date")
    words = listed(said)
    return f"{words[0].upper()}{words[1:]}."


def rests_on(appraisal: Appraisal, key: str) -> Rests:
    """Return what rests on a piece of evidence."""
    titles = dict.fromkeys(_resting(appraisal, key))
    figures = sum(1 for line in appraisal.lines if line.evidence == key)
    figures += sum(1 for line in appraisal.unknown_lines if line.evidence == key)
    figures += sum(1 for score in appraisal.scores if key in score.evidence)
    figures += sum(1 for one in appraisal.drivers.values() if one.evidence == key)
    return Rests(tuple(titles), figures)


def _resting(appraisal: Appraisal, key: str) -> Iterator[str]:
    if key in appraisal.service.evidence:
        yield appraisal.service.name
    for duty in appraisal.duties:
        if key in duty.evidence:
            yield duty.law
    for gate in appraisal.gates.values():
        if key in gate.evidence:
            yield f"the answer {gate.answer!r} at a gate"
    for one in appraisal.preconditions:
        if key in one.judgement.evidence:
            yield one.title
    sifted = [(one.title, one.success) for one in appraisal.choices.values()]
    sifted += [(one.name, one.success) for one in appraisal.options.values()]
    for name, success in sifted:
        if any(key in judged.evidence for judged in success.values()):
            yield f"whether {name} goes on"
    criteria = {one.key: one.title for one in appraisal.criteria}
    for score in appraisal.scores:
        if key in score.evidence:
            yield f"{appraisal.options[score.option].name} on {criteria[score.criterion]}"
    for driver in appraisal.drivers.values():
        if driver.evidence == key:
            yield driver.title
    lines = [(one.title, one.option, one.evidence) for one in appraisal.lines]
    lines += [(one.title, one.option, one.evidence) for one in appraisal.unknown_lines]
    for title, option, evidence in lines:
        if evidence == key:
            yield f"{title}, {appraisal.options[option].name}"


def without(appraisal: Appraisal, key: str) -> Appraisal:
    """Return the appraisal as it would be had nobody this evidence.

    Scores and amounts that rest on it are unknown; a judgement that rests on it alone is not made;
    what has other evidence besides stands.
    """
    gone = {line.key for line in appraisal.lines if line.evidence == key}
    lost = {name for name, one in appraisal.drivers.items() if one.evidence == key}
    stays: list[CostLine] = []
    rest: list[CostLine] = []
    for line in appraisal.lines:
        is_lost = line.key in gone or lost.intersection(line.drivers)
        (rest if is_lost else stays).append(line)
    unknown = tuple(UnknownLine(line.key, line.option, line.title, key) for line in rest)
    return evolve(
        appraisal,
        lines=tuple(stays),
        unknown_lines=(*appraisal.unknown_lines, *unknown),
        scores=tuple(_without_score(one, key) for one in appraisal.scores),
        choices={
            name: evolve(one, success=_without_judgements(one.success, key))
            for name, one in appraisal.choices.items()
        },
        options={
            name: evolve(one, success=_without_judgements(one.success, key))
            for name, one in appraisal.options.items()
        },
    )


def _without_score(score: Score, key: str) -> Score:
    return evolve(score, value=None) if score.evidence == (key,) else score


def _without_judgements(success: Mapping[str, Judgement], key: str) -> dict[str, Judgement]:
    return {
        name: Judgement(Answer.UNKNOWN) if judged.evidence == (key,) else judged
        for name, judged in success.items()
    }


Answering = Callable[[Appraisal], "Headline"]


@frozen
class Headline:
    """The answer in short: who comes first, by what counts, and by money; empty: nobody can say.

    shortlist : option keys that go on
    first     : those that may come first by score, whatever the unknown scores turn out to be
    cheapest  : who is worth the most, or costs the least; empty while any amount is unknown
    """

    shortlist: tuple[str, ...]
    first: tuple[str, ...]
    cheapest: tuple[str, ...]
    unknown_amounts: tuple[str, ...] = ()


def with_answers(
    appraisal: Appraisal, weak: tuple[Weak, ...], answer: Answering, most: int = 5
) -> tuple[Weak, ...]:
    """Return the weak evidence, the first few of what counts with the answer without each."""
    now = answer(appraisal)
    left = most
    found = []
    for one in weak:
        if left and one.rests.titles:
            left -= 1
            then = answer(without(appraisal, one.evidence.key))
            one = evolve(one, without=tuple(_changes(appraisal, now, then)))
        found.append(one)
    return tuple(found)


def _changes(appraisal: Appraisal, now: Headline, then: Headline) -> Iterator[str]:
    def names(keys: tuple[str, ...], last: str = "and") -> str:
        return listed((appraisal.options[key].name for key in keys), last=last)

    back = tuple(key for key in then.shortlist if key not in now.shortlist)
    if back:
        yield f"Without it {names(back)} would not have been discounted."
    if now.first:
        if then.first == now.first:
            yield f"Without it {names(now.first)} still comes first by score."
        elif len(then.first) > 1:
            either = names(then.first, "or")
            yield f"Without it nobody can say which comes first by score: {either}."
        elif then.first:
            yield (
                f"Without it {names(then.first)} would come first by score, not {names(now.first)}."
            )
        else:
            yield "Without it no option can be scored."
    if now.cheapest:
        if then.cheapest == now.cheapest:
            yield f"Without it {names(now.cheapest)} is still the best value."
        elif then.unknown_amounts:
            amounts = listed(dict.fromkeys(map(in_sentence, then.unknown_amounts)))
            yield (
                f"Without it nobody can say which is the best value: the amount of {amounts} would "
                "not be known."
            )
        elif then.cheapest:
            yield f"Without it {names(then.cheapest)} would be the best value."
