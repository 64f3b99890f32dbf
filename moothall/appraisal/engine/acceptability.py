"""Over all possible weights, how often does each option take each place, and whom does that suit?

Stochastic multicriteria acceptability analysis (SMAA): weights are drawn evenly over all weights
that sum to 1, and nobody's judgement enters.
Source: R. Lahdelma and P. Salminen, SMAA-2, Operations Research 49 (2001).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from moothall.appraisal.engine.criteria import CannotWeigh, Floats
from moothall.appraisal.engine.methods import CHUNK, TIE, Method
from moothall.values.proportions import wilson_interval

DRAWS, SEED = 10_000, 1


@lru_cache(maxsize=8)
def all_weights(criteria: int, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Return weights (draw, criterion) drawn evenly from all that are 0 or more and sum to 1.

    The same for the same numbers, so that a page that is edited keeps its draws; not to be written
    to.
    """
    drawn = np.random.default_rng(seed).standard_exponential((draws, criteria))
    drawn /= drawn.sum(axis=1, keepdims=True)
    drawn.flags.writeable = False
    return drawn


def weights_near(
    weights: Floats, draws: int, rng: np.random.Generator, *, as_sure_as: float = 50.0
) -> Floats:
    """Return weights (draw, criterion) spread about given ones: Dirichlet, their mean kept.

    as_sure_as : the greater, the nearer; a weight of w has a standard deviation of
                 sqrt(w (1 - w) / (as_sure_as + 1)). A criterion of no weight keeps none.
    """
    if not as_sure_as > 0:
        raise CannotWeigh(
            f"Weights cannot be as sure as {as_sure_as:g}. Give a number above 0: 50 is loose, "
            "500 close."
        )
    found = np.zeros((draws, len(weights)))
    counted = weights > 0
    found[:, counted] = rng.dirichlet(weights[counted] * as_sure_as, draws)
    return found


@frozen(eq=False)
class Nearby:
    """Who is first when all weights move about those given, at random and at once.

    first : (option,) share of draws
    moved : by how much weights move: their standard deviations' mean
    """

    first: Floats
    moved: float


def nearby(
    method: Method, figures: Floats, weights: Floats, draws: int = DRAWS, seed: int = SEED
) -> Nearby:
    """Return who is first over `weights_near` the given ones (criterion,)."""
    drawn = weights_near(weights, draws, np.random.default_rng(seed))
    leading = method.totals(figures, drawn).argmax(axis=1)
    counted = np.bincount(leading, minlength=len(figures))
    return Nearby(counted / draws, float(drawn.std(axis=0).mean()))


@frozen(eq=False)
class Acceptability:
    """How options fare over many weightings. Ties share their places evenly.

    by_rank : (option, rank) share of weightings that give an option that rank; rows sum to 1
    central : (option, criterion) the mean of the weights that put an option first; NaN for one
              that none puts first
    beats   : (option, option) share of weightings in which the row beats the column
    """

    method: str
    draws: int
    by_rank: Floats
    central: Floats
    beats: Floats

    @property
    def first(self) -> Floats:
        return self.by_rank[:, 0]

    @property
    def mean_rank(self) -> Floats:
        found: Floats = self.by_rank @ np.arange(1, self.by_rank.shape[1] + 1)
        return found

    def first_within(self, option: int) -> tuple[float, float]:
        """Return the 95% interval of an option's share of first places, so many being drawn."""
        return wilson_interval(min(float(self.first[option]), 1.0) * self.draws, self.draws)


def acceptability(
    method: Method, figures: Floats, weights: Floats, costs: NDArray[np.bool_] | None = None
) -> Acceptability:
    """Return how options fare over weights (draw, criterion), each row summing to 1."""
    draws, count = len(weights), len(figures)
    by_rank, beats = np.zeros((count, count)), np.zeros((count, count))
    suited, times = np.zeros((count, weights.shape[1])), np.zeros(count)
    for start in range(0, draws, CHUNK):
        some = weights[start : start + CHUNK]
        totals = method.totals(figures, some, costs)
        order = np.argsort(-totals, axis=1)
        best_first = np.take_along_axis(totals, order, axis=1)
        tied = best_first[:, :-1] - best_first[:, 1:] <= TIE * np.abs(best_first).max(initial=0.0)
        draw_ties = tied.any(axis=1)
        clear = order[~draw_ties] if draw_ties.any() else order
        cells = clear + count * np.arange(count)
        by_rank += np.bincount(cells.ravel(), minlength=count * count).reshape(count, count).T
        firsts = np.zeros((len(some), count))
        firsts[np.arange(len(some)), order[:, 0]] = 1.0
        if draw_ties.any():
            shared = order[draw_ties]
            by_rank += _shared_ranks(shared, tied[draw_ties])
            firsts[draw_ties] = _shared_firsts(shared, tied[draw_ties])
        suited += firsts.T @ some
        times += firsts.sum(axis=0)
        beats += _beaten(totals)
    with np.errstate(invalid="ignore"):
        central = np.where(times[:, None] > 0, suited / times[:, None], np.nan)
    return Acceptability(method.name, draws, by_rank / draws, central, beats / draws)


def _groups(tied: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each place of each draw, the first and the last place that it ties with."""
    draws, count = tied.shape[0], tied.shape[1] + 1
    places = np.arange(count)
    starts = np.ones((draws, count), dtype=bool)
    starts[:, 1:] = ~tied
    first = np.maximum.accumulate(np.where(starts, places, 0), axis=1)
    ends = np.ones((draws, count), dtype=bool)
    ends[:, :-1] = ~tied
    last = np.minimum.accumulate(np.where(ends, places, count)[:, ::-1], axis=1)[:, ::-1]
    return first, last


def _shared_ranks(order: NDArray[np.int64], tied: NDArray[np.bool_]) -> Floats:
    count = order.shape[1]
    first, last = _groups(tied)
    share = 1.0 / (last - first + 1)
    found = np.empty((count, count))
    for rank in range(count):
        takes = np.where((first <= rank) & (rank <= last), share, 0.0)
        found[:, rank] = np.bincount(order.ravel(), takes.ravel(), minlength=count)
    return found


def _shared_firsts(order: NDArray[np.int64], tied: NDArray[np.bool_]) -> Floats:
    first, last = _groups(tied)
    shares = np.where(first == 0, 1.0 / (last + 1), 0.0)
    found = np.zeros(order.shape)
    np.put_along_axis(found, order, shares, axis=1)
    return found


def _beaten(totals: Floats) -> Floats:
    """Return (option, option): in how many draws the row beats the column; a tie is half."""
    columns = np.ascontiguousarray(totals.T)
    apart = TIE * np.abs(totals).max(initial=0.0)
    draws, count = totals.shape
    found = np.zeros((count, count))
    for row in range(count - 1):
        lead = columns[row] - columns[row + 1 :]
        ahead = (lead > apart).sum(axis=1)
        behind = (lead < -apart).sum(axis=1)
        found[row, row + 1 :] = ahead + (draws - ahead - behind) / 2
        found[row + 1 :, row] = draws - found[row, row + 1 :]
    return found
