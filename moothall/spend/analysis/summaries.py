"""Where does the money go: by category, supplier, department, body, month or year?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from attrs import evolve
from ibis import _

from moothall.spend.analysis.payments import (
    EVERYTHING,
    NOT_CLASSIFIED,
    Filters,
    LakeTables,
    financial_year,
    is_in_categories,
    payments,
    with_names,
)

POUNDS = "decimal(38, 2)"
DIMENSIONS = ("category", "group", "supplier", "department", "body", "month", "year")
IN_TIME_ORDER = ("month", "year")
NO_BODY = -1


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
    in_order = [ibis.asc("key", nulls_first=False)]
    if dimension not in IN_TIME_ORDER:
        in_order.insert(0, ibis.desc("spend_gbp"))
    rows = rows.order_by(in_order)
    columns = ("key", "label", "spend_gbp", "payment_count", "share")
    rows = rows.limit(top) if top is not None else rows
    if dimension == "supplier":
        rows = _with_suppliers_names(rows, tables.names)
    return rows.select(*columns, "total_gbp", "total_count", "key_count").order_by(in_order)


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
    """name_key is one of the supplier's names: what the supplier is called is read of it alone,
    and only for the suppliers that are shown."""
    chosen = payments(tables, frozenset({"supplier_id", "name_key"}), filters)
    return chosen.group_by(key=_.supplier_id).agg(
        name_key=_.name_key.max(),
        spend_gbp=_.spend.sum().cast(POUNDS),
        payment_count=_.payment_count.sum().cast("int64"),
    )


def _with_suppliers_names(rows: ir.Table, names: ir.Table) -> ir.Table:
    return with_names(rows, names, frozenset({"supplier"})).rename(label="supplier")


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
    with_supplier_count: bool = True,
) -> ir.Table:
    """One row: what was published in all, and what is left without the place's own dealings.

    own_bodies    the bodies in view: what one of them pays another is counted twice in the gross
    pass_through  codes of categories that a body only passes on: precepts, tax, pensions, treasury
    gross_gbp = net_gbp + between_own_gbp
    net_gbp   = own_purpose_gbp + pass_through_gbp   (pass-through among what is not between own)
    classified_gbp is the part of gross with a category; classified_share its share.
    supplier_count costs as much as the rest: a page that also asks `spend_by(tables, "supplier")`
    has it there as key_count, and leaves it out here.
    """
    whole = payments(tables, frozenset({"category", "group", "month", "body_id"}), filters)
    is_classified = whole.category != NOT_CLASSIFIED
    is_passed_on = _is_passed_on(whole, pass_through)
    gross = whole.agg(
        gross_gbp=_sum(whole.spend),
        payment_count=_count(whole.payment_count),
        body_count=whole.body_id.nunique(),
        first_month=whole.month.min(),
        last_month=whole.month.max(),
        passed_on_gbp=_sum(whole.spend, is_passed_on),
        passed_on_count=_count(whole.payment_count, is_passed_on),
        classified_gbp=_sum(whole.spend, is_classified),
        classified_count=_count(whole.payment_count, is_classified),
    )
    internal = _between(tables, own_bodies, filters, frozenset({"category", "group"}))
    is_passed_within = _is_passed_on(internal, pass_through)
    within = internal.agg(
        between_own_gbp=_sum(internal.spend),
        between_own_count=_count(internal.payment_count),
        passed_within_gbp=_sum(internal.spend, is_passed_within),
        passed_within_count=_count(internal.payment_count, is_passed_within),
    )
    both = gross.cross_join(within)
    if with_supplier_count:
        both = both.cross_join(_supplier_count(tables, filters))
    both = both.mutate(
        pass_through_gbp=(both.passed_on_gbp - both.passed_within_gbp).cast(POUNDS),
        pass_through_count=both.passed_on_count - both.passed_within_count,
        net_gbp=(both.gross_gbp - both.between_own_gbp).cast(POUNDS),
        classified_share=share_of(both.classified_gbp, both.gross_gbp),
    )
    return both.mutate(own_purpose_gbp=(both.net_gbp - both.pass_through_gbp).cast(POUNDS)).drop(
        "passed_on_gbp", "passed_on_count", "passed_within_gbp", "passed_within_count"
    )


def _supplier_count(tables: LakeTables, filters: Filters) -> ir.Table:
    paid = payments(tables, frozenset({"name_key"}), filters).select("name_key").distinct()
    return tables.names.semi_join(paid, "name_key").agg(supplier_count=_.supplier_id.nunique())


def _is_passed_on(table: ir.Table, pass_through: tuple[str, ...]) -> ir.BooleanValue:
    return is_in_categories(table, pass_through) if pass_through else ibis.literal(False)


def between_own_bodies(
    tables: LakeTables, own_bodies: tuple[int, ...], filters: Filters = EVERYTHING
) -> ir.Table:
    """One row per paying body and receiving body of the place: body_id, public_body_id, spend_gbp.

    What the net figure leaves out, so that a person can see it and correct a wrong match.
    """
    return (
        _between(tables, own_bodies, filters, frozenset({"public_body_id"}))
        .group_by("body_id", "public_body_id")
        .agg(spend_gbp=_.spend.sum().cast(POUNDS), payment_count=_count(_.payment_count))
        .order_by(ibis.desc("spend_gbp"), "body_id", "public_body_id")
    )


def _between(
    tables: LakeTables, own_bodies: tuple[int, ...], filters: Filters, wanted: frozenset[str]
) -> ir.Table:
    """Payments from one of the bodies to another; few names, so they are found by name first."""
    bodies = own_bodies or (NO_BODY,)
    chosen = payments(tables, wanted | {"body_id"}, evolve(filters, payments_to=bodies))
    return chosen.filter(chosen.body_id.isin(bodies))


def _sum(spend: ir.DecimalColumn, where: ir.BooleanValue | None = None) -> ir.DecimalScalar:
    """Exact, and nought where there is nothing to add."""
    return spend.sum(where=where).fill_null(0).cast(POUNDS)


def _count(count: ir.IntegerColumn, where: ir.BooleanValue | None = None) -> ir.IntegerScalar:
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
