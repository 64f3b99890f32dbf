"""Four ways of delivering a service on four criteria, worked out by hand, for tests to weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moothall.appraisal.engine.criteria import Criterion, Range, Scores, scored
from moothall.appraisal.engine.weights import Interest, Swing, Weighting

CRITERIA = tuple(
    Criterion(key, title, group)
    for key, title, group in (
        ("benefit", "Community benefit", "desirability"),
        ("quality", "Quality", "desirability"),
        ("control", "Control", "viability"),
        ("deliverability", "Deliverability", "feasibility"),
    )
)
OPTIONS = {"in_house": "In-house", "outsource": "Outsource", "latc": "LATC", "mutual": "Mutual"}
VALUES = {
    "in_house": (0, 40, 100, 100),
    "outsource": (10, 70, 30, 60),
    "latc": (50, 60, 80, 40),
    "mutual": (100, 100, 0, 0),
}
SWINGS = (100, 80, 40, 60)


def scores(values: Mapping[str, Sequence[float | None]] = VALUES) -> Scores:
    return scored(
        CRITERIA,
        {key: OPTIONS.get(key, key.capitalize()) for key in values},
        {
            key: {one.key: v for one, v in zip(CRITERIA, row, strict=True)}
            for key, row in values.items()
        },
    )


def weighting(
    swings: Sequence[float] = SWINGS,
    *,
    key: str = "members",
    title: str = "",
    interests: tuple[Interest, ...] | None = (),
) -> Weighting:
    return Weighting(
        key,
        title or key.capitalize(),
        tuple(
            Swing(one.key, points, Range(0, 100, "points"))
            for one, points in zip(CRITERIA, swings, strict=True)
        ),
        interests,
    )
