"""The deeds of performance: set an indicator, report and check a result, warn, credit, step in."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.actions.facts_of_results import report_checked_result
from moothall.agreements.engine.performance import PERFORMANCE, TRIGGERS
from moothall.agreements.engine.scorecard import Bands, BandsCross
from moothall.agreements.models import (
    Agreement,
    DueDiligence,
    IndicatorResult,
    PerformanceIndicator,
    PerformanceStep,
)
from moothall.agreements.queries import performance
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.core.rules import rule_on
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_keep_agreement
from moothall.values.periods import Period
from moothall.values.state_table import CannotMove
from moothall.values.wording import plain_date


class CannotPerform(CannotDo):
    """Nothing about performance was recorded."""


class CannotRecordCheck(CannotDo):
    """No check of a partner was recorded."""


@transaction.atomic
def set_indicator(
    *,
    agreement: Agreement,
    name: str,
    better: str,
    target: Decimal,
    approaching: Decimal,
    improve: Decimal,
    unit: str = "",
    measure: str = "",
    is_critical: bool = False,
    by: Person,
    at: datetime,
) -> PerformanceIndicator:
    """Set what performance is rated by, with where each rating begins.

    measure : the fact of the deal that it is, where service credits hang on it

    :raises CannotPerform: when the person may not, it is set already, or its bands cross.
    """
    _refuse_others(by, agreement)
    if not name.strip():
        raise CannotPerform("An indicator needs a name by which it is reported. Give it one.")
    if why := why_too_long(PerformanceIndicator, name=name.strip(), unit=unit.strip()):
        raise CannotPerform(why)
    try:
        Bands(better, target, approaching, improve)
    except BandsCross as refusal:
        raise CannotPerform(str(refusal)) from None
    if agreement.indicators.filter(name=name.strip()).exists():
        raise CannotPerform(f"{name.strip()} is set already. Give another name.")
    if measure:
        facts = performance.facts_of(agreement)
        if measure not in facts:
            raise CannotPerform(f"The deal has no fact {measure}. Choose one of its facts.")
        if agreement.indicators.filter(measure=measure).exists():
            raise CannotPerform(f"{facts[measure]} has an indicator already. Report under that.")
    made = PerformanceIndicator.objects.create(
        agreement=agreement,
        name=name.strip(),
        unit=unit.strip(),
        measure=measure,
        better=better,
        target=target,
        approaching=approaching,
        improve=improve,
        is_critical=is_critical,
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.indicator_set", to=made, body_id=agreement.body_id,
        better=better, target=str(target), approaching=str(approaching), improve=str(improve),
    )  # fmt: skip
    return made


@transaction.atomic
def report_result(
    *,
    indicator: PerformanceIndicator,
    period: Period,
    value: Decimal | None,
    said: str = "",
    by: Person,
    at: datetime,
) -> IndicatorResult:
    """Say what an indicator came to in a period, or that it cannot be put in a number and why.

    A result for a period that has one already is a correction: a later row, to be checked anew.

    :raises CannotPerform: when the person may not, the period is not over, or nothing is said.
    """
    if reason := permissions.why_not_report_result(by, indicator.agreement):
        raise CannotPerform(reason)
    if period.ends_before > at.date():
        raise CannotPerform(
            f"{period} is not over: it ends on {plain_date(period.last_day)}. Report it after."
        )
    if period not in performance.periods_of(indicator.agreement, on=at.date()):
        raise CannotPerform(f"{period} is no period of this agreement. Choose one of its periods.")
    if value is None and not said.strip():
        raise CannotPerform("A result without a figure says why there is none. Add it.")
    if why := why_too_long(IndicatorResult, said=said.strip()):
        raise CannotPerform(why)
    held = indicator.results.select_for_update().filter(starts_on=period.starts_on)
    last = held.order_by("-number").first()
    made = IndicatorResult.objects.create(
        indicator=indicator,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        number=last.number + 1 if last else 1,
        value=value,
        said=said.strip(),
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.result_reported", to=made,
        body_id=indicator.agreement.body_id, indicator=indicator.pk, starts_on=period.starts_on,
        number=made.number, value=None if value is None else str(value),
    )  # fmt: skip
    return made


@transaction.atomic
def check_result(*, result: IndicatorResult, by: Person, at: datetime) -> IndicatorResult:
    """Find that a result is as it was reported: only then do credits follow it, and settlement.

    :raises CannotPerform: when the person may not, reported it, or it was corrected since.
    """
    result = IndicatorResult.objects.select_for_update().get(pk=result.pk)
    agreement = result.indicator.agreement
    if reason := permissions.why_not_check_result(by, agreement):
        raise CannotPerform(reason)
    if result.checked_at is not None:
        raise CannotPerform("This result is checked already. There is nothing to do.")
    if result.by_id == by.pk:
        raise CannotPerform(f"{by.name} reported it, so another checks it. Ask a colleague.")
    same = result.indicator.results.filter(starts_on=result.starts_on)
    if same.filter(number__gt=result.number).exists():
        raise CannotPerform("This result was corrected since. Check the correction.")
    result.checked_by, result.checked_at = by, at
    result.save(update_fields=["checked_by", "checked_at"])
    report_checked_result(result=result, by=by, at=at)
    audit.record(
        by=by, at=at, did="agreements.result_checked", to=result, body_id=agreement.body_id
    )
    return result


@transaction.atomic
def take_step(
    *,
    agreement: Agreement,
    move: str,
    why: str,
    by: Person,
    at: datetime,
    on: date | None = None,
    answer_by: date | None = None,
    trigger: str = "",
    period: Period | None = None,
) -> PerformanceStep:
    """Warn, give notice, agree a plan, take credits, step in or out.

    period : whose credits are taken: what the deal's own terms say of its checked results

    :raises CannotPerform: when the person may not, the step does not follow from where performance
        stands, no reason is given, or the deal credits nothing for the period.
    """
    Agreement.objects.select_for_update().get(pk=agreement.pk)
    _refuse_others(by, agreement)
    if not why.strip():
        raise CannotPerform("A step is not taken without saying why. The other side reads it.")
    day = on or at.date()
    last = agreement.steps.last()
    if day > at.date():
        raise CannotPerform(f"{plain_date(day)} is still to come. Record the step on its day.")
    if last is not None and day < last.on:
        raise CannotPerform(
            f"The last step was taken on {plain_date(last.on)}. A later one is not before it."
        )
    if answer_by is not None and answer_by < day:
        raise CannotPerform("An answer cannot be due before the step. Give a later day.")
    try:
        state = PERFORMANCE.after(last.state if last else PERFORMANCE.begins.key, move)
    except CannotMove as refusal:
        raise CannotPerform(str(refusal)) from None
    if move == "STEP_IN" and trigger not in TRIGGERS:
        raise CannotPerform("Stepping in says what brings it about. Choose one of the list.")
    said = ""
    if move == "CREDIT":
        said = _credits_said(agreement, period)
    made = PerformanceStep.objects.create(
        agreement=agreement,
        move=move,
        state=state,
        on=day,
        why=why.strip(),
        answer_by=answer_by,
        trigger=trigger if move == "STEP_IN" else "",
        credited_from=period.starts_on if move == "CREDIT" and period else None,
        credits_said=said,
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.performance_step", to=made, body_id=agreement.body_id,
        move=move, state=state, on=day, why=audit.digest(made.why),
    )  # fmt: skip
    return made


def _credits_said(agreement: Agreement, period: Period | None) -> str:
    if period is None:
        raise CannotPerform("Credits are those of a period. Choose the period.")
    found = performance.credits_for(agreement, period)
    if not found:
        raise CannotPerform(
            "No credits are taken: the deal has no service credits in force for this period. A "
            "variation can add them."
        )
    if waiting := [credit for credit in found if credit.waits_for]:
        raise CannotPerform(
            f"No credits are taken yet: {waiting[0].said} Report it and have it checked."
        )
    if not any(credit.part for credit in found):
        raise CannotPerform(
            f"No credits are taken for {period}: no indicator that they hang on was missed."
        )
    if agreement.steps.filter(credited_from=period.starts_on).exists():
        raise CannotPerform(f"The credits of {period} are taken already.")
    return " ".join(credit.said for credit in found)


@transaction.atomic
def record_check(
    *,
    body: Organisation,
    partner: Organisation,
    kind: str,
    checked_on: date,
    outcome: str,
    said: str = "",
    evidence: str = "",
    turnover_pence: int | None = None,
    current_assets_pence: int | None = None,
    current_liabilities_pence: int | None = None,
    by: Person,
    at: datetime,
) -> DueDiligence:
    """Record that a body looked into a partner, and what came of it.

    :raises CannotRecordCheck: when the person may not, the day is to come, or what was found
        against the partner is not said.
    """
    if reason := why_not_keep_agreement(by, body):
        raise CannotRecordCheck(reason)
    known = {row["key"] for row in rule_on(at.date(), "agreements", *["due_diligence"] * 2).value}
    if kind not in known:
        raise CannotRecordCheck("A check is of a kind that the list has. Choose one of them.")
    if checked_on > at.date():
        raise CannotRecordCheck(f"{plain_date(checked_on)} is still to come. Record it after.")
    if outcome not in DueDiligence.Outcome.values:
        raise CannotRecordCheck("Say what came of the check: choose one of the three.")
    if outcome != DueDiligence.Outcome.CLEAR and not said.strip():
        raise CannotRecordCheck("A check that found something says what. Add it.")
    if why := why_too_long(DueDiligence, evidence=evidence.strip()):
        raise CannotRecordCheck(why)
    made = DueDiligence.objects.create(
        body=body,
        partner=partner,
        kind=kind,
        checked_on=checked_on,
        outcome=outcome,
        said=said.strip(),
        evidence=evidence.strip(),
        turnover_pence=turnover_pence,
        current_assets_pence=current_assets_pence,
        current_liabilities_pence=current_liabilities_pence,
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.partner_checked", to=made, body_id=body.pk,
        partner=partner.pk, kind=kind, checked_on=checked_on, outcome=outcome,
    )  # fmt: skip
    return made


def _refuse_others(by: Person, agreement: Agreement) -> None:
    if reason := permissions.why_not_keep_agreement(by, agreement):
        raise CannotPerform(reason)
