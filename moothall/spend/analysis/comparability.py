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
    counted = lines.mutate(
        is_payment=is_paid,
        is_below_lower=is_paid & (lines.amount < lower),
        is_below_upper=is_paid & (lines.amount < upper),
        is_credit=lines.amount < 0,
        is_file_date=lines.date_basis == "file period",
        is_paid_date=lines.date_meaning == "paid",
        is_posted=lines.date_meaning == "posted",
        is_cleared=lines.date_meaning == "cleared",
        is_invoiced=lines.date_meaning == "invoiced",
        has_vat=lines.irrecoverable_vat.notnull(),
        has_reference=lines.transaction_ref.notnull(),
        is_capital=(lines.capital_revenue == "capital").fill_null(False),
        month=month_of(lines.paid_on),
    )
    flags = {
        "below_lower": "is_below_lower",
        "below_upper": "is_below_upper",
        "credit": "is_credit",
        "card": "is_card",
        "redacted": "is_redacted",
        "file_date": "is_file_date",
        "paid": "is_paid_date",
        "posted": "is_posted",
        "cleared": "is_cleared",
        "invoiced": "is_invoiced",
        "vat_column": "has_vat",
        "reference": "has_reference",
        "capital": "is_capital",
    }
    summed = counted.group_by("body_id").agg(
        spend_gbp=_.amount.sum().cast(POUNDS),
        redacted_gbp=_.amount.sum(where=_.is_redacted).fill_null(0).cast(POUNDS),
        line_count=_.count(),
        payment_line_count=_.is_payment.cast("int64").sum(),
        month_count=_.month.nunique(),
        first_on=_.paid_on.min(),
        last_on=_.paid_on.max(),
        **{f"{name}_count": counted[flag].cast("int64").sum() for name, flag in flags.items()},
    )
    shares = {
        f"{name}_share": share_of(
            summed[f"{name}_count"],
            summed.payment_line_count if name.startswith("below") else summed.line_count,
        )
        for name in flags
    }
    return (
        summed.mutate(redacted_gbp_share=share_of(summed.redacted_gbp, summed.spend_gbp), **shares)
        .drop("redacted_gbp", "payment_line_count", *[f"{name}_count" for name in flags])
        .order_by("body_id")
    )
