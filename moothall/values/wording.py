"""How do amounts, shares, counts and dates read, in sentences and in tables?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from moothall.values.money import PENNY, Money

MINUS = "\u2212"  # as wide as a plus, and never broken from its number
UNKNOWN = "Not known"
Amount = Money | Decimal | int | str


def exact(amount: Amount) -> Decimal:
    """The amount in pounds, as a decimal; a float is refused, since its pennies are not exact."""
    if isinstance(amount, float):
        raise TypeError(
            f"{amount!r} is a float, and amounts are exact. Pass a Decimal, or show an estimate "
            "as a range."
        )
    return amount.gbp if isinstance(amount, Money) else Decimal(amount)


def pounds(amount: Amount | None) -> str:
    """As tables show it: £1,234.56, with a true minus; half a penny rounds away from zero."""
    if amount is None:
        return UNKNOWN
    return str(Money(exact(amount).quantize(PENNY, ROUND_HALF_UP)))


def pounds_in_words(amount: Amount | None) -> str:
    """As sentences show it: £812.4m, £61m, £4,310, £12.50."""
    if amount is None:
        return "an amount not known"
    gbp = exact(amount)
    size, sign = abs(gbp), MINUS if gbp < 0 else ""
    for unit, name in ((Decimal(10**9), "bn"), (Decimal(10**6), "m")):
        # 999,950,000 is £1bn, not £1000m: the unit is chosen after rounding.
        if size >= unit * Decimal("0.99995"):
            tenths = (size / unit).quantize(Decimal("0.1"), ROUND_HALF_UP)
            return f"{sign}£{tenths:,}".removesuffix(".0") + name
    if size >= 1000 or size == size.to_integral_value():
        return f"{sign}£{size.quantize(Decimal(1), ROUND_HALF_UP):,}"
    return f"{sign}£{size.quantize(PENNY, ROUND_HALF_UP)}"


def percentage(share: Decimal | float | None) -> str:
    """A share between 0 and 1 as a percentage to one place; a trace is not called nothing."""
    if share is None:
        return UNKNOWN
    exactly = Decimal(str(share)) * 100
    if exactly and abs(exactly) < Decimal("0.05"):
        return "under 0.1%" if exactly > 0 else f"above {MINUS}0.1%"
    tenths = exactly.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{MINUS if tenths < 0 else ''}{abs(tenths)}%"


def whole_number(count: int | None) -> str:
    """A count: 9,310."""
    if count is None:
        return UNKNOWN
    return f"{MINUS if count < 0 else ''}{abs(count):,}"


def plain_date(day: date | None) -> str:
    """4 April 2026."""
    return UNKNOWN if day is None else f"{day.day} {day:%B %Y}"


def plain_month(day: date) -> str:
    """April 2026."""
    return f"{day:%B %Y}"


def decimal_number(value: Decimal) -> str:
    """An exact number with its own decimals: 6,000,000 or 10.080."""
    return f"{value:,f}".replace("-", MINUS)


def number_of(count: int, singular: str, plural: str = "") -> str:
    """1 payment, 9,310 payments."""
    return f"{whole_number(count)} {singular if count == 1 else plural or singular + 's'}"


def listed(names: Iterable[str], *, last: str = "and") -> str:
    """Return names as a sentence lists them: 'fee, share and cap'."""
    *most, end = names
    return f"{', '.join(most)} {last} {end}" if most else end
