"""Does a mutual live by the seven co-operative principles, and on what evidence?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from attrs import frozen

from moothall.agreements.engine.matters import catalogue
from moothall.values.wording import listed

NONE_MAY_BE_NOUGHT = (1, 2, 3, 4)
SCORES = {0: "not met", 1: "partly met", 2: "met"}


@frozen
class Principle:
    number: int
    label: str
    look_for: str


@frozen
class Score:
    """How far a principle is met, 0 to 2, and the evidence for it."""

    principle: int
    score: int
    evidence: str

    def __attrs_post_init__(self) -> None:
        if reason := why_not_score(self.principle, self.score, self.evidence):
            raise ValueError(reason)


class Verdict(StrEnum):
    PASSES = "PASSES"
    FAILS = "FAILS"
    NOT_ASSESSED = "NOT_ASSESSED"


@frozen
class Assessment:
    verdict: Verdict
    because: str


@cache
def principles() -> tuple[Principle, ...]:
    """The seven, in their order."""
    rows = tomllib.loads(catalogue("co_operative_principles"))
    return tuple(Principle(int(number), **row) for number, row in rows.items())


def why_not_score(principle: int, score: int, evidence: str) -> str:
    """Return why a score is not taken, or nothing."""
    if principle not in {each.number for each in principles()}:
        return f"There is no principle {principle}. Choose one from 1 to 7."
    if score not in SCORES:
        return f"A principle is scored 0, 1 or 2, not {score}. Choose one of these."
    if not evidence.strip():
        return f"Principle {principle} is not scored without its evidence. Say what shows it."
    return ""


def assessed(scores: Iterable[Score]) -> Assessment:
    """Return whether it passes: every principle scored, and no nought in the first four."""
    held = {each.principle: each for each in scores}
    noughts = [
        str(number) for number in NONE_MAY_BE_NOUGHT if number in held and not held[number].score
    ]
    if noughts:
        which = f"principle{'s' if len(noughts) > 1 else ''} {listed(noughts)}"
        return Assessment(
            Verdict.FAILS, f"It does not pass: {which} scored 0, and none of 1 to 4 may."
        )
    unscored = [str(each.number) for each in principles() if each.number not in held]
    if unscored:
        which = f"principle{'s' if len(unscored) > 1 else ''} {listed(unscored)}"
        return Assessment(Verdict.NOT_ASSESSED, f"It is not assessed yet: score {which}.")
    total = sum(each.score for each in held.values())
    return Assessment(Verdict.PASSES, f"It passes: {total} of 14, and no nought in 1 to 4.")
