"""Which small tables answer most questions in place of the lines?

A cube knows a supplier only by its `name_key`, so that accepting a match rewrites nothing here; it
holds categories by code, so that a corrected category rebuilds the cubes of the publications that
it touches.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
from ibis import _

from moothall.spend.analysis.payments import NOT_CLASSIFIED, WORDS, month_of, year_of


def cubes_of(
    lines: ir.Table, categories: ir.Table, keep: Callable[[str, ir.Table], ir.Table]
) -> dict[str, ir.Table]:
    """Every cube by name, from the smallest. `keep` writes one and gives it back as written."""
    names = keep("cube_names", cube_names(lines, categories))
    months = keep("cube_months", cube_months(lines, categories))
    years = keep("cube_years", cube_years(names))
    return {
        "cube_categories": keep("cube_categories", cube_categories(months)),
        "cube_years": years,
        "cube_months": months,
        "cube_names": names,
    }


def cube_months(lines: ir.Table, categories: ir.Table) -> ir.Table:
    """One row per publication, category, department and month. spend in GBP."""
    return _summed(lines, categories, "department", "month").order_by(
        "month", "body_id", "publication_id", "category", "department"
    )


def cube_names(lines: ir.Table, categories: ir.Table) -> ir.Table:
    """One row per publication, name_key, category and month. spend in GBP.

    Each name's rows of a financial year stand together: most questions are of a year.
    """
    by = ("year_starts", "body_id", "name_key", "month", "publication_id", "category")
    cells = _summed(lines, categories, "name_key", "month", "year_starts")
    return cells.order_by(by).drop("year_starts")


def cube_categories(months: ir.Table) -> ir.Table:
    """One row per publication, category and month: `cube_months` without its departments."""
    by = ("month", "body_id", "publication_id", "category", "group")
    return _rolled_up(months, *by).order_by(*by)


def cube_years(names: ir.Table) -> ir.Table:
    """One row per publication, name_key and financial year: `cube_names` in a tenth of its rows."""
    by = ("year_starts", "body_id", "publication_id", "name_key")
    return _rolled_up(names.mutate(year_starts=year_of(names.month)), *by).order_by(*by)


def words_of_categories(lines: ir.Table) -> ir.Table:
    """One row per category_key: category_key, words (what a text search looks through).

    Neither the supplier's name, which is searched where the viewer may read it, nor the purpose of
    a redacted line is among them: they serve every viewer.
    """
    purpose = ibis.ifelse(lines.is_redacted, "", lines.purpose.fill_null(""))
    joined = purpose.lower()
    for column in WORDS:
        if column != "purpose":
            joined = joined + " | " + lines[column].fill_null("").lower()
    return (
        lines.select("category_key", words=joined).group_by("category_key").agg(words=_.words.max())
    )


def _rolled_up(cube: ir.Table, *by: str) -> ir.Table:
    return cube.group_by(*by).agg(
        spend=_.spend.sum().cast("decimal(18, 2)"),
        payment_count=_.payment_count.sum().cast("int64"),
    )


def _summed(lines: ir.Table, categories: ir.Table, *by: str) -> ir.Table:
    known = categories.select("category_key", "category", "group")
    dated = lines.mutate(month=month_of(lines.paid_on), year_starts=year_of(lines.paid_on))
    joined = dated.left_join(known, "category_key")
    return (
        joined.mutate(
            category=_.category.fill_null(NOT_CLASSIFIED),
            group=joined["group"].fill_null(NOT_CLASSIFIED),
        )
        .group_by("publication_id", "body_id", "category", "group", *by)
        .agg(spend=_.amount.sum().cast("decimal(18, 2)"), payment_count=_.count())
    )
