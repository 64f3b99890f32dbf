"""How are figures in different units made comparable? Each way ranks otherwise, so each has a name.

Every function takes figures (option, criterion) and which criteria are costs (criterion,), and
returns (option, criterion) where more is better. A criterion on which all options are the same is
worth the same for each, and never a NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moothall.appraisal.engine.criteria import CannotWeigh, Floats

Costs = NDArray[np.bool_]
Normalisation = Callable[[Floats, Costs], Floats]


def divided(above: Floats, below: Floats, where_nothing: float = 0.0) -> Floats:
    """Return above / below, and `where_nothing` where there is nothing to divide by."""
    shape = np.broadcast_shapes(np.shape(above), np.shape(below))
    found = np.full(shape, where_nothing)
    np.divide(above, below, out=found, where=np.broadcast_to(below != 0, shape))
    return found


def min_max(figures: Floats, costs: Costs) -> Floats:
    """(x - min) / (max - min), from the other end for costs; 1 where all are the same."""
    low, high = figures.min(axis=0), figures.max(axis=0)
    return divided(np.where(costs, high - figures, figures - low), high - low, 1.0)


def vector(figures: Floats, costs: Costs) -> Floats:
    """x / sqrt(sum x^2), and 1 less that for costs; the length of a column is then 1."""
    shares = divided(figures, np.sqrt((figures**2).sum(axis=0)))
    return np.where(costs, 1 - shares, shares)


def by_sum(figures: Floats, costs: Costs) -> Floats:
    """x / sum x; for costs (1 / x) / sum (1 / x)."""
    turned = _turned("sum", figures, costs)
    return divided(turned, turned.sum(axis=0))


def by_best(figures: Floats, costs: Costs) -> Floats:
    """x / max; for costs min / x. Often called linear."""
    turned = _turned("best", figures, costs)
    return divided(turned, turned.max(axis=0))


def by_most(figures: Floats, costs: Costs) -> Floats:
    """x / max, and 1 less that for costs."""
    shares = divided(figures, figures.max(axis=0))
    return np.where(costs, 1 - shares, shares)


def _turned(by: str, figures: Floats, costs: Costs) -> Floats:
    """Costs as their reciprocals."""
    if (figures < 0).any() or (figures[:, costs] == 0).any():
        raise CannotWeigh(
            f"Normalising by the {by} divides by figures, and one is below 0, or a cost of 0. Use "
            "min-max or vector, which do not."
        )
    return np.where(costs, divided(np.ones_like(figures), figures), figures)
