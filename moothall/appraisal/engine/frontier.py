"""Which options need nobody consider, and what does each further point of benefit cost?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

import numpy as np
from attrs import frozen

from moothall.appraisal.engine.criteria import SAME, Scores
from moothall.values.money import Money


@frozen
class Dominated:
    """An option that another is at least as good as on everything, and better on something."""

    option: str
    by: tuple[str, ...]


def dominated(scores: Scores, costs: Mapping[str, Money] | None = None) -> tuple[Dominated, ...]:
    """Return the options that others dominate on every criterion, and on cost where it is given."""
    keys = tuple(scores.options)
    found = []
    for one, key in enumerate(keys):
        by = tuple(
            other_key
            for other, other_key in enumerate(keys)
            if other != one and _dominates(scores, costs, other, one)
        )
        if by:
            found.append(Dominated(key, by))
    return tuple(found)


def _dominates(scores: Scores, costs: Mapping[str, Money] | None, one: int, other: int) -> bool:
    lead = scores.values[one] - scores.values[other]
    keys = tuple(scores.options)
    cheaper = 0 if costs is None else costs[keys[other]].gbp - costs[keys[one]].gbp
    if (lead < -SAME).any() or cheaper < 0:
        return False
    return bool((lead > SAME).any()) or cheaper > 0


def the_same(scores: Scores) -> tuple[tuple[str, str], ...]:
    """Return pairs of options that score the same on everything: nothing here tells them apart."""
    keys = tuple(scores.options)
    return tuple(
        (keys[one], keys[other])
        for one in range(len(keys))
        for other in range(one + 1, len(keys))
        if (np.abs(scores.values[one] - scores.values[other]) <= SAME).all()
    )


@frozen
class Point:
    """An option's benefit against its cost.

    beaten_by : those that are no dearer and no worse, and one of the two better; empty on the
                frontier
    """

    option: str
    cost: Money
    benefit: float
    beaten_by: tuple[str, ...]

    @property
    def is_on_frontier(self) -> bool:
        return not self.beaten_by


@frozen
class Step:
    """From one option of the frontier to the next dearer: what each point of benefit costs.

    costs_more_than_next : a later step buys points for less, so a mixture would beat its end
    """

    before: str
    after: str
    cost: Money
    benefit: float
    gbp_per_point: float
    costs_more_than_next: bool


@frozen
class Frontier:
    """Options by cost, the cheapest first; at one cost, the best first."""

    points: tuple[Point, ...]
    steps: tuple[Step, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """The options that no other beats, the cheapest first. Equals in both stand together."""
        return tuple(point.option for point in self.points if point.is_on_frontier)


def frontier(benefits: Mapping[str, float], costs: Mapping[str, Money]) -> Frontier:
    """Return which options are neither dearer nor worse than another, and the steps between them.

    benefits : option -> its total (0-100)
    costs    : option -> its whole-life cost; an option without one is left out

    A benefit within SAME of another is equal to it; costs are exact.
    """
    known = [key for key in benefits if key in costs]
    points = [
        Point(
            key,
            costs[key],
            float(benefits[key]),
            tuple(other for other in known if other != key and _beats(benefits, costs, other, key)),
        )
        for key in known
    ]
    points.sort(key=lambda point: (point.cost.gbp, -point.benefit))
    along: list[Point] = []
    for point in points:
        is_same = along and along[-1].cost == point.cost
        if point.is_on_frontier and not is_same:
            along.append(point)
    pairs = list(pairwise(along))
    rates = [
        float((after.cost.gbp - before.cost.gbp) / Decimal(after.benefit - before.benefit))
        for before, after in pairs
    ]
    steps = tuple(
        Step(
            before.option,
            after.option,
            Money(after.cost.gbp - before.cost.gbp),
            after.benefit - before.benefit,
            rate,
            any(later < rate for later in rates[place + 1 :]),
        )
        for place, ((before, after), rate) in enumerate(zip(pairs, rates, strict=True))
    )
    return Frontier(tuple(points), steps)


def _beats(benefits: Mapping[str, float], costs: Mapping[str, Money], one: str, other: str) -> bool:
    lead = benefits[one] - benefits[other]
    cheaper = costs[other].gbp - costs[one].gbp
    return lead >= -SAME and cheaper >= 0 and (lead > SAME or cheaper > 0)
