"""Which days of the agreements that a person reads must not be missed?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import frozen
from django.db.models import Q
from django.urls import reverse

from moothall.agreements.engine.calendar import Dates, Day, Kind, days_of
from moothall.agreements.engine.icalendar import Event
from moothall.agreements.engine.settling import SETTLING
from moothall.agreements.models import Agreement
from moothall.agreements.queries.performance import deal_of
from moothall.agreements.queries.promises import days_due
from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on
from moothall.directory.models import Deed
from moothall.values.periods import Period, months_after

MONTHS_AHEAD = 24
KINDS = [("", "Every kind"), *((kind.value, kind.label) for kind in Kind)]
AHEAD = [("6", "6 months"), ("12", "12 months"), ("24", "2 years"), ("120", "10 years")]
LIVE = ("EXECUTING", "IN_FORCE", "VARIED", "ENDING")


@frozen
class CalendarRow:
    """A day to keep, of one agreement."""

    on: date
    kind: Kind
    said: str
    agreement: str
    agreement_id: int

    @property
    def url(self) -> str:
        return reverse("agreements:agreement_calendar", args=[self.agreement_id])

    def as_json(self) -> dict[str, object]:
        return {
            "on": self.on.isoformat(),
            "kind": self.kind.value,
            "agreement": self.agreement,
            "agreement_id": self.agreement_id,
            "said": self.said,
        }

    @property
    def uid(self) -> str:
        return f"agreement-{self.agreement_id}-{self.kind}-{self.on:%Y%m%d}@moothall"


def agreements_read_by(viewer: Viewer) -> tuple[Agreement, ...]:
    """Every agreement that is live and of a body whose agreements this person reads."""
    held = Agreement.objects.filter(state__in=LIVE).select_related("body")
    if not viewer.reads_all:
        bodies = [body for deed, body in viewer.deeds if deed == Deed.READ_AGREEMENT]
        at_a_member = Q(members__organisation_id__in=bodies, members__left_on=None)
        held = held.filter(Q(body_id__in=bodies) | at_a_member).distinct()
    return tuple(held.prefetch_related("obligations", "versions", "settlements"))


def rows_of(agreements: Iterable[Agreement], *, on: date, months: int) -> list[CalendarRow]:
    """The days from one on, for so many months, the earliest first."""
    until = months_after(on, months)
    rows = [
        CalendarRow(day.on, day.kind, day.said, agreement.name, agreement.pk)
        for agreement in agreements
        for day in _days(agreement, on, until)
        if on <= day.on < until
    ]
    return sorted(rows, key=lambda row: (row.on, row.agreement, row.kind))


def chosen(rows: Iterable[CalendarRow], *, kind: str = "", words: str = "") -> list[CalendarRow]:
    said = words.casefold()
    return [
        row
        for row in rows
        if (not kind or row.kind == kind)
        and (not said or said in f"{row.agreement} {row.said}".casefold())
    ]


def events_of(rows: Iterable[CalendarRow], *, site: str) -> tuple[Event, ...]:
    """The same days for a calendar program; days of one kind and agreement are one event."""
    found: dict[str, Event] = {}
    for row in rows:
        summary = f"{row.kind.label}: {row.agreement}"
        said = row.said
        if row.uid in found:
            said = f"{found[row.uid].description}\n{row.said}"
        found[row.uid] = Event(row.uid, row.on, summary, said, f"{site}{row.url}")
    return tuple(found.values())


def _days(agreement: Agreement, on: date, until: date) -> tuple[Day, ...]:
    reminders = rule_on(on, "agreements", "calendar", "reminders").value
    dates = Dates(agreement.ends_before, agreement.review_on, agreement.notice_months)
    promised = [
        Day(day, Kind.PROMISE, f"Due: {each.what}")
        for each in agreement.obligations.all()
        for day in days_due(each, until=until)
    ]
    asked = [
        Day(each.due_on, Kind.FACTS, f"Facts due of {Period(each.starts_on, each.ends_before)}.")
        for each in agreement.settlements.all()
        if each.state == SETTLING.begins.key and each.due_on
    ]
    return (*days_of(dates, deal_of(agreement), reminders), *promised, *asked)
