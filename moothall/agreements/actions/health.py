"""The deed of answering the health check of a partnership."""

from datetime import datetime

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine.health import Answer, questions
from moothall.agreements.models import Agreement, HealthAnswer
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory.models import Person


class CannotAnswer(CannotDo):
    """The health check is as it was."""


@transaction.atomic
def answer_health(
    *, agreement: Agreement, question: str, answer: str, evidence: str, by: Person, at: datetime
) -> HealthAnswer:
    """Answer one question of an agreement's health check; the same answer again is not repeated.

    :raises CannotAnswer: when the person may not, or there is no such question or no evidence.
    """
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotAnswer(reason)
    asked = questions().get(question)
    if asked is None:
        raise CannotAnswer(f"The health check has no question {question!r}. Its page lists eight.")
    if answer not in list(Answer):
        raise CannotAnswer(f"{answer!r} is no answer. Say yes, partly, no or not applicable.")
    evidence = evidence.strip()
    if not evidence:
        raise CannotAnswer(
            f"“{asked.asks}” is not answered without evidence. Say what shows it: {asked.evidence}"
        )
    if too_long := why_too_long(HealthAnswer, evidence=evidence):
        raise CannotAnswer(f"The answer is not kept. {too_long}")
    latest = agreement.health_answers.filter(question=question).last()
    if latest is not None and (latest.answer, latest.evidence) == (answer, evidence):
        return latest
    made = HealthAnswer.objects.create(
        agreement=agreement, question=question, answer=answer, evidence=evidence, by=by, at=at
    )
    audit.record(
        by=by, at=at, did="agreements.health_answered", to=agreement,
        body_id=agreement.body_id, question=question, answer=answer,
        evidence=audit.digest(evidence),
    )  # fmt: skip
    return made
