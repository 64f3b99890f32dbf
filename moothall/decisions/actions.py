"""The deeds of recording a decision, and of keeping one from the public or no longer."""

from datetime import datetime

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.decisions import permissions
from moothall.decisions.models import LONGEST_AUTHORITY, LONGEST_WHAT, Decision, Exemption
from moothall.directory.models import ExemptUnder, Organisation, Person


class CannotRecordDecision(CannotDo):
    """No decision was recorded."""


class CannotMarkExempt(CannotDo):
    """Whoever could read the decision before reads it still, and nobody else."""


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
    why_exempt: str = "",
) -> Decision:
    """Record what was decided about one thing, why, and on whose authority.

    exempt_under : the paragraph under which it is kept from the public from its first moment on;
        whoever records it may say so, and only who may mark material exempt lifts it again

    :raises CannotRecordDecision: when the person may not, or something is left unsaid.
    """
    if reason := permissions.why_not_record_decision(by, body):
        raise CannotRecordDecision(reason)
    words = {"what was decided": what, "why": why, "on whose authority": authority}
    if exempt_under is not None:
        words["why it is exempt"] = why_exempt
    if missing := [name for name, text in words.items() if not text.strip()]:
        raise CannotRecordDecision(
            f"A decision is not recorded without saying {' and '.join(missing)}. Add it."
        )
    for name, text, longest in (
        ("what was decided", what, LONGEST_WHAT),
        ("on whose authority", authority, LONGEST_AUTHORITY),
    ):
        if len(text.strip()) > longest:
            raise CannotRecordDecision(
                f"The decision is not recorded: {name} takes {len(text.strip())} letters, and at "
                f"most {longest} fit. Say the rest in why."
            )
    made = Decision.objects.create(
        body=body,
        subject=subject,
        what=what.strip(),
        why=why.strip(),
        authority=authority.strip(),
        by=by,
        at=at,
    )
    if exempt_under is not None:
        _exempt(made, exempt_under, why_exempt, by=by, at=at)
    audit.record(
        by=by,
        at=at,
        did="decisions.recorded",
        to=made,
        body_id=body.pk,
        about=subject if exempt_under is None else audit.digest(subject),
        what=audit.digest(made.what),
        exempt_under=exempt_under,
    )
    return made


@transaction.atomic
def mark_exempt(
    *, decision_id: int, paragraph: ExemptUnder, why: str, by: Person, at: datetime
) -> Exemption:
    """Keep a decision from the public from now on, under a paragraph of Schedule 12A.

    :raises CannotMarkExempt: when the person may not, it is exempt already, or no reason is given.
    """
    decision = _locked(decision_id)
    if reason := permissions.why_not_mark_exempt(by, decision):
        raise CannotMarkExempt(reason)
    if not why.strip():
        raise CannotMarkExempt(
            f"Decision {decision.pk} is not marked exempt without saying why the public interest "
            "in keeping it outweighs the public interest in disclosing it. Add it."
        )
    made = _exempt(decision, paragraph, why, by=by, at=at)
    audit.record(
        by=by,
        at=at,
        did="decisions.marked_exempt",
        to=decision,
        body_id=decision.body_id,
        paragraph=paragraph.value,
        why=audit.digest(made.why),
    )
    return made


@transaction.atomic
def lift_exemption(*, decision_id: int, by: Person, at: datetime) -> Exemption:
    """Let everybody read a decision again; the record of its exemption stays.

    :raises CannotMarkExempt: when the person may not, or it is not exempt.
    """
    decision = _locked(decision_id)
    if reason := permissions.why_not_lift_exemption(by, decision):
        raise CannotMarkExempt(reason)
    held = Exemption.objects.get(decision=decision, lifted_at=None)
    held.lifted_by, held.lifted_at = by, at
    held.save(update_fields=["lifted_by", "lifted_at"])
    audit.record(
        by=by,
        at=at,
        did="decisions.exemption_lifted",
        to=decision,
        body_id=decision.body_id,
        paragraph=held.paragraph,
    )
    return held


def _locked(decision_id: int) -> Decision:
    decision = Decision.objects.select_for_update().filter(pk=decision_id).first()
    if decision is None:
        raise CannotMarkExempt(
            f"There is no decision {decision_id}. `moothall decisions list` shows them all."
        )
    return decision


def _exempt(
    decision: Decision, paragraph: ExemptUnder, why: str, *, by: Person, at: datetime
) -> Exemption:
    return Exemption.objects.create(
        decision=decision, paragraph=paragraph.value, why=why.strip(), by=by, at=at
    )
