"""What if one criterion counted for more or less, the others keeping their proportions?

V_j(w) = w s_kj + (1 - w) R_j, where R_j is the option's total over the other criteria alone. These
are straight lines, so where two options cross is worked out, not searched for.
Source: Department for Communities and Local Government, Multi-criteria analysis: a manual (2009).
"""

from __future__ import annotations

import numpy as np
from attrs import frozen

from moothall.appraisal.engine.criteria import Floats, Scores
from moothall.appraisal.engine.methods import METHODS, TIE, Method, ranks

FAR = 4  # a place from which on nobody calls an option a compromise
ACROSS = 101  # points of a curve that is no straight line


@frozen
class Crossover:
    """The weight at which two options change places: below it `below` is ahead, above `above`."""

    weight: float
    below: str
    above: str


@frozen
class Stretch:
    """Weights from `starts` to `ends` (0-1) over which the same options are first."""

    starts: float
    ends: float
    first: tuple[str, ...]


@frozen
class Sweep:
    """One weight moved from 0 to 1.

    now           : the weight as it stands
    at_none, at_all : option -> its total when the criterion counts for nothing, and for everything
    places        : option -> the best and the worst place that it takes along the way
    shares_evenly : True where it has all the weight now, so that the rest was shared out evenly
    """

    criterion: str
    title: str
    now: float
    at_none: dict[str, float]
    at_all: dict[str, float]
    crossovers: tuple[Crossover, ...]
    stretches: tuple[Stretch, ...]
    places: dict[str, tuple[int, int]]
    shares_evenly: bool

    def total(self, option: str, weight: float) -> float:
        return weight * self.at_all[option] + (1 - weight) * self.at_none[option]

    def first_at(self, weight: float) -> tuple[str, ...]:
        """Return who is first at a weight; where two stretches meet, all that meet there."""
        found: dict[str, None] = {}
        for stretch in self.stretches:
            if stretch.starts - TIE <= weight <= stretch.ends + TIE:
                found |= dict.fromkeys(stretch.first)
        return tuple(found)

    def never_first(self) -> tuple[str, ...]:
        """Return the options that no weight of this criterion puts first, not even at one point."""
        low, high = (np.array(list(ends.values())) for ends in (self.at_none, self.at_all))
        at = np.array([*(stretch.starts for stretch in self.stretches), 1.0])[:, None]
        totals = at * high + (1 - at) * low
        apart = TIE * np.maximum(np.abs(totals).max(axis=1, keepdims=True), 1.0)
        touches = (totals >= totals.max(axis=1, keepdims=True) - apart).any(axis=0)
        ever = {key for stretch in self.stretches for key in stretch.first}
        return tuple(
            key
            for key, touch in zip(self.at_none, touches, strict=True)
            if key not in ever and not touch
        )

    def compromises(self) -> tuple[str, ...]:
        """Return the options never first here that yet never fall far, nor as far as any that is.

        Each looks safe to everybody, and no weight of this criterion makes it anybody's choice.
        """
        winners = {key for stretch in self.stretches for key in stretch.first}
        lowest = min(FAR, *(self.places[key][1] for key in winners))
        return tuple(key for key in self.never_first() if self.places[key][1] < lowest)

    def first_within(self, option: str) -> tuple[float, float] | None:
        """Return the weights between which an option is first, or None: lines make it one span."""
        spans = [stretch for stretch in self.stretches if option in stretch.first]
        return (spans[0].starts, spans[-1].ends) if spans else None


def sweep(scores: Scores, weights: Floats, criterion: str, method: Method = METHODS[0]) -> Sweep:
    """Return what moving one weight does, by a method that is linear in the weights."""
    place = scores.place_of(criterion)
    none, everything, evenly = _ends(weights, place)
    low, high = method.totals(scores.values, np.stack([none, everything]))
    keys = tuple(scores.options)
    crossovers = _crossovers(keys, low, high)
    return Sweep(
        criterion,
        scores.criteria[place].title,
        float(weights[place]),
        dict(zip(keys, map(float, low), strict=True)),
        dict(zip(keys, map(float, high), strict=True)),
        crossovers,
        _stretches(keys, low, high),
        _places(keys, low, high, crossovers),
        evenly,
    )


def sweeps(scores: Scores, weights: Floats, method: Method = METHODS[0]) -> tuple[Sweep, ...]:
    """Return a sweep of every criterion, ready to draw."""
    return tuple(sweep(scores, weights, one.key, method) for one in scores.criteria)


def _ends(weights: Floats, place: int) -> tuple[Floats, Floats, bool]:
    """Return the weights when a criterion counts for nothing, and when it counts for all."""
    everything = np.zeros(len(weights))
    everything[place] = 1.0
    others = weights * (1 - everything)
    evenly = not others.sum() > 0
    if evenly:
        others = 1 - everything if len(weights) > 1 else everything
    return others / others.sum(), everything, evenly and len(weights) > 1


def _crossovers(keys: tuple[str, ...], low: Floats, high: Floats) -> tuple[Crossover, ...]:
    """w* = (R_b - R_a) / ((s_a - R_a) - (s_b - R_b)), where it lies within 0 and 1."""
    apart = TIE * max(float(np.abs(low).max()), float(np.abs(high).max()), 1.0)
    one, other = np.triu_indices(len(keys), 1)
    at_none, at_all = low[one] - low[other], high[one] - high[other]
    cross = np.minimum(at_none, at_all) < -apart
    cross &= np.maximum(at_none, at_all) > apart
    below, above = np.where(at_none > 0, (one, other), (other, one))
    found = [
        Crossover(float(at_none[n] / (at_none[n] - at_all[n])), keys[below[n]], keys[above[n]])
        for n in np.flatnonzero(cross)
    ]
    return tuple(sorted(found, key=lambda crossover: crossover.weight))


def _places(
    keys: tuple[str, ...], low: Floats, high: Floats, crossovers: tuple[Crossover, ...]
) -> dict[str, tuple[int, int]]:
    """Count along the way: at each crossover one option gains a place, and another loses it."""
    start = crossovers[0].weight / 2 if crossovers else 0.5
    place = dict(zip(keys, map(int, ranks(low + (high - low) * start)), strict=True))
    best, worst, moved = dict(place), dict(place), set[str]()
    for at, crossover in enumerate(crossovers):
        place[crossover.above] -= 1
        place[crossover.below] += 1
        moved |= {crossover.above, crossover.below}
        is_last = at + 1 == len(crossovers)
        # Where many cross in one point, places are read only behind it.
        if is_last or crossovers[at + 1].weight - crossover.weight > TIE:
            for key in moved:
                best[key], worst[key] = min(best[key], place[key]), max(worst[key], place[key])
            moved.clear()
    return {key: (best[key], worst[key]) for key in keys}


def _stretches(keys: tuple[str, ...], low: Floats, high: Floats) -> tuple[Stretch, ...]:
    """Return who is first along the way: the upper envelope of the lines, from 0 to 1."""
    apart = TIE * max(float(np.abs(low).max()), float(np.abs(high).max()), 1.0)
    slopes = high - low
    at, found = 0.0, list[Stretch]()
    while True:
        totals = low + slopes * at
        leading = np.flatnonzero(totals >= totals.max() - apart)
        steepest = slopes[leading].max()
        first = leading[slopes[leading] >= steepest - apart]
        lead = int(first[np.argmax(totals[first])])
        gaining = np.flatnonzero(slopes > slopes[lead] + apart)
        meets = at + (totals[lead] - totals[gaining]) / (slopes[gaining] - slopes[lead])
        ends = min(1.0, float(meets.min())) if len(gaining) else 1.0
        found.append(Stretch(at, ends, tuple(keys[place] for place in first)))
        if ends >= 1.0:
            return tuple(found)
        at = max(ends, at + TIE)


def swept(
    scores: Scores, weights: Floats, criterion: str, method: Method, across: int = ACROSS
) -> tuple[Floats, Floats]:
    """Return (point,) weights and (point, option) totals, for a method whose lines are curved."""
    none, everything, _ = _ends(weights, scores.place_of(criterion))
    at = np.linspace(0, 1, across)
    return at, method.totals(scores.values, np.outer(at, everything) + np.outer(1 - at, none))


def least_to_lead(scores: Scores, weights: Floats, option: str, criterion: str) -> float | None:
    """Return the least value (0-100) on a criterion that would put an option first, all else same.

    By the weighted sum; None where not even 100 would. What an unknown score must come to: others
    with an unknown score of their own take no place.
    """
    place = scores.place_of(criterion)
    keys = tuple(scores.options)
    row = keys.index(option)
    values = scores.values.copy()
    values[row, place] = 0.0
    totals = values @ weights
    best = float(np.nanmax(np.delete(totals, row)))
    if totals[row] >= best:
        return 0.0
    if weights[place] <= 0:
        return None
    needed = float((best - totals[row]) / weights[place])
    return needed if needed <= 100.0 + TIE else None
