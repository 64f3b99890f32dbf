"""The deeds of the risk register: record a risk, change it, say that it happened, or close it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine.risks import RISK, CannotShare, refuse_to_transfer_reputation
from moothall.agreements.models import Agreement, OptimismUplift, Risk
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.directory.models import Person
from moothall.values.counted_once import Uncertainty, why_not_count_both
from moothall.values.state_table import CannotMove

NEEDED = {"name": "a name", "cause": "its cause", "event": "the event", "effect": "the effect"}
PERSONAL = frozenset({"name", "cause", "event", "effect", "owner_post", "trigger", "mitigation"})


class CannotKeepRisk(CannotDo):
    """The risk register is as it was."""


@transaction.atomic
def record_risk(*, agreement: Agreement, by: Person, at: datetime, **said: Any) -> Risk:
    """Enter a risk of an agreement.

    said : the fields of Risk, but for its state

    :raises CannotKeepRisk: when the person may not, something is unsaid, a reputation would be
        passed on, or the same uncertainty is allowed for by an uplift for optimism bias.
    """
    return _kept(Risk(agreement=agreement, by=by, at=at), said, by=by, at=at, did="risk_recorded")


@transaction.atomic
def change_risk(*, risk: Risk, by: Person, at: datetime, **said: Any) -> Risk:
    """Say a risk anew, or a part of it; what it said before stays in the audit log as a digest.

    :raises CannotKeepRisk: as recording one does.
    """
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    return _kept(held, said, by=by, at=at, did="risk_changed")


@transaction.atomic
def move_risk(*, risk: Risk, move: str, by: Person, at: datetime) -> Risk:
    """Say that a risk happened, close it, or open it again.

    :raises CannotKeepRisk: when the person may not, or no such move leads on from here.
    """
    risk = Risk.objects.select_for_update().get(pk=risk.pk)
    _refuse_others(by, risk.agreement)
    before = risk.state
    try:
        risk.state = RISK.after(before, move)
    except CannotMove as refusal:
        raise CannotKeepRisk(str(refusal)) from None
    if risk.state == "OPEN":
        _refuse_counting_twice(risk.agreement, risk=risk)
    risk.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.risk_moved", to=risk, body_id=risk.agreement.body_id,
        changes=audit.changes({"state": before}, {"state": risk.state}),
    )  # fmt: skip
    return risk


@transaction.atomic
def raise_for_optimism(
    *,
    agreement: Agreement,
    uncertainty: Uncertainty,
    percent: Decimal,
    source: str,
    by: Person,
    at: datetime,
) -> OptimismUplift:
    """Record that an estimate behind the agreement was raised for optimism bias.

    :raises CannotKeepRisk: when the person may not, no source is given, or a quantified risk is
        about the same uncertainty.
    """
    _refuse_others(by, agreement)
    if not source.strip():
        raise CannotKeepRisk(
            "An uplift is not recorded without saying where it comes from. Name the guidance or "
            "the estimate."
        )
    if not 0 < percent <= 1000:
        raise CannotKeepRisk(f"An uplift of {percent:f}% is none. Give one from above 0 to 1,000.")
    if why := why_too_long(OptimismUplift, source=source.strip()):
        raise CannotKeepRisk(why)
    _refuse_counting_twice(agreement, uplift=uncertainty)
    uplift, _ = OptimismUplift.objects.update_or_create(
        agreement=agreement,
        uncertainty=uncertainty.name,
        defaults={"percent": percent, "source": source.strip(), "by": by, "at": at},
    )
    audit.record(
        by=by, at=at, did="agreements.uplift_recorded", to=uplift, body_id=agreement.body_id,
        uncertainty=uncertainty.name, percent=str(percent),
    )  # fmt: skip
    return uplift


@transaction.atomic
def take_off_uplift(*, uplift: OptimismUplift, by: Person, at: datetime) -> None:
    """Record that an estimate is no longer raised for optimism bias there.

    :raises CannotKeepRisk: when the person may not.
    """
    _refuse_others(by, uplift.agreement)
    body, key = uplift.agreement.body_id, uplift.pk
    uplift.delete()
    audit.record(
        by=by,
        at=at,
        did="agreements.uplift_taken_off",
        to=f"agreements.optimismuplift:{key}",
        body_id=body,
    )


def _kept(risk: Risk, said: dict[str, Any], *, by: Person, at: datetime, did: str) -> Risk:
    _refuse_others(by, risk.agreement)
    fields = [field.attname for field in Risk._meta.concrete_fields]
    before = {name: getattr(risk, name) for name in fields} if risk.pk else {}
    for name, value in said.items():
        setattr(risk, name, value.strip() if isinstance(value, str) else value)
    _refuse_unsaid(risk)
    _refuse_figures(risk)
    try:
        refuse_to_transfer_reputation(
            is_reputation=risk.uncertainty == Uncertainty.REPUTATION.name,
            authority_percent=risk.authority_percent,
            authority=risk.agreement.body.name,
        )
    except CannotShare as refusal:
        raise CannotKeepRisk(str(refusal)) from None
    _refuse_counting_twice(risk.agreement, risk=risk)
    risk.save()
    after = {name: getattr(risk, name) for name in fields}
    audit.record(
        by=by, at=at, did=f"agreements.{did}", to=risk, body_id=risk.agreement.body_id,
        changes=audit.changes(before, after, personal=PERSONAL),
    )  # fmt: skip
    return risk


def _refuse_unsaid(risk: Risk) -> None:
    if missing := [words for name, words in NEEDED.items() if not getattr(risk, name)]:
        raise CannotKeepRisk(
            f"A risk is not kept without {', '.join(missing)}. Say what may happen, why, and what "
            "comes of it."
        )
    texts = {name: getattr(risk, name) for name in (*NEEDED, "owner_post", "trigger")}
    if why := why_too_long(Risk, **texts):
        raise CannotKeepRisk(why)
    if risk.uncertainty not in Uncertainty.__members__:
        raise CannotKeepRisk("A risk says which uncertainty it is about. Choose one of the list.")
    if risk.owner is not None and risk.owner.agreement_id != risk.agreement_id:
        raise CannotKeepRisk(
            f"{risk.owner.organisation.name} is no member of this agreement. Choose one that is."
        )


def _refuse_figures(risk: Risk) -> None:
    scores = ("inherent_likelihood", "inherent_impact", "residual_likelihood", "residual_impact")
    if any(getattr(risk, name) not in range(1, 6) for name in scores):
        raise CannotKeepRisk("Likelihood and impact are scored from 1 to 5, before and after.")
    if not 0 <= risk.authority_percent <= 100:
        raise CannotKeepRisk("The part that is borne lies from 0% to 100%.")
    for when, words in (("inherent", "before"), ("residual", "after")):
        chance, pence = getattr(risk, f"{when}_chance"), getattr(risk, f"{when}_pence")
        if (chance is None) is not (pence is None):
            raise CannotKeepRisk(
                f"A risk is quantified {words} mitigation by both its chance and its cost. Give "
                "both, or neither."
            )
        if chance is not None and not (0 <= chance <= 1 and pence >= 0):
            raise CannotKeepRisk("A chance lies from 0% to 100%, and a cost is not below £0.")
    if risk.mitigation_pence is not None and risk.mitigation_pence < 0:
        raise CannotKeepRisk("What a mitigation costs is not below £0.")


def _refuse_counting_twice(
    agreement: Agreement, *, risk: Risk | None = None, uplift: Uncertainty | None = None
) -> None:
    """Refuse what is about to be kept where it and what is kept already are of one uncertainty."""
    if risk is not None:
        by_risk = [risk.uncertainty] if risk.residual_chance is not None else []
        by_uplift = list(agreement.uplifts.values_list("uncertainty", flat=True))
    else:
        open_risks = agreement.risks.exclude(state="CLOSED").exclude(residual_chance=None)
        by_risk = list(open_risks.values_list("uncertainty", flat=True))
        by_uplift = [uplift.name] if uplift else []
    if why := why_not_count_both(
        by_optimism_bias=[Uncertainty[name] for name in by_uplift],
        by_risk=[Uncertainty[name] for name in by_risk],
    ):
        raise CannotKeepRisk(why)


def _refuse_others(by: Person, agreement: Agreement) -> None:
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotKeepRisk(reason)
