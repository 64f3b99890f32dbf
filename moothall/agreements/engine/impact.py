"""What does a variation change? The deal is run before and after it, on the same futures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from attrs import asdict, frozen
from numpy.typing import NDArray

from moothall.deals.comparing import flag_changes
from moothall.deals.deal import Deal, years_between
from moothall.deals.evaluation import evaluation
from moothall.deals.numbers import Numbers
from moothall.deals.simulation import blocks, simulation, why_not_simulate
from moothall.deals.varying import differences

SEED, DRAWS = 1, 4_000
Floats = NDArray[np.float64]


@frozen
class PartyImpact:
    """What the terms bring a party over the whole deal, before and after. GBP, net of VAT.

    Below zero it pays. p50, p90: of what it then pays more than before, in the same futures.
    """

    party: str
    name: str
    was: float
    now: float
    p50: float
    p90: float


@frozen
class Impact:
    """price_was, price_now: what changes hands in all, as expected. GBP, net of VAT."""

    price_was: float
    price_now: float
    parties: tuple[PartyImpact, ...]
    new_flags: tuple[str, ...]
    gone_flags: tuple[str, ...]
    places: tuple[tuple[str, str, str], ...]
    draws: int
    seed: int

    @property
    def price_change(self) -> float:
        return self.price_now - self.price_was

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "price_change": self.price_change}


class CannotPrice(ValueError):
    """The change is not priced. The message says what is missing."""


def impact(was: Deal, now: Deal, *, seed: int = SEED, draws: int = DRAWS) -> Impact:
    """Run both deals on the same futures and say what moves.

    :raises CannotPrice: when a fact of either has neither a value nor a distribution.
    """
    for deal, which in ((was, "as it stands"), (now, "as varied")):
        if sentence := why_not_simulate(deal):
            raise CannotPrice(f"The deal {which} cannot be run. {sentence}")
    before, after = brought(was, seed, draws), brought(now, seed, draws)
    nothing = np.zeros(draws)
    parties = []
    for key in dict.fromkeys((*was.parties, *now.parties)):
        old, new = before.get(key, nothing), after.get(key, nothing)
        p50, p90 = np.percentile(old - new, (50, 90))
        name = (now if key in now.parties else was).party_name(key)
        parties.append(
            PartyImpact(key, name, float(old.mean()), float(new.mean()), float(p50), float(p90))
        )
    flags = flag_changes(
        simulation(was, seed=seed, draws=draws), simulation(now, seed=seed, draws=draws)
    )
    return Impact(
        price_was=_price(before),
        price_now=_price(after),
        parties=tuple(parties),
        new_flags=tuple(flag.sentence for flag in flags if flag.is_new),
        gone_flags=tuple(flag.sentence for flag in flags if not flag.is_new),
        places=tuple((one.place, one.was or "", one.now or "") for one in differences(was, now)),
        draws=draws,
        seed=seed,
    )


def brought(deal: Deal, seed: int, draws: int) -> dict[str, Floats]:
    """Return party -> (draw,) GBP that the terms bring it less what it pays, over the deal."""
    found: dict[str, list[Floats]] = {key: [] for key in deal.parties}
    for facts, size in blocks(deal, seed, draws):
        of_block = {key: np.zeros(size) for key in deal.parties}
        for _state, lines in evaluation(deal, facts, Numbers(False, size)):
            for line in lines:
                of_block[line.payer] -= line.amount
                of_block[line.payee] += line.amount
        for key, values in of_block.items():
            found[key].append(values)
    return {key: np.concatenate(parts) for key, parts in found.items()}


def _price(brought_to: dict[str, Floats]) -> float:
    """What changes hands: all that is brought to those who are paid on the whole."""
    return float(sum(max(values.mean(), 0.0) for values in brought_to.values()))


def months_between(ends_before: date, new_ends_before: date) -> Decimal:
    """Months by which the end of a term moves."""
    return round(years_between(ends_before, new_ends_before) * 12, 2)
