"""May this person record, or read, a decision of this body?"""

from moothall.decisions.models import Decision
from moothall.directory.permissions import (
    Asker,
    why_not_read_exempt,
    why_not_record_decision,
)

__all__ = ["why_not_read_decision", "why_not_record_decision"]


def why_not_read_decision(person: Asker, decision: Decision) -> str | None:
    """Return why `person` may not read what was decided and why, or None: public unless exempt."""
    return why_not_read_exempt(person, decision.body) if decision.exempt_under else None
