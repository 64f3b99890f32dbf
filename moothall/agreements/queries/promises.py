"""What was promised beside payments, when is it due, and was it kept?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import takewhile

from attrs import frozen

from moothall.agreements import permissions
from moothall.agreements.engine.obligations import (
    EVERY,
    PROMISE,
    due_days,
    obligation_kinds,
)
from moothall.agreements.models import Agreement, Obligation, PromiseKept
from moothall.core.permissions import Viewer
from moothall.values.periods import months_after
from moothall.values.state_table import Move

AHEAD_MONTHS = 12  # how far ahead the days of a promise are shown
COLOURS = {
    "DUE": "grey",
    "OVERDUE": "red",
    "EVIDENCED": "yellow",
    "MET": "green",
    "NOT_MET": "red",
    "WAIVED": "purple",
}


@frozen
class DueRow:
    """One day on which a promise is due."""

    due_on: date
    state: str
    words: str
    colour: str
    said: str
    evidence: str
    reported_by: str
    why: str
    checked_by: str
    moves: tuple[Move, ...]
    is_over: bool
    is_own_report: bool

    @property
    def may_be_reported(self) -> bool:
        return any(move.key == "REPORT" for move in self.moves)

    @property
    def checks(self) -> tuple[Move, ...]:
        """What may be found of it now: a promise is not missed before its day is over."""
        return tuple(
            move
            for move in self.moves
            if move.key != "REPORT" and (move.key != "MISS" or self.is_over)
        )


@frozen
class PromiseRow:
    """A promise, with the day that matters now."""

    id: int
    kind: str
    what: str
    measure: str
    owner: str
    every: str
    next_on: date | None
    state: str
    words: str
    colour: str
    kept: int
    not_kept: int

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "kind": self.kind,
            "what": self.what,
            "measure": self.measure,
            "owner": self.owner,
            "every": self.every,
            "next_on": self.next_on and self.next_on.isoformat(),
            "state": self.words,
            "kept": self.kept,
            "not_kept": self.not_kept,
        }


@frozen
class PromisesPage:
    rows: tuple[PromiseRow, ...]
    overdue: int
    to_check: int
    why_not_keep: str | None

    def as_json(self) -> dict[str, object]:
        return {
            "rows": [row.as_json() for row in self.rows],
            "overdue": self.overdue,
            "to_check": self.to_check,
        }


@frozen
class PromisePage:
    """A promise on its own page, with every day it was or will soon be due."""

    row: PromiseRow
    days: tuple[DueRow, ...]
    ends_before: date | None
    why_not_report: str | None
    why_not_check: str | None
    why_not_keep: str | None


def obligation_of(agreement: Agreement, obligation_id: int) -> Obligation | None:
    held = agreement.obligations.select_related("agreement__body", "owner__organisation")
    return held.filter(pk=obligation_id).first()


def days_due(obligation: Obligation, *, until: date) -> tuple[date, ...]:
    """Each day on which a promise was or is due, up to one."""
    ends = obligation.ends_before or obligation.agreement.ends_before or date.max
    days = due_days(obligation.first_due_on, obligation.every, ends)
    return tuple(takewhile(lambda day: day <= until, days))


def promises_page(agreement: Agreement, *, viewer: Viewer, on: date) -> PromisesPage:
    rows = tuple(
        promise_row(each, _days(each, list(each.dues.all()), viewer, on))
        for each in _held(agreement)
    )
    return PromisesPage(
        rows=rows,
        overdue=sum(1 for row in rows if row.state in ("OVERDUE", "NOT_MET")),
        to_check=sum(1 for row in rows if row.state == "EVIDENCED"),
        why_not_keep=permissions.why_not_keep_agreement(viewer, agreement),
    )


def promise_page(obligation: Obligation, *, viewer: Viewer, on: date) -> PromisePage:
    held = list(obligation.dues.select_related("reported_by", "checked_by"))
    days = _days(obligation, held, viewer, on)
    return PromisePage(
        row=promise_row(obligation, days),
        days=tuple(reversed(days)),
        ends_before=obligation.ends_before or obligation.agreement.ends_before,
        why_not_report=permissions.why_not_report_promise(viewer, obligation),
        why_not_check=permissions.why_not_check_promise(viewer, obligation),
        why_not_keep=permissions.why_not_keep_agreement(viewer, obligation.agreement),
    )


def promise_row(obligation: Obligation, days: Iterable[DueRow]) -> PromiseRow:
    """A promise with the first day that still asks for something, or the last that did not."""
    held = list(days)
    open_ones = [day for day in held if day.state in ("DUE", "OVERDUE", "EVIDENCED", "NOT_MET")]
    # What was not kept asks again only until the next day is due.
    passed = [day for day in open_ones if day.state != "NOT_MET" or day is held[-1]]
    now = next(iter(passed or open_ones or held), None)
    return PromiseRow(
        id=obligation.pk,
        kind=obligation_kinds()[obligation.kind].label,
        what=obligation.what,
        measure=obligation.measure,
        owner=obligation.owner.organisation.name if obligation.owner else "Nobody",
        every=EVERY[obligation.every],
        next_on=now.due_on if now else None,
        state=now.state if now else "",
        words=now.words if now else "never due",
        colour=now.colour if now else "grey",
        kept=sum(1 for day in held if day.state == "MET"),
        not_kept=sum(1 for day in held if day.state == "NOT_MET"),
    )


def _held(agreement: Agreement) -> Iterable[Obligation]:
    held = agreement.obligations.select_related("agreement__body", "owner__organisation")
    return held.prefetch_related("dues__reported_by", "dues__checked_by")


def _days(
    obligation: Obligation, held: list[PromiseKept], viewer: Viewer, on: date
) -> list[DueRow]:
    """Past days, and those ahead up to the first one after the next year begins."""
    by_day = {each.due_on: each for each in held}
    days = days_due(obligation, until=months_after(on, AHEAD_MONTHS))
    ahead = [day for day in days if day >= on]
    shown = [day for day in days if day < on] + ahead[:2]
    shown += [day for day in by_day if day not in shown]
    return [_day(day, by_day.get(day), viewer, on) for day in sorted(shown)]


def _day(day: date, kept: PromiseKept | None, viewer: Viewer, on: date) -> DueRow:
    state = kept.state if kept else PROMISE.begins.key
    is_over = day < on
    shown = "OVERDUE" if state == "DUE" and is_over else state
    return DueRow(
        due_on=day,
        state=shown,
        words="overdue" if shown == "OVERDUE" else PROMISE.state(state).words,
        colour=COLOURS[shown],
        said=kept.said if kept else "",
        evidence=kept.evidence if kept else "",
        reported_by=kept.reported_by.name if kept and kept.reported_by else "",
        why=kept.why if kept else "",
        checked_by=kept.checked_by.name if kept and kept.checked_by else "",
        moves=PROMISE.open_from(state),
        is_over=is_over,
        is_own_report=bool(
            kept and kept.reported_by_id and kept.reported_by_id == viewer.person_id
        ),
    )
