"""What would several bodies save by buying one thing together, and who gains?

For one normalised item: levelling down brings every body to the best price held today; volume then
lowers the price by a share for each doubling. Contracts that lock a volume in are left out before,
and switching costs are taken off after.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import field, frozen


def _above_nought(_buyer: object, attribute: object, value: Decimal) -> None:
    if value <= 0:
        name = getattr(attribute, "name", "value")
        raise ValueError(f"The {name} of a purchase is above nought, not {value}. Leave it out.")


@frozen
class Purchase:
    """What one body buys of the item in a year: units, and GBP a unit."""

    body: str
    quantity: Decimal = field(validator=_above_nought)
    price_gbp: Decimal = field(validator=_above_nought)

    @property
    def spend_gbp(self) -> Decimal:
        return self.quantity * self.price_gbp


@frozen
class Saving:
    """What buying together would save: GBP, an estimate. `of_body` follows the purchases' order."""

    gbp: Decimal
    share: Decimal
    price_gbp: Decimal
    of_body: tuple[Decimal, ...]

    @property
    def gains_nothing(self) -> tuple[int, ...]:
        """Places of the bodies without a gain of their own: they join only if gains are shared."""
        return tuple(i for i, gbp in enumerate(self.of_body) if gbp <= 0)


def level_down_saving(purchases: Sequence[Purchase]) -> Saving:
    """Return the saving when every body pays the best price held today."""
    return _saving_at(min(_checked(purchases), key=lambda p: p.price_gbp).price_gbp, purchases)


def volume_saving(purchases: Sequence[Purchase], discount_per_doubling: Decimal) -> Saving:
    """Return the saving at the best price, lowered again for the pooled volume.

    discount_per_doubling  share off the price when the volume doubles, 0 up to 1: 0.05 is 5%
    p(Q) = p_min (Q / q_max) ** -b with b = -log2(1 - discount_per_doubling)
    """
    best = min(_checked(purchases), key=lambda p: p.price_gbp).price_gbp
    pooled = sum((p.quantity for p in purchases), Decimal(0))
    largest = max(p.quantity for p in purchases)
    growth = (pooled / largest) ** -volume_exponent(discount_per_doubling)
    return _saving_at(best * growth, purchases)


def volume_exponent(discount_per_doubling: Decimal) -> Decimal:
    """Return b: how steeply the price falls with volume. 5% a doubling is 0.0740."""
    if not 0 <= discount_per_doubling < 1:
        raise ValueError(
            f"A discount per doubling is a share from 0 up to 1, not {discount_per_doubling}: "
            "write 5% as 0.05."
        )
    return -((1 - discount_per_doubling).ln() / Decimal(2).ln())


def saving_after_switching(saving: Saving, switching_cost_gbp: Decimal) -> Decimal:
    """Return what is left of a saving once the cost of changing is paid, GBP; it may be a loss."""
    return saving.gbp - switching_cost_gbp


def _checked(purchases: Sequence[Purchase]) -> Sequence[Purchase]:
    if len(purchases) < 2:
        raise ValueError("Buying together takes two bodies or more. Add the other purchases.")
    return purchases


def _saving_at(price_gbp: Decimal, purchases: Sequence[Purchase]) -> Saving:
    of_body = tuple(p.quantity * (p.price_gbp - price_gbp) for p in purchases)
    gbp = sum(of_body, Decimal(0))
    spend = sum((p.spend_gbp for p in purchases), Decimal(0))
    return Saving(gbp=gbp, share=gbp / spend, price_gbp=price_gbp, of_body=of_body)
