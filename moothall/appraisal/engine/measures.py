"""How does an option compare with another in one figure each, and what would turn the order?

Every measure is of the economic case: real, to society. Against another option, what counts is the
difference of the two: put in more now, get more back later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.appraisal.engine.costing import Amounts, Costing
from moothall.appraisal.engine.economic_case import EconomicCase, EconomicOption
from moothall.appraisal.engine.green_book import (
    BenefitCostRatio,
    Side,
    SwitchingValues,
    amount_that_ties,
    benefit_cost_ratio,
    distributional_weight,
    equivalent_annual_cost,
    internal_rate_of_return,
    payback_years,
    switching_values,
)
from moothall.appraisal.engine.parameters import Rules, parameter
from moothall.deals.wording import in_sentence
from moothall.values.wording import percentage, pounds_in_words

NIL = Decimal(0)


@frozen
class Measures:
    """One option in figures. GBP, real; None where a figure does not exist.

    payback, discounted_payback : years until what is put in beyond the other option is back
    rate_of_return              : per year, of the same
    equivalent_annual           : the even net cost of each year; above nought is a cost
    switching                   : how far benefits may fall, or costs rise, before it is worth none
    """

    option: str
    against: str | None
    ratio: BenefitCostRatio | None
    payback: Decimal | None
    discounted_payback: Decimal | None
    rate_of_return: Decimal | None
    equivalent_annual: Decimal | None
    switching: SwitchingValues | None


def flows(option: EconomicOption, years: int) -> Amounts:
    """Return what an option is worth to society in each year, not discounted."""
    return tuple(
        sum((one.by_year[year] + one.optimism_bias_by_year[year] for one in option.lines), NIL)
        for year in range(years)
    )


def measures(
    costing: Costing,
    case: EconomicCase,
    option: str,
    *,
    against: str | None = None,
    side: Side = Side.BENEFIT,
) -> Measures:
    """Return an option in figures, against another where one is named: business as usual, say."""
    frame, of = costing.frame, case.options[option]
    mine = flows(of, frame.years)
    if against is not None:
        theirs = flows(case.options[against], frame.years)
        mine = tuple(one - other for one, other in zip(mine, theirs, strict=True))
    whole = costing.has_benefits
    private = of.costs - of.public_costs
    even = (
        equivalent_annual_cost(-of.net, frame.years - 1, frame.factors) if frame.years > 1 else None
    )
    return Measures(
        option=option,
        against=against,
        ratio=(
            benefit_cost_ratio(of.benefits - private, of.public_costs, side=side) if whole else None
        ),
        payback=payback_years(mine),
        discounted_payback=payback_years(mine, frame.factors),
        rate_of_return=internal_rate_of_return(mine),
        equivalent_annual=even,
        switching=switching_values(of.benefits, of.costs) if whole else None,
    )


@frozen
class TurningPoint:
    """How far one line, alone, would have to move for the best option to be passed.

    change : share of its present value; below nought it would have to fall
    """

    line: str
    title: str
    option: str
    name: str
    rival: str
    change: Decimal
    present_value: Decimal

    def in_words(self) -> str:
        moves = "rise" if self.change > 0 else "fall"
        worth = pounds_in_words(abs(self.present_value).quantize(Decimal(1)))
        return (
            f"{self.rival} is as good as the best if {in_sentence(self.title)} of {self.name} "
            f"({worth}) should {moves} by {percentage(abs(self.change))}."
        )


def turning_points(costing: Costing, case: EconomicCase) -> tuple[TurningPoint, ...]:
    """Return what would turn the order of the best option and each other, the nearest first.

    Only what one line alone can do: a line that would have to change its sign is left out.
    """
    best = max(case.options.values(), key=lambda one: one.net)
    found = []
    for rival in case.options.values():
        if rival.option != best.option:
            found += list(_turning(best, rival, best, rival.name))
            found += list(_turning(rival, best, rival, rival.name))
    return tuple(sorted(found, key=lambda one: abs(one.change)))


def _turning(
    of: EconomicOption, other: EconomicOption, moved: EconomicOption, rival: str
) -> Iterator[TurningPoint]:
    for one in moved.lines:
        if not one.present_value:
            continue
        sign = 1 if one.present_value > 0 else -1
        amount = abs(one.present_value)
        ties = amount_that_ties(amount, of.net, other.net, sign)
        if ties >= 0:
            change = ties / amount - 1
            yield TurningPoint(
                one.line.key,
                one.line.title,
                moved.option,
                moved.name,
                rival,
                change,
                one.present_value,
            )


@frozen
class Weighted:
    """An option whose effects on households count by their income. GBP, real, present values.

    net, weighted : without and with the weights; weights : line -> its own
    """

    option: str
    net: Decimal
    weighted: Decimal
    weights: Mapping[str, Decimal]


def weighted_by_income(
    rules: Rules, case: EconomicCase, option: str, on: date, median: Decimal | None = None
) -> Weighted:
    """Return what an option is worth when a pound counts more to whoever has less.

    median : household income, GBP a year; None takes the rule's. Lines without an income count as
             they are. Show it beside the plain result, never instead of it
    """
    if median is None:
        median = Decimal(parameter(rules, "median_income", on).value)
    of = case.options[option]
    weights = {
        one.line.key: distributional_weight(rules, one.line.income_gbp, median, on)
        for one in of.lines
        if one.line.income_gbp is not None and not one.left_out
    }
    more = sum(
        (
            (weights[one.line.key] - 1) * one.present_value
            for one in of.lines
            if one.line.key in weights
        ),
        NIL,
    )
    return Weighted(option, of.net, of.net + more, weights)
