"""What of agreements waits for a person, whatever it is about, the soonest first?"""

from __future__ import annotations

from datetime import date

from attrs import frozen

from moothall.agreements.queries import (
    attention,
    changes,
    company_waits,
    due,
    elections,
    exit_waits,
    leaving,
    meetings,
    settlement_waits,
)
from moothall.directory.models import Person
from moothall.directory.queries import viewer_for
from moothall.values.wording import plain_date

# What each subject says waits for a reader on a day.
WAITS = (
    settlement_waits.waits,
    changes.waits,
    due.waits,
    meetings.waits,
    elections.waits,
    exit_waits.waits,
    company_waits.waits,
    leaving.waits,
    attention.waits,
)


@frozen
class Task:
    """One thing that waits, as a task list shows it. due_on: None where no day is set."""

    label: str
    hint: str
    url: str
    due_on: date | None
    is_late: bool

    @property
    def state(self) -> str:
        if self.is_late:
            return "Overdue"
        return "No date" if self.due_on is None else f"By {plain_date(self.due_on)}"

    @property
    def colour(self) -> str:
        return "red" if self.is_late else ""


def waiting_for(person: Person, *, on: date) -> tuple[Task, ...]:
    """Everything that waits for a person here: what is overdue, what is due, what has no day."""
    viewer = viewer_for(person)
    found = [wait for waits in WAITS for wait in waits(viewer, on=on)]
    tasks = [
        Task(
            each.label,
            each.why,
            each.url,
            each.due_on,
            each.due_on is not None and each.due_on < on,
        )
        for each in found
    ]
    return tuple(sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or on)))
