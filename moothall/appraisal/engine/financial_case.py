"""What does an option do to a body's budget, year by year? Nominal, with VAT and with funding.

Source: HM Treasury, The Green Book and its guide to developing the project business case.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen

from moothall.appraisal.engine.cost_lines import COUNCIL, NOT_FINANCIAL, CostLine, Kind
from moothall.appraisal.engine.costing import Amounts, Costing

NIL = Decimal(0)
CASHED = (Kind.FISCAL,)  # benefits that reach a budget only as far as they are cashed


@frozen
class FinancialLine:
    """A line in a body's budget. GBP of each year; received above nought, paid below.

    left_out : why it reaches no budget; empty where it does
    """

    line: CostLine
    by_year: Amounts
    left_out: str = ""

    @property
    def total(self) -> Decimal:
        return sum(self.by_year, NIL)


@frozen
class FinancialOption:
    """An option in a body's budget. GBP of each year.

    gap_by_year : what the net cost is above the budget; None where no budget is known
    """

    option: str
    name: str
    lines: tuple[FinancialLine, ...]
    costs_by_year: Amounts
    receipts_by_year: Amounts
    funding_by_year: Amounts
    budget_by_year: Amounts | None = None

    @property
    def net_by_year(self) -> Amounts:
        """What the budget must bear after receipts and funding: above nought is a surplus."""
        parts = zip(self.costs_by_year, self.receipts_by_year, self.funding_by_year, strict=True)
        return tuple(received + funded - paid for paid, received, funded in parts)

    @property
    def gap_by_year(self) -> Amounts | None:
        if self.budget_by_year is None:
            return None
        pairs = zip(self.net_by_year, self.budget_by_year, strict=True)
        return tuple(max(-net - budget, NIL) for net, budget in pairs)


@frozen
class FinancialCase:
    """Every option in one body's budget."""

    body: str
    body_name: str
    budget_years: tuple[str, ...]
    options: Mapping[str, FinancialOption] = field(factory=dict)
    basis: str = (
        "Nominal: the money of each year, not discounted, with the VAT that is not recovered and "
        "with funding. Received is above nought, paid below."
    )


def financial_line(costing: Costing, line: CostLine, body: str) -> FinancialLine:
    """Return what a line is in a body's budget: paid, received, or why neither."""
    nothing = (NIL,) * costing.frame.years
    if reason := NOT_FINANCIAL.get(line.kind):
        return FinancialLine(line, nothing, reason)
    if body not in line.bodies:
        name = costing.bodies[line.falls_on].name
        return FinancialLine(line, nothing, f"It is in the budget of another: {name}.")
    sign = line.sign if body == line.falls_on else -line.sign
    amounts = tuple(sign * one for one in costing.nominal(line))
    if line.kind in CASHED:
        amounts = tuple(
            one * cashed_share(line, costing.frame.first_year + year)
            for year, one in enumerate(amounts)
        )
        if not line.cashable_share:
            return FinancialLine(line, nothing, "None of it can be taken out of a budget.")
    return FinancialLine(line, amounts)


def cashed_share(line: CostLine, year: int) -> Decimal:
    """Return the share of a benefit that a financial year's budget can be cut by."""
    begun = line.cashable_from is not None and year >= line.cashable_from
    return line.cashable_share if begun else NIL


def financial_case(
    costing: Costing, body: str = COUNCIL, budget_by_year: Amounts | None = None
) -> FinancialCase:
    """Return what each option does to the budget of one body.

    budget_by_year : what it has for the service; None: not known
    """
    options = {}
    for key, name in costing.options.items():
        lines = tuple(financial_line(costing, line, body) for line in costing.lines_of(key))
        funding = [one for one in lines if one.line.kind is Kind.FUNDING]
        others = [one for one in lines if one.line.kind is not Kind.FUNDING]
        options[key] = FinancialOption(
            option=key,
            name=name,
            lines=lines,
            costs_by_year=tuple(
                -one for one in _added([o for o in others if _is_paid(o, body)], costing)
            ),
            receipts_by_year=_added([o for o in others if not _is_paid(o, body)], costing),
            funding_by_year=_added(funding, costing),
            budget_by_year=budget_by_year,
        )
    return FinancialCase(body, costing.bodies[body].name, costing.frame.budget_years, options)


def _is_paid(one: FinancialLine, body: str) -> bool:
    sign = one.line.sign if body == one.line.falls_on else -one.line.sign
    return sign < 0


def _added(lines: list[FinancialLine], costing: Costing) -> Amounts:
    return tuple(
        sum((one.by_year[year] for one in lines), NIL) for year in range(costing.frame.years)
    )
