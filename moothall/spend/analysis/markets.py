"""How concentrated is each market, and what do several bodies buy that they could buy together?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from moothall.spend.analysis.payments import (
    EVERYTHING,
    NOT_CLASSIFIED,
    Filters,
    LakeTables,
    payments,
    with_names,
)
from moothall.spend.analysis.summaries import POUNDS, share_of

NOT_A_MARKET = ("redacted", "individual", "card_merchant", "public_body")


def concentration_by_category(
    tables: LakeTables, filters: Filters = EVERYTHING, *, level: str = "category", top: int = 4
) -> ir.Table:
    """One row per category (or group): how much of it the largest suppliers hold.

    spend_gbp, supplier_count      suppliers paid more than nought, net of their credits
    top_share                      CR_n: the share of the `top` largest, 0 to 1
    hhi                            10,000 times the sum of squared shares, above 0 up to 10,000
    effective_supplier_count       10,000 / hhi
    identified_share               of all spend in the category, what these suppliers hold; the rest
                                   went to redacted names, individuals, card merchants, public
                                   bodies, or is net credit
    """
    by_supplier = _by_category_and_supplier(tables, filters, level)
    whole = by_supplier.group_by("key").agg(whole_gbp=_.spend_gbp.sum().cast(POUNDS))
    market = by_supplier.filter(
        ~by_supplier.kind.isin(NOT_A_MARKET), by_supplier.spend_gbp > 0, _.supplier_id.notnull()
    )
    in_market = ibis.window(group_by="key")
    by_size = ibis.window(
        group_by="key", order_by=[ibis.desc("spend_gbp"), ibis.asc("supplier_id")]
    )
    ranked = market.mutate(
        market_gbp=_.spend_gbp.sum().over(in_market).cast(POUNDS),
        rank=ibis.row_number().over(by_size),
    )
    shared = ranked.mutate(share=share_of(ranked.spend_gbp, ranked.market_gbp))
    summed = shared.group_by("key").agg(
        spend_gbp=_.spend_gbp.sum().cast(POUNDS),
        supplier_count=_.count(),
        top_share=_.share.sum(where=_.rank < top),
        hhi=(_.share * _.share).sum() * 10_000.0,
    )
    with_whole = summed.inner_join(whole, "key")
    return (
        with_whole.mutate(
            effective_supplier_count=10_000.0 / with_whole.hhi,
            identified_share=share_of(with_whole.spend_gbp, with_whole.whole_gbp),
        )
        .drop("whole_gbp")
        .order_by(ibis.desc("spend_gbp"), "key")
    )


def _by_category_and_supplier(tables: LakeTables, filters: Filters, level: str) -> ir.Table:
    chosen = payments(tables, frozenset({level, "name_key"}), filters)
    by_name = chosen.group_by("name_key", key=chosen[level]).agg(spend=_.spend.sum().cast(POUNDS))
    named = with_names(by_name, tables.names, frozenset({"supplier_id", "kind"}))
    return named.group_by("key", "supplier_id", kind=_.kind.fill_null("unknown")).agg(
        spend_gbp=_.spend.sum().cast(POUNDS)
    )


def bought_together(
    tables: LakeTables,
    by: str,
    filters: Filters = EVERYTHING,
    *,
    discount_per_doubling: float,
    least_gbp: int = 0,
) -> ir.Table:
    """One row per supplier or category that two or more bodies pay: what could be bought together.

    by                          "supplier", "category" or "group"
    body_count, spend_gbp, largest_gbp (the largest body's), payment_count, supplier_count
    volume_saving_estimate_gbp  an estimate, as a float: each body's price is taken as one price and
                                pounds as the measure of volume, so that
                                saving = spend x (1 - (spend / largest) ** -b),
                                b = -log2(1 - discount_per_doubling)
    Public bodies, individuals, redacted names and card merchants are no joint purchase, nor is
    what is not classified (by category). Bodies whose net is nought or less do not count.
    """
    by_body = bought_by_body(tables, by, filters)
    exponent = -(ibis.literal(1.0 - discount_per_doubling).log2())
    summed = by_body.group_by("key").agg(
        label=_.label.max(),
        body_count=_.body_id.nunique(),
        spend_gbp=_.spend_gbp.sum().cast(POUNDS),
        largest_gbp=_.spend_gbp.max().cast(POUNDS),
        payment_count=_.payment_count.sum().cast("int64"),
    )
    shared = summed.filter(_.body_count >= 2, _.spend_gbp >= least_gbp)
    growth = shared.spend_gbp.cast("float64") / shared.largest_gbp.cast("float64")
    return shared.mutate(
        volume_saving_estimate_gbp=shared.spend_gbp.cast("float64")
        * (1.0 - (growth.ln() * -exponent).exp())
    ).order_by(ibis.desc("volume_saving_estimate_gbp"), ibis.desc("spend_gbp"), "key")


def bought_by_body(tables: LakeTables, by: str, filters: Filters = EVERYTHING) -> ir.Table:
    """One row per supplier (or category, group) and body: key, label, body_id, spend_gbp,
    payment_count. The detail beneath `bought_together`."""
    if by not in ("supplier", "category", "group"):
        raise ValueError(f"Buying together is shown by supplier, category or group, not by {by!r}.")
    columns = {"body_id", "name_key"} | ({by} if by != "supplier" else set())
    chosen = payments(tables, frozenset(columns), filters)
    by_name = chosen.group_by(*sorted(columns)).agg(
        spend=_.spend.sum().cast(POUNDS), payment_count=_.payment_count.sum().cast("int64")
    )
    names = tables.names.filter(~_.kind.fill_null("unknown").isin(NOT_A_MARKET))
    named = by_name.inner_join(names.select("name_key", "supplier_id", "supplier"), "name_key")
    key = named.supplier_id if by == "supplier" else named[by]
    label = named.supplier if by == "supplier" else named[by]
    summed = named.group_by("body_id", key=key).agg(
        label=label.max(),
        spend_gbp=_.spend.sum().cast(POUNDS),
        payment_count=_.payment_count.sum().cast("int64"),
    )
    if by != "supplier":
        summed = summed.filter(_.key != NOT_CLASSIFIED)
    return summed.filter(_.spend_gbp > 0).order_by("key", ibis.desc("spend_gbp"), "body_id")
