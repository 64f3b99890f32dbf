"""What are flows worth, when do they pay back, and what would have to change? Green Book sums.

Amounts are Decimals in GBP, one a year from the year of the decision on; benefits and costs are
both given above nought. Source: HM Treasury, The Green Book, and its guidance on optimism bias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from attrs import frozen

from moothall.appraisal.engine.discounting import present_value
from moothall.appraisal.engine.parameters import Rules, parameter

NIL = Decimal(0)
HALVINGS = 200
Amounts = Sequence[Decimal]


def net_present_value(benefits: Amounts, costs: Amounts, factors: Amounts) -> Decimal:
    """Return benefits less costs, in the first year's worth."""
    return present_value(benefits, factors) - present_value(costs, factors)


class Side(StrEnum):
    """On which side of the ratio a cost that an option avoids stands. It moves no net value."""

    BENEFIT = "a saved cost is a benefit"
    LESS_COST = "a saved cost is less cost"


@frozen
class BenefitCostRatio:
    """Benefits to society for each pound of public cost, and on which basis."""

    value: Decimal | None
    side: Side
    benefits: Decimal
    costs: Decimal

    def in_words(self) -> str:
        basis = f"net benefits to society over cost to public budgets; {self.side.value}"
        if self.value is None:
            return f"There is no ratio: the public sector pays nothing net ({basis})."
        return f"{self.value.quantize(Decimal('0.01'))} ({basis})"


def benefit_cost_ratio(
    benefits: Decimal, costs: Decimal, saved: Decimal = NIL, side: Side = Side.BENEFIT
) -> BenefitCostRatio:
    """Return the ratio of present values, with the basis it stands on.

    saved : public costs that are avoided. Where they stand changes the ratio, and never the net
    """
    if side is Side.BENEFIT:
        benefits += saved
    else:
        costs -= saved
    return BenefitCostRatio(benefits / costs if costs > 0 else None, side, benefits, costs)


def payback_years(flows: Amounts, factors: Amounts | None = None) -> Decimal | None:
    """Return after how many years what was put in is back, within the year by even flow.

    flows   : net, of year 0, 1, ...; those of a year come in evenly until its end
    factors : discount them first; None: simple payback

    None when it never is within those years.
    """
    total = NIL
    for year, flow in enumerate(flows):
        worth = flow * factors[year] if factors is not None else flow
        if total < 0 <= total + worth:
            return Decimal(year) - 1 + -total / worth
        total += worth
    return NIL if total >= 0 and all(flow >= 0 for flow in flows) else None


def internal_rate_of_return(flows: Amounts) -> Decimal | None:
    """Return the rate per year at which flows are worth nothing; None where there is none.

    Flows whose sign turns more than once may have several: then none is named.
    """
    signs = [flow > 0 for flow in flows if flow]
    if sum(one != other for one, other in pairwise(signs)) != 1:
        return None

    def worth(rate: Decimal) -> Decimal:
        return sum((flow / (1 + rate) ** year for year, flow in enumerate(flows)), NIL)

    low, high = Decimal("-0.99"), Decimal(10)
    rising = worth(low) < 0
    if (worth(high) < 0) == rising:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if high - low < Decimal("1e-15"):
            break
        low, high = (middle, high) if (worth(middle) < 0) == rising else (low, middle)
    return (low + high) / 2


def equivalent_annual_cost(present: Decimal, years: int, factors: Amounts) -> Decimal:
    """Return the even cost in each of the years 1 to `years` that a present value comes to."""
    return present / sum(factors[1 : years + 1], NIL)


def cost_per_outcome(cost: Decimal, outcomes: Decimal) -> Decimal | None:
    """Return GBP an outcome; None where there is no outcome: nothing is not cheap."""
    return cost / outcomes if outcomes > 0 else None


@frozen
class SwitchingValues:
    """By which share benefits may fall, or costs rise, before the net value is nothing.

    None where there is nothing that could change so.
    """

    benefits_fall: Decimal | None
    costs_rise: Decimal | None


def switching_values(benefits: Decimal, costs: Decimal) -> SwitchingValues:
    """Return the changes that make the net present value nothing; below nought they are needed."""
    return SwitchingValues(
        1 - costs / benefits if benefits else None, benefits / costs - 1 if costs else None
    )


def amount_that_ties(amount: Decimal, net: Decimal, other: Decimal, sign: int) -> Decimal:
    """Return what a line's present value would have to be for its option to equal another.

    amount : its present value now, above nought; sign : 1 of a benefit, -1 of a cost
    net, other : of its option and of the other
    """
    return amount + sign * (other - net)


@frozen
class OptimismBias:
    """A share added to an estimate, and how much of it mitigation has taken off.

    upper : where the type of project starts; reduced_by : share (0-1) of that
    """

    upper: Decimal
    reduced_by: Decimal = NIL

    @property
    def share(self) -> Decimal:
        return self.upper * (1 - self.reduced_by)

    def on(self, estimate: Decimal) -> Decimal:
        """Return an estimate with the bias on it."""
        return estimate * (1 + self.share)


def optimism_bias(
    rules: Rules,
    parts: Mapping[str, Decimal],
    of: str,
    on: date,
    *,
    areas: Mapping[str, Decimal] | None = None,
    mitigated: Mapping[str, Decimal] | None = None,
) -> OptimismBias:
    """Return the optimism bias of a project of one type or several.

    parts     : type of project -> its share of the capital cost; the shares add up to 1
    of        : capital, duration or operating (outsourcing's)
    areas     : area of risk -> its share of the upper bound
    mitigated : area of risk -> how far it is evidenced to be mitigated, 0 to 1

    :raises ValueError: when shares do not add up, or a type has no such bias.
    """
    if sum(parts.values()) != 1:
        raise ValueError(
            f"The parts of the project add up to {sum(parts.values())}, not to 1. "
            "Give each type its share of the capital cost."
        )
    bounds = parameter(rules, "upper_bounds", on).value
    upper = NIL
    for kind, share in parts.items():
        if of not in bounds[kind]:
            known = ", ".join(sorted(name for name in bounds[kind] if name != "label"))
            raise ValueError(
                f"{bounds[kind]['label']} has no optimism bias of {of}: the study gives {known}."
            )
        upper += share * Decimal(bounds[kind][of]["upper"])
    return OptimismBias(upper, reduction(areas or {}, mitigated or {}))


def reduction(areas: Mapping[str, Decimal], mitigated: Mapping[str, Decimal]) -> Decimal:
    """Return which share of an upper bound mitigation takes off.

    :raises ValueError: when areas are more than the whole, or more is mitigated than there is.
    """
    if sum(areas.values()) > 1:
        raise ValueError(f"Areas of risk make up {sum(areas.values())} of the bound: at most 1.")
    for area, share in mitigated.items():
        if area not in areas:
            raise ValueError(f"{area} is mitigated, and is no area of the bound. Name its share.")
        if not 0 <= share <= 1:
            raise ValueError(f"{area} is mitigated by {share}. Give a share from 0 to 1.")
    return sum((areas[area] * share for area, share in mitigated.items()), NIL)


def distributional_weight(rules: Rules, income: Decimal, median: Decimal, on: date) -> Decimal:
    """Return what a pound is worth to a household, beside one of median income."""
    if income <= 0:
        raise ValueError(f"An income of {income} has no weight. Give the income of a year, in GBP.")
    return (median / income) ** Decimal(parameter(rules, "marginal_utility", on).value)
