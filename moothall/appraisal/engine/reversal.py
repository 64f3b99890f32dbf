"""Does dropping or adding an option change the order of the others?

It cannot on global scales with a weighted sum. On local scales, and with methods that compare
options with each other, it can, and then the order rests on which options were let in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import frozen

from moothall.appraisal.engine.criteria import Floats, Scores
from moothall.appraisal.engine.methods import METHODS, Method, ranks


@frozen
class Reversal:
    """Two options that change places when a third is dropped, or comes.

    ahead, behind : before; afterwards the other way round
    is_first      : whether the option that was first of those that stay no longer is
    """

    method: str
    option: str
    ahead: str
    behind: str
    is_first: bool


def reversals_when_dropped(
    scores: Scores, weights: Floats, methods: Sequence[Method] = METHODS
) -> tuple[Reversal, ...]:
    """Return which options change places when each other option is dropped, method by method."""
    if len(scores.options) < 3:
        return ()
    return tuple(
        reversal
        for option in scores.options
        for reversal in reversals_between(scores, scores.without(option), weights, option, methods)
    )


def reversals_between(
    before: Scores,
    after: Scores,
    weights: Floats,
    option: str,
    methods: Sequence[Method] = METHODS,
) -> Iterator[Reversal]:
    """Yield which options, scored in both, change places when one comes or goes."""
    staying = [key for key in before.options if key in after.options]
    was = [list(before.options).index(key) for key in staying]
    now = [list(after.options).index(key) for key in staying]
    for method in methods:
        ranks_before = ranks(_totals(method, before, weights)[was])
        ranks_after = ranks(_totals(method, after, weights)[now])
        lead = np.sign(ranks_before[:, None] - ranks_before)
        turned = (lead < 0) & (np.sign(ranks_after[:, None] - ranks_after) > 0)
        for ahead, behind in np.argwhere(turned):
            yield Reversal(
                method.name,
                option,
                staying[ahead],
                staying[behind],
                bool(ranks_before[ahead] == 1 and ranks_after[ahead] != 1),
            )


def _totals(method: Method, scores: Scores, weights: Floats) -> Floats:
    found: Floats = method.totals(scores.values, weights[None, :])[0]
    return found
