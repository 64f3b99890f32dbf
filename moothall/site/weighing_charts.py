"""Where do the marks of a weighing stand: one weight moved, and benefit against cost?

Both are lines over a measured width, drawn as every line chart is, with the table behind them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from string import ascii_uppercase

from moothall.appraisal.engine.frontier import Frontier, Point
from moothall.appraisal.engine.robustness import exactly
from moothall.appraisal.engine.sensitivity import Sweep
from moothall.site.charts import (
    Dot,
    Lines,
    Mark,
    Piece,
    Series,
    Tick,
    height_of,
    name_of,
    rules_for,
    share_of_width,
    steps,
)
from moothall.values.tables import Column, Kind, Table
from moothall.values.wording import listed, pounds_in_words

INSET = 0.07  # of the width, kept free at either end so that no mark is cut
TOLD_APART = 3  # lines of their own; the rest share the fourth
TENTH = Decimal("0.1")


def _across(part: float) -> str:
    return share_of_width(INSET + (1 - 2 * INSET) * part)


def _tick(label: str, part: float) -> Tick:
    anchor = "start" if part < 0.05 else "end" if part > 0.95 else "middle"
    return Tick(label, _across(part), anchor)


def _points(total: float) -> Decimal:
    return Decimal(total).quantize(TENTH, ROUND_HALF_UP)


def sweep_chart(sweep: Sweep, options: Mapping[str, str]) -> Lines:
    """Draw every option's total while one weight goes from nothing to all.

    options : key -> title
    """
    ends = [*sweep.at_none.values(), *sweep.at_all.values()]
    levels = steps(min(ends), max(ends))
    per_unit, zero = height_of(levels)

    def line(key: str) -> Piece:
        low, high = (round(zero - of[key] * per_unit, 1) for of in (sweep.at_none, sweep.at_all))
        return Piece(_across(0), low, _across(1), high)

    leading = dict.fromkeys(key for stretch in sweep.stretches for key in stretch.first)
    named = list(leading)[:TOLD_APART]
    rest = [key for key in options if key not in named]
    turns = [
        Dot(
            f"{listed(options[key] for key in after.first)} overtakes",
            exactly(after.starts),
            _across(after.starts),
            round(zero - sweep.total(after.first[0], after.starts) * per_unit, 1),
        )
        for after in sweep.stretches[1:]
    ]
    series = [
        Series(
            options[key],
            style,
            (line(key),),
            tuple(
                dot
                for dot, after in zip(turns, sweep.stretches[1:], strict=True)
                if key == after.first[0]
            ),
        )
        for style, key in enumerate(named, start=1)
    ]
    if rest:
        label = listed(options[key] for key in rest)
        series.append(Series(label, TOLD_APART + 1, tuple(map(line, rest)), ()))
    title = f"If {sweep.title} counted for more or less"
    return Lines(
        name=name_of(title),
        title=title,
        said=_said(sweep, options),
        series=tuple(series),
        rules=rules_for(levels, Kind.COUNT),
        ticks=tuple(_tick(f"{tenths * 10}%", tenths / 10) for tenths in range(0, 11, 2)),
        zero=round(zero, 1),
        table=Table(
            caption=title,
            columns=(
                Column("Option"),
                Column("It counts for nothing", Kind.COUNT),
                Column(f"For {exactly(sweep.now)}, as now", Kind.COUNT),
                Column("For everything", Kind.COUNT),
            ),
            rows=[
                (options[key], *(_points(sweep.total(key, at)) for at in (0.0, sweep.now, 1.0)))
                for key in options
            ],
            is_caption_quiet=True,
        ),
        marks=(Mark(_across(sweep.now), f"Now: {exactly(sweep.now)}"),),
    )


def _said(sweep: Sweep, options: Mapping[str, str]) -> str:
    *before, last = sweep.stretches
    told = [
        f"{listed(options[key] for key in one.first)} is first up to {exactly(one.ends)}"
        for one in before
    ]
    first = listed(options[key] for key in last.first)
    order = f"{', then '.join(told)}, and {first} beyond" if told else f"{first} is always first"
    return f"{order}. It counts for {exactly(sweep.now)} now, the upright line."


def _along(lowest: float, highest: float) -> tuple[float, ...]:
    """Round costs from at or below the lowest to at or above the highest; seldom from nothing."""
    step = steps(0, highest - lowest or abs(highest) or 1.0)[1]
    first, last = math.floor(lowest / step + 1e-9), math.ceil(highest / step - 1e-9)
    return tuple(step * n for n in range(first, max(last, first + 1) + 1))


def frontier_chart(frontier: Frontier, options: Mapping[str, str]) -> Lines:
    """Draw each option's benefit against its cost, the best for their cost joined.

    options : key -> title
    """
    lettered = dict(zip((point.option for point in frontier.points), ascii_uppercase, strict=False))
    costs = [float(point.cost.gbp) for point in frontier.points] or [0.0]
    along = _along(min(costs), max(costs))
    levels = steps(0, max([100.0, *(point.benefit for point in frontier.points)]))
    per_unit, zero = height_of(levels)
    width = along[-1] - along[0]

    def dots(points: Iterable[Point]) -> tuple[Dot, ...]:
        return tuple(
            Dot(
                options[point.option],
                f"{_points(point.benefit)} points for {pounds_in_words(point.cost)}",
                _across((float(point.cost.gbp) - along[0]) / width),
                round(zero - point.benefit * per_unit, 1),
                lettered.get(point.option, ""),
            )
            for point in points
        )

    best = dots(point for point in frontier.points if point.is_on_frontier)
    rest = dots(point for point in frontier.points if not point.is_on_frontier)
    joined = tuple(Piece(one.x, one.y, other.x, other.y) for one, other in pairwise(best))
    series = [Series("No option is both cheaper and better", 1, joined, best)]
    if rest:
        series.append(Series("Another is", 2, (), rest))
    title = "Benefit against cost"
    names = listed(options[key] for key in frontier.options) if frontier.options else ""
    return Lines(
        name=name_of(title),
        title=title,
        said=(
            f"No option is both cheaper and better than {names}. Costs are drawn from "
            f"{pounds_in_words(Decimal(str(round(along[0], 6))))}."
            if names
            else "No option has a cost yet."
        ),
        series=tuple(series),
        rules=rules_for(levels, Kind.COUNT),
        ticks=tuple(
            _tick(pounds_in_words(Decimal(str(round(at, 6)))), (at - along[0]) / width)
            for at in along
        )
        if names
        else (),
        zero=round(zero, 1),
        table=Table(
            caption=title,
            columns=(
                Column("Option"),
                Column("Cost", Kind.POUNDS),
                Column("Benefit, 0 to 100", Kind.COUNT),
                Column("Cheaper and no worse, or better and no dearer"),
            ),
            rows=[
                (
                    " ".join((lettered.get(point.option, ""), options[point.option])).strip(),
                    point.cost,
                    _points(point.benefit),
                    listed(options[key] for key in point.beaten_by) if point.beaten_by else "None",
                )
                for point in frontier.points
            ],
            is_caption_quiet=True,
        ),
    )
