"""A deal as the way an option is paid for: run on the same futures, what does it pay to whom?

Facts of the deal may follow drivers of the appraisal, and then turn out as those do. Its cash falls
into the financial years of the appraisal by days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from attrs import evolve, field, frozen

from moothall.appraisal.engine.cost_lines import CostLine, Kind
from moothall.appraisal.engine.costing import Costing
from moothall.appraisal.engine.unknowns import Drawing, Floats
from moothall.deals.deal import Deal, Finding, year_shares
from moothall.deals.simulation import CHUNK, blocks, futures_in, why_not_simulate
from moothall.values.periods import year_words

PENNY = Decimal("0.01")


@frozen
class Follows:
    """A fact of the deal that follows a driver of the appraisal, times so much of it a period."""

    driver: str
    times: Decimal = Decimal(1)


@frozen
class Payment:
    """A deal by which an option is paid for.

    bodies  : party of the deal -> body of the appraisal; the other parties are outside it
    follows : fact of the deal -> the driver that it follows
    is_nominal, price_year : the money that it pays in
    """

    option: str
    deal: Deal
    bodies: Mapping[str, str]
    follows: Mapping[str, Follows] = field(factory=dict)
    is_nominal: bool = True
    price_year: int | None = None


@frozen
class PaymentFutures:
    """What a deal pays. Received above nought, paid below.

    worth   : body -> (draw,) GBP, real, discounted
    by_year : body -> (year, draw) GBP, in the money that the deal pays in
    facts   : fact -> (draw,) its mean over periods, of those that are uncertain
    """

    worth: Mapping[str, Floats]
    by_year: Mapping[str, Floats]
    facts: Mapping[str, Floats]
    notes: tuple[str, ...] = ()

    @property
    def nbytes(self) -> int:
        kept = (self.worth, self.by_year, self.facts)
        return sum(one.nbytes for group in kept for one in group.values())


def findings(payment: Payment, costing: Costing) -> Iterator[Finding]:
    """Yield what stops a deal from being an option's way of payment."""
    place = f"options.{payment.option}.deal"
    if sentence := why_not_simulate(payment.deal):
        yield Finding(place, sentence, "Mend the deal.")
    for party, body in payment.bodies.items():
        if party not in payment.deal.parties:
            said = f"{payment.deal.name} has no party {party}."
            yield Finding(place, said, f"It has {', '.join(payment.deal.parties)}.")
        if body not in costing.bodies:
            said = f"{body} is no body of this appraisal."
            yield Finding(place, said, f"Name one of {', '.join(costing.bodies)}.")
    for key, party_of in payment.deal.parties.items():
        if party_of.is_public and key not in payment.bodies:
            said = f"{party_of.name} is a public body, and no body of the appraisal stands for it."
            mend = "Say which: otherwise what it pays is left out of the public sector."
            yield Finding(place, said, mend)
    for fact, follows in payment.follows.items():
        if fact not in payment.deal.facts or follows.driver not in costing.drivers:
            said = f"{fact} cannot follow {follows.driver}."
            yield Finding(place, said, "Name a fact of the deal and a driver of the appraisal.")
    if not payment.bodies:
        yield Finding(place, "No party of the deal is a body of the appraisal.", "Name one.")


def payment_futures(payment: Payment, costing: Costing, drawing: Drawing) -> PaymentFutures:
    """Return what a deal pays in each future; the same content is not run again."""
    key = (
        "deal",
        drawing.seed,
        drawing.draws,
        repr(payment.deal.document),
        tuple(sorted(payment.bodies.items())),
        tuple(
            (
                fact,
                one.times,
                costing.drivers[one.driver].values(costing.frame.years),
                drawing.content(drawing.unknowns[one.driver])
                if one.driver in drawing.unknowns
                else None,
            )
            for fact, one in sorted(payment.follows.items())
        ),
        payment.is_nominal,
        payment.price_year,
        costing.frame.first_year,
        costing.frame.prices,
        costing.frame.factors,
    )
    found: PaymentFutures = drawing.kept.get(
        key, lambda: _run(payment, costing, drawing), lambda made: made.nbytes
    )
    return found


def _run(payment: Payment, costing: Costing, drawing: Drawing) -> PaymentFutures:
    deal, frame = payment.deal, costing.frame
    into_years, outside = _years(payment, costing)
    followed = {fact: _as_driver(payment, fact, costing, drawing) for fact in payment.follows}
    uncertain = [
        key for key, fact in deal.facts.items() if fact.value is None and key not in payment.follows
    ]
    facts: dict[str, list[Floats]] = {key: [] for key in uncertain}

    def drawn() -> Iterator[tuple[dict[str, Floats], int]]:
        start = 0
        for found, size in blocks(deal, drawing.seed, drawing.draws):
            span = slice(start, start + size)
            for key in uncertain:
                facts[key].append(found[key].mean(axis=0))
            wide = (len(deal.periods), size)
            found = {
                **found,
                **{key: np.broadcast_to(of[:, span], wide) for key, of in followed.items()},
            }
            yield found, size
            start += size

    cash = futures_in(deal, drawn(), drawing.draws, CHUNK).cash
    by_year: dict[str, Floats] = {}
    for party, body in payment.bodies.items():
        of_body = into_years @ cash[party]
        by_year[body] = by_year[body] + of_body if body in by_year else of_body
    price_year = frame.price_year if payment.price_year is None else payment.price_year
    real = [
        1 / price if payment.is_nominal else frame.deflator.between(price_year, frame.price_year)
        for price in frame.prices
    ]
    discount = np.array(
        [float(one * factor) for one, factor in zip(real, frame.factors, strict=True)]
    )
    notes = []
    if outside:
        notes.append(
            f"{deal.name} also runs in {', '.join(map(year_words, outside))}, outside the years "
            "of the appraisal: what it pays then is left out."
        )
    return PaymentFutures(
        worth={body: discount @ of for body, of in by_year.items()},
        by_year=by_year,
        facts={key: np.concatenate(parts) for key, parts in facts.items()},
        notes=tuple(notes),
    )


def _years(payment: Payment, costing: Costing) -> tuple[Floats, list[int]]:
    """Return (year, period) shares of a deal's periods, and its years outside the appraisal."""
    frame, outside = costing.frame, set()
    shares = np.zeros((frame.years, len(payment.deal.periods)))
    for place, period in enumerate(payment.deal.periods):
        for year, share in year_shares(period).items():
            if 0 <= year - frame.first_year < frame.years:
                shares[year - frame.first_year, place] = share
            else:
                outside.add(year)
    return shares, sorted(outside)


def _as_driver(payment: Payment, fact: str, costing: Costing, drawing: Drawing) -> Floats:
    """Return (period, draw) of a fact that follows a driver; one column where it is certain."""
    follows = payment.follows[fact]
    driver = costing.drivers[follows.driver]
    years = np.array([float(one * follows.times) for one in driver.values(costing.frame.years)])
    rows: Any = years[:, None]
    if driver.key in drawing.unknowns:
        rows = rows * drawing.of(drawing.unknowns[driver.key])
    else:
        rows = np.broadcast_to(rows, (len(years), drawing.draws))
    first, last = costing.frame.first_year, costing.frame.years - 1
    begun = [min(year_shares(period)) - first for period in payment.deal.periods]
    found: Floats = rows[np.clip(begun, 0, last)]
    return found


def with_payments(costing: Costing, paid: Mapping[str, tuple[Payment, PaymentFutures]]) -> Costing:
    """Return a costing whose tables hold what deals are expected to pay, a line for each body.

    paid : option -> its deal and what it pays: the mean over futures, to the penny
    """
    lines = list(costing.lines)
    for option, (payment, found) in paid.items():
        for body, of in found.by_year.items():
            lines.append(
                CostLine(
                    f"deal_{body}",
                    option,
                    title=f"{payment.deal.name}, as expected",
                    kind=Kind.PAYMENT,
                    amount_gbp=tuple(
                        Decimal(-float(one)).quantize(PENNY, ROUND_HALF_UP)
                        for one in of.mean(axis=1)
                    ),
                    falls_on=body,
                    is_nominal=payment.is_nominal,
                    price_year=payment.price_year,
                )
            )
    return evolve(costing, lines=tuple(lines))
