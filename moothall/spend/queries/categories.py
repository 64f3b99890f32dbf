"""What is a category, and what was paid in it?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import asdict, evolve, frozen

from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.spend.analysis import listing
from moothall.spend.analysis.payments import EVERYTHING, NOT_CLASSIFIED, Filters
from moothall.spend.queries import figures
from moothall.spend.queries.asking import Reading
from moothall.spend.queries.lines import HOW, Line, PublishedMonths, newest_lines
from moothall.spend.queries.rulebook import scheme

SUPPLIERS_SHOWN = 20


class NoSuchCategory(CannotDo):
    """Nothing goes by that code."""


@frozen
class KindRow:
    """A kind of purchase, and what was paid for it."""

    code: str
    label: str
    definition: str
    spend_gbp: Decimal
    payment_count: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"spend_gbp": f"{self.spend_gbp:.2f}"}


@frozen
class GroupRow:
    """A category with its kinds."""

    code: str
    label: str
    definition: str
    spend_gbp: Decimal
    share: float | None
    kinds: tuple[KindRow, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self, recurse=False) | {
            "spend_gbp": f"{self.spend_gbp:.2f}",
            "kinds": [kind.as_json() for kind in self.kinds],
        }


@frozen
class CategoryList:
    """The published scheme, with what was paid under each of its parts."""

    groups: tuple[GroupRow, ...]
    not_classified_gbp: Decimal
    coverage: figures.Coverage
    headline: figures.Headline
    total_gbp: Decimal
    how: tuple[tuple[str, Decimal, float], ...]  # in words, pounds, share

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it."""
        return {
            "rows": [group.as_json() for group in self.groups],
            "not_classified_gbp": f"{self.not_classified_gbp:.2f}",
            "total_gbp": f"{self.total_gbp:.2f}",
            "classified_share": self.coverage.classified_share,
            "how": [
                {"how": how, "spend_gbp": f"{gbp:.2f}", "share": share}
                for how, gbp, share in self.how
            ],
            "headline": self.headline.as_json(),
        }

    def as_rows(self) -> list[dict[str, Any]]:
        """Every kind in one list, for a table or a file."""
        return [kind.as_json() for group in self.groups for kind in group.kinds]


@frozen
class CategoryPage:
    """One category or kind."""

    code: str
    label: str
    definition: str
    group: str
    group_label: str
    examples: tuple[str, ...]
    is_pass_through: bool
    headline: figures.Headline
    share: float | None
    kinds: figures.Summary
    suppliers: figures.Summary
    bodies: figures.Summary
    months: tuple[tuple[date, Decimal | None], ...]
    newest: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line give it."""
        return {
            "code": self.code,
            "label": self.label,
            "definition": self.definition,
            "category": self.group,
            "is_pass_through": self.is_pass_through,
            "total_gbp": f"{self.headline.gross_gbp:.2f}",
            "payment_count": self.headline.payment_count,
            "share": self.share,
            "kinds": [row.as_json() for row in self.kinds.rows],
            "suppliers": [row.as_json() for row in self.suppliers.rows],
            "bodies": [row.as_json() for row in self.bodies.rows],
            "months": [
                {"month": f"{month:%Y-%m}", "spend_gbp": None if gbp is None else f"{gbp:.2f}"}
                for month, gbp in self.months
            ],
            "headline": self.headline.as_json(),
        }

    def as_rows(self) -> list[dict[str, Any]]:
        """The same as one list, for a table or a file."""
        parts = (("for", self.kinds), ("paid by", self.bodies), ("paid to", self.suppliers))
        return [{"what": what} | row.as_json() for what, part in parts for row in part.rows]


def category_list(reader: Viewer | Reading, filters: Filters = EVERYTHING) -> CategoryList:
    """Every category and kind of the scheme, in its own order, with its pounds."""
    reading = figures.reading_of(reader)
    whole = figures.totals(reading, filters)
    groups_paid = figures.summary(reading, "category", filters, whole=whole)
    by_group = {row.key: row for row in groups_paid.rows}
    by_kind = {row.key: row for row in figures.summary(reading, "kind", filters, whole=whole).rows}
    nought = Decimal("0.00")

    def kind_row(kind) -> KindRow:
        paid = by_kind.get(kind.code)
        return KindRow(
            code=kind.code,
            label=kind.label,
            definition=kind.definition,
            spend_gbp=paid.spend_gbp if paid else nought,
            payment_count=paid.payment_count if paid else 0,
        )

    groups = tuple(
        GroupRow(
            code=group.code,
            label=group.label,
            definition=group.definition,
            spend_gbp=by_group[group.code].spend_gbp if group.code in by_group else nought,
            share=by_group[group.code].share if group.code in by_group else None,
            kinds=tuple(map(kind_row, group.kinds)),
        )
        for group in scheme().groups
    )
    left = by_group.get(NOT_CLASSIFIED)
    total = whole["gross_gbp"]
    return CategoryList(
        groups=groups,
        not_classified_gbp=left.spend_gbp if left else nought,
        coverage=groups_paid.coverage,
        headline=groups_paid.headline,
        total_gbp=total,
        how=tuple(
            (HOW.get(row["how"], row["how"]), row["spend_gbp"], float(row["spend_gbp"] / total))
            for row in reading.rows(listing.spend_by_how, filters)
            if total
        ),
    )


def category_page(
    reader: Viewer | Reading, code: str, filters: Filters = EVERYTHING
) -> CategoryPage:
    """Everything on a category's page.

    :raises NoSuchCategory: when the scheme has no such code.
    """
    label, definition, group, examples = _described(code)
    reading = figures.reading_of(reader)
    every = figures.totals(reading, evolve(filters, categories=()), with_supplier_count=False)
    chosen = evolve(filters, categories=(code,))
    whole = figures.totals(reading, chosen, with_supplier_count=False)
    suppliers = figures.summary(reading, "supplier", chosen, top=SUPPLIERS_SHOWN, whole=whole)
    whole["supplier_count"] = suppliers.row_count
    months = PublishedMonths.found(reading, chosen)
    gross = every["gross_gbp"]
    return CategoryPage(
        code=code,
        label=label,
        definition=definition,
        group=group,
        group_label=scheme().label(group),
        examples=examples,
        is_pass_through=code in scheme().pass_through(),
        headline=suppliers.headline,
        share=float(whole["gross_gbp"] / gross) if gross else None,
        kinds=figures.summary(reading, "kind", chosen, whole=whole),
        suppliers=suppliers,
        bodies=figures.summary(reading, "body", chosen, whole=whole),
        months=months.without_gaps(),
        newest=newest_lines(reading, chosen, months, count=20),
    )


def _described(code: str) -> tuple[str, str, str, tuple[str, ...]]:
    if code == NOT_CLASSIFIED:
        words = "Lines that no code, rule or classifier sorted surely enough into a category."
        return "Not classified", words, code, ()
    for group in scheme().groups:
        if group.code == code:
            return group.label, group.definition, code, ()
        for kind in group.kinds:
            if kind.code == code:
                return kind.label, kind.definition, group.code, kind.examples
    raise NoSuchCategory(
        f"There is no category {code}. The list of categories has every one of them."
    )
