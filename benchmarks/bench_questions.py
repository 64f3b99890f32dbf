"""How fast are the questions, beside the SQL that a person would write by hand?

    python -m benchmarks.bench_questions [--lines 10000000] [--home FOLDER] [--runs 5]

Each summary and its hand-written SQL run in turn over the same files in one process; the medians
are compared. A summary may take 1.3 times the SQL, or 60 ms more, whichever is larger. The
explorer's first page (headline, columns by month, twenty largest suppliers, fifty newest lines, of
the latest year), from the request to the last byte of the page as the program sends it to the
public, must come within 300 ms and a text search within 1 s, in a warm process, no answer kept.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
from attrs import evolve

from benchmarks.generated_place import generate_place, opened
from moothall.core.lake_tables import CUBES
from moothall.spend.analysis import comparability, markets, summaries
from moothall.spend.analysis.listing import lines_page
from moothall.spend.analysis.payments import Filters, LakeTables

TABLES = ("lines", "names", "categories", "publications")
YEAR = Filters(starts_on=date(2025, 4, 1), ends_before=date(2026, 4, 1))
IN_YEAR = "paid_on >= DATE '2025-04-01' AND paid_on < DATE '2026-04-01'"
OWN = tuple(range(1, 13))
PASSED = ("other/tax", "other/precepts-and-levies")

# What a person would write over the lines: one statement a question.
TOP = "ORDER BY spend DESC LIMIT 20"
SQL = {
    "by category": "SELECT c.category, sum(amount) AS spend, count(*), "
    "sum(amount) / sum(sum(amount)) OVER () FROM lines JOIN categories c USING (category_key) "
    f"WHERE {IN_YEAR} GROUP BY 1 {TOP}",
    "by supplier": "SELECT n.supplier_id, any_value(n.supplier), sum(amount) AS spend, count(*), "
    "sum(amount) / sum(sum(amount)) OVER () FROM lines JOIN names n USING (name_key) "
    f"WHERE {IN_YEAR} GROUP BY 1 {TOP}",
    "by department": "SELECT department, sum(amount) AS spend, count(*), "
    f"sum(amount) / sum(sum(amount)) OVER () FROM lines WHERE {IN_YEAR} GROUP BY 1 {TOP}",
    "by body": "SELECT body_id, sum(amount) AS spend, count(*), "
    f"sum(amount) / sum(sum(amount)) OVER () FROM lines WHERE {IN_YEAR} GROUP BY 1 {TOP}",
    "by month": "SELECT date_trunc('month', paid_on) AS month, sum(amount) AS spend, count(*), "
    f"sum(amount) / sum(sum(amount)) OVER () FROM lines WHERE {IN_YEAR} GROUP BY 1 ORDER BY 1",
    "by year": "SELECT year(paid_on) - (month(paid_on) < 4)::int AS year, sum(amount) AS spend, "
    "count(*), sum(amount) / sum(sum(amount)) OVER () FROM lines GROUP BY 1 ORDER BY 1",
    "totals": "SELECT sum(amount), count(*), count(DISTINCT n.supplier_id), "
    "sum(amount) FILTER (n.public_body_id BETWEEN 1 AND 12), "
    "sum(amount) FILTER (c.category IN ('other/tax', 'other/precepts-and-levies')), "
    "sum(amount) FILTER (c.category <> 'not-classified') FROM lines "
    f"JOIN names n USING (name_key) JOIN categories c USING (category_key) WHERE {IN_YEAR}",
    "suppliers' shares": "SELECT sum(amount), sum(amount) FILTER (is_local), "
    "sum(amount) FILTER (is_local IS NOT NULL), sum(amount) FILTER (is_small), "
    "sum(amount) FILTER (is_small IS NOT NULL), sum(amount) FILTER (is_third_sector), "
    "sum(amount) FILTER (is_third_sector IS NOT NULL), sum(amount) FILTER (is_mutual), "
    "sum(amount) FILTER (is_mutual IS NOT NULL) "
    f"FROM lines JOIN names USING (name_key) WHERE {IN_YEAR}",
    "concentration": "WITH held AS (SELECT c.category, n.supplier_id, sum(amount) AS spend "
    "FROM lines JOIN names n USING (name_key) JOIN categories c USING (category_key) "
    f"WHERE {IN_YEAR} AND n.kind NOT IN ('redacted', 'individual', 'card_merchant', 'public_body') "
    "GROUP BY ALL HAVING spend > 0), shared AS (SELECT *, spend::double / "
    "sum(spend) OVER (PARTITION BY category)::double AS share, row_number() OVER (PARTITION BY "
    "category ORDER BY spend DESC) AS rank FROM held) SELECT category, sum(spend), count(*), "
    "sum(share) FILTER (rank <= 4), 10000 * sum(share * share) FROM shared GROUP BY 1",
    "together": "WITH held AS (SELECT n.supplier_id, body.body_id, sum(amount) AS spend FROM lines "
    f"body JOIN names n USING (name_key) WHERE {IN_YEAR} AND n.kind NOT IN ('redacted', "
    "'individual', 'card_merchant', 'public_body') GROUP BY ALL HAVING spend > 0) SELECT "
    "supplier_id, count(*), sum(spend) AS spend, max(spend) FROM held GROUP BY 1 "
    "HAVING count(*) > 1 ORDER BY 3 DESC",
    "comparability": "SELECT body_id, sum(amount), count(*), avg((amount < 250)::int) FILTER "
    "(amount > 0), avg((amount < 500)::int) FILTER (amount > 0), avg((amount < 0)::int), "
    "avg(is_card::int), avg(is_redacted::int), sum(amount) FILTER (is_redacted), "
    "avg((date_basis = 'file period')::int), avg((date_meaning = 'paid')::int), "
    "avg((date_meaning = 'posted')::int), avg((irrecoverable_vat IS NOT NULL)::int), "
    "avg((transaction_ref IS NOT NULL)::int), count(DISTINCT date_trunc('month', paid_on)), "
    f"min(paid_on), max(paid_on) FROM lines WHERE {IN_YEAR} GROUP BY 1",
    "newest lines": f"SELECT * FROM lines JOIN names USING (name_key) JOIN categories USING "
    f"(category_key) WHERE {IN_YEAR} ORDER BY paid_on DESC, source_id, row LIMIT 50",
}


def questions(tables: LakeTables) -> dict[str, Callable[[], object]]:
    """The same questions as the doors ask them: built anew each time, as a request does."""
    asked: dict[str, Callable[[], object]] = {
        f"by {dimension}": lambda dimension=dimension: summaries.spend_by(
            tables, dimension, Filters() if dimension == "year" else YEAR, top=20
        )
        for dimension in ("category", "supplier", "department", "body", "month", "year")
    }
    return asked | {
        "totals": lambda: summaries.totals(tables, YEAR, own_bodies=OWN, pass_through=PASSED),
        "suppliers' shares": lambda: summaries.supplier_shares(tables, YEAR),
        "concentration": lambda: markets.concentration_by_category(tables, YEAR),
        "together": lambda: markets.bought_together(
            tables, "supplier", YEAR, discount_per_doubling=0.05
        ),
        "comparability": lambda: comparability.what_bodies_include(
            tables, YEAR, thresholds_gbp=(250, 500)
        ),
        "newest lines": lambda: lines_page(tables, YEAR),
    }


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def interleaved(acts: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """The median seconds of each act, all of them run in turn, once unmeasured before."""
    times: dict[str, list[float]] = {name: [] for name in acts}
    for run in range(runs + 1):
        for name, act in acts.items():
            taken = seconds(act)
            if run:
                times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--home", type=Path, help="where the place is, or is to be, generated")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        is_new = not (home / "lake").exists()
        opened(home)
        if is_new:
            generate_place(home, lines=asked.lines, files="year")
        bench(home / "lake", asked.runs)


def bench(folder: Path, runs: int) -> None:
    con = ibis.duckdb.connect(threads=2, memory_limit="1GB")
    con.raw_sql("SET parquet_metadata_cache=true")
    con.raw_sql("SET preserve_insertion_order=false")
    files = {name: [f"{folder}/{name}.parquet"] for name in (*TABLES, *CUBES)}
    files["lines"] = sorted(str(path) for path in (folder / "lines").glob("*.parquet"))
    held = {name: con.read_parquet(files[name], table_name=name) for name in files}
    cubes = {name: held.pop(name) for name in CUBES}
    tables = LakeTables(**held, cubes=cubes)
    plain = evolve(tables, cubes={})
    print(f"{con.raw_sql('SELECT count(*) FROM lines').fetchone()[0]:,} lines; medians of {runs}")
    print(f"{'question':20} {'SQL':>7} {'lines':>7} {'ratio':>6} {'more':>7} {'door':>7}  verdict")
    from_lines, from_door = questions(plain), questions(tables)
    for name, sql in SQL.items():
        took = interleaved(
            {
                "sql": lambda sql=sql: con.raw_sql(sql).fetchall(),
                "lines": lambda name=name: from_lines[name]().to_pyarrow(),
                "door": lambda name=name: from_door[name]().to_pyarrow(),
            },
            runs,
        )
        more = took["door"] - took["sql"]
        kept = more <= 0.06 or took["door"] <= 1.3 * took["sql"]
        ms = {key: f"{value * 1000:5.0f}ms" for key, value in took.items()}
        print(
            f"{name:20} {ms['sql']} {ms['lines']} {took['lines'] / took['sql']:6.2f} "
            f"{(took['lines'] - took['sql']) * 1000:5.0f}ms {ms['door']}  "
            f"{'kept' if kept else 'NOT KEPT'}"
        )
    _pages(tables, runs)


def _pages(tables: LakeTables, runs: int) -> None:
    from django.test import Client

    logging.disable(logging.INFO)  # one line a request
    client = Client()
    text = evolve(YEAR, text="school road")
    any_time = Filters(text="housing survey")

    def first_page() -> None:
        answer = client.get("/spending/", secure=True, headers={"host": "localhost"})
        if answer.status_code != 200 or b"Body 1" not in answer.content:
            raise RuntimeError(f"The first page did not come: status {answer.status_code}.")

    limits = {"first page": 0.3, "search, one year": 1.0, "search, all years": 1.0}
    acts = {
        "first page": first_page,
        "search, one year": lambda: lines_page(tables, text).to_pyarrow(),
        "search, all years": lambda: lines_page(tables, any_time).to_pyarrow(),
    }
    for name, value in interleaved(acts, runs).items():
        began = time.process_time()
        acts[name]()
        processor = time.process_time() - began
        verdict = "kept" if value < limits[name] else "NOT KEPT"
        print(
            f"{name:20} {value * 1000:5.0f}ms, promised {limits[name] * 1000:.0f}ms  {verdict}"
            f" (processor {processor * 1000:.0f}ms)"
        )


if __name__ == "__main__":
    main()
