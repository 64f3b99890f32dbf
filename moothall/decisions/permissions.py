"""May this person record a decision of this body, read it, or keep it from the public?"""

from moothall.decisions.models import Decision, Exemption
from moothall.directory import permissions as directory
from moothall.directory.models import ExemptUnder
from moothall.directory.permissions import Asker, why_not_read_exempt, why_not_record_decision

__all__ = [
    "standing_exemption",
    "why_not_lift_exemption",
    "why_not_mark_exempt",
    "why_not_read_decision",
    "why_not_record_decision",
]


def standing_exemption(decision: Decision) -> Exemption | None:
    """The exemption in force. `queries` fetches those of a whole list at once."""
    return next((each for each in decision.exemptions.all() if each.lifted_at is None), None)


def why_not_read_decision(person: Asker, decision: Decision) -> str | None:
    """Return why `person` may not read what was decided and why, or None: public unless exempt."""
    return why_not_read_exempt(person, decision.body) if standing_exemption(decision) else None


def why_not_mark_exempt(person: Asker, decision: Decision) -> str | None:
    """Return why `person` may not mark a decision exempt now, or None when they may."""
    if reason := directory.why_not_mark_exempt(person, decision.body):
        return reason
    if held := standing_exemption(decision):
        return (
            f"Decision {decision.pk} is exempt already, under {ExemptUnder(held.paragraph).words}. "
            "Lift that first, to give another paragraph."
        )
    return None


def why_not_lift_exemption(person: Asker, decision: Decision) -> str | None:
    """Return why `person` may not lift the exemption of a decision now, or None when they may."""
    if reason := directory.why_not_mark_exempt(person, decision.body):
        return reason
    if standing_exemption(decision) is None:
        return (
            f"Decision {decision.pk} is not exempt: everybody reads it. There is nothing to lift."
        )
    return None
