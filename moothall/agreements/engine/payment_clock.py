"""By which day must a valid invoice be paid, and was it?

The clock runs on what is not disputed. Which law sets it follows from how the agreement was bought;
where none is coded nothing is set, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from attrs import frozen

from moothall.values.rules import Rule, RuleVersion
from moothall.values.wording import number_of, plain_date

# The rule of rules/payment_clock.toml for each regime. A grant pays for no supply: it has none.
RULE_OF = {
    "PCR_2015": "pcr_2015",
    "PA_2023": "pa_2023",
    "CCR_2016": "late_payment",
    "PSR_2023": "late_payment",
    "BELOW_THRESHOLD": "late_payment",
    "EXEMPT": "late_payment",
    "": "late_payment",
}


@frozen
class PaymentRule:
    """So many days, and whether the day on which the invoice arrived is the first of them."""

    days: int
    counts_first_day: bool
    source: str
    is_verified: bool

    def last_day(self, begins_on: date) -> date:
        return begins_on + timedelta(days=self.days - (1 if self.counts_first_day else 0))


def payment_rule(rules: Mapping[str, Rule], regime: str, day: date | None) -> PaymentRule | None:
    """Return the rule under which an agreement is paid; None where no law coded here sets one.

    day : commencement of its procurement, or else its start
    """
    key = RULE_OF.get(regime)
    if key is None or day is None:
        return None
    try:
        version: RuleVersion = rules[key].on(day)
    except LookupError:
        return None
    if not version.verified:
        return None
    held = version.value
    return PaymentRule(held["days"], held["counts_first_day"], version.source, version.verified)


@frozen
class Clock:
    """The clock of one sum: when it began, its last day, and when it was paid."""

    begins_on: date
    last_day: date
    paid_on: date | None = None

    @property
    def took_days(self) -> int | None:
        """Days from the day on which it began until it was paid."""
        return (self.paid_on - self.begins_on).days if self.paid_on else None

    def late_days(self, on: date) -> int:
        """Return how many days late it was paid; or is on a day, where it is not paid."""
        return max(0, ((self.paid_on or on) - self.last_day).days)

    def sentence(self, on: date) -> str:
        late, last = self.late_days(on), plain_date(self.last_day)
        if self.paid_on and late:
            return (
                f"Paid on {plain_date(self.paid_on)}, {number_of(late, 'day')} late: the last day "
                f"was {last}."
            )
        if self.paid_on:
            return f"Paid on {plain_date(self.paid_on)}, in time: the last day was {last}."
        if late:
            return f"Late by {number_of(late, 'day')}: the last day was {last}. Pay it now."
        left = (self.last_day - on).days
        return f"To be paid by {last}: {number_of(left, 'day')} left."


def begins_on(arrived_on: date, resolved_on: date | None) -> date:
    """Return when the clock of a line begins: a disputed one, when it is disputed no more."""
    return max(arrived_on, resolved_on) if resolved_on else arrived_on


@frozen
class Promptness:
    """How promptly invoices were paid. Shares are fractions of all that were paid."""

    count: int
    mean_days: Decimal
    within_30_share: Decimal
    from_31_to_60_share: Decimal
    from_61_share: Decimal


def promptness(took_days: Sequence[int]) -> Promptness | None:
    """Return how promptly invoices were paid, as payments compliance notices say it; None for none.

    Source: Procurement Regulations 2024, regulation 38.
    """
    if not took_days:
        return None
    count = Decimal(len(took_days))

    def share(first: int, last: int | None) -> Decimal:
        inside = [days for days in took_days if days >= first and (last is None or days <= last)]
        return len(inside) / count

    return Promptness(
        count=len(took_days),
        mean_days=sum(took_days) / count,
        within_30_share=share(min(*took_days, 0), 30),
        from_31_to_60_share=share(31, 60),
        from_61_share=share(61, None),
    )
