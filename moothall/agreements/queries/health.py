"""How does a partnership answer the eight questions, and what is in it for each member?"""

from __future__ import annotations

from datetime import date

from attrs import frozen
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.engine.health import Answer, Question, questions, said_of_answers
from moothall.agreements.models import Agreement, HealthAnswer
from moothall.core.permissions import Viewer
from moothall.values.wording import number_of

COLOURS = {Answer.YES: "green", Answer.PARTLY: "yellow", Answer.NO: "red"}


@frozen
class AnswerRow:
    """A question with its latest answer; answer is None where there is none."""

    question: Question
    answer: Answer | None
    evidence: str
    by: str
    on: date | None
    times: int  # how often it was answered

    @property
    def words(self) -> str:
        return (self.answer.words if self.answer else "not answered").capitalize()

    @property
    def colour(self) -> str:
        return COLOURS.get(self.answer, "grey") if self.answer else "grey"


@frozen
class HealthPage:
    """gains: (member, what is in it for it, '' where that is not answered)."""

    rows: tuple[AnswerRow, ...]
    said: str
    gains: tuple[tuple[str, str], ...]
    why_not_keep: str | None

    def as_json(self) -> dict[str, object]:
        return {
            "said": self.said,
            "answers": [
                {
                    "question": row.question.key,
                    "asks": row.question.asks,
                    "answer": row.answer and row.answer.value,
                    "evidence": row.evidence,
                    "on": row.on and row.on.isoformat(),
                }
                for row in self.rows
            ],
            "gains": [{"member": name, "gets": gets or None} for name, gets in self.gains],
        }


def health_page(agreement: Agreement, *, viewer: Viewer) -> HealthPage:
    latest: dict[str, HealthAnswer] = {}
    times: dict[str, int] = {}
    for each in agreement.health_answers.select_related("by"):
        latest[each.question] = each
        times[each.question] = times.get(each.question, 0) + 1
    rows = tuple(
        _row(each, latest.get(key), times.get(key, 0)) for key, each in questions().items()
    )
    members = agreement.members.filter(left_on=None).select_related("organisation")
    return HealthPage(
        rows=rows,
        said=said_of_answers(row.answer for row in rows),
        gains=tuple((each.organisation.name, each.gets) for each in members),
        why_not_keep=permissions.why_not_keep_agreement(viewer, agreement),
    )


def said_of_health(agreement: Agreement, viewer: Viewer) -> str | None:
    """The health check in a sentence, for members' people."""
    if permissions.why_not_read_agreement(viewer, agreement):
        return None
    page = health_page(agreement, viewer=viewer)
    silent = sum(not gets for _, gets in page.gains)
    more = f" What is in it for {number_of(silent, 'member')} is not answered." if silent else ""
    return page.said + more


def _row(question: Question, held: HealthAnswer | None, times: int) -> AnswerRow:
    if held is None:
        return AnswerRow(question, None, "", "", None, 0)
    on = timezone.localdate(held.at)
    return AnswerRow(question, Answer(held.answer), held.evidence, held.by.name, on, times)
