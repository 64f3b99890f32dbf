"""How does a lake of ten million invented lines look? Written straight into the lake's shape.

    python -m benchmarks.generate_lake FOLDER --lines 10000000 --seed 7

Everything is invented from the seed. Twelve bodies, six financial years, a long tail of suppliers,
purposes that repeat and purposes that do not, the scheme's categories. A publication, and so a
file, is one body and one month (`--files month`) or one body and one financial year (`--files
year`), sorted by paid_on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import polars as pl

from moothall.core.lake_files import write_looked_up, write_scanned

BODY_COUNT = 12
FIRST_YEAR = 2020
YEAR_COUNT = 6
WORDS = (
    *("repair", "supply", "annual", "hire", "support", "placement", "agency", "contract"),
    *("service", "maintenance", "fee", "charge", "equipment", "transport", "cleaning", "licence"),
    *("training", "survey", "materials", "food", "energy", "water", "school", "road", "housing"),
    *("day", "care", "residential", "home", "visit", "consultancy", "software", "telephone"),
    *("postage", "printing"),
)
DEPARTMENTS = 40
MONEY = pl.Decimal(18, 2)
ROW_GROUP = 122_880
MONTHS_IN_FILE = {"month": 1, "year": 12}


def category_codes() -> list[str]:
    from moothall.spend.queries.rulebook import scheme

    return [*sorted(scheme().categories()), "not-classified"]


def generate_lake(
    folder: Path, *, lines: int, seed: int = 7, files: str = "year", cubes: bool = True
) -> dict[str, list[str]]:
    """Write the lake; return its lists of files by table."""
    rng = np.random.default_rng(seed)
    suppliers = min(20_000, max(200, lines // 100))
    names = _names(rng, suppliers=suppliers)
    signatures = _signatures(rng, names.height, count=max(500, lines // 12))
    written: dict[str, list[str]] = {"lines": []}
    (folder / "lines").mkdir(parents=True, exist_ok=True)
    for label, frame in _line_files(rng, names, signatures, lines=lines, files=files):
        path = folder / "lines" / f"{label}.parquet"
        frame.write_parquet(path, compression="zstd", row_group_size=ROW_GROUP)
        written["lines"].append(str(path))
    for table, frame in (
        ("names", names.drop("weight").sort("name_key")),
        ("categories", _categories(rng, signatures).sort("category_key")),
        ("publications", publications(files)),
    ):
        path = folder / f"{table}.parquet"
        write_looked_up(frame.to_arrow(), path)
        written[table] = [str(path)]
    if cubes:
        written |= _cubes(folder, written)
    return written


def _names(rng: np.random.Generator, *, suppliers: int) -> pl.DataFrame:
    per_body = suppliers // 2
    body = np.repeat(np.arange(1, BODY_COUNT + 1), per_body)
    # Popular suppliers serve many bodies; the tail is each body's own.
    shared = rng.random(body.size) < 0.4
    own = rng.integers(suppliers // 5, suppliers, body.size)
    supplier = np.where(shared, rng.integers(0, suppliers // 5, body.size), own)
    kind = np.array(["company", "unknown", "individual", "public_body", "charity"])[
        rng.choice(5, body.size, p=[0.6, 0.2, 0.1, 0.05, 0.05])
    ]
    kind = np.where(supplier < BODY_COUNT, "public_body", kind)
    known = rng.random(body.size) < 0.7
    stems = np.array([f"{a} {b}" for a in WORDS for b in WORDS], dtype=object)
    ends = np.array(["Ltd", "Limited", "PLC", "(Town) Ltd", "Trust"], dtype=object)
    stem = stems[supplier % stems.size]
    text = pl.DataFrame({"stem": stem, "end": ends[rng.integers(0, 5, body.size)], "n": supplier})
    spelt = text.select(pl.format("{} {} {}", pl.col("stem").str.to_titlecase(), "n", "end"))
    canonical = text.select(pl.format("{} {}", pl.col("stem").str.to_titlecase(), "n"))
    frame = pl.DataFrame(
        {
            "name_key": rng.permutation(body.size).astype(np.int64) * 7_919 + 11,
            "body_id": body.astype(np.int64),
            "supplier_name": spelt.to_series(),
            "supplier_ref": pl.Series(rng.integers(10_000, 99_999, body.size)).cast(pl.String),
            "supplier_id": supplier.astype(np.int64) + 1,
            "supplier": canonical.to_series(),
            "public_name": canonical.to_series(),
            "kind": kind,
        }
    ).with_columns(  # no private person is named to the public
        public_name=pl.when(pl.col("kind") != "individual").then("public_name")
    )
    flags = {
        flag: pl.Series(np.where(known, rng.random(body.size) < p, 0).astype(bool)).zip_with(
            pl.Series(known), pl.Series([None], dtype=pl.Boolean).new_from_index(0, body.size)
        )
        for flag, p in (
            ("is_local", 0.35),
            ("is_small", 0.5),
            ("is_third_sector", 0.12),
            ("is_mutual", 0.02),
        )
    }
    public_body = pl.Series(np.where(supplier < BODY_COUNT, supplier + 1, 0)).cast(pl.Int64)
    return frame.with_columns(
        **flags,
        public_body_id=pl.when(public_body > 0).then(public_body).otherwise(None),
        weight=pl.Series(rng.pareto(1.1, body.size) + 0.01),
    )


def _signatures(rng: np.random.Generator, names: int, *, count: int) -> pl.DataFrame:
    """One row per name, department and purpose as they go together: what a category hangs on."""
    first = rng.integers(0, len(WORDS), count)
    second = rng.integers(0, len(WORDS), count)
    words = np.array(WORDS, dtype=object)
    number = pl.Series(np.where(rng.random(count) < 0.3, rng.integers(0, 10**6, count), 0))
    purpose = pl.DataFrame({"a": words[first], "b": words[second], "n": number}).select(
        pl.when(pl.col("n") > 0)
        .then(pl.format("{} {} {}", "a", "b", "n"))
        .otherwise(pl.format("{} {}", "a", "b"))
    )
    return pl.DataFrame(
        {
            # Every name has a signature; popular ones have several.
            "name": np.concatenate(
                [np.arange(min(names, count)), rng.integers(0, names, max(0, count - names))]
            )[:count],
            "category_key": rng.permutation(count).astype(np.int64) * 104_729 + 5,
            "department": rng.integers(0, DEPARTMENTS, count),
            "purpose": purpose.to_series(),
            "service": words[first],
        }
    ).with_columns(
        pl.format("Department {}", "department").alias("department"),
        pl.col("service").str.to_titlecase(),
    )


def _categories(rng: np.random.Generator, signatures: pl.DataFrame) -> pl.DataFrame:
    codes = np.array(category_codes(), dtype=object)
    weights = rng.pareto(1.5, codes.size) + 0.1
    code = pl.Series(codes[rng.choice(codes.size, signatures.height, p=weights / weights.sum())])
    return (
        signatures.select(
            "category_key",
            words=pl.concat_str(
                ["purpose", "service", "department", "service"], separator=" | "
            ).str.to_lowercase(),
        )
        .with_columns(
            category=code,
            group=code.str.split("/").list.first(),
            how=pl.Series(
                np.array(["code", "supplier", "words", "model"])[
                    rng.integers(0, 4, signatures.height)
                ]
            ),
            sureness=pl.Series(rng.random(signatures.height)),
        )
        .with_columns(
            how=pl.when(pl.col("category") == "not-classified")
            .then(pl.lit("none"))
            .otherwise(pl.col("how"))
        )
    )


def publications(files: str) -> pl.DataFrame:
    """One row per publication: the months or the financial years of each body."""
    starts = _months()[:: MONTHS_IN_FILE[files]]
    ends = [*starts[1:], date(FIRST_YEAR + YEAR_COUNT, 4, 1)]
    rows = [
        {
            "publication_id": body * 1_000 + n,
            "body_id": body,
            "body": f"Body {body}",
            "kind": "spend",
            "starts_on": first,
            "ends_before": end,
        }
        for body in range(1, BODY_COUNT + 1)
        for n, (first, end) in enumerate(zip(starts, ends, strict=True))
    ]
    return pl.DataFrame(rows)


def _months() -> list[date]:
    return [date(FIRST_YEAR + (3 + n) // 12, (3 + n) % 12 + 1, 1) for n in range(12 * YEAR_COUNT)]


def _line_files(
    rng: np.random.Generator,
    names: pl.DataFrame,
    signatures: pl.DataFrame,
    *,
    lines: int,
    files: str,
) -> Iterator[tuple[str, pl.DataFrame]]:
    months = _months()
    size = max(1, lines // (BODY_COUNT * len(months)))
    left = lines - size * BODY_COUNT * len(months)
    body_of_signature = names["body_id"].to_numpy()[signatures["name"].to_numpy()]
    weight_of_signature = names["weight"].to_numpy()[signatures["name"].to_numpy()]
    for body in range(1, BODY_COUNT + 1):
        mine = np.flatnonzero(body_of_signature == body)
        cumulated = np.cumsum(weight_of_signature[mine])
        waiting: list[pl.DataFrame] = []
        for n, month in enumerate(months):
            count = size + (left if body == 1 and n == 0 else 0)
            picked = mine[
                np.searchsorted(cumulated, rng.random(count) * cumulated[-1], side="right")
            ]
            made = _lines(rng, names, signatures[picked], body=body, month=month)
            waiting.append(made)
            if (n + 1) % MONTHS_IN_FILE[files] == 0:
                publication = body * 1_000 + n // MONTHS_IN_FILE[files]
                yield str(publication), _published(waiting, publication)
                waiting = []


def _published(months: list[pl.DataFrame], publication: int) -> pl.DataFrame:
    """The lines of one file, numbered as its rows."""
    together = pl.concat(months)
    return together.with_columns(
        publication_id=pl.lit(publication, dtype=pl.Int64),
        source_id=pl.lit(publication, dtype=pl.Int64),
        row=pl.int_range(2, together.height + 2, dtype=pl.Int32),
    )


def _lines(
    rng: np.random.Generator,
    names: pl.DataFrame,
    picked: pl.DataFrame,
    *,
    body: int,
    month: date,
) -> pl.DataFrame:
    count = picked.height
    pence = np.round(np.exp(rng.normal(11.2, 1.6, count))).astype(np.int64)
    pence = np.where(rng.random(count) < 0.03, -pence, pence)
    offset = np.sort(rng.integers(0, 28, count))
    named = names[picked["name"].to_numpy()]
    number = pl.Series(rng.integers(10**5, 10**7, count)).cast(pl.String)
    nothing = pl.lit(None, dtype=pl.String)
    return pl.DataFrame(
        {
            "body_id": np.full(count, body, dtype=np.int64),
            "paid_on": pl.Series(np.datetime64(month, "D") + offset).cast(pl.Date),
            "amount_pence": pence,
            "supplier_name": named["supplier_name"],
            "supplier_ref": named["supplier_ref"],
            "department": picked["department"],
            "service": picked["service"],
            "purpose": picked["purpose"],
            "transaction_ref": number,
            "name_key": named["name_key"],
            "category_key": picked["category_key"],
            "is_card": rng.random(count) < 0.05,
            "is_redacted": rng.random(count) < 0.04,
        }
    ).select(
        pl.lit(0, dtype=pl.Int64).alias("publication_id"),
        "body_id",
        pl.lit(0, dtype=pl.Int64).alias("source_id"),
        pl.lit(0, dtype=pl.Int32).alias("row"),
        nothing.alias("sheet"),
        "paid_on",
        pl.lit("published").alias("date_basis"),
        pl.lit("paid" if body % 3 else "posted").alias("date_meaning"),
        (pl.col("amount_pence").cast(pl.Decimal(20, 2)) / 100).cast(MONEY).alias("amount"),
        (pl.col("amount_pence") / 100).cast(pl.String).alias("amount_text"),
        pl.lit(None, dtype=MONEY).alias("irrecoverable_vat"),
        "supplier_name",
        "supplier_ref",
        *[nothing.alias(c) for c in ("vat_number", "company_number", "charity_number")],
        "department",
        "service",
        "purpose",
        pl.col("service").alias("category_text"),
        *[nothing.alias(c) for c in ("proclass", "cpv", "sercop", "account_code")],
        "transaction_ref",
        pl.lit("revenue").alias("capital_revenue"),
        "is_card",
        "is_redacted",
        "name_key",
        "category_key",
        nothing.alias("invoice_number"),
        *[pl.lit(None, dtype=pl.Date).alias(c) for c in ("invoice_date", "received_date")],
        *[pl.lit(None, dtype=MONEY).alias(c) for c in ("vat", "gross")],
        *[nothing.alias(c) for c in ("purchase_order", "cost_centre")],
    )


def _cubes(folder: Path, written: dict[str, list[str]]) -> dict[str, list[str]]:
    import ibis

    from moothall.spend.analysis.cubes import cubes_of

    con = ibis.duckdb.connect()
    lines = con.read_parquet(written["lines"])
    categories = con.read_parquet(written["categories"])
    made = {}

    def keep(table: str, cube: ir.Table) -> ir.Table:
        path = folder / f"{table}.parquet"
        write_scanned(con, cube, path)
        made[table] = [str(path)]
        return con.read_parquet(path)

    cubes_of(lines, categories, keep)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--files", choices=tuple(MONTHS_IN_FILE), default="year")
    asked = parser.parse_args()
    written = generate_lake(asked.folder, lines=asked.lines, seed=asked.seed, files=asked.files)
    for table, paths in written.items():
        size = sum(Path(path).stat().st_size for path in paths)
        print(f"{table}: {len(paths)} files, {size / 1e6:,.1f} MB")


if __name__ == "__main__":
    main()
