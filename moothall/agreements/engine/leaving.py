"""May one member leave an agreement that goes on, from which day, and with what notice?"""

from __future__ import annotations

from datetime import date

from attrs import frozen

from moothall.values.periods import months_after
from moothall.values.state_table import StateTable, moves, states
from moothall.values.wording import number_of, plain_date

MEMBERSHIP = StateTable(
    "membership",
    states(MEMBER="in force", LEAVING="under notice", LEFT="over"),
    moves(
        ("GIVE_NOTICE", "MEMBER", "LEAVING", "give notice"),
        ("WITHDRAW", "LEAVING", "MEMBER", "take the notice back"),
        ("LEAVE", "LEAVING", "LEFT", "record that it left"),
        ("LEAVE", "MEMBER", "LEFT", "record that it left"),
    ),
)
LEAST_MEMBERS = 2


@frozen
class Membership:
    """What is known of a membership before its member leaves.

    staying : how many other members take part in it, observers left out
    """

    member: str
    agreement: str
    is_observer: bool
    is_running: bool
    staying: int
    notice_months: int | None
    notice_on: date | None


def earliest_last_day(notice_on: date, notice_months: int | None) -> date:
    """The last day of a member that gives notice on a day."""
    return months_after(notice_on, notice_months or 0)


def why_not_leave(held: Membership, last_day: date, *, why: str) -> str | None:
    """Return why a member does not leave on a day while the others go on, or None.

    why : why less notice than the agreement asks for is enough; '' where it is kept
    """
    if held.is_observer or not held.is_running:
        return None
    if held.staying < LEAST_MEMBERS:
        left = number_of(held.staying, "member")
        return (
            f"{held.member} does not leave {held.agreement} to the others: {left} would be left, "
            "and an agreement has two or more. Begin to end it instead."
        )
    if not held.notice_months or why:
        return None
    months = number_of(held.notice_months, "month")
    if held.notice_on is None:
        return (
            f"{held.member} does not leave {held.agreement}: it asks for {months} of notice, and "
            "none is recorded. Record the notice, or say why none is needed."
        )
    earliest = earliest_last_day(held.notice_on, held.notice_months)
    if last_day < earliest:
        return (
            f"{held.member} does not leave on {plain_date(last_day)}: {months} from its notice "
            f"of {plain_date(held.notice_on)} end on {plain_date(earliest)}. Give that day or a "
            "later one, or say why less is enough."
        )
    return None
