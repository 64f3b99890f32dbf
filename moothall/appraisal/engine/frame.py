"""Over which years is an appraisal, in whose prices, and what is each year worth?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from moothall.appraisal.engine.cost_lines import CostLine, Driver, by_year
from moothall.appraisal.engine.deflators import Deflator, deflator, price_words
from moothall.appraisal.engine.discounting import Schedule, schedule
from moothall.appraisal.engine.parameters import Parameter, Rules
from moothall.values.periods import year_words

NIL = Decimal(0)
Rates = tuple[Decimal, ...] | None  # by year; None: 1 in every year


@frozen
class Frame:
    """The years of an appraisal, their prices, and what they are worth in the first.

    first_year, price_year : financial years, by the one in which they begin
    indices                : name -> growth per year of what does not follow prices in general
    """

    first_year: int
    years: int
    price_year: int
    schedule: Schedule
    deflator: Deflator
    indices: Mapping[str, Decimal] = field(factory=dict)

    @property
    def budget_years(self) -> tuple[str, ...]:
        return tuple(year_words(self.first_year + year) for year in range(self.years))

    @cached_property
    def factors(self) -> tuple[Decimal, ...]:
        return self.schedule.factors(self.years)

    @cached_property
    def discount(self) -> NDArray[np.float64]:
        """The same factors as floats, for futures."""
        return np.array([float(factor) for factor in self.factors])

    @cached_property
    def prices(self) -> tuple[Decimal, ...]:
        """Prices in general in each year, those of the price year being 1."""
        return tuple(
            self.deflator.between(self.price_year, self.first_year + year)
            for year in range(self.years)
        )

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return (self.schedule.parameter, *self.deflator.parameters)

    def stated(self, line: CostLine, drivers: Mapping[str, Driver]) -> tuple[Decimal, ...]:
        """Return a line's amounts times its drivers, in the prices in which it is stated."""
        amounts = by_year(line.amount_gbp, self.years, NIL)
        for key in line.drivers:
            values = drivers[key].values(self.years)
            amounts = tuple(one * value for one, value in zip(amounts, values, strict=True))
        return amounts

    def real(self, line: CostLine, drivers: Mapping[str, Driver]) -> tuple[Decimal, ...]:
        """Return a line's amounts in the prices of the price year: general inflation is out."""
        return _times(self.stated(line, drivers), self._rates(line)[0])

    def nominal(self, line: CostLine, drivers: Mapping[str, Driver]) -> tuple[Decimal, ...]:
        """Return a line's amounts in the money of each year, as budgets hold them."""
        return _times(self.stated(line, drivers), self._rates(line)[1])

    def _rates(self, line: CostLine) -> tuple[Rates, Rates]:
        """Return what a line's stated amounts are multiplied by, to be real and to be nominal."""
        of = self.price_year if line.price_year is None else line.price_year
        key = ("", 0) if line.is_nominal else (line.index, of)
        if key not in self._known_rates:
            self._known_rates[key] = self._rates_of(line, of)
        return self._known_rates[key]

    def _rates_of(self, line: CostLine, of: int) -> tuple[Rates, Rates]:
        if line.is_nominal:
            return tuple(1 / price for price in self.prices), None
        if line.index:
            growth, first = 1 + self.indices[line.index], self.first_year
            nominal = tuple(growth ** (first + year - of) for year in range(self.years))
            return tuple(n / p for n, p in zip(nominal, self.prices, strict=True)), nominal
        if of == self.price_year:
            return None, self.prices
        older = self.deflator.between(of, self.price_year)
        return (older,) * self.years, tuple(older * price for price in self.prices)

    @cached_property
    def _known_rates(self) -> dict[tuple[str, int], tuple[Rates, Rates]]:
        return {}

    def in_words(self) -> str:
        """Say how economic results stand: their sign, basis, prices and year."""
        return (
            "Benefits are above nought and costs below. Real, in "
            f"{price_words(self.price_year)}, discounted to {year_words(self.first_year)}, "
            "whose amounts are not discounted."
        )


def _times(amounts: tuple[Decimal, ...], rates: Rates) -> tuple[Decimal, ...]:
    if rates is None:
        return amounts
    return tuple(one * rate for one, rate in zip(amounts, rates, strict=True))


def frame_on(
    discounting: Rules,
    prices: Rules,
    on: date,
    *,
    first_year: int,
    years: int,
    price_year: int | None = None,
    vintage: str = "standard",
    indices: Mapping[str, Decimal] | None = None,
) -> Frame:
    """Return the frame of an appraisal by the rules of a day.

    price_year : None: the first year

    :raises ValueError: when there are no years, or no such schedule.
    """
    if years < 1:
        raise ValueError(f"An appraisal is of at least one year, not {years}. Say how many.")
    return Frame(
        first_year=first_year,
        years=years,
        price_year=first_year if price_year is None else price_year,
        schedule=schedule(discounting, on, vintage),
        deflator=deflator(prices, on),
        indices=indices or {},
    )
