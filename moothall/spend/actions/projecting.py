"""Turn lines and people's decisions into the dimensions and cubes of a new generation.

Lines are never rewritten: who a name belongs to, what a line is for, and what the public may call a
payee are projected here to small files that every answer joins.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pyarrow as pa
from django.db import transaction
from django.db.models import Max
from ibis import _

from moothall.core import lake
from moothall.core.lake_tables import CUBES, TABLES
from moothall.core.models import LakeFile, Publication
from moothall.directory.models import Organisation
from moothall.spend.analysis.cubes import cubes_of, words_of_categories
from moothall.spend.engine.categories import categories_of
from moothall.spend.engine.category_evidence import SIGNATURE_COLUMNS
from moothall.spend.engine.matching import Matches, matches
from moothall.spend.engine.names import NameKind, NameWords, canonical_name
from moothall.spend.engine.redaction import Verdict
from moothall.spend.models import CategoryCorrection, MatchDecision
from moothall.spend.queries.known_suppliers import facts_of_suppliers, own_bodies_decided
from moothall.spend.queries.redactions import verdict_of_each
from moothall.spend.queries.rulebook import category_rules_on, name_words_on

NAME_COLUMNS = (
    "name_key",
    "body_id",
    "supplier_name",
    "supplier_ref",
    "vat_number",
    "company_number",
    "charity_number",
)
# A private person's name is not shown to the public, nor a total built for it, until someone
# with the standing to do so decides otherwise.
WITHHELD_KINDS = frozenset({NameKind.INDIVIDUAL, NameKind.SOLE_TRADER, NameKind.REDACTED})


def project(*, at: datetime, why: str = "spend.projected") -> int:
    """Rebuild every dimension and cube from the lines that stand now; return the generation.

    Safe to repeat: it reads the books and the lake, writes new files, and names them in one commit.
    """
    with lake.writer():
        lines = _standing_lines()
        day = at.date()
        records = _name_records(lines)
        found = _matches(records, day)
        names = _names(records, found, day)
        signatures = _signatures(lines, found)
        words = pl.DataFrame(words_of_categories(lines).to_pyarrow())
        categorised = _categorised(signatures, found, day).join(
            words, on="category_key", how="left"
        )
        new = [
            lake.keep_table("names", _as_table(names.sort("name_key"), "names")),
            lake.keep_table("links", _as_table(found.links, "links")),
            lake.keep_table("candidates", _as_table(found.candidates, "candidates")),
            lake.keep_table(
                "categories", _as_table(categorised.sort("category_key"), "categories")
            ),
        ]
        return _commit_with_cubes(new, lines, at=at, why=why)


def is_behind() -> bool:
    """Whether lines came or went since the cubes were made, or a cube was never made."""
    lines = LakeFile.objects.filter(table="lines").aggregate(
        came=Max("added_in"), went=Max("removed_in")
    )
    cubes = LakeFile.objects.filter(table__in=CUBES).values("table").annotate(made=Max("added_in"))
    made = {cube["table"]: cube["made"] for cube in cubes}
    changed = max(lines["came"] or 0, lines["went"] or 0)
    return any(changed > made.get(table, 0) for table in CUBES)


def project_decisions(*, at: datetime, why: str) -> int:
    """Rebuild who is who after a person's word on a match; nothing else changes."""
    with lake.writer():
        lines = _standing_lines()
        records = _name_records(lines)
        found = _matches(records, at.date(), queue=False)
        names = _names(records, found, at.date())
        new = [
            lake.keep_table("names", _as_table(names.sort("name_key"), "names")),
            lake.keep_table("links", _as_table(found.links, "links")),
        ]
        return _commit(new, at=at, why=why)


def _standing_lines() -> Any:
    """The lines of every publication that stands: what is withdrawn lends no evidence."""
    standing = Publication.objects.filter(state=Publication.State.CURRENT)
    keys = frozenset(standing.values_list("id", flat=True))
    paths = lake.current_generation().paths("lines", keys)
    return lake.table_of(paths, "lines", local=True)


def _commit_with_cubes(new: list[lake.NewFile], lines: Any, *, at: datetime, why: str) -> int:
    (categories,) = (file for file in new if file.table == "categories")
    dimension = lake.table_of([str(categories.path)], "categories", local=True)

    def keep(table: str, cube: Any) -> Any:
        new.append(lake.keep_expression(table, cube))
        return lake.table_of([str(new[-1].path)], table, local=True)

    cubes_of(lines, dimension, keep)
    return _commit(new, at=at, why=why)


def _commit(new: list[lake.NewFile], *, at: datetime, why: str) -> int:
    tables = [file.table for file in new]
    with transaction.atomic():
        old = LakeFile.objects.filter(table__in=tables, publication=None, removed_in=None)
        generation = lake.next_generation(
            add=new, remove=list(old.values_list("id", flat=True)), why=why, at=at
        )
    return generation.number


def _as_table(frame: pl.DataFrame, table: str) -> pa.Table:
    schema = TABLES[table]
    return frame.select(schema.names).to_arrow().cast(schema)


# ── names ────────────────────────────────────────────────────────────────────────────────────


def _name_records(lines: Any) -> pl.DataFrame:
    """One row per name_key: what was published of the payee, and how much was paid to it.

    is_public : whether any line that everyone may read carries the name
    """
    public = Publication.objects.filter(
        state=Publication.State.CURRENT, sharing=Publication.Sharing.PUBLIC
    )
    keys = sorted(public.values_list("id", flat=True)) or [-1]
    records = lines.group_by(*NAME_COLUMNS).agg(
        spend_pence=(_.amount.sum() * 100).cast("int64"),
        is_card=_.is_card.all(),
        is_public=_.publication_id.isin(keys).any(),
    )
    frame = pl.DataFrame(records.to_pyarrow())
    return frame.sort("spend_pence", descending=True).unique("name_key", keep="first")


def _matches(records: pl.DataFrame, day: date, *, queue: bool = True) -> Matches:
    standing = MatchDecision.objects.filter(undone_at=None)
    pairs = {
        verdict: list(
            standing.filter(verdict=verdict).order_by("pk").values_list("name_key", "other_key")
        )
        for verdict in MatchDecision.Verdict
    }
    return matches(
        records,
        words=name_words_on(day),
        accepted=pairs[MatchDecision.Verdict.SAME],
        refused=pairs[MatchDecision.Verdict.DIFFERENT],
        queue=queue,
    )


def _names(records: pl.DataFrame, found: Matches, day: date) -> pl.DataFrame:
    """One row per name_key: its supplier, that supplier's display name, and what is known of it."""
    words = name_words_on(day)
    joined = records.join(found.suppliers, on="name_key", how="left").with_columns(
        supplier_key=pl.col("supplier_key").fill_null(pl.col("name_key")),
        kind=pl.col("kind").fill_null(NameKind.UNKNOWN.value),
    )
    clusters = joined.group_by("supplier_key").agg(
        pl.col("supplier_name"),
        pl.col("spend_pence"),
        pl.col("company_number"),
        pl.col("charity_number"),
        pl.col("kind"),
    )
    about = facts_of_suppliers(clusters, words, withheld_kinds=WITHHELD_KINDS)
    # A person's word on who a payee is outweighs the directory's names.
    own = own_bodies_decided(joined, words)
    decided = pl.col("verdict")
    joined = joined.with_columns(verdict_of_each(joined))
    described = joined.join(about, on="supplier_key", how="left")
    described = described.join(own, on="name_key", how="left").with_columns(
        public_body_id=pl.when(pl.col("is_decided"))
        .then(pl.col("organisation_id"))
        .otherwise(pl.col("public_body_id")),
    )
    described = _own_bodies_as_one(described)
    described = described.join(_spoken_in_public(described, words), on="supplier_id", how="left")
    return described.with_columns(
        public_name=pl.when(decided == Verdict.REDACT)
        .then(None)
        .when((decided == Verdict.PUBLISH) & (pl.col("kind") != NameKind.REDACTED.value))
        .then(pl.col("spoken"))
        .when(pl.col("withheld"))
        .then(None)
        .otherwise(pl.col("spoken")),
    )


def _own_bodies_as_one(names: pl.DataFrame) -> pl.DataFrame:
    """Add supplier_id: a body of the place is one payee, under its own name."""
    official = pl.DataFrame(
        list(Organisation.objects.values_list("pk", "name")),
        schema={"public_body_id": pl.Int64, "official": pl.String},
        orient="row",
    )
    is_own = pl.col("public_body_id").is_not_null()
    return names.join(official, on="public_body_id", how="left").with_columns(
        supplier_id=pl.when(is_own)
        .then(pl.col("supplier_key").min().over("public_body_id"))
        .otherwise(pl.col("supplier_key")),
        supplier=pl.coalesce("official", "supplier"),
    )


def _spoken_in_public(names: pl.DataFrame, words: NameWords) -> pl.DataFrame:
    """One row per supplier whose name the public may read: supplier_id, spoken.

    A spelling that stands only in publications that are not public is never shown in one that is.
    """
    public = names.filter(pl.col("is_public") & pl.col("supplier_name").is_not_null())
    spelled = public.group_by("supplier_id", "supplier", "official").agg(
        "supplier_name", "spend_pence"
    )
    rows = [
        (
            row["supplier_id"],
            row["official"] or canonical_name(row["supplier_name"], words, row["spend_pence"]),
        )
        for row in spelled.iter_rows(named=True)
    ]
    schema = {"supplier_id": pl.Int64, "spoken": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").unique("supplier_id", keep="first")


# ── categories ───────────────────────────────────────────────────────────────────────────────


def _signatures(lines: Any, found: Matches) -> pl.DataFrame:
    """One row per distinct thing bought from a payee, with the supplier behind the name."""
    columns = ("category_key", "body_id", "name_key", *SIGNATURE_COLUMNS)
    signatures = lines.group_by(*columns).agg(spend=_.amount.sum())
    frame = pl.DataFrame(signatures.to_pyarrow()).unique("category_key", keep="first")
    known = found.suppliers.select("name_key", supplier_id=pl.col("supplier_key"))
    return frame.join(known, on="name_key", how="left")


def _categorised(signatures: pl.DataFrame, found: Matches, day: date) -> pl.DataFrame:
    """Sort signatures into categories: by decision, by rule, by the supplier's habit, by model."""
    corrections = _corrections(dict(found.suppliers.select("name_key", "supplier_key").iter_rows()))
    return categories_of(signatures, rules=category_rules_on(day), corrections=corrections)


def _corrections(supplier_of: dict[int, int]) -> pl.DataFrame:
    """What people decided, oldest first: a later word wins.

    supplier_of : the supplier behind each name_key now: names may have joined since the decision
    """
    column = {
        CategoryCorrection.Scope.SUPPLIER: "supplier_id",
        CategoryCorrection.Scope.PUBLISHED: "category_text",
        CategoryCorrection.Scope.SIGNATURE: "category_key",
    }
    rows = []
    for correction in CategoryCorrection.objects.filter(undone_at=None).order_by("at", "pk"):
        name = column[CategoryCorrection.Scope(correction.scope)]
        value: str | int = correction.matches
        if name != "category_text":
            value = int(correction.matches)
        if name == "supplier_id":
            value = supplier_of.get(int(value), int(value))
        rows.append({"category": correction.category, "body_id": correction.body_id, name: value})
    return pl.DataFrame(
        rows,
        schema={
            "category": pl.String,
            "body_id": pl.Int64,
            "supplier_id": pl.Int64,
            "category_text": pl.String,
            "category_key": pl.Int64,
        },
    )
