"""Which part of a long answer is shown, and in which order?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from moothall.spend.analysis.payments import (
    EVERYTHING,
    NAME_COLUMNS,
    Filters,
    LakeTables,
    chosen_lines,
    joined_lines,
    payments,
    with_categories,
    with_names,
)
from moothall.spend.analysis.summaries import POUNDS, spend_by

LISTED = (
    "publication_id",
    "body_id",
    "amount",
    "department",
    "service",
    "purpose",
    "transaction_ref",
    "date_meaning",
    "is_card",
    "is_redacted",
)
ORDERS = ("spend", "payments", "key")
LINE_ORDERS = ("paid", "amount")
LINE_PLACE = ("source_id", "row", "sheet")


def spend_page(
    tables: LakeTables,
    dimension: str,
    filters: Filters = EVERYTHING,
    *,
    order: str = "-spend",
    text: str = "",
    count: int = 50,
    skip: int = 0,
) -> ir.Table:
    """`count` rows of `spend_by` from the one after `skip`, with found_count: how many there are.

    order  spend, payments or key (the label, where there is one); a minus before it turns it round
    text   only rows with this in their label; capitals do not matter
    """
    rows = spend_by(tables, dimension, filters)
    if text:
        rows = rows.filter(_.label.lower().contains(text.lower()).fill_null(False))
    rows = rows.mutate(found_count=_.count().over())
    column = {"spend": "spend_gbp", "payments": "payment_count", "key": "label"}[order.lstrip("-")]
    way = ibis.desc if order.startswith("-") else ibis.asc
    return rows.order_by(way(column, nulls_first=False), ibis.asc("key", nulls_first=False)).limit(
        count, offset=skip
    )


def lines_page(
    tables: LakeTables,
    filters: Filters = EVERYTHING,
    *,
    order: str = "-paid",
    count: int = 50,
    skip: int = 0,
) -> ir.Table:
    """`count` payment lines from the one after `skip`, with their suppliers and categories.

    order  paid (by day) or amount; a minus before it turns it round. Only the place and what they
           are ordered by is read of every line; those found are then read whole.
    """
    by = {"paid": "paid_on", "amount": "amount"}[order.lstrip("-")]
    way = ibis.desc if order.startswith("-") else ibis.asc
    in_order = [
        way(by),
        *([ibis.desc("paid_on")] if by != "paid_on" else []),
        "source_id",
        "row",
        ibis.asc("sheet", nulls_first=True),
    ]
    columns = sorted({*LINE_PLACE, "paid_on", "amount"})
    found = (
        chosen_lines(tables, filters, frozenset())
        .select(*columns)
        .order_by(in_order)
        .limit(count, offset=skip)
    )
    wanted = sorted({*columns, *LISTED, "name_key", "category_key"})
    lines = chosen_lines(tables, _of_place(filters), frozenset()).select(*wanted)
    # A null sheet is the same place as a null sheet.
    whole = lines.semi_join(
        found, ["source_id", "row", "paid_on", lines.sheet.identical_to(found.sheet)]
    )
    # The limit changes nothing but what the engine expects: few rows, so it joins from their side.
    whole = whole.limit(count)
    named = with_names(whole, tables.names, frozenset({"supplier", "supplier_id"}))
    categorised = with_categories(named, tables.categories).drop("how", "sureness")
    return categorised.order_by(in_order)


def _of_place(filters: Filters) -> Filters:
    """Only the filters by which whole files and parts of files are passed over."""
    return Filters(
        bodies=filters.bodies,
        publications=filters.publications,
        starts_on=filters.starts_on,
        ends_before=filters.ends_before,
    )


def what_there_is(tables: LakeTables, filters: Filters = EVERYTHING) -> ir.Table:
    """One row per body, month and group with payments: what a reader may choose from."""
    cells = payments(tables, frozenset({"body_id", "month", "group"}), filters)
    return cells.select("body_id", "month", "group").distinct()


def months_of_publications(tables: LakeTables, filters: Filters = EVERYTHING) -> ir.Table:
    """One row per publication and month: spend_gbp, payment_count. Which files hold the newest."""
    cells = payments(tables, frozenset({"publication_id", "month"}), filters)
    return cells.group_by("publication_id", "month").agg(
        spend_gbp=_.spend.sum().cast(POUNDS), payment_count=_.payment_count.sum().cast("int64")
    )


def names_of_suppliers(tables: LakeTables, filters: Filters) -> ir.Table:
    """One row per name that the filters' suppliers go by, as this reader may read it."""
    names = tables.names
    return names.filter(names.supplier_id.isin(filters.suppliers)).order_by("body_id", "name_key")


def supplier_of_name(tables: LakeTables, filters: Filters) -> ir.Table:
    """One row per supplier to whom one of the name_keys given as suppliers now belongs."""
    names = tables.names
    return names.filter(names.name_key.isin(filters.suppliers)).select("supplier_id").distinct()


def spend_by_name(tables: LakeTables, filters: Filters) -> ir.Table:
    """One row per name_key: spend_gbp, payment_count, first_month and last_month."""
    chosen = payments(tables, frozenset({"name_key", "month"}), filters)
    return chosen.group_by("name_key").agg(
        spend_gbp=_.spend.sum().cast(POUNDS),
        payment_count=_.payment_count.sum().cast("int64"),
        first_month=_.month.min(),
        last_month=_.month.max(),
    )


def line_at(tables: LakeTables, filters: Filters, *, source_id: int, row: int) -> ir.Table:
    """The lines that a record of a source file became, whole, with supplier and category."""
    lines = tables.lines
    at = lines.filter(lines.source_id == source_id, lines.row == row)
    return joined_lines(at, tables.names, tables.categories).order_by(
        ibis.asc("sheet", nulls_first=True)
    )


def lines_to_download(tables: LakeTables, filters: Filters = EVERYTHING) -> ir.Table:
    """One row per payment line that passes, in the order of the files, for a download."""
    lines = chosen_lines(tables, filters, frozenset())
    joined = joined_lines(lines, tables.names, tables.categories)
    return joined.order_by("source_id", "row", ibis.asc("sheet", nulls_first=True))


def suppliers_between(
    tables: LakeTables, own_bodies: tuple[int, ...], filters: Filters = EVERYTHING
) -> ir.Table:
    """One row per paying body and name that counts as another body of the place."""
    chosen = payments(tables, frozenset({"body_id", "name_key"}), filters)
    by_name = chosen.group_by("body_id", "name_key").agg(
        spend_gbp=_.spend.sum().cast(POUNDS),
        payment_count=_.payment_count.sum().cast("int64"),
    )
    named = with_names(by_name, tables.names, NAME_COLUMNS)
    between = named.filter(
        named.public_body_id.isin(own_bodies or (-1,)), named.body_id.isin(own_bodies or (-1,))
    )
    return between.order_by(ibis.desc("spend_gbp"), "body_id", "name_key")


def spend_by_how(tables: LakeTables, filters: Filters = EVERYTHING) -> ir.Table:
    """One row per way of categorising (code, supplier, words...): spend_gbp, largest first."""
    chosen = payments(tables, frozenset({"how"}), filters)
    summed = chosen.group_by("how").agg(spend_gbp=_.spend.sum().cast(POUNDS))
    return summed.order_by(ibis.desc("spend_gbp"), "how")
