"""Twenty-two of twenty-three published decision matrices come out as their papers say.

The one left is a COMET: it judges 512 combinations of the criteria's ends by another method, and
would judge 32,768 for fifteen criteria, in every weighting.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve

from conftest import shared_data_folder
from moothall.appraisal.engine.acceptability import all_weights
from moothall.appraisal.engine.further_methods import (
    FURTHER,
    aras_to,
    limits_on_properties,
    reference_ideal,
    relative_values,
    spotis,
)
from moothall.appraisal.engine.methods import PROMETHEE_USUAL, ranks

BY_KEY = {method.key: method for method in FURTHER}
NAMED = {"WSM": "wsm_sum", "WPM": "wpm_sum"}
TURNED_ROUND = {"VIKOR", "MAIRCA", "SPOTIS", "SPOTIS2", "LoPM"}  # the less the better in the paper
LEFT_OUT = {"COMET"}


def published():
    folder = shared_data_folder()
    if folder is None:
        return []
    text = (folder / "appraisal/mcda-published-examples.json").read_text("utf-8")
    return json.loads(text)


def method_of(case):
    other = {key: np.array(value, dtype=float) for key, value in case["other"].items()}
    match case["method"]:
        case "PROMETHEE_II":
            return PROMETHEE_USUAL
        case "ARAS" if "xopt" in other:
            return aras_to(other["xopt"])
        case "SPOTIS" | "SPOTIS2":
            return spotis(other["bounds"], other.get("esp"))
        case "RIM":
            return reference_ideal(other["range_t"], other["ref_s"])
        case "ERVD":  # the paper's reference point is 80 on each
            return relative_values(np.full(len(case["weights"]), 80.0))
        case "LoPM":  # the book's limits, and which way each goes
            return limits_on_properties(
                np.array([10_000, 14, 0.0015, 3.5, 2.3, 9.0]), np.array([1, 1, -1, -1, 0, -1])
            )
    return BY_KEY[NAMED.get(case["method"], case["method"].lower())]


def decimals(number):
    return len(str(number).partition(".")[2])


@pytest.mark.parametrize(
    "case",
    [each for each in published() if each["method"] not in LEFT_OUT],
    ids=lambda case: f"{case['method']}, {len(case['matrix'])} options",
)
def test_a_published_matrix_comes_out_as_its_paper_says(case):
    weights = np.array([case["weights"]])
    costs = np.array(case["types"] or [1] * weights.shape[1]) == -1
    totals = method_of(case).totals(np.array(case["matrix"], dtype=float), weights, costs)[0]
    if case["method"] in TURNED_ROUND:
        totals = -totals
    places = max(map(decimals, case["published_output"]))
    # Half of the last decimal that was printed; a figure printed short was rounded by hand.
    assert totals == pytest.approx(case["published_output"], abs=0.51 * 10**-places)


def test_all_but_one_are_reproduced(shared_data: Path):
    cases = published()
    assert len(cases) == 23
    assert sum(case["method"] in LEFT_OUT for case in cases) == 1


@pytest.mark.parametrize("method", FURTHER, ids=lambda method: method.key)
def test_many_weightings_at_once_are_the_same_as_one_by_one(method):
    values = np.random.default_rng(7).uniform(1, 100, (5, 4))
    costs = np.array([False, True, False, True])
    weights = all_weights(4, 12)
    together = method.totals(values, weights, costs)
    for row, one in zip(together, weights, strict=True):
        np.testing.assert_allclose(method.totals(values, one[None, :], costs)[0], row, rtol=1e-9)


@pytest.mark.parametrize("method", FURTHER, ids=lambda method: method.key)
def test_degenerate_scores_give_no_method_a_nan(method):
    for values in (np.zeros((3, 2)), np.full((3, 2), 7.0), np.array([[0.0, 5], [0, 0], [0, 100]])):
        totals = method.totals(values, np.array([[0.5, 0.5], [1, 0]]))
        assert np.isfinite(totals).all()
        if (values == values[0]).all():
            assert (ranks(totals) == 1).all()


def test_every_further_method_names_its_normalisation_and_its_source():
    assert all(", " in method.name and method.source for method in FURTHER)
    assert len({method.key for method in FURTHER}) == len(FURTHER)
    assert evolve(FURTHER[0]) == FURTHER[0]
