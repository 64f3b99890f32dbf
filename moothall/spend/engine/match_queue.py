"""Which pairs of names should a person judge, and in which order?"""

from typing import Any

import numpy as np
import polars as pl

from moothall.spend.engine.joining import Evidence, Matcher
from moothall.spend.engine.likeness import likely_pairs

QUEUE_DEPTH = 3  # pairs offered for each name
LIKENESS_SURENESS = 0.7  # the sureness of names wholly alike: less than any stated evidence
LINK_SCHEMA: dict[str, Any] = {
    "left_key": pl.Int64,
    "right_key": pl.Int64,
    "evidence": pl.String,
    "fact": pl.String,
    "body_ids": pl.List(pl.Int64),
}
CANDIDATE_SCHEMA: dict[str, Any] = {
    **LINK_SCHEMA,
    "sureness": pl.Float64,
    "rank": pl.Int32,
}


def pairs_to_judge(matcher: Matcher, refusals: list[tuple[int, int]]) -> pl.DataFrame:
    root_of = [matcher.groups.root(node) for node in range(len(matcher.keys))]
    apart = {frozenset((root_of[left], root_of[right])) for left, right in refusals}
    best: dict[tuple[str, ...], int] = {}  # the record that stands for a distinct name
    for node, name in enumerate(matcher.names):
        if matcher.eligible[node] and name.words:
            held = best.setdefault(name.words, node)
            if matcher.pence[node] > matcher.pence[held]:
                best[name.words] = node
    stand_ins = np.array(list(best.values()), dtype=np.int64)
    likely = likely_pairs(
        list(best),
        [matcher.names[node].run_together for node in best.values()],
        np.array([root_of[node] for node in best.values()], dtype=np.int64),
    )
    by_likeness = pl.DataFrame(
        {
            "left": stand_ins[likely.left],
            "right": stand_ins[likely.right],
            "sureness": likely.likeness.astype(np.float64) * LIKENESS_SURENESS,
        }
    )

    def stand_in(node: int) -> int:
        named = best.get(matcher.names[node].words, node)
        return named if root_of[named] == root_of[node] else node

    by_doubt = pl.DataFrame(
        [
            (left, right, sureness, str(evidence), fact)
            for a, b, evidence, fact, sureness in matcher.doubts
            if root_of[a] != root_of[b]
            for left, right in (
                (stand_in(a), stand_in(b)),
                (stand_in(b), stand_in(a)),
            )
        ],
        schema={
            "left": pl.Int64,
            "right": pl.Int64,
            "sureness": pl.Float64,
            "evidence": pl.String,
            "fact": pl.String,
        },
        orient="row",
    )
    roots = pl.Series(root_of, dtype=pl.Int64)
    ranked = pl.concat([by_doubt, by_likeness], how="diagonal")
    ranked = (
        ranked.with_columns(
            roots.gather(ranked["left"]).alias("left_root"),
            roots.gather(ranked["right"]).alias("right_root"),
        )
        .sort("left", "sureness", "right", descending=[False, True, False])
        .unique(["left", "right_root"], keep="first", maintain_order=True)
    )
    if apart:
        refused = pl.DataFrame(
            [sorted(pair) for pair in apart if len(pair) == 2],
            schema={"low": pl.Int64, "high": pl.Int64},
            orient="row",
        )
        ranked = ranked.with_columns(
            pl.min_horizontal("left_root", "right_root").alias("low"),
            pl.max_horizontal("left_root", "right_root").alias("high"),
        ).join(refused, on=["low", "high"], how="anti")
    ranked = ranked.with_columns(pl.int_range(1, pl.len() + 1).over("left").alias("rank")).filter(
        pl.col("rank") <= QUEUE_DEPTH
    )
    likeness_fact = pl.format(
        "The names are alike ({} in 100), which is not proof.",
        (pl.col("sureness") * 100 / LIKENESS_SURENESS).round().cast(pl.Int64),
    )
    keys = pl.Series(matcher.keys, dtype=pl.Int64)
    bodies = pl.Series(matcher.bodies, dtype=pl.Int64)
    return (
        ranked.with_columns(
            keys.gather(ranked["left"]).alias("left_key"),
            keys.gather(ranked["right"]).alias("right_key"),
            bodies.gather(ranked["left"]).alias("left_body"),
            bodies.gather(ranked["right"]).alias("right_body"),
            pl.col("evidence").fill_null(str(Evidence.LIKENESS)),
            pl.coalesce("fact", likeness_fact).alias("fact"),
            pl.col("rank").cast(pl.Int32),
        )
        .with_columns(
            pl.when(pl.col("left_body") == pl.col("right_body"))
            .then(pl.concat_list("left_body"))
            .otherwise(
                pl.concat_list(
                    pl.min_horizontal("left_body", "right_body"),
                    pl.max_horizontal("left_body", "right_body"),
                )
            )
            .alias("body_ids")
        )
        .sort("left_key", "rank")
        .select(list(CANDIDATE_SCHEMA))
    )
