"""Did changing how people are asked change what they do? Trials of behaviour, from plan to payback.

Everybody who was assigned to an arm counts in it, whatever then happened to them. A trial says
beforehand what it will measure, of whom, of how many, and when it stops.

Sources: Behavioural Insights Team and Cabinet Office, Test, Learn, Adapt (2012); S. Holm,
Scandinavian Journal of Statistics 6 (1979).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from math import ceil, sqrt
from statistics import NormalDist

from attrs import frozen

from moothall.values.proportions import Z_95
from moothall.values.wording import (
    listed,
    number_of,
    percentage,
    plain_date,
    pounds_in_words,
    whole_number,
)

NORMAL = NormalDist()
LEVEL = 0.05  # chance of seeing something where there is nothing
POWER = 0.8  # chance of seeing what is there
PERSISTS_AFTER_MONTHS = (3, 12)


@frozen
class Arm:
    """People who were treated alike. people: assigned to it; acted: of those, who did it."""

    name: str
    people: int
    acted: int

    def __attrs_post_init__(self) -> None:
        if self.people < 1 or not 0 <= self.acted <= self.people:
            raise ValueError(
                f"{self.name}: {self.acted} of {self.people} is no count. Count everybody who was "
                "assigned, at least one, and of them those who acted."
            )

    @property
    def share(self) -> float:
        return self.acted / self.people


@frozen
class Effect:
    """How an arm differs from the arm without the change. Shares are 0 to 1.

    z, p      : of no difference, both arms taken together
    low, high : 95% interval of the difference, each arm by itself
    """

    arm: str
    difference: float
    z: float
    p: float
    low: float
    high: float

    def is_sure(self, level: float = LEVEL) -> bool:
        return self.p < level

    def in_words(self) -> str:
        return (
            f"{self.arm}: {_points(self.difference)} ({_points(self.low)} to {_points(self.high)})"
            f", z {self.z:.2f}, p {_p(self.p)}."
        )


def _points(share: float) -> str:
    return f"{share * 100:+.2f} points".replace("-", "\N{MINUS SIGN}")


def _p(p: float) -> str:
    return "under 0.0001" if p < 0.0001 else f"{p:.4f}"


def effect(without: Arm, with_it: Arm) -> Effect:
    """Return what an arm adds to the one without the change."""
    difference = with_it.share - without.share
    together = (with_it.acted + without.acted) / (with_it.people + without.people)
    pooled = sqrt(together * (1 - together) * (1 / with_it.people + 1 / without.people))
    apart = sqrt(
        with_it.share * (1 - with_it.share) / with_it.people
        + without.share * (1 - without.share) / without.people
    )
    z = difference / pooled if pooled else 0.0
    return Effect(
        with_it.name,
        difference,
        z,
        2 * (1 - NORMAL.cdf(abs(z))),
        difference - Z_95 * apart,
        difference + Z_95 * apart,
    )


def people_needed(one: float, other: float, *, level: float = LEVEL, power: float = POWER) -> float:
    """Return how many people an arm needs to tell two shares apart: not yet a whole number.

    n = (z_a sqrt(2 p q) + z_b sqrt(p1 q1 + p2 q2))^2 / (p1 - p2)^2, with p the mean of the two

    :raises ValueError: when the shares are equal or no shares.
    """
    if one == other or not (0 < one < 1 and 0 < other < 1):
        raise ValueError(
            f"{one} and {other} cannot be told apart. Give two different shares between 0 and 1."
        )
    mean = (one + other) / 2
    by_chance = NORMAL.inv_cdf(1 - level / 2) * sqrt(2 * mean * (1 - mean))
    by_effect = NORMAL.inv_cdf(power) * sqrt(one * (1 - one) + other * (1 - other))
    return (by_chance + by_effect) ** 2 / (one - other) ** 2


def arm_size(
    one: float,
    other: float,
    *,
    level: float = LEVEL,
    power: float = POWER,
    cluster: int = 1,
    alike: float = 0.0,
) -> int:
    """Return how many people an arm needs.

    cluster : people who are assigned together; alike : how alike they are (0-1, the ICC)
    """
    needed = people_needed(one, other, level=level, power=power)
    return ceil(needed * design_effect(cluster, alike))


def design_effect(cluster: int, alike: float) -> float:
    """Return by how much more people it takes where they are assigned in groups."""
    if cluster < 1 or not 0 <= alike <= 1:
        raise ValueError(
            f"Groups of {cluster} that are {alike} alike cannot be. A group has at least one "
            "person, and likeness is from 0 to 1."
        )
    return 1 + (cluster - 1) * alike


def bonferroni(level: float, comparisons: int) -> float:
    """Return the level that each of several comparisons must meet."""
    return level / comparisons


def holm(p: Sequence[float], level: float = LEVEL) -> tuple[bool, ...]:
    """Return which of several comparisons are sure, the clearest judged first."""
    found = [False] * len(p)
    for place, index in enumerate(sorted(range(len(p)), key=lambda one: p[one])):
        if p[index] >= level / (len(p) - place):
            break
        found[index] = True
    return tuple(found)


@frozen
class Trial:
    """A trial as it was registered, and as it came out.

    unit            : who or what is assigned by chance: a person, a street, a letter
    registered_on   : when outcome, unit, size and end were written down; None: never
    wanted_effect   : the difference it was planned to see, as a share; None: never said
    arms            : the first is without the change; empty until it has come out
    comparisons     : looked at in all, whatever was reported
    cost_gbp        : of doing it to the arms with the change
    saving_gbp      : what one more person who acts saves
    persists_on     : when it was looked at again; None: not yet
    harm            : what it may do to trust, or to those who resent it
    """

    key: str
    title: str
    outcome: str
    unit: str
    arms: tuple[Arm, ...] = ()
    expected_share: float | None = None
    wanted_effect: float | None = None
    planned_people: int | None = None
    stops: str = ""
    registered_on: date | None = None
    began_on: date | None = None
    ended_on: date | None = None
    persists_on: date | None = None
    comparisons: int | None = None
    cluster: int = 1
    alike: float = 0.0
    cost_gbp: Decimal | None = None
    saving_gbp: Decimal | None = None
    harm: str = ""

    @property
    def compared(self) -> int:
        return max(self.comparisons or 0, len(self.arms) - 1)

    def needed(self) -> int | None:
        """People an arm needs for what it was planned to see; None where that was not said."""
        if self.expected_share is None or self.wanted_effect is None:
            return None
        other = self.expected_share + self.wanted_effect
        return arm_size(self.expected_share, other, cluster=self.cluster, alike=self.alike)


@frozen
class TrialResult:
    """What a trial came to. sure: by arm, after all comparisons are counted."""

    trial: Trial
    effects: tuple[Effect, ...]
    sure: tuple[bool, ...]
    extra_actions: float
    cost_per_extra: Decimal | None
    saved: Decimal | None
    sentences: tuple[str, ...]
    lacks: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.trial.key,
            "title": self.trial.title,
            "needed_an_arm": self.trial.needed(),
            "effects": [
                {
                    "arm": one.arm,
                    "difference": one.difference,
                    "z": one.z,
                    "p": one.p,
                    "low": one.low,
                    "high": one.high,
                    "is_sure": sure,
                }
                for one, sure in zip(self.effects, self.sure, strict=True)
            ],
            "extra_actions": self.extra_actions,
            "cost_per_extra_gbp": None
            if self.cost_per_extra is None
            else round(float(self.cost_per_extra), 2),
            "saved_gbp": None if self.saved is None else round(float(self.saved), 2),
            "sentences": list(self.sentences),
            "lacks": list(self.lacks),
        }


def read(trial: Trial) -> TrialResult:
    """Return what a trial came to, and what it lacks before anybody relies on it."""
    effects = tuple(effect(trial.arms[0], arm) for arm in trial.arms[1:])
    sure = _sure(trial, effects)
    extra = sum(
        one.difference * arm.people for one, arm in zip(effects, trial.arms[1:], strict=True)
    )
    more = Decimal(str(round(extra, 6)))  # people: a float's last digits are nobody
    per_extra = None
    if trial.cost_gbp is not None and more > 0:
        per_extra = trial.cost_gbp / more
    saved = None if trial.saving_gbp is None else trial.saving_gbp * more
    return TrialResult(
        trial,
        effects,
        sure,
        extra,
        per_extra,
        saved,
        tuple(_sentences(trial, effects, sure, extra, per_extra, saved)),
        tuple(_lacks(trial)),
    )


def _sure(trial: Trial, effects: tuple[Effect, ...]) -> tuple[bool, ...]:
    """Holm over what was reported; what was looked at besides and not told counts as unclear."""
    untold = [1.0] * (trial.compared - len(effects))
    return holm([one.p for one in effects] + untold)[: len(effects)]


def _sentences(
    trial: Trial,
    effects: tuple[Effect, ...],
    sure: tuple[bool, ...],
    extra: float,
    per_extra: Decimal | None,
    saved: Decimal | None,
) -> Iterator[str]:
    for one, is_sure in zip(effects, sure, strict=True):
        yield one.in_words()
        if one.is_sure() and not is_sure:
            level = bonferroni(LEVEL, trial.compared)
            yield (
                f"By itself that would be clear of chance. {trial.compared} comparisons were "
                f"looked at, so each must meet {level:.5f}: it does not."
            )
        elif not is_sure:
            yield "Chance alone may do as much."
    if effects:
        yield f"{whole_number(round(extra))} more acted than would have without it."
    if per_extra is not None:
        yield f"Each of them cost {pounds_in_words(per_extra)}."
    if saved is not None and effects:
        cost = trial.cost_gbp
        net = "" if cost is None else f", {pounds_in_words(saved - cost)} after what it cost"
        yield f"They save {pounds_in_words(saved)}{net}."


def _lacks(trial: Trial) -> Iterator[str]:
    if trial.registered_on is None:
        yield "It was never registered, so nobody can tell what it set out to measure."
    elif trial.began_on is not None and trial.registered_on > trial.began_on:
        yield (
            f"It was registered on {plain_date(trial.registered_on)}, after it began on "
            f"{plain_date(trial.began_on)}."
        )
    if not trial.stops:
        yield "Nothing says when it stops: looking until it is clear finds what is not there."
    needed = trial.needed()
    if needed is None:
        yield "Nobody said which difference it was to see, so its size cannot be judged."
    else:
        small = [arm.name for arm in trial.arms if arm.people < needed]
        if small:
            yield (
                f"It needed {number_of(needed, 'person', 'people')} an arm to see "
                f"{percentage(abs(trial.wanted_effect or 0))} and had fewer in {listed(small)}."
            )
        elif trial.planned_people is not None and trial.planned_people < needed:
            yield (
                f"It plans for {number_of(trial.planned_people, 'person', 'people')} an arm, and "
                f"needs {whole_number(needed)}."
            )
    if trial.arms and trial.persists_on is None:
        first, last = PERSISTS_AFTER_MONTHS
        yield f"Nobody looked again after {first} to {last} months, to see whether it lasts."
    if not trial.harm:
        yield "Nothing says what it may do to trust, or to those who resent it."
