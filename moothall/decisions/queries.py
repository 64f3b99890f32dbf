"""What was decided, as far as this reader may know it?"""

from datetime import datetime

from attrs import frozen

from moothall.core.permissions import Viewer
from moothall.decisions import permissions
from moothall.decisions.models import Decision
from moothall.directory.models import ExemptUnder


@frozen
class DecisionRow:
    """One decision. Of an exempt one, who may not read it learns only that, and why."""

    id: int
    body: str
    what: str
    why: str
    by: str
    at: datetime
    authority: str
    exempt: str  # the paragraph of Schedule 12A, or nothing


def decisions_about(subject: str, *, viewer: Viewer) -> tuple[DecisionRow, ...]:
    """Every decision about one thing, the latest first."""
    held = Decision.objects.filter(subject=subject).select_related("body", "by")
    return tuple(_row(each, viewer) for each in held.order_by("-at", "-pk"))


def _row(decision: Decision, viewer: Viewer) -> DecisionRow:
    exempt = ExemptUnder(decision.exempt_under).words if decision.exempt_under else ""
    withheld = permissions.why_not_read_decision(viewer, decision)
    return DecisionRow(
        id=decision.pk,
        body=decision.body.name,
        what=f"Exempt under {exempt}." if withheld else decision.what,
        why="" if withheld else decision.why,
        by=decision.by.name,
        at=decision.at,
        authority=decision.authority,
        exempt=exempt,
    )
