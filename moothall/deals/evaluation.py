"""Who pays whom, period by period? One fold for settlement and simulation alike.

`step` takes the state before a period and its facts, and gives the state after it and its lines.
State is explicit: for each term what it remembers, and what it has paid so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from moothall.deals.deal import Deal, Fact
from moothall.deals.numbers import Array, Numbers, maximum, minimum, to_pence, to_places, where
from moothall.deals.terms.term import Flow, Now, State, Term
from moothall.deals.wording import Because

PAID = "paid"  # kept for every term beside what it remembers itself
DealState = Mapping[str, State]
Facts = Mapping[str, Array]


@frozen
class Line:
    """One flow of one term in one period.

    amount    : GBP, net of VAT, in whole pence when the numbers are exact
    unrounded : GBP, as the formula gives it
    """

    index: int
    term: Term
    payer: str
    payee: str
    amount: Array
    unrounded: Array
    flow: Flow

    def because(self, place: int = 0) -> str:
        """Say what led to the amount of one contract or draw."""
        said = (because.at(place) for because in self.flow.why())
        return " ".join(filter(None, said))


def opening_state(deal: Deal, numbers: Numbers) -> DealState:
    return {term.key: {**term.opening(numbers), PAID: numbers.zero} for term in deal.terms}


def step(
    deal: Deal, index: int, state: DealState, facts: Facts, numbers: Numbers
) -> tuple[DealState, list[Line]]:
    """Return the state after one period, and its lines.

    index : of the period
    facts : of that period, rounded as the deal says (see `facts_as_read`)
    """
    lines: list[Line] = []
    after: dict[str, State] = dict(state)
    paid: dict[str, Array] = {}
    so_far: dict[str, Array] = {}
    period = deal.periods[index]
    for term in deal.terms:
        before = state[term.key]
        total = numbers.zero
        if term.is_in_force(period):
            now = Now(numbers, deal, index, facts, before, paid, so_far)
            done = term.step(now)
            for flow in _limited(term, done.flows, now):
                amount = to_pence(flow.amount)
                total = total + amount
                lines.append(Line(index, term, flow.payer, flow.payee, amount, flow.amount, flow))
            after[term.key] = {**before, **done.state, PAID: before[PAID] + total}
        paid[term.key] = total
        so_far[term.key] = after[term.key][PAID]
    return after, lines


def evaluation(
    deal: Deal, facts: Mapping[str, Any], numbers: Numbers, state: DealState | None = None
) -> Iterator[tuple[DealState, list[Line]]]:
    """Yield, period after period, the state and the lines.

    facts : fact -> an array for each period, (period, contract or draw)
    """
    if state is None:
        state = opening_state(deal, numbers)
    for index in range(len(deal.periods)):
        of_period = {key: values[index] for key, values in facts.items()}
        state, lines = step(deal, index, state, facts_as_read(deal.facts, of_period), numbers)
        yield state, lines


def facts_as_read(declared: Mapping[str, Fact], facts: Facts) -> Facts:
    """Return facts rounded to the places their deal states, before any term reads them."""
    return {
        key: values if (places := declared[key].places) is None else to_places(values, places)
        for key, values in facts.items()
    }


def _limited(term: Term, flows: tuple[Flow, ...], now: Now) -> tuple[Flow, ...]:
    """Return flows within the limits that any term may have, in this order.

    Condition, floor a period, cap a period, cap over the deal. Limits in money hold for terms of
    one flow (`findings` refuses them elsewhere).
    """
    if term.when is not None:
        held = term.when.holds(now)
        unmet = Because(f"Nothing is due: not {term.when.in_words(now.deal)}.", only=~held)
        flows = tuple(_with(flow, where(held, flow.amount, now.one(0)), unmet) for flow in flows)
    if len(flows) != 1 or not has_money_limits(term):
        return flows
    (flow,) = flows
    if term.period_floor_gbp is not None:
        least = now.one(term.period_floor_gbp)
        raised = Because("It is raised to {least:pounds}, the least a period.", {"least": least})
        if term.when is not None:  # a floor never pays where the condition does not hold
            least = where(held, least, now.one(0))
        floored = maximum(flow.amount, least)
        flow = _with(flow, floored, evolve(raised, only=flow.amount < least))
    if term.period_cap_gbp is not None:
        most = now.one(term.period_cap_gbp)
        capped = Because("The cap of {most:pounds} a period holds it back.", {"most": most})
        flow = _with(flow, minimum(flow.amount, most), evolve(capped, only=flow.amount > most))
    if term.total_cap_gbp is not None:
        most = now.one(term.total_cap_gbp)
        left = maximum(most - now.state[PAID], now.one(0))
        capped = Because(
            "The cap of {most:pounds} over the deal leaves {left:pounds}.",
            {"most": most, "left": left},
        )
        flow = _with(flow, minimum(flow.amount, left), evolve(capped, only=flow.amount > left))
    return (flow,)


def has_money_limits(term: Term) -> bool:
    limits = (term.period_floor_gbp, term.period_cap_gbp, term.total_cap_gbp)
    return any(limit is not None for limit in limits)


def _with(flow: Flow, amount: Array, because: Because) -> Flow:
    return evolve(flow, amount=amount, why=lambda: (*flow.why(), because))
