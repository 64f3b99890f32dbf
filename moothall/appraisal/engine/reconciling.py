"""Why do the financial and the economic case of an option differ? Line by line, a sentence each.

For every line, what it comes to in the budget and its differences add up to what it comes to in the
economic case, to the last digit.
"""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from moothall.appraisal.engine.cost_lines import COUNCIL, CostLine
from moothall.appraisal.engine.costing import Costing
from moothall.appraisal.engine.deflators import price_words
from moothall.appraisal.engine.economic_case import economic_line
from moothall.appraisal.engine.financial_case import financial_line
from moothall.values.periods import year_words
from moothall.values.wording import percentage

NIL = Decimal(0)


@frozen
class Difference:
    """One reason why a line differs. gbp: what is added to its financial total."""

    gbp: Decimal
    sentence: str


@frozen
class ReconciledLine:
    """A line in both cases. GBP; financial : nominal total; economic : real present value."""

    line: CostLine
    financial: Decimal
    differences: tuple[Difference, ...]
    economic: Decimal


@frozen
class Reconciliation:
    """Both cases of an option for one body, line by line."""

    option: str
    body: str
    lines: tuple[ReconciledLine, ...]

    @property
    def financial(self) -> Decimal:
        return sum((one.financial for one in self.lines), NIL)

    @property
    def economic(self) -> Decimal:
        return sum((one.economic for one in self.lines), NIL)


def reconciliation(costing: Costing, option: str, body: str = COUNCIL) -> Reconciliation:
    """Return how an option's budget becomes its worth to society, line by line."""
    return Reconciliation(
        option,
        body,
        tuple(_reconciled(costing, line, body) for line in costing.lines_of(option)),
    )


def _reconciled(costing: Costing, line: CostLine, body: str) -> ReconciledLine:
    financial, economic = financial_line(costing, line, body), economic_line(costing, line)
    frame = costing.frame
    found: list[Difference] = []
    nominal = tuple(line.sign * one for one in costing.nominal(line))
    in_all = sum(nominal, NIL)
    if financial.left_out:
        found.append(Difference(in_all, f"Not in this budget. {financial.left_out}"))
    elif body != line.falls_on:
        name = costing.bodies[line.falls_on].name
        found.append(
            Difference(
                in_all - financial.total,
                f"This budget receives what {name} pays: for society it is only moved.",
            )
        )
    elif financial.total != in_all:
        share = percentage(line.cashable_share)
        found.append(
            Difference(
                in_all - financial.total,
                f"{share} of it can be cashed; what cannot is worth as much to society.",
            )
        )
    if economic.left_out:
        found.append(Difference(-in_all, f"Left out of the economic case. {economic.left_out}"))
        return ReconciledLine(line, financial.total, tuple(found), NIL)
    real = sum(economic.by_year, NIL)
    if real != in_all:
        prices = price_words(frame.price_year)
        found.append(Difference(real - in_all, f"Stated in {prices}: inflation is taken out."))
    bias = sum(economic.optimism_bias_by_year, NIL)
    if bias:
        share = percentage(line.optimism_bias)
        found.append(
            Difference(bias, f"Optimism bias of {share} counts here; a budget holds none of it.")
        )
    if economic.present_value != real + bias:
        first = year_words(frame.first_year)
        found.append(
            Difference(
                economic.present_value - real - bias,
                f"Discounted to {first}: later pounds are worth less to society.",
            )
        )
    return ReconciledLine(line, financial.total, tuple(found), economic.present_value)
