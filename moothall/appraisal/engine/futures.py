"""How may each option turn out? Many futures of every uncertain line, the same for all options.

In results a benefit is above nought and a cost below, in GBP, real and discounted. They are floats:
estimates, never ledger money. Lines that nothing makes uncertain are the same in every future.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import field, frozen

from moothall.appraisal.engine.cost_lines import COUNCIL, CostLine
from moothall.appraisal.engine.costing import Costing
from moothall.appraisal.engine.economic_case import why_not_economic
from moothall.appraisal.engine.payments import Payment, payment_futures
from moothall.appraisal.engine.unknowns import (
    Drawing,
    Floats,
    Kept,
    Unknown,
    factors_of,
    said_of_drawing,
    unknowns_of,
)
from moothall.appraisal.engine.views import flow, public_bodies
from moothall.deals.fairness import about

SOCIETY_MEASURE, PUBLIC_MEASURE = "society", "public_sector"
MEASURES = (SOCIETY_MEASURE, COUNCIL, PUBLIC_MEASURE)
PERCENTILES = (10, 20, 50, 80, 90)
DRAWS = 10_000
LOPSIDED, CHANCE = 0.005, 4.0  # a share of what is stated; standard errors of a mean


class CannotDraw(ValueError):
    """The futures of an appraisal cannot be drawn. The message says what stops it."""


@frozen
class LineFutures:
    """What a line comes to in each future, by measure. GBP, real, discounted.

    of_year  : (measure, year) as stated, each year discounted
    moved_by : the unknowns that it is multiplied by
    values   : (measure, draw); None where nothing is uncertain
    """

    line: CostLine
    of_year: Floats
    moved_by: tuple[Unknown, ...] = ()
    values: Floats | None = None

    @property
    def drawn(self) -> Floats:
        """Its futures; of a line that nothing makes uncertain, one that stands for all."""
        return self.of_year.sum(axis=1, keepdims=True) if self.values is None else self.values


@frozen
class Spread:
    """How one option spreads over futures, by one measure. GBP, real, present values.

    percentiles        : P10 is not reached in 10% of futures; of a cost, P10 is a bad end
    below_nought       : chance that it is worth less than nothing
    best               : chance that no other option is worth more; a tie is shared
    """

    option: str
    name: str
    mean: float
    deviation: float
    percentiles: Mapping[str, float]
    below_nought: float
    best: float


@frozen
class Futures:
    """What was drawn of a costing.

    values : measure -> (option, draw), options in the order of the costing
    lines  : what each line is worth and is moved by, without its futures
    """

    costing: Costing
    seed: int
    draws: int
    values: Mapping[str, Floats]
    unknowns: Mapping[str, Unknown]
    lines: tuple[LineFutures, ...] = field(factory=tuple, repr=False)
    payments: tuple[Payment, ...] = ()
    notes: tuple[str, ...] = ()
    kept: Kept = field(factory=Kept, repr=False, eq=False)

    @property
    def drawing(self) -> Drawing:
        return drawing_of(self.costing, self.unknowns, self.seed, self.draws, self.kept)

    def spreads(self, measure: str = SOCIETY_MEASURE) -> tuple[Spread, ...]:
        """Return how each option spreads, in the order of the costing."""
        values = self.values[measure]
        ends = np.percentile(values, PERCENTILES, axis=1)
        best = best_shares(values)
        return tuple(
            Spread(
                option=key,
                name=name,
                mean=float(values[place].mean()),
                deviation=float(values[place].std()),
                percentiles={
                    f"p{share}": float(end)
                    for share, end in zip(PERCENTILES, ends[:, place], strict=True)
                },
                below_nought=float((values[place] < 0).mean()),
                best=float(best[place]),
            )
            for place, (key, name) in enumerate(self.costing.options.items())
        )


def best_shares(values: Floats) -> Floats:
    """Return (option,) chances that none is worth more; those that tie share a future."""
    is_best = values == values.max(axis=0)
    shares: Floats = (is_best / is_best.sum(axis=0)).mean(axis=1)
    return shares


def futures(
    costing: Costing,
    *,
    seed: int,
    draws: int = DRAWS,
    measures: Sequence[str] = MEASURES,
    payments: Sequence[Payment] = (),
    kept: Kept | None = None,
) -> Futures:
    """Draw futures of every option, the same for all of them.

    payments : deals by which options are paid for, drawn on the same futures
    kept     : of an earlier call: what did not change is not drawn again

    :raises CannotDraw: when there is nothing to draw.
    """
    if draws < 1:
        raise CannotDraw(f"{draws} futures say nothing. Ask for at least one, or for {DRAWS:,}.")
    if seed < 0:
        raise CannotDraw(f"A seed is a whole number from 0 on, not {seed}.")
    if not costing.options:
        raise CannotDraw("There is no option to draw futures of. Add one.")
    kept = Kept() if kept is None else kept
    unknowns = unknowns_of(costing)
    drawing = drawing_of(costing, unknowns, seed, draws, kept)
    places = {key: place for place, key in enumerate(costing.options)}
    shape = (len(measures), len(costing.options), draws)
    values = np.zeros(shape)
    lines = []
    for line in costing.lines:
        of_option = values[:, places[line.option]]
        found = line_futures(drawing, costing, line, measures)
        of_option += found.drawn
        lines.append(LineFutures(line, found.of_year, found.moved_by))
    notes = [said_of_drawing(unknowns)] if unknowns else []
    notes += _lopsided(costing, lines, dict(zip(measures, values, strict=True)))
    for payment in payments:
        paid = payment_futures(payment, costing, drawing)
        notes += paid.notes
        for number, measure in enumerate(measures):
            for body, worth in paid.worth.items():
                if _counts(costing, measure, body):
                    values[number, places[payment.option]] += worth
    return Futures(
        costing=costing,
        seed=seed,
        draws=draws,
        values=dict(zip(measures, values, strict=True)),
        unknowns=unknowns,
        lines=tuple(lines),
        payments=tuple(payments),
        notes=tuple(notes),
        kept=kept,
    )


def _lopsided(
    costing: Costing, lines: Sequence[LineFutures], values: Mapping[str, Floats]
) -> Iterator[str]:
    """Yield where options turn out on average otherwise than as stated, as tables hold them."""
    measure, of = next(iter(values.items()))
    places = {key: place for place, key in enumerate(costing.options)}
    stated = np.zeros(len(places))
    for one in lines:
        stated[places[one.line.option]] += one.of_year[0].sum()
    for key, place in places.items():
        mean = float(of[place].mean())
        spread = float(of[place].std())
        if abs(mean - stated[place]) > max(
            LOPSIDED * abs(stated[place]), CHANCE * spread / of.shape[1] ** 0.5
        ):
            yield (
                f"{costing.options[key]} is worth {about(mean)} on average over futures, and "
                f"{about(stated[place])} as stated: its spreads are lopsided, or their middles are "
                f"not 1 ({measure.replace('_', ' ')})."
            )


def drawing_of(
    costing: Costing, unknowns: Mapping[str, Unknown], seed: int, draws: int, kept: Kept
) -> Drawing:
    return Drawing(unknowns, costing.frame.years, seed, draws, costing.correlations, kept)


def _counts(costing: Costing, measure: str, body: str) -> bool:
    """Whether what a body is paid counts in a measure; to society all bodies' flows count."""
    if measure == SOCIETY_MEASURE:
        return True
    if measure == PUBLIC_MEASURE:
        return costing.bodies[body].is_public
    return body == measure


def weights(costing: Costing, line: CostLine, measures: Sequence[str]) -> Floats:
    """Return (measure, year) what a line is worth as stated. GBP, real, discounted."""
    amounts = map(float, costing.real(line))
    real = np.fromiter(amounts, np.float64, costing.frame.years) * costing.frame.discount
    found = np.zeros((len(measures), len(real)))
    for place, measure in enumerate(measures):
        if measure == SOCIETY_MEASURE:
            if not why_not_economic(line):
                found[place] = line.sign * real
                if line.optimism_bias:
                    found[place] -= float(line.optimism_bias) * abs(real)
        else:
            bodies = public_bodies(costing) if measure == PUBLIC_MEASURE else (measure,)
            found[place] = sum(flow(line, body) for body in bodies) * real
    return found


def line_futures(
    drawing: Drawing, costing: Costing, line: CostLine, measures: Sequence[str]
) -> LineFutures:
    """Return what a line comes to in each future; what is kept of it is not drawn again."""
    of_year = weights(costing, line, measures)
    moved_by = factors_of(line, drawing.unknowns)
    if not moved_by or not of_year.any():
        return LineFutures(line, of_year)
    values: Floats = drawing.kept.get(
        ("line", *_content(drawing, of_year, moved_by)),
        lambda: _drawn(drawing, of_year, moved_by),
        lambda made: made.nbytes,
    )
    return LineFutures(line, of_year, moved_by, values)


def _content(drawing: Drawing, of_year: Floats, moved_by: tuple[Unknown, ...]) -> tuple[Any, ...]:
    """Return what the futures of a line follow from: the same content is the same futures."""
    return (
        drawing.seed,
        drawing.draws,
        of_year.shape,
        of_year.tobytes(),
        tuple(drawing.content(one) for one in moved_by),
    )


@frozen
class Ends:
    """How far one line, alone uncertain, moves its option from its mean. GBP."""

    p10: float
    p90: float
    least: float
    most: float


def ends_of(drawing: Drawing, found: LineFutures, place: int) -> Ends:
    """Return how far a line moves by one measure, by its place; kept like its futures."""

    def made() -> Ends:
        values = found.drawn[place] - found.drawn[place].mean()
        p10, p90 = np.percentile(values, (10, 90))
        return Ends(float(p10), float(p90), float(values.min()), float(values.max()))

    key = ("ends", place, *_content(drawing, found.of_year, found.moved_by))
    ends: Ends = drawing.kept.get(key, made, lambda _: 100)
    return ends


def _drawn(drawing: Drawing, of_year: Floats, moved_by: tuple[Unknown, ...]) -> Floats:
    alone = moved_by[0] if len(moved_by) == 1 else None
    if alone is not None and alone.option is not None and alone.key not in drawing.together:
        # Nothing else follows a line's own unknown: its factors are summed where they are drawn.
        return drawing.weighed(alone, of_year)
    rows: Any = 1.0
    for unknown in moved_by:
        rows = rows * drawing.of(unknown)
    if len(rows) == 1:
        return np.asarray(of_year.sum(axis=1, keepdims=True) * rows)
    return np.asarray(of_year @ rows)
