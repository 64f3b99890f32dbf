"""Which clock runs on the lines of a statement, and what do those bear that are paid late?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from moothall.agreements.engine.late_payment import Late, late
from moothall.agreements.engine.payment_clock import Clock, PaymentRule, begins_on, payment_rule
from moothall.agreements.models import Agreement, Invoice, StatementLine
from moothall.agreements.queries.issued import (
    is_carried,
    is_nothing,
    open_dispute,
    resolved_on,
)
from moothall.core.rules import rules_of
from moothall.values.money import Money

NO_CLOCK = (
    "No clock is set: no law coded here sets one for how this agreement was bought. The deal says "
    "what was agreed."
)


def rule_of(agreement: Agreement) -> PaymentRule | None:
    """Return the rule by which an agreement's invoices are to be paid, or None."""
    day = agreement.regime_began_on or agreement.starts_on
    return payment_rule(rules_of("agreements", "payment_clock"), agreement.regime, day)


def clocks_of(
    lines: Iterable[StatementLine], invoice: Invoice | None, rule: PaymentRule | None
) -> dict[Clock, Decimal]:
    """Return each clock that runs from when a valid invoice arrived, and on how much (GBP, gross).

    Nothing runs on a line that is disputed, or waits for its adjustment.
    """
    found: dict[Clock, Decimal] = defaultdict(Decimal)
    if invoice is None or invoice.kind == Invoice.Kind.NONE or rule is None:
        return found
    for line in lines:
        if is_nothing(line) or open_dispute(line) or (is_carried(line) and not line.payment):
            continue
        begins = begins_on(invoice.arrived_on, resolved_on(line))
        paid_on = line.payment.paid_on if line.payment else None
        clock = Clock(begins, rule.last_day(begins), paid_on)
        found[clock] += Money.from_pence(line.net_pence + line.vat_pence).gbp
    return found


def borne_by(clocks: dict[Clock, Decimal], on: date) -> tuple[Late, ...]:
    """Return what each sum bears that was, or by a day is, paid late."""
    rules = rules_of("agreements", "late_payment")
    each = (
        late(gbp, last_day=clock.last_day, until=clock.paid_on or on, rules=rules)
        for clock, gbp in clocks.items()
    )
    return tuple(one for one in each if one is not None)


def clock_words(
    invoice: Invoice | None, rule: PaymentRule | None, clocks: Sequence[Clock], on: date
) -> str:
    if invoice is None:
        return "No clock runs: no valid invoice has arrived."
    if invoice.kind == Invoice.Kind.NONE:
        return "No clock runs: nothing is supplied for it."
    if rule is None:
        return NO_CLOCK
    if not clocks:
        return "No clock runs: all of it is disputed or nothing."
    return " ".join(dict.fromkeys(clock.sentence(on) for clock in clocks))
