"""What do the statements of an agreement say, which lines may be paid, and do they hold?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from attrs import frozen

from moothall.agreements.engine.settling import PAYABLE
from moothall.agreements.models import (
    Agreement,
    FactsReport,
    LineDispute,
    Settlement,
    Statement,
    StatementLine,
)
from moothall.deals import settlement as deals
from moothall.deals.settlement import CannotSettle, re_run, statement_from
from moothall.deals.writing import plain
from moothall.values.periods import Period


@frozen
class Rerun:
    """What came of working a past statement out again."""

    agreement_id: int
    number: int
    period: Period
    holds: bool
    sentence: str

    def as_json(self) -> dict[str, object]:
        return {
            "agreement": self.agreement_id,
            "statement": self.number,
            "period": str(self.period),
            "holds": self.holds,
            "sentence": self.sentence,
        }


def text_of(statement: deals.Statement) -> str:
    """Return the one text that a statement is kept as: its parts stand in the deal's own order."""
    return json.dumps(plain(statement.stored()), ensure_ascii=False, separators=(",", ":"))


def statements_before(settlement: Settlement) -> list[deals.Statement]:
    """Return every statement of the agreement, as the engine made it."""
    held = Statement.objects.filter(agreement_id=settlement.agreement_id).order_by("number")
    return [statement_from(json.loads(one.text)) for one in held]


def rerun(statement: Statement) -> Rerun:
    """Work a statement out again from what it keeps, and compare it to the byte."""
    period = Period(statement.settlement.starts_on, statement.settlement.ends_before)
    named = f"Statement {statement.number} of agreement {statement.agreement_id}, for {period}"
    try:
        again = text_of(re_run(json.loads(statement.text)))
    except CannotSettle as refusal:
        holds, said = False, f"{named}: {refusal}"
    else:
        holds = again == statement.text
        said = (
            f"{named}, comes out the same to the byte."
            if holds
            else f"{named}, DOES NOT come out as it is kept. Compare the books with a backup."
        )
    return Rerun(statement.agreement_id, statement.number, period, holds, said)


def reruns(agreement_id: int | None = None, number: int | None = None) -> Iterable[Rerun]:
    """Work statements out again: all, or those of an agreement, or one."""
    held = Statement.objects.select_related("settlement").order_by("agreement_id", "number")
    if agreement_id is not None:
        held = held.filter(agreement_id=agreement_id)
    if number is not None:
        held = held.filter(number=number)
    return (rerun(one) for one in held.iterator())


def open_dispute(line: StatementLine) -> LineDispute | None:
    """The dispute for which a line waits, or None."""
    return next((one for one in line.disputes.all() if one.resolved_at is None), None)


def latest_dispute(line: StatementLine) -> LineDispute | None:
    held = list(line.disputes.all())
    return held[-1] if held else None


def resolved_on(line: StatementLine) -> date | None:
    """The day on which the line's last dispute ended; None where there was none."""
    last = latest_dispute(line)
    return last.resolved_at.date() if last and last.resolved_at else None


def is_nothing(line: StatementLine) -> bool:
    return not (line.net_pence or line.vat_pence)


def is_carried(line: StatementLine) -> bool:
    """Whether a line is to be paid together with what adjusts it, in a later statement."""
    last = latest_dispute(line)
    return bool(last and last.outcome == LineDispute.Outcome.ADJUSTED)


def waits_for_disputes(lines: Iterable[StatementLine]) -> bool:
    """Whether everything that is still to be paid of these lines is disputed."""
    left = [line for line in lines if not (line.payment_id or is_nothing(line))]
    return bool(left) and all(open_dispute(line) for line in left)


def lines_of(agreement: Agreement) -> list[StatementLine]:
    return list(
        StatementLine.objects.filter(statement__agreement=agreement)
        .select_related("statement__settlement", "payment")
        .prefetch_related("disputes__organisation")
        .order_by("statement__number", "place")
    )


def payable_lines(
    settlement: Settlement, payer: str, payee: str, lines: list[StatementLine] | None = None
) -> list[StatementLine]:
    """Return the lines that are paid with a statement, between two parties.

    Its own that are neither paid nor disputed. A line of which a dispute ended with an adjustment
    is paid with the statement in which that stands, or any after it, or by itself once it is there.
    """
    if settlement.state not in PAYABLE:
        return []
    number, found = settlement.statement.number, []
    for line in lines_of(settlement.agreement) if lines is None else lines:
        is_due = line.payment_id is None and not is_nothing(line) and open_dispute(line) is None
        if not is_due or (line.payer, line.payee) != (payer, payee):
            continue
        is_own = line.statement.settlement_id == settlement.pk
        if not is_carried(line):
            if is_own:
                found.append(line)
        elif line.statement.settlement.state in PAYABLE:
            adjusts = adjusting_statement(line)
            if adjusts is not None and (is_own or adjusts <= number):
                found.append(line)
    return found


def adjusting_statement(line: StatementLine) -> int | None:
    """Return the number of the statement that adjusts a line once disputed; None: not made yet."""
    dispute = latest_dispute(line)
    if dispute is None:
        return None
    agreement = line.statement.agreement
    checked = FactsReport.objects.filter(
        settlement__agreement=agreement,
        is_correction=True,
        at__gte=dispute.at,
    )
    varied = agreement.versions.filter(at__gte=dispute.at)
    days = [one.checked_at for one in checked if one.checked_at] + [one.at for one in varied]
    if not days:
        return None
    since = min(days)
    later = agreement.statements.filter(number__gt=line.statement.number, at__gte=since)
    return later.values_list("number", flat=True).order_by("number").first()


def line_at(agreement: Agreement, number: int) -> StatementLine | None:
    return next((line for line in lines_of(agreement) if line.pk == number), None)
