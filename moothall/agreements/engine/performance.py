"""From an early warning to stepping in: where does performance stand, and what is credited?

The deal's own service credits say what a missed indicator costs; the results of the scorecard are
the facts they read. Nobody types a credit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from attrs import frozen

from moothall.agreements.engine.scorecard import IMPROVE, INADEQUATE, run_of
from moothall.deals.deal import Deal
from moothall.deals.terms.service_credits import ServiceCredits
from moothall.values.periods import Period
from moothall.values.state_table import StateTable, moves, states
from moothall.values.wording import decimal_number, listed, number_of, percentage

PERFORMANCE = StateTable(
    "performance",
    states(
        PERFORMING="as agreed",
        WARNED="under an early warning",
        IN_DEFAULT="in default",
        RECTIFYING="under a rectification plan",
        CREDITED="in default with credits taken",
        STEPPED_IN="taken over",
    ),
    moves(
        ("WARN", "PERFORMING", "WARNED", "give an early warning"),
        ("CLEAR", "WARNED", "PERFORMING", "find it put right"),
        ("NOTIFY", "PERFORMING", "IN_DEFAULT", "give a default notice"),
        ("NOTIFY", "WARNED", "IN_DEFAULT", "give a default notice"),
        ("PLAN", "IN_DEFAULT", "RECTIFYING", "agree a rectification plan"),
        ("PLAN", "CREDITED", "RECTIFYING", "agree a rectification plan"),
        ("FAIL", "RECTIFYING", "IN_DEFAULT", "find that the plan failed"),
        ("CLEAR", "RECTIFYING", "PERFORMING", "find it put right"),
        ("CREDIT", "IN_DEFAULT", "CREDITED", "take the credits of a period"),
        ("CREDIT", "RECTIFYING", "RECTIFYING", "take the credits of a period"),
        ("CREDIT", "CREDITED", "CREDITED", "take the credits of a period"),
        ("CLEAR", "CREDITED", "PERFORMING", "find it put right"),
        ("STEP_IN", "IN_DEFAULT", "STEPPED_IN", "step in"),
        ("STEP_IN", "CREDITED", "STEPPED_IN", "step in"),
        ("STEP_OUT", "STEPPED_IN", "PERFORMING", "step out"),
    ),
)
TRIGGERS = {
    "safety": "People are not safe",
    "duty": "A statutory duty is not done",
    "insolvency": "The supplier is insolvent",
    "indicator": "A critical indicator was missed too often",
    "data": "Data was breached",
}


@frozen
class Credit:
    """What one service-credits term takes for a period, as a part of its charges.

    missed     : a sentence for each indicator that was missed
    asked, part : before and after the cap
    waits_for  : titles of indicators without a result, for which nothing can be said yet
    """

    term: str
    name: str
    missed: tuple[str, ...]
    asked: Decimal
    part: Decimal
    waits_for: tuple[str, ...]

    @property
    def said(self) -> str:
        if self.waits_for:
            return f"{self.name} waits for the result of {listed(self.waits_for)}."
        if not self.missed:
            return f"{self.name}: no indicator was missed, and nothing is credited."
        held = (
            f", held back to {percentage(self.part)} by the cap" if self.part < self.asked else ""
        )
        return (
            f"{self.name}: {percentage(self.asked)} of the period's charges{held}. "
            f"{' '.join(self.missed)}"
        )


def credits_of(deal: Deal, period: Period, results: Mapping[str, Decimal]) -> tuple[Credit, ...]:
    """What each service-credits term in force takes for a period with these results.

    results : fact of the deal -> its result in that period
    """
    return tuple(
        _credit(term, deal, results)
        for term in deal.terms
        if isinstance(term, ServiceCredits) and term.is_in_force(period)
    )


def measures_of(deal: Deal) -> dict[str, str]:
    """Return fact -> title of everything that a service credit hangs on."""
    return {
        one.measure: deal.facts[one.measure].title
        for term in deal.terms
        if isinstance(term, ServiceCredits)
        for one in term.indicators
    }


def _credit(term: ServiceCredits, deal: Deal, results: Mapping[str, Decimal]) -> Credit:
    missed, asked, waits_for = [], Decimal(0), []
    for one in term.indicators:
        fact = deal.facts[one.measure]
        value = results.get(one.measure)
        if value is None:
            waits_for.append(fact.title)
            continue
        if fact.places is not None:
            value = value.quantize(Decimal(1).scaleb(-fact.places), ROUND_HALF_UP)
        if value < one.target if one.better == "higher" else value > one.target:
            asked += one.credit
            missed.append(
                f"{fact.title} was {decimal_number(value)} against {decimal_number(one.target)}."
            )
    part = min(asked, term.cap_share)
    return Credit(term.key, term.name, tuple(missed), asked, part, tuple(waits_for))


@frozen
class Course:
    """How an indicator was rated, period by period, the earliest first."""

    name: str
    is_critical: bool
    ratings: tuple[str, ...]


def suggested(state: str, courses: Sequence[Course], limits: Mapping[str, Any]) -> tuple[str, ...]:
    """What the results say it is time for, a sentence each; a person decides."""
    found = []
    for course in courses:
        poor = run_of(course.ratings, (IMPROVE, INADEQUATE))
        failed = run_of(course.ratings, (INADEQUATE,))
        if state == "PERFORMING" and limits["warn"] <= poor < limits["notice"]:
            found.append(
                f"{course.name} was below its bands for {number_of(poor, 'period')} running: give "
                "an early warning."
            )
        if state in ("PERFORMING", "WARNED") and poor >= limits["notice"]:
            found.append(
                f"{course.name} was below its bands for {number_of(poor, 'period')} running: give "
                "a default notice."
            )
        may_step_in = state in ("IN_DEFAULT", "CREDITED")
        if may_step_in and course.is_critical and failed >= limits["step_in"]:
            found.append(
                f"{course.name} is critical and was inadequate for {number_of(failed, 'period')} "
                "running: consider stepping in."
            )
    return tuple(found)
