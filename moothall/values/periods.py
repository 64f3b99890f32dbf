"""A span of days, half-open: which days does it hold, and what do people call it?"""

from __future__ import annotations

from datetime import date, timedelta

from attrs import field, frozen


@frozen(order=True)
class Period:
    """Days from `starts_on` up to, not including, `ends_before`."""

    starts_on: date
    ends_before: date = field()

    @ends_before.validator
    def _has_at_least_a_day(self, _attribute: object, ends_before: date) -> None:
        if ends_before <= self.starts_on:
            raise ValueError(f"A period needs a day: {self.starts_on} to before {ends_before}.")

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        return cls(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        """A calendar quarter: `quarter(2026, 1)` is January to March 2026."""
        if quarter not in (1, 2, 3, 4):
            raise ValueError(f"A year has quarters 1 to 4, not {quarter}.")
        return cls(
            cls.month(year, 3 * quarter - 2).starts_on, cls.month(year, 3 * quarter).ends_before
        )

    @classmethod
    def financial_year(cls, starting: int) -> Period:
        """1 April to 31 March: `financial_year(2026)` is 2026/27."""
        return cls(date(starting, 4, 1), date(starting + 1, 4, 1))

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_before

    @property
    def days(self) -> int:
        return (self.ends_before - self.starts_on).days

    @property
    def last_day(self) -> date:
        return self.ends_before - timedelta(days=1)

    def overlap(self, other: Period) -> Period | None:
        starts_on = max(self.starts_on, other.starts_on)
        ends_before = min(self.ends_before, other.ends_before)
        return Period(starts_on, ends_before) if starts_on < ends_before else None

    def __str__(self) -> str:
        start, last = self.starts_on, self.last_day
        if self == Period.month(start.year, start.month):
            return f"{start:%B %Y}"
        if self == Period.financial_year(start.year):
            return year_words(start.year)
        return f"{start.day} {start:%B %Y} to {last.day} {last:%B %Y}"


def financial_year_of(day: date) -> int:
    """The year in which the financial year of `day` begins: 31 March 2026 is 2025."""
    return day.year if day.month >= 4 else day.year - 1


def year_words(starting: int) -> str:
    """A financial year by the year in which it begins: 2025/26."""
    return f"{starting}/{(starting + 1) % 100:02d}"


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or earlier below nought; a month's last where it has none.

    One month after 31 January 2026 is 28 February 2026.
    """
    year, month = divmod(day.month - 1 + months, 12)
    whole = Period.month(day.year + year, month + 1)
    return min(whole.starts_on + timedelta(days=day.day - 1), whole.last_day)
