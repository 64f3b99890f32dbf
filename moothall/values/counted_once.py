"""One uncertainty is allowed for once: by a quantified risk, or by an uplift for optimism bias."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Uncertainty(StrEnum):
    """What may turn out otherwise than was thought. The value is how a sentence says it."""

    CAPITAL_COST = "the cost of works"
    WORKS_DURATION = "how long works take"
    RUNNING_COST = "running costs"
    STAFF_COST = "the cost of staff"
    INFLATION = "prices"
    DEMAND = "demand"
    INCOME = "income"
    BENEFITS = "benefits and savings"
    TIMETABLE = "the timetable of the service"
    LAW = "law and regulation"
    SUPPLIER = "the supplier's standing"
    REPUTATION = "reputation"


def why_not_count_both(
    *, by_optimism_bias: Iterable[Uncertainty], by_risk: Iterable[Uncertainty]
) -> str | None:
    """Return why a sum may not allow for these, or None: what is in both is counted twice.

    by_optimism_bias : what an estimate was raised for
    by_risk          : what the risks that are added to it are about

    Source: HM Treasury, Supplementary Green Book guidance: optimism bias (uplifts fall as risks
    are identified and costed).
    """
    twice = sorted(set(by_optimism_bias) & set(by_risk))
    if not twice:
        return None
    what = " and ".join(each.value for each in twice)
    return (
        f"The uncertainty about {what} would be counted twice: the estimate is raised for optimism "
        "bias there, and a quantified risk is about the same. Take the uplift off, or leave the "
        "risk unquantified."
    )
