"""Where does a deadlock stand on its ladder, and when does its clock run out?"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from attrs import frozen

from moothall.values.state_table import StateTable, moves, states
from moothall.values.wording import number_of, plain_date

LADDER = StateTable(
    "deadlock",
    states(
        OFFICER="with the officers",
        CHIEF_EXECUTIVE="with the chief executives",
        MEDIATION="in mediation",
        EXPERT="with an expert",
        BUY_SELL="buy or sell",
        WINDING_UP="winding up",
        RESOLVED="resolved",
    ),
    moves(
        ("CLIMB", "OFFICER", "CHIEF_EXECUTIVE", "take it to the chief executives"),
        ("CLIMB", "CHIEF_EXECUTIVE", "MEDIATION", "take it to mediation"),
        ("CLIMB", "MEDIATION", "EXPERT", "put it to an expert"),
        ("BUY_SELL", "EXPERT", "BUY_SELL", "call for one side to buy or sell"),
        ("WIND_UP", "EXPERT", "WINDING_UP", "call for winding up"),
        ("RESOLVE", "OFFICER", "RESOLVED", "record that it is resolved"),
        ("RESOLVE", "CHIEF_EXECUTIVE", "RESOLVED", "record that it is resolved"),
        ("RESOLVE", "MEDIATION", "RESOLVED", "record that it is resolved"),
        ("RESOLVE", "EXPERT", "RESOLVED", "record that it is resolved"),
        ("RESOLVE", "BUY_SELL", "RESOLVED", "record that it is resolved"),
        ("RESOLVE", "WINDING_UP", "RESOLVED", "record that it is resolved"),
    ),
)
LAST = frozenset({"BUY_SELL", "WINDING_UP"})
OVER = frozenset({"RESOLVED"})


class LastStep(StrEnum):
    """How a deadlock ends that nobody resolves, as the agreement has it."""

    BUY_SELL = "BUY_SELL"
    WIND_UP = "WIND_UP"


@frozen
class Clock:
    """A step's days. due_on: the first day on which the next step may be taken."""

    step: str
    began_on: date
    days: int

    @property
    def due_on(self) -> date:
        return self.began_on + timedelta(days=self.days)

    def days_left(self, today: date) -> int:
        return max((self.due_on - today).days, 0)

    def has_run_out(self, today: date) -> bool:
        return today >= self.due_on

    def words(self, today: date) -> str:
        """Where it stands: 'with the officers until 4 May 2026: 3 days are left.'"""
        where = LADDER.state(self.step).words
        if self.step in LAST | OVER:
            return f"{where}, since {plain_date(self.began_on)}."
        if self.has_run_out(today):
            return f"{where}; its time ran out on {plain_date(self.due_on)}."
        left = number_of(self.days_left(today), "day")
        return f"{where} until {plain_date(self.due_on)}: {left} left."


def why_not_climb(clock: Clock, today: date, *, all_agree: bool = False) -> str:
    """Return why a deadlock cannot go a step up yet, or nothing. all_agree: every side says so."""
    if clock.has_run_out(today) or all_agree:
        return ""
    return (
        f"The deadlock stays {LADDER.state(clock.step).words} until {plain_date(clock.due_on)}: "
        f"{number_of(clock.days_left(today), 'day')} left. Wait, or record that every side "
        "agrees to go on sooner."
    )
