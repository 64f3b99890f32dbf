"""What does weighing options over many weightings cost, against a library one weighting at a time?

10,000 weightings x 12 options x 15 criteria, method by method: totals and who is first, against
pymcdm looped over the same weights (fewer of them, scaled; the totals are compared), and against
NumPy written by hand for that one method. Then places, central weights and who beats whom over all
weights, against NumPy by hand, and a whole weighing with its sentences: the first time, and after a
weight was edited. Then how it grows to 100 options and 100,000 weightings.
pyDecision brings a web server and two clients of language models, so it is measured only where its
bare files are (`pip install --no-deps pydecision`).
Run: `python benchmarks/bench_weighing.py`.
"""

import argparse
import importlib.util
import os
import resource
import statistics
import sys
import time
from pathlib import Path

# One thread of linear algebra for all: on a shared machine its threads mostly wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from moothall.appraisal.engine.acceptability import (  # noqa: E402  after the path
    acceptability,
    all_weights,
)
from moothall.appraisal.engine.criteria import Criterion, Range, scored  # noqa: E402
from moothall.appraisal.engine.methods import (  # noqa: E402
    PROMETHEE_USUAL,
    TOPSIS_MIN_MAX,
    TOPSIS_VECTOR,
    WEIGHTED_SUM,
    WEIGHTED_SUM_MIN_MAX,
)
from moothall.appraisal.engine.weighing import weighing  # noqa: E402
from moothall.appraisal.engine.weights import Swing, Weighting  # noqa: E402

FASTER, SLOWER, SECONDS = 100, 2.0, 0.2
OPTIONS, CRITERIA, DRAWS, LOOPED, SEED = 12, 15, 10_000, 400, 7


def sums_by_hand(values, weights):
    return weights @ values.T


def min_max_by_hand(values, weights):
    low = values.min(axis=0)
    return weights @ ((values - low) / (values.max(axis=0) - low)).T


def topsis_by_hand(values, weights, shares):
    squares = weights * weights
    to_best = np.sqrt(squares @ ((shares - shares.max(axis=0)) ** 2).T)
    to_worst = np.sqrt(squares @ ((shares - shares.min(axis=0)) ** 2).T)
    return to_worst / (to_best + to_worst)


def topsis_vector_by_hand(values, weights):
    return topsis_by_hand(values, weights, values / np.sqrt((values * values).sum(axis=0)))


def topsis_min_max_by_hand(values, weights):
    low = values.min(axis=0)
    return topsis_by_hand(values, weights, (values - low) / (values.max(axis=0) - low))


def promethee_by_hand(values, weights):
    leads = np.sign(values[:, None, :] - values[None, :, :]).sum(axis=1) / (len(values) - 1)
    return weights @ leads.T


def acceptability_by_hand(values, weights):
    """Places, central weights and who beats whom, where no two options tie."""
    totals, count = weights @ values.T, len(values)
    order = np.argsort(-totals, axis=1)
    by_rank = np.zeros((count, count))
    for rank in range(count):
        by_rank[:, rank] = np.bincount(order[:, rank], minlength=count)
    first = np.eye(count)[order[:, 0]]
    central = first.T @ weights
    beats = np.stack([(totals[:, [row]] > totals).sum(axis=0) for row in range(count)])
    return by_rank / len(weights), central, beats / len(weights)


def library_methods():
    from pymcdm import methods, normalizations

    vector, min_max = normalizations.vector_normalization, normalizations.minmax_normalization
    return {
        "weighted_sum_min_max": methods.WSM(min_max),
        "topsis_vector": methods.TOPSIS(vector),
        "topsis_min_max": methods.TOPSIS(min_max),
        "promethee_usual": methods.PROMETHEE_II("usual"),
    }


def bare_pydecision():
    """pyDecision's own functions from their files, without all that the package imports."""
    found = importlib.util.find_spec("pyDecision")
    if found is None or not found.submodule_search_locations:
        return {}
    folder = Path(found.submodule_search_locations[0]) / "algorithm"
    modules = {}
    for name in ("topsis", "p_ii"):
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(modules[name])
    most, no = ["max"] * CRITERIA, [0.0] * CRITERIA
    return {
        "topsis_vector": lambda values, weights, _types: modules["topsis"].topsis_method(
            values, weights, most, graph=False, verbose=False
        ),
        "promethee_usual": lambda values, weights, _types: modules["p_ii"].promethee_ii(
            values, weights, no, no, no, ["t1"] * CRITERIA, sort=False, verbose=False
        )[:, 1],
    }


def processor(of, *arguments, least=0.15):
    """Seconds of processor for one call: the median of three goes, each of many calls."""
    of(*arguments)
    goes = []
    for _ in range(3):
        began, calls = time.process_time(), 0
        while time.process_time() - began < least:
            of(*arguments)
            calls += 1
        goes.append((time.process_time() - began) / calls)
    return statistics.median(goes)


def first_of(totals, values, weights):
    return np.bincount(totals(values, weights).argmax(axis=1), minlength=len(values))


def looped(library, values, weights):
    """Seconds for each weighting, and the totals: the library's only way."""
    types = np.ones(values.shape[1])
    library(values, weights[0], types)
    began = time.process_time()
    totals = np.array([library(values, each, types) for each in weights])
    return (time.process_time() - began) / len(weights), totals


def verdict(ratio, bar, *, at_least=False):
    met = ratio >= bar if at_least else ratio <= bar
    return f"(bar {bar:g}, {'met' if met else 'NOT met'})"


def appraised(options, criteria, rng):
    """Scores, and three weighers' swings, out of the air."""
    asked = [Criterion(f"c{n}", f"Criterion {n}", "viability") for n in range(criteria)]
    keys = [f"o{n}" for n in range(options)]
    figures = {key: {one.key: float(rng.integers(0, 101)) for one in asked} for key in keys}
    scores = scored(asked, {key: f"Option {key}" for key in keys}, figures)
    return scores, [swings(scores, name, rng) for name in ("members", "staff", "residents")]


def swings(scores, name, rng):
    return Weighting(
        name,
        name.capitalize(),
        tuple(
            Swing(one.key, float(rng.integers(1, 101)), Range(0, 100, "points"))
            for one in scores.criteria
        ),
        (),
    )


def weighed(options, draws, rng):
    """Seconds of a first weighing, and the median of five after a weight was edited."""
    scores, weightings = appraised(options, CRITERIA, rng)
    began = time.process_time()
    weighing(scores, weightings, draws=draws)
    first, edits = time.process_time() - began, []
    for _ in range(5):
        edited = [swings(scores, "members", rng), *weightings[1:]]
        began = time.process_time()
        weighing(scores, edited, draws=draws)
        edits.append(time.process_time() - began)
    return first, statistics.median(edits)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--looped", type=int, default=LOOPED)
    asked = arguments.parse_args()
    rng = np.random.default_rng(SEED)
    values, weights = rng.uniform(0, 100, (OPTIONS, CRITERIA)), all_weights(CRITERIA, DRAWS, SEED)
    libraries = {"pymcdm": library_methods(), "pyDecision": bare_pydecision()}
    print(
        f"{DRAWS:,} weightings x {OPTIONS} options x {CRITERIA} criteria; totals and who is first"
    )
    for method, by_hand in (
        (WEIGHTED_SUM, sums_by_hand),
        (WEIGHTED_SUM_MIN_MAX, min_max_by_hand),
        (TOPSIS_VECTOR, topsis_vector_by_hand),
        (TOPSIS_MIN_MAX, topsis_min_max_by_hand),
        (PROMETHEE_USUAL, promethee_by_hand),
    ):
        ours = processor(first_of, method.totals, values, weights)
        hand = processor(first_of, by_hand, values, weights)
        totals = method.totals(values, weights)
        np.testing.assert_allclose(totals, by_hand(values, weights), rtol=1e-9, atol=1e-12)
        print(
            f"{method.name:31}{ours * 1000:6.2f} ms: {ours / hand:4.2f} times NumPy by hand "
            f"{verdict(ours / hand, SLOWER)}"
        )
        for name, library in libraries.items():
            if method.key not in library:
                continue
            few = asked.looped if name == "pymcdm" else asked.looped // 8
            each, theirs = looped(library[method.key], values, weights[:few])
            np.testing.assert_allclose(totals[:few], theirs, rtol=1e-9, atol=1e-12)
            times = each * DRAWS / ours
            print(
                f"    {name:11} looped {each * DRAWS:6.1f} s by {few}: {times:,.0f} times slower "
                f"{verdict(times, FASTER, at_least=True)}"
            )

    ours = processor(acceptability, WEIGHTED_SUM, values, weights)
    hand = processor(acceptability_by_hand, values, weights)
    found, (by_rank, _, beats) = (
        acceptability(WEIGHTED_SUM, values, weights),
        acceptability_by_hand(values, weights),
    )
    np.testing.assert_allclose(found.by_rank, by_rank)
    np.testing.assert_allclose(found.beats, beats)
    print(
        f"{'places, central weights, pairs':31}{ours * 1000:6.2f} ms: {ours / hand:4.2f} times "
        f"NumPy by hand {verdict(ours / hand, SLOWER)}"
    )
    first, edited = weighed(OPTIONS, DRAWS, rng)
    print(
        f"a whole weighing by six methods, with its sentences: {first:.3f} s; after an edited "
        f"weight {edited:.3f} s {verdict(edited, SECONDS)}"
    )
    print(
        "growth: seconds of a whole weighing, then after an edited weight; and the most memory yet"
    )
    for options, draws in ((12, 100_000), (100, 10_000), (100, 100_000)):
        first, edited = weighed(options, draws, rng)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{options:4} options, {draws:7,} weightings {first:7.2f} s {edited:6.2f} s "
            f"{peak:6.0f} MB"
        )


if __name__ == "__main__":
    main()
