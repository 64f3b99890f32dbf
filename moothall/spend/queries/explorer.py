"""What does the explorer's page show: the headline, one chart, the largest, the newest?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen
from ibis import _

from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation
from moothall.spend.analysis import summaries
from moothall.spend.analysis.payments import Filters, LakeTables
from moothall.spend.queries import figures
from moothall.spend.queries.rulebook import scheme
from moothall.values.periods import financial_year_of


@frozen
class Choices:
    """What a reader may choose from: only what is there. bodies: (slug, name, id)."""

    years: tuple[int, ...]
    bodies: tuple[tuple[str, str, int], ...]
    categories: tuple[tuple[str, str], ...]
    last_month: date | None


@frozen
class Line:
    """One payment line as a list shows it."""

    source_id: int
    row: int
    paid_on: date
    body: str
    supplier: str
    supplier_id: int | None
    department: str | None
    purpose: str | None
    category: str
    amount: Decimal


@frozen
class Explorer:
    """The explorer's page."""

    headline: figures.Headline
    months: tuple[tuple[date, Decimal], ...]
    categories: figures.Summary
    suppliers: figures.Summary
    newest: tuple[Line, ...]


def choices_for(viewer: Viewer) -> Choices:
    """The years, bodies and categories with payments that `viewer` may read."""
    tables = figures.tables_for(viewer)
    cells = tables.cube_months.group_by("body_id", "month", "group").agg(count=_.count())
    found = cells.to_pyarrow()
    body_ids = set(found["body_id"].to_pylist())
    months = {month for month in found["month"].to_pylist() if month}
    groups = set(found["group"].to_pylist())
    bodies = Organisation.objects.filter(pk__in=body_ids).order_by("name")
    return Choices(
        years=tuple(sorted({financial_year_of(month) for month in months}, reverse=True)),
        bodies=tuple(bodies.values_list("slug", "name", "pk")),
        categories=tuple(
            (group.code, group.label) for group in scheme().groups if group.code in groups
        ),
        last_month=max(months, default=None),
    )


def default_year(choices: Choices) -> int | None:
    """The latest financial year whose last month has payments; else the latest there is."""
    last = choices.last_month
    if last is None:
        return None
    year = financial_year_of(last)
    if last.month == 3 or year - 1 not in choices.years:
        return year
    return year - 1


def explorer(viewer: Viewer, filters: Filters) -> Explorer:
    """Everything on the explorer's page, from one generation."""
    tables = figures.tables_for(viewer)
    return Explorer(
        headline=figures.headline(viewer, filters),
        months=_months(tables, filters),
        categories=figures.summary(viewer, "category", filters),
        suppliers=figures.summary(viewer, "supplier", filters, top=20),
        newest=tuple(_line(row) for row in figures.newest(viewer, filters)),
    )


def _months(tables: LakeTables, filters: Filters) -> tuple[tuple[date, Decimal], ...]:
    rows = summaries.spend_by(tables, "month", filters).to_pyarrow().to_pylist()
    return tuple((row["key"], row["spend_gbp"]) for row in rows if row["key"])


def _line(row: dict[str, Any]) -> Line:
    return Line(
        source_id=row["source_id"],
        row=row["row"],
        paid_on=row["paid_on"],
        body=row.get("body") or "",
        supplier=row["supplier"] or "Not published",
        supplier_id=row["supplier_id"],
        department=row["department"],
        purpose=row["purpose"],
        category=scheme().label(row["category"] or "not-classified"),
        amount=row["amount"],
    )
