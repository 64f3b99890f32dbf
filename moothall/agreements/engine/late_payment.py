"""What does a debt bear that is paid late, where the agreement says nothing of it?

Simple interest from the day after the last day for payment, at one rate for as long as it runs; and
a fixed sum for recovering it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from attrs import frozen

from moothall.values.rules import Rule
from moothall.values.wording import decimal_number, number_of, pounds

DAYS_A_YEAR = 365
PENNY = Decimal("0.01")


@frozen
class Late:
    """What one debt bears. Amounts in GBP; rate: part of the debt a year.

    unsure : why the rate may be another, or ''
    """

    debt_gbp: Decimal
    days: int
    rate: Decimal
    interest_gbp: Decimal
    fixed_gbp: Decimal
    unsure: str = ""

    @property
    def sentence(self) -> str:
        rate = decimal_number((self.rate * 100).normalize())
        said = (
            f"Statutory interest on {pounds(self.debt_gbp)} for {number_of(self.days, 'day')} at "
            f"{rate}% a year: {pounds(self.interest_gbp)}, and "
            f"{pounds(self.fixed_gbp)} for recovering it, unless the agreement has its own remedy."
        )
        return f"{said} {self.unsure}" if self.unsure else said


def late(
    debt_gbp: Decimal, *, last_day: date, until: date, rules: Mapping[str, Rule]
) -> Late | None:
    """Return what a debt bears by a day; None where it is not late, or no rate is coded for it.

    debt_gbp : with VAT
    last_day : on which it was to be paid
    until    : the day on which it was paid, or on which is asked
    """
    days, begins = (until - last_day).days, last_day + timedelta(days=1)
    if days <= 0 or debt_gbp <= 0:
        return None
    try:
        above, reference, sums = (
            rules[key].on(begins) for key in ("above_reference", "reference_rate", "fixed_sum")
        )
    except LookupError:
        return None
    rate = Decimal(above.value) + Decimal(reference.value)
    unsure = rules["reference_rate"].why_look_again(begins) or ""
    if not reference.verified:
        unsure = f"The reference rate has not been verified here ({reference.source})."
    fixed = next(
        Decimal(row["gbp"])
        for row in sums.value
        if "below_gbp" not in row or debt_gbp < Decimal(row["below_gbp"])
    )
    interest = (debt_gbp * rate * days / DAYS_A_YEAR).quantize(PENNY, ROUND_HALF_UP)
    return Late(debt_gbp, days, rate, interest, fixed, unsure)
