"""Which days of an agreement must its manager not miss, and how long before is there to act?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from attrs import frozen

from moothall.deals.deal import Deal
from moothall.deals.terms.break_option import BreakOption
from moothall.deals.terms.extension_option import ExtensionOption
from moothall.values.periods import months_after
from moothall.values.wording import number_of, plain_date


class Kind(StrEnum):
    REVIEW = "review"
    NOTICE = "notice"
    BREAK = "break"
    EXTENSION = "extension"
    END = "end"
    PROMISE = "promise"
    FACTS = "facts"
    REMINDER = "reminder"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.REVIEW: "Review",
    Kind.NOTICE: "Last day for notice",
    Kind.BREAK: "Break",
    Kind.EXTENSION: "Extension",
    Kind.END: "End",
    Kind.PROMISE: "Promise due",
    Kind.FACTS: "Facts due",
    Kind.REMINDER: "Reminder",
}
REMINDED = (Kind.NOTICE, Kind.BREAK, Kind.EXTENSION, Kind.END)


@frozen(order=True)
class Day:
    """A day to keep, what happens on it, and what to do."""

    on: date
    kind: Kind
    said: str


@frozen
class Dates:
    """What the record says of an agreement's days."""

    ends_before: date | None = None
    review_on: date | None = None
    notice_months: int | None = None


def days_of(dates: Dates, deal: Deal | None, reminders: Sequence[int]) -> tuple[Day, ...]:
    """Every day to keep, the earliest first, with a reminder so many months before the weighty.

    Reminders of one day are one: "12 months until the last day for notice; 18 until the end".
    """
    kept = [*_of_the_record(dates), *(_of_the_deal(deal) if deal else ())]
    reminded: dict[date, list[str]] = {}
    for day in kept:
        if day.kind not in REMINDED:
            continue
        for months in reminders:
            before = months_after(day.on, -months)
            until = f"{number_of(months, 'month')} until {plain_date(day.on)}: {day.said}"
            reminded.setdefault(before, []).append(until)
    kept += [Day(on, Kind.REMINDER, " ".join(said)) for on, said in reminded.items()]
    return tuple(sorted(set(kept)))


def _of_the_record(dates: Dates) -> Iterator[Day]:
    if dates.review_on is not None:
        yield Day(dates.review_on, Kind.REVIEW, "The agreement is reviewed.")
    if dates.ends_before is None:
        return
    yield Day(dates.ends_before - timedelta(days=1), Kind.END, "The agreement's last day.")
    if dates.notice_months:
        last = months_after(dates.ends_before, -dates.notice_months)
        given = number_of(dates.notice_months, "month")
        yield Day(last, Kind.NOTICE, f"The last day for notice of {given} before the end.")


def _of_the_deal(deal: Deal) -> Iterator[Day]:
    for term in deal.terms:
        if isinstance(term, BreakOption):
            who = deal.party_name(term.payer)
            opens = term.opens_on or deal.period.starts_on
            closes = term.closes_before or deal.period.ends_before
            if opens > deal.period.starts_on:
                yield Day(opens, Kind.BREAK, f"{who} may end the deal early from today.")
            if closes < deal.period.ends_before:
                yield Day(
                    closes - timedelta(days=1),
                    Kind.BREAK,
                    f"The last day on which {who} may give notice to end the deal early.",
                )
        if isinstance(term, ExtensionOption):
            who = deal.party_name(term.payer)
            yield Day(
                term.unless_ends_before - timedelta(days=1),
                Kind.EXTENSION,
                f"The deal ends unless {who} has extended it.",
            )


def from_on(days: Iterable[Day], on: date) -> tuple[Day, ...]:
    return tuple(day for day in days if day.on >= on)
