"""What of agreements waits for a person, whatever it is about, the soonest first?"""

from __future__ import annotations

from datetime import date

from attrs import frozen

from moothall.agreements.queries import (
    attention,
    changes,
    company_waits,
    due,
    exit_pages,
    meetings,
    settlement,
)
from moothall.directory.models import Person
from moothall.directory.queries import viewer_for
from moothall.values.wording import plain_date


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
    found = [
        *settlement.waits(person, on=on),
        *changes.waits(person),
        *due.waits(person, on=on),
        *meetings.waits(viewer, on),
        *exit_pages.waits(person),
        *company_waits.waits(viewer, on),
        *attention.waits(person, on=on),
    ]
    tasks = [
        Task(label, why, url, day, is_late=day is not None and day < on)
        for label, day, url, why in found
    ]
    return tuple(sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or on)))
