"""What does each body include in what it publishes, and what does it leave out?"""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from moothall.spend.analysis.payments import EVERYTHING, Filters, LakeTables, chosen_lines, month_of
from moothall.spend.analysis.summaries import POUNDS, share_of


def what_bodies_include(
    tables: LakeTables, filters: Filters = EVERYTHING, *, thresholds_gbp: tuple[int, int]
) -> ir.Table:
    """One row per body: the facts that make its figures like another's, or unlike.

    thresholds_gbp           the lower and the upper amount from which bodies publish (250, 500)
    spend_gbp, line_count, month_count, first_on, last_on
    below_lower_share, below_upper_share   of payments above nought, by lines
    credit_share, card_share               by lines
    redacted_share by lines, redacted_gbp_share by pounds
    file_date_share          lines whose date is only the file's period
    posted_share, cleared_share, invoiced_share, paid_share   what the date means, by lines
    vat_column_share         lines with irrecoverable VAT apart
    reference_share          lines with a transaction reference
    capital_share            lines marked capital
    """
    lower, upper = thresholds_gbp
    lines = chosen_lines(tables, filters, frozenset())
    is_paid = lines.amount > 0
    flags = {
        "payment": is_paid,
        "below_lower": is_paid & (lines.amount < lower),
        "below_upper": is_paid & (lines.amount < upper),
        "credit": lines.amount < 0,
        "card": lines.is_card,
        "redacted": lines.is_redacted,
        "file_date": lines.date_basis == "file period",
        "paid": lines.date_meaning == "paid",
        "posted": lines.date_meaning == "posted",
        "cleared": lines.date_meaning == "cleared",
        "invoiced": lines.date_meaning == "invoiced",
        "vat_column": lines.irrecoverable_vat.notnull(),
        "reference": lines.transaction_ref.notnull(),
        "capital": (lines.capital_revenue == "capital").fill_null(False),
    }
    # By day first: its months are then told apart among a few days, not among all the lines.
    by_day = lines.group_by("body_id", "paid_on").agg(
        spend_gbp=lines.amount.sum(),
        redacted_gbp=lines.amount.sum(where=lines.is_redacted),
        line_count=lines.count(),
        **{f"{name}_count": flag.cast("int64").sum() for name, flag in flags.items()},
    )
    summed = by_day.group_by("body_id").agg(
        spend_gbp=_.spend_gbp.sum().cast(POUNDS),
        redacted_gbp=_.redacted_gbp.sum().fill_null(0).cast(POUNDS),
        line_count=_.line_count.sum().cast("int64"),
        month_count=month_of(by_day.paid_on).nunique(),
        first_on=_.paid_on.min(),
        last_on=_.paid_on.max(),
        **{f"{name}_count": by_day[f"{name}_count"].sum() for name in flags},
    )
    shares = {
        f"{name}_share": share_of(
            summed[f"{name}_count"],
            summed.payment_count if name.startswith("below") else summed.line_count,
        )
        for name in flags
        if name != "payment"
    }
    return (
        summed.mutate(redacted_gbp_share=share_of(summed.redacted_gbp, summed.spend_gbp), **shares)
        .drop("redacted_gbp", *[f"{name}_count" for name in flags])
        .order_by("body_id")
    )
