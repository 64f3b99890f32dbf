"""What does an edit of an appraisal cost a server, from the changed text to the JSON it answers?

12 options x 15 criteria x 10,000 weightings, and 12 x 30 cost lines x 15 years x 10,000 futures,
uncertain by line and year. Three weighers; twelve pieces of evidence, the weakest answered without.
One thing is changed each time: a weight, a score, a cost, a word that moves no figure. Last, the
same when it is all worked out for the first time, and how an edit grows.
Run: `python benchmarks/bench_appraisal.py`.
"""

import copy
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from moothall.appraisal.engine.reading import (  # noqa: E402  after the path
    appraisal_and_findings_of,
)
from moothall.appraisal.engine.result import result  # noqa: E402  after the path
from moothall.appraisal.queries.rules import rule_books  # noqa: E402  after the path

OPTIONS, CRITERIA, LINES, YEARS, DRAWS = 12, 15, 30, 15, 10_000
EDIT_S, TIMES = 0.2, 5
SPREAD = {"kind": "triangular", "low": Decimal("0.8"), "mode": 1, "high": Decimal("1.3")}


def document(options: int = OPTIONS) -> dict[str, Any]:
    """An appraisal of that size, the same each time."""
    numbers = random.Random(7)
    keys = [f"option{n}" for n in range(options)]
    criteria = [f"criterion{n}" for n in range(CRITERIA)]

    def evidence() -> str:
        return f"evidence{numbers.randrange(12)}"

    roles = ["business as usual", "do minimum", *["option"] * options]
    return {
        "appraisal": {
            "name": "A large appraisal",
            "body": "Norbury",
            "on": date(2026, 11, 24),
            "first_year": "2027/28",
            "years": YEARS,
            "price_year": "2026/27",
        },
        "service": {"name": "A service"},
        "evidence": {
            f"evidence{n}": {"title": f"Figures {n}", "source": "A book", "grade": "ABCDE"[n % 5]}
            for n in range(12)
        },
        "options": {
            key: {"name": key.capitalize(), "form": "in_house", "role": role}
            for key, role in zip(keys, roles, strict=False)
        },
        "criteria": {key: {"title": key.capitalize(), "group": "desirability"} for key in criteria},
        "scores": {
            key: {
                criterion: {"value": numbers.randint(0, 100), "evidence": [evidence()]}
                for criterion in criteria
            }
            for key in keys
        },
        "weightings": {
            f"weigher{n}": {
                "title": f"Weigher {n}",
                "has_no_interest": True,
                "swings": {criterion: numbers.randint(1, 100) for criterion in criteria},
            }
            for n in range(3)
        },
        "lines": {
            f"line{n}_{key}": {
                "option": key,
                "title": f"Line {n} of {key}",
                "kind": "pay" if n else "fiscal_benefit",
                "amount_gbp": [numbers.randint(90_000, 110_000) * (1 if n else 40)] * YEARS,
                "distribution": SPREAD,
                "per": "line and year",
                "evidence": evidence(),
            }
            for key in keys
            for n in range(LINES)
        },
    }


def answered(of: dict[str, Any]) -> tuple[float, float]:
    """Seconds of the processor, and by the clock, from tables to JSON."""
    clock, processor = time.perf_counter(), time.process_time()
    found, findings = appraisal_and_findings_of(of)
    if found is None:
        raise SystemExit(f"The appraisal of the benchmark is not sound: {findings}")
    result(found, rule_books(), draws=DRAWS).as_json()
    return time.process_time() - processor, time.perf_counter() - clock


def edited(base: dict[str, Any], change: Callable[[dict[str, Any], int], None]) -> float:
    """Median seconds of the processor after a change, another value each time."""
    found = []
    for place in range(TIMES):
        made = copy.deepcopy(base)
        change(made, place)
        found.append(answered(made)[0])
    return statistics.median(found)


def weight(of: dict[str, Any], place: int) -> None:
    of["weightings"]["weigher0"]["swings"]["criterion3"] = 200 + place


def score(of: dict[str, Any], place: int) -> None:
    of["scores"]["option2"]["criterion3"]["value"] = place


def cost(of: dict[str, Any], place: int) -> None:
    of["lines"]["line3_option2"]["amount_gbp"] = [95_000 + place] * YEARS


def word(of: dict[str, Any], place: int) -> None:
    of["service"]["case_for_change"] = f"Reason {place}"


def main() -> None:
    base = document()
    processor, clock = answered(base)
    print(
        f"{OPTIONS} options x {CRITERIA} criteria x {LINES} lines x {YEARS} years x {DRAWS:,} "
        f"draws: {processor:.2f} s the first time ({clock:.2f} s by the clock)"
    )
    for change in (weight, score, cost, word):
        seconds = edited(base, change)
        met = "met" if seconds <= EDIT_S else "MISSED"
        print(f"one {change.__name__:6} changed: {seconds:.3f} s (bar {EDIT_S}, {met})")
    large = document(36)
    first = answered(large)[0]
    print(
        f"36 options: {first:.2f} s the first time; one weight {edited(large, weight):.3f} s, one "
        f"cost {edited(large, cost):.3f} s"
    )


if __name__ == "__main__":
    main()
