"""Where does each mark of a chart stand, and what does the chart say in words?

Charts are drawn by the server as SVG that fits any width: places across are percentages, places
down are pixels, so that lettering keeps its size on a narrow screen and on paper. No script and
no style attribute is needed. Each chart carries a sentence and the table behind it.

A row is (label, value) or (label, value, url); a value of None is a gap: not published, not zero.
Amounts come as exact decimals, and only the places of marks are floats.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.values import wording
from moothall.values.money import Money
from moothall.values.tables import Column, Kind, Table

HEIGHT, TOP, FOOT = 260, 12, 28
LABELS_ACROSS = 6  # every second one gives way on a narrow screen
Amount = Decimal | int | None
Label = str | date


@frozen
class Bar:
    label: str
    shown: str
    share: str
    x: str
    width: str
    url: str = ""
    is_negative: bool = False


@frozen
class Bars:
    """A list of bars: a table whose amounts can be compared at a glance."""

    name: str
    title: str
    said: str
    label_heading: str
    value_heading: str
    bars: tuple[Bar, ...]
    has_shares: bool
    has_negative: bool
    zero: str
    table: Table


@frozen
class Rule:
    """A level line and its label."""

    label: str
    y: float
    text_y: float


@frozen
class Tick:
    label: str
    x: str
    anchor: str


@frozen
class ColumnMark:
    label: str
    shown: str
    x: str
    width: str
    y: float
    height: float
    is_negative: bool
    is_unknown: bool


@frozen
class Columns:
    """One column per month, or per whatever the labels are, in their order."""

    name: str
    title: str
    said: str
    columns: tuple[ColumnMark, ...]
    rules: tuple[Rule, ...]
    ticks: tuple[Tick, ...]
    zero: float
    table: Table
    height: int = HEIGHT
    top: int = TOP
    depth: int = HEIGHT - TOP - FOOT
    labels_y: int = HEIGHT - 6

    @property
    def zero_text_y(self) -> float:
        return self.zero + 4


@frozen
class Piece:
    x1: str
    y1: float
    x2: str
    y2: float


@frozen
class Dot:
    """A point of a line; `letter` stands beside it where its name is in the table."""

    label: str
    shown: str
    x: str
    y: float
    letter: str = ""


@frozen
class Mark:
    """An upright line at a place across, and what stands there."""

    x: str
    label: str


@frozen
class Series:
    label: str
    style: int
    pieces: tuple[Piece, ...]
    dots: tuple[Dot, ...]


@frozen
class Lines:
    """Up to four series over the same labels."""

    name: str
    title: str
    said: str
    series: tuple[Series, ...]
    rules: tuple[Rule, ...]
    ticks: tuple[Tick, ...]
    zero: float
    table: Table
    height: int = HEIGHT
    labels_y: int = HEIGHT - 6
    marks: tuple[Mark, ...] = ()
    foot: int = HEIGHT - FOOT

    @property
    def zero_text_y(self) -> float:
        return self.zero + 4


def share_of_width(part: float) -> str:
    """A place across, as a percentage that SVG reads."""
    return f"{part * 100:.2f}%"


def words(label: Label) -> str:
    """A label as text: the first of a month is the month."""
    if isinstance(label, date):
        return wording.plain_month(label) if label.day == 1 else wording.plain_date(label)
    return label


def name_of(title: str) -> str:
    """A name for the marks of one chart, from its title."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "chart"


def plain(amount: Amount | Money) -> Amount:
    return amount.gbp if isinstance(amount, Money) else amount


def shown(amount: Amount, kind: Kind) -> str:
    if amount is None:
        return "not published"
    if kind is Kind.SHARE:
        return wording.percentage(Decimal(amount))
    return wording.pounds(amount) if kind is Kind.POUNDS else wording.whole_number(int(amount))


def steps(lowest: float, highest: float, about: int = 4) -> tuple[float, ...]:
    """Round levels from at or below `lowest` to at or above `highest`, zero among them."""
    lowest, highest = min(lowest, 0.0), max(highest, 0.0)
    if lowest == highest:
        return (0.0, 1.0)
    rough = (highest - lowest) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    first, last = math.floor(lowest / step + 1e-9), math.ceil(highest / step - 1e-9)
    return tuple(step * n for n in range(first, last + 1))


def height_of(levels: Sequence[float]) -> tuple[float, float]:
    """Pixels per unit, and the pixel row of zero."""
    per_unit = (HEIGHT - TOP - FOOT) / (levels[-1] - levels[0])
    return per_unit, TOP + levels[-1] * per_unit


def rules_for(levels: Sequence[float], kind: Kind) -> tuple[Rule, ...]:
    """The level lines, but for zero, whose line is drawn as the base."""
    per_unit, zero = height_of(levels)
    rules = []
    for level in levels:
        if level:
            y = round(zero - level * per_unit, 1)
            exactly = Decimal(str(round(level, 6)))
            label = (
                wording.pounds_in_words(exactly)
                if kind is Kind.POUNDS
                else f"{exactly.normalize():,f}"
            )
            rules.append(Rule(label, y, y + 4))
    return tuple(rules)


def ticks_for(labels: Sequence[Label]) -> tuple[Tick, ...]:
    """A few labels along the foot: Aprils where there are enough months, else evenly spread."""
    count = len(labels)
    if not count:
        return ()
    aprils = [i for i, day in enumerate(labels) if isinstance(day, date) and day.month == 4]
    if len(aprils) >= 2:
        chosen = aprils[:: math.ceil(len(aprils) / LABELS_ACROSS)]
    else:
        gap = max(1, math.ceil(count / LABELS_ACROSS))
        chosen = list(range(0, count, gap))
    ticks = []
    for i in chosen:
        label = labels[i]
        text = f"{label:%b %Y}" if isinstance(label, date) else label
        # Each label stands under its mark; the last of many end there, and stay in the picture.
        if count <= LABELS_ACROSS or i / count <= 0.9:
            ticks.append(Tick(text, share_of_width((i + 0.5) / count), "middle"))
        else:
            ticks.append(Tick(text, share_of_width((i + 1) / count), "end"))
    return tuple(ticks)


def sentence(rows: Sequence[tuple[Label, Amount]], kind: Kind) -> str:
    """The highest and the lowest, and what is missing: what a picture says at a glance."""
    known = [(label, amount) for label, amount in rows if amount is not None]
    if not known:
        return "Nothing has been published for these."

    def said(amount: Decimal | int) -> str:
        return (
            wording.pounds_in_words(amount)
            if kind is Kind.POUNDS
            else wording.whole_number(int(amount))
        )

    high = max(known, key=lambda row: row[1])
    low = min(known, key=lambda row: row[1])
    if len(known) == 1:
        text = f"{words(high[0])}: {said(high[1])}."
    else:
        text = (
            f"Highest in {words(high[0])} ({said(high[1])}), "
            f"lowest in {words(low[0])} ({said(low[1])})."
        )
    missing = len(rows) - len(known)
    if missing:
        text += f" Nothing is published for {missing} of the {len(rows)}."
    return text


def bar_list(
    rows: Iterable[Sequence],
    *,
    title: str,
    kind: Kind = Kind.POUNDS,
    whole: Amount = None,
    label_heading: str = "Name",
    value_heading: str = "Amount",
    said: str = "",
) -> Bars:
    """Bars in the order given. `whole`: what the shares are shares of; without it, no shares."""
    given = [
        (words(row[0]), plain(row[1]), row[2] if len(row) > 2 else "") for row in map(tuple, rows)
    ]
    sizes = [float(amount) for _, amount, _ in given if amount is not None]
    low, high = min([0.0, *sizes]), max([0.0, *sizes])
    span = (high - low) or 1.0
    bars = []
    for label, amount, url in given:
        size = float(amount or 0)
        bars.append(
            Bar(
                label=label,
                shown=shown(amount, kind),
                share=wording.percentage(Decimal(amount) / Decimal(whole))
                if whole and amount is not None
                else "",
                x=share_of_width((min(size, 0.0) - low) / span),
                width=share_of_width(abs(size) / span),
                url=url or "",
                is_negative=size < 0,
            )
        )
    return Bars(
        name=name_of(title),
        title=title,
        said=said,
        label_heading=label_heading,
        value_heading=value_heading,
        bars=tuple(bars),
        has_shares=bool(whole),
        has_negative=low < 0,
        zero=share_of_width(-low / span),
        table=Table(
            caption=title,
            columns=(Column(label_heading), Column(value_heading, kind)),
            rows=[(label, amount) for label, amount, _url in given],
        ),
    )


def column_chart(
    rows: Iterable[Sequence],
    *,
    title: str,
    kind: Kind = Kind.POUNDS,
    label_heading: str = "Month",
    value_heading: str = "Amount",
    said: str = "",
) -> Columns:
    """One column per row, in the order given; below the base line when negative."""
    given = [(row[0], plain(row[1])) for row in map(tuple, rows)]
    sizes = [float(amount) for _, amount in given if amount is not None] or [0.0]
    levels = steps(min(sizes), max(sizes))
    per_unit, zero = height_of(levels)
    each = 1 / max(len(given), 1)
    columns = []
    for i, (label, amount) in enumerate(given):
        size = float(amount or 0)
        columns.append(
            ColumnMark(
                label=words(label),
                shown=shown(amount, kind),
                x=share_of_width((i + 0.12) * each),
                width=share_of_width(0.76 * each),
                y=round(zero - max(size, 0.0) * per_unit, 1),
                height=round(abs(size) * per_unit, 1),
                is_negative=size < 0,
                is_unknown=amount is None,
            )
        )
    return Columns(
        name=name_of(title),
        title=title,
        said=said or sentence(given, kind),
        columns=tuple(columns),
        rules=rules_for(levels, kind),
        ticks=ticks_for([label for label, _ in given]),
        zero=round(zero, 1),
        table=Table(
            caption=title,
            columns=(Column(label_heading), Column(value_heading, kind)),
            rows=[(words(label), _in_table(amount)) for label, amount in given],
            is_caption_quiet=True,
        ),
    )


def _in_table(amount: Amount) -> Amount | str:
    return "Not published" if amount is None else amount


def line_chart(
    series: Iterable[tuple[str, Iterable[Sequence]]],
    *,
    title: str,
    kind: Kind = Kind.POUNDS,
    label_heading: str = "Month",
    said: str = "",
) -> Lines:
    """Lines over the labels of the first series; a gap in a series is a gap in its line."""
    given = [(label, [(r[0], plain(r[1])) for r in map(tuple, rows)]) for label, rows in series]
    if len(given) > 4:
        raise ValueError(
            f"The chart '{title}' has {len(given)} lines. More than four cannot be told apart: "
            "show the largest three and the rest together, or a table."
        )
    labels = [label for label, _ in given[0][1]] if given else []
    amounts = [dict(rows) for _, rows in given]
    sizes = [float(a) for rows in amounts for a in rows.values() if a is not None] or [0.0]
    levels = steps(min(sizes), max(sizes))
    per_unit, zero = height_of(levels)
    drawn = []
    for style, ((name, _), by_label) in enumerate(zip(given, amounts, strict=True), start=1):
        dots: list[Dot] = []
        pieces: list[Piece] = []
        before: Dot | None = None
        for i, label in enumerate(labels):
            amount = by_label.get(label)
            if amount is None:
                before = None
                continue
            dot = Dot(
                label=f"{name}, {words(label)}",
                shown=shown(amount, kind),
                x=share_of_width((i + 0.5) / len(labels)),
                y=round(zero - float(amount) * per_unit, 1),
            )
            if before is not None:
                pieces.append(Piece(before.x, before.y, dot.x, dot.y))
            dots.append(dot)
            before = dot
        drawn.append(Series(name, style, tuple(pieces), tuple(dots)))
    if not said:
        said = " ".join(
            f"{name}: {sentence(rows, kind)[0].lower()}{sentence(rows, kind)[1:]}"
            if len(given) > 1
            else sentence(rows, kind)
            for name, rows in given
        )
    return Lines(
        name=name_of(title),
        title=title,
        said=said,
        series=tuple(drawn),
        rules=rules_for(levels, kind),
        ticks=ticks_for(labels),
        zero=round(zero, 1),
        table=Table(
            caption=title,
            columns=(Column(label_heading), *(Column(name, kind) for name, _ in given)),
            rows=[
                (words(label), *(_in_table(by_label.get(label)) for by_label in amounts))
                for label in labels
            ],
            is_caption_quiet=True,
        ),
    )
