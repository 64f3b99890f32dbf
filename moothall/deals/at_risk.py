"""How much of what could be earned depends on results? Fees paid at the start make it less.

The effective share at risk of a term: what could be earned by results, over all that could be
earned, for as many as start. It is said beside what the term is called.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import asdict, frozen

from moothall.deals.deal import Deal
from moothall.deals.evaluation import facts_as_read
from moothall.deals.numbers import Numbers
from moothall.deals.simulation import facts_drawn, why_not_simulate
from moothall.values.wording import percentage, pounds_in_words

DRAWS = 2048


@frozen
class ShareAtRisk:
    """Of one term, over the whole deal, on average over futures. GBP, undiscounted.

    share : at_risk_gbp over could_earn_gbp, from 0 to 1
    """

    term: str
    could_earn_gbp: float
    at_risk_gbp: float
    share: float
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def shares_at_risk(deal: Deal, *, seed: int = 1, draws: int = DRAWS) -> list[ShareAtRisk]:
    """Return the share at risk of each term that pays partly for results; [] where none can be."""
    terms = [term for term in deal.terms if term.pays_partly_for_results]
    if not terms or why_not_simulate(deal) is not None:
        return []
    numbers = Numbers(False, draws)
    drawn = facts_drawn(deal, np.random.default_rng(seed), draws)
    found = []
    for term in terms:
        could, at_risk = 0.0, 0.0
        for index, period in enumerate(deal.periods):
            if term.is_in_force(period):
                of_period = {key: values[index] for key, values in drawn.items()}
                whole, risked = term.could_earn(facts_as_read(deal.facts, of_period), numbers)
                could += float(whole.mean())
                at_risk += float(risked.mean())
        share = at_risk / could if could else 0.0
        sentence = (
            f"{term.name}: of {pounds_in_words(round(could))} that could be earned "
            f"{pounds_in_words(round(at_risk))} depends on results, {percentage(share)}; the rest "
            "is paid for starting."
        )
        found.append(ShareAtRisk(term.key, could, at_risk, share, sentence))
    return found
