"""Who pays whom in a deal, without any amount: the arrows of its picture."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from moothall.deals.deal import Deal
from moothall.deals.evaluation import facts_as_read, opening_state, step
from moothall.deals.numbers import Numbers


@frozen
class Arrow:
    """A term, and everybody whom it lets pay somebody.

    pairs : (payer, payee) keys, in the order of its flows
    """

    term: str
    name: str
    pairs: tuple[tuple[str, str], ...]


def who_pays_whom(deal: Deal) -> tuple[Arrow, ...]:
    """Return the arrows of a deal, a term each, in its order.

    Every term's flows name their parties whatever the amounts, so one period on invented facts
    shows them all; a term that is never in force then has none.
    """
    numbers = Numbers(is_exact=False)
    facts = facts_as_read(deal.facts, {key: np.ones(1) for key in deal.facts})
    found: dict[str, dict[tuple[str, str], None]] = {term.key: {} for term in deal.terms}
    state = opening_state(deal, numbers)
    with np.errstate(all="ignore"):
        for index in range(len(deal.periods)):
            if all(found.values()):
                break
            _, lines = step(deal, index, state, facts, numbers)
            for line in lines:
                found[line.term.key][line.payer, line.payee] = None
    return tuple(Arrow(term.key, term.name, tuple(found[term.key])) for term in deal.terms)
