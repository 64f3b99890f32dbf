"""What stands beside the shares of a fairness statement?

On what it rests and who supplied each distribution; which outcomes have no price; and whether a
flag comes or goes when the weakest distribution is widened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import asdict, frozen
from numpy.typing import NDArray

from moothall.deals.correlation import is_once
from moothall.deals.deal import Deal, Fact
from moothall.deals.fairness import Flag, Policy
from moothall.deals.simulation import Simulation, blocks, futures_in, stated
from moothall.deals.wording import listed, quantity
from moothall.values.wording import percentage, plain_date

if TYPE_CHECKING:
    from moothall.deals.spreads import Driver

Floats = NDArray[np.float64]
UNGRADED = "F"  # weaker than any grade
WIDER = 2.0  # times as far from the middle


@frozen
class Source:
    """Who says how a fact may turn out, and on which evidence."""

    fact: str
    title: str
    supplied_by: str | None
    grade: str | None
    basis: str
    drawn: str

    @property
    def sentence(self) -> str:
        who = f"supplied by {self.supplied_by}" if self.supplied_by else "nobody says by whom"
        grade = f"grade {self.grade}" if self.grade else "not graded"
        return f"{self.title}: {who}, {grade}, drawn {self.drawn}."


@frozen
class Unpriced:
    """An outcome that somebody enjoys and that has no price: it is in no share."""

    fact: str
    title: str
    unit: str
    enjoyed_by: str
    mean: float

    @property
    def sentence(self) -> str:
        amount = quantity(float(f"{self.mean:.3g}"))
        return f"In no share, for it has no price: {self.title}, {amount} {self.unit} on average."


@frozen
class Widened:
    """What becomes of the flags when one distribution is twice as wide."""

    fact: str
    title: str
    grade: str | None
    raised: tuple[Flag, ...]
    gone: tuple[Flag, ...]
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@frozen
class Statement:
    rests_on: str
    sources: tuple[Source, ...]
    unpriced: tuple[Unpriced, ...]
    widened: Widened | None

    def as_json(self) -> dict[str, Any]:
        return {
            "rests_on": self.rests_on,
            "distributions": [asdict(one) for one in self.sources],
            "unpriced": [asdict(one) for one in self.unpriced],
            "widened": self.widened.as_json() if self.widened is not None else None,
        }

    def sentences(self) -> Iterator[str]:
        yield self.rests_on
        yield from (one.sentence for one in self.unpriced)
        yield from (one.sentence for one in self.sources)
        if self.widened is not None:
            yield self.widened.sentence


def statement(done: Simulation, driven_by: Mapping[str, list[Driver]]) -> Statement:
    """Return what stands beside the shares of a simulation.

    driven_by : party -> its drivers, which choose between distributions of the same grade
    """
    deal = done.deal
    uncertain = [fact for fact in deal.facts.values() if fact.value is None]
    return Statement(
        rests_on=_rests_on(deal, done.policy),
        sources=tuple(_source(deal, fact) for fact in uncertain),
        unpriced=tuple(_unpriced(done)),
        widened=_widened(done, uncertain, driven_by) if uncertain else None,
    )


def wider(fact: Fact, values: Floats) -> Floats:
    """Return draws (period, draw) of a fact, each twice as far from the middle of its period.

    Never below nothing where no draw was, nor beyond what the distribution can be; counts stay
    whole.
    """
    middle = np.median(values, axis=1, keepdims=True)
    spread = middle + WIDER * (values - middle)
    low, high = _bounds(fact, values)
    spread = np.clip(spread, low, high)
    is_whole = bool((values == np.round(values)).all())
    return np.round(spread) if is_whole else spread


def _bounds(fact: Fact, values: Floats) -> tuple[float, float]:
    given = fact.distribution or {}
    least = 0.0 if (values >= 0).all() else -np.inf
    if given.get("kind") == "beta":
        return float(given.get("low", 0)), float(given.get("high", 1))
    if given.get("kind") == "beta-binomial":
        return least, float(given["n"])
    return least, np.inf


def _rests_on(deal: Deal, policy: Policy) -> str:
    references = [
        f"{party.name} against {party.reference}"
        for party in deal.parties.values()
        if party.reference is not None
    ]
    measured = listed(references) if references else "nobody"
    base = f", in {deal.price_base} prices" if deal.price_base else ""
    adopted = (
        f"the policy adopted on {plain_date(policy.adopted_on)}"
        if policy.adopted_on is not None
        else "thresholds that come with the program, which no place has adopted, and no law"
    )
    return (
        f"Measured: {measured}; discounted at {percentage(deal.rate)} a year{base}. Flags follow "
        f"{adopted}: {percentage(policy.gap)} between the shares, a loss in under "
        f"{percentage(policy.loss_chance)} of futures, {percentage(policy.risk_share)} of the risk."
    )


def _source(deal: Deal, fact: Fact) -> Source:
    by = fact.supplied_by
    return Source(
        fact=fact.key,
        title=fact.labelled,
        supplied_by=deal.party_name(by) if by is not None and by in deal.parties else by,
        grade=fact.grade,
        basis=fact.basis.value,
        drawn="once for the whole deal" if is_once(deal, fact.key) else "afresh each period",
    )


def _unpriced(done: Simulation) -> Iterator[Unpriced]:
    deal = done.deal
    facts, _ = next(blocks(deal, done.seed, min(done.draws, 2000), done.is_quasi_random))
    for key, fact in deal.facts.items():
        if fact.enjoyed_by is not None and fact.unit != "GBP" and fact.price_gbp is None:
            over_deal = facts[key][0] if fact.once else facts[key].sum(axis=0)
            mean = float(over_deal.mean())
            yield Unpriced(key, fact.labelled, fact.unit, fact.enjoyed_by, mean)


def _widened(
    done: Simulation, uncertain: list[Fact], driven_by: Mapping[str, list[Driver]]
) -> Widened:
    """Widen the fact of the lowest grade; of several, the one that moves the parties most."""
    deal = done.deal
    swing = {fact.key: 0.0 for fact in uncertain}
    for driven in driven_by.values():
        for driver in driven:
            swing[driver.fact] += driver.swing
    weakest = max(uncertain, key=lambda fact: (fact.grade or UNGRADED, swing[fact.key]))
    facts = (
        ({**of, weakest.key: wider(weakest, of[weakest.key])}, size)
        for of, size in blocks(deal, done.seed, done.draws, done.is_quasi_random)
    )
    then = stated(deal, futures_in(deal, facts, done.draws), done.policy).flags
    now = done.fairness.flags
    before, after = ({(flag.code, flag.party) for flag in flags} for flags in (now, then))
    raised = tuple(flag for flag in then if (flag.code, flag.party) not in before)
    gone = tuple(flag for flag in now if (flag.code, flag.party) not in after)
    return Widened(
        weakest.key, weakest.labelled, weakest.grade, raised, gone, _said(weakest, raised, gone)
    )


def _said(fact: Fact, raised: tuple[Flag, ...], gone: tuple[Flag, ...]) -> str:
    grade = f"grade {fact.grade}" if fact.grade else "not graded"
    said = f"The weakest distribution is that of {fact.in_sentence} ({grade}). Twice as wide, "
    if not raised and not gone:
        return said + "it changes no flag."
    parts = []
    for what, flags in (("raises", raised), ("takes away", gone)):
        if flags:
            parts.append(f"it {what}: " + " ".join(flag.sentence for flag in flags))
    return said + " And ".join(parts)
