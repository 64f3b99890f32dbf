"""What do the scores and weights of an appraisal come to? One answer out of all that weighs.

An option with an unknown score takes no place: what its total may come to is a range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from attrs import evolve, frozen

from moothall.appraisal.engine.acceptability import Acceptability, acceptability, all_weights
from moothall.appraisal.engine.appraisal import Appraisal
from moothall.appraisal.engine.criteria import (
    CannotWeigh,
    Criterion,
    Floats,
    Scale,
    Scores,
    notes_on,
    refuse_costed,
    scored,
)
from moothall.appraisal.engine.frontier import Frontier, frontier
from moothall.appraisal.engine.methods import METHODS
from moothall.appraisal.engine.sensitivity import least_to_lead
from moothall.appraisal.engine.weighing import Weighing, weighing
from moothall.appraisal.engine.weights import Weighting, together
from moothall.deals.wording import in_sentence
from moothall.values.money import Money
from moothall.values.wording import listed

SAME = 1e-9


@frozen(eq=False)
class Weighed:
    """Options' scores, weighed: by those who weigh, and over all weights there are.

    scores   : of the options of the shortlist whose every score is known
    weighing : what weighers say, and how far it holds; None while nobody has weighed
    over_all : places over all possible weights
    ranges   : option -> least and most that its total may come to by everybody's weights; the
               same where every score is known
    notes    : what to look at before anyone relies on it
    """

    scores: Scores
    weighing: Weighing | None
    over_all: Acceptability
    ranges: Mapping[str, tuple[float, float]]
    notes: tuple[str, ...]

    def score(self, option: str) -> float | None:
        """An option's total, 0 to 100; None where a score is unknown or nobody weighs."""
        return None if self.weighing is None else self.weighing.order.totals.get(option)

    def rank(self, option: str) -> int | None:
        return None if self.weighing is None else self.weighing.order.by_weights.get(option)

    def first_probability(self, option: str) -> float | None:
        """Over all weights there are, the share in which an option comes first."""
        keys = tuple(self.scores.options)
        return float(self.over_all.first[keys.index(option)]) if option in keys else None

    def may_be_first(self) -> tuple[str, ...]:
        """The options that may come first, whatever the unknown scores turn out to be."""
        return _leading(self.ranges)

    def against_cost(self, costs: Mapping[str, Money]) -> Frontier | None:
        """Benefit against cost, of the options whose both are known; None while nobody weighs."""
        return None if self.weighing is None else frontier(self.weighing.order.totals, costs)


@frozen
class _Known:
    """What can be weighed of a shortlist: criteria that anybody scored, options wholly scored."""

    criteria: tuple[Criterion, ...]
    titles: Mapping[str, str]
    figures: Mapping[str, Mapping[str, float | None]]
    known: Mapping[str, str]
    weightings: tuple[Weighting, ...]

    def scores(self) -> Scores:
        return scored(self.criteria, self.known, {key: self.figures[key] for key in self.known})

    def with_unknown(self) -> Scores:
        """Every option of the shortlist; what nobody knows is not a number."""
        return scored(self.criteria, self.titles, self.figures)


def weighed(
    appraisal: Appraisal, shortlist: tuple[str, ...], *, draws: int, seed: int
) -> Weighed | str:
    """Return what scores and weights come to; or, as a sentence, why they come to nothing yet."""
    found = _known(appraisal, shortlist)
    if isinstance(found, str):
        return found
    try:
        refuse_costed(found.criteria, {line.key: line.title for line in appraisal.lines})
        scores = found.scores()
        made = None
        if found.weightings:
            made = weighing(scores, found.weightings, draws=draws, seed=seed)
        drawn = all_weights(len(found.criteria), draws, seed)
        weights = None if made is None else np.array(list(made.order.weights.values()))
        return Weighed(
            scores=scores,
            weighing=made,
            over_all=made.over_all if made else acceptability(METHODS[0], scores.values, drawn),
            ranges={} if weights is None else dict(_ranges(found.with_unknown(), weights)),
            notes=tuple(_notes(appraisal, scores, found, made)),
        )
    except CannotWeigh as refusal:
        return str(refusal)


def may_be_first(appraisal: Appraisal, shortlist: tuple[str, ...]) -> tuple[str, ...]:
    """Return who may come first by everybody's weights; nobody where nothing can be weighed."""
    found = _known(appraisal, shortlist)
    if isinstance(found, str) or not found.weightings:
        return ()
    try:
        everything = found.with_unknown()
        weights = together(found.weightings, everything).mean(axis=0)
        return _leading(dict(_ranges(everything, weights)))
    except CannotWeigh:
        return ()


def _leading(ranges: Mapping[str, tuple[float, float]]) -> tuple[str, ...]:
    best = max((least for least, _ in ranges.values()), default=0.0)
    return tuple(key for key, (_, most) in ranges.items() if most >= best - SAME)


def _known(appraisal: Appraisal, shortlist: tuple[str, ...]) -> _Known | str:
    if not appraisal.criteria:
        return "There are no criteria yet. Add what options are judged by, besides their cost."
    figures: dict[str, dict[str, float | None]] = {key: {} for key in shortlist}
    for score in appraisal.scores:
        if score.option in figures:
            value = None if score.value is None else float(score.value)
            figures[score.option][score.criterion] = value
    criteria = tuple(
        one
        for one in appraisal.criteria
        if any(row.get(one.key) is not None for row in figures.values())
    )
    if not criteria:
        return "No option has a score yet. Score the options of the shortlist."
    titles = {key: appraisal.options[key].name for key in shortlist}
    known = {
        key: title
        for key, title in titles.items()
        if all(figures[key].get(one.key) is not None for one in criteria)
    }
    if len(known) < 2:
        return (
            "Fewer than two options have all their scores, so none can be put before another. "
            "Fill in what is not known."
        )
    kept = {one.key for one in criteria}
    of_kept = {
        key: {criterion: value for criterion, value in row.items() if criterion in kept}
        for key, row in figures.items()
    }
    return _Known(criteria, titles, of_kept, known, tuple(_counting(appraisal, criteria)))


def _counting(appraisal: Appraisal, criteria: tuple[Criterion, ...]) -> Iterator[Weighting]:
    """Weightings, each without the swings of criteria that nobody scored; empty ones left out."""
    kept = {one.key for one in criteria}
    for one in appraisal.weightings:
        swings = tuple(swing for swing in one.swings if swing.criterion in kept)
        if any(swing.points > 0 for swing in swings):
            yield evolve(one, swings=swings)


def _ranges(scores: Scores, weights: Floats) -> Iterator[tuple[str, tuple[float, float]]]:
    """The least and the most of each total: an unknown score is worth from 0 to 100."""
    unknown, values = np.isnan(scores.values), scores.values
    least = np.where(unknown, 0.0, values) @ weights
    most = np.where(unknown, 100.0, values) @ weights
    yield from zip(
        scores.options, zip(map(float, least), map(float, most), strict=True), strict=True
    )


def _what_it_takes(found: _Known, made: Weighing, option: str, lacking: Criterion) -> str:
    """Say which value of an option's one unknown score would put it first."""
    every = scored(found.criteria, dict(found.titles), found.figures)
    weights = np.array(list(made.order.weights.values()))
    title, on = found.titles[option], lacking.in_sentence()
    least = least_to_lead(every, weights, option, lacking.key)
    if least is None:
        return f"Not even 100 of 100 for {on} would put {title} first, by everybody's weights."
    if least == 0:
        return f"{title} comes first whatever it does on {on}, by everybody's weights."
    return f"{title} comes first with {least:.1f} of 100 or more for {on}, by everybody's weights."


def _notes(
    appraisal: Appraisal, scores: Scores, found: _Known, made: Weighing | None
) -> Iterator[str]:
    kept = {one.key for one in scores.criteria}
    for criterion in appraisal.criteria:
        if criterion.key not in kept:
            yield (
                f"No option has a score for {criterion.in_sentence()}, so it counts for nothing "
                "here. Score it, or drop it."
            )
    for key, title in found.titles.items():
        if key not in found.known:
            lacks = [one for one in scores.criteria if found.figures[key].get(one.key) is None]
            names = listed(in_sentence(one.title) for one in lacks)
            yield f"{title} takes no place: nobody knows how it does on {names}."
            if made is not None and len(lacks) == 1 and lacks[0].scale is Scale.GLOBAL:
                yield _what_it_takes(found, made, key, lacks[0])
    if made is not None:
        yield from (one.sentence for one in made.ask_again)
    for weighting in found.weightings:
        if weighting.interests is None:
            yield (
                f"{weighting.title} has not said whether they have an interest in an option. Ask: "
                "would they be employed by one, own a part of one, or sit on its board?"
            )
    yield from notes_on(scores) if made is None else made.notes
