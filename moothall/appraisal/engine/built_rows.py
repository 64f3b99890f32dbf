"""What is made of the rows of an appraisal's file, once each has been read by itself?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from moothall.appraisal.engine.appraisal import Level, Option, Role, Service
from moothall.appraisal.engine.cost_lines import CostLine, Kind
from moothall.appraisal.engine.criteria import Criterion
from moothall.appraisal.engine.criteria import Range as CriterionRange
from moothall.appraisal.engine.file_fields import given as given_of
from moothall.appraisal.engine.file_tables import (
    BudgetFields,
    LegalFields,
    OptionFields,
    ServiceFields,
    SwingFields,
)
from moothall.appraisal.engine.payments import Follows, Payment
from moothall.appraisal.engine.personal_budget import personal_budget
from moothall.deals.deal import Deal
from moothall.directory.engine.routes import Facts


def values_of(row: Any) -> tuple[Any, ...]:
    """Return the fields of a row, in their order."""
    return tuple(given_of(row).values())


def service_of(row: ServiceFields) -> Service:
    given = given_of(row)
    return Service(**{**given, "level": None if row.level is None else Level(row.level)})


def asked_on(swing: SwingFields, criterion: Criterion) -> CriterionRange:
    """The range as it was asked; where the file says none, that of the criterion's scale."""
    worst = criterion.worst if swing.worst is None else float(swing.worst)
    best = criterion.best if swing.best is None else float(swing.best)
    unit = criterion.unit if swing.unit is None else swing.unit
    return CriterionRange(float(worst or 0), float(best or 0), unit)


def options_of(line: Mapping[str, Any]) -> list[Any]:
    named = line.get("option", [])
    return named if isinstance(named, list) else [named]


def option_of(key: str, row: OptionFields, on: date, deals: Mapping[str, Deal]) -> Option:
    given = given_of(row)
    del given["personal_budgets"]
    more: dict[str, Any] = {"role": Role(row.role), "legal": _legal(row.legal, on), "payment": None}
    paid = row.payment
    if paid is not None and paid.deal in deals:
        more["payment"] = Payment(
            key,
            deals[paid.deal],
            paid.bodies,
            {fact: Follows(one.driver, one.times) for fact, one in paid.follows.items()},
            paid.is_nominal,
            paid.price_year,
        )
    return Option(key, **{**given, **more})


def line_of_budgets(option: str, row: BudgetFields) -> CostLine:
    """Return the cost of personal budgets, a year's for each person.

    :raises ValueError: when such budgets cannot be.
    """
    budget = personal_budget(
        row.points,
        row.gbp_a_point,
        row.area_factor,
        weekly_contribution=row.weekly_contribution_gbp,
        floor=row.floor_gbp,
        ceiling=row.ceiling_gbp,
    )
    return CostLine(
        "personal_budgets",
        option,
        title="Personal budgets, net of what people pay",
        kind=Kind.PAYMENT,
        amount_gbp=row.people * budget.net,
        evidence=row.evidence,
    )


def _legal(row: LegalFields | None, on: date) -> Facts | None:
    if row is None:
        return None
    given = given_of(row)
    for name in ("value", "grant", "earlier_help"):
        gbp = given.pop(f"{name}_gbp")
        given[f"{name}_pence"] = None if gbp is None else int(gbp * 100)
    for name in ("market_share", "share_for_owners"):
        given[name] = None if given[name] is None else Fraction(given[name])
    return Facts(**{**given, "began_on": row.began_on or on})
