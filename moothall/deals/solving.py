"""Which value of one number meets a target, such as 'worse off than in-house in one future of ten'?

Every trial runs on the same futures, so that only the number differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from attrs import frozen

from moothall.deals.deal import Deal
from moothall.deals.fairness import about
from moothall.deals.simulation import Simulation, simulation
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
    "reward_share": "share of the reward",
    "risk_share": "share of the risk",
}
_IN_GBP = ("mean", "p5", "p50", "p95", "cvar5", "peak_cash_need")
SCANNED = 9  # values tried across the range before it is narrowed
HALVINGS = 18


class CannotSolve(ValueError):
    """No value was found. The message says what was tried."""


@frozen
class Target:
    """A result of one party that should come to a value: measure 'loss_probability' at 0.10."""

    party: str
    measure: str
    value: float


@frozen
class Trial:
    """One value that was tried, and what it leads to."""

    number: Decimal
    result: float

    def as_json(self) -> dict[str, str | float]:
        return {"number": f"{self.number:f}", "result": self.result}


@frozen
class Solution:
    """The value that meets the target most nearly, and the trade-off around it."""

    place: str
    target: Target
    number: Decimal
    result: float
    trials: tuple[Trial, ...]
    sentence: str

    def as_json(self) -> dict[str, object]:
        return {
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
) -> Solution:
    """Find the number at a place that brings a result to its target.

    between : the lowest and highest value to try
    places  : decimals of the answer

    :raises CannotSolve: when no value in the range crosses the target, or the measure is not said.
    """
    if sentence := why_not_target(deal, target):
        raise CannotSolve(sentence)
    low, high = between
    if low >= high:
        raise CannotSolve(f"{low} is not below {high}. Give the range from low to high.")

    def tried(number: Decimal) -> Trial:
        done = simulation(with_number(deal, place, number), seed=seed, draws=draws)
        return Trial(number, measured(done, target.party, target.measure))

    trials = [tried(low + (high - low) * n / (SCANNED - 1)) for n in range(SCANNED)]
    below, above = _crossing(trials, target, deal)
    exact = Decimal(1).scaleb(-places)
    for _ in range(HALVINGS):
        middle = ((below.number + above.number) / 2).quantize(exact, ROUND_HALF_EVEN)
        if middle in (below.number, above.number):
            break
        trial = tried(middle)
        trials.append(trial)
        if _is_beyond(trial, target) == _is_beyond(below, target):
            below = trial
        else:
            above = trial
    best = min((below, above), key=lambda trial: abs(trial.result - target.value))
    return Solution(
        place=place,
        target=target,
        number=best.number,
        result=best.result,
        trials=tuple(sorted(trials, key=lambda trial: trial.number)),
        sentence=(
            f"With {place} at {best.number:f}, {deal.party_name(target.party)}'s "
            f"{MEASURES[target.measure]} is {said(best.result, target.measure)}, against a target "
            f"of {said(target.value, target.measure)}."
        ),
    )


def trade_off(
    deal: Deal,
    *,
    place: str,
    values: Sequence[Decimal],
    measures: Sequence[tuple[str, str]],
    seed: int,
    draws: int,
) -> list[tuple[Decimal, tuple[float, ...]]]:
    """Return, for each value of a number, several (party, measure) results: one curve each."""
    found = []
    for value in values:
        done = simulation(with_number(deal, place, value), seed=seed, draws=draws)
        found.append((value, tuple(measured(done, party, name) for party, name in measures)))
    return found


def why_not_target(deal: Deal, target: Target) -> str | None:
    if target.party not in deal.parties:
        return f"There is no party {target.party!r}. The deal has: {', '.join(deal.parties)}."
    if target.measure not in MEASURES:
        return f"There is no measure {target.measure!r}. Use one of: {', '.join(MEASURES)}."
    return None


def measured(done: Simulation, party: str, measure: str) -> float:
    """Return one measure of one party's result.

    :raises CannotSolve: when it cannot be said of this deal.
    """
    if measure in ("reward_share", "risk_share"):
        said = done.fairness.parties[party]
        share: float | None = getattr(said, measure)
        if share is None:
            raise CannotSolve(f"The {MEASURES[measure]} is not said: {said.why_null}")
        return share
    return float(getattr(done.parties[party], measure))


def said(value: float, measure: str) -> str:
    """Return a measure in its own notation: pounds to three figures, or a percentage."""
    return about(value) if measure in _IN_GBP else percentage(value)


def _crossing(trials: list[Trial], target: Target, deal: Deal) -> tuple[Trial, Trial]:
    for one, other in pairwise(trials):
        if _is_beyond(one, target) != _is_beyond(other, target):
            return one, other
    results = [trial.result for trial in trials]
    raise CannotSolve(
        f"Between {trials[0].number:f} and {trials[-1].number:f} "
        f"{deal.party_name(target.party)}'s {MEASURES[target.measure]} runs from "
        f"{said(min(results), target.measure)} to {said(max(results), target.measure)} and never "
        f"crosses {said(target.value, target.measure)}. "
        "Widen the range, or vary another number."
    )


def _is_beyond(trial: Trial, target: Target) -> bool:
    return trial.result > target.value
