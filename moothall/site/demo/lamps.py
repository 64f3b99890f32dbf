"""How the street lighting of the demonstration is rated, and what came of its getting worse."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

from attrs import frozen

from moothall.agreements.actions import performing
from moothall.agreements.models import Agreement
from moothall.directory.models import Person
from moothall.values.periods import Period


@frozen
class Rated:
    """measure: the fact of the deal that it is, reported each quarter; '' for none."""

    name: str
    unit: str
    better: str
    edges: tuple[int, int, int]  # where good, approaching and requiring improvement begin
    measure: str = ""
    is_critical: bool = False


INDICATORS = (
    Rated("Lamps lit at the night check", "per cent", "higher", (98, 97, 96), "lit"),
    Rated("Days to mend a lamp", "days", "lower", (5, 6, 7), "repair_days", is_critical=True),
    Rated("Complaints answered within ten days", "per cent", "higher", (95, 85, 70)),
)
ANSWERED = ("97", "96", "93", "90", "84", "82", "71")  # quarter by quarter
QUARTER_OF_CREDITS = Period(date(2026, 1, 1), date(2026, 4, 1))
STEPS = (
    (date(2025, 10, 20), "WARN", "The lit share fell below the target.", None),
    (date(2026, 4, 20), "NOTIFY", "Three quarters running both targets were missed.", None),
    (
        date(2026, 5, 20),
        "CREDIT",
        "No rectification plan came in time: the credits of the last quarter are taken.",
        QUARTER_OF_CREDITS,
    ),
)


def rate_and_warn(
    agreement: Agreement, *, manager: Person, provider: Person, checker: Person
) -> None:
    """Set three indicators, report the one that the deal does not read, and take three steps."""
    began = datetime.combine(agreement.starts_on or date(2024, 10, 1), time(10), UTC)
    for each in INDICATORS:
        target, approaching, improve = map(Decimal, each.edges)
        indicator = performing.set_indicator(
            agreement=agreement, name=each.name, unit=each.unit, better=each.better, target=target,
            approaching=approaching, improve=improve, measure=each.measure,
            is_critical=each.is_critical, by=manager, at=began,
        )  # fmt: skip
    periods = performing.performance.periods_of(agreement, on=date(2026, 10, 1))
    for period, value in zip(periods, ANSWERED, strict=False):
        at = datetime.combine(period.ends_before, time(11), UTC)
        result = performing.report_result(
            indicator=indicator, period=period, value=Decimal(value), by=provider, at=at
        )
        performing.check_result(result=result, by=checker, at=at)
    for day, move, why, credited in STEPS:
        performing.take_step(
            agreement=agreement, move=move, why=why, period=credited, by=manager,
            at=datetime.combine(day, time(10), UTC),
        )  # fmt: skip
