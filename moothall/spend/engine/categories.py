"""What was each payment for, how do we know, and how sure is that?

Evidence is taken in this order: a person's correction; a payee whose standing settles it (taxes,
precepts, pensions, loans, cards); a published code; the supplier's usual category; words; the
supplier's other lines; SeRCOP headings; a classifier. The rest is "not-classified".
"""

from __future__ import annotations

import numpy as np
import polars as pl

from moothall.spend.engine.category_evidence import (
    CLEAR,
    SURE_ENOUGH,
    evidence_of,
    feature_words,
    group_of,
)
from moothall.spend.engine.category_rules import NOT_CLASSIFIED, CategoryRules
from moothall.spend.engine.category_teaching import (
    told_by_code,
    training_features,
    usual_categories,
)
from moothall.spend.engine.classifier import (
    CannotFit,
    Model,
    fitted_model,
    known_word_counts,
    probabilities,
)

MODEL_SURE_ENOUGH = 0.75
"""A classifier must be surer than a rule: it has not seen this body's words before."""
MODEL_OVERRULES = 0.90
WORDS_A_MODEL_NEEDS = 3
CATEGORISED_SCHEMA = {
    "category_key": pl.Int64,
    "category": pl.String,
    "group": pl.String,
    "how": pl.String,
    "sureness": pl.Float64,
}
CORRECTION_CONDITIONS = ("category_key", "supplier_id", "supplier_name", "category_text")


def categories_of(
    signatures: pl.DataFrame, *, rules: CategoryRules, corrections: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Categorise the signatures of a whole place, learning from its own coded lines.

    Suppliers' habits come from the lines with a code. The classifier is fitted on those and on the
    lines that words tell firmly, when enough lines carry a code; else there is none.
    Shapes as for `categorise`.
    """
    seen = evidence_of(signatures, rules)
    habits = usual_categories(told_by_code(seen))
    try:
        model: Model | None = fitted_model(training_features(seen))
    except CannotFit:
        model = None  # the rules stand alone until a body with codes is loaded
    return _decided(seen, corrections=corrections, supplier_usual=habits, model=model)


def categorise(
    frame: pl.DataFrame,
    *,
    rules: CategoryRules,
    corrections: pl.DataFrame | None = None,
    supplier_usual: pl.DataFrame | None = None,
    model: Model | None = None,
) -> pl.DataFrame:
    """Return one row per distinct signature: category_key, category, group, how, sureness.

    frame          : distinct signatures (category_key, body_id, supplier_name and, where known,
                     supplier_id, department, service, purpose, category_text, proclass, cpv,
                     sercop, account_code); absent columns count as not published
    corrections    : what people decided: `category` and any of category_key, body_id, supplier_id,
                     supplier_name, category_text as conditions (null: any); a later row wins
    supplier_usual : from `usual_categories`
    model          : from `classifier.fitted_model` over `training_features`

    :raises ValueError: when a correction is about nothing narrower than a body.
    """
    return _decided(
        evidence_of(frame, rules),
        corrections=corrections,
        supplier_usual=supplier_usual,
        model=model,
    )


def _decided(
    seen: pl.DataFrame,
    *,
    corrections: pl.DataFrame | None,
    supplier_usual: pl.DataFrame | None,
    model: Model | None,
) -> pl.DataFrame:
    if supplier_usual is not None and supplier_usual.height:
        usual = supplier_usual.select(
            "supplier_key",
            pl.col("category").alias("usual_category"),
            pl.col("sureness").alias("usual_sureness"),
        )
        seen = seen.join(usual, on="supplier_key", how="left", maintain_order="left")
    else:
        seen = seen.with_columns(
            pl.lit(None, dtype=pl.String).alias("usual_category"),
            pl.lit(None, dtype=pl.Float64).alias("usual_sureness"),
        )
    settled = _by_headings(_by_other_lines(_by_rules(seen)))
    if model is not None:
        settled = _by_model(settled, model)
    settled = _by_people(settled, corrections)
    is_blank = pl.col("category").is_null() | (pl.col("category") == NOT_CLASSIFIED)
    return settled.select(
        pl.col("category_key").cast(pl.Int64),
        pl.col("category").fill_null(NOT_CLASSIFIED),
        pl.col("category").fill_null(NOT_CLASSIFIED).str.split("/").list.first().alias("group"),
        pl.when(is_blank & (pl.col("how").fill_null("none") != "person"))
        .then(pl.lit("none"))
        .otherwise("how")
        .alias("how"),
        pl.when(pl.col("category").is_null())
        .then(0.0)
        .otherwise(pl.col("sureness").round(3))
        .alias("sureness"),
    )


def _by_rules(seen: pl.DataFrame) -> pl.DataFrame:
    """Standing, then code, then the supplier's usual category, then words.

    A code or habit that names only the group gives way to words that name a kind in it; a code at
    the top of its scheme gives way to strong words for another group.
    """
    words_sure = pl.col("words_sureness") >= SURE_ENOUGH
    names_a_kind = ~pl.col("words_category").str.ends_with("/general")
    code, usual, words = (pl.col(f"{name}_category") for name in ("code", "usual", "words"))
    refines_code = (
        names_a_kind
        & code.str.ends_with("/general")
        & (group_of("code_category") == group_of("words_category"))
    )
    refines_usual = (
        names_a_kind
        & usual.str.ends_with("/general")
        & (group_of("usual_category") == group_of("words_category"))
    )
    outweighs = (pl.col("words_sureness") >= 0.85) & (
        pl.col("words_sureness") > pl.col("code_sureness")
    )
    outweighs_usual = pl.col("words_sureness") >= 0.9
    by_words = words_sure & (
        pl.when(code.is_not_null())
        .then(refines_code | (outweighs & (pl.col("code_sureness") < 0.8)))
        .when(usual.is_not_null())
        .then(refines_usual | outweighs_usual)
        .otherwise(pl.lit(value=True))
    )
    standing = pl.col("standing_category")
    return seen.with_columns(
        category=pl.when(standing.is_not_null())
        .then(standing)
        .when(by_words)
        .then(words)
        .when(code.is_not_null())
        .then(code)
        .when(usual.is_not_null())
        .then(usual),
        how=pl.when(standing.is_not_null() | by_words)
        .then(pl.lit("words"))
        .when(code.is_not_null())
        .then(pl.lit("code"))
        .when(usual.is_not_null())
        .then(pl.lit("supplier")),
        sureness=pl.when(standing.is_not_null())
        .then(0.95)
        .when(by_words)
        .then("words_sureness")
        .when(code.is_not_null())
        .then("code_sureness")
        .otherwise(pl.col("usual_sureness").fill_null(0.0)),
    )


def _by_other_lines(settled: pl.DataFrame) -> pl.DataFrame:
    """Fill a line from the other lines of the same supplier, when they nearly all agree."""
    firm = settled.filter(
        pl.col("category").is_not_null()
        & (pl.col("sureness") >= 0.8)
        & (pl.col("how") != "supplier")
        & pl.col("standing_category").is_null()
    )
    habits = usual_categories(firm).rename(
        {"category": "other_lines", "sureness": "other_sureness"}
    )
    joined = settled.join(
        habits.select("supplier_key", "other_lines", "other_sureness"),
        on="supplier_key",
        how="left",
        maintain_order="left",
    )
    fills = pl.col("category").is_null() & pl.col("other_lines").is_not_null()
    return joined.with_columns(
        category=pl.when(fills).then("other_lines").otherwise("category"),
        how=pl.when(fills).then(pl.lit("supplier")).otherwise("how"),
        sureness=pl.when(fills).then("other_sureness").otherwise("sureness"),
    )


def _by_headings(settled: pl.DataFrame) -> pl.DataFrame:
    fills = pl.col("category").is_null() & (pl.col("sercop_sureness") >= SURE_ENOUGH)
    return settled.with_columns(
        category=pl.when(fills).then("sercop_category").otherwise("category"),
        how=pl.when(fills)
        .then(
            pl.when(pl.col("sercop").is_not_null()).then(pl.lit("code")).otherwise(pl.lit("words"))
        )
        .otherwise("how"),
        sureness=pl.when(fills).then("sercop_sureness").otherwise("sureness"),
    )


def _by_model(settled: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Ask the classifier where nothing was settled, and where unclear words settled it alone.

    It names the kind when sure of it, else the group when sure of that. Against words it must be
    nearly certain that the group is another.
    """
    asked = settled.select(
        (
            pl.col("category").is_null()
            | (
                (pl.col("how") == "words")
                & (pl.col("sureness") < CLEAR)
                & pl.col("standing_category").is_null()
            )
        ).arg_true()
    ).to_series()
    if asked.is_empty():
        return settled
    rows = settled[asked]
    words = feature_words(rows, with_label=True)
    chances = probabilities(words, model)
    groups = np.array([code.split("/")[0] for code in model.categories])
    names = np.unique(groups)
    by_group = np.stack([chances[:, groups == name].sum(axis=1) for name in names], axis=1)
    told = pl.DataFrame(
        {
            "kind": np.array(model.categories)[chances.argmax(axis=1)],
            "kind_chance": chances.max(axis=1),
            "group": names[by_group.argmax(axis=1)],
            "group_chance": by_group.max(axis=1),
            "known_words": known_word_counts(words, model),
        },
        schema_overrides={"kind": pl.String, "group": pl.String},
    ).with_columns(held=rows["category"])
    speaks = (pl.col("known_words") >= WORDS_A_MODEL_NEEDS) & pl.when(
        pl.col("held").is_null()
    ).then(pl.lit(value=True)).otherwise(
        (pl.col("group") != group_of("held")) & (pl.col("group_chance") >= MODEL_OVERRULES)
    )
    told = told.with_columns(
        category=pl.when(speaks & (pl.col("kind_chance") >= MODEL_SURE_ENOUGH))
        .then("kind")
        .when(speaks & (pl.col("group_chance") >= MODEL_SURE_ENOUGH) & (pl.col("group") != "other"))
        .then(pl.col("group") + pl.lit("/general")),
        chance=pl.when(pl.col("kind_chance") >= MODEL_SURE_ENOUGH)
        .then("kind_chance")
        .otherwise("group_chance")
        .cast(pl.Float64),
    )
    answers = told.select(
        pl.Series("_row", asked, dtype=pl.UInt32),
        pl.col("category").alias("_category"),
        pl.col("chance").alias("_chance"),
    ).drop_nulls("_category")
    joined = settled.with_row_index("_row").join(
        answers, on="_row", how="left", maintain_order="left"
    )
    has_answer = pl.col("_category").is_not_null()
    return joined.with_columns(
        category=pl.when(has_answer).then("_category").otherwise("category"),
        how=pl.when(has_answer).then(pl.lit("model")).otherwise("how"),
        sureness=pl.when(has_answer).then("_chance").otherwise("sureness"),
    ).drop("_row", "_category", "_chance")


def _by_people(settled: pl.DataFrame, corrections: pl.DataFrame | None) -> pl.DataFrame:
    """Apply corrections: the wide ones first, so that the narrowest has the last word."""
    if corrections is None or corrections.is_empty():
        return settled
    names = [*CORRECTION_CONDITIONS, "body_id"]
    ordered = corrections.with_columns(
        pl.lit(None, dtype=pl.Int64 if name.endswith(("_key", "_id")) else pl.String).alias(name)
        for name in names
        if name not in corrections.columns
    ).with_row_index("_row")
    ordered = ordered.with_columns(
        _conditions=pl.concat_str(pl.col(name).is_not_null().cast(pl.Int8) for name in names)
    )
    widest_first = (
        ordered.select(
            "_conditions",
            _count=pl.sum_horizontal(pl.col(n).is_not_null() for n in names),
            _signature=pl.col("category_key").is_not_null(),
        )
        .unique()
        .sort("_signature", "_count", "_conditions")["_conditions"]
    )
    for conditions in widest_first:
        on = [name for name, mark in zip(names, conditions, strict=True) if mark == "1"]
        if not set(on) & set(CORRECTION_CONDITIONS):
            raise ValueError(
                "A correction of a category names no supplier, published category or line, so it "
                "would change a whole body. Say which of them it is about."
            )
        absent = [name for name in on if name not in settled.columns]
        if absent:
            raise ValueError(
                f"A correction is about {' and '.join(absent)}, which these lines do not carry. "
                "Give the lines with that column."
            )
        last = (
            ordered.filter(pl.col("_conditions") == conditions)
            .sort("_row")
            .unique(on, keep="last")
            .select(*on, pl.col("category").alias("decided"))
        )
        settled = settled.join(last, on=on, how="left", maintain_order="left")
        decided = pl.col("decided").is_not_null()
        settled = settled.with_columns(
            category=pl.when(decided).then("decided").otherwise("category"),
            how=pl.when(decided).then(pl.lit("person")).otherwise("how"),
            sureness=pl.when(decided).then(1.0).otherwise("sureness"),
        ).drop("decided")
    return settled


# Learning ----------------------------------------------------------------------------------
