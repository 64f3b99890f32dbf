"""What may an investor get back, how soon, and at which rate?

Flows are dated on the first day of their period. No mean rate of return is ever said: a total loss
is -100%, and some futures have no rate at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import asdict, frozen
from numpy.typing import NDArray

from moothall.values.wording import percentage

Floats = NDArray[np.float64]
HALF_A_PENNY = 0.005  # smaller flows are traces of floating point
SIDE_BY_SIDE = 8192  # draws whose rates are sought together
TRIES = 200
CLOSE = 1e-12  # two rates are one


@frozen
class Percentiles:
    """A bad, a middle and a good future: one in twenty is below p5."""

    p5: float
    p50: float
    p95: float


@frozen
class InvestorResult:
    """What one investor may get back. None where no future says.

    pays_in_probability : share of futures in which it puts money in; the rest is said of these
    principal_returns_probability : that all it put in comes back
    multiple          : what comes back for each pound put in
    irr               : per year, over futures in which one is defined; -1 is a total loss
    irr_undefined     : share of futures with no rate defined
    months_to_recover : from its first payment until it is never again out of pocket, over futures
                        in which it recovers
    """

    pays_in_probability: float
    principal_returns_probability: float | None
    multiple: Percentiles | None
    irr: Percentiles | None
    irr_undefined: float | None
    months_to_recover: Percentiles | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def in_words(self, name: str) -> str:
        """Return what an investor would be told, under these assumptions."""
        if self.multiple is None or self.irr_undefined is None:
            return f"Under these assumptions {name} puts no money in."
        said = [
            f"Under these assumptions {name} gets back all it puts in with a chance of "
            f"{percentage(self.principal_returns_probability)}; in the middle future "
            f"£{self.multiple.p50:.2f} for each pound."
        ]
        if self.irr is not None:
            low, middle, high = map(percentage, (self.irr.p5, self.irr.p50, self.irr.p95))
            said.append(
                f"Its yearly rate of return is {middle} in the middle future, {low} in a bad one "
                f"and {high} in a good one."
            )
        if self.irr_undefined:
            said.append(f"In {percentage(self.irr_undefined)} of futures no rate is defined.")
        if self.months_to_recover is not None:
            said.append(
                f"Where it gets its money back, that takes {self.months_to_recover.p50:.0f} months "
                "in the middle future."
            )
        if self.pays_in_probability < 1:
            said.append(
                f"All this is of the {percentage(self.pays_in_probability)} of futures in which it "
                "puts money in."
            )
        return " ".join(said)


def investor_result(flows: Floats, paid_in: Floats, years: Floats) -> InvestorResult:
    """Return the spread of what one investor gets back.

    flows   : (period, draw) GBP, what it receives less what it pays
    paid_in : (draw,) GBP that it pays in all; flows of one period may hide some of it
    years   : (period,) from the deal's first day to that of the period
    """
    puts_in = paid_in >= HALF_A_PENNY
    flows, paid_in = flows[:, puts_in], paid_in[puts_in]
    rates = internal_rates(flows, years)
    is_defined = ~np.isnan(rates)
    months = months_to_recover(flows, years)
    recovers = ~np.isnan(months)
    some = bool(paid_in.size)
    return InvestorResult(
        pays_in_probability=float(puts_in.mean()),
        principal_returns_probability=float(recovers.mean()) if some else None,
        multiple=_percentiles(1 + flows.sum(axis=0) / paid_in),
        irr=_percentiles(rates[is_defined]),
        irr_undefined=1 - float(is_defined.mean()) if some else None,
        months_to_recover=_percentiles(months[recovers]),
    )


def months_to_recover(flows: Floats, years: Floats) -> Floats:
    """Return (draw,) months from the first payment until the sum of flows stays at nothing or more.

    NaN where it never does.
    """
    is_short = np.cumsum(flows, axis=0) < -HALF_A_PENNY
    months = np.round(12 * years, 6)
    starts = months[np.argmax(is_short, axis=0)]
    last_short = len(years) - 1 - np.argmax(is_short[::-1], axis=0)
    recovered = np.append(months, np.nan)[last_short + 1]
    return np.where(is_short.any(axis=0), recovered - starts, 0.0)


def internal_rates(flows: Floats, years: Floats) -> Floats:
    """Return (draw,) the yearly rate r at which the sum of flows x (1 + r)^-years is zero.

    flows : (period, draw) GBP
    years : (period,) ascending

    -1 where money goes in and none comes back. NaN where no rate is defined: nothing goes in, or
    there is no rate at which the investor is owed something until the end. Where there is one, no
    other rate solves the sum: at a higher rate more is left owing, at a lower rate less.

    Source: Teichroew, Robichek and Montalbano, Management Science 11(3), 1965: pure investments.
    """
    rates = [
        _rates(flows[:, start : start + SIDE_BY_SIDE], years)
        for start in range(0, flows.shape[1], SIDE_BY_SIDE)
    ]
    return np.concatenate(rates) if rates else np.empty(0)


def _rates(flows: Floats, years: Floats) -> Floats:
    flows = np.where(np.abs(flows) < HALF_A_PENNY, 0.0, flows)
    goes_in, comes_back = (flows < 0).any(axis=0), (flows > 0).any(axis=0)
    rates = np.where(goes_in & ~comes_back, -1.0, np.nan)
    draws = np.arange(flows.shape[1])
    first = flows[np.argmax(flows != 0, axis=0), draws]
    last = flows[-1 - np.argmax(flows[::-1] != 0, axis=0), draws]
    may_be = (first < 0) & (last > 0)
    if not may_be.any():
        return rates
    flows = flows[:, may_be]
    force = _forces(flows, years, -first[may_be], last[may_be])
    weights = _weights(force, years)
    owing = np.cumsum(flows * weights, axis=0)
    slack = 1e-9 * np.sum(np.abs(flows) * weights, axis=0)
    is_pure = (owing <= slack).all(axis=0)
    rates[may_be] = np.where(is_pure, np.expm1(force), np.nan)
    return rates


def _forces(flows: Floats, years: Floats, first: Floats, last: Floats) -> Floats:
    """Return (draw,) ln(1 + r) where flows that begin by going in and end by coming back balance.

    Newton's steps on ln(worth of what comes back / worth of what goes in), which is almost a
    straight line; a step that leaves the bracket halves it instead.
    """
    back, into = np.maximum(flows, 0), np.maximum(-flows, 0)
    gap = float(np.diff(years).min())
    # Beyond these the first flow outweighs all that comes back, or the last all that goes in.
    high = np.log(np.maximum(back.sum(axis=0) / first, 1)) / gap + 1e-6
    low = -np.log(np.maximum(into.sum(axis=0) / last, 1)) / gap - 1e-6
    force = np.zeros(flows.shape[1])
    for _ in range(TRIES):
        weights = _weights(force, years)
        with np.errstate(divide="ignore", invalid="ignore"):
            worth_back, worth_in = (back * weights).sum(axis=0), (into * weights).sum(axis=0)
            excess = np.log(worth_back) - np.log(worth_in)
            slope = years @ (into * weights) / worth_in - years @ (back * weights) / worth_back
            step = force - excess / slope
        low, high = np.where(excess > 0, force, low), np.where(excess > 0, high, force)
        is_found = np.abs(step - force) <= CLOSE * (1 + np.abs(force))  # false of what is no number
        if is_found.all():
            break
        is_inside = (step > low) & (step < high)
        force = np.where(is_found, force, np.where(is_inside, step, (low + high) / 2))
    return force


def _weights(force: Floats, years: Floats) -> Floats:
    """Return (period, draw) the worth of a pound in each period, scaled so that none overflows."""
    exponents = -np.outer(years, force) + np.minimum(force, 0) * years[-1]
    return np.asarray(np.exp(np.minimum(exponents, 0)), dtype=np.float64)


def _percentiles(values: Floats) -> Percentiles | None:
    if not values.size:
        return None
    return Percentiles(*(float(value) for value in np.percentile(values, (5, 50, 95))))
