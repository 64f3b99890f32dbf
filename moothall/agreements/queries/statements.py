"""What does a statement say: each line, its sentence, its invoice and the clock that runs on it?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

from moothall.agreements import permissions
from moothall.agreements.engine.payment_clock import (
    PaymentRule,
    Promptness,
    begins_on,
    promptness,
)
from moothall.agreements.engine.settling import SETTLING
from moothall.agreements.models import Agreement, Invoice, LineDispute, Statement, StatementLine
from moothall.agreements.queries.issued import (
    is_carried,
    is_nothing,
    latest_dispute,
    lines_of,
    open_dispute,
    payable_lines,
    resolved_on,
)
from moothall.agreements.queries.payment_clocks import borne_by, clock_words, clocks_of, rule_of
from moothall.agreements.queries.settlement import gbp
from moothall.agreements.queries.terms import Terms, terms_of
from moothall.directory.permissions import Asker
from moothall.values.periods import Period
from moothall.values.wording import plain_date, pounds_in_words

LINE_HEAD = (
    *("statement", "period", "term", "payer", "payee", "net_gbp", "vat_gbp", "gross_gbp"),
    *("adjusts", "stands", "invoice", "invoice_arrived_on", "pay_by", "late_days", "paid_on"),
    *("why_disputed", "because"),
)


@frozen
class LineRow:
    """One line: amounts in GBP. `stands` says in words whether it is paid, disputed or due."""

    id: int
    term: str
    payer: str
    payee: str
    net_gbp: Decimal
    vat_gbp: Decimal
    because: str
    adjusts: str
    stands: str
    colour: str
    paid_on: date | None
    dispute_id: int | None
    why_disputed: str
    disputed_by: str
    why_not_dispute: str | None
    why_not_resolve: str | None
    history: tuple[str, ...]

    @property
    def gross_gbp(self) -> Decimal:
        return self.net_gbp + self.vat_gbp

    def as_json(self) -> dict[str, Any]:
        return {
            "term": self.term,
            "payer": self.payer,
            "payee": self.payee,
            "net_gbp": str(self.net_gbp),
            "vat_gbp": str(self.vat_gbp),
            "gross_gbp": str(self.gross_gbp),
            "because": self.because,
            "adjusts": self.adjusts,
            "stands": self.stands,
            "paid_on": self.paid_on.isoformat() if self.paid_on else None,
            "why_disputed": self.why_disputed,
        }


@frozen
class PairRow:
    """What one party pays another by a statement, with its invoice and clock. Amounts in GBP."""

    payer: str
    payee: str
    payer_name: str
    payee_name: str
    net_gbp: Decimal
    vat_gbp: Decimal
    disputed_gbp: Decimal  # gross
    to_pay_gbp: Decimal  # gross, now
    carried_gbp: Decimal  # gross, of that: from earlier statements
    invoice: Invoice | None
    invoice_words: str
    clock: str
    interest: tuple[str, ...]  # a sentence for each sum that bears it
    interest_gbp: Decimal
    late_days: int
    payments: tuple[str, ...]

    @property
    def gross_gbp(self) -> Decimal:
        return self.net_gbp + self.vat_gbp

    @property
    def key(self) -> str:
        return f"{self.payer}|{self.payee}"

    def as_json(self) -> dict[str, Any]:
        return {
            "payer": self.payer_name,
            "payee": self.payee_name,
            "net_gbp": str(self.net_gbp),
            "vat_gbp": str(self.vat_gbp),
            "gross_gbp": str(self.gross_gbp),
            "disputed_gbp": str(self.disputed_gbp),
            "to_pay_gbp": str(self.to_pay_gbp),
            "invoice": self.invoice_words,
            "clock": self.clock,
            "interest_gbp": str(self.interest_gbp),
            "late_days": self.late_days,
        }


@frozen
class StatementPage:
    """What a statement's page, its PDF, its CSV and the API show."""

    agreement: Agreement
    number: int
    period: Period
    round: int
    state: str
    words: str
    lines: tuple[LineRow, ...]
    pairs: tuple[PairRow, ...]
    findings: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    versions: tuple[str, ...]
    rule_source: str
    approvals: tuple[str, ...]
    made_by: str
    made_at: datetime
    digest: str
    why_not_approve: str | None
    why_not_pay: str | None

    @property
    def label(self) -> str:
        return f"{self.period}{', corrections' if self.round > 1 else ''}"

    @property
    def answer(self) -> str:
        parts = [
            f"{pair.payer_name} owes {pair.payee_name} {pounds_in_words(pair.gross_gbp)} with VAT"
            for pair in self.pairs
        ]
        disputed = sum((pair.disputed_gbp for pair in self.pairs), Decimal(0))
        said = "; ".join(parts) or "Nothing is due by it"
        return f"{said}{f'; {pounds_in_words(disputed)} of that is disputed' if disputed else ''}."

    def as_json(self) -> dict[str, Any]:
        """Return the statement for programs: amounts as text, nothing private in it."""
        return {
            "number": self.number,
            "agreement": self.agreement.pk,
            "period": {
                "starts_on": self.period.starts_on.isoformat(),
                "last_day": self.period.last_day.isoformat(),
            },
            "round": self.round,
            "state": self.words,
            "lines": [line.as_json() for line in self.lines],
            "between": [pair.as_json() for pair in self.pairs],
            "findings": list(self.findings),
            "facts": dict(self.facts),
            "made_at": self.made_at.isoformat(),
            "digest": self.digest,
        }


def statement_of(agreement: Agreement, number: int) -> Statement | None:
    return agreement.statements.filter(number=number).select_related("settlement", "by").first()


def statements_after(agreement: Agreement, number: int, most: int = 50) -> list[Statement]:
    """Return the statements that follow one of a number, the oldest first."""
    held = agreement.statements.filter(number__gt=number).order_by("number")
    return list(held.select_related("settlement", "by")[:most])


def statement_page(statement: Statement, *, viewer: Asker, on: date) -> StatementPage:
    """Return what a statement shows on a day."""
    agreement, settlement = statement.agreement, statement.settlement
    settlement.agreement = agreement
    terms = terms_of(agreement)
    everything = lines_of(agreement)
    lines = [line for line in everything if line.statement_id == statement.pk]
    rule = rule_of(agreement)
    stored = json.loads(statement.text)
    why_not_dispute = permissions.why_not_dispute(viewer, agreement)
    return StatementPage(
        agreement=agreement,
        number=statement.number,
        period=Period(settlement.starts_on, settlement.ends_before),
        round=settlement.round,
        state=settlement.state,
        words=SETTLING.state(settlement.state).words,
        lines=tuple(_line_row(line, terms, viewer, why_not_dispute) for line in lines),
        pairs=tuple(_pairs(statement, terms, lines, everything, rule, on)),
        findings=tuple(f"{one['sentence']} {one['mend']}" for one in stored["findings"]),
        facts=_facts_in(stored, settlement.starts_on, terms),
        versions=tuple(
            f"version {one['number']}, in force from "
            f"{plain_date(date.fromisoformat(one['effective_from']))}"
            for one in stored["inputs"]["versions"]
        ),
        rule_source=rule.source if rule else "",
        approvals=tuple(
            f"{one.by.name}, {plain_date(one.at.date())}"
            for one in settlement.approvals.select_related("by")
        ),
        made_by=statement.by.name,
        made_at=statement.at,
        digest=statement.digest,
        why_not_approve=permissions.why_not_approve_payment(viewer, settlement),
        why_not_pay=permissions.why_not_pay(viewer, agreement),
    )


def every_line(
    agreement: Agreement, *, on: date, number: int | None = None
) -> list[dict[str, Any]]:
    """Return the lines of an agreement's statements, or of one, as a file has them."""
    terms, rule = terms_of(agreement), rule_of(agreement)
    invoices = {
        (one.statement_id, one.payer, one.payee): one
        for one in Invoice.objects.filter(statement__agreement=agreement)
    }
    rows = []
    for line in lines_of(agreement):
        if number not in (None, line.statement.number):
            continue
        invoice = invoices.get((line.statement_id, line.payer, line.payee))
        dispute = open_dispute(line)
        clock = next(iter(clocks_of([line], invoice, rule)), None)
        settlement = line.statement.settlement
        adjusts = terms.period(line.adjusts_on) if line.adjusts_on else None
        rows.append(
            {
                "statement": line.statement.number,
                "period": str(Period(settlement.starts_on, settlement.ends_before)),
                "term": terms.term_name(line.term),
                "payer": terms.party_name(line.payer),
                "payee": terms.party_name(line.payee),
                "net_gbp": gbp(line.net_pence),
                "vat_gbp": gbp(line.vat_pence),
                "gross_gbp": gbp(line.net_pence + line.vat_pence),
                "adjusts": str(adjusts) if adjusts else "",
                "stands": _stands(line, dispute)[0],
                "invoice": invoice.reference if invoice else "",
                "invoice_arrived_on": invoice.arrived_on.isoformat() if invoice else "",
                "pay_by": clock.last_day.isoformat() if clock else "",
                "late_days": clock.late_days(on) if clock else 0,
                "paid_on": line.payment.paid_on.isoformat() if line.payment else "",
                "why_disputed": dispute.why if dispute else "",
                "because": line.because,
            }
        )
    return rows


def promptness_of(agreement: Agreement) -> Promptness | None:
    """Return how promptly the agreement's invoices were paid, from the arrival of a valid one."""
    arrived = {
        (one.statement.settlement_id, one.payer, one.payee): one.arrived_on
        for one in Invoice.objects.filter(statement__agreement=agreement)
        .exclude(kind=Invoice.Kind.NONE)
        .select_related("statement")
    }
    took = [
        max(0, (line.payment.paid_on - begins_on(day, resolved_on(line))).days)
        for line in lines_of(agreement)
        if line.payment is not None
        and (day := arrived.get((line.payment.settlement_id, line.payer, line.payee)))
    ]
    return promptness(took)


def _facts_in(
    stored: Mapping[str, Any], starts_on: date, terms: Terms
) -> tuple[tuple[str, str], ...]:
    """The facts of the period on which a statement rests, but for what is private to others."""
    facts = {key: fact for one in terms.versions for key, fact in one.deal.facts.items()}
    found = []
    for key, values in stored["inputs"]["facts"].items():
        value = values.get(starts_on.isoformat())
        fact = facts.get(key)
        if value is None or fact is None:
            continue
        shown = "private" if fact.private_to else f"{value} {fact.unit}"
        found.append((fact.title, shown))
    return tuple(found)


def _line_row(
    line: StatementLine, terms: Terms, viewer: Asker, why_not_dispute: str | None
) -> LineRow:
    dispute = open_dispute(line)
    stands, colour = _stands(line, dispute)
    return LineRow(
        id=line.pk,
        term=terms.term_name(line.term),
        payer=terms.party_name(line.payer),
        payee=terms.party_name(line.payee),
        net_gbp=gbp(line.net_pence),
        vat_gbp=gbp(line.vat_pence),
        because=line.because,
        adjusts=str(terms.period(line.adjusts_on) or line.adjusts_on) if line.adjusts_on else "",
        stands=stands,
        colour=colour,
        paid_on=line.payment.paid_on if line.payment else None,
        dispute_id=dispute.pk if dispute else None,
        why_disputed=dispute.why if dispute else "",
        disputed_by=dispute.organisation.name if dispute else "",
        why_not_dispute="It is paid." if line.payment_id else why_not_dispute,
        why_not_resolve=permissions.why_not_resolve(viewer, dispute) if dispute else None,
        history=tuple(_dispute_words(one) for one in line.disputes.all()),
    )


def _dispute_words(dispute: LineDispute) -> str:
    said = (
        f"{dispute.organisation.name} disputed it on {plain_date(dispute.at.date())}: {dispute.why}"
    )
    if dispute.resolved_at is None:
        return said
    return (
        f"{said} It ended on {plain_date(dispute.resolved_at.date())}, "
        f"{dispute.get_outcome_display()}: {dispute.how}"
    )


def _stands(line: StatementLine, dispute: LineDispute | None) -> tuple[str, str]:
    if dispute:
        return "disputed", "red"
    if line.payment:
        return "paid", "green"
    if is_nothing(line):
        return "nothing to pay", "grey"
    if is_carried(line):
        return "waits for its adjustment", "yellow"
    if latest_dispute(line):
        return "due, disputed no more", "yellow"
    return "due", "yellow"


def _pairs(
    statement: Statement,
    terms: Terms,
    lines: Sequence[StatementLine],
    everything: list[StatementLine],
    rule: PaymentRule | None,
    on: date,
) -> list[PairRow]:
    found = []
    invoices = {(one.payer, one.payee): one for one in statement.invoices.all()}
    for payer, payee in dict.fromkeys((line.payer, line.payee) for line in lines):
        own = [line for line in lines if (line.payer, line.payee) == (payer, payee)]
        now = payable_lines(statement.settlement, payer, payee, everything)
        carried = [line for line in now if line.statement_id != statement.pk]
        invoice = invoices.get((payer, payee))
        clocks = clocks_of(own, invoice, rule)
        borne = borne_by(clocks, on)
        found.append(
            PairRow(
                payer=payer,
                payee=payee,
                payer_name=terms.party_name(payer),
                payee_name=terms.party_name(payee),
                net_gbp=gbp(sum(line.net_pence for line in own)),
                vat_gbp=gbp(sum(line.vat_pence for line in own)),
                disputed_gbp=_gross(line for line in own if open_dispute(line)),
                to_pay_gbp=_gross(now),
                carried_gbp=_gross(carried),
                invoice=invoice,
                invoice_words=_invoice_words(invoice),
                clock=clock_words(invoice, rule, list(clocks), on),
                interest=tuple(one.sentence for one in borne),
                interest_gbp=sum((one.interest_gbp for one in borne), Decimal(0)),
                late_days=max((clock.late_days(on) for clock in clocks), default=0),
                payments=tuple(
                    f"{plain_date(one.paid_on)}{f', {one.reference}' if one.reference else ''}"
                    for one in statement.settlement.payments.filter(payer=payer, payee=payee)
                ),
            )
        )
    return found


def _invoice_words(invoice: Invoice | None) -> str:
    if invoice is None:
        return "not recorded"
    if invoice.kind == Invoice.Kind.NONE:
        return "none is due"
    return f"{invoice.get_kind_display()} {invoice.reference}, {plain_date(invoice.arrived_on)}"


def _gross(lines: Any) -> Decimal:
    return gbp(sum(line.net_pence + line.vat_pence for line in lines))
