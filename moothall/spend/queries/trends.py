"""How did what was published change, month by month or year by year, and what moved it?"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen
from django.utils import timezone

from moothall.core.permissions import Viewer
from moothall.directory.queries import Amount, names_of, series_as_now
from moothall.spend.analysis import summaries
from moothall.spend.analysis.payments import EVERYTHING, Filters
from moothall.spend.engine.questions import SPANS, TREND_BY
from moothall.spend.queries import figures
from moothall.spend.queries.asking import Reading
from moothall.values.money import Money
from moothall.values.periods import financial_year_of, year_words

LARGEST_SHOWN = 20
MONTHS_IN_A_YEAR = 12
NOUGHT = Decimal("0.00")


@frozen
class Span:
    """A month or a financial year. month_count: of how many months payments were published."""

    key: str  # 2025-04, or 2025/26
    label: str
    spend_gbp: Decimal
    month_count: int

    @property
    def is_whole_year(self) -> bool:
        return "/" in self.key and self.month_count == MONTHS_IN_A_YEAR

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "label": self.label,
            "spend_gbp": f"{self.spend_gbp:.2f}",
            "month_count": self.month_count,
        }


@frozen
class TrendRow:
    """One category, supplier, department or body over time. amounts: GBP, one for each span."""

    key: str
    label: str
    id: int | None
    spend_gbp: Decimal
    amounts: tuple[Decimal, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "label": self.label,
            "id": self.id,
            "spend_gbp": f"{self.spend_gbp:.2f}",
            "amounts_gbp": [f"{amount:.2f}" for amount in self.amounts],
        }


@frozen
class Trends:
    """The largest over time, and all the others together; by span they add up to the whole."""

    by: str
    span: str
    spans: tuple[Span, ...]
    rows: tuple[TrendRow, ...]
    others: TrendRow | None
    headline: figures.Headline

    @property
    def last_two_years(self) -> tuple[Span, Span] | None:
        """The last two financial years of which every month is published, one after the other."""
        for earlier, later in zip(self.spans[-2::-1], self.spans[:0:-1], strict=True):
            follows = int(later.key[:4]) == int(earlier.key[:4]) + 1
            if earlier.is_whole_year and later.is_whole_year and follows:
                return earlier, later
        return None

    @property
    def moved_most(self) -> tuple[TrendRow, Decimal] | None:
        """What changed most between the last two whole years, and by how many pounds."""
        if self.last_two_years is None:
            return None
        earlier, later = (self.spans.index(year) for year in self.last_two_years)
        changes = [(row, row.amounts[later] - row.amounts[earlier]) for row in self.rows]
        return max(changes, key=lambda change: abs(change[1]), default=None)

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it."""
        return {
            "by": self.by,
            "span": self.span,
            "spans": [span.as_json() for span in self.spans],
            "rows": [row.as_json() for row in self.rows],
            "others": self.others.as_json() if self.others else None,
            "total_gbp": f"{self.headline.gross_gbp:.2f}",
            "headline": self.headline.as_json(),
        }


def trends(
    reader: Viewer | Reading,
    by: str = "category",
    filters: Filters = EVERYTHING,
    *,
    span: str = "year",
    top: int = LARGEST_SHOWN,
    on: date | None = None,
) -> Trends:
    """The `top` largest categories, suppliers, departments or bodies, by month or financial year.

    "body" is as constituted then: who published. "body-as-now" puts today's bodies in the place
    of those they took over.

    :raises CannotAsk: for any other `by` or `span`.
    """
    if by not in TREND_BY or span not in SPANS:
        raise figures.CannotAsk(
            f"A trend is shown by {', '.join(TREND_BY[:-1])} or {TREND_BY[-1]}, for each month or "
            f"year; not by {by} for each {span}. Choose one of them."
        )
    reading = figures.reading_of(reader)
    if by == "body-as-now":
        return _as_now(reading, filters, span=span, top=top, on=on or timezone.localdate())
    largest = figures.summary(reading, by, filters, top=top)
    months = figures.summary(reading, "month", filters)
    spans = _spans(months, span)
    chosen = filters
    if by == "supplier":  # the others are a hundred thousand
        ids = tuple(row.id for row in largest.rows if row.id is not None)
        chosen = evolve(filters, suppliers=ids or (-1,))
    amounts: dict[Any, dict[str, Decimal]] = defaultdict(dict)
    dimension = figures.DIMENSION.get(by, by)
    for row in reading.rows(summaries.spend_over_time, chosen, dimension=dimension, span=span):
        amounts[row["key"]][_span_key(row["starts"])] = row["spend_gbp"]
    rows = tuple(
        TrendRow(
            key=row.key,
            label=row.label,
            id=row.id,
            spend_gbp=row.spend_gbp,
            amounts=tuple(amounts[_lake_key(by, row)].get(each.key, NOUGHT) for each in spans),
        )
        for row in largest.rows
    )
    return Trends(
        by=by,
        span=span,
        spans=spans,
        rows=rows,
        others=_others(rows, spans) if largest.row_count > len(rows) else None,
        headline=largest.headline,
    )


def _as_now(reading: Reading, filters: Filters, *, span: str, top: int, on: date) -> Trends:
    """The trend by body, with every month's payments at the bodies that stand there now."""
    spans = _spans(figures.summary(reading, "month", filters), span)
    monthly = reading.rows(summaries.spend_over_time, filters, dimension="body", span="month")
    published = [Amount(row["key"], row["starts"], Money(row["spend_gbp"])) for row in monthly]
    amounts: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for amount in series_as_now(published, on=on):
        starts = amount.day if span == "month" else financial_year_of(amount.day)
        amounts[amount.body][_span_key(starts)] += amount.gbp.gbp
    names = names_of(amounts)
    rows = [
        TrendRow(
            key=names[body],
            label=names[body],
            id=body,
            spend_gbp=sum(of_body.values(), NOUGHT),
            amounts=tuple(of_body.get(each.key, NOUGHT) for each in spans),
        )
        for body, of_body in amounts.items()
    ]
    rows.sort(key=lambda row: (-row.spend_gbp, row.label))
    shown = tuple(rows[:top])
    return Trends(
        by="body-as-now",
        span=span,
        spans=spans,
        rows=shown,
        others=_others(shown, spans) if len(rows) > len(shown) else None,
        headline=figures.headline(reading, filters),
    )


def _lake_key(by: str, row: figures.SummaryRow) -> Any:
    """What the lake calls a row of a summary by."""
    if by in ("supplier", "body"):
        return row.id
    return row.key or None


def _span_key(starts: date | int) -> str:
    return f"{starts:%Y-%m}" if isinstance(starts, date) else year_words(starts)


def _spans(months: figures.Summary, span: str) -> tuple[Span, ...]:
    """Every month (or year) with payments, in order of time."""
    if span == "month":
        return tuple(
            Span(key=row.key, label=row.label, spend_gbp=row.spend_gbp, month_count=1)
            for row in months.rows
        )
    years: dict[str, list[Decimal]] = defaultdict(list)
    for row in months.rows:
        first = date.fromisoformat(f"{row.key}-01")
        years[year_words(financial_year_of(first))].append(row.spend_gbp)
    return tuple(
        Span(key=key, label=key, spend_gbp=sum(gbp, NOUGHT), month_count=len(gbp))
        for key, gbp in years.items()
    )


def _others(rows: tuple[TrendRow, ...], spans: tuple[Span, ...]) -> TrendRow:
    left = tuple(
        span.spend_gbp - sum((row.amounts[n] for row in rows), NOUGHT)
        for n, span in enumerate(spans)
    )
    return TrendRow(
        key="others", label="All the others", id=None, spend_gbp=sum(left, NOUGHT), amounts=left
    )
