"""How right are the categories on a body that the classifier was never taught by?

Wakefield's own procurement headings are the truth and are withheld from the engine, which is taught
by Trafford's ProClass codes; then Trafford's codes are withheld in turn. A publisher heads a payee,
we head what was bought, so some disagreement is a difference of scheme: the floors below are what
was measured, less a margin. Run with `-s` to read the figures.
"""

import sys
import time

import polars as pl
import pytest

from moothall.spend.engine.categories import categories_of
from moothall.spend.engine.category_rules import CategoryRules, category_rules
from moothall.spend.engine.category_teaching import categorised_by_code
from moothall.spend.tests.published_categories import trafford, wakefield
from moothall.spend.tests.test_engine_categories import rule_values

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wakefield_lines(shared_data) -> pl.DataFrame:
    return wakefield(shared_data)


@pytest.fixture(scope="module")
def trafford_lines(shared_data) -> pl.DataFrame:
    return trafford(shared_data)


@pytest.fixture(scope="module")
def rules() -> CategoryRules:
    return category_rules(rule_values())


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


def group(column: str) -> pl.Expr:
    return pl.col(column).str.split("/").list.first()


def measured(signatures: pl.DataFrame, told: pl.DataFrame, title: str) -> dict[str, float]:
    """Precision and recall at the top level, by lines and by pounds (credits counted as debits)."""
    both = signatures.drop_nulls("truth").join(told, on="category_key")
    both = both.with_columns(
        pounds=pl.col("spend").abs().cast(pl.Float64),
        lines=pl.col("line_count").cast(pl.Float64),
        said=pl.col("category") != "not-classified",
        right=group("truth") == group("category"),
        kind_said=~pl.col("category").str.ends_with("/general")
        & (pl.col("category") != "not-classified")
        & pl.col("truth").str.contains("/")
        & ~pl.col("truth").str.ends_with("/general"),
        kind_right=pl.col("truth") == pl.col("category"),
    )

    def share(weight: str, part: str, of: str | None = None) -> float:
        whole = both.filter(pl.col(of)) if of else both
        return whole.filter(pl.col(part))[weight].sum() / max(whole[weight].sum(), 1.0)

    figures = {}
    for weight in ("lines", "pounds"):
        figures |= {
            f"{weight}_precision": share(weight, "right", "said"),
            f"{weight}_recall": share(weight, "right"),
            f"{weight}_classified": share(weight, "said"),
            f"{weight}_kind_precision": share(weight, "kind_right", "kind_said"),
        }
    say(f"\n{title}: {both['line_count'].sum():,} lines, £{both['pounds'].sum() / 1e6:,.1f}m")
    for name, figure in figures.items():
        say(f"  {name:24} {figure:.3f}")
    for how, rows in both.group_by("how", maintain_order=True):
        right = rows.filter(pl.col("right"))["lines"].sum() / rows["lines"].sum()
        say(f"  {how[0]!s:24} {int(rows['lines'].sum()):>8,} lines, {right:.3f} right")
    return figures


COLUMNS = (
    "category_key",
    "body_id",
    "supplier_name",
    "department",
    "service",
    "purpose",
    "category_text",
    "proclass",
    "cpv",
    "sercop",
    "account_code",
)


def test_wakefield_is_categorised_by_what_trafford_taught(wakefield_lines, trafford_lines, rules):
    asked = wakefield_lines
    place = pl.concat([asked.select(COLUMNS), trafford_lines.select(COLUMNS)])
    began, busy = time.perf_counter(), time.process_time()
    told = categories_of(place, rules=rules)
    busy, took = time.process_time() - busy, time.perf_counter() - began
    say(f"\n{place.height:,} signatures in {took:.1f} s ({busy:.1f} s of processor)")
    assert told["category_key"].to_list() == place["category_key"].to_list()
    assert set(told["how"].unique()) <= {"code", "supplier", "words", "model", "none"}
    assert set(told["category"].unique()) <= {*rules.scheme.categories(), "not-classified"}
    assert told["sureness"].is_between(0, 1).all()
    figures = measured(asked, told, "Wakefield, its headings withheld, taught by Trafford")
    assert figures["lines_precision"] >= 0.82
    assert figures["lines_recall"] >= 0.75
    assert figures["pounds_precision"] >= 0.78
    assert figures["pounds_recall"] >= 0.58


def test_trafford_without_its_codes_is_told_by_words(trafford_lines, rules):
    """Lines whose payee's standing settles them are left out: Trafford codes levies as planning."""
    published = trafford_lines
    truth = categorised_by_code(published, rules=rules).select("category_key", truth="category")
    asked = (
        published.drop("truth")
        .join(truth, on="category_key", how="left")
        .with_columns(
            pl.lit(None, dtype=pl.String).alias(name) for name in ("proclass", "category_text")
        )
    )
    told = categories_of(asked.select(COLUMNS), rules=rules)
    figures = measured(asked, told, "Trafford, its codes withheld, taught by nobody")
    assert figures["lines_precision"] >= 0.86
    assert figures["lines_recall"] >= 0.80
    assert figures["pounds_precision"] >= 0.65
