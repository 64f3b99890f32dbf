"""Which reports of errors wait for whom, and until when?"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from attrs import frozen

from moothall.core.rules import rule_on
from moothall.directory.engine.roles import Deed
from moothall.directory.models import Organisation
from moothall.directory.permissions import Asker, why_not_correct_rows
from moothall.directory.queries import viewer_for
from moothall.spend.models import ErrorReport


@frozen
class ErrorReportRow:
    """One report, for the officers of the bodies whose payments it is about."""

    id: int
    supplier_id: int
    bodies: tuple[str, ...]
    said: str
    email: str
    at: datetime
    due_on: date
    is_late: bool
    answer: str
    answered_at: datetime | None

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "id",
        "bodies",
        "said",
        "reported_on",
        "answer_by",
        "answer",
        "answered_on",
    )

    def as_json(self) -> dict[str, object]:
        """As a file gives it: who reported it stays on the page."""
        return {
            "id": self.id,
            "bodies": "; ".join(self.bodies),
            "said": self.said,
            "reported_on": self.at.date().isoformat(),
            "answer_by": self.due_on.isoformat(),
            "answer": self.answer,
            "answered_on": self.answered_at.date().isoformat() if self.answered_at else None,
        }


def days_to_answer(day: date) -> int:
    """Within how many working days a report made on `day` is answered."""
    return int(rule_on(day, "spend", "public_pages", "error_report_days").value)


def error_reports_for(person: Asker, *, on: date) -> tuple[ErrorReportRow, ...]:
    """The reports about bodies whose rows `person` may correct: those that wait first."""
    mine = bodies_corrected_by(person)
    names = dict(Organisation.objects.values_list("pk", "name"))
    rows = [
        _row(report, names, on)
        for report in ErrorReport.objects.order_by("due_on", "pk")
        if mine & set(report.bodies)
    ]
    return tuple(sorted(rows, key=lambda row: (row.answered_at is not None, row.due_on, row.id)))


def error_report_for(person: Asker, report_id: int, *, on: date) -> ErrorReportRow | None:
    """One of those reports, or None."""
    return next((row for row in error_reports_for(person, on=on) if row.id == report_id), None)


def bodies_corrected_by(person: Asker) -> frozenset[int]:
    """The bodies whose rows `person` may correct."""
    viewer = viewer_for(person, deed=Deed.CORRECT_ROWS)
    return viewer.bodies_read


def why_not_answer(person: Asker, bodies: list[int]) -> str | None:
    """Why `person` may not answer a report about these bodies, or None: one of them will do."""
    if bodies_corrected_by(person) & set(bodies):
        return None
    body = Organisation.objects.filter(pk__in=bodies).order_by("pk").first()
    if body is None:
        return "The bodies that this report is about are not here any more."
    return why_not_correct_rows(person, body)


def _row(report: ErrorReport, names: dict[int, str], on: date) -> ErrorReportRow:
    return ErrorReportRow(
        id=report.pk,
        supplier_id=report.supplier_id,
        bodies=tuple(names[body] for body in report.bodies if body in names),
        said=report.said,
        email=report.email,
        at=report.at,
        due_on=report.due_on,
        is_late=report.answered_at is None and report.due_on < on,
        answer=report.answer,
        answered_at=report.answered_at,
    )
