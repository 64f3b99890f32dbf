"""Which operations are terms written in? The same lines run on Decimals or on floats.

Exact numbers settle: object arrays of Decimal, one element a contract. Float numbers simulate:
float64 arrays, one element a draw. `to_pence` and `split` are the only places that round.
Multiply before dividing: a Decimal division keeps 28 digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

PENNY = Decimal("0.01")
CLOSE = 1e-9  # floats nearer to each other than this are not told apart where it matters

Array = NDArray[Any]  # object (Decimal) or float64, one element for each contract or draw
Mask = NDArray[np.bool_]


@frozen
class Numbers:
    """The kind of number an evaluation runs on, and how many run side by side.

    is_exact : Decimal, for settlement; else float64, for draws
    size     : contracts or draws
    """

    is_exact: bool
    size: int = 1

    def one(self, value: Decimal | int | str) -> Any:
        """Return one number of this kind.

        :raises TypeError: for a float: rates and facts come as decimal text.
        """
        if isinstance(value, float):
            raise TypeError(f"{value!r} is a float. Give rates and facts as decimal text.")
        return Decimal(value) if self.is_exact else float(value)

    def full(self, value: Decimal | int | str) -> Array:
        """Return the same number in every place. Floats are shared and cannot be written to."""
        if self.is_exact:
            return np.full(self.size, self.one(value), dtype=object)
        return _same_float(self.one(value), self.size)

    @property
    def zero(self) -> Array:
        return self.full(0)


@lru_cache(maxsize=64)
def _same_float(value: float, size: int) -> Array:
    found = np.full(size, value)
    found.flags.writeable = False
    return found


def minimum(left: Array, right: Any) -> Array:
    lower: Array = np.minimum(left, right)
    return lower


def maximum(left: Array, right: Any) -> Array:
    higher: Array = np.maximum(left, right)
    return higher


def positive(values: Array) -> Array:
    """Return what is above zero of each value."""
    return maximum(values, Decimal(0) if values.dtype == object else 0.0)


def reaches(values: Array, threshold: Any) -> Mask:
    """Return where a value is at least a threshold; a float too near to tell apart reaches it."""
    near = threshold if values.dtype == object else threshold - CLOSE * maximum(abs(threshold), 1.0)
    reached: Mask = values >= near
    return reached


def passes(values: Array, limit: Any) -> Mask:
    """Return where a value is above a limit; a float too near to tell apart is not."""
    return ~reaches(-values, -limit)


def where(condition: Mask, then: Any, otherwise: Any) -> Array:
    chosen: Array = np.where(condition, then, otherwise)
    return chosen


def clip(values: Array, lowest: Any, highest: Any) -> Array:
    return minimum(maximum(values, lowest), highest)


def ratio(above: Array, below: Array) -> Array:
    """Return above / below, and zero where below is zero."""
    is_zero = below == 0
    return where(is_zero, 0 * above, above / where(is_zero, 0 * below + 1, below))


def bands(values: Array, edges: Sequence[Any], rates: Sequence[Any]) -> Array:
    """Return the sum, over bands, of a rate times the part of each value inside the band.

    edges : n lower edges, ascending, in the unit of the values; the last band has no end
    rates : n rates
    """
    total = None
    for place, (low, rate) in enumerate(zip(edges, rates, strict=True)):
        inside = positive(values - low)
        if place + 1 < len(edges):
            inside = minimum(inside, edges[place + 1] - low)
        inside *= rate  # in its own place, and in ours: the arrays are large
        if total is None:
            total = inside
        else:
            total += inside
    return 0 * values if total is None else total


def to_pence(amounts: Array) -> Array:
    """Return amounts (GBP) in whole pence, half a penny away from zero; floats stay as they are."""
    if amounts.dtype != object:
        return amounts
    return _each(amounts, lambda amount: amount.quantize(PENNY, ROUND_HALF_UP))


def to_places(values: Array, places: int) -> Array:
    """Return facts rounded as their deal says, half away from zero."""
    if values.dtype == object:
        step = Decimal(1).scaleb(-places)
        return _each(values, lambda value: value.quantize(step, ROUND_HALF_UP))
    scale = 10.0**places
    # A float of 0.145 is a little less: what a float cannot tell from a half is a half.
    rounded: Array = np.copysign(np.floor(np.abs(values) * scale + 0.5 + CLOSE) / scale, values)
    return rounded


def split(amounts: Array, weights: Sequence[Array]) -> list[Array]:
    """Divide each amount (GBP) by weights; exact parts are pence that add up to the amount.

    The pennies left over go to the largest remainders, the first named first.
    """
    whole = sum(weights[1:], weights[0])
    if amounts.dtype != object:
        return [ratio(amounts * weight, whole) for weight in weights]
    parts: list[Array] = [np.empty_like(amounts) for _ in weights]
    for place, amount in enumerate(to_pence(amounts)):
        shares = [weight[place] for weight in weights]
        for part, pence in zip(parts, _split_one(amount, shares), strict=True):
            part[place] = pence
    return parts


def _split_one(amount: Decimal, shares: list[Decimal]) -> list[Decimal]:
    whole = sum(shares)
    if not whole:
        if amount:
            raise ValueError(f"£{amount:,} cannot be split: every share is zero.")
        return [Decimal("0.00")] * len(shares)
    sign, size = (-1 if amount < 0 else 1), abs(amount)
    exact = [size * share / whole for share in shares]
    parts = [part.quantize(PENNY, ROUND_DOWN) for part in exact]
    left = int((size - sum(parts)) / PENNY)
    # Equal remainders are equal though their divisions end at different digits.
    by_remainder = sorted(range(len(parts)), key=lambda i: round(parts[i] - exact[i], 12))
    for i in by_remainder[:left]:
        parts[i] += PENNY
    return [sign * part for part in parts]


def _each(values: Array, of: Any) -> Array:
    found = np.empty_like(values)
    for place, value in enumerate(values):
        found[place] = of(value)
    return found
