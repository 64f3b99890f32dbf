"""What is an option worth to society? Real, socially discounted; who pays does not matter.

Left out, each with its reason: VAT and other taxes, transfers, borrowing, funding, depreciation and
what is already spent. What owned assets could earn elsewhere is a cost. Source: HM Treasury, The
Green Book.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen

from moothall.appraisal.engine.cost_lines import NOT_ECONOMIC, CostLine
from moothall.appraisal.engine.costing import Amounts, Costing
from moothall.appraisal.engine.discounting import present_value

NIL = Decimal(0)


@frozen
class EconomicLine:
    """A line in the economic case. GBP, real; benefits above nought, costs below.

    left_out : why it counts for nothing here; empty where it counts
    """

    line: CostLine
    by_year: Amounts
    optimism_bias_by_year: Amounts
    present_value: Decimal
    left_out: str = ""


@frozen
class EconomicOption:
    """An option in the economic case. GBP, real, present values.

    npsv : benefits less costs; None where no option has a benefit to net costs against
    """

    option: str
    name: str
    lines: tuple[EconomicLine, ...]
    costs: Decimal
    benefits: Decimal
    public_costs: Decimal
    npsv: Decimal | None

    @property
    def net(self) -> Decimal:
        """Benefits less costs, whatever there is: among costs alone the least bad is nearest 0."""
        return self.benefits - self.costs


@frozen
class EconomicCase:
    """Every option to society. `basis` is its sign, prices and discounting, in words."""

    options: Mapping[str, EconomicOption]
    basis: str
    usual: str | None = None

    def against_usual(self, option: str) -> Decimal | None:
        """Return how much better than business as usual an option is; None where none is usual."""
        if self.usual is None:
            return None
        return self.options[option].net - self.options[self.usual].net


def why_not_economic(line: CostLine) -> str:
    """Say why a line is left out of the economic case; empty where it counts."""
    if line.not_economic:
        return line.not_economic
    if line.kind in NOT_ECONOMIC:
        return NOT_ECONOMIC[line.kind]
    if line.paid_to is not None:
        return "One body of the appraisal pays another: for both together nothing changes."
    return ""


def biased(line: CostLine, amounts: Amounts) -> Amounts:
    """Return what optimism bias adds to the value of a line: always below nought."""
    return tuple(-line.optimism_bias * abs(one) for one in amounts)


def economic_line(costing: Costing, line: CostLine) -> EconomicLine:
    if reason := why_not_economic(line):
        nothing = (NIL,) * costing.frame.years
        return EconomicLine(line, nothing, nothing, NIL, reason)
    real = tuple(line.sign * one for one in costing.real(line))
    bias = biased(line, real)
    worth = present_value(
        [one + more for one, more in zip(real, bias, strict=True)], costing.frame.factors
    )
    return EconomicLine(line, real, bias, worth)


def economic_case(costing: Costing) -> EconomicCase:
    """Return what each option is worth to society."""
    nets = costing.has_benefits
    options = {}
    for key, name in costing.options.items():
        lines = tuple(economic_line(costing, line) for line in costing.lines_of(key))
        costs = -sum((one.present_value for one in lines if one.line.sign < 0), NIL)
        benefits = sum((one.present_value for one in lines if one.line.sign > 0), NIL)
        public = -sum(
            (
                one.present_value
                for one in lines
                if one.line.sign < 0 and costing.bodies[one.line.falls_on].is_public
            ),
            NIL,
        )
        options[key] = EconomicOption(
            key, name, lines, costs, benefits, public, benefits - costs if nets else None
        )
    return EconomicCase(options, costing.frame.in_words(), costing.usual)
