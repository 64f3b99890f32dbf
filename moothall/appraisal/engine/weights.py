"""How much does each criterion count, for whom, and on which range was that asked?

A weight says what the swing from the worst to the best of a criterion is worth beside the swing of
another. It means nothing apart from its range: where the range moves, the question is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

import numpy as np
from attrs import field, frozen

from moothall.appraisal.engine.criteria import CannotWeigh, Floats, Range, Scores, shown
from moothall.deals.wording import listed


@frozen
class Swing:
    """How much the swing over a criterion's range matters; 100 for whichever matters most.

    asked_on : the range that stood before the person when they said so
    """

    criterion: str
    points: float
    asked_on: Range


class Tie(StrEnum):
    """What somebody has to do with an option besides weighing it."""

    EMPLOYED = "would be employed by"
    OWNER = "would own a part of"
    BOARD = "would sit on the board of"
    OTHER = "stands to gain from"


@frozen
class Interest:
    """A weigher's own interest in an option."""

    option: str
    tie: Tie = field(converter=Tie)


@frozen
class Weighting:
    """What one person or group says that the criteria count for.

    interests : declared; None while they have not been asked for
    """

    key: str
    title: str
    swings: tuple[Swing, ...] = field()
    interests: tuple[Interest, ...] | None = None
    on: date | None = None

    @swings.validator
    def _is_a_weighting(self, _attribute: object, swings: Sequence[Swing]) -> None:
        points = np.array([swing.points for swing in swings], dtype=np.float64)
        if len({swing.criterion for swing in swings}) < len(swings):
            raise CannotWeigh(f"{self.title} weighs a criterion twice. Keep one swing for each.")
        if not np.isfinite(points).all() or (points < 0).any():
            raise CannotWeigh(
                f"{self.title} gives a swing below 0, or none that is a number. A swing that "
                "matters to nobody is 0."
            )
        if not (points > 0).any():
            raise CannotWeigh(
                f"{self.title} gives no swing any points. Give 100 to whichever matters most, and "
                "the others beside it."
            )

    @property
    def is_interested(self) -> bool:
        return bool(self.interests)


def ask(scores: Scores) -> tuple[tuple[str, Range], ...]:
    """Return what to put before a weigher: each criterion's title and the range of its swing."""
    ranges = scores.ranges()
    return tuple((criterion.title, ranges[criterion.key]) for criterion in scores.criteria)


@frozen
class AskAgain:
    """A swing that was given for another range than today's, or not at all.

    in_proportion : what it would come to on a straight line; None where it cannot be said
    """

    weighting: str
    criterion: str
    in_proportion: float | None
    sentence: str


def to_ask_again(weighting: Weighting, scores: Scores) -> tuple[AskAgain, ...]:
    """Return the swings that a weigher must be asked for again before their weights hold."""
    return tuple(_to_ask(weighting, scores))


def _to_ask(weighting: Weighting, scores: Scores) -> Iterator[AskAgain]:
    given = {swing.criterion: swing for swing in weighting.swings}
    for criterion in scores.criteria:
        swing = given.get(criterion.key)
        today = scores.ranges()[criterion.key]
        if swing is None:
            yield AskAgain(
                weighting.key,
                criterion.key,
                None,
                f"{weighting.title} gave no swing for {criterion.in_sentence()}, which goes from "
                f"{today.in_words()}. Ask for it; until then it counts for nothing with them.",
            )
        elif swing.asked_on != today:
            before, now = swing.asked_on.best - swing.asked_on.worst, today.best - today.worst
            is_straight = len(criterion.points) == 2 and swing.asked_on.unit == today.unit
            points = swing.points * now / before if is_straight and before else None
            guess = (
                "" if points is None else f" In proportion it would be {shown(round(points, 1))}."
            )
            yield AskAgain(
                weighting.key,
                criterion.key,
                points,
                f"{weighting.title} gave {criterion.in_sentence()} {shown(swing.points)} points "
                f"when it went from {swing.asked_on.in_words()}, and now it goes from "
                f"{today.in_words()}: ask again.{guess}",
            )


def swing_weights(weighting: Weighting, scores: Scores) -> Floats:
    """Return weights (criterion,) that sum to 1: each swing as a share of all, w_i = s_i / sum s.

    Whether they still hold is another question: see `to_ask_again`.
    source : Department for Communities and Local Government, Multi-criteria analysis: a manual
             (2009), 6.2.10
    """
    given = {swing.criterion: swing.points for swing in weighting.swings}
    strangers = given.keys() - {criterion.key for criterion in scores.criteria}
    if strangers:
        raise CannotWeigh(
            f"{weighting.title} weighs {listed(sorted(strangers))}, which no option is scored on. "
            "Score options on it, or take it out of the weighting."
        )
    points = np.array([given.get(criterion.key, 0.0) for criterion in scores.criteria])
    weights: Floats = points / points.sum()
    return weights


def together(weightings: Sequence[Weighting], scores: Scores) -> Floats:
    """Return (weighting, criterion): everybody's weights, a row each."""
    if not weightings:
        raise CannotWeigh("Nobody has weighed the criteria yet. Ask somebody for their swings.")
    return np.stack([swing_weights(weighting, scores) for weighting in weightings])
