"""What do an appraisal's futures cost, against merely drawing their random numbers?

12 options x 30 cost lines x 15 years x 10,000 futures, every line uncertain by a triangular factor.
Per line and year: against NumPy's generator filling arrays with as many shares from 0 to 1, which
is the least that any simulation of them can do; NumPy's own triangular numbers stand beside it.
Per line: against NumPy that is written by hand for this appraisal and returns the same means,
percentiles and chances of being best. Then one cost is changed and everything a page shows of the
money is worked out again: futures, tornado, what is worth finding out. Last, how it grows.
Run: `python benchmarks/bench_futures.py`.
"""

import argparse
import resource
import statistics
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
from attrs import evolve

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from moothall.appraisal.engine.cost_lines import CostLine  # noqa: E402  after the path
from moothall.appraisal.engine.costing import Costing  # noqa: E402  after the path
from moothall.appraisal.engine.economic_case import economic_case  # noqa: E402  after the path
from moothall.appraisal.engine.frame import frame_on  # noqa: E402  after the path
from moothall.appraisal.engine.futures import PERCENTILES, futures  # noqa: E402  after the path
from moothall.appraisal.engine.unknowns import BLOCK, Kept  # noqa: E402  after the path
from moothall.appraisal.engine.worth_knowing import (  # noqa: E402  after the path
    choice_in_words,
    choice_of_drawing,
    worth_knowing,
)
from moothall.core.rules import rules_of  # noqa: E402  after the path

DRAWING, HAND, EDIT_S = 2.5, 2.0, 0.2
SEED, YEARS, LINES = 7, 15, 30
LOW, MODE, HIGH = 0.9, 1.0, 1.3
SPREAD = {"kind": "triangular", "low": LOW, "mode": MODE, "high": HIGH}
MEASURES = ("society",)


def appraisal(options, per, lines=LINES):
    rng = np.random.default_rng(SEED)
    frame = frame_on(
        rules_of("appraisal", "discounting"),
        rules_of("appraisal", "deflators"),
        date(2026, 11, 24),
        first_year=2026,
        years=YEARS,
    )
    names = {f"option{n}": f"Option {n}" for n in range(options)}
    made = [
        CostLine(
            f"line{n}",
            option,
            title=f"Line {n}",
            kind="non_pay",
            amount_gbp=tuple(Decimal(int(one)) for one in rng.integers(90_000, 110_000, YEARS)),
            distribution=SPREAD,
            per=per,
        )
        for option in names
        for n in range(lines)
    ]
    return Costing(frame, names, tuple(made), usual="option0")


def merely_drawn(cells):
    """Shares from 0 to 1, a block at a time."""
    rng = np.random.default_rng(SEED)
    block = np.empty((YEARS, BLOCK))
    for start in range(0, cells, block.size):
        size = min(block.size, cells - start)
        rng.random(out=block.reshape(-1)[:size])


def merely_triangular(cells):
    rng = np.random.default_rng(SEED)
    for start in range(0, cells, YEARS * BLOCK):
        rng.triangular(LOW, MODE, HIGH, min(YEARS * BLOCK, cells - start))


def by_hand(costing, draws):
    """The same appraisal per line, for this appraisal alone."""
    rng = np.random.default_rng(SEED)
    factors = 1.035 ** -np.arange(YEARS)
    worth = np.array([[float(one) for one in line.amount_gbp] for line in costing.lines]) @ factors
    of_option = worth.reshape(len(costing.options), -1)
    values = np.zeros((len(of_option), draws))
    for place, lines in enumerate(of_option):
        values[place] -= lines @ rng.triangular(LOW, MODE, HIGH, (len(lines), draws))
    best = np.bincount(values.argmax(axis=0), minlength=len(values)) / draws
    return values.mean(axis=1), np.percentile(values, PERCENTILES, axis=1).T, best


def by_engine(costing, draws, kept=None):
    done = futures(costing, seed=SEED, draws=draws, measures=MEASURES, kept=kept or Kept())
    told = done.spreads()
    ends = np.array([list(one.percentiles.values()) for one in told])
    return np.array([one.mean for one in told]), ends, np.array([one.best for one in told])


def a_page(costing, draws, kept):
    """Everything a page shows of the money."""
    case = economic_case(costing)
    done = futures(costing, seed=SEED, draws=draws, measures=MEASURES, kept=kept)
    choice = choice_in_words(choice_of_drawing(done), done.unknowns)
    return case, done.spreads(), worth_knowing(done), choice


def processor(of, *arguments):
    began = time.process_time()
    answer = of(*arguments)
    return time.process_time() - began, answer


def medians(runs, *parts):
    """Median seconds of each part, all parts by turns."""
    seconds = [[] for _ in parts]
    for _ in range(runs):
        for took, (of, *arguments) in zip(seconds, parts, strict=True):
            took.append(processor(of, *arguments)[0])
    return [statistics.median(took) for took in seconds]


def met(ratio, bar):
    return f"{ratio:.2f} times (bar {bar}, {'met' if ratio <= bar else 'NOT met'})"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--draws", type=int, default=10_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--no-growth", action="store_true")
    asked = arguments.parse_args()
    yearly, once = appraisal(12, "line and year"), appraisal(12, "line")
    means, ends, _ = by_engine(once, asked.draws)
    hand_means, hand_ends, _ = by_hand(once, asked.draws)
    np.testing.assert_allclose(means, hand_means, rtol=0.002)
    np.testing.assert_allclose(ends, hand_ends, rtol=0.005)
    cells = 12 * LINES * YEARS * asked.draws
    drawing_s, triangular_s, engine_s = medians(
        asked.runs,
        (merely_drawn, cells),
        (merely_triangular, cells),
        (by_engine, yearly, asked.draws),
    )
    print(
        f"12 options x {LINES} lines x {YEARS} years x {asked.draws:,} futures, "
        f"medians of {asked.runs}"
    )
    print(f"per line and year: {cells:,} numbers")
    print(f"merely drawing    {drawing_s:6.2f} s of processor: shares from 0 to 1")
    print(f"NumPy triangular  {triangular_s:6.2f} s: {triangular_s / drawing_s:.2f} times")
    print(f"futures           {engine_s:6.2f} s: {met(engine_s / drawing_s, DRAWING)}")
    hand_s, engine_s = medians(
        asked.runs, (by_hand, once, asked.draws), (by_engine, once, asked.draws)
    )
    print(f"per line: {cells // YEARS:,} numbers")
    print(f"by hand in NumPy  {hand_s:6.3f} s")
    print(f"futures           {engine_s:6.3f} s: {met(engine_s / hand_s, HAND)}")
    mixed = evolve(
        yearly,
        lines=tuple(
            evolve(line, per="line") if place % 2 else line
            for place, line in enumerate(yearly.lines)
        ),
    )
    done = futures(mixed, seed=SEED, draws=1000, measures=MEASURES)
    print(f"half of each: {choice_in_words(choice_of_drawing(done), done.unknowns)}")
    for name, costing in (("per line and year", yearly), ("per line", once)):
        kept = Kept()
        first_s, _ = processor(a_page, costing, asked.draws, kept)
        took = []
        for run in range(asked.runs):
            place = 37 + run
            changed = evolve(
                costing.lines[place], amount_gbp=tuple(Decimal(120_000 + run) for _ in range(YEARS))
            )
            lines = (*costing.lines[:place], changed, *costing.lines[place + 1 :])
            before = kept.drawn
            seconds, page = processor(a_page, evolve(costing, lines=lines), asked.draws, kept)
            took.append(seconds)
            assert kept.drawn == before + 1, "only the changed line is drawn"
        whole = futures(
            evolve(costing, lines=lines), seed=SEED, draws=asked.draws, measures=MEASURES
        )
        assert page[1] == whole.spreads(), "as if everything were drawn anew"
        edit_s = statistics.median(took)
        print(
            f"one cost changed, {name}: {edit_s * 1000:4.0f} ms for all that a page shows (bar "
            f"{EDIT_S * 1000:.0f} ms, {'met' if edit_s <= EDIT_S else 'NOT met'}); "
            f"at first {first_s:.2f} s"
        )
    if asked.no_growth:
        return
    print("growth, per line and year: seconds of processor, and per thousand million numbers")
    for options, draws in ((12, 10_000), (100, 10_000), (12, 100_000), (100, 100_000)):
        costing = appraisal(options, "line and year")
        seconds, _ = processor(by_engine, costing, draws)
        numbers = options * LINES * YEARS * draws
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{options:4} options x {draws:7,} futures {seconds:7.1f} s, "
            f"{seconds / numbers * 1e9:5.1f} s; peak memory so far {peak:5.0f} MB"
        )


if __name__ == "__main__":
    main()
