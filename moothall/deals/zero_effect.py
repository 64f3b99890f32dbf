"""What would be paid if the service did nothing? A measure moves by chance alone.

A fact may say how it turns out at zero effect. The spread of that is the sampling error of the
measure; the chance that a term which reads it still pays is the chance of paying for luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import asdict, evolve, frozen
from numpy.typing import NDArray

from moothall.deals.deal import Deal
from moothall.deals.evaluation import evaluation
from moothall.deals.numbers import Numbers
from moothall.deals.simulation import facts_drawn
from moothall.values.wording import percentage

Floats = NDArray[np.float64]
DRAWS = 8192
HALF_A_PENNY = 0.005
NO_ZERO_EFFECT = (
    "No fact says how it would turn out if the service did nothing, so the chance of being paid by "
    "luck is not known. Give at_zero_effect to the measure of the outcome."
)


@frozen
class PaidByChance:
    """What one term pays at zero effect.

    sampling_errors     : fact -> standard deviation at zero effect, in its unit
    payment_probability : that it pays anything over the deal
    mean_gbp            : what it pays over the deal on average, undiscounted
    """

    term: str
    sampling_errors: Mapping[str, float]
    payment_probability: float
    mean_gbp: float
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def paid_by_chance(deal: Deal, *, seed: int, draws: int = DRAWS) -> list[PaidByChance]:
    """Return what each term pays that reads a fact of which the zero effect is stated.

    A threshold is not significance: the chance that it is met at zero effect is published with it.
    """
    stated = {key: fact for key, fact in deal.facts.items() if fact.at_zero_effect is not None}
    if not stated:
        return []
    without = {
        key: evolve(fact, value=None, distribution=fact.at_zero_effect)
        for key, fact in stated.items()
    }
    idle = evolve(deal, facts={**deal.facts, **without})
    facts = facts_drawn(idle, np.random.default_rng(seed), draws)
    paid = {term.key: np.zeros(draws) for term in deal.terms if term.facts() & stated.keys()}
    for _, lines in evaluation(idle, facts, Numbers(False, draws)):
        for line in lines:
            if line.term.key in paid:
                paid[line.term.key] += np.maximum(line.amount, 0)
    return [_said(deal, term, total, facts) for term, total in paid.items()]


def _said(deal: Deal, key: str, paid: Floats, facts: Mapping[str, Floats]) -> PaidByChance:
    term = deal.term(key)
    measured = [deal.facts[fact] for fact in sorted(term.facts())]
    errors = {
        fact.key: float(facts[fact.key].std())
        for fact in measured
        if fact.at_zero_effect is not None
    }
    chance = float((paid >= HALF_A_PENNY).mean())
    moves = " and ".join(
        f"{deal.facts[fact].in_sentence} moves by {error:.3g} {deal.facts[fact].unit}".rstrip()
        for fact, error in errors.items()
    )
    sentence = (
        f"If the service did nothing, {term.name.lower()} would still pay in {percentage(chance)} "
        f"of futures: by chance alone {moves} (one standard error)."
    )
    return PaidByChance(key, errors, chance, float(paid.mean()), sentence)
