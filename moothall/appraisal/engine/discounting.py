"""What is a pound of a later year worth today?

Year 0 is the year of the decision and is not discounted. Social discounting is for real amounts:
cash budgets are nominal, and are discounted, if at all, at what the authority pays to borrow.
Source: HM Treasury, The Green Book, and its supplementary guidance on discounting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.appraisal.engine.parameters import Parameter, Rules, parameter


@frozen
class Band:
    """A rate that holds from a year on, until the next band. Real, per year."""

    from_year: int
    rate: Decimal


@frozen
class Schedule:
    """Rates by year from the decision, in the order of their years."""

    parameter: Parameter
    bands: tuple[Band, ...]

    def rate(self, year: int) -> Decimal:
        """Return the rate from the year before until this one; the first year is 1."""
        begun = [band for band in self.bands if band.from_year <= year]
        if not begun:
            raise ValueError(f"Year {year} has no rate: the first that is discounted is year 1.")
        return begun[-1].rate

    def factors(self, years: int) -> tuple[Decimal, ...]:
        """Return what a pound of year 0, 1, 2, ... is worth in year 0: one for each year."""
        found = [Decimal(1)]
        for year in range(1, years):
            found.append(found[-1] / (1 + self.rate(year)))
        return tuple(found[:years])

    def factor(self, year: int) -> Decimal:
        return self.factors(year + 1)[year]

    def annuity(self, years: int) -> Decimal:
        """Return what a pound in each of the years 1 to `years` is worth in year 0."""
        return sum(self.factors(years + 1)[1:], Decimal(0))


def schedule(rules: Rules, on: date, kind: str = "standard") -> Schedule:
    """Return the schedule that holds on a day.

    kind : standard, health, catastrophe_modelled; or a proposal by its name, as review_of_2026

    :raises ValueError: when there is no such kind, or none had begun by then.
    """
    if kind not in rules:
        raise ValueError(f"There is no discount schedule {kind!r}. Choose from {', '.join(rules)}.")
    try:
        found = parameter(rules, kind, on)
    except LookupError as refusal:
        raise ValueError(str(refusal)) from None
    bands = tuple(Band(one["from_year"], Decimal(one["rate"])) for one in found.value)
    return Schedule(found, bands)


def present_value(amounts: Sequence[Decimal], factors: Sequence[Decimal]) -> Decimal:
    """Return what amounts of year 0, 1, 2, ... are worth in year 0, in their own unit.

    :raises ValueError: when there are more amounts than factors.
    """
    if len(amounts) > len(factors):
        raise ValueError(
            f"There are amounts for {len(amounts)} years and factors for {len(factors)}. "
            "Give a factor for each year."
        )
    return sum((amount * factors[year] for year, amount in enumerate(amounts)), Decimal(0))


def nominal_rate(real: Decimal, inflation: Decimal) -> Decimal:
    """Return the nominal rate that a real rate and inflation come to: (1 + r)(1 + i) - 1."""
    return (1 + real) * (1 + inflation) - 1
