"""What do the lines that carry a code teach: suppliers' habits, and what a classifier learns?"""

from __future__ import annotations

import polars as pl

from moothall.spend.engine.category_evidence import CLEAR, evidence_of, feature_words, group_of
from moothall.spend.engine.category_rules import CategoryRules

LINES_A_MODEL_USES = 60_000


def categorised_by_code(frame: pl.DataFrame, *, rules: CategoryRules) -> pl.DataFrame:
    """Return the signatures whose published code tells the category, with supplier_key.

    These teach the suppliers' habits and the classifier.
    """
    return told_by_code(evidence_of(frame, rules))


def told_by_code(seen: pl.DataFrame) -> pl.DataFrame:
    return seen.filter(
        pl.col("code_category").is_not_null() & pl.col("standing_category").is_null()
    ).with_columns(category=pl.col("code_category"), sureness=pl.col("code_sureness"))


def usual_categories(
    categorised: pl.DataFrame, *, at_least: int = 2, share: float = 0.8
) -> pl.DataFrame:
    """Return each supplier's usual category: supplier_key, category, sureness, line_count.

    categorised : one row per signature (supplier_key, category)

    A supplier has a habit when `share` of at least `at_least` signatures agree on the category, or
    on the group (then the group's "kind not stated").
    """
    counted = (
        categorised.filter(pl.col("supplier_key").is_not_null())
        .group_by("supplier_key", "category")
        .agg(pl.len().alias("count"))
        .with_columns(group=group_of("category"), total=pl.col("count").sum().over("supplier_key"))
    )
    kinds = counted.filter(
        (pl.col("total") >= at_least) & (pl.col("count") >= share * pl.col("total"))
    ).select("supplier_key", "category", "count", "total")
    groups = (
        counted.filter(pl.col("group") != "other")
        .group_by("supplier_key", "group")
        .agg(pl.col("count").sum(), pl.col("total").first())
        .filter((pl.col("total") >= at_least) & (pl.col("count") >= share * pl.col("total")))
        .join(kinds, on="supplier_key", how="anti")
        .select(
            "supplier_key",
            (pl.col("group") + pl.lit("/general")).alias("category"),
            "count",
            "total",
        )
    )
    return pl.concat([kinds, groups]).select(
        "supplier_key",
        "category",
        (0.9 * pl.col("count") / pl.col("total") * (1 - 0.5 / pl.col("total"))).alias("sureness"),
        pl.col("total").cast(pl.Int64).alias("line_count"),
    )


def training_features(seen: pl.DataFrame) -> pl.DataFrame:
    """Return what `classifier.fitted_model` learns from: words, category, supplier, is_coded.

    seen : signatures with their evidence; those with a code teach, and with them those that words
           tell firmly
    """
    coded = told_by_code(seen)
    firm = seen.filter(
        pl.col("code_category").is_null()
        & pl.col("standing_category").is_null()
        & (pl.col("words_sureness") >= CLEAR)
    ).with_columns(category=pl.col("words_category"))
    parts = [
        pl.DataFrame(
            {
                "words": feature_words(rows, with_label=not is_coded),
                "category": rows["category"],
                "supplier": rows["supplier_key"].fill_null("not named"),
            }
        ).with_columns(is_coded=pl.lit(is_coded))
        for rows, is_coded in ((_at_most(coded), True), (_at_most(firm), False))
    ]
    return pl.concat(parts)


def _at_most(rows: pl.DataFrame) -> pl.DataFrame:
    """A fixed sample of the rows, when there are more than a model uses."""
    if rows.height <= LINES_A_MODEL_USES:
        return rows
    return rows.sort(pl.col("category_key").hash(seed=11)).head(LINES_A_MODEL_USES)
