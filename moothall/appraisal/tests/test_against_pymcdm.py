"""The fast methods against a library's, weighting by weighting."""

import numpy as np
import pytest

from moothall.appraisal.engine.acceptability import all_weights
from moothall.appraisal.engine.further_methods import FURTHER
from moothall.appraisal.engine.methods import METHODS, Method, promethee_linear, vector

pytestmark = pytest.mark.slow

COSTS = np.array([False, True, False, False, True, False])
DRAWS = all_weights(6, 10, seed=3)
TURNED_ROUND = {"vikor", "mairca"}
OURS = {method.key: method for method in (*METHODS, *FURTHER)}
OURS["wsm_vector"] = Method("wsm_vector", "weighted sum, vector", "for this test", flows=vector)
OURS["promethee_30"] = promethee_linear(0, 30)


def theirs():
    from pymcdm import methods, normalizations

    min_max, by_vector = normalizations.minmax_normalization, normalizations.vector_normalization
    return {
        "weighted_sum_min_max": methods.WSM(min_max),
        "wsm_vector": methods.WSM(by_vector),
        "topsis_vector": methods.TOPSIS(by_vector),
        "topsis_min_max": methods.TOPSIS(min_max),
        "promethee_usual": methods.PROMETHEE_II("usual"),
        # Made anew for each weighting: its thresholds are gone once they were read.
        "promethee_30": lambda *asked: methods.PROMETHEE_II("vshape", p=[30] * 6)(*asked),
        "promethee_linear": lambda *asked: methods.PROMETHEE_II("vshape_2", p=[25] * 6, q=[5] * 6)(
            *asked
        ),
        "wsm_sum": methods.WSM(),
        "wpm_sum": methods.WPM(),
        "waspas": methods.WASPAS(),
        "aras": methods.ARAS(),
        "cocoso": methods.COCOSO(),
        "codas": methods.CODAS(),
        "edas": methods.EDAS(),
        "mabac": methods.MABAC(),
        "mairca": methods.MAIRCA(),
        "marcos": methods.MARCOS(),
        "moora": methods.MOORA(),
        "ocra": methods.OCRA(),
        "vikor": methods.VIKOR(),
        "ram": methods.RAM(),
        "probid": methods.PROBID(),
    }


@pytest.mark.parametrize("key", sorted(OURS.keys() - {"weighted_sum"}))
def test_totals_are_the_librarys(key):
    figures = np.random.default_rng(7).integers(1, 100, (7, 6)).astype(float)
    totals = OURS[key].totals(figures, DRAWS, COSTS)
    if key in TURNED_ROUND:
        totals = -totals
    library, types = theirs()[key], np.where(COSTS, -1, 1)
    each = np.array([library(figures, weights, types) for weights in DRAWS])
    np.testing.assert_allclose(totals, each, rtol=1e-9, atol=1e-12)
