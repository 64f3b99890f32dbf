"""Someone says that a public page is wrong: the report is kept, with a clock, until answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory.models import Person
from moothall.spend.engine.clocks import working_day_after
from moothall.spend.models import ErrorReport
from moothall.spend.queries.error_reports import days_to_answer, why_not_answer

MOST_WAITING = 500  # reports from the public that may wait at one time about one supplier's page


class CannotReport(CannotDo):
    """Nothing was kept."""


class CannotAnswerReport(CannotDo):
    """The report waits as it did."""


@transaction.atomic
def report_error(
    *, supplier_id: int, bodies: Iterable[int], said: str, email: str = "", at: datetime
) -> ErrorReport:
    """Keep what someone says is wrong with a supplier's page, for the officers of its bodies.

    :raises CannotReport: when nothing is said, or too many reports wait already.
    """
    if not said.strip():
        raise CannotReport("The report says nothing. Write what is wrong on the page.")
    if (
        ErrorReport.objects.filter(supplier_id=supplier_id, answered_at=None).count()
        >= MOST_WAITING
    ):
        raise CannotReport(
            f"{MOST_WAITING} reports about this page wait for an answer already. Write to the body "
            "whose payments they are."
        )
    days = days_to_answer(at.date())
    named = sorted(set(bodies))
    report = ErrorReport.objects.create(
        supplier_id=supplier_id,
        bodies=named,
        said=said.strip()[:2000],
        email=email,
        at=at,
        due_on=working_day_after(at.date(), days),
    )
    audit.record(
        by=None,
        at=at,
        did="spend.error_reported",
        to=f"spend.errorreport:{report.pk}",
        body_id=named[0] if len(named) == 1 else None,
        bodies=named,
        due_on=report.due_on.isoformat(),
    )
    return report


@transaction.atomic
def answer_report(*, report_id: int, answer: str, by: Person, at: datetime) -> ErrorReport:
    """Say what came of a report: the clock stops.

    :raises CannotAnswerReport: when it is answered already, nothing is said, or a role is missing.
    """
    report = ErrorReport.objects.select_for_update().get(pk=report_id)
    if reason := why_not_answer(by, report.bodies):
        raise CannotAnswerReport(reason)
    if report.answered_at is not None:
        raise CannotAnswerReport("This report was answered already. Nothing waits.")
    if not answer.strip():
        raise CannotAnswerReport("The answer says nothing. Write what was found and done.")
    report.answer, report.answered_by, report.answered_at = answer.strip()[:2000], by, at
    report.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(
        by=by,
        at=at,
        did="spend.error_answered",
        to=f"spend.errorreport:{report.pk}",
        body_id=report.bodies[0] if len(report.bodies) == 1 else None,
        bodies=report.bodies,
    )
    return report
