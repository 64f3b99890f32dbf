"""How do a simulation's results spread: by financial year, and by what drives them?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from attrs import asdict, frozen
from numpy.typing import NDArray

from moothall.deals.at_risk import shares_at_risk
from moothall.deals.budgets import budget_years
from moothall.deals.deal import Deal, year_shares
from moothall.deals.fairness import about
from moothall.deals.settlement import VatRate
from moothall.deals.simulation import Simulation, facts_drawn, futures_of
from moothall.deals.statement import statement
from moothall.deals.wording import in_sentence
from moothall.deals.zero_effect import paid_by_chance
from moothall.values.periods import year_words

Floats = NDArray[np.float64]
LOOKED_AT = 2000  # futures from which a fact's own spread is read


@frozen
class YearSpread:
    """One party's net cash in a financial year: what it receives less what it pays.

    GBP, undiscounted. p20 and p5 are the bad ends: exceeded in 80% and 95% of futures. Year after
    year they are the bands of a fan chart.
    """

    year: str
    mean: float
    p5: float
    p20: float
    p50: float
    p80: float
    p95: float

    def as_json(self) -> dict[str, str | float]:
        return asdict(self)


def by_year(done: Simulation, party: str) -> list[YearSpread]:
    """Return a party's net cash by financial year; a period over two is shared by days."""
    cash = done.futures.cash[party]
    years: dict[int, Floats] = {}
    for index, period in enumerate(done.deal.periods):
        for year, share in year_shares(period).items():
            part = cash[index] * share
            years[year] = years[year] + part if year in years else part
    found = []
    for year, net in sorted(years.items()):
        ends = map(float, np.percentile(net, (5, 20, 50, 80, 95)))
        found.append(YearSpread(year_words(year), float(net.mean()), *ends))
    return found


def simulation_as_json(
    done: Simulation, driven_by: Mapping[str, list[Driver]], vat_rate: VatRate | None = None
) -> dict[str, object]:
    """Return a simulation in JSON's own types: estimates are numbers, not text.

    vat_rate : the rate on a day, for what a public body cannot recover; without it none is added
    """
    chance = [one.as_json() for one in paid_by_chance(done.deal, seed=done.seed)]
    return {
        "seed": done.seed,
        "draws": done.draws,
        "parties": {
            key: {
                "npv_gbp": {
                    name: _if_said(done, key, getattr(found, name))
                    for name in ("mean", "p5", "p50", "p95", "cvar5")
                },
                "loss_probability": _if_said(done, key, found.loss_probability),
                "failure_probability": found.failure_probability,
                "returned_gbp": found.returned,
                "peak_cash_need_gbp": _if_said(done, key, found.peak_cash_need),
                "by_year": [year.as_json() for year in by_year(done, key)],
                "budgets": [year.as_json() for year in budget_years(done, key, vat_rate)],
                "investor": (
                    {**found.investor.as_json(), "zero_effect": chance}
                    if found.investor is not None
                    else None
                ),
                "drivers": [
                    driver.as_json()
                    for driver in driven_by.get(key, [])
                    if done.fairness.parties[key].is_said
                ],
            }
            for key, found in done.parties.items()
        },
        "at_risk": [one.as_json() for one in shares_at_risk(done.deal, seed=done.seed)],
        "zero_effect": chance,
        "fairness": done.fairness.as_json(),
        "statement": statement(done, driven_by).as_json(),
        "notes": list(done.notes),
    }


def _if_said(done: Simulation, party: str, value: float) -> float | None:
    """Return a number of a party's result; None while its costs or its reference are unknown."""
    return value if done.fairness.parties[party].is_said else None


@frozen
class Driver:
    """How far one fact alone moves a party's result. GBP, discounted.

    low, high : the result with the fact at its P10 and at its P90, every other at its middle
    """

    fact: str
    title: str
    low: float
    high: float

    @property
    def swing(self) -> float:
        return abs(self.high - self.low)

    def in_words(self) -> str:
        return f"{in_sentence(self.title)}, from {about(self.low)} to {about(self.high)}"

    def as_json(self) -> dict[str, str | float]:
        return {"fact": self.fact, "title": self.title, "low": self.low, "high": self.high}


def drivers(deal: Deal, *, seed: int) -> Mapping[str, list[Driver]]:
    """Return party -> what drives its result, the widest swing first (a tornado chart's bars)."""
    drawn = facts_drawn(deal, np.random.default_rng(seed), LOOKED_AT)
    middle = {key: np.median(values, axis=1, keepdims=True) for key, values in drawn.items()}
    uncertain = [key for key, fact in deal.facts.items() if fact.value is None]
    if not uncertain:
        return {party: [] for party in deal.parties}
    ends = {key: np.percentile(drawn[key], (10, 90), axis=1) for key in uncertain}
    # One future for each end of each fact: two columns a fact.
    facts = {}
    for key, values in middle.items():
        side_by_side = np.repeat(values, 2 * len(uncertain), axis=1)
        if key in ends:
            place = 2 * uncertain.index(key)
            side_by_side[:, place], side_by_side[:, place + 1] = ends[key]
        facts[key] = side_by_side
    results = futures_of(deal, facts).results
    return {
        party: sorted(
            (
                Driver(
                    key, deal.facts[key].labelled, *map(float, results[party][2 * n : 2 * n + 2])
                )
                for n, key in enumerate(uncertain)
            ),
            key=lambda driver: -driver.swing,
        )
        for party in deal.parties
    }
