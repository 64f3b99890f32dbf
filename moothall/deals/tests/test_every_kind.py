"""What holds for every kind of term. Each has an example deal, `examples/<kind>.toml`."""

from decimal import Decimal
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.evaluation import evaluation
from moothall.deals.kinds import term_kinds
from moothall.deals.numbers import Numbers
from moothall.deals.reading import deal_and_findings, deal_from_toml
from moothall.deals.simulation import facts_drawn

EXAMPLES = Path(__file__).parent / "examples"
PENNY = Decimal("0.01")


def example(kind):
    return deal_from_toml((EXAMPLES / f"{kind}.toml").read_text())


def lines_of(deal, facts, numbers):
    return [line for _, lines in evaluation(deal, facts, numbers) for line in lines]


def as_decimals(values):
    return np.array([[Decimal(f"{one:.4f}") for one in row] for row in values], dtype=object)


def test_every_kind_has_an_example_that_uses_it():
    for kind in term_kinds():
        assert kind in {term.kind for term in example(kind).terms}


def test_kinds_that_may_end_a_deal_name_no_other_terms():
    """They are worked out first."""
    for kind in term_kinds().values():
        asked = {field.metadata.get("kind") for field in attrs.fields(kind)}
        assert not (kind.may_end_deal and asked & {"term", "terms"})


@pytest.mark.parametrize("kind", term_kinds())
def test_an_example_has_no_findings_and_reads_as_english(kind):
    deal, findings = deal_and_findings((EXAMPLES / f"{kind}.toml").read_text())
    assert findings == []
    for term in deal.terms:
        sentence = term.sentence(deal)
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert "None" not in sentence


@pytest.mark.parametrize("kind", term_kinds())
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_exact_and_float_flows_agree_and_rounding_moves_less_than_a_penny(kind, seed):
    deal = example(kind)
    drawn = facts_drawn(deal, np.random.default_rng(seed), 3)
    exact = {key: as_decimals(values) for key, values in drawn.items()}
    floats = {key: values.astype(np.float64) for key, values in exact.items()}
    settled = lines_of(deal, exact, Numbers(True, 3))
    simulated = lines_of(deal, floats, Numbers(False, 3))
    assert [(a.index, a.term.key, a.payer, a.payee) for a in settled] == [
        (b.index, b.term.key, b.payer, b.payee) for b in simulated
    ]
    upstream = len(deal.terms) * len(deal.periods)  # roundings that a term may read
    for exactly, about in zip(settled, simulated, strict=True):
        for place in range(3):
            amount, unrounded = exactly.amount[place], exactly.unrounded[place]
            assert amount == amount.quantize(PENNY)
            assert abs(amount - unrounded) < PENNY
            size = max(1.0, abs(float(unrounded)))
            assert abs(float(unrounded) - about.amount[place]) <= 1e-6 * size + 0.01 * upstream
            because = exactly.because(place)
            assert because
            assert "{" not in because
