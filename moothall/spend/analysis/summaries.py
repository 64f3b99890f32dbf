"""Where does the money go: by category, supplier, department, body, month or year?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from moothall.spend.analysis.payments import (
    EVERYTHING,
    NOT_CLASSIFIED,
    Filters,
    LakeTables,
    is_in_categories,
    payments,
    with_names,
)

POUNDS = "decimal(38, 2)"
DIMENSIONS = ("category", "group", "supplier", "department", "body", "month", "year")
IN_TIME_ORDER = ("month", "year")


def spend_by(
    tables: LakeTables,
    dimension: str,
    filters: Filters = EVERYTHING,
    *,
    top: int | None = None,
) -> ir.Table:
    """One row per category, group, supplier, department, body, month or financial year.

    key             what is summed: a code, an id, a text, the month's first day, or the year in
                    which the financial year begins (2025 is April 2025 to March 2026)
    label           the supplier's or body's name; otherwise the key as text
    spend_gbp, payment_count, share (of all that passes the filters, not of the rows shown)
    total_gbp, total_count, key_count   of all that passes the filters, on every row
    Largest first; months and years in order of time. `top` keeps so many rows.
    """
    if dimension not in DIMENSIONS:
        raise ValueError(
            f"Spend is summed by {', '.join(DIMENSIONS)}, not by {dimension!r}. Choose one of them."
        )
    rows = _keyed(tables, dimension, filters).mutate(
        total_gbp=_.spend_gbp.sum().over().cast(POUNDS),
        total_count=_.payment_count.sum().over(),
        key_count=_.count().over(),
    )
    rows = rows.mutate(share=share_of(rows.spend_gbp, rows.total_gbp))
    if dimension in IN_TIME_ORDER:
        rows = rows.order_by("key")
    else:
        rows = rows.order_by(ibis.desc("spend_gbp"), ibis.asc("key", nulls_first=False))
    columns = ("key", "label", "spend_gbp", "payment_count", "share")
    rows = rows.select(*columns, "total_gbp", "total_count", "key_count")
    return rows.limit(top) if top is not None else rows


def share_of(part: ir.NumericValue, whole: ir.NumericValue) -> ir.FloatingValue:
    """Part over whole as a float; null when the whole is nought."""
    return part.cast("float64") / whole.cast("float64").nullif(0)


def _keyed(tables: LakeTables, dimension: str, filters: Filters) -> ir.Table:
    if dimension == "supplier":
        return _by_supplier(tables, filters)
    if dimension == "body":
        summed = _summed(tables, "body_id", filters)
        bodies = tables.publications.select("body_id", "body").distinct()
        named = summed.left_join(bodies, [("key", "body_id")])
        return named.select("key", "spend_gbp", "payment_count", label=_.body)
    if dimension == "year":
        months = _summed(tables, "month", filters)
        years = months.group_by(key=financial_year(months.key)).agg(
            spend_gbp=_.spend_gbp.sum().cast(POUNDS), payment_count=_.payment_count.sum()
        )
        return years.mutate(label=_.key.cast("string"))
    summed = _summed(tables, dimension, filters)
    return summed.mutate(label=_.key.cast("string"))


def _summed(tables: LakeTables, column: str, filters: Filters) -> ir.Table:
    chosen = payments(tables, frozenset({column}), filters)
    return chosen.group_by(key=chosen[column]).agg(
        spend_gbp=_.spend.sum().cast(POUNDS), payment_count=_.payment_count.sum().cast("int64")
    )


def _by_supplier(tables: LakeTables, filters: Filters) -> ir.Table:
    """Summed by name first, so that only as many rows as there are names meet the names table."""
    by_name = _summed(tables, "name_key", filters).rename(name_key="key")
    named = with_names(by_name, tables.names, frozenset({"supplier_id", "supplier"}))
    return named.group_by(key=_.supplier_id).agg(
        label=_.supplier.max(),
        spend_gbp=_.spend_gbp.sum().cast(POUNDS),
        payment_count=_.payment_count.sum().cast("int64"),
    )


def financial_year(day: ir.DateValue) -> ir.IntegerValue:
    """The year in which the financial year of a day begins: 31 March 2026 is 2025."""
    return day.year() - (day.month() < 4).cast("int32")


def spend_over_time(
    tables: LakeTables, dimension: str, filters: Filters = EVERYTHING, *, span: str = "month"
) -> ir.Table:
    """One row per key of a dimension and month (or financial year): what a trend is drawn from.

    key, starts (the month's first day, or the year in which the financial year begins),
    spend_gbp, payment_count. `dimension` is category, group, department, body_id or name_key's
    supplier ("supplier").
    """
    column = {"supplier": "supplier_id", "body": "body_id"}.get(dimension, dimension)
    chosen = payments(tables, frozenset({column, "month"}), filters)
    starts = chosen.month if span == "month" else financial_year(chosen.month)
    return (
        chosen.group_by(key=chosen[column], starts=starts)
        .agg(
            spend_gbp=_.spend.sum().cast(POUNDS), payment_count=_.payment_count.sum().cast("int64")
        )
        .order_by("key", "starts")
    )


def totals(
    tables: LakeTables,
    filters: Filters = EVERYTHING,
    *,
    own_bodies: tuple[int, ...] = (),
    pass_through: tuple[str, ...] = (),
) -> ir.Table:
    """One row: what was published in all, and what is left without the place's own dealings.

    own_bodies    the bodies in view: what one of them pays another is counted twice in the gross
    pass_through  codes of categories that a body only passes on: precepts, tax, pensions, treasury
    gross_gbp = net_gbp + between_own_gbp
    net_gbp   = own_purpose_gbp + pass_through_gbp   (pass-through among what is not between own)
    classified_gbp is the part of gross with a category; classified_share its share.
    """
    wanted = frozenset(
        {"category", "group", "month", "body_id", "name_key", "supplier_id", "public_body_id"}
    )
    chosen = payments(tables, wanted, filters)
    between = _is_between(chosen, own_bodies)
    passed = is_in_categories(chosen, pass_through) if pass_through else ibis.literal(False)
    marked = chosen.mutate(
        is_between=between.fill_null(False),
        is_passed_on=(passed & ~between.fill_null(False)),
        is_classified=chosen.category != NOT_CLASSIFIED,
    )
    summed = marked.agg(
        gross_gbp=_sum(marked.spend),
        payment_count=marked.payment_count.sum().cast("int64"),
        supplier_count=marked.supplier_id.nunique(),
        body_count=marked.body_id.nunique(),
        first_month=marked.month.min(),
        last_month=marked.month.max(),
        between_own_gbp=_sum(marked.spend, marked.is_between),
        between_own_count=_count(marked.payment_count, marked.is_between),
        pass_through_gbp=_sum(marked.spend, marked.is_passed_on),
        pass_through_count=_count(marked.payment_count, marked.is_passed_on),
        classified_gbp=_sum(marked.spend, marked.is_classified),
        classified_count=_count(marked.payment_count, marked.is_classified),
    )
    return summed.mutate(
        net_gbp=(_.gross_gbp - _.between_own_gbp).cast(POUNDS),
        own_purpose_gbp=(_.gross_gbp - _.between_own_gbp - _.pass_through_gbp).cast(POUNDS),
        classified_share=share_of(summed.classified_gbp, summed.gross_gbp),
    )


def between_own_bodies(
    tables: LakeTables, own_bodies: tuple[int, ...], filters: Filters = EVERYTHING
) -> ir.Table:
    """One row per paying body and receiving body of the place: body_id, public_body_id, spend_gbp.

    What the net figure leaves out, so that a person can see it and correct a wrong match.
    """
    chosen = payments(tables, frozenset({"body_id", "public_body_id"}), filters)
    return (
        chosen.filter(_is_between(chosen, own_bodies))
        .group_by("body_id", "public_body_id")
        .agg(spend_gbp=_sum(_.spend), payment_count=_.payment_count.sum().cast("int64"))
        .order_by(ibis.desc("spend_gbp"), "body_id", "public_body_id")
    )


def _is_between(chosen: ir.Table, own_bodies: tuple[int, ...]) -> ir.BooleanValue:
    if not own_bodies:
        return ibis.literal(False)
    return chosen.public_body_id.isin(own_bodies) & chosen.body_id.isin(own_bodies)


def _sum(spend: ir.DecimalColumn, where: ir.BooleanValue | None = None) -> ir.DecimalScalar:
    """Exact, and nought where there is nothing to add."""
    return spend.sum(where=where).fill_null(0).cast(POUNDS)


def _count(count: ir.IntegerColumn, where: ir.BooleanValue) -> ir.IntegerScalar:
    return count.sum(where=where).fill_null(0).cast("int64")


KNOWN_OF_SUPPLIERS = ("is_local", "is_small", "is_third_sector", "is_mutual")


def supplier_shares(tables: LakeTables, filters: Filters = EVERYTHING) -> ir.Table:
    """One row: how much stays local, with small firms, the third sector, mutuals; how much we know.

    For each of is_local, is_small, is_third_sector and is_mutual:
    <flag>_gbp       paid to suppliers known to be so
    <flag>_known_gbp paid to suppliers of whom we know whether they are so
    <flag>_share     of what is known, and <flag>_coverage: what is known, of all
    Leave out pass-through and public bodies by the filters, or the shares mean little.
    """
    chosen = payments(tables, frozenset(KNOWN_OF_SUPPLIERS), filters)
    figures = {"spend_gbp": _sum(chosen.spend)}
    for flag in KNOWN_OF_SUPPLIERS:
        figures[f"{flag}_gbp"] = _sum(chosen.spend, chosen[flag].fill_null(False))
        figures[f"{flag}_known_gbp"] = _sum(chosen.spend, chosen[flag].notnull())
    summed = chosen.agg(**figures)
    return summed.mutate(
        **{
            f"{flag}_share": share_of(summed[f"{flag}_gbp"], summed[f"{flag}_known_gbp"])
            for flag in KNOWN_OF_SUPPLIERS
        },
        **{
            f"{flag}_coverage": share_of(summed[f"{flag}_known_gbp"], summed.spend_gbp)
            for flag in KNOWN_OF_SUPPLIERS
        },
    )
