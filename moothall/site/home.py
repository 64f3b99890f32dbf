"""What does the place's front page show: where the money goes, and the ways on from there?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import evolve, frozen
from django.urls import NoReverseMatch, reverse

from moothall.core.permissions import Viewer
from moothall.spend.analysis.payments import EVERYTHING, Filters
from moothall.spend.queries import explorer, figures
from moothall.spend.queries.asking import Reading, reading_for
from moothall.spend.queries.files import RecentLoad, recent_loads
from moothall.spend.queries.lines import PublishedMonths
from moothall.values.periods import Period

OTHER = "other"
ROOMS = (
    ("Spending", "spend:home", "Who is paid, how much, and for what: down to the published line."),
    ("Suppliers", "spend:supplier_list", "Find a supplier, under any name that it is paid by."),
    (
        "Buying together",
        "spend:together",
        "What two or more bodies buy from the same suppliers.",
    ),
    ("Services", "services:home", "How services are delivered, and what else was considered."),
    ("Agreements", "agreements:home", "What was agreed, with whom, and on which terms."),
    ("Outcomes", "outcomes:home", "What came of it, and who was paid for it."),
    ("Decisions", "decisions:home", "Who decided what, and on which evidence."),
    ("Cases", "cases:home", "Published figures worked out again, and what is off in them."),
    ("Open data", "spend:open_data", "Everything behind these pages, to download."),
)


@frozen
class Front:
    """The front page. period is None where nothing is published yet."""

    period: Period | None
    headline: figures.Headline
    coverage: figures.Coverage
    groups: tuple[tuple[str, Decimal, str], ...]
    other_kinds: tuple[tuple[str, Decimal, str], ...]  # the largest of what is "other"
    total_gbp: Decimal
    months: tuple[tuple[date, Decimal | None], ...]
    loads: tuple[RecentLoad, ...]
    rooms: tuple[dict[str, str], ...]


def front(viewer: Viewer) -> Front:
    """The last complete financial year of what `viewer` may read, and the rooms there are."""
    reading = reading_for(viewer)
    year = explorer.default_year(explorer.choices_for(reading))
    period = Period.financial_year(year) if year else None
    filters = (
        Filters(starts_on=period.starts_on, ends_before=period.ends_before)
        if period
        else EVERYTHING
    )
    whole = figures.totals(reading, filters)
    groups = figures.summary(reading, "category", filters, whole=whole)
    others = figures.summary(reading, "kind", evolve(filters, categories=(OTHER,)), top=3)
    return Front(
        period=period,
        headline=groups.headline,
        coverage=groups.coverage,
        groups=tuple(
            (row.label, row.spend_gbp, f"{reverse('spend:category', args=[row.key])}?year={year}")
            for row in groups.rows
        ),
        other_kinds=tuple(
            (row.label, row.spend_gbp, f"{reverse('spend:category', args=[row.key])}?year={year}")
            for row in others.rows
        ),
        total_gbp=groups.total_gbp,
        months=_months(reading, filters),
        loads=recent_loads(reading),
        rooms=tuple(_rooms()),
    )


def _months(reading: Reading, filters: Filters) -> tuple[tuple[date, Decimal | None], ...]:
    return PublishedMonths.found(reading, filters).without_gaps()


def _rooms():
    """The rooms that have a front page."""
    for label, name, text in ROOMS:
        try:
            yield {"label": label, "url": reverse(name), "text": text}
        except NoReverseMatch:
            continue
