"""Which option does each method put first? Every method is named with its normalisation.

Two libraries that share a method's name and not its normalisation may choose differently, so a name
here says both. All take figures (option, criterion) and weights (draw, criterion) together, and
return (draw, option), the more the better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from moothall.appraisal.engine.criteria import Floats
from moothall.appraisal.engine.normalising import (
    Costs,
    Normalisation,
    divided,
    min_max,
    vector,
)

Sums = Callable[[Floats, Floats, Costs], Floats]
CHUNK = 8192  # weightings at a time: what is worked out on the way stays in memory that is near
TIE = 1e-9  # totals closer than this part of the widest are ties: floats cannot tell them apart


@frozen
class Method:
    """A way of coming from scores and weights to an order.

    flows  : for a method whose totals are weights times something: what, (option, criterion)
    sums   : for any other: (figures, weights, costs) -> (draw, option)
    """

    key: str
    name: str
    source: str
    flows: Normalisation | None = None
    sums: Sums | None = None

    @property
    def is_linear(self) -> bool:
        """Whether totals change in a straight line with the weights, so crossovers are exact."""
        return self.flows is not None

    def totals(self, figures: Floats, weights: Floats, costs: Costs | None = None) -> Floats:
        """Return (draw, option): each option's total in each weighting, the more the better.

        figures : (option, criterion); 0-100 values, or any figures when `costs` says which are
                  the better the less
        weights : (draw, criterion), each row summing to 1
        """
        flags = np.zeros(figures.shape[1], dtype=bool) if costs is None else costs
        if self.flows is not None:
            found: Floats = weights @ self.flows(figures, flags).T
            return found
        assert self.sums is not None  # noqa: S101  one of the two is always given
        if len(weights) <= CHUNK:
            return self.sums(figures, weights, flags)
        parts = [weights[start : start + CHUNK] for start in range(0, len(weights), CHUNK)]
        return np.concatenate([self.sums(figures, part, flags) for part in parts])


def as_they_are(figures: Floats, costs: Costs) -> Floats:
    """Figures unchanged; costs turned round zero."""
    return np.where(costs, -figures, figures) if costs.any() else figures


def topsis(figures: Floats, weights: Floats, costs: Costs, *, normalised: Normalisation) -> Floats:
    """Nearness to the best of every criterion: far from the worst / (that + far from the best).

    Distances are Euclidean over weighted, normalised figures, so a weight counts by its square.
    Half where options differ in nothing that counts.
    source : C. L. Hwang and K. Yoon, Multiple Attribute Decision Making (1981)
    """
    shares = normalised(figures, costs)
    squares = weights**2
    from_best = np.sqrt(squares @ ((shares - shares.max(axis=0)) ** 2).T)
    from_worst = np.sqrt(squares @ ((shares - shares.min(axis=0)) ** 2).T)
    from_best += from_worst
    return divided(from_worst, from_best, 0.5)


def preference_flows(
    figures: Floats, costs: Costs, *, indifferent_to: float = 0.0, certain_from: float = 0.0
) -> Floats:
    """Return (option, criterion): how much more an option is preferred than others are to it.

    A lead of up to `indifferent_to` counts for nothing, one of `certain_from` or more for 1, and
    one between in proportion. Both 0: any lead counts for 1, which is called the usual criterion.
    source : J. P. Brans and P. Vincke, Management Science 31 (1985), types 1, 3 and 5
    """
    turned = as_they_are(figures, costs)
    count = len(turned)
    if count < 2:
        return np.zeros_like(turned)
    lead = turned[:, None, :] - turned[None, :, :]
    if certain_from > indifferent_to:
        beyond = (np.abs(lead) - indifferent_to) / (certain_from - indifferent_to)
        preferred = np.sign(lead) * np.clip(beyond, 0, 1)
    else:
        preferred = np.sign(np.where(np.abs(lead) > indifferent_to, lead, 0))
    found: Floats = preferred.sum(axis=1) / (count - 1)
    return found


WEIGHTED_SUM = Method(
    "weighted_sum",
    "weighted sum on 0–100 values",
    "Department for Communities and Local Government, Multi-criteria analysis: a manual (2009)",
    flows=as_they_are,
)
WEIGHTED_SUM_MIN_MAX = Method(
    "weighted_sum_min_max",
    "weighted sum, min-max",
    "P. C. Fishburn, Operations Research 15 (1967)",
    flows=min_max,
)
TOPSIS_VECTOR = Method(
    "topsis_vector",
    "TOPSIS, vector",
    "C. L. Hwang and K. Yoon, Multiple Attribute Decision Making (1981)",
    sums=partial(topsis, normalised=vector),
)
TOPSIS_MIN_MAX = Method(
    "topsis_min_max",
    "TOPSIS, min-max",
    "C. L. Hwang and K. Yoon, Multiple Attribute Decision Making (1981)",
    sums=partial(topsis, normalised=min_max),
)
PROMETHEE_USUAL = Method(
    "promethee_usual",
    "PROMETHEE II, usual preference",
    "J. P. Brans and P. Vincke, Management Science 31 (1985)",
    flows=preference_flows,
)


def promethee_linear(indifferent_to: float, certain_from: float) -> Method:
    """Return PROMETHEE II where a lead counts from one number of points, and wholly from another.

    From 0 to 100 on 0-100 values it orders options just as the weighted sum does.
    """
    return Method(
        "promethee_linear",
        f"PROMETHEE II, linear preference from {indifferent_to:g} to {certain_from:g} points",
        "J. P. Brans and P. Vincke, Management Science 31 (1985)",
        flows=partial(preference_flows, indifferent_to=indifferent_to, certain_from=certain_from),
    )


# Side by side on every appraisal: the first is the one that the others are held against.
METHODS = (
    WEIGHTED_SUM,
    WEIGHTED_SUM_MIN_MAX,
    TOPSIS_VECTOR,
    TOPSIS_MIN_MAX,
    PROMETHEE_USUAL,
    promethee_linear(5, 25),
)


def ranks(totals: Floats) -> NDArray[np.int64]:
    """Return the place of each option, 1 for the best, over the last axis; ties share the better.

    totals : (..., option), the more the better
    """
    apart = TIE * np.abs(totals).max(initial=0.0)
    better = totals[..., None, :] > totals[..., :, None] + apart
    found: NDArray[np.int64] = 1 + better.sum(axis=-1)
    return found


def in_order(places: Sequence[int] | NDArray[np.int64]) -> tuple[int, ...]:
    """Return options' places in the list, the first-ranked first; ties keep their order."""
    return tuple(int(place) for place in np.argsort(np.asarray(places), kind="stable"))
