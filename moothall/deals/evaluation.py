"""Who pays whom, period by period? One fold for settlement and simulation alike.

`step` takes the state before a period and its facts, and gives the state after it and its lines.
State is explicit: for each term what it remembers, and what it has paid so far; for the deal,
whether it has ended before its last period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from attrs import evolve, frozen

from moothall.deals.deal import Deal, Fact
from moothall.deals.numbers import (
    Array,
    Mask,
    Numbers,
    maximum,
    minimum,
    to_pence,
    to_places,
    where,
)
from moothall.deals.terms.term import PAID, Flow, Now, State, Step, Term
from moothall.deals.wording import Because

THE_DEAL = ""  # beside the terms, what the deal itself remembers
ENDED = "ended"  # 1 where it has ended early
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
    of_terms = {term.key: {**term.opening(numbers), PAID: numbers.zero} for term in deal.terms}
    return {**of_terms, THE_DEAL: {ENDED: numbers.zero}}


def has_ended(state: DealState) -> Mask:
    """Return where a deal has ended before its last period: nothing is in force any more."""
    ended: Mask = state[THE_DEAL][ENDED] > 0
    return ended


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
    so_far = {term.key: state[term.key][PAID] for term in deal.terms}
    ended = has_ended(state)
    ending = np.zeros(numbers.size, dtype=np.bool_)
    period = deal.periods[index]
    for term in sorted(deal.terms, key=lambda term: not term.may_end_deal):
        before = state[term.key]
        total: Array | None = None
        if term.is_in_force(period):
            now = Now(numbers, deal, index, facts, before, paid, so_far, after, ending)
            done = _limited(term, term.step(now), now)
            if ended.any():
                done = _not_after_the_end(done, ended, now)
            for flow in done.flows:
                amount = to_pence(flow.amount)
                total = amount if total is None else total + amount
                lines.append(Line(index, term, flow.payer, flow.payee, amount, flow.amount, flow))
            paid_now = before[PAID] if total is None else before[PAID] + total
            after[term.key] = {**before, **done.state, PAID: paid_now}
            if done.ends is not None:
                ending = ending | done.ends
        paid[term.key] = numbers.zero if total is None else total
        so_far[term.key] = after[term.key][PAID]
    if ending.any():
        one = numbers.one(1)
        after[THE_DEAL] = {ENDED: where(ending, one, state[THE_DEAL][ENDED])}
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


def _not_after_the_end(done: Step, ended: Mask, now: Now) -> Step:
    """Return what a term does where its deal is still in force."""
    over = Because("Nothing is due: the deal has ended.", only=ended)
    return Step(
        tuple(_with(flow, where(ended, now.one(0), flow.amount), over) for flow in done.flows),
        {name: where(ended, now.state[name], values) for name, values in done.state.items()},
        None if done.ends is None else done.ends & ~ended,
    )


def _limited(term: Term, done: Step, now: Now) -> Step:
    """Return what a term does within the limits that any term may have.

    Without its condition it neither pays nor ends the deal, and remembers nothing of the period.
    """
    if term.when is None:
        limited = _within_limits(term, done.flows, now)
        return done if limited is done.flows else evolve(done, flows=limited)
    held = term.when.holds(now)
    unmet = Because(f"Nothing is due: only when {term.when.in_words(now.deal)}.", only=~held)
    flows = tuple(_with(flow, where(held, flow.amount, now.one(0)), unmet) for flow in done.flows)
    return evolve(
        done,
        flows=_within_limits(term, flows, now, held),
        state={name: where(held, values, now.state[name]) for name, values in done.state.items()},
        ends=None if done.ends is None else done.ends & held,
    )


def _within_limits(
    term: Term, flows: tuple[Flow, ...], now: Now, held: Mask | None = None
) -> tuple[Flow, ...]:
    """Return flows within limits in money: floor a period, cap a period, cap over the deal.

    They hold for terms of one flow (`findings` refuses them elsewhere).
    """
    if len(flows) != 1 or not has_money_limits(term):
        return flows
    (flow,) = flows
    if term.period_floor_gbp is not None:
        least = now.one(term.period_floor_gbp)
        raised = Because("It is raised to {least:pounds}, the least a period.", {"least": least})
        if held is not None:  # a floor never pays where the condition does not hold
            least = where(held, least, now.one(0))
        floored = maximum(flow.amount, least)
        flow = _with(flow, floored, evolve(raised, only=flow.amount < least))
    if term.caps_itself:
        return (flow,)
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
