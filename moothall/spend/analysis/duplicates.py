"""Which lines must be looked at to find payments made twice?

The lake narrows millions of lines to those that share something with another; the judging is the
engine's (`engine.duplicates`).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from moothall.spend.analysis.payments import EVERYTHING, Filters, LakeTables, chosen_lines

NOT_ASKED = ("redacted", "card_merchant")


def plain_reference_of(reference: ir.StringValue) -> ir.StringValue:
    """A reference as key d compares it: no punctuation, no leading noughts, O as 0."""
    kept = reference.upper().re_replace("[^A-Z0-9]", "").replace("O", "0")
    return kept.re_replace("^0+", "").nullif("")


def line_item_sources(lines: ir.Table, *, least_lines: int, least_share: float) -> ir.Table:
    """One row per source that prints a line per item, not per payment: source_id.

    So it is where at least `least_share` of the lines (0 to 1) share supplier and reference with
    another line of the same source, among at least `least_lines` lines with a reference.
    """
    referenced = lines.select("source_id", "name_key", reference=_reference(lines)).filter(
        _.reference.notnull()
    )
    grouped = referenced.group_by("source_id", "name_key", "reference").agg(count=_.count())
    counted = grouped.group_by("source_id").agg(
        line_count=grouped["count"].sum(),
        shared_count=grouped["count"].sum(where=grouped["count"] > 1).fill_null(0),
    )
    share = counted.shared_count.cast("float64") / counted.line_count.cast("float64")
    return counted.filter(counted.line_count >= least_lines, share >= least_share).select(
        "source_id"
    )


def payments_as_made(
    tables: LakeTables,
    filters: Filters = EVERYTHING,
    *,
    least_lines: int = 100,
    least_share: float = 0.05,
) -> ir.Table:
    """One row per payment: lines as they stand, or, in sources that print items, their sum.

    source_id, sheet, row (the first line's), line_count, body_id, supplier_id, reference,
    plain_reference, amount_gbp, paid_on, vat_gbp, net_gbp (net only where VAT is published).
    Items are summed within source, supplier, reference and date. Redacted names, card merchants and
    nought amounts are not asked about.
    """
    lines = chosen_lines(tables, filters, frozenset({"supplier_id", "kind"}))
    items = line_item_sources(lines, least_lines=least_lines, least_share=least_share)
    asked = lines.filter(
        ~lines.is_redacted,
        ~lines.kind.fill_null("unknown").isin(NOT_ASKED),
        lines.supplier_id.notnull(),
    )
    reference = _reference(asked)
    marked = asked.select(
        "source_id",
        "sheet",
        "row",
        "body_id",
        "supplier_id",
        "paid_on",
        "amount",
        "vat",
        reference=reference,
        plain_reference=plain_reference_of(reference),
    ).left_join(items.mutate(is_items=ibis.literal(True)), "source_id")
    is_summed = marked.is_items.fill_null(False) & marked.reference.notnull()
    own_row = ibis.ifelse(is_summed, ibis.literal(-1, "int32"), marked.row)
    made = marked.group_by(
        "source_id",
        "sheet",
        "body_id",
        "supplier_id",
        "reference",
        "plain_reference",
        "paid_on",
        own_row=own_row,
    ).agg(
        row=_.row.min(),
        line_count=_.count(),
        amount_gbp=_.amount.sum().cast("decimal(38, 2)"),
        vat_gbp=_.vat.sum().cast("decimal(38, 2)"),
        net_gbp=_.amount.sum(where=_.vat.notnull()).cast("decimal(38, 2)"),
    )
    return made.filter(_.amount_gbp != 0).drop("own_row")


def duplicate_suspects(
    tables: LakeTables,
    filters: Filters = EVERYTHING,
    *,
    within_days: int,
    highest_vat_rate: float,
    least_lines: int = 100,
    least_share: float = 0.05,
) -> ir.Table:
    """One row per payment that some key may touch, and per credit that may answer one.

    The columns of `payments_as_made`. Keys a and d: another payment with the same body, supplier,
    plain reference and amount; b: the same amount to the same supplier within the days; c: the
    same reference and amount to another supplier; e: VAT above the rate.
    """
    made = payments_as_made(tables, filters, least_lines=least_lines, least_share=least_share)
    sized = made.mutate(size_gbp=_.amount_gbp.abs(), is_payment=_.amount_gbp > 0)
    by_reference = ibis.window(group_by=["body_id", "supplier_id", "plain_reference", "size_gbp"])
    by_amount = ibis.window(group_by=["body_id", "supplier_id", "size_gbp"])
    in_time = ibis.window(
        group_by=["body_id", "supplier_id", "amount_gbp"],
        order_by=["paid_on", "source_id", "row"],
    )
    across = ibis.window(group_by=["body_id", "plain_reference", "amount_gbp"])
    windowed = sized.mutate(
        alike_count=_.is_payment.cast("int32").sum().over(by_reference),
        before_on=_.paid_on.lag().over(in_time),
        after_on=_.paid_on.lead().over(in_time),
        least_supplier=_.supplier_id.min().over(across),
        most_supplier=_.supplier_id.max().over(across),
    )
    gap = ibis.interval(days=within_days)
    has_reference = windowed.plain_reference.notnull()
    is_near = (
        (windowed.before_on.notnull() & (windowed.before_on + gap >= windowed.paid_on))
        | (windowed.after_on.notnull() & (windowed.paid_on + gap >= windowed.after_on))
    ).fill_null(False)
    is_suspect = windowed.is_payment & (
        (has_reference & (windowed.alike_count > 1))
        | is_near
        | (has_reference & (windowed.least_supplier != windowed.most_supplier))
    )
    over_rate = (
        windowed.vat_gbp.cast("float64") > windowed.net_gbp.cast("float64") * highest_vat_rate
    )
    marked = windowed.mutate(
        is_suspect=is_suspect.fill_null(False), is_over_rate=over_rate.fill_null(False)
    )
    with_credits = marked.mutate(
        suspect_count=_.is_suspect.cast("int32").sum().over(by_amount),
    )
    return (
        with_credits.filter(_.is_suspect | _.is_over_rate | (~_.is_payment & (_.suspect_count > 0)))
        .select(*made.columns)
        .order_by("body_id", "paid_on", "source_id", "row", "reference")
    )


def _reference(lines: ir.Table) -> ir.StringValue:
    """The supplier's invoice number where it is known, otherwise the reference as published."""
    return ibis.coalesce(lines.invoice_number, lines.transaction_ref).strip().nullif("")
