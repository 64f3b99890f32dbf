"""Where do the marks of a deal's charts stand: a fan by year, a tornado, a waterfall?

As in `charts`: places across are percentages, places down are pixels, and each chart carries a
sentence and the table behind it. Amounts are estimates, shown in whole pounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from attrs import frozen

from moothall.site import charts
from moothall.site.charts import Rule, Tick, height_of, rules_for, share_of_width, steps, ticks_for
from moothall.values import wording
from moothall.values.tables import Column, Kind, Table

ROW, LABEL = 44, 18  # pixels down for a bar with its label above it
WIDEST_FACTS = 8


@frozen
class Range:
    """A year's futures: a bar from P5 to P95, a mark at P50."""

    label: str
    shown: str
    x: str
    width: str
    y: float
    height: float
    middle: float


@frozen
class Fan:
    name: str
    title: str
    said: str
    ranges: tuple[Range, ...]
    rules: tuple[Rule, ...]
    ticks: tuple[Tick, ...]
    zero: float
    table: Table
    height: int = charts.HEIGHT
    labels_y: int = charts.HEIGHT - 6

    @property
    def zero_text_y(self) -> float:
        return self.zero + 4


@frozen
class Across:
    """A bar across: of a fact from its bad to its good end, or of a payment."""

    label: str
    shown: str
    x: str
    width: str
    y: int
    label_y: int
    is_negative: bool = False
    is_total: bool = False


@frozen
class Bars:
    """Bars across, one below another."""

    name: str
    title: str
    said: str
    bars: tuple[Across, ...]
    line: str  # x of the line they are measured from
    height: int
    table: Table


def fan(rows: Sequence[tuple[str, Decimal, Decimal, Decimal]], *, title: str) -> Fan:
    """Draw (year, P5, P50, P95) of each financial year."""
    sizes = [float(value) for _, *values in rows for value in values] or [0.0]
    levels = steps(min(sizes), max(sizes))
    per_unit, zero = height_of(levels)
    each = 1 / max(len(rows), 1)
    ranges = tuple(
        Range(
            label=year,
            shown=f"{_pounds(p50)}; from {_pounds(p5)} to {_pounds(p95)} in nine futures of ten",
            x=share_of_width((place + 0.2) * each),
            width=share_of_width(0.6 * each),
            y=round(zero - float(p95) * per_unit, 1),
            height=max(round(float(p95 - p5) * per_unit, 1), 2.0),
            middle=round(zero - float(p50) * per_unit, 1),
        )
        for place, (year, p5, p50, p95) in enumerate(rows)
    )
    widest = max(rows, key=lambda row: row[3] - row[1], default=None)
    said = (
        f"The bars hold nine futures of ten, the marks the middle one. Widest in {widest[0]}: from "
        f"{_pounds(widest[1])} to {_pounds(widest[3])}."
        if widest
        else "There are no years to show."
    )
    return Fan(
        name=charts.name_of(title),
        title=title,
        said=said,
        ranges=ranges,
        rules=rules_for(levels, Kind.POUNDS),
        ticks=ticks_for([row[0] for row in rows]),
        zero=round(zero, 1),
        table=Table(
            caption=title,
            columns=(
                Column("Financial year"),
                Column("P5", Kind.ESTIMATE),
                Column("P50", Kind.ESTIMATE),
                Column("P95", Kind.ESTIMATE),
            ),
            rows=[tuple(row) for row in rows],
            is_caption_quiet=True,
        ),
    )


def tornado(rows: Sequence[tuple[str, Decimal, Decimal]], *, title: str) -> Bars:
    """Draw (fact, result at its P10, at its P90), the widest first."""
    shown = [row for row in rows[:WIDEST_FACTS] if row[1] != row[2]]
    ends = [float(value) for _, *values in shown for value in values] or [0.0, 1.0]
    place = _places(min(ends), max(ends))
    middle = (ends[0] + ends[1]) / 2
    bars = tuple(
        Across(
            label=fact,
            shown=f"{_pounds(low)} at its P10, {_pounds(high)} at its P90",
            x=place(float(min(low, high))),
            width=_width(min(ends), max(ends), float(abs(high - low))),
            y=row * ROW + LABEL + 6,
            label_y=row * ROW + LABEL,
            is_negative=high < low,
        )
        for row, (fact, low, high) in enumerate(shown)
    )
    said = (
        f"{shown[0][0]} moves it most: from {_pounds(min(shown[0][1:]))} to "
        f"{_pounds(max(shown[0][1:]))}."
        if shown
        else "No fact moves it: nothing is uncertain."
    )
    columns = (
        Column("Fact"),
        Column("Result at its P10", Kind.ESTIMATE),
        Column("Result at its P90", Kind.ESTIMATE),
    )
    return Bars(
        name=charts.name_of(title),
        title=title,
        said=said,
        bars=bars,
        line=place(middle),
        height=len(bars) * ROW + 8,
        table=Table(
            caption=title, columns=columns, rows=[tuple(row) for row in rows], is_caption_quiet=True
        ),
    )


def waterfall(rows: Sequence[tuple[str, Decimal]], *, title: str) -> Bars:
    """Draw (payment, what it adds), one after another, and what they come to."""
    running, levels = Decimal(0), [0.0]
    for _, gbp in rows:
        running += gbp
        levels.append(float(running))
    place = _places(min(levels), max(levels))
    low, high = min(levels), max(levels)
    bars = [
        Across(
            label=label,
            shown=_pounds(gbp),
            x=place(min(levels[row], levels[row + 1])),
            width=_width(low, high, abs(float(gbp))),
            y=row * ROW + LABEL + 6,
            label_y=row * ROW + LABEL,
            is_negative=gbp < 0,
        )
        for row, (label, gbp) in enumerate(rows)
    ]
    bars.append(
        Across(
            label="Expected result",
            shown=_pounds(running),
            x=place(min(0.0, float(running))),
            width=_width(low, high, abs(float(running))),
            y=len(rows) * ROW + LABEL + 6,
            label_y=len(rows) * ROW + LABEL,
            is_negative=running < 0,
            is_total=True,
        )
    )
    return Bars(
        name=charts.name_of(title),
        title=title,
        said=f"The payments add up to an expected result of {_pounds(running)}.",
        bars=tuple(bars),
        line=place(0.0),
        height=len(bars) * ROW + 8,
        table=Table(
            caption=title,
            columns=(Column("Through"), Column("Adds", Kind.ESTIMATE)),
            rows=[*rows, ("Expected result", running)],
            is_caption_quiet=True,
        ),
    )


def _places(low: float, high: float) -> Callable[[float], str]:
    span = (high - low) or 1.0
    return lambda value: share_of_width((value - low) / span)


def _width(low: float, high: float, size: float) -> str:
    return share_of_width(max(size / ((high - low) or 1.0), 0.004))


def _pounds(amount: Decimal) -> str:
    return wording.pounds_in_words(amount)
