"""What a member leaves behind in an agreement goes to another: seats, promises, exit items."""

from datetime import date, timedelta
from itertools import dropwhile

from attrs import frozen

from moothall.agreements.engine.obligations import due_days
from moothall.agreements.models import ExitItem, Member, Obligation, Seat
from moothall.agreements.queries.leaving import exit_items_of, promises_of, seats_of
from moothall.directory.models import Organisation


@frozen
class Handed:
    """How many of each."""

    seats: int
    promises: int
    exit_items: int


def hand_on(member: Member, heir: Member | None, *, from_day: date) -> Handed:
    """End a member's seats before a day; from that day its promises and exit items are the heir's.

    What was due of it before stays its own.
    """
    seats = end_seats(member.agreement_id, member.organisation, from_day)
    promises, items = promises_of(member, from_day), exit_items_of(member)
    for promise in promises:
        _hand_promise(promise, heir, from_day)
    ExitItem.objects.filter(pk__in=[each.pk for each in items]).update(owner=heir)
    return Handed(seats, len(promises), len(items))


def end_seats(agreement_id: int, body: Organisation, from_day: date) -> int:
    """Whoever sat on boards of an agreement for a body sits there no longer."""
    seats = list(seats_of(agreement_id, body))
    for seat in seats:
        seat.ends_before = max(from_day, seat.starts_on + timedelta(days=1))
    Seat.objects.bulk_update(seats, ["ends_before"])
    return len(seats)


def _hand_promise(promise: Obligation, heir: Member | None, from_day: date) -> None:
    if promise.first_due_on >= from_day:
        promise.owner = heir
        promise.save(update_fields=["owner"])
        return
    ends = promise.ends_before or promise.agreement.ends_before or date.max
    days = due_days(promise.first_due_on, promise.every, ends)
    next_day = next(dropwhile(lambda day: day < from_day, days), None)
    if next_day is not None:
        Obligation.objects.create(
            agreement=promise.agreement, kind=promise.kind, what=promise.what,
            measure=promise.measure, owner=heir, first_due_on=next_day, every=promise.every,
            ends_before=promise.ends_before, by=promise.by, at=promise.at,
        )  # fmt: skip
    promise.ends_before = from_day
    promise.save(update_fields=["ends_before"])
