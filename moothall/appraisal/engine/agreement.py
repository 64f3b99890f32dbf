"""Where do those who weigh disagree, and where do methods? It is shown, never averaged away.

What several people say together comes in one piece: each one's own order, where they differ, and
two ways of combining them, which need not agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from moothall.appraisal.engine.criteria import Floats, Scores
from moothall.appraisal.engine.methods import METHODS, Method, ranks
from moothall.appraisal.engine.weights import Weighting, together


@frozen
class Voice:
    """What one weigher's own weights come to: criterion -> weight, option -> total and rank."""

    key: str
    title: str
    is_interested: bool
    weights: dict[str, float]
    totals: dict[str, float]
    ranks: dict[str, int]

    @property
    def first(self) -> tuple[str, ...]:
        return tuple(key for key, rank in self.ranks.items() if rank == 1)


@frozen
class WeightSpread:
    """How far apart weighers are on one criterion, and who stands at each end."""

    criterion: str
    least: float
    least_by: str
    most: float
    most_by: str

    @property
    def width(self) -> float:
        return self.most - self.least


@frozen
class RankSpread:
    """How far apart weighers' orders put one option."""

    option: str
    best: int
    worst: int
    median: float

    @property
    def width(self) -> int:
        return self.worst - self.best


@frozen
class Apart:
    """Two weighers, and the share of pairs of options that they put in opposite orders."""

    one: str
    other: str
    opposed: float


@frozen
class Together:
    """What several weighers say, each alone and combined in two ways.

    voices     : each one's own
    by_weights : option -> rank by the mean of their weights; `weights` and `totals` are that mean's
    by_ranks   : option -> rank by the median of their ranks
    on_weights, on_options, apart : where they disagree, the most first
    """

    voices: tuple[Voice, ...]
    weights: dict[str, float]
    totals: dict[str, float]
    by_weights: dict[str, int]
    by_ranks: dict[str, int]
    on_weights: tuple[WeightSpread, ...]
    on_options: tuple[RankSpread, ...]
    apart: tuple[Apart, ...]

    @property
    def first(self) -> tuple[str, ...]:
        """Who is first by the mean of the weights."""
        return tuple(key for key, rank in self.by_weights.items() if rank == 1)

    @property
    def first_by_ranks(self) -> tuple[str, ...]:
        return tuple(key for key, rank in self.by_ranks.items() if rank == 1)

    @property
    def agree_on_first(self) -> bool:
        """Whether every weigher alone puts the same option first."""
        return len({voice.first for voice in self.voices}) == 1


def heard(scores: Scores, weightings: Sequence[Weighting], method: Method = METHODS[0]) -> Together:
    """Return what weighers say, each alone and together."""
    each = together(weightings, scores)
    totals, keys = method.totals(scores.values, each), tuple(scores.options)
    places = ranks(totals)
    mean = each.mean(axis=0)
    combined = method.totals(scores.values, mean[None, :])[0]
    criteria = tuple(criterion.key for criterion in scores.criteria)
    medians = np.median(places, axis=0)
    return Together(
        tuple(
            Voice(
                weighting.key,
                weighting.title,
                weighting.is_interested,
                _named(criteria, each[row]),
                _named(keys, totals[row]),
                _ranked(keys, places[row]),
            )
            for row, weighting in enumerate(weightings)
        ),
        _named(criteria, mean),
        _named(keys, combined),
        _ranked(keys, ranks(combined)),
        _ranked(keys, ranks(-medians)),
        _on_weights(criteria, weightings, each),
        _on_options(keys, places, medians),
        _apart(weightings, places),
    )


def _named(keys: Sequence[str], numbers: Floats) -> dict[str, float]:
    return dict(zip(keys, map(float, numbers), strict=True))


def _ranked(keys: Sequence[str], places: NDArray[np.int64]) -> dict[str, int]:
    return dict(zip(keys, map(int, places), strict=True))


def _on_weights(
    criteria: Sequence[str], weightings: Sequence[Weighting], each: Floats
) -> tuple[WeightSpread, ...]:
    low, high = each.argmin(axis=0), each.argmax(axis=0)
    found = [
        WeightSpread(
            key,
            float(each[low[place], place]),
            weightings[low[place]].key,
            float(each[high[place], place]),
            weightings[high[place]].key,
        )
        for place, key in enumerate(criteria)
    ]
    return tuple(sorted(found, key=lambda spread: -spread.width))


def _on_options(
    keys: Sequence[str], places: NDArray[np.int64], medians: Floats
) -> tuple[RankSpread, ...]:
    found = [
        RankSpread(key, int(places[:, n].min()), int(places[:, n].max()), float(medians[n]))
        for n, key in enumerate(keys)
    ]
    return tuple(sorted(found, key=lambda spread: -spread.width))


def _apart(weightings: Sequence[Weighting], places: NDArray[np.int64]) -> tuple[Apart, ...]:
    found = [
        Apart(weightings[one].key, weightings[other].key, opposed(places[one], places[other]))
        for one, other in combinations(range(len(weightings)), 2)
    ]
    return tuple(sorted(found, key=lambda pair: -pair.opposed))


def opposed(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the share of pairs of options that two orders put opposite ways; a tie opposes none.

    source : M. G. Kendall, Biometrika 30 (1938): the discordant pairs
    """
    rows, columns = np.triu_indices(len(one), 1)
    against = np.sign(one[rows] - one[columns]) * np.sign(other[rows] - other[columns])
    return float((against < 0).mean())


@frozen
class Interests:
    """The order with the weightings of those who have an interest in an option, and without.

    interested, not_asked : keys of weighers who declared one, and who were never asked
    without               : what the others say; None where nobody else has weighed
    """

    everyone: Together
    without: Together | None
    interested: tuple[str, ...]
    not_asked: tuple[str, ...]

    def moved(self) -> dict[str, tuple[int, int]]:
        """Return option -> its rank with everybody, and without the interested, if it moves."""
        if self.without is None:
            return {}
        return {
            key: (rank, self.without.by_weights[key])
            for key, rank in self.everyone.by_weights.items()
            if self.without.by_weights[key] != rank
        }


def interests(
    scores: Scores, weightings: Sequence[Weighting], method: Method = METHODS[0]
) -> Interests:
    """Return the order with and without the weightings of the interested.

    An interest counts only in an option that is weighed: one in an option dropped decides nothing.
    """
    interested = [
        one
        for one in weightings
        if any(each.option in scores.options for each in one.interests or ())
    ]
    others = [one for one in weightings if one not in interested]
    everyone = heard(scores, weightings, method)
    return Interests(
        everyone,
        (heard(scores, others, method) if others else None) if interested else everyone,
        tuple(one.key for one in interested),
        tuple(one.key for one in weightings if one.interests is None),
    )


@frozen
class MethodOrder:
    """What one method makes of the same scores and weights."""

    key: str
    name: str
    totals: dict[str, float]
    ranks: dict[str, int]

    @property
    def first(self) -> tuple[str, ...]:
        return tuple(key for key, rank in self.ranks.items() if rank == 1)


@frozen
class MethodsCompared:
    """Every method's order at the weights given, and how often they agree over all weights.

    same_first : (method key, method key) -> share of weightings in which both put the same first
    all_agree  : the share in which every method does
    """

    orders: tuple[MethodOrder, ...]
    same_first: dict[tuple[str, str], float]
    all_agree: float

    @property
    def disagree(self) -> bool:
        """Whether methods differ on any place, which is when they are shown side by side."""
        return len({tuple(order.ranks.values()) for order in self.orders}) > 1

    @property
    def disagree_on_first(self) -> bool:
        return len({order.first for order in self.orders}) > 1


def methods_compared(
    scores: Scores,
    weights: Floats,
    firsts: Mapping[str, NDArray[np.int64]],
    methods: Sequence[Method] = METHODS,
) -> MethodsCompared:
    """Return what methods make of weights (criterion,), and where they agree over many.

    firsts : method key -> (draw,) which option each weighting puts first, see `first_of_each`
    """
    keys = tuple(scores.options)
    orders = []
    for method in methods:
        totals = method.totals(scores.values, weights[None, :])[0]
        orders.append(
            MethodOrder(method.key, method.name, _named(keys, totals), _ranked(keys, ranks(totals)))
        )
    same = {
        (one.key, other.key): float((firsts[one.key] == firsts[other.key]).mean())
        for one, other in combinations(methods, 2)
    }
    agree = np.logical_and.reduce([first == firsts[methods[0].key] for first in firsts.values()])
    return MethodsCompared(tuple(orders), same, float(agree.mean()))


def first_of_each(
    values: Floats, draws: Floats, methods: Sequence[Method] = METHODS
) -> dict[str, NDArray[np.int64]]:
    """Return method key -> (draw,) which option each weighting (draw, criterion) puts first."""
    return {method.key: method.totals(values, draws).argmax(axis=1) for method in methods}
