"""What do prices of one year come to in those of another?

The deflator is known for calendar years. A financial year takes nine months of the one it begins in
and three of the next. After the last known year it grows as a stated assumption says.
Source: HM Treasury, GDP deflators at market prices, and money GDP.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from moothall.appraisal.engine.parameters import Parameter, Rules, parameter
from moothall.values.periods import year_words

NINE_MONTHS = Decimal("0.75")


@frozen
class Deflator:
    """The general level of prices, by calendar year.

    levels : calendar year -> level
    growth : per year, assumed after the last of them
    """

    levels: Mapping[int, Decimal]
    growth: Decimal
    parameters: tuple[Parameter, ...] = field(factory=tuple)

    def calendar(self, year: int) -> Decimal:
        """Return the level of a calendar year.

        :raises ValueError: for a year before the first known one.
        """
        first, last = min(self.levels), max(self.levels)
        if year < first:
            raise ValueError(
                f"The GDP deflator is known from {first}, not for {year}. State the amount in "
                "prices of a later year."
            )
        if year > last:
            return self.levels[last] * (1 + self.growth) ** (year - last)
        return self.levels[year]

    def financial(self, starting: int) -> Decimal:
        """Return the level of a financial year, by the year in which it begins."""
        begun, ended = self.calendar(starting), self.calendar(starting + 1)
        return NINE_MONTHS * begun + (1 - NINE_MONTHS) * ended

    def in_prices_of(self, amount: Decimal, of: int, to: int) -> Decimal:
        """Return an amount in prices of one calendar year in those of another."""
        return amount * self.calendar(to) / self.calendar(of)

    def between(self, of: int, to: int) -> Decimal:
        """Return what a pound in prices of one financial year comes to in those of another."""
        return self.financial(to) / self.financial(of)

    def is_assumed(self, starting: int) -> bool:
        """Whether the level of a financial year rests on the assumed growth."""
        return starting + 1 > max(self.levels)

    def in_words(self) -> str:
        last = max(self.levels)
        return (
            f"The GDP deflator is known to {last}. After that prices are assumed to rise by "
            f"{(100 * self.growth).normalize():f}% a year."
        )


def deflator(rules: Rules, on: date, growth: Decimal | None = None) -> Deflator:
    """Return the deflator published by a day.

    growth : assumed after the last known year; None takes the rule's
    """
    known = parameter(rules, "gdp_deflator", on)
    levels = {int(year): Decimal(level) for year, level in known.value.items()}
    if growth is not None:
        return Deflator(levels, growth, (known,))
    assumed = parameter(rules, "growth_assumed", on)
    return Deflator(levels, Decimal(assumed.value), (known, assumed))


def price_words(starting: int) -> str:
    """How an amount says whose prices it is in: '2026/27 prices'."""
    return f"{year_words(starting)} prices"
