"""What does the explorer's page show: the headline, one chart, the largest, the newest?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation
from moothall.spend.analysis import listing
from moothall.spend.analysis.payments import EVERYTHING, Filters
from moothall.spend.queries import figures
from moothall.spend.queries.asking import Reading
from moothall.spend.queries.lines import Line, PublishedMonths, newest_lines
from moothall.spend.queries.rulebook import scheme
from moothall.values.periods import financial_year_of

LARGEST_SHOWN = 20


@frozen
class Choices:
    """What a reader may choose from: only what is there. bodies: (slug, name, id)."""

    years: tuple[int, ...]
    bodies: tuple[tuple[str, str, int], ...]
    categories: tuple[tuple[str, str], ...]
    complete_years: tuple[int, ...]  # those whose March has payments, the latest first


@frozen
class Explorer:
    """The explorer's page. months: (the first day, pounds), None where nothing is published."""

    headline: figures.Headline
    coverage: figures.Coverage
    months: tuple[tuple[date, Decimal | None], ...]
    categories: figures.Summary
    suppliers: figures.Summary
    newest: tuple[Line, ...]


def choices_for(reader: Viewer | Reading) -> Choices:
    """The years, bodies and categories with payments that a reader may read."""
    reading = figures.reading_of(reader)
    if "choices" not in reading.kept:
        found = reading.table(listing.what_there_is)
        months = set(filter(None, found["month"].to_pylist()))
        groups = set(found["group"].to_pylist())
        bodies = Organisation.objects.filter(pk__in=set(found["body_id"].to_pylist()))
        reading.kept["choices"] = Choices(
            years=tuple(sorted({financial_year_of(month) for month in months}, reverse=True)),
            bodies=tuple(bodies.order_by("name").values_list("slug", "name", "pk")),
            categories=tuple(
                (group.code, group.label) for group in scheme().groups if group.code in groups
            ),
            complete_years=tuple(
                sorted({month.year - 1 for month in months if month.month == 3}, reverse=True)
            ),
        )
    return reading.kept["choices"]


def default_year(choices: Choices) -> int | None:
    """The latest financial year whose last month has payments; else the latest there is."""
    return next(iter((*choices.complete_years, *choices.years)), None)


def explorer(reader: Viewer | Reading, filters: Filters = EVERYTHING) -> Explorer:
    """Everything on the explorer's page, from one generation, each question put once."""
    reading = figures.reading_of(reader)
    whole = figures.totals(reading, filters, with_supplier_count=False)
    suppliers = figures.summary(reading, "supplier", filters, top=LARGEST_SHOWN, whole=whole)
    whole["supplier_count"] = suppliers.row_count
    months = PublishedMonths.found(reading, filters)
    return Explorer(
        headline=suppliers.headline,
        coverage=suppliers.coverage,
        months=months.without_gaps(),
        categories=figures.summary(reading, "category", filters, whole=whole),
        suppliers=suppliers,
        newest=newest_lines(reading, filters, months),
    )
