"""Will a public body stay within what it has approved? By financial year and ring-fence.

What a body pays less what it receives, undiscounted, in the line to which each term books it, with
the VAT it cannot recover. What it bears or saves outside the terms in GBP, and what a failure
throws back on it, stand in its General Fund, revenue. A fact that only has a price is no cash.
A period over two years is shared by days; what is not yet paid when a year ends is its accrual.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from attrs import asdict, frozen
from numpy.typing import NDArray

from moothall.deals.deal import Deal, year_shares
from moothall.deals.evaluation import Line, evaluation, has_ended
from moothall.deals.fairness import about
from moothall.deals.numbers import Numbers
from moothall.deals.settlement import VatRate
from moothall.deals.simulation import Simulation, blocks, futures_of, over_time
from moothall.deals.terms.term import BudgetLine
from moothall.values.periods import Period, financial_year_of, year_words
from moothall.values.wording import percentage, plain_date, pounds_in_words

Floats = NDArray[np.float64]
OWN = BudgetLine()  # where what no term books stands: General Fund, revenue
HALF_A_PENNY = 0.005


@frozen
class Spread:
    p5: float
    p50: float
    p95: float


@frozen
class BudgetYear:
    """What one line of a body's budget may have to bear in a financial year. GBP, undiscounted.

    p50, p80, p95      : net cost: as much or less in half, 80% and 95% of futures
    approved_gbp       : what the deal says is approved; None: nothing is said
    exceed_probability : that the cost is above it
    reserve_gbp        : what is needed beside it in 80% of futures
    accrual            : owed through the terms and not yet paid on 31 March; below 0 it is owed
    """

    ring_fence: str
    kind: str
    year: str
    mean: float
    p50: float
    p80: float
    p95: float
    accrual: Spread
    approved_gbp: float | None = None
    exceed_probability: float | None = None
    reserve_gbp: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def in_words(self, name: str) -> str:
        said = (
            f"{name}, {self.ring_fence} {self.kind}, {self.year}: {about(self.p50)} in the middle "
            f"future, {about(self.p80)} at P80, {about(self.p95)} at P95."
        )
        if self.approved_gbp is not None and self.reserve_gbp is not None:
            approved = pounds_in_words(Decimal(str(self.approved_gbp)))
            said += (
                f" {approved} is approved: exceeded in {percentage(self.exceed_probability)} of "
                f"futures; at P80 {about(self.reserve_gbp)} of reserve is needed."
            )
        last = Period.financial_year(int(self.year[:4])).last_day
        return said + (
            f" Owed and not yet paid on {plain_date(last)}: {about(self.accrual.p50)}, from "
            f"{about(self.accrual.p5)} to {about(self.accrual.p95)}."
        )


def budget_years(done: Simulation, party: str, vat_rate: VatRate | None = None) -> list[BudgetYear]:
    """Return each line and year of a public body's budget; nothing of another party.

    The same futures are drawn again.

    vat_rate : the rate on a day; without it no VAT is added
    """
    deal = done.deal
    if not deal.parties[party].is_public:
        return []
    first, last = (financial_year_of(day) for day in (deal.period.starts_on, deal.period.last_day))
    years = range(first, last + 1)
    in_year = np.array([[year_shares(p).get(year, 0.0) for p in deal.periods] for year in years])
    unpaid = np.array([[_unpaid(deal, p, year) for p in deal.periods] for year in years])
    costs: dict[BudgetLine, list[Floats]] = {}
    accruals: dict[BudgetLine, list[Floats]] = {}
    for facts, size in blocks(deal, done.seed, done.draws, done.is_quasi_random):
        through_terms, own = _costs(deal, party, facts, size, vat_rate)
        for line, paid in through_terms.items():
            whole = paid + own if line == OWN else paid
            costs.setdefault(line, []).append(in_year @ whole)
            accruals.setdefault(line, []).append(unpaid @ paid)
    found = []
    for line in sorted(costs, key=lambda line: (line.ring_fence, line.kind)):
        cost, accrual = (np.concatenate(of[line], axis=1) for of in (costs, accruals))
        for place, year in enumerate(years):
            found.append(_budget_year(deal, party, line, year, cost[place], accrual[place]))
    return found


def budget_year_in_words(year: Mapping[str, Any], name: str) -> str:
    """Return the sentence of a year that was written as JSON."""
    return BudgetYear(**{**year, "accrual": Spread(**year["accrual"])}).in_words(name)


def _budget_year(
    deal: Deal, party: str, line: BudgetLine, year: int, cost: Floats, accrual: Floats
) -> BudgetYear:
    p50, p80, p95 = map(float, np.percentile(cost, (50, 80, 95)))
    approved = deal.approved(party, line.kind, line.ring_fence, year)
    gbp = None if approved is None else float(approved)
    return BudgetYear(
        ring_fence=line.ring_fence,
        kind=line.kind,
        year=year_words(year),
        mean=float(cost.mean()),
        p50=p50,
        p80=p80,
        p95=p95,
        accrual=Spread(*map(float, np.percentile(accrual, (5, 50, 95)))),
        approved_gbp=gbp,
        exceed_probability=None if gbp is None else float((cost > gbp + HALF_A_PENNY).mean()),
        reserve_gbp=None if gbp is None else max(p80 - gbp, 0.0),
    )


def _costs(
    deal: Deal, party: str, facts: Mapping[str, Floats], size: int, vat_rate: VatRate | None
) -> tuple[dict[BudgetLine, Floats], Floats]:
    """Return line -> (period, draw) GBP paid through terms, and what stands beside them."""
    shape = (len(deal.periods), size)
    through_terms = {OWN: np.zeros(shape)}
    net, ended = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    for index, (state, lines) in enumerate(evaluation(deal, facts, Numbers(False, size))):
        for line in lines:
            if not (sign := (line.payer == party) - (line.payee == party)):
                continue
            booked = line.term.budgets.get(party, OWN)
            paid = through_terms.setdefault(booked, np.zeros(shape))
            net[index] += sign * line.amount
            paid[index] += sign * line.amount
            if line.payer == party:
                paid[index] += line.amount * _lost_to_vat(deal, party, line, vat_rate)
        ended[index + 1 :] = has_ended(state)
    own = -futures_of(deal, facts).cash[party] - net
    for key, fact in deal.facts.items():
        if fact.unit != "GBP" and fact.price_gbp is not None and not fact.without_deal:
            worth = (fact.enjoyed_by == party) - (fact.borne_by == party)
            flows = over_time(fact.once, facts[key]) * (worth * float(fact.price_gbp))
            own = own + np.where(ended, 0.0, flows)
    return through_terms, own


def _lost_to_vat(deal: Deal, party: str, line: Line, vat_rate: VatRate | None) -> float:
    """Return the VAT that a body cannot recover, as a share of the price."""
    if vat_rate is None or line.term.vat not in ("standard", "reduced"):
        return 0.0
    rate = vat_rate(line.term.vat, deal.periods[line.index].last_day)
    return float(rate * (1 - deal.parties[party].vat_recovered))


def _unpaid(deal: Deal, period: Period, year: int) -> float:
    """Return the share of a period's cost that has fallen due by a year's end and is not paid."""
    ends = Period.financial_year(year).ends_before
    is_paid = period.ends_before + timedelta(days=deal.payment_days) < ends
    if is_paid or period.starts_on >= ends:
        return 0.0
    return (min(period.ends_before, ends) - period.starts_on).days / period.days
