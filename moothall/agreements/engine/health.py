"""How well does a partnership work, by eight questions that its members answer with evidence?

Not answered, not applicable and no are three different things, and none stands for another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files

from attrs import frozen

from moothall.values.wording import listed, number_of


class Answer(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_APPLICABLE = "n/a"

    @property
    def words(self) -> str:
        return "not applicable" if self is Answer.NOT_APPLICABLE else self.value


@frozen
class Question:
    """evidence: what would show it. no: what to do where the answer is no."""

    key: str
    asks: str
    evidence: str
    no: str


@cache
def questions() -> dict[str, Question]:
    text = (files("moothall.agreements") / "catalogues" / "health_check.toml").read_text("utf-8")
    return {key: Question(key=key, **row) for key, row in tomllib.loads(text).items()}


def said_of_answers(answers: Iterable[Answer | None]) -> str:
    """One sentence that adds up to all the questions: '5 of 8 answered: 3 yes, 1 partly, 1 no.'"""
    held = list(answers)
    counts = [(answer, held.count(answer)) for answer in Answer]
    said = [f"{count} {answer.words}" for answer, count in counts if count]
    if not said:
        return f"None of {number_of(len(held), 'question')} is answered yet."
    answered = len(held) - held.count(None)
    return f"{answered} of {number_of(len(held), 'question')} answered: {listed(said)}."
