"""What does joint work bring, to whom, and can it be cashed? The method of local partnerships.

Of a population some are reached, of those some engage, and of those some change who would not have
changed anyway. Source: HM Treasury, Public Service Transformation Network and New Economy,
Supporting public service transformation: cost benefit analysis guidance, 2014.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from attrs import evolve, field, frozen

from moothall.appraisal.engine.cost_lines import GRADED, CostLine
from moothall.appraisal.engine.parameters import Rules, parameter
from moothall.values.wording import percentage, pounds_in_words

NIL, ONE = Decimal(0), Decimal(1)


class Deadweight(StrEnum):
    """How what would have happened anyway is taken off."""

    PROPORTIONAL = "proportional"  # that share of those who change
    SUBTRACTIVE = "subtractive"  # that share of those who engage


@frozen
class Chain:
    """From a population to outcomes. Shares are 0 to 1.

    impact     : of those who engage, who change
    deadweight : who would have changed anyway, of those whom `convention` says
    """

    population: Decimal
    affected: Decimal
    engaged: Decimal
    impact: Decimal
    deadweight: Decimal
    convention: Deadweight

    @property
    def net_impact(self) -> Decimal:
        if self.convention is Deadweight.PROPORTIONAL:
            return self.impact * (1 - self.deadweight)
        return max(self.impact - self.deadweight, NIL)

    @property
    def outcomes(self) -> Decimal:
        return self.population * self.affected * self.engaged * self.net_impact

    def in_words(self) -> str:
        of = "change" if self.convention is Deadweight.PROPORTIONAL else "engage"
        return (
            f"{percentage(self.deadweight)} of those who {of} would have changed anyway, and are "
            "taken off."
        )


@frozen
class Value:
    """What an outcome is worth, by kind and by who has it. GBP an outcome and year.

    fiscal   : agency -> share (0-1) of the fiscal value; the shares add up to 1
    cashable : share of the fiscal value that can be cashed
    """

    fiscal_gbp: Decimal
    economic_gbp: Decimal = NIL
    social_gbp: Decimal = NIL
    agencies: Mapping[str, Decimal] = field(factory=dict)
    cashable: Decimal = NIL

    @agencies.validator
    def _make_a_whole(self, _attribute: object, agencies: Mapping[str, Decimal]) -> None:
        if agencies and sum(agencies.values()) != 1:
            raise ValueError(
                f"Agencies' shares of the fiscal value add up to {sum(agencies.values())}, not to "
                "1. Give every agency that gains its share."
            )


def over_years(
    of_first: Decimal,
    years: int,
    *,
    lag: int = 0,
    lasts: int | None = None,
    drop_off: Decimal = NIL,
) -> tuple[Decimal, ...]:
    """Return a yearly value from the year after the lag on, each less than the one before.

    lag      : years before the first value; year 0 is the year of the decision
    lasts    : years for which it comes; None: to the end
    drop_off : share lost from one year to the next
    """
    last = years if lasts is None else min(lag + lasts, years)
    return tuple(
        of_first * (1 - drop_off) ** (year - lag) if lag <= year < last else NIL
        for year in range(years)
    )


def correction(rules: Rules, grades: Sequence[int], side: str, on: date, rule: str) -> Decimal:
    """Return what a grade of evidence takes off a benefit, or adds to a cost, as a share.

    grades : of each component, 1 (the best) to 6
    side   : benefit or cost
    rule   : worst, or average of the components' corrections

    :raises ValueError: for a grade or a rule that there is not.
    """
    by_grade = {
        one["grade"]: Decimal(one[side]) for one in parameter(rules, "corrections", on).value
    }
    for grade in grades:
        if grade not in by_grade:
            raise ValueError(f"There is no grade {grade}: from 1, the best, to {max(by_grade)}.")
    if not grades:
        raise ValueError("No evidence is graded. Give a grade, 6 for an opinion nobody confirms.")
    found = [by_grade[grade] for grade in grades]
    if rule == "worst":
        return max(found)
    if rule == "average":
        return sum(found, NIL) / len(found)
    raise ValueError(f"Grades are taken by the worst or the average of them, not by {rule!r}.")


def corrected(line: CostLine, rules: Rules, on: date) -> CostLine:
    """Return a line with the optimism bias that the grades of its evidence stand for, if any.

    A grade that there is not changes nothing: the findings of a costing name it.
    """
    if not line.grades or any(one not in GRADED for one in line.grades):
        return line
    grades = tuple(map(int, line.grades))
    side = "benefit" if line.kind.is_benefit else "cost"
    return evolve(line, optimism_bias=correction(rules, grades, side, on, line.graded_by))


@frozen
class Result:
    """What work brings against business as usual. GBP; costs above nought.

    by_agency : agency -> its part of the fiscal benefit
    cashable  : part of the fiscal benefit that can be taken out of budgets
    """

    fiscal: Decimal
    economic: Decimal
    social: Decimal
    cost: Decimal
    by_agency: Mapping[str, Decimal]
    cashable: Decimal

    @property
    def public_value(self) -> Decimal:
        return self.fiscal + self.economic + self.social

    @property
    def fiscal_ratio(self) -> Decimal | None:
        """The financial case: fiscal benefit for each pound."""
        return self.fiscal / self.cost if self.cost > 0 else None

    @property
    def public_value_ratio(self) -> Decimal | None:
        """The economic case: all that it is worth for each pound."""
        return self.public_value / self.cost if self.cost > 0 else None


def result(
    outcomes: Decimal,
    value: Value,
    cost: Decimal,
    *,
    benefit_correction: Decimal = NIL,
    cost_correction: Decimal = NIL,
) -> Result:
    """Return what outcomes are worth, corrected for the evidence behind them.

    outcomes : their number, or their number and years discounted
    """
    each = outcomes * (1 - benefit_correction)
    fiscal = each * value.fiscal_gbp
    return Result(
        fiscal=fiscal,
        economic=each * value.economic_gbp,
        social=each * value.social_gbp,
        cost=cost * (1 + cost_correction),
        by_agency={agency: fiscal * share for agency, share in value.agencies.items()},
        cashable=fiscal * value.cashable,
    )


@frozen
class PublishedReturn:
    """What somebody says that work saved, each with its basis; nothing is worked out unsaid.

    net_gbp : as reported; None: nobody reported it
    """

    saved_gbp: Decimal | None
    invested_gbp: Decimal | None
    net_gbp: Decimal | None
    net_basis: str
    source: str

    @property
    def ratio(self) -> Decimal | None:
        if self.saved_gbp is None or not self.invested_gbp:
            return None
        return self.saved_gbp / self.invested_gbp

    @property
    def warning(self) -> str | None:
        """Say when the reported net is not what is saved less what is invested."""
        if self.saved_gbp is None or self.invested_gbp is None or self.net_gbp is None:
            return None
        plain = self.saved_gbp - self.invested_gbp
        if plain == self.net_gbp:
            return None
        return (
            f"Saved less invested is {pounds_in_words(plain)}, and {pounds_in_words(self.net_gbp)} "
            f"net is reported ({self.net_basis}). They stand on different bases: quote each with "
            "its own."
        )


def invested_at(ratio: Decimal, saved: Decimal) -> Decimal:
    """Return what must have been invested for a saving at a claimed return of so much to one."""
    return saved / ratio
