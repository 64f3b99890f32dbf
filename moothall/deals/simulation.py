"""How may a deal turn out for each party? Many futures of its facts, evaluated side by side.

Futures are drawn in blocks, so that memory stays that of one block. Each block has its own
generator, spawned from the one seed: the same seed and draws give the same futures, however many
are evaluated side by side. Or they are quasi-random: one sequence, which blocks take up in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from attrs import evolve, field, fields, frozen
from numpy.typing import NDArray

from moothall.deals.claims import not_simulated
from moothall.deals.correlation import correlated_facts, in_order_of_scores, is_once
from moothall.deals.deal import Deal, PartyKind, years_between
from moothall.deals.distributions import drawn, quantile
from moothall.deals.evaluation import evaluation, has_ended
from moothall.deals.fairness import Fairness, Policy, about, fairness_statement, worst_mean
from moothall.deals.investors import InvestorResult, investor_result
from moothall.deals.numbers import Numbers
from moothall.deals.quantiles import standard_normal
from moothall.deals.quasi_random import halton
from moothall.deals.terms.term import UNRESOLVED
from moothall.values.wording import percentage, pounds

Floats = NDArray[np.float64]
CHUNK = 8192  # draws of a block: the arrays of one period stay in a processor's cache
DRAWS = 10_000


@frozen
class Futures:
    """What some futures of a deal lead to.

    results : party -> (draw,) GBP, discounted, against its reference, after failures
    cash    : party -> (period, draw) GBP of the deal itself, undiscounted, after failures
    failed  : party -> (draw,) whether it failed
    returned: residual bearer -> (draw,) GBP, discounted, that failures of others cost it
    paid_in : investor -> (draw,) GBP that it pays in all, whatever it receives
    unresolved : term -> (draw,) GBP that by it no party is bound to bear
    """

    results: Mapping[str, Floats]
    cash: Mapping[str, Floats]
    failed: Mapping[str, NDArray[np.bool_]]
    returned: Mapping[str, Floats]
    paid_in: Mapping[str, Floats]
    unresolved: Mapping[str, Floats]


@frozen
class PartyResult:
    """The spread of one party's result against its reference. GBP, discounted.

    returned : what failures of others are expected to cost it
    investor : what comes back of what it puts in; None of whoever is no investor
    """

    mean: float
    p5: float
    p50: float
    p95: float
    cvar5: float
    loss_probability: float
    peak_cash_need: float
    failure_probability: float
    returned: float = 0.0
    investor: InvestorResult | None = None


@frozen
class Simulation:
    """What was drawn, and what it says of each party."""

    deal: Deal
    seed: int
    draws: int
    futures: Futures
    parties: Mapping[str, PartyResult]
    fairness: Fairness
    policy: Policy = Policy()
    is_quasi_random: bool = False
    notes: tuple[str, ...] = field(factory=tuple)


Told = Callable[[float], None]


def untold(_part: float) -> None:
    """Nobody waits to be told how far it is."""


class CannotSimulate(ValueError):
    """The deal cannot be drawn. The message says what is missing."""


def simulation(
    deal: Deal,
    *,
    seed: int,
    draws: int = DRAWS,
    policy: Policy | None = None,
    is_quasi_random: bool = False,
    side_by_side: int = CHUNK,
    told: Told = untold,
) -> Simulation:
    """Draw futures of a deal and say what each party may gain or lose.

    is_quasi_random : draws fill the space of futures evenly, so that fewer say as much
    side_by_side    : how many are evaluated at once; it changes no result
    told            : is told, now and then, what part is drawn (0-1)

    :raises CannotSimulate: when a fact has neither a value nor a distribution.
    """
    if sentence := why_not_simulate(deal):
        raise CannotSimulate(sentence)
    drawn_facts = blocks(deal, seed, draws, is_quasi_random)
    futures = futures_in(deal, drawn_facts, draws, side_by_side, told)
    return Simulation(
        deal=deal,
        seed=seed,
        draws=draws,
        futures=futures,
        parties={
            key: party_result(
                futures.results[key],
                futures.cash[key],
                float(futures.failed[key].mean()),
                returned=float(futures.returned[key].mean()) if key in futures.returned else 0.0,
                investor=_investor_result(deal, key, futures),
            )
            for key in deal.parties
        },
        fairness=stated(deal, futures, policy),
        policy=policy or Policy(),
        is_quasi_random=is_quasi_random,
        notes=tuple(_notes(deal, futures)),
    )


def stated(deal: Deal, futures: Futures, policy: Policy | None = None) -> Fairness:
    """Return the fairness statement of some futures."""
    failure = {key: float(failed.mean()) for key, failed in futures.failed.items()}
    return fairness_statement(deal, futures.results, failure=failure, policy=policy)


def futures_in(
    deal: Deal,
    drawn_facts: Iterable[tuple[Mapping[str, Floats], int]],
    draws: int,
    side_by_side: int = CHUNK,
    told: Told = untold,
) -> Futures:
    """Return what all blocks of drawn facts lead to, so many evaluated at once.

    draws : futures in all the blocks together
    """
    shape = (len(deal.periods), draws)
    cash = {key: np.zeros(shape) for key in deal.parties}  # by far the most: filled in place
    found, at = [], 0
    for facts, size in drawn_facts:
        for start in range(0, size, side_by_side):
            some = {key: values[:, start : start + side_by_side] for key, values in facts.items()}
            width = min(side_by_side, size - start)
            part = {key: flows[:, at : at + width] for key, flows in cash.items()}
            found.append(futures_of(deal, some, part))
            at += width
            told(at / draws)
    return evolve(_joined(found), cash=cash)


def why_not_simulate(deal: Deal) -> str | None:
    for fact in deal.facts.values():
        if fact.stands_for is not None:
            return (
                f"{fact.title} stands for a private fact that stands beside it. Results belong to "
                "one party: try the deal as that party sees it."
            )
        if fact.value is None and fact.distribution is None:
            return (
                f"{fact.title} has neither a value nor a distribution. Say how it may turn out, "
                'as in distribution = { kind = "triangular", low = 1, mode = 2, high = 4 }.'
            )
    return None


def blocks(
    deal: Deal, seed: int, draws: int, is_quasi_random: bool = False
) -> Iterator[tuple[dict[str, Floats], int]]:
    """Yield the facts of so many futures block by block, each with its number of futures."""
    rng = np.random.default_rng(seed)
    sizes = [min(CHUNK, draws - start) for start in range(0, draws, CHUNK)]
    if not is_quasi_random:
        for generator, size in zip(rng.spawn(len(sizes)), sizes, strict=True):
            yield facts_drawn(deal, generator, size), size
        return
    rows = {key: _rows(deal, key) for key, fact in deal.facts.items() if fact.value is None}
    # What is drawn once weighs most: it gets the small bases, which fill evenly first.
    keys = sorted(rows, key=lambda key: rows[key])
    sequence = halton(rng, sum(rows.values()))
    ends = np.cumsum([rows[key] for key in keys])[:-1]
    for place, size in enumerate(sizes):
        points = np.split(sequence.points(place * CHUNK, size), ends) if keys else []
        yield _facts_at(deal, dict(zip(keys, points, strict=True)), size), size


def facts_drawn(deal: Deal, rng: np.random.Generator, size: int) -> dict[str, Floats]:
    """Return fact -> (period, draw): its known values, or draws from its distribution."""
    values = {
        key: drawn(fact.distribution or {}, rng, (_rows(deal, key), size))
        for key, fact in deal.facts.items()
        if fact.value is None
    }
    scores = {key: rng.standard_normal((_rows(deal, key), size)) for key in correlated_facts(deal)}
    return in_order_of_scores(deal, _in_every_period(deal, values, size), scores)


def _facts_at(deal: Deal, points: Mapping[str, Floats], size: int) -> dict[str, Floats]:
    """The same from points: fact -> (its rows, draw) shares above 0 and below 1."""
    values = {
        key: quantile(deal.facts[key].distribution or {}, shares) for key, shares in points.items()
    }
    scores = {key: standard_normal(points[key]) for key in correlated_facts(deal)}
    return in_order_of_scores(deal, _in_every_period(deal, values, size), scores)


def _rows(deal: Deal, key: str) -> int:
    return 1 if is_once(deal, key) else len(deal.periods)


def _in_every_period(deal: Deal, values: Mapping[str, Floats], size: int) -> dict[str, Floats]:
    shape = (len(deal.periods), size)
    return {
        key: np.broadcast_to(
            values[key]
            if fact.value is None
            else np.asarray(fact.value, dtype=np.float64).reshape(-1, 1),
            shape,
        )
        for key, fact in deal.facts.items()
    }


def futures_of(
    deal: Deal, facts: Mapping[str, Floats], cash: dict[str, Floats] | None = None
) -> Futures:
    """Return what futures of the facts lead to, after failures.

    Once a deal has ended early nothing counts, with it or without it: each party is back at its
    reference.

    facts : fact -> (period, draw)
    cash  : party -> noughts, (period, draw), which are filled; None: new ones
    """
    if cash is None:
        size = next((values.shape[1] for values in facts.values()), 1)
        cash = {key: np.zeros((len(deal.periods), size)) for key in deal.parties}
    shape = next(iter(cash.values())).shape
    size = shape[1]
    paid_in = {key: np.zeros(size) for key in _investors(deal)}
    ended = np.zeros(shape, dtype=np.bool_)
    for index, (state, lines) in enumerate(evaluation(deal, facts, Numbers(False, size))):
        for line in lines:
            cash[line.payer][index] -= line.amount
            cash[line.payee][index] += line.amount
            for payer, paid in ((line.payer, line.amount), (line.payee, -line.amount)):
                if payer in paid_in:
                    paid_in[payer] += np.maximum(paid, 0)
        if (over := has_ended(state)).any():
            ended[index + 1 :] = over
    without: dict[str, Floats] = {}  # only of whoever bears or enjoys something without the deal
    for key, fact in deal.facts.items():
        side = without if fact.without_deal else cash
        worth = float(fact.price_gbp) if fact.price_gbp is not None else 1.0
        for party, sign in ((fact.borne_by, -1.0), (fact.enjoyed_by, 1.0)):
            if party is not None and (fact.unit == "GBP" or fact.price_gbp is not None):
                flows = over_time(fact.once, facts[key]) * (sign * worth)
                if party not in side:
                    side[party] = np.zeros(shape)
                side[party] += flows
                if party in paid_in and side is cash:
                    paid_in[party] += np.where(ended, 0, np.maximum(-flows, 0)).sum(axis=0)
    if ended.any():
        for side in (cash, without):
            for flows in side.values():
                flows[ended] = 0.0
    factors = discount_factors(deal)
    failed, returned = _after_failures(deal, cash, factors)
    return Futures(
        results={
            key: factors @ cash[key] - (factors @ without[key] if key in without else 0.0)
            for key in deal.parties
        },
        cash=cash,
        failed=failed,
        returned=returned,
        paid_in=paid_in,
        unresolved={key: of[UNRESOLVED] for key, of in state.items() if UNRESOLVED in of},
    )


def _investors(deal: Deal) -> list[str]:
    return [key for key, party in deal.parties.items() if party.kind is PartyKind.INVESTOR]


def over_time(once: bool, values: Floats) -> Floats:
    """Return a fact that holds once for the whole deal as falling into its first period."""
    if not once:
        return values
    first = np.zeros(values.shape)
    first[0] = values[0]
    return first


def discount_factors(deal: Deal) -> Floats:
    """Return (period,) factors: 1 for a period that starts with the deal."""
    return np.asarray((1 + float(deal.rate)) ** -years_from_start(deal), dtype=np.float64)


def years_from_start(deal: Deal) -> Floats:
    """Return (period,) years from the deal's first day to the period's first day."""
    first = deal.periods[0].starts_on
    return np.array([float(years_between(first, period.starts_on)) for period in deal.periods])


def _after_failures(
    deal: Deal, cash: dict[str, Floats], factors: Floats
) -> tuple[dict[str, NDArray[np.bool_]], dict[str, Floats]]:
    """Return who failed, and what that costs whom, discounted; and take it out of the cash.

    A party loses no more than it has: the rest falls on its residual bearer.
    Once its losses have passed its resources and guarantee, it pays and is paid no more: what
    it would still have paid and received, and the cost of finding another, fall on the bearer.
    """
    failed = {}
    returned: dict[str, Floats] = {}
    for key in _before_their_bearers(deal):
        party = deal.parties[key]
        size = cash[key].shape[1]
        if party.resources_gbp is None or party.residual_bearer is None:
            failed[key] = np.zeros(size, dtype=np.bool_)
            continue
        limit = -float(party.resources_gbp + party.guarantee_gbp)
        net = cash[key]
        total = np.cumsum(net, axis=0)
        is_over = np.logical_or.accumulate(total < limit, axis=0)
        was_over = np.vstack([np.zeros((1, size), dtype=np.bool_), is_over[:-1]])
        is_first = is_over & ~was_over
        before = total - net
        kept = np.where(was_over, 0.0, np.where(is_first, limit - before, net))
        fallen = net - kept - is_first * float(party.relet_cost_gbp)
        cash[party.residual_bearer] += fallen
        cost = -(factors @ fallen)
        returned[party.residual_bearer] = returned.get(party.residual_bearer, 0.0) + cost
        net[:] = kept
        failed[key] = is_over[-1]
    return failed, returned


def failures_in_words(done: Simulation) -> Iterator[str]:
    """Yield who fails how often, and what then falls on whom, under these assumptions."""
    for key, party in done.deal.parties.items():
        chance = done.parties[key].failure_probability
        if chance:
            yield f"Under these assumptions {party.name} fails in {percentage(chance)} of futures."
        if cost := done.parties[key].returned:
            yield (
                f"Failures of others cost {party.name} {about(cost)} on average over all futures."
            )


def _before_their_bearers(deal: Deal) -> list[str]:
    """Return the parties so that each stands before the one that takes over its duties."""
    left, found = list(deal.parties), []
    while left:
        bearers = {deal.parties[key].residual_bearer for key in left}
        key = next((key for key in left if key not in bearers), left[0])
        left.remove(key)
        found.append(key)
    return found


def _investor_result(deal: Deal, key: str, futures: Futures) -> InvestorResult | None:
    if key not in futures.paid_in:
        return None
    return investor_result(futures.cash[key], futures.paid_in[key], years_from_start(deal))


def party_result(
    results: Floats,
    cash: Floats,
    failure: float,
    *,
    returned: float = 0.0,
    investor: InvestorResult | None = None,
) -> PartyResult:
    """Return the spread of one party's results.

    results : (draw,) GBP, discounted
    cash    : (period, draw) GBP; the peak need is met in 95% of futures
    """
    p5, p50, p95 = np.percentile(results, (5, 50, 95))
    held, lowest = np.zeros(cash.shape[1]), np.zeros(cash.shape[1])
    for net in cash:  # period by period: their running sums side by side are large
        held += net
        np.minimum(lowest, held, out=lowest)
    return PartyResult(
        mean=float(results.mean()),
        p5=float(p5),
        p50=float(p50),
        p95=float(p95),
        cvar5=worst_mean(results),
        loss_probability=float((results < 0).mean()),
        peak_cash_need=float(np.percentile(-lowest, 95)),
        failure_probability=failure,
        returned=returned,
        investor=investor,
    )


def _joined(chunks: list[Futures]) -> Futures:
    """Return futures side by side, but for their cash, which is filled in place."""

    def side_by_side(name: str) -> dict[str, Any]:
        return {
            key: np.concatenate([getattr(chunk, name)[key] for chunk in chunks], axis=-1)
            for key in getattr(chunks[0], name)
        }

    joined = {
        field.name: side_by_side(field.name) for field in fields(Futures) if field.name != "cash"
    }
    return Futures(**joined, cash={})


def _notes(deal: Deal, futures: Futures) -> Iterator[str]:
    uncertain = [key for key, fact in deal.facts.items() if fact.value is None]
    once = [deal.facts[key].labelled for key in uncertain if is_once(deal, key)]
    afresh = [deal.facts[key].labelled for key in uncertain if not is_once(deal, key)]
    if once:
        yield f"Drawn once for the whole deal: {', '.join(once)}."
    if afresh:
        yield (
            f"Drawn afresh each period: {', '.join(afresh)}. Good and bad periods then cancel "
            "out, which understates the spread where they hang together."
        )
    for party in deal.parties.values():
        if party.resources_gbp is None and "resources_gbp" in party.keeps_private:
            yield f"What {party.name} can lose is private to it, so here it never fails."
    yield from not_simulated(deal)
    for key, gbp in futures.unresolved.items():
        if (is_open := gbp > 0).any():
            yield (
                f"{deal.term(key).name}: in {percentage(float(is_open.mean()))} of futures a part, "
                f"{pounds(Decimal(round(gbp[is_open].mean())))} on average, is unresolved: by the "
                "deal no party is bound to bear it. Here it stays with whoever pays first."
            )
