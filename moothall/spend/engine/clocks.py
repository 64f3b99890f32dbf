"""By when must something be answered?"""

from __future__ import annotations

from datetime import date, timedelta

SATURDAY = 5


def working_day_after(day: date, days: int) -> date:
    """Return the day that is so many working days after `day`: Mondays to Fridays.

    Bank holidays count as working days here, so the answer may come due early and never late.
    """
    if days < 1:
        raise ValueError(f"An answer comes due after one working day or more, not {days}.")
    due = day
    while days:
        due += timedelta(days=1)
        days -= due.weekday() < SATURDAY
    return due
