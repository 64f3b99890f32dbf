"""The deed of recording a decision."""

from datetime import datetime

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.decisions import permissions
from moothall.decisions.models import Decision
from moothall.directory.models import ExemptUnder, Organisation, Person


class CannotRecordDecision(CannotDo):
    """No decision was recorded."""


@transaction.atomic
def record_decision(
    *,
    body: Organisation,
    subject: str,
    what: str,
    why: str,
    authority: str,
    by: Person,
    at: datetime,
    exempt_under: ExemptUnder | None = None,
) -> Decision:
    """Record what was decided about one thing, why, and on whose authority.

    :raises CannotRecordDecision: when the person may not, or something is left unsaid.
    """
    if reason := permissions.why_not_record_decision(by, body):
        raise CannotRecordDecision(reason)
    words = {"what was decided": what, "why": why, "on whose authority": authority}
    if missing := [name for name, text in words.items() if not text.strip()]:
        raise CannotRecordDecision(
            f"A decision is not recorded without saying {' and '.join(missing)}. Add it."
        )
    made = Decision.objects.create(
        body=body,
        subject=subject,
        what=what.strip(),
        why=why.strip(),
        authority=authority.strip(),
        by=by,
        at=at,
        exempt_under=exempt_under,
    )
    audit.record(
        by=by,
        at=at,
        did="decisions.recorded",
        to=made,
        body_id=body.pk,
        about=subject,
        what=audit.digest(made.what),
        exempt_under=exempt_under,
    )
    return made
