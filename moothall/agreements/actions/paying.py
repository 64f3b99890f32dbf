"""The deeds that lead from checked facts to payment: settle, approve, dispute, pay."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import transaction

from moothall.agreements import permissions
from moothall.agreements.engine.settling import SETTLING, STATED
from moothall.agreements.models import (
    LONGEST_REFERENCE,
    LONGEST_WHY,
    Agreement,
    FactsReport,
    Invoice,
    LineDispute,
    Payment,
    PaymentApproval,
    Settlement,
    Statement,
    StatementLine,
)
from moothall.agreements.queries.facts import facts_known
from moothall.agreements.queries.issued import (
    is_nothing,
    open_dispute,
    payable_lines,
    statements_before,
    text_of,
)
from moothall.agreements.queries.terms import terms_of
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.deals import settlement as deals
from moothall.deals.deal import Weight
from moothall.deals.vat import vat_rates
from moothall.directory.models import Organisation, Person
from moothall.values.money import Money
from moothall.values.periods import Period
from moothall.values.state_table import CannotMove
from moothall.values.wording import plain_date


class CannotSettlePeriod(CannotDo):
    """No statement was made."""


class CannotApprovePayment(CannotDo):
    """The statement has the approvals that it had."""


class CannotDispute(CannotDo):
    """The line stands as it stood."""


class CannotPay(CannotDo):
    """No payment or invoice was recorded."""


@transaction.atomic
def settle_period(*, settlement: Settlement, by: Person, at: datetime) -> Statement:
    """Make the statement of a period from its checked facts, with every adjustment of earlier ones.

    :raises CannotSettlePeriod: when the person may not, an earlier period is not settled, or
        facts or terms are missing.
    """
    settlement = _locked(settlement)
    agreement = settlement.agreement
    if reason := permissions.why_not_settle(by, agreement):
        raise CannotSettlePeriod(reason)
    _move(settlement, "SETTLE", CannotSettlePeriod)
    terms = terms_of(agreement)
    period = Period(settlement.starts_on, settlement.ends_before)
    if terms.why_not:
        raise CannotSettlePeriod(terms.why_not)
    stated = {one.starts_on for one in agreement.settlements.all() if one.state in STATED}
    earlier = [one for one in terms.periods if one.starts_on < period.starts_on]
    if left := [one for one in earlier if one.starts_on not in stated]:
        raise CannotSettlePeriod(
            f"{period} is not settled yet: {left[0]} comes before it, and what is due depends on "
            "it. Settle that first."
        )
    facts = {
        key: {day: value for day, value in values.items() if day <= period.starts_on}
        for key, values in facts_known(agreement, terms).items()
    }
    try:
        made = deals.settled(
            terms.versions,
            facts,
            up_to=period,
            issued=statements_before(settlement),
            vat_rate=vat_rates(),
        )
    except deals.CannotSettle as refusal:
        raise CannotSettlePeriod(str(refusal)) from None
    if must := [finding for finding in made.findings if finding.weight is Weight.MUST]:
        raise CannotSettlePeriod(f"{must[0].sentence} {must[0].mend}")
    text = text_of(made)
    statement = Statement.objects.create(
        settlement=settlement,
        agreement=agreement,
        number=agreement.statements.count() + 1,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        by=by,
        at=at,
    )
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement,
            place=place,
            term=line.term,
            payer=line.payer,
            payee=line.payee,
            net_pence=Money(line.owed.amount).pence,
            vat_pence=Money(line.owed.vat).pence,
            because=line.because,
            adjusts_on=line.adjusts.starts_on if line.adjusts else None,
        )
        for place, line in enumerate(made.lines, start=1)
    )
    settlement.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.settled", to=statement, body_id=agreement.body_id,
        digest=statement.digest, count=len(made.lines),
    )  # fmt: skip
    return statement


@transaction.atomic
def approve_payment(*, settlement: Settlement, by: Person, at: datetime) -> Settlement:
    """Say, as one of two, that a statement may be paid but for what is disputed.

    :raises CannotApprovePayment: when the person may not, or did already, or it is not settled.
    """
    settlement = _locked(settlement)
    if reason := permissions.why_not_approve_payment(by, settlement):
        raise CannotApprovePayment(reason)
    _move(settlement, "APPROVE", CannotApprovePayment)
    PaymentApproval.objects.create(settlement=settlement, by=by, at=at)
    lines = settlement.statement.lines.all()
    if settlement.state == "APPROVED" and all(is_nothing(line) for line in lines):
        _move(settlement, "PAY_ALL", CannotApprovePayment)  # there is nothing to pay
    settlement.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.payment_approved", to=settlement,
        body_id=settlement.agreement.body_id, statement=settlement.statement.number,
    )  # fmt: skip
    return settlement


@transaction.atomic
def dispute_line(
    *,
    line: StatementLine,
    why: str,
    by: Person,
    at: datetime,
    organisation: Organisation | None = None,
) -> LineDispute:
    """Keep one line from payment, with the reason; the others are paid without it.

    organisation : for which body of the agreement; None for the first at which the person may

    :raises CannotDispute: when the person may not, no reason is given, or it is paid or disputed.
    """
    agreement = _locked(line.statement.settlement).agreement
    if reason := permissions.why_not_dispute(by, agreement):
        raise CannotDispute(reason)
    bodies = permissions.bodies_disputing(by, agreement)
    if organisation is not None and organisation not in bodies:
        raise CannotDispute(
            f"You cannot dispute this line for {organisation.name}: you neither report nor check "
            "facts there. Ask somebody who does."
        )
    line = StatementLine.objects.select_for_update().get(pk=line.pk)
    if line.payment_id is not None:
        raise CannotDispute(
            "This line is not disputed: it was paid. Report the facts as they should be, and the "
            "next statement adjusts it."
        )
    if is_nothing(line):
        raise CannotDispute(
            "This line is not disputed: nothing is to be paid for it. Report the facts as they "
            "should be, and the next statement says what is."
        )
    if open_dispute(line):
        raise CannotDispute("This line is disputed already. End that dispute first.")
    if not why.strip():
        raise CannotDispute("The line is not disputed without a reason. Say what is wrong with it.")
    made = LineDispute.objects.create(
        line=line,
        organisation=organisation or bodies[0],
        why=why.strip()[:LONGEST_WHY],
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.line_disputed", to=line, body_id=agreement.body_id,
        why=audit.digest(made.why), amount_pence=line.net_pence,
    )  # fmt: skip
    return made


@transaction.atomic
def resolve_dispute(
    *, dispute: LineDispute, outcome: LineDispute.Outcome, how: str, by: Person, at: datetime
) -> LineDispute:
    """End a dispute: the line is paid as stated, or together with what adjusts it.

    :raises CannotDispute: when the person may not, it has ended, or nothing is there to adjust by.
    """
    agreement = _locked(dispute.line.statement.settlement).agreement
    dispute = LineDispute.objects.select_for_update().get(pk=dispute.pk)
    if reason := permissions.why_not_resolve(by, dispute):
        raise CannotDispute(reason)
    if dispute.resolved_at is not None:
        raise CannotDispute(f"This dispute ended on {plain_date(dispute.resolved_at.date())}.")
    if not how.strip():
        raise CannotDispute("The dispute is not ended without saying how. Add what was agreed.")
    if outcome == LineDispute.Outcome.ADJUSTED and not _is_corrected(agreement, dispute):
        raise CannotDispute(
            "The line is not paid with an adjustment yet: since it was disputed no facts were "
            "corrected and no terms varied, so nothing would adjust it. Report the facts as they "
            "should be first."
        )
    dispute.outcome, dispute.how = outcome, how.strip()[:LONGEST_WHY]
    dispute.resolved_by, dispute.resolved_at = by, at
    dispute.save(update_fields=["outcome", "how", "resolved_by", "resolved_at"])
    audit.record(
        by=by, at=at, did="agreements.dispute_resolved", to=dispute, body_id=agreement.body_id,
        outcome=str(outcome), how=audit.digest(dispute.how),
    )  # fmt: skip
    return dispute


@transaction.atomic
def record_invoice(
    *,
    statement: Statement,
    payer: str,
    payee: str,
    kind: Invoice.Kind,
    reference: str,
    arrived_on: date,
    by: Person,
    at: datetime,
) -> Invoice:
    """Record what one party sent another for a statement, and the day a valid one arrived.

    :raises CannotPay: when the person may not, it has no reference, or it was paid by it already.
    """
    settlement = _locked(statement.settlement)
    if reason := permissions.why_not_pay(by, settlement.agreement):
        raise CannotPay(reason)
    if not statement.lines.filter(payer=payer, payee=payee).exists():
        raise CannotPay(
            "Nothing is due between these two by this statement. Choose two of its own."
        )
    if kind != Invoice.Kind.NONE and not reference.strip():
        raise CannotPay(
            "The invoice is not recorded without its reference. Give its number, or that of the "
            "self-billing invoice."
        )
    if len(reference.strip()) > LONGEST_REFERENCE:
        raise CannotPay(f"A reference has at most {LONGEST_REFERENCE} letters. Shorten it.")
    if arrived_on > at.date():
        raise CannotPay(
            f"The invoice is not recorded: {plain_date(arrived_on)} has not come yet. Give the day "
            "on which it arrived."
        )
    held = statement.invoices.filter(payer=payer, payee=payee).first()
    paid = settlement.payments.filter(payer=payer, payee=payee).exists()
    if held is not None and paid:
        raise CannotPay("The invoice stands as it is: something was paid by it already.")
    new = {"kind": str(kind), "reference": reference.strip(), "arrived_on": arrived_on}
    old = {name: getattr(held, name) if held else None for name in new}
    made, _ = Invoice.objects.update_or_create(
        statement=statement, payer=payer, payee=payee, defaults={**new, "by": by, "at": at}
    )
    audit.record(
        by=by, at=at, did="agreements.invoice_recorded", to=made,
        body_id=settlement.agreement.body_id,
        changes=audit.changes(old, new, personal=["reference"]),
    )  # fmt: skip
    return made


@transaction.atomic
def record_payment(
    *,
    settlement: Settlement,
    payer: str,
    payee: str,
    paid_on: date,
    by: Person,
    at: datetime,
    reference: str = "",
) -> Payment:
    """Record that one party paid another what a statement has due and nobody disputes.

    :raises CannotPay: when the person may not, it is not approved, has no invoice, or nothing of it
        is to be paid now.
    """
    settlement = _locked(settlement)
    if reason := permissions.why_not_pay(by, settlement.agreement):
        raise CannotPay(reason)
    _move(settlement, "PAY_PART", CannotPay)
    settlement.refresh_from_db(fields=["state"])
    lines = payable_lines(settlement, payer, payee)
    if not lines:
        raise CannotPay(
            "Nothing is to be paid between these two now: what is left was paid, or is disputed. "
            "End the dispute first."
        )
    invoice = settlement.statement.invoices.filter(payer=payer, payee=payee).first()
    if invoice is None:
        raise CannotPay(
            "The payment is not recorded: no invoice or self-billing reference is. Record it "
            "first, with the day on which a valid one arrived."
        )
    if paid_on > at.date():
        raise CannotPay(
            f"The payment is not recorded: {plain_date(paid_on)} has not come yet. Give the day on "
            "which the money went."
        )
    if len(reference.strip()) > LONGEST_REFERENCE:
        raise CannotPay(f"A reference has at most {LONGEST_REFERENCE} letters. Shorten it.")
    payment = Payment.objects.create(
        settlement=settlement,
        payer=payer,
        payee=payee,
        net_pence=sum(line.net_pence for line in lines),
        vat_pence=sum(line.vat_pence for line in lines),
        paid_on=paid_on,
        reference=reference.strip(),
        by=by,
        at=at,
    )
    StatementLine.objects.filter(pk__in=[line.pk for line in lines]).update(payment=payment)
    for one in Settlement.objects.filter(statement__lines__payment=payment).distinct():
        left = one.statement.lines.filter(payment=None).exclude(net_pence=0, vat_pence=0)
        _move(one, "PAY_PART" if left.exists() else "PAY_ALL", CannotPay)
        one.save(update_fields=["state"])
    audit.record(
        by=by, at=at, did="agreements.paid", to=payment, body_id=settlement.agreement.body_id,
        net_pence=payment.net_pence, vat_pence=payment.vat_pence, paid_on=paid_on.isoformat(),
        **audit.bulk(line.pk for line in lines),
    )  # fmt: skip
    return payment


def _is_corrected(agreement: Agreement, dispute: LineDispute) -> bool:
    """Whether facts were reported or terms varied since a line was disputed."""
    return (
        FactsReport.objects.filter(
            settlement__agreement=agreement,
            state__in=("SUBMITTED", "CHECKED"),
            is_correction=True,
            at__gte=dispute.at,
        ).exists()
        or agreement.versions.filter(at__gte=dispute.at).exists()
    )


def _locked(settlement: Settlement) -> Settlement:
    Agreement.objects.select_for_update().get(pk=settlement.agreement_id)
    return Settlement.objects.select_related("agreement__body").get(pk=settlement.pk)


def _move(settlement: Settlement, move: str, refusal: type[CannotDo]) -> None:
    try:
        settlement.state = SETTLING.after(settlement.state, move)
    except CannotMove as refused:
        raise refusal(str(refused)) from None
