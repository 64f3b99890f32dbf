"""Facts that meet a threshold: their precision is stated, and at it both kinds of number agree."""

from decimal import Decimal

import numpy as np
import pytest

from moothall.deals.evaluation import evaluation
from moothall.deals.explaining import explained
from moothall.deals.kinds import term_kinds
from moothall.deals.numbers import Numbers, passes, reaches
from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import the_deal
from moothall.deals.tests.test_every_kind import example

NEAR = ("-0.000000001", "-0.0000000001", "0", "0.0000000001", "0.000000001")
BETWEEN = '\n    payer = "council"\n    payee = "contractor"\n'
AT_THRESHOLDS = {
    "condition": 'kind = "fixed_fee"\n amount_gbp = 1\n when = { fact = "m", at_least = "7.3" }',
    "milestone": 'kind = "milestone"\n measure = "m"\n at_least = "7.3"\n amount_gbp = 1',
    "step table": 'kind = "step_table"\n measure = "m"\n'
    ' steps = [{ at_least = "7.3", pays_gbp = 1 }]',
    "cohort": 'kind = "threshold_payment"\n change = "m"\n size = "n"\n threshold = "7.3"\n'
    " payment_gbp = 1",
    "pooled": 'kind = "threshold_payment"\n change = "m"\n size = "n"\n threshold = 9\n'
    ' payment_gbp = 0\n pooled_threshold = "7.3"\n pooled_payment_gbp = 1',
    "floor": 'kind = "reward_grant"\n reward_gbp = 1\n floor = "0.73"\n'
    ' targets = [{ outturn = "m", expected = 0, target = 10, weight = 1 }]',
}


def pays(term, value, places):
    """Return whether a term pays at a value of its fact, settled exactly and drawn as a float."""
    deal = the_deal(BETWEEN + term, facts=["m", "n"], places=places)
    found = []
    for numbers, of in ((Numbers(True), object), (Numbers(False), np.float64)):
        facts = {"m": [np.array([Decimal(value)]).astype(of)], "n": [np.array([3]).astype(of)]}
        if numbers.is_exact:
            facts = {
                key: [np.array([Decimal(str(one[0]))]) for one in of] for key, of in facts.items()
            }
        (line,) = (line for _, lines in evaluation(deal, facts, numbers) for line in lines)
        found.append(bool(line.unrounded[0] > 0))
    return found


@pytest.mark.parametrize("term", AT_THRESHOLDS.values(), ids=AT_THRESHOLDS)
@pytest.mark.parametrize("near", NEAR)
def test_at_a_threshold_a_settlement_tells_a_billionth_apart(term, near):
    exactly, _ = pays(term, Decimal("7.3") + Decimal(near), places=12)
    assert exactly == (Decimal(near) >= 0)


@pytest.mark.parametrize("term", AT_THRESHOLDS.values(), ids=AT_THRESHOLDS)
@pytest.mark.parametrize("near", NEAR)
def test_rounded_as_the_deal_says_both_kinds_of_number_meet_the_threshold(term, near):
    assert pays(term, Decimal("7.3") + Decimal(near), places=2) == [True, True]
    below = Decimal("7.295") - Decimal("0.000000002") + Decimal(near)
    assert pays(term, below, places=2) == [False, False]


def test_floats_too_near_to_tell_apart_are_at_the_threshold():
    """0.1 + 0.2 is a little more than 0.3, and 1.1 + 2.2 a little more than 3.3."""
    sums, limits = (
        np.array([0.1 + 0.2, 1.1 + 2.2, 0.3 - 1e-12, 0.2]),
        np.array([0.3, 3.3, 0.3, 0.3]),
    )
    assert reaches(sums, limits).tolist() == [True, True, True, False]
    assert passes(sums, limits).tolist() == [False, False, False, False]
    assert passes(np.array([0.31]), 0.3).tolist() == [True]


@pytest.mark.parametrize("term", AT_THRESHOLDS.values(), ids=AT_THRESHOLDS)
def test_a_fact_that_meets_a_threshold_states_its_precision(term):
    with pytest.raises(
        CannotReadDeal,
        match=r"facts\.m\.places: M does not say to how many decimals it counts\. Add places to "
        r"facts\.m: it meets a threshold, and is rounded before it\.",
    ):
        the_deal(BETWEEN + term, facts=["m", "n"], places=None)


def test_the_reading_of_a_deal_says_when_a_fact_is_rounded():
    deal = the_deal(BETWEEN + AT_THRESHOLDS["milestone"], facts=["m", "n"], places=1)
    assert (
        "M (GBP), reported, rounded to 1 decimal before any term reads it."
        in (explained(deal)["Facts"])
    )


def test_every_kind_that_jumps_names_the_fact_at_which_it_does():
    jumping = {
        term.kind
        for kind in term_kinds()
        for term in example(kind).terms
        if term.facts_at_thresholds()
    }
    assert jumping >= {
        "benchmarking",
        "milestone",
        "reopener",
        "reward_grant",
        "service_credits",
        "step_table",
        "threshold_payment",
        "tournament_prize",
    }
