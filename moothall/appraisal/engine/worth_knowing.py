"""Which unknowns move each option, could turn the choice, and are worth finding out first?

To find something out before choosing is worth at most what choosing by it gains on average: the
expected value of perfect information about it. Where an option is a sum of lines times unknowns
that do not move together, what it is worth on average for each value of one unknown is exact: the
lines that it moves, the other unknowns at their means. Elsewhere, with correlations or with the
facts of a deal, a curve of the unknown is fitted to the futures.

Source: M. Strong, J. E. Oakley and A. Brennan, Estimating multiparameter partial expected value of
perfect information from a probabilistic sensitivity analysis sample, 2014.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from attrs import frozen

from moothall.appraisal.engine.futures import (
    SOCIETY_MEASURE,
    Ends,
    Futures,
    LineFutures,
    ends_of,
    futures,
    line_futures,
)
from moothall.appraisal.engine.payments import payment_futures
from moothall.appraisal.engine.unknowns import Drawing, Floats, Unknown, moments
from moothall.deals.fairness import about
from moothall.deals.wording import in_sentence
from moothall.values.wording import number_of, percentage

LOOKED_AT = 10_000  # futures from which unknowns are judged; more are only drawn
TOP = 5
POWERS = 6  # of the curve that is fitted where nothing is exact
TINY = 1e-9
WITHIN = 4.0  # standard deviations; beyond, the curve is not followed


@frozen
class Bar:
    """How far one unknown alone moves an option. GBP, real, present values.

    low, high : what the option is worth with the unknown at its P10 and at its P90 (or the other
                way round for a cost), every other at its mean: the lower one first
    """

    unknown: str
    title: str
    low: float
    high: float

    @property
    def swing(self) -> float:
        return self.high - self.low

    def in_words(self) -> str:
        return f"{in_sentence(self.title)}, from {about(self.low)} to {about(self.high)}"


@frozen
class Knowing:
    """What finding one unknown out before choosing is worth, at most. GBP.

    turns : share of futures in which the choice by it would be another than now
    exact : whether it is worked out, and not fitted
    """

    unknown: str
    title: str
    worth: float
    turns: float
    exact: bool = True

    def in_words(self) -> str:
        if self.worth < 0.5:
            return f"Finding out {in_sentence(self.title)} would not change the choice."
        return (
            f"Finding out {in_sentence(self.title)} before choosing is worth up to "
            f"{about(self.worth)}: in {percentage(self.turns)} of futures it would change the "
            "choice."
        )


@frozen
class WorthKnowing:
    """What is worth finding out, by one measure. GBP.

    chosen     : the option that is worth most on average
    everything : what knowing everything would be worth; no part of it is worth more
    unknowns   : those worth most first, at most the top ones
    tornado    : option -> its bars, the widest first
    """

    measure: str
    chosen: str
    everything: float
    unknowns: tuple[Knowing, ...]
    tornado: Mapping[str, tuple[Bar, ...]]
    notes: tuple[str, ...] = ()


def worth_knowing(done: Futures, measure: str = SOCIETY_MEASURE, top: int = TOP) -> WorthKnowing:
    """Return what moves each option, and what is worth finding out before choosing.

    Of more than so many futures only the first are looked at, drawn again with the same seed.
    """
    notes = []
    if done.draws > LOOKED_AT:
        notes.append(f"Unknowns are judged by {LOOKED_AT:,} futures of the same seed.")
        done = futures(
            done.costing,
            seed=done.seed,
            draws=LOOKED_AT,
            measures=(measure,),
            payments=done.payments,
            kept=done.kept,
        )
    values = done.values[measure]
    choice = _Choice.of(values)
    options = list(done.costing.options)
    known: list[Knowing] = []
    bars: dict[str, list[Bar]] = {option: [] for option in options}
    for moving in _moving(done, measure, values):
        known.append(choice.knowing(moving))
        for place, ends in moving.ends.items():
            mean = float(choice.means[place])
            bars[options[place]].append(
                Bar(moving.key, moving.title, mean + ends.p10, mean + ends.p90)
            )
    if any(not one.exact for one in known):
        notes.append(
            "What moves together with others, and the facts of a deal, are judged by a curve "
            "fitted to the futures."
        )
    known.sort(key=lambda one: -one.worth)
    return WorthKnowing(
        measure=measure,
        chosen=options[choice.chosen],
        everything=choice.everything,
        unknowns=tuple(known[:top]),
        tornado={
            option: tuple(sorted(of, key=lambda bar: -bar.swing)) for option, of in bars.items()
        },
        notes=tuple(notes),
    )


@frozen
class _Moving:
    """How one unknown alone moves what options are worth on average, from their means.

    ends   : option's place -> how far it moves
    values : makes option's place -> (draw,) how far; where the ends say enough it is not asked
    """

    key: str
    title: str
    ends: Mapping[int, Ends]
    values: Callable[[], Mapping[int, Floats]]
    exact: bool = True

    @classmethod
    def by(cls, key: str, title: str, moved: Mapping[int, Floats], *, exact: bool) -> _Moving:
        ends = {}
        for place, of in moved.items():
            p10, p90 = np.percentile(of, (10, 90))
            ends[place] = Ends(float(p10), float(p90), float(of.min()), float(of.max()))
        return cls(key, title, ends, lambda: moved, exact)


@frozen
class _Choice:
    """The choice as it stands: what options are worth on average, and which is worth most."""

    means: Floats
    chosen: int
    everything: float

    @classmethod
    def of(cls, values: Floats) -> _Choice:
        means: Floats = values.mean(axis=1)
        chosen = int(np.argmax(means))
        return cls(means, chosen, float(values.max(axis=0).mean() - means[chosen]))

    def knowing(self, moving: _Moving) -> Knowing:
        """Return what an unknown is worth: choose in each future by what it says alone."""
        others = np.delete(self.means, list(moving.ends))
        best_other = float(others.max()) if len(others) else -np.inf
        most = max(best_other, *(self.means[at] + of.most for at, of in moving.ends.items()))
        least = self.means[self.chosen]
        if self.chosen in moving.ends:
            least += moving.ends[self.chosen].least
        elif most <= least:  # no other option ever passes the one chosen
            return Knowing(moving.key, moving.title, 0.0, 0.0, moving.exact)
        if list(moving.ends) == [self.chosen] and least >= best_other:
            return Knowing(moving.key, moving.title, 0.0, 0.0, moving.exact)
        moved = moving.values()
        said = {place: self.means[place] + of for place, of in moved.items()}
        best = np.maximum.reduce(
            [*said.values(), np.full_like(next(iter(said.values())), best_other)]
        )
        gained = best - said.get(self.chosen, self.means[self.chosen])
        # A curve fitted to chance promises a little more than there is; nothing passes everything.
        worth = min(max(float(gained.mean()), 0.0), self.everything)
        return Knowing(moving.key, moving.title, worth, float((gained > TINY).mean()), moving.exact)


def _moving(done: Futures, measure: str, values: Floats) -> Iterator[_Moving]:
    """Yield each unknown that moves an option."""
    places = {key: place for place, key in enumerate(done.costing.options)}
    number = list(done.values).index(measure)
    drawing = done.drawing
    follow: dict[str, list[LineFutures]] = {key: [] for key in done.unknowns}
    for one in done.lines:
        for unknown in one.moved_by:
            follow[unknown.key].append(one)
    in_deals = {follows.driver for payment in done.payments for follows in payment.follows.values()}
    for key, unknown in done.unknowns.items():
        lines = follow[key]
        if key in drawing.together or key in in_deals:
            summary = drawing.of(unknown).mean(axis=0)
            yield _Moving.by(key, unknown.title, _fitted(summary, values), exact=False)
        elif len(lines) == 1 and len(lines[0].moved_by) == 1:
            yield _of_one_line(done, drawing, lines[0], unknown, number)
        elif lines:
            moved: dict[int, Floats] = {}
            for one in lines:
                place = places[one.line.option]
                moved[place] = moved.get(place, 0.0) + _alone(drawing, one, unknown, number)
            yield _Moving.by(key, unknown.title, moved, exact=True)
    for payment in done.payments:
        paid = payment_futures(payment, done.costing, drawing)
        place = places[payment.option]
        for fact, summary in paid.facts.items():
            title = f"{payment.deal.facts[fact].title} ({done.costing.options[payment.option]})"
            moved = {place: _fitted(summary, values[place : place + 1])[0]}
            yield _Moving.by(f"{payment.option}.{fact}", title, moved, exact=False)


def _of_one_line(
    done: Futures, drawing: Drawing, one: LineFutures, unknown: Unknown, number: int
) -> _Moving:
    """Return how an unknown that moves one line alone does so: by that line's own futures."""
    place = list(done.costing.options).index(one.line.option)
    again = line_futures(drawing, done.costing, one.line, tuple(done.values))
    of = again.drawn[number]
    return _Moving(
        unknown.key,
        unknown.title,
        {place: ends_of(drawing, again, number)},
        lambda: {place: np.asarray(of - of.mean())},
    )


def _alone(drawing: Drawing, one: LineFutures, unknown: Unknown, number: int) -> Floats:
    """Return (draw,) how a line moves with one unknown, the others at their means."""
    of_year: Any = one.of_year[number]
    rows: Any = drawing.of(unknown)
    for other in one.moved_by:
        if other.key != unknown.key:
            of_year = of_year * drawing.of(other).mean(axis=1)
    alone = of_year @ rows if len(rows) > 1 else of_year.sum() * rows[0]
    return np.asarray(alone - alone.mean())


def _fitted(summary: Floats, values: Floats) -> dict[int, Floats]:
    """Return how each option moves with an unknown, by a curve fitted to the futures.

    summary : (draw,) the unknown, its mean over years
    """
    spread = summary.std()
    if not spread:
        return {place: np.zeros(len(summary)) for place in range(len(values))}
    at = np.clip((summary - summary.mean()) / spread, -WITHIN, WITHIN) / WITHIN
    basis = np.polynomial.chebyshev.chebvander(at, POWERS)
    fitted, *_ = np.linalg.lstsq(basis, values.T, rcond=None)
    curves = basis @ fitted
    return {place: curves[:, place] - curves[:, place].mean() for place in range(len(values))}


@frozen
class Choice:
    """What drawing once, or afresh each year, does to an option's spread.

    once, yearly : its standard deviation if all unknowns were drawn so, over what it is
    """

    option: str
    name: str
    once: float
    yearly: float


def choice_of_drawing(done: Futures, measure: str = SOCIETY_MEASURE) -> tuple[Choice, ...]:
    """Return how wide each option would be, were its unknowns all drawn once or all each year.

    From the moments of the distributions, correlations and deals apart; an option that nothing
    moves is left out.
    """
    number = list(done.values).index(measure)
    by_option: dict[str, list[LineFutures]] = {option: [] for option in done.costing.options}
    for one in done.lines:
        if one.moved_by:
            by_option[one.line.option].append(one)
    found = []
    for option, name in done.costing.options.items():
        moved: dict[str, Any] = {}
        for one in by_option[option]:
            for unknown in one.moved_by:
                others = [moments(o.distribution)[0] for o in one.moved_by if o is not unknown]
                more = one.of_year[number] * np.prod(others)
                moved[unknown.key] = moved.get(unknown.key, 0.0) + more
        once = yearly = now = 0.0
        for key, of in moved.items():
            unknown = done.unknowns[key]
            variance = moments(unknown.distribution)[1] ** 2
            if_once, if_yearly = variance * of.sum() ** 2, variance * (of**2).sum()
            once, yearly = once + if_once, yearly + if_yearly
            now += if_yearly if unknown.is_yearly else if_once
        if now:
            found.append(Choice(option, name, (once / now) ** 0.5, (yearly / now) ** 0.5))
    return tuple(found)


def choice_in_words(choices: tuple[Choice, ...], unknowns: Mapping[str, Unknown]) -> str:
    """Say what drawing once, or afresh each year, does to the spread."""
    if not choices:
        return "Nothing is uncertain, so every future is the same."
    yearly = sum(one.is_yearly for one in unknowns.values())
    once = len(unknowns) - yearly
    said = (
        f"{number_of(once, 'unknown is', 'unknowns are')} drawn once for all years and {yearly} "
        "afresh each year, when good and bad years cancel out: that understates the spread of "
        "what hangs together from year to year."
    )
    if yearly:
        said += f" Were all drawn once, the spread would be {_range([o.once for o in choices])}."
    if once:
        said += (
            f" Were all drawn afresh each year, it would be {_range([o.yearly for o in choices])}."
        )
    return said


def _range(ratios: list[float]) -> str:
    low, high = min(ratios), max(ratios)
    if f"{low:.1f}" == f"{high:.1f}":
        return f"{low:.1f} times as wide"
    return f"{low:.1f} to {high:.1f} times as wide"
