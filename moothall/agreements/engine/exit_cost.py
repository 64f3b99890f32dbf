"""What does leaving cost, for each party and date? And is what is paid for leaving punitive?

What the deal's own terms charge is run on its own futures, with the party leaving on the day; what
the exit plan estimates beside it is drawn too, and each party bears its share of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from attrs import asdict, field, frozen
from numpy.typing import NDArray

from moothall.deals.deal import Deal, years_between
from moothall.deals.distributions import drawn
from moothall.deals.evaluation import evaluation
from moothall.deals.numbers import Numbers
from moothall.deals.simulation import blocks, why_not_simulate
from moothall.values.wording import plain_date, pounds_in_words

SEED, DRAWS, MOST_DATES = 1, 2_000, 12
TRIGGERS = {"exit_payment": "leaves", "break_option": "exercised"}  # kind -> field of its fact
EXIT_KINDS = frozenset({*TRIGGERS, "early_end"})
Floats = NDArray[np.float64]


@frozen
class PlannedCost:
    """A cost of leaving that the exit plan estimates, GBP; who bears which share (0-1) of it.

    written_off_from, months : a set-up cost, written off in equal parts over months from a day
    """

    what: str
    low: Decimal
    mode: Decimal
    high: Decimal
    shares: Mapping[str, Decimal] = field(factory=dict)
    written_off_from: date | None = None
    months: int = 0

    def left_on(self, day: date) -> Decimal:
        """The part (0-1) of it that is still to be borne on a day."""
        if self.written_off_from is None or not self.months:
            return Decimal(1)
        return _not_written_off(self.written_off_from, self.months, day)


@frozen
class Stake:
    """What a party has put in, or stands to lose, when another leaves. GBP.

    Without evidence it does not count.
    """

    party: str
    what: str
    gbp: Decimal
    evidence: str = ""
    written_off_from: date | None = None
    months: int = 0

    def on(self, day: date) -> Decimal:
        if not self.evidence.strip():
            return Decimal(0)
        if self.written_off_from is None or not self.months:
            return self.gbp
        return self.gbp * _not_written_off(self.written_off_from, self.months, day)


@frozen
class ExitCost:
    """What leaving on a day costs a party. GBP, net of VAT.

    paid_p50  : of it, what the terms make it pay the others
    stakes    : what these have in it that is not written off, and losses with evidence;
                None: nobody has recorded any
    """

    party: str
    on: date
    p50: float
    p90: float
    paid_p50: float
    stakes: float | None

    @property
    def is_punitive(self) -> bool:
        """Paid beyond what the other side has left in it, and loses, with evidence."""
        return self.stakes is not None and self.paid_p50 > self.stakes + 0.005

    def finding(self, name: str) -> str | None:
        if not self.is_punitive or self.stakes is None:
            return None
        return (
            f"Punitive exit: leaving on {plain_date(self.on)} makes {name} pay "
            f"{pounds_in_words(_pounds(self.paid_p50))}, and the other side has "
            f"{pounds_in_words(_pounds(self.stakes))} in it that is not written off or is a loss "
            "with evidence. Bring the payment down, or add the evidence."
        )

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "on": self.on.isoformat(),
            "is_punitive": self.is_punitive,
        }


def exit_costs(
    deal: Deal | None,
    planned: Sequence[PlannedCost],
    stakes: Sequence[Stake],
    *,
    parties: Sequence[str],
    dates: Sequence[date],
    seed: int = SEED,
    draws: int = DRAWS,
) -> list[ExitCost]:
    """Return what leaving on each day costs each party, by party and day."""
    own_draws = _planned_draws(planned, seed, draws)
    found = []
    for party in parties:
        for day in dates:
            paid = _paid_on_leaving(deal, party, day, seed, draws)
            total = paid.copy()
            for cost, values in zip(planned, own_draws, strict=True):
                total += values * float(cost.shares.get(party, Decimal(0)) * cost.left_on(day))
            p50, p90 = np.percentile(total, (50, 90))
            theirs = [stake for stake in stakes if stake.party != party]
            found.append(
                ExitCost(
                    party,
                    day,
                    float(p50),
                    float(p90),
                    float(np.percentile(paid, 50)),
                    float(sum(stake.on(day) for stake in theirs)) if theirs else None,
                )
            )
    return found


def leaving_dates(
    deal: Deal | None, starts_on: date | None, ends_before: date | None
) -> list[date]:
    """The days for which leaving is told: ends of periods, or years; a dozen at most."""
    if deal is not None:
        days = [period.ends_before for period in deal.periods]
    elif starts_on is not None:
        last = ends_before or starts_on.replace(year=starts_on.year + 5, day=min(starts_on.day, 28))
        days = [
            starts_on.replace(year=year, day=min(starts_on.day, 28))
            for year in range(starts_on.year + 1, last.year + 1)
        ]
    else:
        return []
    if len(days) <= MOST_DATES:
        return days
    places = np.unique(np.linspace(0, len(days) - 1, MOST_DATES).round().astype(int))
    return [days[place] for place in places]


def has_exit_terms(deal: Deal | None) -> bool:
    return deal is not None and any(term.kind in EXIT_KINDS for term in deal.terms)


def why_not_draw(deal: Deal | None) -> str | None:
    return None if deal is None else why_not_simulate(deal)


def _paid_on_leaving(deal: Deal | None, party: str, day: date, seed: int, draws: int) -> Floats:
    """(draw,) GBP that a party pays under the exit terms when it leaves with the day's period."""
    nothing = np.zeros(draws)
    if deal is None or party not in deal.parties or why_not_simulate(deal):
        return nothing
    triggers = dict(_triggers(deal))
    index = next((n for n, one in enumerate(deal.periods) if day <= one.ends_before), None)
    if index is None or day <= deal.periods[0].starts_on or party not in triggers.values():
        return nothing
    parts = []
    for facts, size in blocks(deal, seed, draws):
        values = dict(facts)
        for fact, payer in triggers.items():
            leaves = np.zeros(facts[fact].shape)
            if payer == party:
                leaves[index] = 1.0
            values[fact] = leaves
        paid = np.zeros(size)
        for _state, lines in evaluation(deal, values, Numbers(False, size)):
            for line in lines:
                if line.term.kind in EXIT_KINDS:
                    paid += line.amount * ((line.payer == party) - (line.payee == party))
        parts.append(paid)
    return np.concatenate(parts)


def _triggers(deal: Deal) -> Iterator[tuple[str, str]]:
    """Yield (fact that says it leaves, the party that leaves)."""
    for term in deal.terms:
        if term.kind in TRIGGERS:
            yield getattr(term, TRIGGERS[term.kind]), term.payer  # type: ignore[attr-defined]  # these kinds have one


def _planned_draws(planned: Sequence[PlannedCost], seed: int, draws: int) -> list[Floats]:
    rng = np.random.default_rng([seed, 6])  # apart from the draws of the deal's own facts
    return [
        np.full(draws, float(cost.mode))
        if cost.low == cost.high
        else drawn(
            {"kind": "pert", "low": cost.low, "mode": cost.mode, "high": cost.high}, rng, (1, draws)
        )[0]
        for cost in planned
    ]


def _not_written_off(since: date, months: int, day: date) -> Decimal:
    gone = years_between(since, day) * 12
    return min(max((months - gone) / months, Decimal(0)), Decimal(1))


def _pounds(value: float) -> Decimal:
    return Decimal(round(value))
