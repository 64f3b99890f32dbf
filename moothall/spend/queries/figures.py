"""Answers to the spend room's questions, for every door: one viewer, one generation, one number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import ibis
from attrs import frozen

from moothall.core import lake
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation
from moothall.directory.queries import bodies_of_the_place, body_named
from moothall.spend.analysis import summaries
from moothall.spend.analysis.payments import (
    EVERYTHING,
    NOT_CLASSIFIED,
    Filters,
    LakeTables,
    newest_lines,
)
from moothall.spend.queries.rulebook import scheme

BY = ("category", "kind", "supplier", "department", "body", "month", "year")
_DIMENSION = {"category": "group", "kind": "category"}


@frozen
class SummaryRow:
    """One row of a summary. share: of all that passes the filters, 0 to 1, or None of nought."""

    key: str
    label: str
    id: int | None  # of a supplier or a body
    spend_gbp: Decimal
    payment_count: int
    share: float | None


@frozen
class Coverage:
    """What the figures rest on: how much is classified, whose publications, of which months."""

    bodies: tuple[str, ...]
    publication_count: int
    first_month: date | None
    last_month: date | None
    classified_gbp: Decimal
    classified_share: float | None


@frozen
class Headline:
    """The first sentence of a page, in figures. Amounts in GBP."""

    gross_gbp: Decimal
    net_gbp: Decimal
    between_own_gbp: Decimal
    pass_through_gbp: Decimal
    own_purpose_gbp: Decimal
    payment_count: int
    supplier_count: int
    body_count: int


@frozen
class Summary:
    """Spend by one dimension, largest first (months and years in order of time)."""

    by: str
    rows: tuple[SummaryRow, ...]
    row_count: int  # before `top` cut the list
    total_gbp: Decimal
    payment_count: int
    coverage: Coverage

    def as_json(self) -> dict[str, Any]:
        """As `moothall spend summary --format json` and the API give it."""
        coverage = self.coverage
        return {
            "rows": [
                {
                    "key": row.key,
                    "label": row.label,
                    "id": row.id,
                    "spend_gbp": f"{row.spend_gbp:.2f}",
                    "payment_count": row.payment_count,
                    "share": row.share,
                }
                for row in self.rows
            ],
            "total_gbp": f"{self.total_gbp:.2f}",
            "coverage": {
                "row_count": self.row_count,
                "payment_count": self.payment_count,
                "classified_gbp": f"{coverage.classified_gbp:.2f}",
                "classified_share": coverage.classified_share,
                "bodies": list(coverage.bodies),
                "publication_count": coverage.publication_count,
                "first_month": str(coverage.first_month) if coverage.first_month else None,
                "last_month": str(coverage.last_month) if coverage.last_month else None,
            },
        }


def tables_for(viewer: Viewer, generation: lake.Generation | None = None) -> LakeTables:
    """The lake as `viewer` may read it, with the bodies' names beside their publications."""
    bodies = tuple(Organisation.objects.order_by("id").values_list("id", "name"))
    return _with_bodies(lake.payments_for(viewer, generation), bodies)


@lru_cache(maxsize=64)
def _with_bodies(held: lake.Payments, bodies: tuple[tuple[int, str], ...]) -> LakeTables:
    name_of = dict(bodies)
    publications = held.publications.mutate(
        body=held.publications.body_id.cases(*name_of.items(), else_=ibis.null().cast("string"))
        if name_of
        else ibis.null().cast("string")
    )
    return LakeTables(
        lines=held.lines,
        names=held.names,
        categories=held.categories,
        publications=publications,
        cube_months=held.cube_months,
        cube_names=held.cube_names,
    )


def summary(
    viewer: Viewer, by: str, filters: Filters = EVERYTHING, *, top: int | None = None
) -> Summary:
    """Spend by category (top level), kind (second level), supplier, department, body, month, year.

    :raises ValueError: for any other `by`.
    """
    if by not in BY:
        raise ValueError(f"Spend is summed by {', '.join(BY)}, not by {by!r}. Choose one of them.")
    tables = tables_for(viewer)
    answer = summaries.spend_by(tables, _DIMENSION.get(by, by), filters, top=top)
    found = answer.to_pyarrow().to_pylist()
    return Summary(
        by=by,
        rows=tuple(_summary_row(by, row) for row in found),
        row_count=found[0]["key_count"] if found else 0,
        total_gbp=found[0]["total_gbp"] if found else Decimal("0.00"),
        payment_count=found[0]["total_count"] if found else 0,
        coverage=_coverage(tables, _totals(tables, filters)),
    )


def headline(viewer: Viewer, filters: Filters = EVERYTHING) -> Headline:
    """Gross, net of payments between the place's own bodies, and without pass-through."""
    found = _totals(tables_for(viewer), filters)
    return Headline(
        **{
            name: found[name] if found[name] is not None else 0
            for name in (
                "gross_gbp",
                "net_gbp",
                "between_own_gbp",
                "pass_through_gbp",
                "own_purpose_gbp",
                "payment_count",
                "supplier_count",
                "body_count",
            )
        }
    )


def newest(viewer: Viewer, filters: Filters = EVERYTHING, *, count: int = 50) -> list[dict]:
    """The newest payment lines, with supplier and category."""
    return newest_lines(tables_for(viewer), filters, count=count).to_pyarrow().to_pylist()


def _totals(tables: LakeTables, filters: Filters) -> dict[str, Any]:
    own = tuple(sorted(bodies_of_the_place()))
    answer = summaries.totals(tables, filters, own_bodies=own, pass_through=scheme().pass_through())
    (found,) = answer.to_pyarrow().to_pylist()
    return found


def _coverage(tables: LakeTables, found: dict[str, Any]) -> Coverage:
    held = tables.publications.to_pyarrow().to_pylist()
    return Coverage(
        bodies=tuple(sorted({row["body"] for row in held})),
        publication_count=len(held),
        first_month=found["first_month"],
        last_month=found["last_month"],
        classified_gbp=found["classified_gbp"] or Decimal("0.00"),
        classified_share=found["classified_share"],
    )


def _summary_row(by: str, row: dict[str, Any]) -> SummaryRow:
    key, label = _key_and_label(by, row)
    return SummaryRow(
        key=key,
        label=label,
        id=row["key"] if by in ("supplier", "body") else None,
        spend_gbp=row["spend_gbp"],
        payment_count=row["payment_count"],
        share=row["share"],
    )


def _key_and_label(by: str, row: dict[str, Any]) -> tuple[str, str]:
    key = row["key"]
    if by in ("category", "kind"):
        return key, scheme().label(key)
    if by == "month":
        return (f"{key:%Y-%m}", f"{key:%B %Y}") if key else ("", "no date")
    if by == "year":
        year = f"{key}/{(key + 1) % 100:02d}"
        return year, year
    if by == "department":
        return key or "", key or "Not published"
    label = row["label"] or "Not published"
    return label, label


class CannotAsk(CannotDo):
    """A question that names something which is not there."""


def filters_named(
    *,
    viewer: Viewer,
    bodies: Iterable[str] = (),
    starts: str | None = None,
    ends: str | None = None,
    category: str | None = None,
    supplier: str | None = None,
) -> Filters:
    """Build filters from what a person typed: bodies and a supplier by name, days as 2025-04-01.

    :raises CannotAsk: in a sentence, for a name or a day that means nothing.
    """
    chosen: dict[str, Any] = {"bodies": tuple(body_named(name).pk for name in bodies)}
    if starts:
        chosen["starts_on"] = _day(starts)
    if ends:
        chosen["ends_before"] = _day(ends) + timedelta(days=1)
    if category:
        known = {group.code for group in scheme().groups} | set(scheme().categories())
        if category not in known | {NOT_CLASSIFIED}:
            raise CannotAsk(
                f"{category} is not a category. `moothall spend summary --by kind` shows the codes."
            )
        chosen["categories"] = (category,)
    if supplier:
        chosen["suppliers"] = suppliers_called(viewer, supplier)
    return Filters(**chosen)


def suppliers_called(viewer: Viewer, name: str) -> tuple[int, ...]:
    """The ids of the suppliers that go by a name: exactly, or else with it in their name."""
    names = tables_for(viewer).names
    lowered = name.strip().lower()
    spelled = ibis.coalesce(names.supplier_name, names.supplier).lower()
    for matches in (
        (spelled == lowered) | (names.supplier.lower() == lowered),
        spelled.contains(lowered) | names.supplier.lower().contains(lowered),
    ):
        found = names.filter(matches).select("supplier_id").distinct().to_pyarrow()
        if found.num_rows:
            return tuple(sorted(found["supplier_id"].to_pylist()))
    raise CannotAsk(
        f"No supplier goes by the name of {name}. `moothall spend suppliers` lists them."
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CannotAsk(f"{text} is not a day. Write it as 2025-04-01.") from None
