"""Through which payments does a party come to its expected result? A waterfall chart's bars."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from moothall.deals.deal import Deal
from moothall.deals.evaluation import evaluation
from moothall.deals.numbers import Numbers
from moothall.deals.simulation import Simulation, blocks, discount_factors
from moothall.deals.wording import in_sentence

Floats = NDArray[np.float64]
WITHOUT, FAILURES = "Without the deal", "Failures and early ends"


@frozen
class Bar:
    """What one payment, or one thing borne or enjoyed, adds to a party's expected result (GBP)."""

    label: str
    gbp: float

    def as_json(self) -> dict[str, str | float]:
        return {"label": self.label, "gbp": self.gbp}


def waterfall(done: Simulation, party: str) -> list[Bar]:
    """Return the bars that add up to a party's expected result, discounted.

    The same futures are drawn again. The last bar is what failures and early ends change in them.
    """
    deal = done.deal
    factors = discount_factors(deal)
    found: dict[str, float] = {}
    for facts, size in blocks(deal, done.seed, done.draws, done.is_quasi_random):
        for index, (_, lines) in enumerate(evaluation(deal, facts, Numbers(False, size))):
            for line in lines:
                if sign := (line.payee == party) - (line.payer == party):
                    gbp = sign * factors[index] * float(line.amount.sum()) / done.draws
                    found[line.term.name] = found.get(line.term.name, 0.0) + gbp
        for label, gbp in _outside(deal, party, facts, factors):
            found[label] = found.get(label, 0.0) + gbp * size / done.draws
    bars = [Bar(label, gbp) for label, gbp in found.items()]
    left = done.parties[party].mean - sum(bar.gbp for bar in bars)
    return [*bars, Bar(FAILURES, left)] if abs(left) >= 1 else bars


def _outside(
    deal: Deal, party: str, facts: Mapping[str, Floats], factors: Floats
) -> list[tuple[str, float]]:
    found = []
    for key, fact in deal.facts.items():
        sign = (fact.enjoyed_by == party) - (fact.borne_by == party)
        if not sign or (fact.unit != "GBP" and fact.price_gbp is None):
            continue
        worth = float(fact.price_gbp) if fact.price_gbp is not None else 1.0
        values = facts[key].mean(axis=1)
        gbp = sign * worth * float(values[0] if fact.once else factors @ values)
        if fact.without_deal:
            found.append((f"{WITHOUT}: {in_sentence(fact.labelled)}", -gbp))
        else:
            found.append((fact.labelled, gbp))
    return found
