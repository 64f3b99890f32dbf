"""Which value of one number meets a target, such as 'worse off than in-house in one future of ten'?

Every trial runs on the same futures, so that only the number differs.
"""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Any

from attrs import asdict, frozen

from moothall.deals.deal import Deal
from moothall.deals.fairness import about
from moothall.deals.simulation import Simulation, Told, simulation, untold
from moothall.deals.varying import with_number
from moothall.values.wording import percentage

MEASURES: dict[str, str] = {
    "mean": "expected result",
    "p5": "result in a bad future: P5",
    "p50": "result in the middle future",
    "p95": "result in a good future: P95",
    "cvar5": "mean of the worst 5% of futures",
    "loss_probability": "chance of being worse off than the reference",
    "peak_cash_need": "cash need, met in 95% of futures",
    "failure_probability": "chance of failure",
    "returned": "cost of others' failures",
    "up_gbp": "expected gain",
    "down_gbp": "expected loss",
    "reward_share": "share of the reward",
    "risk_share": "share of the risk",
    "joint_tail_gbp": "part of the worst 5% of futures of all together",
    "tail_to_resources": "worst 5% as a share of its resources",
    "principal_returns_probability": "chance that all it puts in comes back",
    "pays_in_probability": "chance that it puts money in",
    "multiple.p5": "money back for each pound in a bad future",
    "multiple.p50": "money back for each pound in the middle future",
    "multiple.p95": "money back for each pound in a good future",
    "irr.p5": "yearly rate of return in a bad future",
    "irr.p50": "yearly rate of return in the middle future",
    "irr.p95": "yearly rate of return in a good future",
    "irr_undefined": "share of futures with no rate of return",
    "months_to_recover.p50": "months to get its money back in the middle future",
    "months_to_recover.p95": "months to get its money back in a slow future",
}
_IN_GBP = (
    "mean", "p5", "p50", "p95", "cvar5", "peak_cash_need", "returned",
    "up_gbp", "down_gbp", "joint_tail_gbp",
)  # fmt: skip
_AS_NUMBERS = ("multiple", "months_to_recover")
_AT_MOST = (  # of these less is better, so that a target is met at or below it
    "loss_probability", "peak_cash_need", "failure_probability", "returned", "down_gbp",
    "risk_share", "tail_to_resources", "irr_undefined", "months_to_recover",
)  # fmt: skip
SCANNED = 9  # values tried across the range before it is narrowed
HALVINGS = 18


class CannotSolve(ValueError):
    """No value was found. The message says what was tried."""


@frozen
class Target:
    """A result of one party that should come to a value: measure 'loss_probability' at 0.10.

    It is met by that value and by better ones: at most it where less is better, else at least it.
    """

    party: str
    measure: str
    value: float

    @property
    def bound(self) -> str:
        return "at most" if self.measure.split(".")[0] in _AT_MOST else "at least"

    def is_met_by(self, result: float) -> bool:
        return result <= self.value if self.bound == "at most" else result >= self.value


@frozen
class Beside:
    """Another result, of this party or another, followed along: the other side of a trade-off."""

    party: str
    measure: str


@frozen
class Trial:
    """One value that was tried, and what it leads to; what it leads to beside that."""

    number: Decimal
    result: float
    beside: float | None = None

    def as_json(self) -> dict[str, str | float | None]:
        return {"number": f"{self.number:f}", "result": self.result, "beside": self.beside}


@frozen
class Solution:
    """The value that just meets the target, and the trade-off around it."""

    place: str
    target: Target
    number: Decimal
    result: float
    trials: tuple[Trial, ...]
    sentence: str
    beside: Beside | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "beside": asdict(self.beside) if self.beside is not None else None,
            "place": self.place,
            "party": self.target.party,
            "measure": self.target.measure,
            "target": self.target.value,
            "number": f"{self.number:f}",
            "result": self.result,
            "trials": [trial.as_json() for trial in self.trials],
            "sentence": self.sentence,
        }


def solution(
    deal: Deal,
    *,
    place: str,
    between: tuple[Decimal, Decimal],
    target: Target,
    seed: int,
    draws: int,
    places: int = 2,
    beside: Beside | None = None,
    told: Told = untold,
) -> Solution:
    """Find the number at a place that brings a result to its target.

    between : the lowest and highest value to try
    places  : decimals of the answer
    beside  : another result to follow along
    told    : is told after each trial what part is done at the least (0-1)

    :raises CannotSolve: when no value in the range crosses the target, or the measure is not said.
    """
    if sentence := why_not_target(deal, target):
        raise CannotSolve(sentence)
    if beside is not None and (sentence := why_not_target(deal, beside)):
        raise CannotSolve(sentence)
    low, high = between
    if low >= high:
        raise CannotSolve(f"{low} is not below {high}. Give the range from low to high.")

    count = itertools.count(1)

    def tried(number: Decimal) -> Trial:
        told((next(count) - 1) / (SCANNED + HALVINGS))
        done = simulation(with_number(deal, place, number), seed=seed, draws=draws)
        result = measured(done, target.party, target.measure)
        if beside is None:
            return Trial(number, result)
        try:
            return Trial(number, result, measured(done, beside.party, beside.measure))
        except CannotSolve:  # at this value it is not said; at others it may be
            return Trial(number, result)

    trials = [tried(low + (high - low) * n / (SCANNED - 1)) for n in range(SCANNED)]
    below, above = _crossing(trials, target, deal)
    exact = Decimal(1).scaleb(-places)
    for _ in range(HALVINGS):
        middle = ((below.number + above.number) / 2).quantize(exact, ROUND_HALF_EVEN)
        if middle in (below.number, above.number):
            break
        trial = tried(middle)
        trials.append(trial)
        if target.is_met_by(trial.result) == target.is_met_by(below.result):
            below = trial
        else:
            above = trial
    best = below if target.is_met_by(below.result) else above
    sentence = (
        f"With {place} at {best.number:,f}, {deal.party_name(target.party)}'s "
        f"{MEASURES[target.measure]} is {said(best.result, target.measure)}, against a target "
        f"of {target.bound} {said(target.value, target.measure)}."
    )
    if beside is not None:
        along = f"{deal.party_name(beside.party)}'s {MEASURES[beside.measure]}"
        sentence += (
            f" {along} is not said."
            if best.beside is None
            else f" {along} is then {said(best.beside, beside.measure)}."
        )
    return Solution(
        place=place,
        target=target,
        number=best.number,
        result=best.result,
        trials=tuple(sorted(trials, key=lambda trial: trial.number)),
        sentence=sentence,
        beside=beside,
    )


def why_not_target(deal: Deal, target: Target | Beside) -> str | None:
    if target.party not in deal.parties:
        return f"There is no party {target.party!r}. The deal has: {', '.join(deal.parties)}."
    if target.measure not in MEASURES:
        return f"There is no measure {target.measure!r}. Use one of: {', '.join(MEASURES)}."
    return None


def measured(done: Simulation, party: str, measure: str) -> float:
    """Return one measure of one party's result.

    :raises CannotSolve: when it cannot be said of this deal.
    """
    result, first = done.parties[party], measure.split(".")[0]
    found: Any
    if not done.fairness.parties[party].is_said:
        found, why = None, done.fairness.parties[party].why_null or ""
    elif hasattr(result, first):
        found, why = result, "no future says it."
    elif hasattr(done.fairness.parties[party], first):
        found = done.fairness.parties[party]
        why = found.why_null or "nothing is declared that it could be a share of."
    elif result.investor is None:
        found, why = None, f"{done.deal.party_name(party)} is no investor."
    else:
        found, why = result.investor, "no future says it."
    for name in measure.split("."):
        found = getattr(found, name) if found is not None else None
    if found is None:
        raise CannotSolve(f"The {MEASURES[measure]} is not said: {why}")
    return float(found)


def said(value: float, measure: str) -> str:
    """Return a measure in its own notation: pounds to three figures, a percentage or a number."""
    if measure in _IN_GBP:
        return about(value)
    return f"{value:.3g}" if measure.split(".")[0] in _AS_NUMBERS else percentage(value)


def _crossing(trials: list[Trial], target: Target, deal: Deal) -> tuple[Trial, Trial]:
    for one, other in pairwise(trials):
        if target.is_met_by(one.result) != target.is_met_by(other.result):
            return one, other
    results = [trial.result for trial in trials]
    raise CannotSolve(
        f"Between {trials[0].number:f} and {trials[-1].number:f} "
        f"{deal.party_name(target.party)}'s {MEASURES[target.measure]} runs from "
        f"{said(min(results), target.measure)} to {said(max(results), target.measure)} and never "
        f"crosses {said(target.value, target.measure)}. "
        "Widen the range, or vary another number."
    )
