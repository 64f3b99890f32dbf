"""How long does it take to gather N supplier names, and does that grow with N or faster?

Real names (where the published files are on this machine) are topped up with invented ones, a third
of which are other spellings of names already there. Each size runs in a process of its own, so that
its peak memory is its own. Run: `python benchmarks/bench_matching.py`.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZES = (25_000, 50_000, 100_000, 107_000)
TARGET_NAMES, TARGET_SECONDS, TARGET_MB = 107_000, 30, 500
FIRST = (
    *("Ash", "Bar", "Cald", "Dun", "El", "Fair", "Gren", "Hol", "Ing", "Kirk", "Lang", "Mar"),
    *("Nor", "Os", "Pen", "Rav", "Sel", "Thor", "Ul", "Wend"),
)
LAST = (
    *("ley", "ton", "ford", "bury", "worth", "field", "wick", "dale", "mere", "combe", "by"),
    *("thwaite", "well", "stead", "ham"),
)
FORMS = ("Ltd", "Limited", "LTD", "LIMITED", "plc", "LLP", "CIC", "")


def invented_names(count: int, seed: int) -> list[str]:
    """Return `count` distinct names of suppliers that do not exist, a third of them respelt."""
    from moothall.core.rules import rules_of

    day = date(2026, 1, 1)
    trades = [
        word.title() for word in rules_of("spend", "name_words")["business_words"].on(day).value
    ]
    chance = random.Random(seed)
    names: dict[str, None] = {}
    made: list[str] = []
    while len(names) < count:
        if made and chance.random() < 0.33:
            name = _respelt(chance.choice(made), chance)
        else:
            word = chance.choice(FIRST) + chance.choice(LAST)
            other = chance.choice(FIRST) + chance.choice(LAST) if chance.random() < 0.4 else ""
            trade = " ".join(chance.sample(trades, chance.choice((1, 1, 2))))
            name = " ".join(f"{word} {other} {trade} {chance.choice(FORMS)}".split())
        if name not in names:
            names[name] = None
            made.append(name)
    return list(names)


def _respelt(name: str, chance: random.Random) -> str:
    way = chance.randrange(6)
    if way == 0:
        return name.upper()
    if way == 1:
        return name.replace("Limited", "Ltd") if "Limited" in name else f"{name} (Rent)"
    if way == 2:
        return name[:35].strip()
    if way == 3:
        at = chance.randrange(1, len(name))
        return name[: at - 1] + name[at:]
    if way == 4:
        return f"{name} t/a {chance.choice(FIRST)}{chance.choice(LAST)} House"
    return " ".join(sorted(name.split()))


def records_of(count: int) -> pl.DataFrame:
    """One record per name, at five bodies: real names first, then invented ones."""
    from conftest import shared_data_folder

    real: list[str] = []
    if (folder := shared_data_folder()) is not None:
        from moothall.spend.tests.published_names import records

        real = records(folder / "spend")["supplier_name"].unique().sort().to_list()
    names = list(dict.fromkeys(real + invented_names(max(SIZES), seed=7)))[: max(SIZES)]
    random.Random(1).shuffle(names)
    names = names[:count]
    none = pl.lit(None, dtype=pl.String)
    return pl.DataFrame({"supplier_name": names}).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("name_key"),
        (pl.int_range(pl.len(), dtype=pl.Int64) % 5 + 1).alias("body_id"),
        (pl.int_range(pl.len(), dtype=pl.Int64) * 7919 % 100_003).alias("spend_pence"),
        *[
            none.alias(column)
            for column in ("supplier_ref", "vat_number", "company_number", "charity_number")
        ],
    )


def measured(path: str) -> dict[str, float]:
    """Match the names in a file; return names, seconds, processor seconds and peak megabytes."""
    from moothall.core.rules import rules_of
    from moothall.spend.engine.matching import matches
    from moothall.spend.engine.names import NameWords

    words = NameWords.in_force(rules_of("spend", "name_words"), date(2026, 1, 1))
    frame = pl.read_parquet(path)
    began, worked = time.perf_counter(), time.process_time()
    found = matches(frame, words=words)
    return {
        "names": frame.height,
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - worked,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "suppliers": found.suppliers["supplier_key"].n_unique(),
        "joins": found.links.height,
        "queued": found.candidates.height,
    }


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--match", help="match the names of this Parquet file and print JSON")
    arguments.add_argument("--make", nargs=2, help="write N names to a Parquet file: N FILE")
    chosen = arguments.parse_args()
    if chosen.match:
        print(json.dumps(measured(chosen.match)))
        return
    if chosen.make:
        records_of(int(chosen.make[0])).write_parquet(chosen.make[1])
        return
    results = []
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    for size in SIZES:
        path = folder / f"names-{os.getpid()}-{size}.parquet"
        try:
            subprocess.run([sys.executable, __file__, "--make", str(size), str(path)], check=True)
            done = subprocess.run(
                [sys.executable, __file__, "--match", str(path)],
                check=True,
                capture_output=True,
                text=True,
            )
        finally:
            path.unlink(missing_ok=True)
        results.append(json.loads(done.stdout))
    base = results[0]["processor_seconds"] / results[0]["names"]
    print("names     seconds  processor s  peak MB  time per name against 25,000")
    for result in results:
        ratio = result["processor_seconds"] / result["names"] / base
        print(
            f"{result['names']:>7,}  {result['seconds']:>8.1f}"
            f"  {result['processor_seconds']:>11.1f}"
            f"  {result['peak_mb']:>7.0f}  {ratio:>6.2f}"
        )
    last = results[-1]
    met = last["seconds"] <= TARGET_SECONDS and last["peak_mb"] < TARGET_MB
    print(
        f"{TARGET_NAMES:,} names: {last['joins']:,} joins, {last['queued']:,} pairs queued; "
        f"aim of {TARGET_SECONDS} s and {TARGET_MB} MB {'met' if met else 'not met'}."
    )


if __name__ == "__main__":
    main()
