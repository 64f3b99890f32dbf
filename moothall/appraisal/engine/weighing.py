"""Options weighed: every order, what would change it, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from attrs import asdict, frozen
from numpy.typing import NDArray

from moothall.appraisal.engine import robustness
from moothall.appraisal.engine.acceptability import (
    DRAWS,
    SEED,
    Acceptability,
    Nearby,
    acceptability,
    all_weights,
    nearby,
)
from moothall.appraisal.engine.agreement import (
    Interests,
    MethodsCompared,
    Together,
    first_of_each,
    interests,
    methods_compared,
)
from moothall.appraisal.engine.criteria import CannotWeigh, Floats, Scores, notes_on
from moothall.appraisal.engine.frontier import Dominated, Frontier, dominated, frontier, the_same
from moothall.appraisal.engine.methods import METHODS, Method
from moothall.appraisal.engine.reversal import Reversal, reversals_when_dropped
from moothall.appraisal.engine.sensitivity import Sweep, sweeps
from moothall.appraisal.engine.weights import AskAgain, Weighting, to_ask_again
from moothall.deals.wording import listed
from moothall.values.money import Money


@frozen(eq=False)
class Weighing:
    """What weighing options comes to.

    order       : by the weighted sum: each weigher alone, and all together in two ways
    over_all    : places over all possible weights, by the weighted sum
    near        : who is first over weights about those given, by the weighted sum
    ask_again   : swings whose range has moved; until they are asked for, the order is provisional
    notes       : criteria that decide nothing or count twice
    robustness  : how far the order can be relied on, in sentences
    """

    scores: Scores
    weightings: tuple[Weighting, ...]
    order: Together
    interests: Interests
    methods: MethodsCompared
    over_all: Acceptability
    near: Nearby
    sweeps: tuple[Sweep, ...]
    dominated: tuple[Dominated, ...]
    frontier: Frontier | None
    reversals: tuple[Reversal, ...]
    ask_again: tuple[AskAgain, ...]
    notes: tuple[str, ...]
    robustness: tuple[str, ...]

    @property
    def is_provisional(self) -> bool:
        return bool(self.ask_again)

    def first_rank_probability(self, option: str) -> float:
        """Return the share of all possible weightings that put an option first."""
        return float(self.over_all.first[list(self.scores.options).index(option)])

    def as_json(self) -> dict[str, Any]:
        """Return it in JSON's own types; options and criteria by their keys."""
        keys = tuple(self.scores.options)
        criteria = tuple(one.key for one in self.scores.criteria)
        return {
            "options": [
                {
                    "key": key,
                    "name": self.scores.options[key],
                    "values": _row(criteria, self.scores.values[place]),
                    "score": self.order.totals[key],
                    "rank": self.order.by_weights[key],
                    "rank_by_median": self.order.by_ranks[key],
                    "first_rank_probability": float(self.over_all.first[place]),
                    "rank_probabilities": self.over_all.by_rank[place].tolist(),
                    "first_rank_probability_nearby": float(self.near.first[place]),
                    "mean_rank": float(self.over_all.mean_rank[place]),
                    "central_weights": _row(criteria, self.over_all.central[place]),
                    "beats": _row(keys, self.over_all.beats[place]),
                }
                for place, key in enumerate(keys)
            ],
            "weights": self.order.weights,
            "weighers": [
                {**asdict(voice), "first": list(voice.first)} for voice in self.order.voices
            ],
            "disagreement": {
                "weights": [asdict(each) for each in self.order.on_weights],
                "options": [asdict(each) for each in self.order.on_options],
                "pairs": [asdict(each) for each in self.order.apart],
            },
            "interests": {
                "interested": list(self.interests.interested),
                "not_asked": list(self.interests.not_asked),
                "ranks_without": (
                    self.interests.without.by_weights if self.interests.without else None
                ),
                "median_ranks_without": (
                    self.interests.without.by_ranks if self.interests.without else None
                ),
            },
            "methods": {
                "orders": [asdict(order) for order in self.methods.orders],
                "same_first": [
                    {"one": one, "other": other, "share": share}
                    for (one, other), share in self.methods.same_first.items()
                ],
                "all_agree": self.methods.all_agree,
            },
            "sweeps": [asdict(sweep) for sweep in self.sweeps],
            "dominated": [asdict(each) for each in self.dominated],
            "frontier": list(self.frontier.options) if self.frontier else None,
            "reversals": [asdict(each) for each in self.reversals],
            "ask_again": [each.sentence for each in self.ask_again],
            "notes": list(self.notes),
            "draws": self.over_all.draws,
            "weights_moved_nearby": self.near.moved,
            "robustness": list(self.robustness),
        }


def _row(keys: Sequence[str], numbers: Floats) -> dict[str, float | None]:
    return {
        key: None if np.isnan(number) else float(number)
        for key, number in zip(keys, numbers, strict=True)
    }


def weighing(
    scores: Scores,
    weightings: Sequence[Weighting],
    *,
    costs: Mapping[str, Money] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    methods: Sequence[Method] = METHODS,
) -> Weighing:
    """Return options weighed.

    costs   : option -> its whole-life cost, for the frontier; without it there is none
    methods : the others held against the weighted sum

    :raises CannotWeigh: where nobody has weighed, or a score is not known.
    """
    found = interests(scores, weightings)
    order = found.everyone
    weights = np.array(list(order.weights.values()))
    refuse_unknown(scores, weights)
    values = scores.values
    over_all, firsts = _over_all(values.tobytes(), values.shape, draws, seed, tuple(methods))
    compared = methods_compared(scores, weights, firsts, methods)
    near = nearby(METHODS[0], values, weights, draws, seed)
    swept = sweeps(scores, weights)
    beaten, alike = dominated(scores), the_same(scores)
    against_cost = None if costs is None else frontier(order.totals, costs)
    turned = reversals_when_dropped(scores, weights, methods)
    return Weighing(
        scores,
        tuple(weightings),
        order,
        found,
        compared,
        over_all,
        near,
        swept,
        beaten,
        against_cost,
        turned,
        tuple(each for weighting in weightings for each in to_ask_again(weighting, scores)),
        notes_on(scores),
        (
            *robustness.on_weights(scores, order, over_all, swept),
            *robustness.on_nearby(scores, order, near),
            *robustness.on_weighers(scores, order),
            *robustness.on_interests(scores, weightings, found),
            *robustness.on_methods(scores, compared),
            *robustness.on_options(scores, beaten, alike, against_cost),
            *robustness.on_reversals(scores, turned),
        ),
    )


@lru_cache(maxsize=16)
def _over_all(
    values: bytes, shape: tuple[int, int], draws: int, seed: int, methods: tuple[Method, ...]
) -> tuple[Acceptability, dict[str, NDArray[np.int64]]]:
    """What the scores alone decide: kept, so that an edited weight or cost is answered soon."""
    scored = np.frombuffer(values, dtype=np.float64).reshape(shape)
    drawn = all_weights(shape[1], draws, seed)
    return acceptability(METHODS[0], scored, drawn), first_of_each(scored, drawn, methods)


def refuse_unknown(scores: Scores, weights: Floats) -> None:
    """Refuse to put in order what is not known, and say between what totals it may lie.

    :raises CannotWeigh: with a sentence for each option that has an unknown score.
    """
    unknown = np.isnan(scores.values)
    least = np.where(unknown, 0.0, scores.values) @ weights
    most = np.where(unknown, 100.0, scores.values) @ weights
    findings = []
    for place in np.flatnonzero(unknown.any(axis=1)):
        names = [scores.criteria[each].in_sentence() for each in np.flatnonzero(unknown[place])]
        findings.append(
            f"Nobody knows what {scores.titles[place]} scores on "
            f"{listed(names)}, so its total lies anywhere from {least[place]:.1f} to "
            f"{most[place]:.1f}. Find it out, or score it by judgement and grade the evidence so."
        )
    if findings:
        raise CannotWeigh(*findings)
