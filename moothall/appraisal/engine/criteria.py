"""By what are options judged, and what does each score on it?

Costs never stand among the criteria: they are set against the total, so that nothing counts twice.
A duty in law is a gate that an option passes or does not: no score makes up for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

import numpy as np
from attrs import Factory, field, frozen
from numpy.typing import NDArray

from moothall.deals.wording import in_sentence, listed, quantity

Floats = NDArray[np.float64]
MOST = 100.0
SAME = 1e-9  # values closer than this are the same value
MONEY = re.compile(
    r"£|\bgbp\b|\bpounds?\b|\b(?:net )?costs?\b|\bprices?\b|\bsavings?\b|\bexpenditure\b|\bspend\b"
    r"|\baffordab|\bbudgets?\b|\bvalue for money\b",
    re.IGNORECASE,
)
DUTY = re.compile(
    r"\b(?:statutory|legal) (?:dut|requirement|obligation|compliance)|\blawful|\blegality\b"
    r"|\bcomplian(?:ce|t) with the law\b|\bbest value duty\b|\bequality duty\b",
    re.IGNORECASE,
)


class Group(StrEnum):
    """The question that a criterion belongs to."""

    DESIRABILITY = "desirability"  # do residents and members want it?
    VIABILITY = "viability"  # does it last?
    FEASIBILITY = "feasibility"  # can it be done here?


class Scale(StrEnum):
    """What 0 and 100 stand for."""

    LOCAL = "local"  # the worst and the best of these options
    GLOBAL = "global"  # fixed ends, so that options may come and go


class Direction(StrEnum):
    MORE = "more is better"
    LESS = "less is better"


class CannotWeigh(ValueError):
    """Options cannot be weighed like this. `findings` says everything that is in the way."""

    def __init__(self, *findings: str) -> None:
        self.findings = findings
        super().__init__(" ".join(findings))


@frozen
class Range:
    """From what to what a criterion goes, in its own unit."""

    worst: float
    best: float
    unit: str = ""

    @property
    def is_nothing(self) -> bool:
        return self.worst == self.best

    def in_words(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"{shown(self.worst)} to {shown(self.best)}{unit}"


def shown(number: float) -> str:
    """Return a figure as sentences show it: 0.125, 1,250; never with a float's noise."""
    return quantity(Decimal(f"{number + 0.0:.10g}"))


@frozen
class Criterion:
    """Something that options are judged by, besides what they cost.

    worst, best : the fixed ends of a global scale, in `unit`; a local scale takes its options'
    value       : figures and what each is worth (0-100), rising; a straight line without any
    not_costed  : why it is no cost, though its title reads like one
    counts      : what a score counts, for whoever scores and weighs
    """

    key: str
    title: str
    group: Group = field(converter=Group)
    scale: Scale = field(default=Scale.GLOBAL, converter=Scale)
    worst: float | None = 0.0
    best: float | None = MOST
    unit: str = "points"
    direction: Direction = field(
        converter=Direction,
        default=Factory(lambda self: self.own_direction(), takes_self=True),
    )
    value: tuple[tuple[float, float], ...] = ()
    not_costed: str = ""
    counts: str = ""

    def own_direction(self) -> Direction:
        """The way that its ends point; more is better where it has none."""
        ends = None not in (self.worst, self.best) and self.scale is Scale.GLOBAL
        falls = ends and float(self.best or 0) < float(self.worst or 0)
        return Direction.LESS if falls else Direction.MORE

    def __attrs_post_init__(self) -> None:
        if found := tuple(self._findings()):
            raise CannotWeigh(*found)

    def _findings(self) -> Iterator[str]:
        if not self.title.strip():
            yield f"The criterion {self.key!r} has no title. Name what options are judged by."
        if DUTY.search(self.title):
            yield (
                f"{self.title!r} is a duty in law, and no score makes up for breaking one. Make it "
                "a gate, which each option passes or does not."
            )
        if not self.not_costed and (MONEY.search(self.title) or MONEY.search(self.unit)):
            yield (
                f"{self.title!r} reads like money, and costs are set against the total of "
                "benefits, so that nothing counts twice. Make it a cost line; or say in "
                "`not_costed` why it is in no cost."
            )
        if self.scale is Scale.LOCAL:
            if self.value:
                yield (
                    f"{self.title!r} has a value function on a local scale, whose ends move with "
                    "the options. Make its scale global."
                )
            return
        if (
            self.worst is None
            or self.best is None
            or not np.isfinite([self.worst, self.best]).all()
        ):
            yield (
                f"{self.title!r} has a global scale without both its ends. Say which figure is "
                "worth 0 and which 100."
            )
        elif self.worst == self.best:
            yield (
                f"{self.title!r} goes from {shown(self.worst)} to {shown(self.best)}, which tells "
                "no options apart. Give it a worst and a best that differ."
            )
        elif self.direction is not self.own_direction():
            yield (
                f"{self.title!r} goes from {shown(self.worst)} at worst to {shown(self.best)} at "
                f"best, and says that {self.direction}. Swap its ends, or its direction."
            )
        elif self.value:
            yield from self._findings_of_value()

    def _findings_of_value(self) -> Iterator[str]:
        ends = ((self.worst, 0.0), (self.best, MOST))
        figures, values = np.array(self.value, dtype=np.float64).T
        steps = np.diff(figures)
        if (self.value[0], self.value[-1]) != ends:
            yield (
                f"The value function of {self.title!r} does not go from {shown(self.worst or 0)}, "
                f"worth 0, to {shown(self.best or 0)}, worth 100. Begin and end it there."
            )
        elif not ((steps > 0).all() or (steps < 0).all()) or (np.diff(values) < 0).any():
            yield (
                f"The value function of {self.title!r} turns back. List its points from the worst "
                "figure to the best, each worth no less than the one before."
            )

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """The value function of a global scale: figures and what each is worth."""
        return self.value or ((float(self.worst or 0), 0.0), (float(self.best or 0), MOST))

    def values(self, figures: Floats) -> Floats:
        """Return what figures (option,) are worth, 0-100; an unknown one (NaN) stays unknown."""
        if self.scale is Scale.GLOBAL:
            at, worth = np.array(self.points, dtype=np.float64).T
            if at[0] > at[-1]:
                at, worth = at[::-1], worth[::-1]
            return np.where(np.isnan(figures), np.nan, np.interp(figures, at, worth))
        ends = self.range_over(figures)
        if ends.is_nothing:  # all are the best there is, and the worst
            return np.where(np.isnan(figures), np.nan, MOST)
        return np.asarray((figures - ends.worst) / (ends.best - ends.worst) * MOST)

    def range_over(self, figures: Floats) -> Range:
        """Return what 0 and 100 stand for, when options have these figures."""
        if self.scale is Scale.GLOBAL:
            return Range(float(self.worst or 0), float(self.best or 0), self.unit)
        known = figures[~np.isnan(figures)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        ends = (low, high) if self.direction is Direction.MORE else (high, low)
        return Range(*ends, self.unit)

    def in_sentence(self) -> str:
        return in_sentence(self.title)


@frozen(eq=False)
class Scores:
    """What each option scores on each criterion.

    options : key -> title
    figures : (option, criterion) in each criterion's unit; NaN where nobody knows
    values  : (option, criterion) from 0 to 100
    """

    criteria: tuple[Criterion, ...]
    options: Mapping[str, str]
    figures: Floats
    values: Floats

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(self.options.values())

    def ranges(self) -> dict[str, Range]:
        """Return what 0 and 100 stand for on each criterion."""
        return {
            criterion.key: criterion.range_over(self.figures[:, place])
            for place, criterion in enumerate(self.criteria)
        }

    def place_of(self, criterion: str) -> int:
        return next(place for place, one in enumerate(self.criteria) if one.key == criterion)

    def unknown(self) -> tuple[tuple[str, str], ...]:
        """Return (option, criterion), by title, wherever nobody knows the figure."""
        return tuple(
            (self.titles[option], self.criteria[criterion].title)
            for option, criterion in np.argwhere(np.isnan(self.figures))
        )

    def without(self, option: str) -> Scores:
        """Return the scores when an option is dropped: local scales are drawn anew."""
        kept = [place for place, key in enumerate(self.options) if key != option]
        return _scores(
            self.criteria,
            {key: title for key, title in self.options.items() if key != option},
            self.figures[kept],
        )


def scored(
    criteria: Sequence[Criterion],
    options: Mapping[str, str],
    figures: Mapping[str, Mapping[str, float | None]],
) -> Scores:
    """Return options' scores from figures[option][criterion]; None, or nothing, is not known.

    :raises CannotWeigh: with everything that is in the way, such as a score outside 0-100.
    """
    known = {criterion.key for criterion in criteria}
    findings = [
        *(
            f"There is no option {key!r} to score. Name one of the appraisal's."
            for key in figures
            if key not in options
        ),
        *(
            f"There is no criterion {key!r} for {options[option]} to score on. Name one of the "
            "appraisal's."
            for option, row in figures.items()
            if option in options
            for key in row
            if key not in known
        ),
    ]
    if len(known) < len(criteria):
        findings.append("Two criteria share one key. Give each its own.")
    if not criteria or len(options) < 2:
        findings.append(
            f"{len(options)} options on {len(criteria)} criteria leave nothing to weigh. Name two "
            "options or more, and a criterion."
        )
    given = np.array(
        [
            [_number(figures.get(option, {}).get(criterion.key)) for criterion in criteria]
            for option in options
        ],
        dtype=np.float64,
    ).reshape(len(options), len(criteria))
    for place, criterion in enumerate(criteria):
        findings += _outside(criterion, tuple(options.values()), given[:, place])
    if findings:
        raise CannotWeigh(*findings)
    return _scores(tuple(criteria), dict(options), given)


def _number(given: float | None) -> float:
    return np.nan if given is None else float(given)


def _scores(criteria: tuple[Criterion, ...], options: Mapping[str, str], given: Floats) -> Scores:
    columns = [one.values(given[:, place]) for place, one in enumerate(criteria)]
    return Scores(criteria, options, given, np.stack(columns, axis=1))


def _outside(criterion: Criterion, titles: Sequence[str], figures: Floats) -> Iterator[str]:
    if np.isinf(figures).any():
        yield f"A figure for {criterion.title!r} is without end. Give a number."
    if criterion.scale is Scale.LOCAL:
        if np.isnan(figures).all():
            yield f"No option has a figure for {criterion.title!r}. Give them, or drop it."
        return
    ends = criterion.range_over(figures)
    low, high = sorted((ends.worst, ends.best))
    for title, figure in zip(titles, figures, strict=True):
        if figure < low or figure > high:
            yield (
                f"{title} has {shown(figure)} {criterion.unit} for {criterion.title!r}, which lies "
                f"outside its scale from 0 to 100: {ends.in_words()}. Widen the scale, and ask for "
                "its weight again."
            )


def refuse_costed(criteria: Sequence[Criterion], costed: Mapping[str, str]) -> None:
    """Refuse criteria that are costed already: costed is the key -> title of every cost line.

    :raises CannotWeigh: naming each, with its cost line.
    """
    by_title = {_plain(title): title for title in costed.values()}
    by_title |= {_plain(key): title for key, title in costed.items()}
    found = [
        f"{one.title!r} is costed already, as {title!r}: as a criterion it would count twice. Drop "
        "it from the criteria, or from the costs."
        for one in criteria
        if (title := by_title.get(_plain(one.title)) or by_title.get(_plain(one.key)))
    ]
    if found:
        raise CannotWeigh(*found)


def _plain(words: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", words.lower()))


def notes_on(scores: Scores) -> tuple[str, ...]:
    """Return what to look at before weighing: criteria that decide nothing, or count twice."""
    return (*_that_decide_nothing(scores), *_that_count_twice(scores))


def _that_decide_nothing(scores: Scores) -> Iterator[str]:
    for place in deciding_nothing(scores):
        value = float(scores.values[0, place])
        yield (
            f"Every option scores the same on {scores.criteria[place].in_sentence()} "
            f"({shown(round(value, 1))}), so it decides nothing between them. Drop it, or give it "
            "no weight."
        )


def deciding_nothing(scores: Scores) -> tuple[int, ...]:
    """Return the places of criteria whose options all score the same."""
    spread = scores.values.max(axis=0) - scores.values.min(axis=0)
    return tuple(int(place) for place in np.flatnonzero(spread <= SAME))


def _that_count_twice(scores: Scores) -> Iterator[str]:
    idle = set(deciding_nothing(scores))
    telling = [place for place in range(len(scores.criteria)) if place not in idle]
    for one, other in combinations(telling, 2):
        apart = np.abs(scores.values[:, one] - scores.values[:, other])
        if (apart <= SAME).all():
            names = listed(scores.criteria[place].in_sentence() for place in (one, other))
            yield (
                f"Every option scores the same on {names} as on the other: one thing may be "
                "counted twice. Keep one, or say how they differ."
            )
